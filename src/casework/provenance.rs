//! Where the members of a case's records come from: which of them were entered here beside what the records system says.

use serde_json::json;

use super::merges::sees_record;
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry;
use crate::store::provenance::{EnteredMember, entered_members};

/// A record on which both sides have spoken, and what of it was entered here: everything else is the records system's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProvenance {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// The members that were entered here, by name.
    pub entered: Vec<EnteredMember>,
}

/// The provenance of a case's records on which both sides have spoken, by kind and reference; nothing where there is no such case that
/// the reader may see. Of every other record all is one side's word: its history says whose.
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
        let mut found = Vec::new();
        for (kind, subject) in own_entry::spoken_of_twice(connection, force, offender)? {
            if sees_record(connection, reader, kind, &subject)? {
                let entered = entered_members(connection, force, kind, &subject)?;
                found.push(RecordProvenance { kind, subject, entered });
            }
        }
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": found.len() }))?;
        Ok(Some(found))
    })
}
