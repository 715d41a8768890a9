//! The history of one case: every version of every record about an offender.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, ROWS_A_STATEMENT};
use super::error::StoreError;
use super::merge::refs_of_case;
use super::record::{stored_kind, stored_ref, whole};
use super::schema::{own_entry, own_entry_personal_data, record_version, record_version_personal_data};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// One version of a record, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMark {
    /// The version's id.
    pub id: Uuid,
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: Ref,
    /// When the change became true.
    pub event_time: Instant,
    /// The event's id within its source.
    pub event_id: String,
    /// The records system that spoke.
    pub source: String,
    /// When the service learned it.
    pub learned_at: Instant,
    /// True when it withdraws the record.
    pub withdrawn: bool,
    /// How it came.
    pub provenance: Provenance,
}

/// How a version of a record came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// The records system sent it: the import that brought it.
    Import(Uuid),
    /// It was entered here.
    Entered {
        /// Who: role and subject of the token.
        by: String,
        /// The act, by its stable name.
        act: String,
    },
}

/// Every version of every record about an offender, and about those merged into them, newest first. A withdrawal does not say whom
/// the record was about: it belongs to whom the version before it was about.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn versions_about(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
) -> Result<Vec<VersionMark>, StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let named: Vec<(String, String)> = record_version::table
        .filter(record_version::force.eq(force))
        .filter(record_version::offender_ref.eq_any(&refs))
        .select((record_version::kind, record_version::subject))
        .distinct()
        .load(connection)?;
    let mut subjects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, subject) in named {
        subjects.entry(kind).or_default().push(subject);
    }
    let mut found = Vec::new();
    for (kind, subjects) in subjects {
        let mut whom: HashMap<String, Option<String>> = HashMap::new();
        for row in versions_oldest_first(connection, force, &kind, &subjects)? {
            let (subject, withdrawn, about) = (&row.1, row.6, &row.7);
            let whom = whom.entry(subject.clone()).or_default();
            if !withdrawn {
                whom.clone_from(about);
            }
            if whom.as_ref().is_some_and(|whom| refs.contains(whom)) {
                found.push(sent(stored_kind(&kind)?, row)?);
            }
        }
    }
    found.extend(entered_here(connection, force, &refs)?);
    found.sort_by(|a, b| (b.event_time, &b.event_id, b.id).cmp(&(a.event_time, &a.event_id, a.id)));
    Ok(found)
}

/// Every version of these records of a kind, in no order, whomever they are about.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn versions_of(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subjects: &[String],
) -> Result<Vec<VersionMark>, StoreError> {
    let mut found = Vec::new();
    for subjects in subjects.chunks(ROWS_A_STATEMENT) {
        for row in versions_oldest_first(connection, force, kind.name(), subjects)? {
            found.push(sent(kind, row)?);
        }
        let entered: Vec<EntryRow> = own_entry::table
            .filter(own_entry::force.eq(force))
            .filter(own_entry::kind.eq(kind.name()))
            .filter(own_entry::subject.eq_any(subjects))
            .select(ENTRY)
            .load(connection)?;
        for row in entered {
            found.push(entry(row)?);
        }
    }
    Ok(found)
}

/// The source that entries made here are shown with: the service itself.
pub const ENTERED_HERE: &str = "casework";

type EntryRow = (DbId, String, String, DbInstant, bool, String, String);

/// The columns of an entry, in the order of [`EntryRow`].
const ENTRY: (
    own_entry::id,
    own_entry::kind,
    own_entry::subject,
    own_entry::entered_at,
    own_entry::withdrawn,
    own_entry::entered_by,
    own_entry::act,
) = (
    own_entry::id,
    own_entry::kind,
    own_entry::subject,
    own_entry::entered_at,
    own_entry::withdrawn,
    own_entry::entered_by,
    own_entry::act,
);

fn entered_here(connection: &mut AnyConnection, force: &str, refs: &[String]) -> Result<Vec<VersionMark>, StoreError> {
    let rows: Vec<EntryRow> = own_entry::table
        .filter(own_entry::force.eq(force))
        .filter(own_entry::offender_ref.eq_any(refs))
        .select(ENTRY)
        .load(connection)?;
    rows.into_iter().map(entry).collect()
}

fn entry((id, kind, subject, entered_at, withdrawn, by, act): EntryRow) -> Result<VersionMark, StoreError> {
    Ok(VersionMark {
        id: id.0,
        kind: stored_kind(&kind)?,
        subject: stored_ref(subject)?,
        event_time: entered_at.get(),
        event_id: id.0.to_string(),
        source: ENTERED_HERE.to_owned(),
        learned_at: entered_at.get(),
        withdrawn,
        provenance: Provenance::Entered { by, act },
    })
}

fn sent(kind: RecordKind, row: Row) -> Result<VersionMark, StoreError> {
    let (id, subject, event_time, event_id, source, learned_at, withdrawn, _, import_id) = row;
    Ok(VersionMark {
        id: id.0,
        kind,
        subject: stored_ref(subject)?,
        event_time: event_time.get(),
        event_id,
        source,
        learned_at: learned_at.get(),
        withdrawn,
        provenance: Provenance::Import(import_id.0),
    })
}

type Row = (DbId, String, DbInstant, String, String, DbInstant, bool, Option<String>, DbId);

fn versions_oldest_first(
    connection: &mut AnyConnection,
    force: &str,
    kind: &str,
    subjects: &[String],
) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = record_version::table
        .filter(record_version::force.eq(force))
        .filter(record_version::kind.eq(kind))
        .filter(record_version::subject.eq_any(subjects))
        .select((
            record_version::id,
            record_version::subject,
            record_version::event_time,
            record_version::event_id,
            record_version::source,
            record_version::learned_at,
            record_version::withdrawn,
            record_version::offender_ref,
            record_version::import_id,
        ))
        .load(connection)?;
    rows.sort_by(|a, b| (a.2, &a.3).cmp(&(b.2, &b.3)));
    Ok(rows)
}

/// What these versions say, each whole, by id. A withdrawal says its reason.
///
/// # Errors
/// When the statement fails.
pub fn contents(connection: &mut AnyConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>, StoreError> {
    let mut said = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let ids: Vec<DbId> = ids.iter().copied().map(DbId).collect();
        let rows: Vec<(DbId, Option<DbJson>, Option<DbJson>)> = record_version::table
            .left_join(record_version_personal_data::table)
            .filter(record_version::id.eq_any(&ids))
            .select((
                record_version::id,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ))
            .load(connection)?;
        let entered: Vec<(DbId, DbJson, Option<DbJson>)> = own_entry::table
            .left_join(own_entry_personal_data::table)
            .filter(own_entry::id.eq_any(&ids))
            .select((own_entry::id, own_entry::content, own_entry_personal_data::personal_data.nullable()))
            .load(connection)?;
        let entered = entered.into_iter().map(|(id, content, personal_data)| (id, Some(content), personal_data));
        let told = rows.into_iter().chain(entered);
        said.extend(told.map(|(id, content, personal_data)| (id.0, whole(content, personal_data).unwrap_or_default())));
    }
    Ok(said)
}
