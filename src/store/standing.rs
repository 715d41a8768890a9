//! Where each case of a force stood when its flags were last evaluated: one row a case.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::backend::{AnyConnection, MultiBackend, ROWS_A_STATEMENT, insert_all};
use super::error::StoreError;
use super::limited_access::hidden;
use super::record::stored_ref;
use super::schema::{case_standing, current_record, offender_merge};
use super::scope::{Scope, TeamScope};
use super::types::DbJson;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::standing::{CaseStanding, Standing};

#[derive(Debug, PartialEq, Insertable)]
#[diesel(table_name = case_standing, treat_none_as_default_value = false)]
struct Row<'a> {
    force: &'a str,
    offender_ref: &'a str,
    bucket: &'static str,
    manager_ref: Option<&'a str>,
    facts: DbJson,
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "standing", detail: error.to_string() }
}

/// Keeps where every case of a force stands. What was kept before goes; a row that says the same is left
/// alone, for most cases stand tomorrow where they stand today.
///
/// # Errors
/// When a statement fails.
pub fn keep(connection: &mut AnyConnection, force: &str, standings: &[CaseStanding]) -> Result<(), StoreError> {
    let kept: Vec<(String, DbJson)> = case_standing::table
        .filter(case_standing::force.eq(force))
        .select((case_standing::offender_ref, case_standing::facts))
        .load(connection)?;
    let mut kept: BTreeMap<String, Value> = kept.into_iter().map(|(of, DbJson(facts))| (of, facts)).collect();
    let mut gone: Vec<String> = Vec::new();
    let mut new: Vec<Row<'_>> = Vec::new();
    for CaseStanding { offender_ref, standing, .. } in standings {
        let facts = serde_json::to_value(standing).map_err(|error| unreadable(&error))?;
        match kept.remove(offender_ref.as_str()) {
            Some(before) if before == facts => continue,
            Some(_) => gone.push(offender_ref.to_string()),
            None => {}
        }
        new.push(Row {
            force,
            offender_ref: offender_ref.as_str(),
            bucket: standing.bucket.as_str(),
            manager_ref: standing.manager_ref.as_ref().map(Ref::as_str),
            facts: DbJson(facts),
        });
    }
    gone.extend(kept.into_keys());
    for gone in gone.chunks(ROWS_A_STATEMENT) {
        let rows = case_standing::table
            .filter(case_standing::force.eq(force))
            .filter(case_standing::offender_ref.eq_any(gone));
        diesel::delete(rows).execute(connection)?;
    }
    insert_all!(connection, case_standing::table, new);
    Ok(())
}

/// The cases in scope, in the order of their references.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn in_scope(connection: &mut AnyConnection, scope: &Scope) -> Result<Vec<CaseStanding>, StoreError> {
    load(connection, scope, None)
}

/// The cases out of the scope's teams that these officers manage: for their caseloads alone.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn elsewhere_held_by<'a>(
    connection: &mut AnyConnection,
    scope: &Scope,
    officers: impl Iterator<Item = &'a Ref>,
) -> Result<Vec<CaseStanding>, StoreError> {
    match scope.teams {
        TeamScope::All => Ok(Vec::new()),
        TeamScope::Only(_) => load(connection, scope, Some(officers.map(Ref::as_str).collect())),
    }
}

/// The one question from which standings are answered: which cases may be seen is said here and nowhere
/// else. The team is the one whose the offender is now, as with flags.
fn load(
    connection: &mut AnyConnection,
    scope: &Scope,
    held_elsewhere_by: Option<Vec<&str>>,
) -> Result<Vec<CaseStanding>, StoreError> {
    let of_offender = current_record::force
        .eq(case_standing::force)
        .and(current_record::kind.eq(RecordKind::Offender.name()))
        .and(current_record::subject.eq(case_standing::offender_ref));
    let merged = offender_merge::table
        .filter(offender_merge::force.eq(case_standing::force))
        .filter(offender_merge::merged_ref.eq(case_standing::offender_ref));
    let mut question = case_standing::table
        .inner_join(current_record::table.on(of_offender))
        .filter(case_standing::force.eq(&scope.force))
        .filter(current_record::withdrawn.eq(false))
        .filter(diesel::dsl::not(diesel::dsl::exists(merged)))
        .order(case_standing::offender_ref)
        .select((case_standing::offender_ref, current_record::team_ref.assume_not_null(), case_standing::facts))
        .into_boxed::<MultiBackend>();
    if let TeamScope::Only(teams) = &scope.teams {
        let teams = teams.iter().map(Ref::as_str);
        question = match held_elsewhere_by {
            None => question.filter(current_record::team_ref.eq_any(teams)),
            Some(officers) => question
                .filter(current_record::team_ref.ne_all(teams))
                .filter(case_standing::manager_ref.eq_any(officers)),
        };
    }
    if let Some(hidden) = hidden(connection, scope)? {
        question = question.filter(case_standing::offender_ref.ne_all(hidden));
    }
    let rows: Vec<(String, String, DbJson)> = question.load(connection)?;
    rows.into_iter()
        .map(|(offender_ref, team_ref, DbJson(facts))| {
            Ok(CaseStanding {
                offender_ref: stored_ref(offender_ref)?,
                team_ref: stored_ref(team_ref)?,
                standing: Standing::deserialize(facts).map_err(|error| unreadable(&error))?,
            })
        })
        .collect()
}
