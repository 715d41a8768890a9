//! Where offenders stood over time: what the feed and people here said of the status, version by version.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::Value;

use super::as_at::bounds;
use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::record::{stored_ref, unreadable};
use super::schema::{own_entry, record_version};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::as_at::AsAt;
use crate::domain::claim::{Claim, Claims, Members};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::{self, STATUS_MEMBERS, StatusSaid, StatusVersion, StatusWord};

/// The status by every version of an offender's record that is newer than its newest withdrawal, as at an instant:
/// what the feed sent and what people entered here.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn status_versions(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
    as_at: AsAt,
) -> Result<Vec<StatusVersion>, StoreError> {
    let words = words(connection, force, Some(offender), as_at)?.remove(offender.as_str());
    status_history::status_versions(words.unwrap_or_default()).map_err(unreadable)
}

/// The same of every offender of a force.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn status_versions_of_force(
    connection: &mut AnyConnection,
    force: &str,
    as_at: AsAt,
) -> Result<BTreeMap<Ref, Vec<StatusVersion>>, StoreError> {
    let said = words(connection, force, None, as_at)?.into_iter();
    said.map(|(offender, words)| {
        Ok((stored_ref(offender)?, status_history::status_versions(words).map_err(unreadable)?))
    })
    .collect()
}

fn words(
    connection: &mut AnyConnection,
    force: &str,
    offender: Option<&Ref>,
    as_at: AsAt,
) -> Result<BTreeMap<String, Vec<StatusWord>>, StoreError> {
    let mut words: BTreeMap<String, Vec<StatusWord>> = BTreeMap::new();
    fed(connection, force, offender, as_at, |subject, word| words.entry(subject).or_default().push(word))?;
    entered(connection, force, offender, as_at, |subject, word| words.entry(subject).or_default().push(word))?;
    Ok(words)
}

/// What the feed said. Only what tells of the status is read: none of it is personal data.
fn fed(
    connection: &mut AnyConnection,
    force: &str,
    offender: Option<&Ref>,
    as_at: AsAt,
    mut take: impl FnMut(String, StatusWord),
) -> Result<(), StoreError> {
    type Row = (String, String, DbInstant, String, bool, Option<DbJson>);
    let kind = RecordKind::Offender;
    let mut question = record_version::table
        .filter(record_version::force.eq(force))
        .filter(record_version::kind.eq(kind.name()))
        .select((
            record_version::subject,
            record_version::event_id,
            record_version::event_time,
            record_version::source,
            record_version::withdrawn,
            record_version::content,
        ))
        .into_boxed::<MultiBackend>();
    if let Some(offender) = offender {
        question = question.filter(record_version::subject.eq(offender.as_str()));
    }
    let (learned_by, true_by) = bounds(kind, as_at);
    if let Some(at) = learned_by {
        question = question.filter(record_version::learned_at.le(DbInstant::from(at)));
    }
    if let Some(at) = true_by {
        question = question.filter(record_version::event_time.le(DbInstant::from(at)));
    }
    let rows: Vec<Row> = question.load(connection)?;
    for (subject, id, time, source, withdrawn, content) in rows {
        let said = match content {
            Some(DbJson(content)) if !withdrawn => StatusSaid::Feed(status_members(content)),
            Some(_) | None => StatusSaid::Withdrawn,
        };
        take(subject, StatusWord { time: time.get(), id, source, said });
    }
    Ok(())
}

/// What people entered: each entry has all the claims that held from then on.
fn entered(
    connection: &mut AnyConnection,
    force: &str,
    offender: Option<&Ref>,
    as_at: AsAt,
    mut take: impl FnMut(String, StatusWord),
) -> Result<(), StoreError> {
    type Row = (String, DbId, DbInstant, DbJson, DbJson);
    let kind = RecordKind::Offender;
    let mut question = own_entry::table
        .filter(own_entry::force.eq(force))
        .filter(own_entry::kind.eq(kind.name()))
        .select((own_entry::subject, own_entry::id, own_entry::entered_at, own_entry::content, own_entry::claimed_over))
        .into_boxed::<MultiBackend>();
    if let Some(offender) = offender {
        question = question.filter(own_entry::subject.eq(offender.as_str()));
    }
    let (learned_by, true_by) = bounds(kind, as_at);
    if let Some(at) = learned_by.or(true_by) {
        question = question.filter(own_entry::entered_at.le(DbInstant::from(at)));
    }
    let rows: Vec<Row> = question.load(connection)?;
    for (subject, DbId(id), time, DbJson(content), DbJson(over)) in rows {
        let claims: Claims = status_members(content)
            .into_iter()
            .map(|(member, value)| {
                let over = over.get(&member).and_then(Value::as_str).map(ToOwned::to_owned);
                (member, Claim { value, over })
            })
            .collect();
        let said = StatusSaid::Claims(claims);
        take(subject, StatusWord { time: time.get(), id: id.to_string(), source: String::new(), said });
    }
    Ok(())
}

fn status_members(content: Value) -> Members {
    let Value::Object(mut content) = content else { return Members::new() };
    STATUS_MEMBERS.iter().filter_map(|member| content.remove_entry(*member)).collect()
}
