//! Acting on one record of a case, named by its own reference.

use uuid::Uuid;

use super::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case};
use super::case_records::in_scope;
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::{Ref, ReferenceError};
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
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
        let found = in_scope(connection, reader, kind, subject)?;
        if found.is_none() {
            reader.note_refusal(connection, act, kind, subject)?;
        }
        Ok(found.map(|(_, offender)| offender))
    })?;
    on_case(store, acting, act, &offender.ok_or(ActError::NotFound)?, decide)
}

/// A record of the case in hand, as it is held.
///
/// # Errors
/// When it was taken back since it was looked for.
pub(super) fn held_in_case<'a, T>(records: &'a [Held<T>], subject: &Ref) -> Result<&'a Held<T>, Refusal> {
    let found = records.iter().find(|held| held.subject == *subject);
    found.ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the record is no longer there; read the case again"))
}

/// A record of the case in hand.
///
/// # Errors
/// As [`held_in_case`].
pub(super) fn in_case<'a, T>(records: &'a [Held<T>], subject: &Ref) -> Result<&'a T, Refusal> {
    held_in_case(records, subject).map(|held| &held.record)
}

/// A reference for a record made here that says what it is.
///
/// # Errors
/// Never: it is short and says something.
pub(super) fn new_reference(prefix: &str) -> Result<Ref, Refusal> {
    let refused = |error: ReferenceError| Refusal::new(RefusalCode::NotAcceptable, error.to_string());
    Ref::new(format!("{prefix}-{}", Uuid::now_v7().simple())).map_err(refused)
}
