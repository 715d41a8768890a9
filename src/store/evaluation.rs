//! Evaluations of a force's flags: whose turn it is, what asks for one, when the last one was.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{evaluation_request, flag_evaluation};
use super::types::{DbId, DbInstant};
use crate::domain::calendar::Instant;

/// Makes this transaction the only one that evaluates the force until it ends: on SQLite the
/// caller's writing transaction is that already, on PostgreSQL by a lock of the force's own.
///
/// # Errors
/// When the statement fails.
pub fn take_turn(connection: &mut AnyConnection, force: &str) -> Result<(), StoreError> {
    /// Any fixed number; it stands for "evaluating flags" among this database's advisory locks.
    const EVALUATING_FLAGS: i32 = 740_512_302;
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1, hashtext($2))")
            .bind::<diesel::sql_types::Integer, _>(EVALUATING_FLAGS)
            .bind::<diesel::sql_types::Text, _>(force)
            .execute(postgres)?;
    }
    Ok(())
}

/// Something that asks for a force's flags to be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// Since when.
    pub requested_at: Instant,
}

/// Asks for the flags of a force to be evaluated, in the transaction that changes its records.
///
/// # Errors
/// When the statement fails.
pub fn request(connection: &mut AnyConnection, force: &str, at: Instant) -> Result<(), StoreError> {
    diesel::insert_into(evaluation_request::table)
        .values((
            evaluation_request::id.eq(DbId(Uuid::now_v7())),
            evaluation_request::force.eq(force),
            evaluation_request::requested_at.eq(DbInstant::from(at)),
        ))
        .execute(connection)?;
    Ok(())
}

/// What asks for an evaluation of a force, oldest first. Read it before the records: whatever
/// changes them later asks anew.
///
/// # Errors
/// When the statement fails.
pub fn requests(connection: &mut AnyConnection, force: &str) -> Result<Vec<Request>, StoreError> {
    Ok(evaluation_request::table
        .filter(evaluation_request::force.eq(force))
        .order(evaluation_request::requested_at)
        .select((evaluation_request::id, evaluation_request::requested_at))
        .load::<(DbId, DbInstant)>(connection)?
        .into_iter()
        .map(|(DbId(id), at)| Request { id, requested_at: at.get() })
        .collect())
}

/// The forces that ask for an evaluation, in order.
///
/// # Errors
/// When the statement fails.
pub fn forces_asking(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let mut forces: Vec<String> =
        evaluation_request::table.select(evaluation_request::force).distinct().load(connection)?;
    forces.sort();
    Ok(forces)
}

/// Requests taken away in one statement: under the bound parameters that either backend takes.
const REQUESTS_A_STATEMENT: usize = 500;

/// Takes away these requests, and no newer one.
///
/// # Errors
/// When a statement fails.
pub fn answered(connection: &mut AnyConnection, requests: &[Request]) -> Result<(), StoreError> {
    for requests in requests.chunks(REQUESTS_A_STATEMENT) {
        let ids: Vec<DbId> = requests.iter().map(|request| DbId(request.id)).collect();
        diesel::delete(evaluation_request::table.filter(evaluation_request::id.eq_any(ids))).execute(connection)?;
    }
    Ok(())
}

/// Notes that a force's flags were evaluated and the standings of its cases stored.
///
/// # Errors
/// When the statement fails.
pub fn evaluated(
    connection: &mut AnyConnection,
    force: &str,
    at: Instant,
    policy_version: &str,
) -> Result<(), StoreError> {
    let now = DbInstant::from(at);
    let row = (
        flag_evaluation::evaluated_at.eq(now),
        flag_evaluation::policy_version.eq(policy_version),
        flag_evaluation::standings_at.eq(Some(now)),
    );
    on_backend!(connection, c => diesel::insert_into(flag_evaluation::table)
        .values((flag_evaluation::force.eq(force), flag_evaluation::first_evaluated_at.eq(now), row))
        .on_conflict(flag_evaluation::force)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// When a force's flags were last evaluated; nothing where they never were.
///
/// # Errors
/// When the statement fails.
pub fn last_evaluated_at(connection: &mut AnyConnection, force: &str) -> Result<Option<Instant>, StoreError> {
    Ok(flag_evaluation::table
        .filter(flag_evaluation::force.eq(force))
        .select(flag_evaluation::evaluated_at)
        .first::<DbInstant>(connection)
        .optional()?
        .map(DbInstant::get))
}

/// What is known of a force's evaluations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluated {
    /// When its flags were first evaluated: since then there is a history of them.
    pub first_at: Instant,
    /// When the standings of its cases were stored last.
    pub standings_at: Instant,
}

/// The evaluations of a force, where one has stored the standings of its cases.
///
/// # Errors
/// When the statement fails.
pub fn evaluated_with_standings(connection: &mut AnyConnection, force: &str) -> Result<Option<Evaluated>, StoreError> {
    let row: Option<(DbInstant, Option<DbInstant>)> = flag_evaluation::table
        .filter(flag_evaluation::force.eq(force))
        .select((flag_evaluation::first_evaluated_at, flag_evaluation::standings_at))
        .first(connection)
        .optional()?;
    Ok(row.and_then(|(first, standings)| Some(Evaluated { first_at: first.get(), standings_at: standings?.get() })))
}
