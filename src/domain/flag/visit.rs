//! Visits: overdue, by telephone, alone, at the wrong door, or programmed on a grid.

use serde_json::json;

use super::{Case, Finding};
use crate::domain::address::AddressKind;
use crate::domain::calendar::{CivilDate, days_between, minus_days, plus_days, plus_months};
use crate::domain::visit::{VisitMode, VisitOutcome};

/// The months between visits on the old grid (pre-2017 practice: very high 1, high 3, medium 6, low 12).
const GRID_MONTHS: [u32; 4] = [1, 3, 6, 12];

/// How far from the grid a date may lie and still be on it, in days (the rule's own definition).
const GRID_TOLERANCE_DAYS: i64 = 3;

/// Managed; at least three programmed dates after D, and for one period of 1, 3, 6 or 12 months
/// enough of them (the first aside) within 3 days of the date before + that many calendar months.
pub(super) fn rigid_visit_pattern(case: Case<'_>) -> Option<Finding> {
    let programmed = case.file.records.programmed.as_ref().filter(|_| case.file.is_managed(case.at))?;
    let mut dates: Vec<CivilDate> = programmed.dates.iter().copied().filter(|date| !case.at.has_come(*date)).collect();
    dates.sort_unstable();
    let last = *dates.last().filter(|_| dates.len() >= 3)?;
    let gaps = u32::try_from(dates.len() - 1).ok()?;
    GRID_MONTHS.into_iter().find_map(|months| {
        let on_grid = dates
            .iter()
            .zip(dates.iter().skip(1))
            .filter(|(before, date)| days_between(plus_months(**before, months), **date).abs() <= GRID_TOLERANCE_DAYS)
            .count();
        let on_grid = u32::try_from(on_grid).ok()?;
        (on_grid * 100 >= case.policy.rigid_pattern_percent * gaps).then(|| {
            let to_the_end = case.file.offender.notification.ends_on.map(|ends| plus_months(last, months) >= ends);
            Finding::of(json!({
                "period_months": months,
                "dates": dates.len(),
                "on_grid": on_grid,
                "last_date": last,
                "runs_to_end_of_notification": to_the_end,
            }))
        })
    })
}

/// In the community, not reactive, and the home visit overdue. With a qualifying visit: a
/// requirement in force, due its last day after that visit. With none, requirement or not: due 15
/// days after coming to the community.
pub(super) fn home_visit_overdue(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_in_community(case.at) || case.file.reactive_spell(case.at).is_some() {
        return None;
    }
    let (last, due) = match case.file.last_qualifying_visit(case.at) {
        Some(visit) => {
            let (interval, _) = case.file.visit_requirement(case.at)?.interval_on(case.at.today());
            (Some(visit.date()), plus_days(visit.date(), interval.latest_after_days))
        }
        None => (None, plus_days(case.file.offender.in_community_from(case.at.today()), case.policy.first_visit_days)),
    };
    case.at.is_overdue(due).then(|| {
        Finding::of(json!({
            "last_qualifying_visit_on": last,
            "due_on": due,
            "days_overdue": days_between(due, case.at.today()),
            "arms_level": case.file.arms_level(case.at),
        }))
    })
}

/// The home visit is overdue, and the offender was seen by remote contact since the last qualifying
/// visit and in the year up to D.
pub(super) fn remote_contact_only(case: Case<'_>) -> Option<Finding> {
    home_visit_overdue(case)?;
    let since = minus_days(case.at.today(), case.policy.remote_contact_days);
    let contacts: Vec<CivilDate> = case
        .file
        .visits_since_qualifying(case.at)
        .filter(|visit| visit.outcome == VisitOutcome::Seen && visit.mode.is_remote() && visit.date() >= since)
        .map(|visit| visit.date())
        .collect();
    let latest = contacts.iter().max()?;
    Some(Finding::of(json!({ "remote_contacts": contacts.len(), "latest_on": latest })))
}

/// Managed; a home visit of the last year by fewer than two officers, with no approval on the visit
/// or on the current plan's requirement. Source: APP, by way of HMICFRS (two personnel).
pub(super) fn visit_made_alone(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_managed(case.at) {
        return None;
    }
    let approved = case.file.visit_requirement(case.at).is_some_and(|it| it.single_crew_approved_by.is_some());
    let since = minus_days(case.at.today(), case.policy.visit_alone_days);
    let alone: Vec<CivilDate> = case
        .file
        .visits_made(case.at)
        .filter(|visit| visit.mode == VisitMode::Home && visit.date() >= since)
        .filter(|visit| visit.officer_refs.len() < case.policy.crew_min)
        .filter(|visit| !approved && visit.single_crew_approved_by.is_none())
        .map(|visit| visit.date())
        .collect();
    (!alone.is_empty()).then(|| Finding::of(json!({ "visits_on": alone })))
}

/// In the community, not reactive, a current main address lived at for more than 15 days, and no
/// qualifying visit there since.
pub(super) fn address_not_visited(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_in_community(case.at) || case.file.reactive_spell(case.at).is_some() {
        return None;
    }
    let address = case.file.current_address(case.at).filter(|held| held.record.kind == AddressKind::Main)?;
    let resident_from = address.record.resident_from;
    let due = plus_days(resident_from, case.policy.first_visit_days);
    (case.at.is_overdue(due) && !case.file.has_been_seen_at(address, case.at))
        .then(|| Finding::of(json!({ "address_ref": address.subject, "resident_from": resident_from, "due_on": due })))
}

/// In the community; two or more failed entries for risk assessment at the current address, after
/// the last qualifying visit and in the last 180 days. A prompt: an officer decides (SOA 2003 s.96B).
pub(super) fn warrant_consideration(case: Case<'_>) -> Option<Finding> {
    let address = case.file.current_address(case.at).filter(|_| case.file.is_in_community(case.at))?;
    let since = minus_days(case.at.today(), case.policy.warrant_lookback_days);
    let attempts: Vec<CivilDate> = case
        .file
        .visits_since_qualifying(case.at)
        .filter(|visit| visit.address_ref.as_ref() == Some(&address.subject) && visit.date() >= since)
        .filter(|visit| visit.entry_sought_for_risk_assessment == Some(true))
        .filter(|visit| matches!(visit.outcome, VisitOutcome::NoReply | VisitOutcome::RefusedEntry))
        .map(|visit| visit.date())
        .collect();
    (attempts.len() >= case.policy.failed_before_warrant_prompt)
        .then(|| Finding::of(json!({ "address_ref": address.subject, "attempts_on": attempts })))
}
