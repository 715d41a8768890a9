//! Schedules: what was proposed from what, which proposal each team accepted, and its visits.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{
    current_schedule, planned_visit, planned_visit_officer, schedule_proposal, schedule_proposal_document,
    schedule_snapshot,
};
use super::scope::{Scope, TeamScope};
use super::types::{DbId, DbInstant, DbJson};
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

    fn stored(text: &str) -> Result<Self, StoreError> {
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
}

/// A visit of an accepted proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedVisitRow {
    /// Its id.
    pub id: Uuid,
    /// The proposal it was accepted with.
    pub proposal_id: Uuid,
    /// By which team.
    pub team_ref: String,
    /// Whom.
    pub offender_ref: String,
    /// Where.
    pub address_ref: String,
    /// The day.
    pub visit_on: CivilDate,
    /// `HH:MM`, local.
    pub starts_at: String,
    /// `HH:MM`, local.
    pub ends_at: String,
    /// The planned visit with its window and reason.
    pub reason: serde_json::Value,
    /// Who goes, by reference.
    pub crew: Vec<String>,
}

/// A proposal in a list.
#[derive(Debug, Clone)]
pub struct ListedProposal {
    /// Its id.
    pub id: Uuid,
    /// The team.
    pub team_ref: String,
    /// The accepted proposal that it would follow.
    pub parent_id: Option<Uuid>,
    /// First day planned.
    pub horizon_from: CivilDate,
    /// Last day planned.
    pub horizon_until: CivilDate,
    /// Where it stands.
    pub state: ProposalState,
    /// When it was asked for.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: String,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// By whom.
    pub accepted_by: Option<String>,
}

/// Which proposals are listed.
#[derive(Debug, Clone, Default)]
pub struct ProposalFilter {
    /// Of this team.
    pub team: Option<Ref>,
    /// In this state.
    pub state: Option<ProposalState>,
}

/// A place in the list: after the proposal asked for then.
pub type ProposalPlace = (Instant, Uuid);

/// The proposals in scope, the newest first, so many that come after a place.
///
/// # Errors
/// When the statement fails.
pub fn list(
    connection: &mut AnyConnection,
    scope: &Scope,
    filter: &ProposalFilter,
    after: Option<ProposalPlace>,
    limit: usize,
) -> Result<Vec<ListedProposal>, StoreError> {
    let mut question = schedule_proposal::table
        .filter(schedule_proposal::force.eq(scope.force.clone()))
        .order((schedule_proposal::requested_at.desc(), schedule_proposal::id.desc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            schedule_proposal::id,
            schedule_proposal::team_ref,
            schedule_proposal::parent_id,
            (schedule_proposal::horizon_from, schedule_proposal::horizon_until),
            schedule_proposal::state,
            (schedule_proposal::requested_at, schedule_proposal::requested_by),
            (schedule_proposal::accepted_at, schedule_proposal::accepted_by),
        ))
        .into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        question = question.filter(schedule_proposal::team_ref.eq_any(texts(teams)));
    }
    if let Some(team) = &filter.team {
        question = question.filter(schedule_proposal::team_ref.eq(team.to_string()));
    }
    if let Some(state) = filter.state {
        question = question.filter(schedule_proposal::state.eq(state.as_str()));
    }
    if let Some((at, id)) = after {
        let at = DbInstant::from(at);
        question = question.filter(
            schedule_proposal::requested_at
                .lt(at)
                .or(schedule_proposal::requested_at.eq(at).and(schedule_proposal::id.lt(DbId(id)))),
        );
    }
    question.load::<ListedRow>(connection)?.into_iter().map(listed).collect()
}

type ListedRow = (
    DbId,
    String,
    Option<DbId>,
    (CivilDate, CivilDate),
    String,
    (DbInstant, String),
    (Option<DbInstant>, Option<String>),
);

fn listed(row: ListedRow) -> Result<ListedProposal, StoreError> {
    let (DbId(id), team_ref, parent_id, horizon, state, (requested_at, requested_by), (accepted_at, accepted_by)) = row;
    Ok(ListedProposal {
        id,
        team_ref,
        parent_id: parent_id.map(|DbId(id)| id),
        horizon_from: horizon.0,
        horizon_until: horizon.1,
        state: ProposalState::stored(&state)?,
        requested_at: requested_at.get(),
        requested_by,
        accepted_at: accepted_at.map(DbInstant::get),
        accepted_by,
    })
}

fn texts(teams: &BTreeSet<Ref>) -> Vec<String> {
    teams.iter().map(ToString::to_string).collect()
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

/// Keeps what the planner made of a proposal that was asked for. False where somebody else already
/// has; both made the same.
///
/// # Errors
/// When a statement fails.
pub fn finish(connection: &mut AnyConnection, id: Uuid, document: &str) -> Result<bool, StoreError> {
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
            ))
            .execute(connection)?;
    }
    Ok(changed == 1)
}

type ProposalRow = (DbId, String, String, Option<DbId>, String, i64, i64, String, i32, Option<String>);

/// A proposal, where it is in scope.
///
/// # Errors
/// When the statement fails.
pub fn proposal(connection: &mut AnyConnection, scope: &Scope, id: Uuid) -> Result<Option<StoredProposal>, StoreError> {
    let mut question = schedule_proposal::table
        .left_join(schedule_proposal_document::table)
        .filter(schedule_proposal::id.eq(DbId(id)))
        .filter(schedule_proposal::force.eq(scope.force.clone()))
        .select((
            schedule_proposal::id,
            schedule_proposal::force,
            schedule_proposal::team_ref,
            schedule_proposal::parent_id,
            schedule_proposal::snapshot_sha256,
            schedule_proposal::seed,
            schedule_proposal::iterations,
            schedule_proposal::state,
            schedule_proposal::version,
            schedule_proposal_document::document.nullable(),
        ))
        .into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        question = question.filter(schedule_proposal::team_ref.eq_any(texts(teams)));
    }
    question.first::<ProposalRow>(connection).optional()?.map(stored_proposal).transpose()
}

fn stored_proposal(row: ProposalRow) -> Result<StoredProposal, StoreError> {
    let (DbId(id), force, team_ref, parent_id, snapshot_sha256, seed, iterations, state, version, document) = row;
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

/// What a proposal is to be made from: the snapshot's hash, the seed and the iterations. For the
/// service's own work, whoever asked.
///
/// # Errors
/// When the statement fails.
pub fn asked(connection: &mut AnyConnection, id: Uuid) -> Result<Option<(String, i64, i64)>, StoreError> {
    Ok(schedule_proposal::table
        .filter(schedule_proposal::id.eq(DbId(id)))
        .select((schedule_proposal::snapshot_sha256, schedule_proposal::seed, schedule_proposal::iterations))
        .first(connection)
        .optional()?)
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

#[derive(Insertable)]
#[diesel(table_name = planned_visit)]
struct NewVisit {
    id: DbId,
    force: String,
    team_ref: String,
    proposal_id: DbId,
    offender_ref: String,
    address_ref: String,
    visit_on: CivilDate,
    starts_at: String,
    ends_at: String,
    reason: DbJson,
}

#[derive(Insertable)]
#[diesel(table_name = planned_visit_officer)]
struct NewVisitOfficer {
    planned_visit_id: DbId,
    officer_ref: String,
}

/// Rows in one insert: well under the bound parameters that either backend takes in a statement.
const ROWS_A_STATEMENT: usize = 500;

/// Puts a proposal's visits in the place of the team's earlier ones from a day on.
///
/// # Errors
/// When a statement fails.
pub fn replace_visits(
    connection: &mut AnyConnection,
    stored: &StoredProposal,
    from: CivilDate,
    visits: Vec<PlannedVisitRow>,
) -> Result<(), StoreError> {
    diesel::update(
        planned_visit::table
            .filter(planned_visit::force.eq(&stored.force))
            .filter(planned_visit::team_ref.eq(&stored.team_ref))
            .filter(planned_visit::visit_on.ge(from))
            .filter(planned_visit::superseded_by.is_null()),
    )
    .set(planned_visit::superseded_by.eq(Some(DbId(stored.id))))
    .execute(connection)?;
    let (mut rows, mut officers) = (Vec::with_capacity(visits.len()), Vec::new());
    for visit in visits {
        let id = DbId(visit.id);
        officers
            .extend(visit.crew.into_iter().map(|officer_ref| NewVisitOfficer { planned_visit_id: id, officer_ref }));
        rows.push(NewVisit {
            id,
            force: stored.force.clone(),
            team_ref: stored.team_ref.clone(),
            proposal_id: DbId(stored.id),
            offender_ref: visit.offender_ref,
            address_ref: visit.address_ref,
            visit_on: visit.visit_on,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            reason: DbJson(visit.reason),
        });
    }
    for rows in rows.chunks(ROWS_A_STATEMENT) {
        on_backend!(&mut *connection, c => diesel::insert_into(planned_visit::table).values(rows).execute(c))?;
    }
    for rows in officers.chunks(ROWS_A_STATEMENT) {
        on_backend!(&mut *connection, c => diesel::insert_into(planned_visit_officer::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The visits of a team's accepted schedule from a day on, by day and time.
///
/// # Errors
/// When a statement fails.
pub fn team_visits(
    connection: &mut AnyConnection,
    force: &str,
    team: &Ref,
    from: CivilDate,
) -> Result<Vec<PlannedVisitRow>, StoreError> {
    let rows: Vec<VisitRow> = planned_visit::table
        .filter(planned_visit::force.eq(force))
        .filter(planned_visit::team_ref.eq(team.as_str()))
        .filter(planned_visit::superseded_by.is_null())
        .filter(planned_visit::visit_on.ge(from))
        .select(VISIT)
        .load(connection)?;
    with_crews(connection, rows)
}

/// An officer's visits of the accepted schedule on a day, by time, where they are in scope.
///
/// # Errors
/// When a statement fails.
pub fn officer_visits(
    connection: &mut AnyConnection,
    scope: &Scope,
    officer: &Ref,
    day: CivilDate,
) -> Result<Vec<PlannedVisitRow>, StoreError> {
    let mut question = planned_visit::table
        .inner_join(planned_visit_officer::table)
        .filter(planned_visit::force.eq(scope.force.clone()))
        .filter(planned_visit_officer::officer_ref.eq(officer.to_string()))
        .filter(planned_visit::superseded_by.is_null())
        .filter(planned_visit::visit_on.eq(day))
        .select(VISIT)
        .into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        question = question.filter(planned_visit::team_ref.eq_any(texts(teams)));
    }
    let rows: Vec<VisitRow> = question.load(connection)?;
    with_crews(connection, rows)
}

type VisitRow = (DbId, DbId, String, String, String, CivilDate, String, String, DbJson);

const VISIT: (
    planned_visit::id,
    planned_visit::proposal_id,
    planned_visit::team_ref,
    planned_visit::offender_ref,
    planned_visit::address_ref,
    planned_visit::visit_on,
    planned_visit::starts_at,
    planned_visit::ends_at,
    planned_visit::reason,
) = (
    planned_visit::id,
    planned_visit::proposal_id,
    planned_visit::team_ref,
    planned_visit::offender_ref,
    planned_visit::address_ref,
    planned_visit::visit_on,
    planned_visit::starts_at,
    planned_visit::ends_at,
    planned_visit::reason,
);

fn with_crews(connection: &mut AnyConnection, rows: Vec<VisitRow>) -> Result<Vec<PlannedVisitRow>, StoreError> {
    let ids: Vec<DbId> = rows.iter().map(|row| row.0).collect();
    let mut crews: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let officers: Vec<(DbId, String)> = planned_visit_officer::table
            .filter(planned_visit_officer::planned_visit_id.eq_any(ids))
            .select((planned_visit_officer::planned_visit_id, planned_visit_officer::officer_ref))
            .load(connection)?;
        for (DbId(id), officer) in officers {
            crews.entry(id).or_default().push(officer);
        }
    }
    let mut visits: Vec<PlannedVisitRow> = rows
        .into_iter()
        .map(
            |(
                DbId(id),
                DbId(proposal_id),
                team_ref,
                offender_ref,
                address_ref,
                visit_on,
                starts_at,
                ends_at,
                DbJson(reason),
            )| {
                let mut crew = crews.remove(&id).unwrap_or_default();
                crew.sort();
                PlannedVisitRow {
                    team_ref,
                    id,
                    proposal_id,
                    offender_ref,
                    address_ref,
                    visit_on,
                    starts_at,
                    ends_at,
                    reason,
                    crew,
                }
            },
        )
        .collect();
    visits.sort_by(|a, b| (a.visit_on, &a.starts_at, a.id).cmp(&(b.visit_on, &b.starts_at, b.id)));
    Ok(visits)
}
