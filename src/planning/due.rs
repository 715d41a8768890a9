//! What is due: for each offender the next visit, its window, and the rule and facts that made it.
//!
//! Every date follows from the offender's own risk management plan, never from a grid by risk level
//! (HMICFRS, Dorset 2021; College of Policing APP, home visits). Events open windows of their own,
//! and of all windows open the one that ends first is the next visit's. No interval is assumed where
//! no plan gives one.

use super::part_of_day;
use super::snapshot::{Demand, DueReason, DueRule, Horizon, Place, Recurrence, VisitNeeds, Window};
use crate::domain::address::AddressKind;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, london_date, london_time, plus_days};
use crate::domain::case_file::CaseFile;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reactive_suspension::{Suspension, Trigger, suspended_when_left, suspension};
use crate::domain::record::Held;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::visit::Visit;

/// What a case owes the horizon.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// A visit.
    Visit(Box<Demand>),
    /// Something that cannot be planned: no plan says how often to visit.
    NoVisitRequirement(Ref),
}

/// What is read beside the case itself.
#[derive(Debug, Clone, Copy)]
pub struct DueContext<'a> {
    /// The moment at which the facts are read.
    pub at: Moment,
    /// The days planned.
    pub horizon: Horizon,
    /// The policy.
    pub policy: &'a Policy,
    /// Bank holidays.
    pub bank_holidays: &'a BankHolidays,
}

/// A window and why it is open.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) window: Window,
    pub(super) why: DueReason,
}

/// What a case owes the horizon; nothing for somebody who is not in the community, is in reactive
/// management that is not suspended, or whose next visit's ideal day lies after the horizon or the end of notification.
#[must_use]
pub fn due(case: &CaseFile, context: DueContext<'_>) -> Option<Due> {
    let at = context.at;
    let suspension = suspension(case, at, context.policy, context.bank_holidays);
    if !is_visited(case, at, suspension.as_ref()) {
        return None;
    }
    let openings = openings(case, context, suspension.as_ref());
    if openings.is_empty() {
        return case.visit_requirement(at).is_none().then(|| Due::NoVisitRequirement(case.offender_ref.clone()));
    }
    let last_day = context.horizon.last_day_due(case.offender.notification.ends_on);
    let is_due = |opening: &Opening| opening.window.ideal <= last_day && context.horizon.from <= last_day;
    let opening = openings.into_iter().filter(is_due).min_by_key(|opening| opening.window.latest)?;
    let recurrence = case.current_plan_held(at).and_then(|plan| {
        let requirement = plan.record.visit_requirement.as_ref()?;
        Some(Recurrence {
            plan_ref: plan.subject.clone(),
            interval: requirement.interval,
            steps: requirement.steps.clone(),
        })
    });
    Some(Due::Visit(Box::new(demand(case, context, opening, recurrence))))
}

/// In the community, and not in reactive management unless that is suspended.
pub(super) fn is_visited(case: &CaseFile, at: Moment, suspension: Option<&Suspension>) -> bool {
    case.is_in_community(at) && (case.reactive_spell(at).is_none() || suspension.is_some())
}

/// The visit of a window: where, and what it asks for.
pub(super) fn demand(
    case: &CaseFile,
    context: DueContext<'_>,
    Opening { window, why }: Opening,
    recurrence: Option<Recurrence>,
) -> Demand {
    let at = context.at;
    // Where the offender lives on the best day that is left.
    let best_day = window.ideal.max(context.horizon.from);
    let place = case.residence_on(best_day).or_else(|| case.current_address(at));
    let needs = match why.rule {
        DueRule::FailedAttempt => at_another_part_of_the_day(case, context, needs(case, context)),
        DueRule::FirstVisit
        | DueRule::ReturnToCommunity
        | DueRule::NewAddress
        | DueRule::ReturnFromReactiveManagement
        | DueRule::Breach
        | DueRule::RiskRelevantIntelligence
        | DueRule::ArmsRaised
        | DueRule::ReactiveManagementSuspended
        | DueRule::PlanInterval
        | DueRule::PlanStep
        | DueRule::AfterPlannedVisit => needs(case, context),
    };
    Demand {
        offender_ref: case.offender_ref.clone(),
        manager_ref: case.current_allocation(at).and_then(|allocation| allocation.officer_ref.clone()),
        risk: case.arms_level(at),
        place: place.map(|held| Place {
            address_ref: held.subject.clone(),
            location: held.record.location(),
            resident_from: held.record.resident_from,
            resident_until: held.record.resident_until,
        }),
        notification_ends_on: case.offender.notification.ends_on,
        window,
        why,
        needs,
        recurrence,
        seen: case.seen_visits(at),
        shut_out: Vec::new(),
    }
}

/// Every window open for the next visit, the most telling rule first: of two that end on one day the
/// first listed is given as the reason.
fn openings(case: &CaseFile, context: DueContext<'_>, suspension: Option<&Suspension>) -> Vec<Opening> {
    let last = case.last_qualifying_visit(context.at);
    [
        first_visit(case, context, last),
        return_to_community(case, context, last),
        new_address(case, context, last),
        return_from_reactive_management(case, context, last),
        reactive_management_suspended(case, context, last, suspension),
        breach(case, context, last),
        intelligence(case, context, last),
        arms_raised(case, context, last),
        failed_attempt(case, context, last),
        plan_interval(case, context, last, suspension),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A window that opened with an event: from today, best at once, until the day given.
fn from_today(context: DueContext<'_>, latest: CivilDate) -> Window {
    let earliest = context.at.today().min(latest);
    Window { earliest, ideal: earliest, latest }
}

/// The window of an event on a day, due within the policy's days for a first visit.
fn within_first_visit_days(
    context: DueContext<'_>,
    last: Option<&Visit>,
    rule: DueRule,
    on: CivilDate,
    fact: &str,
    record_ref: Option<&Ref>,
) -> Opening {
    opened_by(context, last, rule, on, plus_days(on, context.policy.first_visit_days), fact, record_ref)
}

fn opened_by(
    context: DueContext<'_>,
    last: Option<&Visit>,
    rule: DueRule,
    on: CivilDate,
    latest: CivilDate,
    fact: &str,
    record_ref: Option<&Ref>,
) -> Opening {
    Opening {
        window: from_today(context, latest),
        why: DueReason {
            rule,
            plan_ref: None,
            interval: None,
            step_until: None,
            counted_from: on,
            fact: fact.to_owned(),
            record_ref: record_ref.cloned(),
            last_qualifying_visit_on: last.map(Visit::date),
        },
    }
}

/// Nobody has seen the home yet: due within 15 ⚙ days of coming to the community.
pub(super) fn first_visit(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    if last.is_some() {
        return None;
    }
    let since = case.offender.in_community_from(context.at.today());
    Some(within_first_visit_days(context, None, DueRule::FirstVisit, since, "came to the community", None))
}

/// Back from custody, hospital or abroad since the last qualifying visit.
fn return_to_community(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let last = last?;
    let since = case.offender.in_community_from(context.at.today());
    (since > last.date()).then(|| {
        let fact = "returned to the community";
        within_first_visit_days(context, Some(last), DueRule::ReturnToCommunity, since, fact, None)
    })
}

/// A current main address without a qualifying visit there since moving in.
fn new_address(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let last = last?;
    let held = case.current_address(context.at).filter(|held| held.record.kind == AddressKind::Main)?;
    let since = held.record.resident_from;
    (!case.has_been_seen_at(held, context.at)).then(|| {
        let fact = "moved to the address";
        within_first_visit_days(context, Some(last), DueRule::NewAddress, since, fact, Some(&held.subject))
    })
}

/// Left reactive management since the last qualifying visit.
fn return_from_reactive_management(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let last = last?;
    let left = case.records.reactive.as_ref()?.left_on.filter(|left| context.at.has_come(*left))?;
    (left > last.date()).then(|| {
        let (rule, fact) = (DueRule::ReturnFromReactiveManagement, "left reactive management");
        within_first_visit_days(context, Some(last), rule, left, fact, None)
    })
}

/// Reactive management is suspended, or was when the offender left it, and nobody has seen the home since the first
/// trigger: due within 5 ⚙ working days, whether or not a plan provides for visits. Removal puts no visit off.
fn reactive_management_suspended(
    case: &CaseFile,
    context: DueContext<'_>,
    last: Option<&Visit>,
    suspension: Option<&Suspension>,
) -> Option<Opening> {
    let is_unseen = |trigger: &&Trigger| last.is_none_or(|last| !trigger.is_before(last));
    let at_the_end = suspended_when_left(case, context.at);
    let first = suspension.map_or(&at_the_end, |suspension| &suspension.triggers).iter().find(is_unseen)?;
    let latest = context.bank_holidays.plus_working_days(first.on, context.policy.planning.event_visit_working_days);
    let (rule, fact) = (DueRule::ReactiveManagementSuspended, "reactive management was suspended");
    Some(opened_by(context, last, rule, first.on, latest, fact, Some(&first.named.reference)))
}

/// The window of an event that asks for a visit within 5 ⚙ working days. Only where a plan provides
/// for visits at all: without a requirement that is itself what has to be mended first.
fn within_working_days(
    case: &CaseFile,
    context: DueContext<'_>,
    last: Option<&Visit>,
    rule: DueRule,
    on: CivilDate,
    fact: &str,
    record_ref: &Ref,
) -> Option<Opening> {
    case.visit_requirement(context.at)?;
    let latest = context.bank_holidays.plus_working_days(on, context.policy.planning.event_visit_working_days);
    Some(opened_by(context, last, rule, on, latest, fact, Some(record_ref)))
}

/// The first breach discovered since the last qualifying visit (since coming to the community, where
/// there is none); one decided to be no crime does not count.
fn breach(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let at = context.at;
    let since = case.offender.in_community_from(at.today());
    let first = case
        .confirmed_breaches()
        .filter(|held| at.has_happened(held.record.discovered_at) && !held.record.is_no_crime(at))
        .filter(|held| london_date(held.record.discovered_at) >= since)
        .filter(|held| last.is_none_or(|last| held.record.discovered_at > last.attempted_at))
        .min_by_key(|held| (held.record.discovered_at, &held.subject))?;
    let on = london_date(first.record.discovered_at);
    within_working_days(case, context, last, DueRule::Breach, on, "a breach was discovered", &first.subject)
}

/// The first risk-relevant intelligence received since the last qualifying visit (since coming to the
/// community, where there is none).
fn intelligence(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let since = case.offender.in_community_from(context.at.today());
    let first = case
        .records
        .intelligence
        .iter()
        .filter(|held| held.record.risk_relevant && context.at.has_happened(held.record.received_at))
        .filter(|held| london_date(held.record.received_at) >= since)
        .filter(|held| last.is_none_or(|last| held.record.received_at > last.attempted_at))
        .min_by_key(|held| (held.record.received_at, &held.subject))?;
    let (rule, on) = (DueRule::RiskRelevantIntelligence, london_date(first.record.received_at));
    within_working_days(case, context, last, rule, on, "risk-relevant intelligence was received", &first.subject)
}

/// The first assessment since the last qualifying visit (since coming to the community, where there is
/// none) that raised the level, as long as the level is still above what it was before.
fn arms_raised(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    let at = context.at;
    let made = case.assessments_newest_first(at);
    let current = made.first()?.record.overall;
    let is_since = |on: CivilDate| match last {
        Some(last) => on > last.date(),
        None => on >= case.offender.in_community_from(at.today()),
    };
    let first = made
        .iter()
        .zip(made.iter().skip(1))
        .filter(|(raised, before)| raised.record.overall > before.record.overall && is_since(raised.record.assessed_on))
        .rfind(|(_, before)| current > before.record.overall)
        .map(|(raised, _)| raised)?;
    let (rule, on) = (DueRule::ArmsRaised, first.record.assessed_on);
    within_working_days(case, context, last, rule, on, "the ARMS level was raised", &first.subject)
}

/// The newest failed attempt since the last qualifying visit (since coming to the community, where there is none).
fn newest_failed_attempt<'a>(case: &'a CaseFile, at: Moment, last: Option<&Visit>) -> Option<&'a Held<Visit>> {
    let since = case.offender.in_community_from(at.today());
    case.records
        .visits
        .iter()
        .filter(|held| at.has_happened(held.record.attempted_at) && held.record.is_failed_attempt())
        .filter(|held| held.record.date() >= since)
        .filter(|held| last.is_none_or(|last| held.record.attempted_at > last.attempted_at))
        .max_by_key(|held| (held.record.attempted_at, &held.subject))
}

/// An attempt failed: it is tried again soon, never on the same day. A failed attempt resets no clock.
fn failed_attempt(case: &CaseFile, context: DueContext<'_>, last: Option<&Visit>) -> Option<Opening> {
    case.visit_requirement(context.at)?;
    let newest = newest_failed_attempt(case, context.at, last)?;
    let on = newest.record.date();
    let latest = plus_days(on, context.policy.failed_attempt_days);
    let (rule, fact) = (DueRule::FailedAttempt, "nobody was seen at the door");
    let mut opening = opened_by(context, last, rule, on, latest, fact, Some(&newest.subject));
    let earliest = opening.window.earliest.max(plus_days(on, 1)).min(latest);
    opening.window = Window { earliest, ideal: earliest, latest };
    Some(opening)
}

/// What the visit asks for, at another part of the day than the newest failed attempt; where the plan's own times
/// leave no other part that is long enough, at those.
fn at_another_part_of_the_day(case: &CaseFile, context: DueContext<'_>, needs: VisitNeeds) -> VisitNeeds {
    let last = case.last_qualifying_visit(context.at);
    let Some(newest) = newest_failed_attempt(case, context.at, last) else { return needs };
    let others = part_of_day::others(london_time(newest.record.attempted_at));
    let time_windows = part_of_day::within(&needs.time_windows, &others, needs.duration_minutes);
    if time_windows.is_empty() { needs } else { VisitNeeds { time_windows, ..needs } }
}

/// The plan's own window after the last qualifying visit. While reactive management is suspended it runs from a visit
/// made since: before, none was due.
fn plan_interval(
    case: &CaseFile,
    context: DueContext<'_>,
    last: Option<&Visit>,
    suspension: Option<&Suspension>,
) -> Option<Opening> {
    let last = last.filter(|last| suspension.is_none_or(|suspension| last.date() >= suspension.since))?.date();
    let plan = case.current_plan_held(context.at)?;
    let (interval, step_until) = plan.record.visit_requirement.as_ref()?.interval_on(context.at.today());
    Some(Opening {
        window: counted_from(last, interval),
        why: DueReason {
            rule: if step_until.is_some() { DueRule::PlanStep } else { DueRule::PlanInterval },
            plan_ref: Some(plan.subject.clone()),
            interval: Some(interval),
            step_until,
            counted_from: last,
            fact: "seen at home, the home inspected".to_owned(),
            record_ref: None,
            last_qualifying_visit_on: Some(last),
        },
    })
}

/// The window of an interval counted from a day.
#[must_use]
pub fn counted_from(day: CivilDate, interval: VisitInterval) -> Window {
    Window {
        earliest: plus_days(day, interval.earliest_after_days),
        ideal: plus_days(day, interval.interval_days),
        latest: plus_days(day, interval.latest_after_days),
    }
}

/// What the visit asks for: as the plan says; where no plan says, two officers, unannounced, for as
/// long as policy has it.
fn needs(case: &CaseFile, context: DueContext<'_>) -> VisitNeeds {
    let crew_min = u32::try_from(context.policy.crew_min).unwrap_or(u32::MAX);
    case.visit_requirement(context.at).map_or_else(
        || VisitNeeds {
            duration_minutes: context.policy.planning.default_visit_minutes,
            crew: crew_min,
            single_crew_approved_by: None,
            unannounced: true,
            time_windows: Vec::new(),
            required_skills: Vec::new(),
            joint_agency: None,
        },
        |requirement| VisitNeeds {
            duration_minutes: requirement.duration_minutes,
            crew: match requirement.single_crew_approved_by {
                Some(_) => requirement.crew,
                None => requirement.crew.max(crew_min),
            },
            single_crew_approved_by: requirement.single_crew_approved_by.clone(),
            unannounced: requirement.unannounced,
            time_windows: requirement.time_windows.clone(),
            required_skills: requirement.required_skills.clone(),
            joint_agency: requirement.joint_agency.clone(),
        },
    )
}

#[cfg(test)]
mod tests;
