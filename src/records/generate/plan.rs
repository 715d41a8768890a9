//! Risk management plans, bespoke to the offender, and the dates programmed beside them.

use std::io;

use super::assessment::Assessed;
use super::case::{Case, Flaw, Path};
use super::chance::Chance;
use super::event::{Feed, reference};
use super::grid::grid_months;
use super::requirement::requirement;
use super::shares;
use super::when::at_hour;
use super::world::World;
use crate::domain::calendar::{CivilDate, plus_days, plus_months, plus_years};
use crate::domain::offender::OffenderStatus;
use crate::domain::programmed_visits::ProgrammedVisits;
use crate::domain::record::Record;
use crate::domain::risk_management_plan::{Pillar, PlanAction, RiskManagementPlan, VisitInterval};

const ACTIONS: [(Pillar, &str); 8] = [
    (Pillar::Supervision, "Agree a contact plan with the probation practitioner"),
    (Pillar::Supervision, "Check the employment that was declared"),
    (Pillar::MonitoringAndControl, "Examine the devices at the address"),
    (Pillar::MonitoringAndControl, "Research open sources for accounts not notified"),
    (Pillar::MonitoringAndControl, "Brief the neighbourhood team"),
    (Pillar::InterventionsAndTreatment, "Refer to the treatment programme"),
    (Pillar::InterventionsAndTreatment, "Refer to housing support"),
    (Pillar::VictimSafety, "Confirm the exclusion zone with the victim liaison officer"),
];

const CONTINGENCIES: [&str; 4] = [
    "Escalate to the supervisor; consider recall or arrest.",
    "Bring the next visit forward and research the address.",
    "Refer to a level 2 MAPPA meeting.",
    "Strategy discussion with children's services the same day.",
];

/// How far ahead dates are programmed where the period has no end.
const PROGRAMMED_YEARS: u32 = 10;

/// Writes the plans; gives the day counts by which the offender was in fact to be visited: the
/// current plan's, or those that such a case would have.
pub(super) fn write(
    world: &World<'_>,
    case: &Case<'_>,
    assessed: Option<&Assessed>,
    feed: &mut Feed<'_>,
) -> io::Result<VisitInterval> {
    let mut chance = world.chance("plan", case.number);
    let chance = &mut chance;
    let active = case.path == Path::Active;
    let drawn = requirement(world, case, chance);
    let interval = drawn.interval;
    let has_plan = match case.status {
        OffenderStatus::Community => !(active && chance.happens(shares::NO_PLAN)),
        OffenderStatus::Missing => true,
        OffenderStatus::Custody
        | OffenderStatus::Hospital
        | OffenderStatus::Abroad
        | OffenderStatus::Deported
        | OffenderStatus::TransferredOut
        | OffenderStatus::Deceased
        | OffenderStatus::PeriodEnded => chance.happens(300),
    };
    if !has_plan {
        return Ok(interval);
    }
    let last_assessed = assessed.map_or_else(|| chance.between(5, 300), |assessed| assessed.ago);
    let lags = active && chance.happens(shares::PLAN_LAGS);
    let effective = if lags {
        last_assessed + chance.between(60, 330)
    } else {
        last_assessed - chance.between(0, 12.min(last_assessed - 1))
    };
    let earlier = chance.happens(400).then(|| effective + chance.between(200, 360));
    let silent = active && chance.happens(shares::NO_REQUIREMENT);
    let mut versions = Vec::new();
    if let Some(earlier) = earlier {
        versions.push((earlier, Some(requirement(world, case, chance))));
    }
    versions.push((effective, (!silent).then_some(drawn)));
    let supervisor = world.staff.supervisor_of(case.manager.team);
    for (number, (ago, visit_requirement)) in (1_u32..).zip(versions) {
        let current = ago == effective;
        let effective_from = world.ago(ago);
        let record = RiskManagementPlan {
            offender_ref: case.reference.clone(),
            effective_from,
            review_on: plus_months(effective_from, 12),
            visit_requirement,
            actions: actions(world, case, ago, current, chance)?,
            assessment_ref: assessed.filter(|_| current && !lags).map(|assessed| assessed.reference.clone()),
            approved_by: supervisor.filter(|_| chance.happens(960)).cloned(),
            approved_on: Some(effective_from),
            contingency: Some(chance.text(&CONTINGENCIES).to_owned()),
            pillars: None,
            licence_conditions: Vec::new(),
            drafting: None,
            action_progress: Vec::new(),
        };
        let subject = reference(format!("{}-p{number}", case.reference))?;
        feed.put(&subject, at_hour(effective_from, 17), &Record::RiskManagementPlan(record))?;
    }
    Ok(interval)
}

fn actions(
    world: &World<'_>,
    case: &Case<'_>,
    effective: u32,
    current: bool,
    chance: &mut Chance,
) -> io::Result<Vec<PlanAction>> {
    let left_undone = match case.path {
        Path::Active => shares::ACTION_OVERDUE,
        Path::Steady | Path::Reactive { .. } if case.has_flaw(Flaw::ActionOverdue) => 1_000,
        Path::Steady | Path::Reactive { .. } => 0,
    };
    if left_undone < 1_000 && chance.happens(shares::NO_ACTIONS) {
        return Ok(Vec::new());
    }
    let mut drawn = ACTIONS;
    chance.shuffle(&mut drawn);
    let count = usize::try_from(chance.between(1, 4)).unwrap_or(1);
    let mut actions = Vec::new();
    for (number, (pillar, description)) in (1_u32..).zip(drawn.into_iter().take(count)) {
        let due_on = plus_days(world.ago(effective), chance.between(1, 150));
        let undone = due_on >= world.as_at || (current && chance.happens(left_undone));
        let earliest = world.ago(effective);
        let late = u32::try_from(due_on.signed_duration_since(earliest).num_days()).unwrap_or_default();
        actions.push(PlanAction {
            reference: reference(format!("act-{number}"))?,
            pillar,
            description: description.to_owned(),
            due_on,
            owner_ref: Some(case.manager.reference.clone()).filter(|_| chance.happens(900)),
            completed_on: (!undone).then(|| plus_days(earliest, chance.between(0, late))),
        });
    }
    Ok(actions)
}

/// Writes the dates programmed in the records system: mostly on the old grid, to the end of
/// notification, whatever the plan says.
pub(super) fn write_programmed(
    world: &World<'_>,
    case: &Case<'_>,
    interval: VisitInterval,
    feed: &mut Feed<'_>,
) -> io::Result<()> {
    let mut chance = world.chance("programmed", case.number);
    let on_grid = match case.path {
        Path::Active | Path::Steady if case.in_community() => shares::PROGRAMMED_ON_GRID,
        Path::Active | Path::Steady => 350,
        Path::Reactive { .. } => 0,
    };
    let dates: Vec<CivilDate> = match chance.weighted(&[(1, on_grid), (2, shares::PROGRAMMED_BY_PLAN)], 0) {
        1 => grid_dates(world, case, &mut chance),
        2 => {
            let mut date = world.as_at;
            let mut next = || {
                date = plus_days(date, chance.between(interval.earliest_after_days, interval.latest_after_days));
                date
            };
            (0..4).map(|_| next()).collect()
        }
        _ => return Ok(()),
    };
    if dates.is_empty() {
        return Ok(());
    }
    let at = at_hour(world.ago(chance.between(2, 90)), 6);
    feed.put(&case.reference, at, &Record::ProgrammedVisits(ProgrammedVisits { dates }))
}

fn grid_dates(world: &World<'_>, case: &Case<'_>, chance: &mut Chance) -> Vec<CivilDate> {
    let period = grid_months(case.level);
    let first = plus_days(world.as_at, chance.between(1, period * 30));
    let end = case.ends_on.unwrap_or_else(|| plus_years(world.as_at, PROGRAMMED_YEARS));
    (0..12 * PROGRAMMED_YEARS).map(|turn| plus_months(first, turn * period)).take_while(|date| *date <= end).collect()
}
