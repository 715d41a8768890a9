//! How far each force's feed was pulled.

use diesel::prelude::*;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::pull_place;
use super::types::DbInstant;
use crate::domain::calendar::Instant;

/// How far a feed was pulled, and how it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullPlace {
    /// The cursor of what comes next, as the other side gave it; nothing at the beginning.
    pub cursor: Option<String>,
    /// How often in a row the other side has failed.
    pub failures: i32,
    /// Until when it is left alone.
    pub not_before: Option<Instant>,
}

/// How far a force's feed was pulled: not at all, where nothing is kept.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<PullPlace, StoreError> {
    let row: Option<(Option<String>, i32, Option<DbInstant>)> = pull_place::table
        .find(force)
        .select((pull_place::cursor, pull_place::failures, pull_place::not_before))
        .first(connection)
        .optional()?;
    Ok(row.map_or_else(PullPlace::default, |(cursor, failures, not_before)| PullPlace {
        cursor,
        failures,
        not_before: not_before.map(DbInstant::get),
    }))
}

/// Keeps how far a force's feed was pulled.
///
/// # Errors
/// When the statement fails.
pub fn keep(connection: &mut AnyConnection, force: &str, place: &PullPlace) -> Result<(), StoreError> {
    let row = (
        pull_place::cursor.eq(place.cursor.as_deref()),
        pull_place::failures.eq(place.failures),
        pull_place::not_before.eq(place.not_before.map(DbInstant::from)),
    );
    on_backend!(connection, c => diesel::insert_into(pull_place::table)
        .values((pull_place::force.eq(force), row))
        .on_conflict(pull_place::force)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}
