//! Mappings of extracts, by force and name: versions appended, and never changed.

use diesel::prelude::*;
use serde_json::Value;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::extract_mapping;
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::Instant;

/// One version of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedMapping {
    /// Its name, unique within the force.
    pub name: String,
    /// Its version, from 1.
    pub version: i32,
    /// The mapping.
    pub document: Value,
    /// SHA-256 of what it says, in hexadecimal digits.
    pub sha256: String,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: String,
}

type Row = (String, i32, DbJson, String, DbInstant, String);

fn read((name, version, document, sha256, saved_at, saved_by): Row) -> SavedMapping {
    SavedMapping { name, version, document: document.0, sha256, saved_at: saved_at.get(), saved_by }
}

/// Keeps a version.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, force: &str, saved: &SavedMapping) -> Result<(), StoreError> {
    diesel::insert_into(extract_mapping::table)
        .values((
            extract_mapping::force.eq(force),
            extract_mapping::name.eq(&saved.name),
            extract_mapping::version.eq(saved.version),
            extract_mapping::document.eq(DbJson(saved.document.clone())),
            extract_mapping::sha256.eq(&saved.sha256),
            extract_mapping::saved_at.eq(DbInstant::from(saved.saved_at)),
            extract_mapping::saved_by.eq(&saved.saved_by),
        ))
        .execute(connection)?;
    Ok(())
}

/// The newest version of each of a force's mappings, by name.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<SavedMapping>, StoreError> {
    let rows: Vec<Row> = extract_mapping::table
        .filter(extract_mapping::force.eq(force))
        .order((extract_mapping::name, extract_mapping::version))
        .select((
            extract_mapping::name,
            extract_mapping::version,
            extract_mapping::document,
            extract_mapping::sha256,
            extract_mapping::saved_at,
            extract_mapping::saved_by,
        ))
        .load(connection)?;
    let mut newest: Vec<SavedMapping> = Vec::new();
    for saved in rows.into_iter().map(read) {
        match newest.last_mut() {
            Some(last) if last.name == saved.name => *last = saved,
            Some(_) | None => newest.push(saved),
        }
    }
    newest.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(newest)
}

/// A version of one of a force's mappings: that one, or the newest.
///
/// # Errors
/// When the statement fails.
pub fn one(
    connection: &mut AnyConnection,
    force: &str,
    name: &str,
    version: Option<i32>,
) -> Result<Option<SavedMapping>, StoreError> {
    let of_name = extract_mapping::table
        .filter(extract_mapping::force.eq(force))
        .filter(extract_mapping::name.eq(name))
        .order(extract_mapping::version.desc())
        .select((
            extract_mapping::name,
            extract_mapping::version,
            extract_mapping::document,
            extract_mapping::sha256,
            extract_mapping::saved_at,
            extract_mapping::saved_by,
        ));
    let rows: Vec<Row> = of_name.load(connection)?;
    Ok(rows.into_iter().map(read).find(|saved| version.is_none_or(|version| version == saved.version)))
}
