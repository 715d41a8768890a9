//! References between records: which of them name a record that is not there.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::{current_record, received_transfer, record_reference};
use crate::domain::record::RecordKind;

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

/// The kinds of record that a case which came from another force names and did not bring: they are that force's, and stay its.
const LEFT_BEHIND: [RecordKind; 5] =
    [RecordKind::Officer, RecordKind::Team, RecordKind::Neighbourhood, RecordKind::DipSample, RecordKind::Post];

/// The references of a force's current records that name no current record, in order. Those to officers, teams and areas of
/// a force that a case came from are none: they name what is there and not here.
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
    let senders = senders(connection, force)?;
    let is_left_behind = |to_kind: &str, to_ref: &str| {
        LEFT_BEHIND.iter().any(|kind| kind.name() == to_kind)
            && senders
                .iter()
                .any(|sender| to_ref.strip_prefix(sender.as_str()).is_some_and(|rest| rest.starts_with(':')))
    };
    let mut dangling: Vec<Dangling> = rows
        .into_iter()
        .filter(|(_, _, _, to_kind, to_ref)| !is_left_behind(to_kind, to_ref))
        .map(|(kind, subject, pointer, to_kind, to_ref)| Dangling {
            from: (kind, subject),
            pointer,
            to: (to_kind, to_ref),
        })
        .collect();
    dangling.sort();
    Ok(dangling)
}

/// The forces that cases came from.
fn senders(connection: &mut AnyConnection, force: &str) -> Result<Vec<String>, StoreError> {
    Ok(received_transfer::table
        .filter(received_transfer::force.eq(force))
        .select(received_transfer::sending_force)
        .distinct()
        .load(connection)?)
}
