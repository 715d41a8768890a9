//! Where the members of a case's records come from: from which event of the records system, and which were entered here beside what it says.

use std::collections::BTreeMap;

use serde_json::json;

use super::merges::{leave_out_unseen, sees_record};
use super::offenders::{may_read_kind, may_see};
use super::reading::Reader;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry;
use crate::store::provenance::{EnteredMember, ToldMembers, entered_members, told_members};
use crate::store::timeline::versions_about;

/// Where the members of a record come from that the records system has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProvenance {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// The members as the records system says them, by the event since which each is as it is; the newest event first.
    pub told: Vec<ToldMembers>,
    /// The members that were entered here beside that, by name.
    pub entered: Vec<EnteredMember>,
}

/// The provenance of a case's records that the records system has sent, by kind and reference; nothing where there is no such case that
/// the reader may see. Of what was entered here alone the history says who entered it.
///
/// # Errors
/// When the store fails.
pub fn provenance(store: &Store, reader: &Reader, offender: &Ref) -> Result<Option<Vec<RecordProvenance>>, StoreError> {
    let act = "offender.provenance.read";
    store.transaction_that_writes(|connection| {
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let mut versions = versions_about(connection, force, offender)?;
        versions.retain(|version| may_read_kind(reader.person.role, version.kind));
        leave_out_unseen(connection, reader, &mut versions)?;
        let mut found: BTreeMap<(&str, Ref), RecordProvenance> = BTreeMap::new();
        for ((kind, subject), told) in told_members(connection, (force, offender), versions)? {
            let of_record = RecordProvenance { kind, subject: subject.clone(), told, entered: Vec::new() };
            found.insert((kind.name(), subject), of_record);
        }
        for (kind, subject) in own_entry::spoken_of_twice(connection, force, offender)? {
            if !may_read_kind(reader.person.role, kind) || !sees_record(connection, reader, kind, &subject)? {
                continue;
            }
            let entered = entered_members(connection, force, kind, &subject)?;
            let nothing_told =
                RecordProvenance { kind, subject: subject.clone(), told: Vec::new(), entered: Vec::new() };
            found.entry((kind.name(), subject)).or_insert(nothing_told).entered = entered;
        }
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": found.len() }))?;
        Ok(Some(found.into_values().collect()))
    })
}
