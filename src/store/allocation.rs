//! Allocations: every version counts, since one dated in the future does not end today's.

use std::collections::HashMap;

use diesel::prelude::*;

use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::record::{Age, stored_ref, unreadable};
use super::schema::{own_entry, record_version};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::allocation::Allocation;
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;

/// Hands to `take`, the oldest first, every version of every allocation of a force that is newer than
/// the newest withdrawal of that offender's allocation; the subject is the offender.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn live_allocation_versions(
    connection: &mut AnyConnection,
    force: &str,
    take: impl FnMut(Held<Allocation>),
) -> Result<(), StoreError> {
    live_versions(connection, force, None, take)
}

/// As [`live_allocation_versions`], of these offenders alone.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn live_allocation_versions_of(
    connection: &mut AnyConnection,
    force: &str,
    offenders: &[&Ref],
    take: impl FnMut(Held<Allocation>),
) -> Result<(), StoreError> {
    live_versions(connection, force, Some(offenders), take)
}

/// A version as it is stored: subject, event id, event time, source, content.
type Version = (String, String, DbInstant, String, Option<DbJson>);

/// What was allocated here: each entry is a version of its own.
fn entered_here(
    connection: &mut AnyConnection,
    force: &str,
    offenders: Option<&[&Ref]>,
) -> Result<Vec<Version>, StoreError> {
    let entries = own_entry::table
        .filter(own_entry::force.eq(force))
        .filter(own_entry::kind.eq(RecordKind::Allocation.name()))
        .filter(own_entry::withdrawn.eq(false))
        .select((own_entry::id, own_entry::subject, own_entry::entered_at, own_entry::content))
        .into_boxed::<MultiBackend>();
    let entries = match offenders {
        Some(offenders) => {
            entries.filter(own_entry::subject.eq_any(offenders.iter().map(|offender| offender.as_str())))
        }
        None => entries,
    };
    let rows: Vec<(DbId, String, DbInstant, DbJson)> = entries.load(connection)?;
    let version = |(id, subject, at, content): (DbId, String, DbInstant, DbJson)| {
        (subject, id.0.to_string(), at, String::new(), Some(content))
    };
    Ok(rows.into_iter().map(version).collect())
}

fn live_versions(
    connection: &mut AnyConnection,
    force: &str,
    offenders: Option<&[&Ref]>,
    mut take: impl FnMut(Held<Allocation>),
) -> Result<(), StoreError> {
    let versions = |withdrawn: bool| {
        let versions = record_version::table
            .filter(record_version::force.eq(force.to_owned()))
            .filter(record_version::kind.eq(RecordKind::Allocation.name()))
            .filter(record_version::withdrawn.eq(withdrawn))
            .select((
                record_version::subject,
                record_version::event_id,
                record_version::event_time,
                record_version::source,
                record_version::content,
            ))
            .into_boxed::<MultiBackend>();
        match offenders {
            Some(offenders) => versions
                .filter(record_version::subject.eq_any(offenders.iter().map(|offender| offender.as_str().to_owned()))),
            None => versions,
        }
    };
    let aged = |(subject, event_id, event_time, source, content): Version| {
        (Age { event_time: event_time.get(), event_id, source }, subject, content)
    };
    let mut newest_withdrawal: HashMap<String, Age> = HashMap::new();
    for (age, subject, _) in versions(true).load(connection)?.into_iter().map(aged) {
        let newest = newest_withdrawal.entry(subject).or_insert_with(|| age.clone());
        if *newest < age {
            *newest = age;
        }
    }
    let mut rows: Vec<_> = versions(false).load(connection)?.into_iter().map(aged).collect();
    rows.extend(entered_here(connection, force, offenders)?.into_iter().map(aged));
    // The newest comes last, so that it wins where time and id are equal too.
    rows.sort_by(|(a, _, _), (b, _, _)| a.cmp(b));
    for (age, subject, content) in rows {
        if newest_withdrawal.get(&subject).is_some_and(|withdrawal| *withdrawal > age) {
            continue;
        }
        let content = content.map(|DbJson(content)| content).unwrap_or_default();
        let record = serde_json::from_value(content).map_err(unreadable)?;
        take(Held { subject: stored_ref(subject)?, event_time: age.event_time, event_id: age.event_id, record });
    }
    Ok(())
}
