//! Extracts: which import was of one, as of when the newest was, and what a record is before it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::record::{Age, RecordKey, stored_ref, whole};
use super::schema::{current_record, extract_taken, import_extract, record_version, record_version_personal_data};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// The mapping that an extract was read by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedMapping {
    /// The force whose it is.
    pub force: String,
    /// The records system.
    pub source: String,
    /// Its name and version, where it is one of those saved.
    pub saved: Option<(String, i32)>,
    /// SHA-256 of what it says, in hexadecimal digits.
    pub sha256: String,
    /// The instant of the extract, where one was given.
    pub as_of: Option<Instant>,
}

/// Keeps what an import was of.
///
/// # Errors
/// When the statement fails.
pub fn keep_use(connection: &mut AnyConnection, import: Uuid, used: &UsedMapping) -> Result<(), StoreError> {
    let (name, version) = used.saved.clone().unzip();
    diesel::insert_into(import_extract::table)
        .values((
            import_extract::import_id.eq(DbId(import)),
            import_extract::force.eq(&used.force),
            import_extract::source.eq(&used.source),
            import_extract::mapping_name.eq(name),
            import_extract::mapping_version.eq(version),
            import_extract::mapping_sha256.eq(&used.sha256),
            import_extract::as_of.eq(used.as_of.map(DbInstant::from)),
        ))
        .execute(connection)?;
    Ok(())
}

/// As of when the newest extract of a records system was that gave records of one of these kinds; none where there was none.
///
/// # Errors
/// When the statement fails.
pub fn newest_taken(
    connection: &mut AnyConnection,
    (force, source): (&str, &str),
    kinds: &BTreeSet<RecordKind>,
) -> Result<Option<Instant>, StoreError> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let taken: Vec<DbInstant> = extract_taken::table
        .filter(extract_taken::force.eq(force))
        .filter(extract_taken::source.eq(source))
        .filter(extract_taken::kind.eq_any(names))
        .select(extract_taken::as_of)
        .load(connection)?;
    Ok(taken.into_iter().max().map(DbInstant::get))
}

/// Keeps that an extract as of an instant is taken. Where a newer one is, that stays.
///
/// # Errors
/// When a statement fails.
pub fn keep_taken(
    connection: &mut AnyConnection,
    (force, source): (&str, &str),
    kinds: &BTreeSet<RecordKind>,
    as_of: Instant,
) -> Result<(), StoreError> {
    use diesel::query_dsl::methods::FilterDsl;

    let as_of = DbInstant::from(as_of);
    for kind in kinds {
        let row = (
            extract_taken::force.eq(force),
            extract_taken::source.eq(source),
            extract_taken::kind.eq(kind.name()),
            extract_taken::as_of.eq(as_of),
        );
        on_backend!(&mut *connection, c => diesel::insert_into(extract_taken::table)
            .values(row)
            .on_conflict((extract_taken::force, extract_taken::source, extract_taken::kind))
            .do_update()
            .set(extract_taken::as_of.eq(as_of))
            .filter(extract_taken::as_of.lt(as_of))
            .execute(c))?;
    }
    Ok(())
}

/// What the records system said newest of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// How old that is.
    pub age: Age,
    /// The record; none where it was withdrawn.
    pub content: Option<Value>,
}

type Row = (String, String, DbInstant, String, bool, Option<DbJson>, Option<DbJson>);

/// What the records system said newest of each of these records; those of which it said nothing are left out.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn standing(
    connection: &mut AnyConnection,
    keys: impl IntoIterator<Item = RecordKey>,
) -> Result<HashMap<RecordKey, Standing>, StoreError> {
    let mut subjects: BTreeMap<(String, RecordKind), BTreeSet<Ref>> = BTreeMap::new();
    for (force, kind, subject) in keys {
        subjects.entry((force, kind)).or_default().insert(subject);
    }
    let mut found = HashMap::new();
    for ((force, kind), subjects) in subjects {
        let subjects: Vec<&str> = subjects.iter().map(Ref::as_str).collect();
        let personal_data = record_version_personal_data::table
            .on(record_version_personal_data::version_id.nullable().eq(current_record::version_id));
        let rows: Vec<Row> = current_record::table
            .inner_join(record_version::table)
            .left_join(personal_data)
            .filter(current_record::force.eq(&force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::subject.eq_any(&subjects))
            .select((
                current_record::subject,
                record_version::event_id,
                record_version::event_time,
                record_version::source,
                record_version::withdrawn,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ))
            .load(connection)?;
        for (subject, event_id, event_time, source, withdrawn, content, personal_data) in rows {
            let age = Age { event_time: event_time.get(), event_id, source };
            let content = if withdrawn { None } else { whole(content, personal_data) };
            found.insert((force.clone(), kind, stored_ref(subject)?), Standing { age, content });
        }
    }
    Ok(found)
}
