//! Where each member of a record comes from: from which event of the records system, or entered here beside what that says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::merge::refs_of_case;
use super::own_entry::differences_of;
use super::record::whole;
use super::schema::{current_record, own_entry, own_entry_personal_data};
use super::timeline::{Provenance, VersionMark, contents};
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::claim::Prevailing;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Members of a record that have been as they are since one event of the records system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldMembers {
    /// The records system that spoke.
    pub source: String,
    /// The event's id within its source.
    pub event_id: String,
    /// When the change became true.
    pub event_time: Instant,
    /// When the service learned it.
    pub learned_at: Instant,
    /// The members, by name.
    pub members: Vec<String>,
}

/// From which events the members are of the records that stand in a case, out of the versions of its records, the newest first: for each
/// record the newest event first.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn told_members(
    connection: &mut AnyConnection,
    (force, offender): (&str, &Ref),
    versions: Vec<VersionMark>,
) -> Result<BTreeMap<(RecordKind, Ref), Vec<ToldMembers>>, StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let standing: Vec<(String, String)> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::offender_ref.eq_any(refs))
        .filter(current_record::withdrawn.eq(false))
        .select((current_record::kind, current_record::subject))
        .load(connection)?;
    let standing: BTreeSet<(String, String)> = standing.into_iter().collect();
    let mut by_record: BTreeMap<(RecordKind, Ref), Vec<VersionMark>> = BTreeMap::new();
    for version in versions {
        let stands = standing.contains(&(version.kind.name().to_owned(), version.subject.to_string()));
        if stands && matches!(version.provenance, Provenance::Import(_)) {
            by_record.entry((version.kind, version.subject.clone())).or_default().push(version);
        }
    }
    let ids: Vec<Uuid> = by_record.values().flatten().map(|version| version.id).collect();
    let said = contents(connection, &ids)?;
    Ok(by_record.into_iter().map(|(record, versions)| (record, since_which_event(&versions, &said))).collect())
}

/// The members of the newest of these versions, by the oldest version since which each has been the same.
fn since_which_event(versions: &[VersionMark], said: &HashMap<Uuid, Value>) -> Vec<ToldMembers> {
    let content = |version: &VersionMark| said.get(&version.id).filter(|_| !version.withdrawn);
    let Some(Value::Object(newest)) = versions.first().and_then(content) else { return Vec::new() };
    let mut since: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (member, value) in newest {
        let says_the_same = |version: &&VersionMark| content(version).and_then(|it| it.get(member)) == Some(value);
        let same = versions.iter().take_while(says_the_same).count();
        since.entry(same.saturating_sub(1)).or_default().push(member.clone());
    }
    let told = since.into_iter().filter_map(|(at, mut members)| {
        members.sort_unstable();
        let VersionMark { source, event_id, event_time, learned_at, .. } = versions.get(at)?.clone();
        Some(ToldMembers { source, event_id, event_time, learned_at, members })
    });
    told.collect()
}

/// A member of a record that was entered here beside what the feed says of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredMember {
    /// The member.
    pub member: String,
    /// Who entered it as it is claimed now: role and subject of the token.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The act, by its stable name.
    pub act: String,
    /// True where what was entered holds; false where the feed has said something else since, and prevails.
    pub holds: bool,
}

/// The members of a record that were entered here, by name. Of one that was claimed several times over, whoever first entered it as it is
/// now.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn entered_members(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Vec<EnteredMember>, StoreError> {
    type Row = (String, DbInstant, String, DbJson, DbJson, Option<DbJson>);
    let rows: Vec<Row> = own_entry::table
        .left_join(own_entry_personal_data::table)
        .filter(own_entry::force.eq(force))
        .filter(own_entry::kind.eq(kind.name()))
        .filter(own_entry::subject.eq(subject.as_str()))
        .order((own_entry::entered_at.desc(), own_entry::id.desc()))
        .select((
            own_entry::entered_by,
            own_entry::entered_at,
            own_entry::act,
            own_entry::content,
            own_entry::claimed_over,
            own_entry_personal_data::personal_data.nullable(),
        ))
        .load(connection)?;
    let entries: Vec<(String, Instant, String, Value, Value)> = rows
        .into_iter()
        .map(|(by, at, act, content, over, personal_data)| {
            (by, at.get(), act, whole(Some(content), personal_data).unwrap_or_default(), over.0)
        })
        .collect();
    let Some((.., Value::Object(claimed), over)) = entries.first() else { return Ok(Vec::new()) };
    let overruled: BTreeSet<String> = differences_of(connection, force, kind, subject)?
        .into_iter()
        .filter(|difference| difference.prevailing == Prevailing::Feed)
        .map(|difference| difference.member)
        .collect();
    let mut found = Vec::with_capacity(claimed.len());
    for (member, value) in claimed {
        let says_the_same = |(.., content, earlier): &&(String, Instant, String, Value, Value)| {
            content.get(member) == Some(value) && earlier.get(member) == over.get(member)
        };
        if let Some((by, at, act, ..)) = entries.iter().take_while(says_the_same).last() {
            found.push(EnteredMember {
                member: member.clone(),
                by: by.clone(),
                at: *at,
                act: act.clone(),
                holds: !overruled.contains(member),
            });
        }
    }
    found.sort_by(|a, b| a.member.cmp(&b.member));
    Ok(found)
}
