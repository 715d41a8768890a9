//! Proposing: take a snapshot, plan from it alone, let the checker judge, keep what came of it.

use rayon::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{ScheduleError, note};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::force_file;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, Instant, plus_days};
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;
use crate::planning::checker::check;
use crate::planning::due::DueContext;
use crate::planning::proposal::{Proposal, proposal_id, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::{AcceptedVisit, Horizon, Snapshot};
use crate::planning::take;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::schedule::{self, NewProposal};

/// The longest horizon, in days: thirteen weeks.
pub const MAX_DAYS: u32 = 91;

/// What to plan, and how long to search.
#[derive(Debug, Clone, Copy)]
pub struct PlanRequest {
    /// First day.
    pub from: CivilDate,
    /// How many days, 1 to [`MAX_DAYS`].
    pub days: u32,
    /// The search's chance and budget.
    pub budget: Budget,
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

/// Asks for a proposal for a team, or for every team of the force: takes the snapshots and keeps them.
///
/// # Errors
/// When the horizon begins in the past, the team is unknown, or the store fails.
pub fn request(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    force: &str,
    team: Option<&Ref>,
    plan: PlanRequest,
) -> Result<Vec<Requested>, ScheduleError> {
    store.transaction_that_writes(|connection| {
        let snapshots = take_snapshots(connection, clock, force, team, plan)?;
        snapshots.into_iter().map(|snapshot| keep(connection, (clock, actor), snapshot, plan.budget)).collect()
    })
}

/// What a proposal for a team, or for every team of the force, would be made from. Nothing is kept.
///
/// # Errors
/// As [`request`].
pub fn snapshots(
    store: &Store,
    clock: Clock,
    force: &str,
    team: Option<&Ref>,
    plan: PlanRequest,
) -> Result<Vec<Snapshot>, ScheduleError> {
    store.transaction(|connection| take_snapshots(connection, clock, force, team, plan))
}

fn take_snapshots(
    connection: &mut AnyConnection,
    clock: Clock,
    force: &str,
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
    let file = force_file::load(connection, force)?;
    let mut teams = take::teams(&file, at.today());
    if let Some(team) = team {
        teams.retain(|known| known == team);
        if teams.is_empty() {
            return Err(ScheduleError::TeamUnknown);
        }
    }
    let mut snapshots = Vec::with_capacity(teams.len());
    for team in &teams {
        let parent = accepted(connection, force, team, (at.today(), context.horizon.until))?;
        snapshots.push(take::take(force, &file, team, context, parent));
    }
    Ok(snapshots)
}

/// Keeps what a proposal is to be made from.
fn keep(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    snapshot: Snapshot,
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
    };
    schedule::request(connection, &new)?;
    let detail = json!({ "team_ref": snapshot.team_ref, "seed": budget.seed, "iterations": budget.iterations });
    note(connection, (clock.now(), actor), "schedule.propose", &snapshot.force, id, detail)?;
    Ok(Requested { id, snapshot, budget })
}

/// The accepted schedule of a team with its visits on these days, both ends included.
pub(super) fn accepted(
    connection: &mut AnyConnection,
    force: &str,
    team: &Ref,
    days: (CivilDate, CivilDate),
) -> Result<Option<(Uuid, Vec<AcceptedVisit>)>, ScheduleError> {
    let Some(id) = schedule::current(connection, force, team)? else { return Ok(None) };
    let rows = schedule::team_visits(connection, force, team, days)?;
    let visits = rows.into_iter().filter_map(|row| {
        Some(AcceptedVisit {
            offender_ref: Ref::new(row.offender_ref).ok()?,
            date: row.visit_on,
            start: TimeOfDay::parse(&row.starts_at).ok()?,
            crew: row.crew.into_iter().map(Ref::new).collect::<Result<_, _>>().ok()?,
            frozen: false,
        })
    });
    Ok(Some((id, visits.collect())))
}

/// Plans what was asked for, the teams at once on as many processors as there are, and keeps the
/// proposals. `progress` is told how many iterations each team has done.
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
    let proposals: Vec<Proposal> = requested.par_iter().enumerate().map(plan).collect::<Result<_, _>>()?;
    store.transaction_that_writes(|connection| -> Result<(), ScheduleError> {
        for proposal in &proposals {
            if schedule::finish(connection, proposal.id, &serde_json::to_string(proposal)?)? {
                let figures = &proposal.summary;
                let detail = json!({ "due": figures.due, "planned": figures.planned, "unplaced": figures.unplaced });
                note(connection, (clock.now(), actor), "schedule.planned", &proposal.force, proposal.id, detail)?;
            }
        }
        Ok(())
    })?;
    Ok(proposals)
}

/// Plans whatever was asked for before an instant and is not finished, for instance because a process
/// died.
///
/// # Errors
/// As [`carry_out`].
pub fn carry_out_unfinished(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    before: Instant,
) -> Result<usize, ScheduleError> {
    let unfinished = store.transaction(|connection| schedule::unfinished(connection, before))?;
    for id in &unfinished {
        carry_out_one(store, clock, actor, *id)?;
    }
    Ok(unfinished.len())
}

/// Plans one proposal that was asked for, from the snapshot kept with it.
///
/// # Errors
/// As [`carry_out`], or when there is no such proposal.
pub fn carry_out_one(store: &Store, clock: Clock, actor: &Actor, id: Uuid) -> Result<Proposal, ScheduleError> {
    let requested = store.transaction_that_writes(|connection| -> Result<Requested, ScheduleError> {
        let (sha256, seed, iterations) = schedule::asked(connection, id)?.ok_or(ScheduleError::NotFound)?;
        let snapshot = serde_json::from_str(&schedule::snapshot(connection, &sha256)?)?;
        let seed = u64::try_from(seed).unwrap_or_default();
        let budget = Budget { seed, iterations: u32::try_from(iterations).unwrap_or_default() };
        Ok(Requested { id, snapshot, budget })
    })?;
    carry_out(store, clock, actor, &[requested], |_, _| {})?.pop().ok_or(ScheduleError::NotFound)
}
