//! References between records: which of them name a record that is not there.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::{current_record, record_reference};

/// A reference to a record that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dangling {
    /// The record that names it: its kind and subject.
    pub from: (String, String),
    /// Where in that record.
    pub pointer: String,
    /// What it names: kind and reference.
    pub to: (String, String),
}

/// The references of a force's current records that name no current record, in order.
///
/// # Errors
/// When the statement fails.
pub fn dangling_references(connection: &mut AnyConnection, force: &str) -> Result<Vec<Dangling>, StoreError> {
    let named = current_record::table
        .filter(current_record::force.eq(record_reference::force))
        .filter(current_record::kind.eq(record_reference::to_kind))
        .filter(current_record::subject.eq(record_reference::to_ref))
        .filter(current_record::withdrawn.eq(false));
    let rows: Vec<(String, String, String, String, String)> = record_reference::table
        .filter(record_reference::force.eq(force))
        .filter(diesel::dsl::not(diesel::dsl::exists(named)))
        .select((
            record_reference::kind,
            record_reference::subject,
            record_reference::pointer,
            record_reference::to_kind,
            record_reference::to_ref,
        ))
        .load(connection)?;
    let mut dangling: Vec<Dangling> = rows
        .into_iter()
        .map(|(kind, subject, pointer, to_kind, to_ref)| Dangling {
            from: (kind, subject),
            pointer,
            to: (to_kind, to_ref),
        })
        .collect();
    dangling.sort();
    Ok(dangling)
}
