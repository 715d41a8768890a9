//! Taking a snapshot: what is known of a force, cut down to what planning one team may see.

use std::collections::{BTreeMap, BTreeSet};

use super::due::{Due, DueContext, due};
use super::pin::Pin;
use super::proposal::reason;
use super::road_matrix::Roads;
use super::search::frozen::place;
use super::search::problem::Problem;
use super::search::solution::Solution;
use super::snapshot::{AcceptedVisit, Demand, FORMAT, Horizon, OnDuty, Parent, Snapshot};
use super::supply::on_duty;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::planned_visit::{Arrangement, doubts};
use crate::domain::reference::Ref;
use crate::domain::team::Base;

/// The teams of a force: those with a record, and those that a managed offender names.
#[must_use]
pub fn teams(force: &ForceFile, day: CivilDate) -> BTreeSet<Ref> {
    let named = force.cases.values().filter(|case| case.offender.is_managed(day)).map(|case| &case.offender.team_ref);
    force.teams.keys().chain(named).cloned().collect()
}

/// Which accepted visits stay as they are, where they still can be made; those that a person pinned stay in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// Those of the next working days ⚙: the others are planned anew.
    Near,
    /// All: a repair, which finds places for what was lost and what is new, and moves nothing else.
    All,
}

/// What planning a team may see, but for its roads: [`settle`] gives it those. `parent` is the accepted schedule with its
/// visits from today on, `pins` those of them that a person has put in their places.
///
/// Of its visits in the horizon those that are near, or all in a repair, are frozen.
/// One that is planned between today and the horizon is counted on while nothing says that it will not be
/// made: what is due then is the visit after it. If it is not made, a later snapshot's facts say so.
#[must_use]
pub fn take(
    force_name: &str,
    force: &ForceFile,
    team: &Ref,
    context: DueContext<'_>,
    (parent, pins): (Option<(uuid::Uuid, Vec<AcceptedVisit>)>, Vec<Pin>),
    stay: Stay,
) -> Snapshot {
    take_by(due, (force_name, force), team, context, (parent, pins), stay)
}

/// The same, what is due being told by another rule than the plans'.
#[must_use]
pub(super) fn take_by(
    due: impl Fn(&CaseFile, DueContext<'_>) -> Option<Due>,
    (force_name, force): (&str, &ForceFile),
    team: &Ref,
    context: DueContext<'_>,
    (parent, pins): (Option<(uuid::Uuid, Vec<AcceptedVisit>)>, Vec<Pin>),
    stay: Stay,
) -> Snapshot {
    let officers = on_duty(force, team, context.horizon, context.bank_holidays);
    let before = before_the_horizon(force, team, parent.as_ref(), context);
    let (mut demands, mut without_requirement) = (Vec::new(), Vec::new());
    for case in force.cases.values().filter(|case| case.offender.team_ref == *team) {
        let pinned = pins.iter().filter(|pin| pin.offender_ref == case.offender_ref);
        let last_pinned = pinned.map(|pin| pin.date).filter(|date| context.horizon.contains(*date)).max();
        match due(case, context).or_else(|| due_where_pinned(&due, case, context, last_pinned)) {
            Some(Due::Visit(demand)) => {
                let demand = Demand { shut_out: shut_out(case, &officers), ..*demand };
                match before.get(&demand.offender_ref) {
                    Some(planned) => demands.extend(following(demand, *planned, last_pinned, context)),
                    None => demands.push(demand),
                }
            }
            Some(Due::NoVisitRequirement(offender)) => without_requirement.push(offender),
            None => {}
        }
    }
    Snapshot {
        format: FORMAT.to_owned(),
        force: force_name.to_owned(),
        team_ref: team.clone(),
        as_of: context.at.today(),
        horizon: context.horizon,
        base: force.teams.get(team).map(|team| &team.base).map(Base::location),
        policy_version: context.policy.version.clone(),
        policy: context.policy.planning.clone(),
        officers,
        crews: None,
        demands,
        without_requirement,
        parent: parent.map(|(proposal_id, visits)| {
            let visits = visits.into_iter().filter(|visit| context.horizon.contains(visit.date)).collect();
            Parent { proposal_id, visits: frozen(visits, &pins, context, stay) }
        }),
        roads: None,
        pins: pins.into_iter().filter(|pin| context.horizon.contains(pin.date)).collect(),
        stays: Vec::new(),
    }
}

/// The snapshot with its roads. By these, the accepted visits that can no longer be made as they are do not stay frozen.
#[must_use]
pub fn settle(snapshot: Snapshot, roads: Option<Roads>) -> Snapshot {
    thaw_what_cannot_stay(Snapshot { roads, ..snapshot })
}

/// What a case owes where a person has pinned a visit within the horizon: also one whose ideal day lies after it, as of a
/// visit that is made early.
fn due_where_pinned(
    due: impl Fn(&CaseFile, DueContext<'_>) -> Option<Due>,
    case: &CaseFile,
    context: DueContext<'_>,
    pinned: Option<CivilDate>,
) -> Option<Due> {
    let far = Horizon { until: CivilDate::MAX, ..context.horizon };
    pinned.and_then(|_| due(case, DueContext { horizon: far, ..context }))
}

/// The officers on duty whom the case's limited access shuts out.
#[must_use]
pub fn shut_out(case: &CaseFile, officers: &[OnDuty]) -> Vec<Ref> {
    let named = officers.iter().map(|officer| &officer.officer_ref);
    named.filter(|officer| !case.records.admits(Some(officer))).cloned().collect()
}

/// The last day before the horizon on which an accepted visit of each offender is still to come.
fn before_the_horizon(
    force: &ForceFile,
    team: &Ref,
    parent: Option<&(uuid::Uuid, Vec<AcceptedVisit>)>,
    context: DueContext<'_>,
) -> BTreeMap<Ref, CivilDate> {
    let mut last = BTreeMap::new();
    for visit in parent.iter().flat_map(|(_, visits)| visits) {
        let is_between = visit.date >= context.at.today() && visit.date < context.horizon.from;
        if is_between && is_still_to_come(force, team, visit, context) {
            let newest = last.entry(visit.offender_ref.clone()).or_insert(visit.date);
            *newest = visit.date.max(*newest);
        }
    }
    last
}

/// Nothing that is known says that an accepted visit will not be made: no attempt that day is recorded
/// (a failed one never resets the clock), and nothing puts it in doubt.
fn is_still_to_come(force: &ForceFile, team: &Ref, visit: &AcceptedVisit, context: DueContext<'_>) -> bool {
    let Some(case) = force.cases.get(&visit.offender_ref) else { return false };
    let attempted = case.visits_made(context.at).any(|made| made.date() == visit.date);
    let arrangement = Arrangement { team, address: &visit.address_ref, date: visit.date, crew: &visit.crew };
    !attempted && doubts(arrangement, Some(case), &force.officers, context.at).is_empty()
}

/// The demand for the visit after one that is planned already; none where no plan asks for it within
/// the horizon, and no person has pinned it there.
fn following(
    mut demand: Demand,
    planned: CivilDate,
    pinned: Option<CivilDate>,
    context: DueContext<'_>,
) -> Option<Demand> {
    demand.recurrence.as_ref()?;
    (demand.window, demand.why) = reason(&demand, Some(planned));
    (pinned.is_some() || demand.window.ideal <= demand.last_day_due(context.horizon)).then_some(demand)
}

/// Accepted visits of the next working days ⚙ are frozen; in a repair all of them are. So are those that an offender has before
/// a pinned one, whose window is counted from them. The pinned stay as pins.
fn frozen(mut visits: Vec<AcceptedVisit>, pins: &[Pin], context: DueContext<'_>, stay: Stay) -> Vec<AcceptedVisit> {
    let today = context.at.today();
    let near = context.bank_holidays.plus_working_days(today, context.policy.planning.frozen_working_days);
    for visit in &mut visits {
        let mut of_offender = pins.iter().filter(|pin| pin.offender_ref == visit.offender_ref);
        let is_pinned = of_offender.clone().any(|pin| pin.date == visit.date);
        let is_before = of_offender.any(|pin| visit.date < pin.date);
        visit.frozen = !is_pinned && (stay == Stay::All || visit.date <= near || is_before);
    }
    visits
}

/// A visit that can no longer be made as it was accepted (the offender in custody or moved, an officer
/// away, a pinned visit in its place) is not frozen: it is planned anew, or its offender owes none.
#[must_use]
pub(super) fn thaw_what_cannot_stay(mut snapshot: Snapshot) -> Snapshot {
    // The seed does not matter: nothing is left to chance here.
    let problem = Problem::new(&snapshot, 0);
    let refused: BTreeSet<usize> =
        place(&problem, &mut Solution::empty(&problem)).into_iter().map(|refused| refused.at).collect();
    let kept: BTreeSet<(Ref, CivilDate)> = problem
        .frozen
        .iter()
        .enumerate()
        .filter(|(at, frozen)| frozen.pin.is_none() && !refused.contains(at))
        .filter_map(|(_, frozen)| {
            let demand = snapshot.demands.get(problem.jobs.get(frozen.job)?.demand)?;
            Some((demand.offender_ref.clone(), *problem.days.get(frozen.day)?))
        })
        .collect();
    let accepted = snapshot.parent.iter_mut().flat_map(|parent| &mut parent.visits);
    for visit in accepted.chain(&mut snapshot.stays) {
        visit.frozen = visit.frozen && kept.contains(&(visit.offender_ref.clone(), visit.date));
    }
    snapshot
}
