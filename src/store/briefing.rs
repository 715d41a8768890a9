//! Readings of neighbourhood briefings: who was told of whom, and when.

use std::collections::BTreeMap;

use diesel::dsl::max;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::briefing_reading;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;

/// One reading.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The force.
    pub force: &'a str,
    /// The area.
    pub neighbourhood: &'a Ref,
    /// Who read, as the audit names them.
    pub reader: &'a str,
    /// Who read, among the force's officers.
    pub officer: Option<&'a Ref>,
    /// When.
    pub read_at: Instant,
    /// Whom the briefing told of.
    pub offenders: &'a [Ref],
}

/// Appends a reading.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<(), StoreError> {
    diesel::insert_into(briefing_reading::table)
        .values((
            briefing_reading::id.eq(DbId(Uuid::now_v7())),
            briefing_reading::force.eq(reading.force),
            briefing_reading::neighbourhood_ref.eq(reading.neighbourhood.as_str()),
            briefing_reading::reader.eq(reading.reader),
            briefing_reading::officer_ref.eq(reading.officer.map(Ref::as_str)),
            briefing_reading::read_at.eq(DbInstant::from(reading.read_at)),
            briefing_reading::offender_refs.eq(DbJson(json!(reading.offenders))),
        ))
        .execute(connection)?;
    Ok(())
}

/// When each area's briefing was last read by somebody of a role, as the audit names them.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn last_read_at(
    connection: &mut AnyConnection,
    force: &str,
    role: &str,
) -> Result<BTreeMap<Ref, Instant>, StoreError> {
    let rows: Vec<(String, Option<DbInstant>)> = briefing_reading::table
        .filter(briefing_reading::force.eq(force))
        .filter(briefing_reading::reader.like(format!("{role}:%")))
        .group_by(briefing_reading::neighbourhood_ref)
        .select((briefing_reading::neighbourhood_ref, max(briefing_reading::read_at)))
        .load(connection)?;
    let read = |(area, read_at): (String, Option<DbInstant>)| {
        let read_at = read_at?.get();
        Some(stored_ref(area).map(|area| (area, read_at)))
    };
    rows.into_iter().filter_map(read).collect()
}

/// A reading as a receipt tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id.
    pub id: Uuid,
    /// Who read, as the audit names them.
    pub reader: String,
    /// When.
    pub read_at: Instant,
    /// How many offenders it told of.
    pub offenders: usize,
}

/// The readings of one area's briefing, the newest first, at most so many.
///
/// # Errors
/// When the statement fails.
pub fn receipts(
    connection: &mut AnyConnection,
    force: &str,
    neighbourhood: &Ref,
    limit: usize,
) -> Result<Vec<Receipt>, StoreError> {
    let rows: Vec<(DbId, String, DbInstant, DbJson)> = briefing_reading::table
        .filter(briefing_reading::force.eq(force))
        .filter(briefing_reading::neighbourhood_ref.eq(neighbourhood.as_str()))
        .order((briefing_reading::read_at.desc(), briefing_reading::id.desc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            briefing_reading::id,
            briefing_reading::reader,
            briefing_reading::read_at,
            briefing_reading::offender_refs,
        ))
        .load(connection)?;
    let receipt = |(id, reader, read_at, refs): (DbId, String, DbInstant, DbJson)| Receipt {
        id: id.0,
        reader,
        read_at: read_at.get(),
        offenders: refs.0.as_array().map_or(0, Vec::len),
    };
    Ok(rows.into_iter().map(receipt).collect())
}
