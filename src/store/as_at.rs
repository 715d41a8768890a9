//! The records of a force, or of one case, as at an instant: folded from the whole history, never guessed.

use std::collections::HashMap;

use diesel::prelude::*;

use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::own_entry::StoredClaims;
use super::record::{Age, StoredVersion, stored_ref, unreadable};
use super::schema::{own_entry, own_entry_personal_data, record_version, record_version_personal_data};
use super::told::{Told, age_of, age_of_entry};
use super::types::{DbInstant, DbJson};
use crate::domain::allocation::Allocation;
use crate::domain::as_at::{AsAt, follows_in_time};
use crate::domain::calendar::Instant;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

/// Whose records.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The force.
    pub force: &'a str,
    /// These offenders' alone, or all.
    pub offenders: Option<&'a [Ref]>,
}

/// A version of the feed: subject, source, withdrawn, and what it says.
pub(super) type VersionRow = (String, String, bool, StoredVersion);

/// An own entry: subject, withdrawn, and what it claims.
pub(super) type EntryRow = (String, bool, StoredClaims);

/// Hands to `take` every record of a kind as at an instant, in no order.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn records(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    kind: RecordKind,
    as_at: AsAt,
    mut take: impl FnMut(Held<Record>),
) -> Result<(), StoreError> {
    let mut told: HashMap<String, Told> = HashMap::new();
    for row in versions(connection, whose, kind, as_at)? {
        let age = age_of(&row);
        let (subject, _, withdrawn, version) = row;
        told.entry(subject).or_default().hear(age, withdrawn, version);
    }
    for (subject, withdrawn, claims) in entries(connection, whose, kind, as_at)? {
        told.entry(subject).or_default().hear_entry(withdrawn, claims);
    }
    for (subject, told) in told {
        if let Some(held) = told.into_held(kind, subject)? {
            take(held);
        }
    }
    Ok(())
}

/// The instants up to which versions of a kind count: learned by, true by.
pub(super) const fn bounds(kind: RecordKind, as_at: AsAt) -> (Option<Instant>, Option<Instant>) {
    match as_at {
        AsAt::Now => (None, None),
        AsAt::Known(at) => (Some(at), None),
        AsAt::True(at) => (None, if follows_in_time(kind) { Some(at) } else { None }),
    }
}

pub(super) fn versions(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    kind: RecordKind,
    as_at: AsAt,
) -> Result<Vec<VersionRow>, StoreError> {
    let mut question = record_version::table
        .left_join(record_version_personal_data::table)
        .filter(record_version::force.eq(whose.force))
        .filter(record_version::kind.eq(kind.name()))
        .select((
            record_version::subject,
            record_version::source,
            record_version::withdrawn,
            (
                record_version::event_id,
                record_version::event_time,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ),
        ))
        .into_boxed::<MultiBackend>();
    if let Some(subjects) = subjects(connection, whose, kind)? {
        question = question.filter(record_version::subject.eq_any(subjects));
    }
    let (learned_by, true_by) = bounds(kind, as_at);
    if let Some(at) = learned_by {
        question = question.filter(record_version::learned_at.le(DbInstant::from(at)));
    }
    if let Some(at) = true_by {
        question = question.filter(record_version::event_time.le(DbInstant::from(at)));
    }
    Ok(question.load(connection)?)
}

/// The own entries, the oldest first.
pub(super) fn entries(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    kind: RecordKind,
    as_at: AsAt,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut question = own_entry::table
        .left_join(own_entry_personal_data::table)
        .filter(own_entry::force.eq(whose.force))
        .filter(own_entry::kind.eq(kind.name()))
        .order((own_entry::entered_at, own_entry::id))
        .select((
            own_entry::subject,
            own_entry::withdrawn,
            (
                own_entry::id,
                own_entry::entered_at,
                own_entry::whole,
                own_entry::content,
                own_entry::claimed_over,
                own_entry_personal_data::personal_data.nullable(),
            ),
        ))
        .into_boxed::<MultiBackend>();
    if let Some(subjects) = subjects(connection, whose, kind)? {
        question = question.filter(own_entry::subject.eq_any(subjects));
    }
    let (learned_by, true_by) = bounds(kind, as_at);
    if let Some(at) = learned_by.or(true_by) {
        question = question.filter(own_entry::entered_at.le(DbInstant::from(at)));
    }
    Ok(question.load(connection)?)
}

/// The records that were ever about the offenders asked for: a later version may be about somebody else.
fn subjects(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    kind: RecordKind,
) -> Result<Option<Vec<String>>, StoreError> {
    let Some(offenders) = whose.offenders else { return Ok(None) };
    let offenders: Vec<&str> = offenders.iter().map(Ref::as_str).collect();
    let mut subjects: Vec<String> = record_version::table
        .filter(record_version::force.eq(whose.force))
        .filter(record_version::kind.eq(kind.name()))
        .filter(record_version::offender_ref.eq_any(&offenders))
        .select(record_version::subject)
        .distinct()
        .load(connection)?;
    let entered: Vec<String> = own_entry::table
        .filter(own_entry::force.eq(whose.force))
        .filter(own_entry::kind.eq(kind.name()))
        .filter(own_entry::offender_ref.eq_any(&offenders))
        .select(own_entry::subject)
        .distinct()
        .load(connection)?;
    subjects.extend(entered);
    subjects.sort();
    subjects.dedup();
    Ok(Some(subjects))
}

/// Hands to `take` every version of the allocations as at an instant that is newer than the newest withdrawal, as
/// [`super::allocation::live_allocation_versions`] does for now.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn allocations(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    as_at: AsAt,
    mut take: impl FnMut(Held<Allocation>),
) -> Result<(), StoreError> {
    let kind = RecordKind::Allocation;
    let mut live: Vec<(Age, String, DbJson)> = Vec::new();
    let mut newest_withdrawal: HashMap<String, Age> = HashMap::new();
    for row in versions(connection, whose, kind, as_at)? {
        let age = age_of(&row);
        match row {
            (subject, _, false, (_, _, Some(content), _)) => live.push((age, subject, content)),
            (subject, ..) => {
                let newest = newest_withdrawal.entry(subject).or_insert_with(|| age.clone());
                if *newest < age {
                    *newest = age;
                }
            }
        }
    }
    for row in entries(connection, whose, kind, as_at)? {
        let age = age_of_entry(&row);
        if let (subject, false, (_, _, _, content, _, _)) = row {
            live.push((age, subject, content));
        }
    }
    live.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    for (age, subject, DbJson(content)) in live {
        if newest_withdrawal.get(&subject).is_none_or(|withdrawal| *withdrawal <= age) {
            let record = serde_json::from_value(content).map_err(unreadable)?;
            take(Held { subject: stored_ref(subject)?, event_time: age.event_time, event_id: age.event_id, record });
        }
    }
    Ok(())
}
