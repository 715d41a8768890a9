//! When the two sides were compared, which differences are asked for again, and how the last run that asked by itself ended.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::record::{stored_kind, stored_ref};
use super::schema::{drift, drift_check, drift_run};
use super::types::DbInstant;
use crate::domain::calendar::Instant;
use crate::domain::drift::{ComparedBy, Difference};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// The last comparison of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The kind.
    pub kind: RecordKind,
    /// When.
    pub checked_at: Instant,
    /// Who asked for it.
    pub by: ComparedBy,
}

/// The last comparison of each kind of a force, by kind; one that is not among them never was compared.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn checks(connection: &mut AnyConnection, force: &str) -> Result<Vec<Check>, StoreError> {
    let rows: Vec<(String, DbInstant, String)> = drift_check::table
        .filter(drift_check::force.eq(force))
        .order(drift_check::kind)
        .select((drift_check::kind, drift_check::checked_at, drift_check::compared_by))
        .load(connection)?;
    let unknown = || StoreError::Unreadable { what: "drift", detail: "compared by an unknown way".to_owned() };
    rows.into_iter()
        .map(|(kind, checked_at, by)| {
            let by = ComparedBy::named(&by).ok_or_else(unknown)?;
            Ok(Check { kind: stored_kind(&kind)?, checked_at: checked_at.get(), by })
        })
        .collect()
}

/// The records of these kinds that the records system is to be asked for again, so many at most: those that it has, and that were not asked for, or the
/// longest ago.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn to_ask_for(
    connection: &mut AnyConnection,
    force: &str,
    kinds: &BTreeSet<RecordKind>,
    limit: usize,
) -> Result<Vec<(RecordKind, Ref)>, StoreError> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let theirs = [Difference::OnlyThere, Difference::Differs].map(Difference::as_str);
    let rows: Vec<(String, String)> = drift::table
        .filter(drift::force.eq(force))
        .filter(drift::kind.eq_any(kinds))
        .filter(drift::difference.eq_any(theirs))
        // Of those never asked for PostgreSQL would have the last place, and SQLite the first.
        .order((drift::asked_at.is_not_null(), drift::asked_at, drift::since, drift::kind, drift::subject))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((drift::kind, drift::subject))
        .load(connection)?;
    rows.into_iter().map(|(kind, subject)| Ok((stored_kind(&kind)?, stored_ref(subject)?))).collect()
}

/// Forgets a difference that is settled.
///
/// # Errors
/// When the statement fails.
pub fn forget(
    connection: &mut AnyConnection,
    force: &str,
    (kind, subject): (RecordKind, &Ref),
) -> Result<(), StoreError> {
    diesel::delete(drift::table.find((force, kind.name(), subject.as_str()))).execute(connection)?;
    Ok(())
}

/// Keeps what came of asking for a record that still differs: a code, never words of the other side.
///
/// # Errors
/// When the statement fails.
pub fn keep_answer(
    connection: &mut AnyConnection,
    force: &str,
    (kind, subject): (RecordKind, &Ref),
    (asked_at, answer): (Instant, &str),
) -> Result<(), StoreError> {
    diesel::update(drift::table.find((force, kind.name(), subject.as_str())))
        .set((drift::asked_at.eq(Some(DbInstant::from(asked_at))), drift::answer.eq(Some(answer))))
        .execute(connection)?;
    Ok(())
}

/// A run that asked a force's records system for what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRun {
    /// When it began.
    pub began_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// [`crate::domain::exchange::SUCCEEDED`], or the code of what failed first.
    pub outcome: String,
}

/// Keeps how a force's last run ended.
///
/// # Errors
/// When the statement fails.
pub fn keep_run(connection: &mut AnyConnection, force: &str, run: &DriftRun) -> Result<(), StoreError> {
    let row = (
        drift_run::began_at.eq(DbInstant::from(run.began_at)),
        drift_run::ended_at.eq(DbInstant::from(run.ended_at)),
        drift_run::outcome.eq(run.outcome.as_str()),
    );
    on_backend!(connection, c => diesel::insert_into(drift_run::table)
        .values((drift_run::force.eq(force), row))
        .on_conflict(drift_run::force)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// How a force's last run ended; nothing where there was none.
///
/// # Errors
/// When the statement fails.
pub fn last_run(connection: &mut AnyConnection, force: &str) -> Result<Option<DriftRun>, StoreError> {
    let row: Option<(DbInstant, DbInstant, String)> = drift_run::table
        .find(force)
        .select((drift_run::began_at, drift_run::ended_at, drift_run::outcome))
        .first(connection)
        .optional()?;
    Ok(row.map(|(began_at, ended_at, outcome)| DriftRun {
        began_at: began_at.get(),
        ended_at: ended_at.get(),
        outcome,
    }))
}
