//! Acting on one record of a case, named by its own reference.

use super::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case};
use super::case_records::is_in_scope;
use super::reading::Reader;
use crate::domain::personal_data::offender_of;
use crate::domain::record::{Held, Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::one;
use crate::store::error::StoreError;

/// The offender whom a record is about, where the reader may see the case.
fn offender_in_scope(
    connection: &mut AnyConnection,
    reader: &Reader,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<Ref>, StoreError> {
    let Some(held) = one(connection, &reader.person.force, kind, subject)? else { return Ok(None) };
    let Some(offender) = offender_of(subject, &held.record).cloned() else { return Ok(None) };
    Ok(is_in_scope(connection, reader, &offender)?.then_some(offender))
}

/// Acts on the case of a record that the person may see. `decide` says what is entered; the first of it is the
/// act's result.
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
    let offender = store.transaction_that_writes(|connection| -> Result<Option<Ref>, StoreError> {
        let found = offender_in_scope(connection, acting.reader, kind, subject)?;
        if found.is_none() {
            acting.reader.note_refusal(connection, act, kind, subject)?;
        }
        Ok(found)
    })?;
    on_case(store, acting, act, &offender.ok_or(ActError::NotFound)?, decide)
}

/// A record of the case in hand.
///
/// # Errors
/// When it was taken back since it was looked for.
pub(super) fn in_case<'a, T: Kept>(held: &'a [Held<T>], subject: &Ref) -> Result<&'a T, Refusal> {
    let found = held.iter().find(|held| held.subject == *subject).map(|held| &held.record);
    found.ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the record is no longer there; read the case again"))
}

/// A reference for a record made here.
///
/// # Errors
/// Never: a UUID is a reference.
pub(super) fn new_ref() -> Result<Ref, Refusal> {
    as_ref(uuid::Uuid::now_v7())
}

/// A UUID as the reference of a record.
///
/// # Errors
/// Never.
pub(super) fn as_ref(id: uuid::Uuid) -> Result<Ref, Refusal> {
    Ref::new(id.to_string()).map_err(|error| Refusal::new(RefusalCode::WrongState, error.to_string()))
}
