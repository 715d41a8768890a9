//! Own entries: what people claimed here of a record, appended beside what the feed says of it, and the record as it
//! stands on both (see [`crate::domain::claim`]).

use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::backend::{AnyConnection, insert_all};
use super::current::{Wanted, records_in_scope};
use super::error::StoreError;
use super::merge::{self, refs_of_case};
use super::outbox::{self, NewOutboxEvent};
use super::record::{StoredRecord, StoredVersion, stored_records, unreadable, whole};
use super::schema::{
    current_record, own_entry, own_entry_personal_data, record_reference, record_version, record_version_personal_data,
};
use super::scope::Scope;
use super::told::stands;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::claim::{Claim, Claims, Difference, Members, as_it_stands, claim, differences};
use crate::domain::crime_report::CrimeReport;
use crate::domain::moment::Moment;
use crate::domain::outward_event::{OutwardEvent, wants_crime_report};
use crate::domain::personal_data::{offender_of, set_apart};
use crate::domain::record::{Kept, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::references::{references, under_pointers_of_their_own};

/// What a person enters of one record.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// The force whose record it is.
    pub force: &'a str,
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: &'a Ref,
    /// What it does to the record.
    pub change: OwnChange,
    /// The act, by its stable name.
    pub act: &'a str,
    /// When.
    pub entered_at: Instant,
    /// Who.
    pub entered_by: &'a str,
}

/// What an own entry does to a record.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnChange {
    /// Claims these members, beside those claimed before.
    Claim(Members),
    /// Gives up the claims on these members: what the feed says holds.
    GiveUp(Vec<String>),
    /// Takes back what was entered here in error.
    Withdraw {
        /// Why, in free text.
        reason: String,
    },
}

/// Which version of a record is meant: the newest of the feed and the newest entered here that it stands on. The
/// record's entity tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordTag {
    /// The version of the feed.
    pub feed: Option<Uuid>,
    /// The own entry.
    pub own: Option<Uuid>,
}

impl fmt::Display for RecordTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |id: Option<Uuid>| id.map(|id| id.simple().to_string()).unwrap_or_default();
        write!(f, "{}.{}", part(self.feed), part(self.own))
    }
}

impl FromStr for RecordTag {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let part = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some) };
        let (feed, own) = text.split_once('.').unwrap_or((text, ""));
        Ok(Self { feed: part(feed)?, own: part(own)? })
    }
}

/// What was claimed here of a record, as it is stored: id, entered at, whole, content, claimed over, personal data.
pub(super) type StoredClaims = (DbId, DbInstant, bool, DbJson, DbJson, Option<DbJson>);

/// The record's members as they stand on both.
pub(super) fn content(
    kind: RecordKind,
    version: Option<StoredVersion>,
    own: Option<StoredClaims>,
) -> Result<Value, StoreError> {
    Ok(Value::Object(as_it_stands(kind, feed_members(version)?, &own.map(claims).transpose()?.unwrap_or_default())))
}

/// What the feed says; nothing where it has not spoken or has withdrawn the record.
fn feed_members(version: Option<StoredVersion>) -> Result<Option<Members>, StoreError> {
    let Some((_, _, Some(content), personal_data)) = version else { return Ok(None) };
    whole(Some(content), personal_data).map(object).transpose()
}

fn claims((_, _, _, content, over, personal_data): StoredClaims) -> Result<Claims, StoreError> {
    let members = whole(Some(content), personal_data).map(object).transpose()?.unwrap_or_default();
    let over = object(over.0)?;
    Ok(members
        .into_iter()
        .map(|(member, value)| {
            let over = over.get(&member).and_then(Value::as_str).map(ToOwned::to_owned);
            (member, Claim { value, over })
        })
        .collect())
}

fn object(value: Value) -> Result<Members, StoreError> {
    if let Value::Object(members) = value {
        return Ok(members);
    }
    Err(StoreError::Unreadable { what: "record", detail: "is not an object".to_owned() })
}

/// A record and what it stands on.
struct Ground {
    row: Option<CurrentGround>,
    feed: Option<Members>,
    claims: Claims,
    whole: bool,
}

/// What a current record stands on: the feed's version with its time and whether it withdraws, the own entry.
struct CurrentGround {
    tag: RecordTag,
    withdrawn: bool,
}

fn ground(connection: &mut AnyConnection, force: &str, kind: RecordKind, subject: &Ref) -> Result<Ground, StoreError> {
    let tag: Option<(Option<DbId>, Option<DbId>, bool)> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .select((current_record::version_id, current_record::own_entry_id, current_record::withdrawn))
        .first(connection)
        .optional()?;
    let Some((feed, own, withdrawn)) = tag else {
        return Ok(Ground { row: None, feed: None, claims: Claims::new(), whole: false });
    };
    let stored: StoredRecord = stored_records!()
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .first(connection)?;
    let (_, _, version, own_row) = stored;
    let is_whole = own_row.as_ref().is_some_and(|(_, _, whole, ..)| *whole);
    let tag = RecordTag { feed: feed.map(|id| id.0), own: own.map(|id| id.0) };
    Ok(Ground {
        row: Some(CurrentGround { tag, withdrawn }),
        feed: feed_members(version)?,
        claims: own_row.map(claims).transpose()?.unwrap_or_default(),
        whole: is_whole,
    })
}

/// Which version of a record is current; nothing where there is none.
///
/// # Errors
/// When the statement fails.
pub fn current_tag(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<RecordTag>, StoreError> {
    let found = ground(connection, force, kind, subject)?;
    Ok(found.row.filter(|row| !row.withdrawn).map(|row| row.tag))
}

/// The members of a record as they would stand with these claimed beside what is claimed already.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn with_claimed(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
    claimed: &Members,
) -> Result<Members, StoreError> {
    let Ground { feed, mut claims, .. } = ground(connection, force, kind, subject)?;
    add(&mut claims, feed.as_ref(), claimed.clone());
    Ok(as_it_stands(kind, feed, &claims))
}

fn add(claims: &mut Claims, feed: Option<&Members>, claimed: Members) {
    for (member, value) in claimed {
        let said = feed.and_then(|feed| feed.get(&member));
        let made = claim(value, said);
        claims.insert(member, made);
    }
}

/// The members on which the feed and what was entered here differ, of one record.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn differences_of(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Vec<Difference>, StoreError> {
    let found = ground(connection, force, kind, subject)?;
    Ok(differences(kind, found.feed.as_ref(), &found.claims))
}

/// The records about an offender on which both the feed and people here have spoken.
///
/// # Errors
/// When the statement fails.
pub fn spoken_of_twice(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
) -> Result<Vec<(RecordKind, Ref)>, StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let rows: Vec<(String, String)> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::offender_ref.eq_any(refs))
        .filter(current_record::version_id.is_not_null())
        .filter(current_record::own_entry_id.is_not_null())
        .order((current_record::kind, current_record::subject))
        .select((current_record::kind, current_record::subject))
        .load(connection)?;
    rows.into_iter()
        .map(|(kind, subject)| Ok((super::record::stored_kind(&kind)?, super::record::stored_ref(subject)?)))
        .collect()
}

#[derive(Insertable)]
#[diesel(table_name = own_entry, treat_none_as_default_value = false)]
struct EntryRow<'a> {
    id: DbId,
    force: &'a str,
    kind: &'static str,
    subject: &'a str,
    offender_ref: Option<String>,
    whole: bool,
    withdrawn: bool,
    content: DbJson,
    claimed_over: DbJson,
    act: &'a str,
    entered_at: DbInstant,
    entered_by: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = own_entry_personal_data)]
struct EntryPersonalDataRow {
    entry_id: DbId,
    personal_data: DbJson,
}

/// Appends what a person enters of a record and makes it current.
///
/// # Errors
/// When a statement fails, or the record would not be one of its kind.
pub fn append(connection: &mut AnyConnection, new: NewEntry<'_>) -> Result<RecordTag, StoreError> {
    let NewEntry { force, kind, subject, change, act, entered_at, entered_by } = new;
    let Ground { row, feed, mut claims, whole } = ground(connection, force, kind, subject)?;
    let is_whole = whole || feed.is_none();
    // What cannot be read as a record yet is one that is being made.
    let before = record(kind, as_it_stands(kind, feed.clone(), &claims)).ok();
    let mut now = None;
    let (withdrawn, reason) = match change {
        OwnChange::Claim(claimed) => {
            add(&mut claims, feed.as_ref(), claimed);
            (false, None)
        }
        OwnChange::GiveUp(members) => {
            claims.retain(|member, _| !members.contains(member));
            (false, None)
        }
        OwnChange::Withdraw { reason } => (true, Some(json!({ "reason": reason }))),
    };
    let offender_ref = if withdrawn {
        offender_of_record(connection, force, kind, subject)?
    } else {
        let record = record(kind, as_it_stands(kind, feed, &claims))?;
        let offender = offender_of(subject, &record).map(ToString::to_string);
        now = Some(record);
        offender
    };
    let over: Members = claims.iter().map(|(member, claim)| (member.clone(), json!(claim.over))).collect();
    let members = claims.into_iter().map(|(member, claim)| (member, claim.value)).collect();
    let mut content = if withdrawn { json!({}) } else { Value::Object(members) };
    let personal_data = reason.or_else(|| set_apart(kind, &mut content));
    let id = DbId(Uuid::now_v7());
    let entry = EntryRow {
        id,
        force,
        kind: kind.name(),
        subject: subject.as_str(),
        offender_ref: offender_ref.clone(),
        whole: is_whole,
        withdrawn,
        content: DbJson(content),
        claimed_over: DbJson(if withdrawn { json!({}) } else { Value::Object(over) }),
        act,
        entered_at: entered_at.into(),
        entered_by,
    };
    diesel::insert_into(own_entry::table).values(entry).execute(connection)?;
    if let Some(personal_data) = personal_data {
        let row = EntryPersonalDataRow { entry_id: id, personal_data: DbJson(personal_data) };
        diesel::insert_into(own_entry_personal_data::table).values(row).execute(connection)?;
    }
    if row.is_some() {
        diesel::update(
            current_record::table
                .filter(current_record::force.eq(force))
                .filter(current_record::kind.eq(kind.name()))
                .filter(current_record::subject.eq(subject.as_str())),
        )
        .set(current_record::own_entry_id.eq(Some(id)))
        .execute(connection)?;
    } else {
        diesel::insert_into(current_record::table)
            .values((
                current_record::force.eq(force),
                current_record::kind.eq(kind.name()),
                current_record::subject.eq(subject.as_str()),
                current_record::withdrawn.eq(withdrawn),
                current_record::own_entry_id.eq(Some(id)),
            ))
            .execute(connection)?;
    }
    settle(connection, force, kind, subject)?;
    if merge::counts(kind) {
        merge::settle(connection, force)?;
    }
    let request = crime_report_request(connection, (force, subject), (before.as_ref(), now.as_ref()), entered_at)?;
    for event in OutwardEvent::of_entry(kind).into_iter().chain(request) {
        let offender_ref = offender_ref.as_deref();
        let told = NewOutboxEvent { force, event, kind, subject, offender_ref, latest_by: None, act, at: entered_at };
        outbox::append(connection, told)?;
    }
    Ok(RecordTag { feed: row.and_then(|row| row.tag.feed), own: Some(id.0) })
}

/// That a crime report is asked for, where an entry leaves a confirmed breach in want of one.
fn crime_report_request(
    connection: &mut AnyConnection,
    (force, subject): (&str, &Ref),
    (before, now): (Option<&Record>, Option<&Record>),
    entered_at: Instant,
) -> Result<Option<OutwardEvent>, StoreError> {
    if !matches!(now, Some(Record::Breach(breach)) if breach.casework.state.is_confirmed()) {
        return Ok(None);
    }
    let held = records_in_scope(connection, Wanted::all(RecordKind::CrimeReport, &Scope::whole(force)))?;
    let reports: Vec<CrimeReport> = held.into_iter().filter_map(|held| CrimeReport::of(held.record)).collect();
    let is_wanted = wants_crime_report(subject, (before, now), &reports, Moment::at(entered_at));
    Ok(is_wanted.then_some(OutwardEvent::CrimeReportRequest))
}

fn record(kind: RecordKind, members: Members) -> Result<Record, StoreError> {
    Record::from_json(kind, Value::Object(members)).map_err(unreadable)
}

fn offender_of_record(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<String>, StoreError> {
    Ok(current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .select(current_record::offender_ref)
        .first(connection)?)
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

/// Works out anew what the store keeps beside a current record that people here have spoken of: whether it is
/// withdrawn, whom it is about, whose team's it is and what it names. A record that the feed withdrew stays withdrawn,
/// unless it was made here and spoken of since.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub(super) fn settle(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<(), StoreError> {
    type Row = (Option<(DbInstant, bool)>, Option<(DbInstant, bool, bool)>);
    let (version, own): Row = current_record::table
        .left_join(record_version::table)
        .left_join(own_entry::table)
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .select((
            (record_version::event_time, record_version::withdrawn).nullable(),
            (own_entry::entered_at, own_entry::whole, own_entry::withdrawn).nullable(),
        ))
        .first(connection)?;
    let version = version.map(|(event_time, withdrawn)| (event_time.get(), withdrawn));
    let own = own.map(|(entered_at, whole, withdrawn)| (entered_at.get(), whole, withdrawn));
    let withdrawn = !stands(version, own);
    let found = ground(connection, force, kind, subject)?;
    let standing = if withdrawn { None } else { Some(record(kind, as_it_stands(kind, found.feed, &found.claims))?) };
    let offender = standing.as_ref().and_then(|record| offender_of(subject, record)).map(ToString::to_string);
    let team = standing.as_ref().and_then(Record::team_ref).map(ToString::to_string);
    let named = standing.map(|record| references(kind, subject, &record)).unwrap_or_default();
    diesel::update(
        current_record::table
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::subject.eq(subject.as_str())),
    )
    .set((
        current_record::withdrawn.eq(withdrawn),
        current_record::offender_ref.eq(offender),
        current_record::team_ref.eq(team),
    ))
    .execute(connection)?;
    diesel::delete(
        record_reference::table
            .filter(record_reference::force.eq(force))
            .filter(record_reference::kind.eq(kind.name()))
            .filter(record_reference::subject.eq(subject.as_str())),
    )
    .execute(connection)?;
    let rows: Vec<ReferenceRow> = under_pointers_of_their_own(named)
        .into_iter()
        .map(|reference| ReferenceRow {
            force: force.to_owned(),
            kind: kind.name(),
            subject: subject.to_string(),
            pointer: reference.pointer,
            to_kind: reference.to.name(),
            to_ref: reference.to_ref.to_string(),
        })
        .collect();
    insert_all!(connection, record_reference::table, rows);
    Ok(())
}

/// The members of a record as they stood at a version; nothing of it where that version is none of this record.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn members_at(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
    tag: RecordTag,
) -> Result<Option<Members>, StoreError> {
    let version: Option<StoredVersion> = match tag.feed {
        None => None,
        Some(id) => record_version::table
            .left_join(record_version_personal_data::table)
            .filter(record_version::id.eq(DbId(id)))
            .filter(record_version::force.eq(force))
            .filter(record_version::kind.eq(kind.name()))
            .filter(record_version::subject.eq(subject.as_str()))
            .select((
                record_version::event_id,
                record_version::event_time,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ))
            .first(connection)
            .optional()?,
    };
    let own: Option<StoredClaims> = match tag.own {
        None => None,
        Some(id) => own_entry::table
            .left_join(own_entry_personal_data::table)
            .filter(own_entry::id.eq(DbId(id)))
            .filter(own_entry::force.eq(force))
            .filter(own_entry::kind.eq(kind.name()))
            .filter(own_entry::subject.eq(subject.as_str()))
            .select((
                own_entry::id,
                own_entry::entered_at,
                own_entry::whole,
                own_entry::content,
                own_entry::claimed_over,
                own_entry_personal_data::personal_data.nullable(),
            ))
            .first(connection)
            .optional()?,
    };
    if version.is_none() && own.is_none() {
        return Ok(None);
    }
    content(kind, version, own).and_then(object).map(Some)
}

/// What one person entered of a kind by one act, as they entered it, the newest first.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn made_by(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    (entered_by, act): (&str, &str),
) -> Result<Vec<(Ref, Record)>, StoreError> {
    let rows: Vec<(String, DbJson, Option<DbJson>)> = own_entry::table
        .left_join(own_entry_personal_data::table)
        .filter(own_entry::force.eq(force))
        .filter(own_entry::kind.eq(kind.name()))
        .filter(own_entry::entered_by.eq(entered_by))
        .filter(own_entry::act.eq(act))
        .filter(own_entry::withdrawn.eq(false))
        .order((own_entry::entered_at.desc(), own_entry::id.desc()))
        .select((own_entry::subject, own_entry::content, own_entry_personal_data::personal_data.nullable()))
        .load(connection)?;
    rows.into_iter()
        .map(|(subject, content, personal_data)| {
            let members = whole(Some(content), personal_data).map(object).transpose()?.unwrap_or_default();
            Ok((super::record::stored_ref(subject)?, record(kind, members)?))
        })
        .collect()
}

/// How many entries people of a force have made.
///
/// # Errors
/// When the statement fails.
pub fn count(connection: &mut AnyConnection, force: &str) -> Result<usize, StoreError> {
    let count: i64 = own_entry::table.filter(own_entry::force.eq(force)).count().get_result(connection)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Who entered what on a record after an entry, oldest first: who, when, which act.
///
/// # Errors
/// When the statement fails.
pub fn entered_since(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
    since: Option<Uuid>,
) -> Result<Vec<(String, Instant, String)>, StoreError> {
    let rows: Vec<(DbId, String, DbInstant, String)> = own_entry::table
        .filter(own_entry::force.eq(force))
        .filter(own_entry::kind.eq(kind.name()))
        .filter(own_entry::subject.eq(subject.as_str()))
        .order((own_entry::entered_at, own_entry::id))
        .select((own_entry::id, own_entry::entered_by, own_entry::entered_at, own_entry::act))
        .load(connection)?;
    let after =
        since.and_then(|since| rows.iter().position(|row| row.0.0 == since)).map_or(0, |at| at.saturating_add(1));
    Ok(rows.into_iter().skip(after).map(|(_, by, at, act)| (by, at.get(), act)).collect())
}
