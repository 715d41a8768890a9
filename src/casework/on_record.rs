//! Acting on one record of a case: the case is the record's own.

use super::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case};
use super::case_records::is_in_scope;
use crate::domain::personal_data::offender_of;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::store::Store;
use crate::store::current;
use crate::store::error::StoreError;

/// Acts on the case that a record belongs to, as [`on_case`]. A record that is not there, or whose case is out of the
/// person's scope, is not found; either way that is put on record in the same manner.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub fn on_record(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    (kind, subject): (RecordKind, &Ref),
    decide: impl FnOnce(&CaseInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    let reader = acting.reader;
    let offender = store.transaction_that_writes(|connection| -> Result<Option<Ref>, StoreError> {
        let held = current::one(connection, &reader.person.force, kind, subject)?;
        let offender = held.as_ref().and_then(|held| offender_of(subject, &held.record));
        if let Some(offender) = offender
            && is_in_scope(connection, reader, offender)?
        {
            return Ok(Some(offender.clone()));
        }
        reader.note_refusal(connection, act, kind, subject)?;
        Ok(None)
    })?;
    on_case(store, acting, act, &offender.ok_or(ActError::NotFound)?, decide)
}
