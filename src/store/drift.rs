//! What this service holds of the feed, by digest; and where the records system did not hold the same when the two were last compared.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::audit::encoding::{canonical, hex};
use super::backend::{AnyConnection, MultiBackend, insert_all};
use super::error::StoreError;
use super::limited_access::hidden;
use super::record::{stored_kind, stored_ref, whole};
use super::schema::{current_record, drift, drift_check, record_version, record_version_personal_data};
use super::scope::Scope;
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::drift::{ComparedBy, Difference, Digested, Drifted, normal_form};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Versions read at a time, so that no more than their digests is held of a whole force.
const PAGE: i64 = 2_000;

/// The digest of a record's `data`: SHA-256, in lower-case hexadecimal, over the canonical writing of docs/AUDIT.md of its normal form.
#[must_use]
pub fn digest(data: Value) -> String {
    hex(&Sha256::digest(canonical(&normal_form(data)).as_bytes()))
}

/// Which of the records of a kind are read.
enum Which<'a> {
    /// A page of those after a key.
    After(&'a str),
    /// The one of a key.
    Of(&'a Ref),
}

type Told = (String, DbInstant, Option<DbJson>, Option<DbJson>);

/// What the feed said newest of records, where it did not withdraw them.
fn told(
    connection: &mut AnyConnection,
    (force, kind): (&str, RecordKind),
    which: &Which<'_>,
) -> Result<Vec<Told>, StoreError> {
    let personal_data = record_version_personal_data::table
        .on(record_version_personal_data::version_id.nullable().eq(current_record::version_id));
    let question = current_record::table
        .inner_join(record_version::table)
        .left_join(personal_data)
        .filter(current_record::force.eq(force.to_owned()))
        .filter(current_record::kind.eq(kind.name()))
        .filter(record_version::withdrawn.eq(false))
        // What came with a case from another force is not the records system's to hold before it has taken the case over.
        .filter(record_version::source.not_like("/transfers/%"))
        .order(current_record::subject)
        .limit(PAGE)
        .select((
            current_record::subject,
            record_version::event_time,
            record_version::content,
            record_version_personal_data::personal_data.nullable(),
        ))
        .into_boxed::<MultiBackend>();
    Ok(match which {
        Which::After(subject) => question.filter(current_record::subject.gt((*subject).to_owned())).load(connection)?,
        Which::Of(subject) => question.filter(current_record::subject.eq(subject.to_string())).load(connection)?,
    })
}

fn digested((subject, time, content, personal_data): Told) -> Result<(Ref, Digested), StoreError> {
    let said = whole(content, personal_data).unwrap_or_default();
    Ok((stored_ref(subject)?, Digested { digest: digest(said), time: time.get() }))
}

/// The records of a kind that the feed has told of and not withdrawn, by what it said newest of each.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn digests_here(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
) -> Result<BTreeMap<Ref, Digested>, StoreError> {
    let mut found = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = told(connection, (force, kind), &Which::After(&after))?;
        let Some((last, ..)) = page.last() else { return Ok(found) };
        after.clone_from(last);
        for row in page {
            let (subject, digested) = digested(row)?;
            found.insert(subject, digested);
        }
    }
}

/// The same of one record; nothing where the feed has not told of it, or has withdrawn it.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn digest_here(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<Digested>, StoreError> {
    let row = told(connection, (force, kind), &Which::Of(subject))?.pop();
    row.map(|row| digested(row).map(|(_, digested)| digested)).transpose()
}

#[derive(Insertable)]
#[diesel(table_name = drift, treat_none_as_default_value = false)]
struct Row<'a> {
    force: &'a str,
    kind: &'static str,
    subject: &'a str,
    difference: &'static str,
    there_time: Option<DbInstant>,
    here_time: Option<DbInstant>,
    since: DbInstant,
    asked_at: Option<DbInstant>,
    answer: Option<String>,
}

/// The kinds of the feed that go by the offender's own reference.
const BY_OFFENDER: [RecordKind; 4] =
    [RecordKind::Offender, RecordKind::Allocation, RecordKind::ProgrammedVisits, RecordKind::ReactiveManagement];

/// What is known of a difference beside what a comparison finds: since when it is there, the `time` of the newest event there, and when it was last
/// asked for again with what came of it.
type Before = (DbInstant, Option<DbInstant>, Option<DbInstant>, Option<String>);

/// Keeps what a comparison of a kind found. What differed before keeps its since, and what came of asking for it where the records system has
/// told nothing newer of it; what differs no more goes.
///
/// # Errors
/// When a statement fails.
pub fn keep(
    connection: &mut AnyConnection,
    (force, kind): (&str, RecordKind),
    (now, by): (Instant, ComparedBy),
    found: &[Drifted],
) -> Result<(), StoreError> {
    let known: Vec<(String, Before)> = drift::table
        .filter(drift::force.eq(force))
        .filter(drift::kind.eq(kind.name()))
        .select((drift::subject, (drift::since, drift::there_time, drift::asked_at, drift::answer)))
        .load(connection)?;
    let mut known: BTreeMap<String, Before> = known.into_iter().collect();
    diesel::delete(drift::table.filter(drift::force.eq(force)).filter(drift::kind.eq(kind.name())))
        .execute(connection)?;
    let row = |drifted| row_of((force, kind), now, drifted, known.remove(drifted.subject.as_str()));
    let rows: Vec<Row<'_>> = found.iter().map(row).collect();
    insert_all!(connection, drift::table, rows);
    diesel::delete(drift_check::table.filter(drift_check::force.eq(force)).filter(drift_check::kind.eq(kind.name())))
        .execute(connection)?;
    diesel::insert_into(drift_check::table)
        .values((
            drift_check::force.eq(force),
            drift_check::kind.eq(kind.name()),
            drift_check::checked_at.eq(DbInstant::from(now)),
            drift_check::compared_by.eq(by.as_str()),
        ))
        .execute(connection)?;
    Ok(())
}

fn row_of<'a>(
    (force, kind): (&'a str, RecordKind),
    now: Instant,
    drifted: &'a Drifted,
    before: Option<Before>,
) -> Row<'a> {
    let there_time = drifted.there.map(DbInstant::from);
    let since = before.as_ref().map_or_else(|| now.into(), |(since, ..)| *since);
    let (asked_at, answer) = match before {
        Some((_, told, asked_at, answer)) if told == there_time => (asked_at, answer),
        Some(_) | None => (None, None),
    };
    Row {
        force,
        kind: kind.name(),
        subject: drifted.subject.as_str(),
        difference: drifted.difference.as_str(),
        there_time,
        here_time: drifted.here.map(DbInstant::from),
        since,
        asked_at,
        answer,
    }
}

/// A record on which the two sides differ, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDrift {
    /// The kind of record.
    pub kind: RecordKind,
    /// What differs.
    pub drifted: Drifted,
    /// Since when that is known.
    pub since: Instant,
    /// When it was last asked for again, and what came of it: a code.
    pub asked: Option<(Instant, String)>,
}

/// Where the two sides of a force differ, by kind and key: so many after a place. What is of a case that is hidden within the scope is left out, also where
/// the record was withdrawn since.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn drifting(
    connection: &mut AnyConnection,
    scope: &Scope,
    (after, limit): (Option<&(String, String)>, usize),
) -> Result<Vec<KeptDrift>, StoreError> {
    type Asked = (Option<DbInstant>, Option<String>);
    type Found = (String, String, String, Option<DbInstant>, Option<DbInstant>, DbInstant, Asked);
    let mut question = drift::table
        .filter(drift::force.eq(scope.force.clone()))
        .order((drift::kind, drift::subject))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            drift::kind,
            drift::subject,
            drift::difference,
            drift::there_time,
            drift::here_time,
            drift::since,
            (drift::asked_at, drift::answer),
        ))
        .into_boxed::<MultiBackend>();
    if let Some((kind, subject)) = after {
        let later = drift::kind.eq(kind.clone()).and(drift::subject.gt(subject.clone()));
        question = question.filter(drift::kind.gt(kind.clone()).or(later));
    }
    if let Some(hidden) = hidden(connection, scope)? {
        let of_hidden = record_version::table
            .filter(record_version::force.eq(drift::force))
            .filter(record_version::kind.eq(drift::kind))
            .filter(record_version::subject.eq(drift::subject))
            .filter(record_version::offender_ref.eq_any(hidden.clone()));
        // A record that never came says of nobody whom it is about, but where it goes by the offender's own reference.
        let is_theirs = drift::kind.eq_any(BY_OFFENDER.map(RecordKind::name)).and(drift::subject.eq_any(hidden));
        question = question.filter(diesel::dsl::not(diesel::dsl::exists(of_hidden)));
        question = question.filter(diesel::dsl::not(is_theirs));
    }
    let rows: Vec<Found> = question.load(connection)?;
    rows.into_iter()
        .map(|(kind, subject, difference, there, here, since, (asked_at, answer))| {
            let unknown = || StoreError::Unreadable { what: "drift", detail: "an unknown difference".to_owned() };
            Ok(KeptDrift {
                kind: stored_kind(&kind)?,
                drifted: Drifted {
                    subject: stored_ref(subject)?,
                    difference: Difference::named(&difference).ok_or_else(unknown)?,
                    there: there.map(DbInstant::get),
                    here: here.map(DbInstant::get),
                },
                since: since.get(),
                asked: asked_at.map(DbInstant::get).zip(answer),
            })
        })
        .collect()
}
