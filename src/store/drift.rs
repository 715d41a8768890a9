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
use crate::domain::drift::{Difference, Digested, Drifted, normal_form};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Versions read at a time, so that no more than their digests is held of a whole force.
const PAGE: i64 = 2_000;

/// The digest of a record's `data`: SHA-256, in lower-case hexadecimal, over the canonical writing of docs/AUDIT.md of its normal form.
#[must_use]
pub fn digest(data: Value) -> String {
    hex(&Sha256::digest(canonical(&normal_form(data)).as_bytes()))
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
    type Row = (String, DbInstant, Option<DbJson>, Option<DbJson>);
    let mut found = BTreeMap::new();
    let mut after = String::new();
    loop {
        let personal_data = record_version_personal_data::table
            .on(record_version_personal_data::version_id.nullable().eq(current_record::version_id));
        let page: Vec<Row> = current_record::table
            .inner_join(record_version::table)
            .left_join(personal_data)
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(record_version::withdrawn.eq(false))
            .filter(current_record::subject.gt(&after))
            .order(current_record::subject)
            .limit(PAGE)
            .select((
                current_record::subject,
                record_version::event_time,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ))
            .load(connection)?;
        let Some((last, ..)) = page.last() else { return Ok(found) };
        after.clone_from(last);
        for (subject, time, content, personal_data) in page {
            let said = whole(content, personal_data).unwrap_or_default();
            found.insert(stored_ref(subject)?, Digested { digest: digest(said), time: time.get() });
        }
    }
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
}

/// The kinds of the feed that go by the offender's own reference.
const BY_OFFENDER: [RecordKind; 4] =
    [RecordKind::Offender, RecordKind::Allocation, RecordKind::ProgrammedVisits, RecordKind::ReactiveManagement];

/// Keeps what a comparison of a kind found: what differed before keeps its since, and what differs no more goes.
///
/// # Errors
/// When a statement fails.
pub fn keep(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    now: Instant,
    found: &[Drifted],
) -> Result<(), StoreError> {
    let before: Vec<(String, DbInstant)> = drift::table
        .filter(drift::force.eq(force))
        .filter(drift::kind.eq(kind.name()))
        .select((drift::subject, drift::since))
        .load(connection)?;
    let before: BTreeMap<String, DbInstant> = before.into_iter().collect();
    diesel::delete(drift::table.filter(drift::force.eq(force)).filter(drift::kind.eq(kind.name())))
        .execute(connection)?;
    let rows: Vec<Row<'_>> = found
        .iter()
        .map(|drifted| Row {
            force,
            kind: kind.name(),
            subject: drifted.subject.as_str(),
            difference: drifted.difference.as_str(),
            there_time: drifted.there.map(DbInstant::from),
            here_time: drifted.here.map(DbInstant::from),
            since: before.get(drifted.subject.as_str()).copied().unwrap_or_else(|| now.into()),
        })
        .collect();
    insert_all!(connection, drift::table, rows);
    diesel::delete(drift_check::table.filter(drift_check::force.eq(force)).filter(drift_check::kind.eq(kind.name())))
        .execute(connection)?;
    diesel::insert_into(drift_check::table)
        .values((
            drift_check::force.eq(force),
            drift_check::kind.eq(kind.name()),
            drift_check::checked_at.eq(DbInstant::from(now)),
        ))
        .execute(connection)?;
    Ok(())
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
    type Found = (String, String, String, Option<DbInstant>, Option<DbInstant>, DbInstant);
    let mut question = drift::table
        .filter(drift::force.eq(scope.force.clone()))
        .order((drift::kind, drift::subject))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((drift::kind, drift::subject, drift::difference, drift::there_time, drift::here_time, drift::since))
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
        .map(|(kind, subject, difference, there, here, since)| {
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
            })
        })
        .collect()
}

/// When the kinds of a force were last compared, by kind.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn checks(connection: &mut AnyConnection, force: &str) -> Result<Vec<(RecordKind, Instant)>, StoreError> {
    let rows: Vec<(String, DbInstant)> = drift_check::table
        .filter(drift_check::force.eq(force))
        .order(drift_check::kind)
        .select((drift_check::kind, drift_check::checked_at))
        .load(connection)?;
    rows.into_iter().map(|(kind, checked_at)| Ok((stored_kind(&kind)?, checked_at.get()))).collect()
}
