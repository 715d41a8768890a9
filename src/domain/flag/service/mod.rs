//! Flags on what the service itself records beside the records of cases: its schedules, its readings, its samples.

mod dip_sample;
mod neighbourhood;
mod planned_visit;
mod predictable;
mod records_system;
#[cfg(test)]
mod tests;
mod unplaced_visit;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Flag, FlagCode, put_in_order};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::case_file::ForceFile;
use crate::domain::exchange::RecordsSystem;
use crate::domain::moment::Moment;
use crate::domain::planned_visit::PlannedVisit;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::visit_guess::{GuessedWindow, SeenVisit};

/// What the service records of a force beside the records of its cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceFacts {
    /// The visits of the accepted schedules, past and to come.
    pub planned_visits: Vec<PlannedVisit>,
    /// The visits that the accepted schedules had no place for.
    pub unplaced_visits: Vec<UnplacedVisit>,
    /// The unannounced visits of the accepted schedules that nobody was late with when they were planned.
    pub expected_visits: Vec<ExpectedVisit>,
    /// When neighbourhood officers last read each area's briefing.
    pub briefings_read_at: BTreeMap<Ref, Instant>,
    /// The exchanges with the records system; nothing where there was none.
    pub records_system: Option<RecordsSystem>,
}

/// An unannounced visit of a team's accepted schedule, as the offender might guess it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedVisit {
    /// By which team.
    pub team_ref: Ref,
    /// Whom.
    pub offender_ref: Ref,
    /// When it comes.
    pub came: SeenVisit,
    /// The days on which it may.
    pub window: GuessedWindow,
    /// The schedule's first day.
    pub schedule_from: CivilDate,
    /// Its last.
    pub schedule_until: CivilDate,
}

/// A visit that was due in the days of a team's accepted schedule, which has no place for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnplacedVisit {
    /// The proposal that was accepted.
    pub proposal_id: Uuid,
    /// By which team.
    pub team_ref: Ref,
    /// Whom.
    pub offender_ref: Ref,
    /// Why there was no place, as the proposal has it.
    pub reason: &'static str,
    /// The last day of its window.
    pub due_on: CivilDate,
    /// The day of the visit before it, made or planned; a qualifying visit after it is this one, made.
    pub follows: Option<CivilDate>,
}

/// Every flag that holds in a force at a moment, by its records and by what else the service records, by code and subject.
#[must_use]
pub fn evaluate(force: &ForceFile, facts: &ServiceFacts, at: Moment, policy: &Policy) -> Vec<Flag> {
    let mut flags = super::evaluate(force, at, policy);
    for visit in &facts.planned_visits {
        let case = force.case(&visit.offender_ref);
        let found = [
            (FlagCode::PlannedVisitInDoubt, planned_visit::in_doubt(visit, case, force, at)),
            (FlagCode::VisitOutcomeMissing, planned_visit::outcome_missing(visit, case, at, policy)),
        ];
        flags.extend(found.into_iter().filter_map(|(code, finding)| {
            let flag = Flag::new(code, visit.id.into(), finding?, policy);
            let flag = match case {
                Some(case) => flag.of_case(case, at),
                None => Flag { offender_ref: Some(visit.offender_ref.clone()), ..flag },
            };
            // Whose schedule it is, whoever has the case by now.
            Some(flag.of_team(Some(&visit.team_ref)))
        }));
    }
    for unplaced in &facts.unplaced_visits {
        let case = force.case(&unplaced.offender_ref);
        flags.extend(case.and_then(|case| {
            let finding = unplaced_visit::unscheduled(unplaced, case, at)?;
            let subject = case.offender_ref.clone();
            Some(Flag::new(FlagCode::UnscheduledDueVisit, subject, finding, policy).of_case(case, at))
        }));
    }
    for (area, team, finding) in neighbourhood::not_briefed(force, facts, at, policy) {
        let code = FlagCode::NeighbourhoodNotBriefed;
        flags.push(Flag::new(code, area.clone(), finding, policy).of_team(Some(team)));
    }
    for (team, finding) in predictable::predictable(force, facts, at, policy) {
        flags.push(Flag::new(FlagCode::PredictableVisits, team.clone(), finding, policy).of_team(Some(team)));
    }
    for (team, finding) in dip_sample::due(force, at, policy) {
        flags.push(Flag::new(FlagCode::DipSampleDue, team.clone(), finding, policy).of_team(Some(team)));
    }
    if let Some((of_force, finding)) = records_system::stale(facts, at, policy) {
        flags.push(Flag::new(FlagCode::RecordsSystemStale, of_force, finding, policy));
    }
    put_in_order(&mut flags);
    flags
}
