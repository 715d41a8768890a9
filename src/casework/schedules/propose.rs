//! Proposing: take a snapshot, plan from it alone, let the checker judge, keep what came of it.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{ScheduleError, note, note_refusal};
use crate::casework::access::is_plain;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::force_file;
use crate::casework::roads::RoadService;
use crate::casework::roads::ask::with_roads;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, Instant, plus_days};
use crate::domain::case_file::ForceFile;
use crate::domain::planned_visit::PlannedVisit;
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;
use crate::planning::checker::check;
use crate::planning::due::DueContext;
use crate::planning::engine::ENGINE;
use crate::planning::pin::Pin;
use crate::planning::proposal::{Proposal, proposal_id, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::{AcceptedVisit, Horizon, Snapshot};
use crate::planning::take::{self, Stay};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current;
use crate::store::error::StoreError;
use crate::store::exchange;
use crate::store::planned_visit::{self, PlannedVisitRow};
use crate::store::schedule::{self, NewProposal, StoredProposal};
use crate::store::scope::Scope;

/// The longest horizon, in days: thirteen weeks.
pub const MAX_DAYS: u32 = 91;

/// How far ahead a horizon may begin, in days: what is known says little of a year from now. `[I]`
pub const MAX_AHEAD_DAYS: u32 = 366;

/// What to plan, and how long to search.
#[derive(Debug, Clone, Copy)]
pub struct PlanRequest {
    /// First day.
    pub from: CivilDate,
    /// How many days, 1 to [`MAX_DAYS`].
    pub days: u32,
    /// The search's chance and budget.
    pub budget: Budget,
    /// Which accepted visits stay.
    pub stay: Stay,
}

impl PlanRequest {
    fn horizon(self) -> Horizon {
        Horizon { from: self.from, until: plus_days(self.from, self.days.saturating_sub(1)) }
    }
}

/// A proposal asked for: kept, and still to be planned unless it was known.
#[derive(Debug, Clone)]
pub struct Requested {
    /// Its id, which the snapshot and budget determine.
    pub id: Uuid,
    /// What it will be made from.
    pub snapshot: Snapshot,
    /// The search's budget.
    pub budget: Budget,
}

/// Asks for a proposal for a team, or for every team in scope: takes the snapshots, gives them their roads, which may wait for the
/// road service, and keeps them.
///
/// # Errors
/// When the horizon begins in the past, the team is not known or not in scope, or the store fails.
pub fn request(
    store: &Store,
    clock: Clock,
    roads: &RoadService,
    actor: &Actor,
    scope: &Scope,
    team: Option<&Ref>,
    plan: PlanRequest,
) -> Result<Vec<Requested>, ScheduleError> {
    let taken = store.transaction(|connection| {
        let as_of = records_as_of(connection, &scope.force)?;
        Ok((as_of, take_snapshots(connection, clock, scope, team, plan)?))
    });
    if let Err(ScheduleError::TeamUnknown) = &taken {
        store.transaction_that_writes(|connection| refuse(connection, (clock, actor), scope, team))?;
    }
    let (as_of, snapshots) = taken?;
    let snapshots = with_roads(store, (clock, actor), roads, snapshots)?;
    store.transaction_that_writes(|connection| {
        let keep = |snapshot| keep(connection, (clock, actor), (snapshot, as_of), plan.budget);
        snapshots.into_iter().map(keep).collect()
    })
}

/// Puts on record that a team's schedule was asked for out of reach.
fn refuse(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    scope: &Scope,
    team: Option<&Ref>,
) -> Result<(), ScheduleError> {
    if let Some(team) = team {
        let is_there = current::exists(connection, &scope.force, RecordKind::Team, team)?;
        let act = ("schedule.propose", is_there);
        // What somebody made up goes on record only where it cannot be a name.
        let subject = Some(("team", team.as_str())).filter(|_| is_there || is_plain(team));
        note_refusal(connection, (clock.now(), actor), &scope.force, act, subject)?;
    }
    Ok(())
}

/// What a proposal for a team, or for every team in scope, would be made from: the operator's way to see it. Nothing is kept.
///
/// # Errors
/// As [`request`].
pub fn snapshots(
    store: &Store,
    clock: Clock,
    roads: &RoadService,
    scope: &Scope,
    team: Option<&Ref>,
    plan: PlanRequest,
) -> Result<Vec<Snapshot>, ScheduleError> {
    let taken = store.transaction(|connection| take_snapshots(connection, clock, scope, team, plan))?;
    Ok(with_roads(store, (clock, &Actor::Operator), roads, taken)?)
}

pub(super) fn take_snapshots(
    connection: &mut AnyConnection,
    clock: Clock,
    scope: &Scope,
    team: Option<&Ref>,
    plan: PlanRequest,
) -> Result<Vec<Snapshot>, ScheduleError> {
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let at = clock.moment();
    let context = DueContext {
        at,
        horizon: plan.horizon(),
        policy: policies.in_force(at.today())?,
        bank_holidays: &bank_holidays,
    };
    if plan.from < at.today() {
        return Err(ScheduleError::InThePast);
    }
    if plan.from > plus_days(at.today(), MAX_AHEAD_DAYS) {
        return Err(ScheduleError::TooFarAhead);
    }
    let force = scope.force.as_str();
    let file = force_file::load(connection, force)?;
    let teams = teams_within(&file, at.today(), scope, team);
    if team.is_some() && teams.is_empty() {
        return Err(ScheduleError::TeamUnknown);
    }
    let mut snapshots = Vec::with_capacity(teams.len());
    for team in &teams {
        let standing = accepted_and_pins(connection, force, team, at.today())?;
        snapshots.push(take::take(force, &file, team, context, standing, plan.stay));
    }
    Ok(snapshots)
}

/// The teams of a force that are in scope, or one of them.
pub(in crate::casework) fn teams_within(
    file: &ForceFile,
    today: CivilDate,
    scope: &Scope,
    team: Option<&Ref>,
) -> BTreeSet<Ref> {
    let mut teams = take::teams(file, today);
    teams.retain(|known| scope.covers(known) && team.is_none_or(|team| known == team));
    teams
}

/// When records last came, as far as that is known: read before a snapshot is taken, so that it is never newer than what it says.
pub(super) fn records_as_of(connection: &mut AnyConnection, force: &str) -> Result<Option<Instant>, StoreError> {
    Ok(exchange::records_system(connection, force)?.and_then(|system| system.last_success_at()))
}

/// Keeps what a proposal is to be made from, and that it was asked for.
fn keep(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    taken: (Snapshot, Option<Instant>),
    budget: Budget,
) -> Result<Requested, ScheduleError> {
    let requested = store_request(connection, (clock, actor), taken, budget)?;
    let Requested { id, ref snapshot, budget } = requested;
    let mut detail = json!({ "team_ref": snapshot.team_ref, "seed": budget.seed, "iterations": budget.iterations });
    if let Some((roads, members)) = snapshot.roads.as_ref().zip(detail.as_object_mut()) {
        members.insert("roads".to_owned(), json!(roads.source));
    }
    note(connection, (clock.now(), actor), "schedule.propose", &snapshot.force, id, detail)?;
    Ok(requested)
}

/// Keeps what a proposal is to be made from, and how old the records were.
pub(super) fn store_request(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    (snapshot, records_as_of): (Snapshot, Option<Instant>),
    budget: Budget,
) -> Result<Requested, ScheduleError> {
    let (json, sha256) = (snapshot.to_json()?, snapshot.sha256()?);
    let id = proposal_id(&sha256, budget);
    let new = NewProposal {
        id,
        force: &snapshot.force,
        team_ref: &snapshot.team_ref,
        parent_id: snapshot.parent.as_ref().map(|parent| parent.proposal_id),
        snapshot_sha256: &sha256,
        snapshot: &json,
        seed: i64::try_from(budget.seed).unwrap_or(i64::MAX),
        iterations: i64::from(budget.iterations),
        horizon_from: snapshot.horizon.from,
        horizon_until: snapshot.horizon.until,
        requested_at: clock.now(),
        requested_by: &actor.to_string(),
        records_as_of,
    };
    schedule::request(connection, &new)?;
    Ok(Requested { id, snapshot, budget })
}

/// The accepted schedule of a team with its visits from a day on.
pub(super) fn accepted(
    connection: &mut AnyConnection,
    force: &str,
    team: &Ref,
    from: CivilDate,
) -> Result<Standing, ScheduleError> {
    Ok(accepted_and_pins(connection, force, team, from)?.0)
}

/// A team's accepted schedule, where there is one: its proposal and visits.
type Standing = Option<(Uuid, Vec<AcceptedVisit>)>;

/// The accepted schedule of a team with its visits from a day on, and those of them that a person has put in their places.
pub(in crate::casework) fn accepted_and_pins(
    connection: &mut AnyConnection,
    force: &str,
    team: &Ref,
    from: CivilDate,
) -> Result<(Standing, Vec<Pin>), ScheduleError> {
    let Some(id) = schedule::current(connection, force, team)? else { return Ok((None, Vec::new())) };
    let rows = planned_visit::team_visits(connection, force, team, from)?;
    let pins = pins(&rows)?;
    let visits = rows.into_iter().filter_map(|row| {
        Some(AcceptedVisit {
            offender_ref: Ref::new(row.offender_ref).ok()?,
            date: row.visit_on,
            start: TimeOfDay::parse(&row.starts_at).ok()?,
            crew: row.crew.into_iter().map(Ref::new).collect::<Result<_, _>>().ok()?,
            address_ref: Ref::new(row.address_ref).ok()?,
            frozen: false,
        })
    });
    Ok((Some((id, visits.collect())), pins))
}

/// The member of an accepted visit's reason that says by whom it was pinned.
pub(super) const PINNED: &str = "pinned";

fn pins(rows: &[PlannedVisitRow]) -> Result<Vec<Pin>, ScheduleError> {
    let mut pins = Vec::new();
    for row in rows {
        let Some(pinned) = row.reason.get(PINNED).cloned() else { continue };
        let PlannedVisit { offender_ref, address_ref, date, crew, .. } = row.visit()?;
        let Ok(start) = TimeOfDay::parse(&row.starts_at) else { continue };
        pins.push(Pin { offender_ref, date, start, crew, address_ref, pinned: serde_json::from_value(pinned)? });
    }
    pins.sort_by(|a, b| (&a.offender_ref, a.date, a.start).cmp(&(&b.offender_ref, b.date, b.start)));
    Ok(pins)
}

/// Plans what was asked for, the teams at once on as many processors as there are, and keeps the
/// proposals. `progress` is told how many iterations each team has done. One that fails does not stop
/// the others, which are kept.
///
/// # Errors
/// When the checker condemns a proposal, or the store fails.
pub fn carry_out(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    requested: &[Requested],
    progress: impl Fn(usize, u32) + Sync,
) -> Result<Vec<Proposal>, ScheduleError> {
    let plan = |(at, requested): (usize, &Requested)| {
        let proposal = propose(&requested.snapshot, requested.budget, |done| progress(at, done))?;
        let violations = check(&requested.snapshot, &proposal).len();
        if violations > 0 { Err(ScheduleError::Condemned(violations)) } else { Ok(proposal) }
    };
    let planned: Vec<Result<Proposal, ScheduleError>> = requested.par_iter().enumerate().map(plan).collect();
    let (mut proposals, mut failure) = (Vec::with_capacity(planned.len()), None);
    for outcome in planned {
        match outcome {
            Ok(proposal) => proposals.push(proposal),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    store.transaction_that_writes(|connection| -> Result<(), ScheduleError> {
        for proposal in &proposals {
            if schedule::finish(connection, proposal.id, &serde_json::to_string(proposal)?, ENGINE)? {
                let figures = &proposal.summary;
                let detail = json!({ "due": figures.due, "planned": figures.planned, "unplaced": figures.unplaced });
                note(connection, (clock.now(), actor), "schedule.planned", &proposal.force, proposal.id, detail)?;
            }
        }
        Ok(())
    })?;
    failure.map_or(Ok(proposals), Err)
}

/// What came of planning what nobody had finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Proposals planned.
    pub planned: usize,
    /// Proposals that could not be; they are tried again.
    pub failed: usize,
}

/// Plans whatever was asked for before an instant and is not finished, for instance because a process
/// died. One that fails does not stop the others.
///
/// # Errors
/// When the store cannot say what is unfinished.
pub fn carry_out_unfinished(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    before: Instant,
) -> Result<Finished, ScheduleError> {
    let unfinished = store.transaction(|connection| schedule::unfinished(connection, before))?;
    let mut finished = Finished { planned: 0, failed: 0 };
    for id in unfinished {
        match carry_out_one(store, clock, actor, id) {
            Ok(_) => finished.planned += 1,
            Err(error) => {
                tracing::error!(%id, %error, "a proposal could not be planned");
                finished.failed += 1;
            }
        }
    }
    Ok(finished)
}

/// The budget of a proposal as it is stored.
pub(super) fn budget(stored: &StoredProposal) -> Budget {
    let seed = u64::try_from(stored.seed).unwrap_or_default();
    Budget { seed, iterations: u32::try_from(stored.iterations).unwrap_or_default() }
}

/// Plans one proposal that was asked for, from the snapshot kept with it.
///
/// # Errors
/// As [`carry_out`], or when there is no such proposal.
pub fn carry_out_one(store: &Store, clock: Clock, actor: &Actor, id: Uuid) -> Result<Proposal, ScheduleError> {
    let requested = store.transaction_that_writes(|connection| -> Result<Requested, ScheduleError> {
        let stored = schedule::of_any_force(connection, id)?.ok_or(ScheduleError::NotFound)?;
        let snapshot = serde_json::from_str(&schedule::snapshot(connection, &stored.snapshot_sha256)?)?;
        Ok(Requested { id, snapshot, budget: budget(&stored) })
    })?;
    carry_out(store, clock, actor, &[requested], |_, _| {})?.pop().ok_or(ScheduleError::NotFound)
}
