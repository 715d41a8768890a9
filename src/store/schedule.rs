//! Schedules: what was proposed from what, and which proposal each team has accepted.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{current_schedule, schedule_proposal, schedule_proposal_document, schedule_snapshot};
use super::scope::{Scope, TeamScope, texts};
use super::types::{DbId, DbInstant};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalState {
    /// Asked for; the planner has not come to it, or is at it.
    Planning,
    /// Put to a person.
    Proposed,
    /// Accepted by one.
    Accepted,
}

impl ProposalState {
    /// The state as it is stored and written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Planning, Self::Proposed, Self::Accepted].into_iter().find(|state| state.as_str() == name)
    }

    pub(super) fn stored(text: &str) -> Result<Self, StoreError> {
        Self::named(text).ok_or_else(|| StoreError::Unreadable { what: "proposal state", detail: "unknown".to_owned() })
    }
}

/// A proposal asked for.
#[derive(Debug, Clone)]
pub struct NewProposal<'a> {
    /// Its id.
    pub id: Uuid,
    /// The force.
    pub force: &'a str,
    /// The team.
    pub team_ref: &'a Ref,
    /// The accepted proposal that it would follow.
    pub parent_id: Option<Uuid>,
    /// The snapshot's hash.
    pub snapshot_sha256: &'a str,
    /// The snapshot, byte for byte.
    pub snapshot: &'a str,
    /// The seed of its chance.
    pub seed: i64,
    /// The search's budget.
    pub iterations: i64,
    /// First day planned.
    pub horizon_from: CivilDate,
    /// Last day planned.
    pub horizon_until: CivilDate,
    /// When.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: &'a str,
    /// When records last came before the snapshot was taken, as far as that is known.
    pub records_as_of: Option<Instant>,
}

/// A proposal as it is stored.
#[derive(Debug, Clone)]
pub struct StoredProposal {
    /// Its id.
    pub id: Uuid,
    /// The force.
    pub force: String,
    /// The team.
    pub team_ref: String,
    /// The accepted proposal that it would follow.
    pub parent_id: Option<Uuid>,
    /// The snapshot's hash.
    pub snapshot_sha256: String,
    /// The seed of its chance.
    pub seed: i64,
    /// The search's budget.
    pub iterations: i64,
    /// Where it stands.
    pub state: ProposalState,
    /// Counts its changes of state.
    pub version: i32,
    /// The proposal, byte for byte, once there is one.
    pub document: Option<String>,
    /// By which way of planning it was made; not known of what was planned before that was kept.
    pub engine: Option<String>,
    /// When records last came before its snapshot was taken, as far as that is known.
    pub records_as_of: Option<Instant>,
}

/// Keeps a proposal that was asked for, with its snapshot. False where it is kept already: the same
/// snapshot, seed and budget lead to the same proposal.
///
/// # Errors
/// When a statement fails.
pub fn request(connection: &mut AnyConnection, new: &NewProposal<'_>) -> Result<bool, StoreError> {
    let snapshot = (
        schedule_snapshot::sha256.eq(new.snapshot_sha256),
        schedule_snapshot::force.eq(new.force),
        schedule_snapshot::content.eq(new.snapshot),
    );
    on_backend!(&mut *connection, c => {
        diesel::insert_into(schedule_snapshot::table).values(snapshot).on_conflict_do_nothing().execute(c)
    })?;
    let proposal = (
        schedule_proposal::id.eq(DbId(new.id)),
        schedule_proposal::force.eq(new.force),
        schedule_proposal::team_ref.eq(new.team_ref.as_str()),
        schedule_proposal::parent_id.eq(new.parent_id.map(DbId)),
        schedule_proposal::snapshot_sha256.eq(new.snapshot_sha256),
        schedule_proposal::seed.eq(new.seed),
        schedule_proposal::iterations.eq(new.iterations),
        schedule_proposal::horizon_from.eq(new.horizon_from),
        schedule_proposal::horizon_until.eq(new.horizon_until),
        schedule_proposal::state.eq(ProposalState::Planning.as_str()),
        schedule_proposal::requested_at.eq(DbInstant::from(new.requested_at)),
        schedule_proposal::requested_by.eq(new.requested_by),
        schedule_proposal::version.eq(1),
        schedule_proposal::records_as_of.eq(new.records_as_of.map(DbInstant::from)),
    );
    let kept = on_backend!(&mut *connection, c => {
        diesel::insert_into(schedule_proposal::table).values(proposal).on_conflict_do_nothing().execute(c)
    })?;
    Ok(kept == 1)
}

/// The proposals asked for before an instant that the planner has not finished, oldest first.
///
/// # Errors
/// When the statement fails.
pub fn unfinished(connection: &mut AnyConnection, before: Instant) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<DbId> = schedule_proposal::table
        .filter(schedule_proposal::state.eq(ProposalState::Planning.as_str()))
        .filter(schedule_proposal::requested_at.lt(DbInstant::from(before)))
        .order((schedule_proposal::requested_at, schedule_proposal::id))
        .select(schedule_proposal::id)
        .load(connection)?;
    Ok(ids.into_iter().map(|DbId(id)| id).collect())
}

/// A snapshot, byte for byte.
///
/// # Errors
/// When the statement fails, or there is none.
pub fn snapshot(connection: &mut AnyConnection, sha256: &str) -> Result<String, StoreError> {
    Ok(schedule_snapshot::table
        .filter(schedule_snapshot::sha256.eq(sha256))
        .select(schedule_snapshot::content)
        .first(connection)?)
}

/// Keeps what the planner made of a proposal that was asked for, and by which way of planning. False where
/// somebody else already has; both made the same.
///
/// # Errors
/// When a statement fails.
pub fn finish(connection: &mut AnyConnection, id: Uuid, document: &str, engine: &str) -> Result<bool, StoreError> {
    let changed = diesel::update(
        schedule_proposal::table
            .filter(schedule_proposal::id.eq(DbId(id)))
            .filter(schedule_proposal::state.eq(ProposalState::Planning.as_str())),
    )
    .set((
        schedule_proposal::state.eq(ProposalState::Proposed.as_str()),
        schedule_proposal::version.eq(schedule_proposal::version + 1),
    ))
    .execute(connection)?;
    if changed == 1 {
        diesel::insert_into(schedule_proposal_document::table)
            .values((
                schedule_proposal_document::proposal_id.eq(DbId(id)),
                schedule_proposal_document::document.eq(document),
                schedule_proposal_document::engine.eq(Some(engine)),
            ))
            .execute(connection)?;
    }
    Ok(changed == 1)
}

type ProposalRow = (
    DbId,
    String,
    String,
    Option<DbId>,
    String,
    i64,
    i64,
    String,
    i32,
    (Option<String>, Option<String>),
    Option<DbInstant>,
);

/// A proposal's columns, in the order of [`ProposalRow`].
macro_rules! columns {
    () => {
        (
            schedule_proposal::id,
            schedule_proposal::force,
            schedule_proposal::team_ref,
            schedule_proposal::parent_id,
            schedule_proposal::snapshot_sha256,
            schedule_proposal::seed,
            schedule_proposal::iterations,
            schedule_proposal::state,
            schedule_proposal::version,
            (schedule_proposal_document::document.nullable(), schedule_proposal_document::engine.nullable()),
            schedule_proposal::records_as_of,
        )
    };
}

/// A proposal, where it is in scope.
///
/// # Errors
/// When the statement fails.
pub fn proposal(connection: &mut AnyConnection, scope: &Scope, id: Uuid) -> Result<Option<StoredProposal>, StoreError> {
    let mut question = schedule_proposal::table
        .left_join(schedule_proposal_document::table)
        .filter(schedule_proposal::id.eq(DbId(id)))
        .filter(schedule_proposal::force.eq(scope.force.clone()))
        .select(columns!())
        .into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        question = question.filter(schedule_proposal::team_ref.eq_any(texts(teams)));
    }
    question.first::<ProposalRow>(connection).optional()?.map(stored_proposal).transpose()
}

/// A proposal of any force: for the service's own work and its operator.
///
/// # Errors
/// When the statement fails.
pub fn of_any_force(connection: &mut AnyConnection, id: Uuid) -> Result<Option<StoredProposal>, StoreError> {
    schedule_proposal::table
        .left_join(schedule_proposal_document::table)
        .filter(schedule_proposal::id.eq(DbId(id)))
        .select(columns!())
        .first::<ProposalRow>(connection)
        .optional()?
        .map(stored_proposal)
        .transpose()
}

fn stored_proposal(row: ProposalRow) -> Result<StoredProposal, StoreError> {
    let (DbId(id), force, team_ref, parent_id, snapshot_sha256, seed, iterations, state, version, made, as_of) = row;
    let (document, engine) = made;
    Ok(StoredProposal {
        id,
        force,
        team_ref,
        parent_id: parent_id.map(|DbId(id)| id),
        snapshot_sha256,
        seed,
        iterations,
        state: ProposalState::stored(&state)?,
        version,
        document,
        engine,
        records_as_of: as_of.map(DbInstant::get),
    })
}

/// True when a force has a proposal of that id, in anybody's scope.
///
/// # Errors
/// When the statement fails.
pub fn exists(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<bool, StoreError> {
    let found = schedule_proposal::table
        .filter(schedule_proposal::id.eq(DbId(id)))
        .filter(schedule_proposal::force.eq(force))
        .count()
        .get_result::<i64>(connection)?;
    Ok(found > 0)
}

/// The proposal that a team has accepted.
///
/// # Errors
/// When the statement fails.
pub fn current(connection: &mut AnyConnection, force: &str, team: &Ref) -> Result<Option<Uuid>, StoreError> {
    let id: Option<DbId> = current_schedule::table
        .filter(current_schedule::force.eq(force))
        .filter(current_schedule::team_ref.eq(team.as_str()))
        .select(current_schedule::proposal_id)
        .first(connection)
        .optional()?;
    Ok(id.map(|DbId(id)| id))
}

/// The proposals that the teams of a force have accepted, byte for byte.
///
/// # Errors
/// When the statement fails.
pub fn accepted_documents(connection: &mut AnyConnection, force: &str) -> Result<Vec<String>, StoreError> {
    Ok(current_schedule::table
        .inner_join(
            schedule_proposal_document::table
                .on(schedule_proposal_document::proposal_id.eq(current_schedule::proposal_id)),
        )
        .filter(current_schedule::force.eq(force))
        .order(current_schedule::team_ref)
        .select(schedule_proposal_document::document)
        .load(connection)?)
}

/// Makes a proposal a team's current one, where its parent still is. False where the parent is stale:
/// then nothing has changed.
///
/// # Errors
/// When a statement fails.
pub fn make_current(
    connection: &mut AnyConnection,
    stored: &StoredProposal,
    at: Instant,
    by: &str,
) -> Result<bool, StoreError> {
    let moved = match stored.parent_id {
        Some(parent) => diesel::update(
            current_schedule::table
                .filter(current_schedule::force.eq(&stored.force))
                .filter(current_schedule::team_ref.eq(&stored.team_ref))
                .filter(current_schedule::proposal_id.eq(DbId(parent))),
        )
        .set(current_schedule::proposal_id.eq(DbId(stored.id)))
        .execute(connection)?,
        None => {
            let first = (
                current_schedule::force.eq(&stored.force),
                current_schedule::team_ref.eq(&stored.team_ref),
                current_schedule::proposal_id.eq(DbId(stored.id)),
            );
            on_backend!(&mut *connection, c => {
                diesel::insert_into(current_schedule::table).values(first).on_conflict_do_nothing().execute(c)
            })?
        }
    };
    if moved == 0 {
        return Ok(false);
    }
    diesel::update(schedule_proposal::table.filter(schedule_proposal::id.eq(DbId(stored.id))))
        .set((
            schedule_proposal::state.eq(ProposalState::Accepted.as_str()),
            schedule_proposal::accepted_at.eq(Some(DbInstant::from(at))),
            schedule_proposal::accepted_by.eq(Some(by)),
            schedule_proposal::version.eq(schedule_proposal::version + 1),
        ))
        .execute(connection)?;
    Ok(true)
}
