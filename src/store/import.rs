//! Imports: one row each, from the first byte to the report.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::import;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;

/// Opens an import as `running`.
///
/// # Errors
/// When the statement fails.
pub fn start(
    connection: &mut AnyConnection,
    id: Uuid,
    origin: &str,
    actor: &str,
    at: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(import::table)
        .values((
            import::id.eq(DbId(id)),
            import::state.eq("running"),
            import::origin.eq(origin),
            import::actor.eq(actor),
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
    /// Any fixed number; it stands for "applying records" among this database's advisory locks.
    const APPLYING_RECORDS: i64 = 7_405_123_001;
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(APPLYING_RECORDS)
            .execute(postgres)?;
    }
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
