//! Reading single records of a case, with the version that a change is decided on.

use serde_json::json;

use super::merges::sees;
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::personal_data::offender_of;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{self, Wanted, case_records, records_in_scope};
use crate::store::error::StoreError;
use crate::store::merge::home_of;
use crate::store::own_entry::{RecordTag, current_tag};

/// Whether an offender's case is in the reader's scope.
pub(super) fn is_in_scope(connection: &mut AnyConnection, reader: &Reader, offender: &Ref) -> Result<bool, StoreError> {
    let scope = reader.person.case_scope();
    Ok(!records_in_scope(connection, Wanted::one(RecordKind::Offender, &scope, offender))?.is_empty())
}

/// A record of a case, and under which offender that case goes on, where the reader may see it; of a merge, where they see
/// both sides.
pub(super) fn in_scope(
    connection: &mut AnyConnection,
    reader: &Reader,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<(Held<Record>, Ref)>, StoreError> {
    let Some(held) = current::one(connection, &reader.person.force, kind, subject)? else { return Ok(None) };
    let Some(offender) = offender_of(subject, &held.record) else { return Ok(None) };
    let home = home_of(connection, &reader.person.force, offender)?;
    let is_shown =
        if let Record::Merge(merge) = &held.record { sees(connection, reader, &merge.merged_ref)? } else { true };
    Ok((is_shown && is_in_scope(connection, reader, &home)?).then_some((held, home)))
}

/// One record of a case that the reader may see, with its version; nothing where there is none.
///
/// # Errors
/// When the store fails.
pub fn record(
    store: &Store,
    reader: &Reader,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<(Held<Record>, RecordTag)>, StoreError> {
    let act = format!("{kind}.read");
    store.transaction_that_writes(|connection| {
        let force = &reader.person.force;
        let found = in_scope(connection, reader, kind, subject)?;
        let tag = current_tag(connection, force, kind, subject)?;
        let Some(((held, _), tag)) = found.zip(tag) else {
            reader.note_refusal(connection, &act, kind, subject)?;
            return Ok(None);
        };
        reader.note(connection, &act, Some((kind, subject)), json!({}))?;
        Ok(Some((held, tag)))
    })
}

/// The records of a kind about an offender whom the reader may see, in the order of their references; nothing
/// where there is no such offender.
///
/// # Errors
/// When the store fails.
pub fn records_of(
    store: &Store,
    reader: &Reader,
    offender: &Ref,
    kind: RecordKind,
) -> Result<Option<Vec<Held<Record>>>, StoreError> {
    let act = format!("{kind}.list");
    store.transaction_that_writes(|connection| {
        if !may_see(connection, reader, offender, &act)? {
            return Ok(None);
        }
        let mut found = Vec::new();
        case_records(connection, &reader.person.force, offender, |held| {
            if held.record.kind() == kind {
                found.push(held);
            }
        })?;
        reader.note(connection, &act, Some((RecordKind::Offender, offender)), json!({ "count": found.len() }))?;
        Ok(Some(found))
    })
}
