//! Records: every version appended to the history, the newest of each in the current state.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::backend::{AnyConnection, insert_all};
use super::error::StoreError;
use super::merge;
use super::own_entry::{self, StoredClaims};
use super::schema::{current_record, record_reference, record_version, record_version_personal_data};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::personal_data::{bring_together, set_apart};
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

pub use super::allocation::live_allocation_versions;

/// One version of a record, to be appended.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The force whose record it is.
    pub force: String,
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: Ref,
    /// The records system that spoke.
    pub source: String,
    /// The event's id within the source.
    pub event_id: String,
    /// When the change became true.
    pub event_time: Instant,
    /// The offender the record is about.
    pub offender_ref: Option<Ref>,
    /// The team the record belongs to.
    pub team_ref: Option<Ref>,
    /// What the record became.
    pub content: Content,
    /// The records this one names: pointer, kind, reference.
    pub references: Vec<(String, RecordKind, Ref)>,
}

/// What a version makes of its record.
#[derive(Debug, Clone)]
pub enum Content {
    /// The record is this JSON.
    Put(Value),
    /// The records system withdrew it.
    Withdrawn {
        /// Why, in free text.
        reason: String,
    },
}

impl Content {
    /// The JSON to keep, if any, and the personal data to keep apart from it, if any.
    fn set_apart(self, kind: RecordKind) -> (Option<Value>, Option<Value>) {
        match self {
            Self::Put(mut json) => {
                let personal_data = set_apart(kind, &mut json);
                (Some(json), personal_data)
            }
            Self::Withdrawn { reason } => (None, Some(json!({ "reason": reason }))),
        }
    }
}

impl NewVersion {
    /// What settles which of two versions is newer: the time, kept to the microsecond, then the id, then
    /// the source.
    #[must_use]
    pub fn age(&self) -> Age {
        let event_time = DbInstant::from(self.event_time).get();
        Age { event_time, event_id: self.event_id.clone(), source: self.source.clone() }
    }
}

/// The order of the versions of one record: the newest time wins, and with equal time the greater
/// id in byte order (records feed, version 1). An id is unique within its source alone: where two
/// systems of a force give the same id at the same time, the greater source wins, so that the order of
/// arrival never counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// The event's time.
    pub event_time: Instant,
    /// The event's id.
    pub event_id: String,
    /// The records system that spoke.
    pub source: String,
}

/// The force, kind and subject that name one record.
pub type RecordKey = (String, RecordKind, Ref);

#[derive(Insertable)]
#[diesel(table_name = record_version, treat_none_as_default_value = false)]
struct VersionRow {
    id: DbId,
    force: String,
    kind: &'static str,
    subject: String,
    source: String,
    event_id: String,
    event_time: DbInstant,
    withdrawn: bool,
    offender_ref: Option<String>,
    content: Option<DbJson>,
    import_id: DbId,
    learned_at: DbInstant,
}

#[derive(Insertable)]
#[diesel(table_name = record_version_personal_data)]
struct PersonalDataRow {
    version_id: DbId,
    personal_data: DbJson,
}

#[derive(Insertable)]
#[diesel(table_name = current_record, treat_none_as_default_value = false)]
struct CurrentRow {
    force: String,
    kind: &'static str,
    subject: String,
    version_id: Option<DbId>,
    event_id: Option<String>,
    event_time: Option<DbInstant>,
    withdrawn: bool,
    offender_ref: Option<String>,
    team_ref: Option<String>,
    own_entry_id: Option<DbId>,
}

#[derive(Insertable)]
#[diesel(table_name = record_reference)]
struct ReferenceRow {
    force: String,
    kind: &'static str,
    subject: String,
    pointer: String,
    to_kind: &'static str,
    to_ref: String,
}

/// Waits for this transaction's turn to change records, whoever brings them. On SQLite there is one writer anyway: begin with
/// [`super::Store::transaction_that_writes`].
///
/// # Errors
/// When the statement fails.
pub fn take_turn(connection: &mut AnyConnection) -> Result<(), StoreError> {
    /// Any fixed number; it stands for "applying records" among this database's advisory locks.
    const APPLYING_RECORDS: i64 = 7_405_123_001;
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(APPLYING_RECORDS)
            .execute(postgres)?;
    }
    Ok(())
}

/// Which of these event ids of a source have been taken already.
///
/// # Errors
/// When the statement fails.
pub fn known_event_ids(
    connection: &mut AnyConnection,
    source: &str,
    event_ids: &[&str],
) -> Result<HashSet<String>, StoreError> {
    Ok(record_version::table
        .filter(record_version::source.eq(source))
        .filter(record_version::event_id.eq_any(event_ids))
        .select(record_version::event_id)
        .load::<String>(connection)?
        .into_iter()
        .collect())
}

/// How old the current version of each of these records is; those that have none are left out.
///
/// # Errors
/// When a statement fails.
pub fn current_ages(
    connection: &mut AnyConnection,
    keys: impl IntoIterator<Item = RecordKey>,
) -> Result<HashMap<RecordKey, Age>, StoreError> {
    let mut subjects: BTreeMap<(String, RecordKind), Vec<String>> = BTreeMap::new();
    for (force, kind, subject) in keys {
        subjects.entry((force, kind)).or_default().push(subject.into());
    }
    let mut ages = HashMap::new();
    for ((force, kind), subjects) in subjects {
        let rows: Vec<(String, String, DbInstant, String)> = current_record::table
            .inner_join(record_version::table)
            .filter(current_record::force.eq(&force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::subject.eq_any(&subjects))
            .select((
                current_record::subject,
                record_version::event_id,
                record_version::event_time,
                record_version::source,
            ))
            .load(connection)?;
        for (subject, event_id, event_time, source) in rows {
            let age = Age { event_time: event_time.get(), event_id, source };
            ages.insert((force.clone(), kind, stored_ref(subject)?), age);
        }
    }
    Ok(ages)
}

/// Appends versions to the history and makes those named by `newest` (indices into `versions`) the
/// current state of their records.
///
/// # Errors
/// When a statement fails; nothing of it is kept once the transaction is given up.
pub fn apply(
    connection: &mut AnyConnection,
    import_id: Uuid,
    learned_at: Instant,
    versions: Vec<NewVersion>,
    newest: &HashSet<usize>,
) -> Result<(), StoreError> {
    let mut version_rows = Vec::with_capacity(versions.len());
    let mut personal_rows = Vec::new();
    let mut current_rows = Vec::new();
    let mut reference_rows = Vec::new();
    let of_merges: BTreeSet<String> =
        versions.iter().filter(|version| merge::counts(version.kind)).map(|version| version.force.clone()).collect();
    for (index, version) in versions.into_iter().enumerate() {
        let id = DbId(Uuid::now_v7());
        let (content, personal_data) = version.content.set_apart(version.kind);
        if let Some(personal_data) = personal_data {
            personal_rows.push(PersonalDataRow { version_id: id, personal_data: DbJson(personal_data) });
        }
        let subject = String::from(version.subject);
        let offender_ref = version.offender_ref.map(String::from);
        let event_time = DbInstant::from(version.event_time);
        let withdrawn = content.is_none();
        if newest.contains(&index) {
            current_rows.push(CurrentRow {
                force: version.force.clone(),
                kind: version.kind.name(),
                subject: subject.clone(),
                version_id: Some(id),
                event_id: Some(version.event_id.clone()),
                event_time: Some(event_time),
                withdrawn,
                offender_ref: offender_ref.clone(),
                team_ref: version.team_ref.map(String::from),
                own_entry_id: None,
            });
            for (pointer, to_kind, to_ref) in version.references {
                reference_rows.push(ReferenceRow {
                    force: version.force.clone(),
                    kind: version.kind.name(),
                    subject: subject.clone(),
                    pointer,
                    to_kind: to_kind.name(),
                    to_ref: to_ref.into(),
                });
            }
        }
        version_rows.push(VersionRow {
            id,
            force: version.force,
            kind: version.kind.name(),
            subject,
            source: version.source,
            event_id: version.event_id,
            event_time,
            withdrawn,
            offender_ref,
            content: content.map(DbJson),
            import_id: DbId(import_id),
            learned_at: learned_at.into(),
        });
    }
    insert_all!(connection, record_version::table, version_rows);
    insert_all!(connection, record_version_personal_data::table, personal_rows);
    let claimed = claimed_of(connection, &mut current_rows)?;
    forget_current(connection, &current_rows)?;
    insert_all!(connection, current_record::table, current_rows);
    insert_all!(connection, record_reference::table, reference_rows);
    for (force, kind, subject) in claimed {
        own_entry::settle(connection, &force, kind, &subject)?;
    }
    for force in of_merges {
        merge::settle(connection, &force)?;
    }
    Ok(())
}

/// Hands the claims made here on to the rows about to replace the current ones; gives back which have any.
fn claimed_of(connection: &mut AnyConnection, rows: &mut [CurrentRow]) -> Result<Vec<RecordKey>, StoreError> {
    let mut own: HashMap<(String, &'static str, String), DbId> = HashMap::new();
    for ((force, kind), subjects) in by_kind(rows) {
        let claimed: Vec<(String, Option<DbId>)> = current_record::table
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(kind))
            .filter(current_record::own_entry_id.is_not_null())
            .filter(current_record::subject.eq_any(&subjects))
            .select((current_record::subject, current_record::own_entry_id))
            .load(connection)?;
        own.extend(claimed.into_iter().filter_map(|(subject, id)| Some(((force.to_owned(), kind, subject), id?))));
    }
    let mut claimed = Vec::new();
    for row in rows {
        if let Some(id) = own.get(&(row.force.clone(), row.kind, row.subject.clone())) {
            row.own_entry_id = Some(*id);
            claimed.push((row.force.clone(), stored_kind(row.kind)?, stored_ref(row.subject.clone())?));
        }
    }
    Ok(claimed)
}

/// The subjects of these rows by force and kind.
fn by_kind(rows: &[CurrentRow]) -> BTreeMap<(&str, &'static str), Vec<&str>> {
    let mut subjects: BTreeMap<(&str, &'static str), Vec<&str>> = BTreeMap::new();
    for row in rows {
        subjects.entry((&row.force, row.kind)).or_default().push(&row.subject);
    }
    subjects
}

/// Takes away the current state that these rows are about to replace.
fn forget_current(connection: &mut AnyConnection, rows: &[CurrentRow]) -> Result<(), StoreError> {
    for ((force, kind), subjects) in by_kind(rows) {
        diesel::delete(
            current_record::table
                .filter(current_record::force.eq(force))
                .filter(current_record::kind.eq(kind))
                .filter(current_record::subject.eq_any(&subjects)),
        )
        .execute(connection)?;
        diesel::delete(
            record_reference::table
                .filter(record_reference::force.eq(force))
                .filter(record_reference::kind.eq(kind))
                .filter(record_reference::subject.eq_any(&subjects)),
        )
        .execute(connection)?;
    }
    Ok(())
}

/// The forces that have records, in order.
///
/// # Errors
/// When the statement fails.
pub fn forces(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let mut forces: Vec<String> = current_record::table.select(current_record::force).distinct().load(connection)?;
    forces.sort();
    Ok(forces)
}

/// Hands every current record of a force to `take`, in no order.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn current_records(
    connection: &mut AnyConnection,
    force: &str,
    mut take: impl FnMut(Held<Record>),
) -> Result<(), StoreError> {
    for kind in RecordKind::ALL {
        let rows: Vec<StoredRecord> = stored_records!()
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::withdrawn.eq(false))
            .load(connection)?;
        for row in rows {
            take(held(row)?);
        }
    }
    Ok(())
}

/// What the feed said newest of a record, as it is stored: event id, event time, content, personal data.
pub(super) type StoredVersion = (String, DbInstant, Option<DbJson>, Option<DbJson>);

/// A current record as it is stored: kind, subject, what the feed said, what was claimed here.
pub(super) type StoredRecord = (String, String, Option<StoredVersion>, Option<StoredClaims>);

/// The current records with what each stands on, to be narrowed and loaded as [`StoredRecord`]. The joins stand side by
/// side: of a join within a join SQLite makes a table of its own first, of every record of every force.
macro_rules! stored_records {
    () => {{
        use $crate::store::schema::{
            current_record, own_entry, own_entry_personal_data, record_version, record_version_personal_data,
        };
        let personal_data_told = record_version_personal_data::table
            .on(record_version_personal_data::version_id.nullable().eq(current_record::version_id));
        let personal_data_entered = own_entry_personal_data::table
            .on(own_entry_personal_data::entry_id.nullable().eq(current_record::own_entry_id));
        current_record::table
            .left_join(record_version::table)
            .left_join(personal_data_told)
            .left_join(own_entry::table)
            .left_join(personal_data_entered)
            .select((
                current_record::kind,
                current_record::subject,
                (
                    record_version::event_id,
                    record_version::event_time,
                    record_version::content,
                    record_version_personal_data::personal_data.nullable(),
                )
                    .nullable(),
                (
                    own_entry::id,
                    own_entry::entered_at,
                    own_entry::whole,
                    own_entry::content,
                    own_entry::claimed_over,
                    own_entry_personal_data::personal_data.nullable(),
                )
                    .nullable(),
            ))
    }};
}
pub(super) use stored_records;

/// A current record as it stands on what the feed said and what was claimed here.
pub(super) fn held(row: StoredRecord) -> Result<Held<Record>, StoreError> {
    let (kind, subject, version, own) = row;
    let kind = stored_kind(&kind)?;
    let (event_id, event_time) = match (&version, &own) {
        (Some((event_id, event_time, _, _)), _) => (event_id.clone(), event_time.get()),
        (None, Some((id, entered_at, _, _, _, _))) => (id.0.to_string(), entered_at.get()),
        (None, None) => {
            return Err(StoreError::Unreadable { what: "record", detail: "stands on nothing".to_owned() });
        }
    };
    let content = own_entry::content(kind, version, own)?;
    let record = Record::from_json(kind, content).map_err(unreadable)?;
    Ok(Held { subject: stored_ref(subject)?, event_time, event_id, record })
}

/// What is stored in two columns, whole; nothing where both are empty.
pub(super) fn whole(content: Option<DbJson>, personal_data: Option<DbJson>) -> Option<Value> {
    match (content, personal_data) {
        (Some(DbJson(mut content)), Some(DbJson(personal_data))) => {
            bring_together(&mut content, personal_data);
            Some(content)
        }
        (Some(DbJson(content)), None) | (None, Some(DbJson(content))) => Some(content),
        (None, None) => None,
    }
}

pub(super) fn stored_ref(text: String) -> Result<Ref, StoreError> {
    Ref::new(text).map_err(|error| StoreError::Unreadable { what: "reference", detail: error.to_string() })
}

/// A kind of record as it is stored.
pub(super) fn stored_kind(name: &str) -> Result<RecordKind, StoreError> {
    RecordKind::named(name).ok_or_else(|| StoreError::Unreadable { what: "kind of record", detail: name.to_owned() })
}

/// Says which kind of fault it is, never the value: that may be personal data.
pub(super) fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "record", detail: format!("{:?}", error.classify()) }
}
