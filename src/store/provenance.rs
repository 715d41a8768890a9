//! Where each member of a record comes from, on which both the feed and people here have spoken.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::Value;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::own_entry::differences_of;
use super::record::whole;
use super::schema::{own_entry, own_entry_personal_data};
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::claim::Prevailing;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

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
