//! Proposals in a list: the newest first, in scope, page by page.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schedule::ProposalState;
use super::schema::schedule_proposal;
use super::scope::{Scope, TeamScope, texts};
use super::types::{DbId, DbInstant};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;

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
