//! Imports: one row each, from the first byte to the report.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record;
use super::schema::import;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;

/// An import as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredImport {
    /// `running`, `completed` or `failed`.
    pub state: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended; empty while it runs.
    pub ended_at: Option<Instant>,
    /// What came of it; empty while it runs.
    pub report: Option<serde_json::Value>,
}

/// An import that a force sent.
///
/// # Errors
/// When the statement fails.
pub fn sent_by(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<Option<StoredImport>, StoreError> {
    let row: Option<(String, DbInstant, Option<DbInstant>, Option<DbJson>)> = import::table
        .filter(import::id.eq(DbId(id)))
        .filter(import::force.eq(force))
        .select((import::state, import::started_at, import::ended_at, import::report))
        .first(connection)
        .optional()?;
    Ok(row.map(|(state, started_at, ended_at, report)| StoredImport {
        state,
        started_at: started_at.get(),
        ended_at: ended_at.map(DbInstant::get),
        report: report.map(|DbJson(report)| report),
    }))
}

/// Opens an import as `running`.
///
/// # Errors
/// When the statement fails.
pub fn start(
    connection: &mut AnyConnection,
    id: Uuid,
    origin: &str,
    actor: &str,
    force: Option<&str>,
    at: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(import::table)
        .values((
            import::id.eq(DbId(id)),
            import::state.eq("running"),
            import::origin.eq(origin),
            import::actor.eq(actor),
            import::force.eq(force),
            import::started_at.eq(DbInstant::from(at)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Makes this transaction the only one that applies records until it ends: on SQLite by being a
/// write, on PostgreSQL by a lock that all imports share.
///
/// # Errors
/// When the statement fails.
pub fn take_turn(connection: &mut AnyConnection, id: Uuid) -> Result<(), StoreError> {
    record::take_turn(connection)?;
    diesel::update(import::table.filter(import::id.eq(DbId(id))))
        .set(import::state.eq("running"))
        .execute(connection)?;
    Ok(())
}

/// Has PostgreSQL look at the tables that an import fills and looks into. Without statistics of its
/// own it takes a force and a kind to name next to nothing, and reads all records of that kind for
/// each few it is asked for; autovacuum comes by too late in a first import. SQLite needs none.
///
/// # Errors
/// When the statement fails.
pub fn refresh_statistics(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("ANALYZE record_version, current_record, record_reference").execute(postgres)?;
    }
    Ok(())
}

/// Closes an import with its report.
///
/// # Errors
/// When the statement fails.
pub fn finish(
    connection: &mut AnyConnection,
    id: Uuid,
    state: &str,
    report: serde_json::Value,
    at: Instant,
) -> Result<(), StoreError> {
    diesel::update(import::table.filter(import::id.eq(DbId(id))))
        .set((
            import::state.eq(state),
            import::ended_at.eq(Some(DbInstant::from(at))),
            import::report.eq(Some(DbJson(report))),
        ))
        .execute(connection)?;
    Ok(())
}
