//! The visits of accepted proposals, day by day; superseded where a later proposal took their days over.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::{AnyConnection, ROWS_A_STATEMENT, insert_all};
use super::error::StoreError;
use super::merge::refs_of_case;
use super::record::stored_ref;
use super::schedule::StoredProposal;
use super::schema::{planned_visit, planned_visit_officer};
use super::scope::{Scope, TeamScope, texts};
use super::types::{DbId, DbJson};
use crate::domain::calendar::CivilDate;
use crate::domain::planned_visit::PlannedVisit;
use crate::domain::reference::Ref;

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

impl PlannedVisitRow {
    /// The visit as the rules look at it.
    ///
    /// # Errors
    /// When a reference cannot be read.
    pub fn visit(&self) -> Result<PlannedVisit, StoreError> {
        Ok(PlannedVisit {
            id: self.id,
            proposal_id: self.proposal_id,
            team_ref: stored_ref(self.team_ref.clone())?,
            offender_ref: stored_ref(self.offender_ref.clone())?,
            address_ref: stored_ref(self.address_ref.clone())?,
            date: self.visit_on,
            crew: self.crew.iter().cloned().map(stored_ref).collect::<Result<_, _>>()?,
        })
    }
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
    insert_all!(connection, planned_visit::table, rows);
    insert_all!(connection, planned_visit_officer::table, officers);
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

/// The visits of a force's accepted schedules, past and to come, by day and time.
///
/// # Errors
/// When a statement fails.
pub fn force_visits(connection: &mut AnyConnection, force: &str) -> Result<Vec<PlannedVisitRow>, StoreError> {
    let rows: Vec<VisitRow> = planned_visit::table
        .filter(planned_visit::force.eq(force))
        .filter(planned_visit::superseded_by.is_null())
        .select(VISIT)
        .load(connection)?;
    with_crews(connection, rows)
}

/// One visit of a schedule that was accepted, whether a later one has taken its day over or not.
///
/// # Errors
/// When a statement fails.
pub fn planned(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<Option<PlannedVisitRow>, StoreError> {
    let rows: Vec<VisitRow> = planned_visit::table
        .filter(planned_visit::force.eq(force))
        .filter(planned_visit::id.eq(DbId(id)))
        .select(VISIT)
        .load(connection)?;
    Ok(with_crews(connection, rows)?.pop())
}

/// Every visit to an offender, or to one merged into them, that was ever planned, by day and time, each with the proposal that took its place, where
/// one did.
///
/// # Errors
/// When a statement fails.
pub fn ever_planned(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
) -> Result<Vec<(PlannedVisitRow, Option<Uuid>)>, StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let of_offender = || {
        planned_visit::table
            .filter(planned_visit::force.eq(force.to_owned()))
            .filter(planned_visit::offender_ref.eq_any(refs.clone()))
    };
    let rows: Vec<VisitRow> = of_offender().select(VISIT).load(connection)?;
    let superseded: Vec<(DbId, Option<DbId>)> =
        of_offender().select((planned_visit::id, planned_visit::superseded_by)).load(connection)?;
    let superseded: BTreeMap<Uuid, Option<DbId>> = superseded.into_iter().map(|(id, by)| (id.0, by)).collect();
    let by = |id: Uuid| superseded.get(&id).copied().flatten().map(|by| by.0);
    Ok(with_crews(connection, rows)?
        .into_iter()
        .map(|visit| (by(visit.id), visit))
        .map(|(by, visit)| (visit, by))
        .collect())
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
