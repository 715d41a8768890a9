//! Transfers of cases between forces: the package made and handed out, taken in by the other force, and answered with a
//! receipt. Each step is a named person's, and on record.

mod arrival;
pub mod keys;
pub mod list;
pub mod make;
pub mod manifest;
pub mod package;
pub mod receipt;
mod records;
pub mod settle;
pub mod take_in;

use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use super::access::why;
use super::acting::{ActError, on_record_where_refused};
use super::actor::Actor;
use super::case_records::is_in_scope;
use super::note;
use super::reading::Reader;
use crate::domain::policy::PolicyError;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::transfer::{self, Transfer};
use package::PackageFault;

/// How many days a receipt may take, unless it is set otherwise. `[I]`
pub const RECEIPT_DAYS: u32 = 14;

/// Why nothing was made, handed out or taken in.
#[derive(Debug, Error)]
pub enum TransferError {
    /// It is not found, or a rule stands against it.
    #[error(transparent)]
    Act(#[from] ActError),
    /// Something is wrong with the package or receipt.
    #[error(transparent)]
    Fault(#[from] PackageFault),
    /// There is no key to sign with.
    #[error("the service has no key to sign with; nothing was handed out or taken in")]
    NoKey,
}

impl From<StoreError> for TransferError {
    fn from(error: StoreError) -> Self {
        Self::Act(error.into())
    }
}

impl From<diesel::result::Error> for TransferError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Act(error.into())
    }
}

impl From<Refusal> for TransferError {
    fn from(refusal: Refusal) -> Self {
        Self::Act(refusal.into())
    }
}

impl From<PolicyError> for TransferError {
    fn from(error: PolicyError) -> Self {
        Self::Act(error.into())
    }
}

/// Puts on record why an act was refused: which, on what and by which rule or fault; of what was sent nothing.
fn on_record<T>(
    store: &Store,
    reader: &Reader,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
    done: Result<Option<T>, TransferError>,
) -> Result<T, TransferError> {
    match done {
        Ok(done) => Ok(done.ok_or(ActError::NotFound)?),
        Err(TransferError::NoKey) => Err(TransferError::NoKey),
        Err(TransferError::Act(error)) => Ok(on_record_where_refused(store, reader, act, about, Err(error))?),
        Err(TransferError::Fault(fault)) => {
            let detail = json!({ "act": act, "why": fault.code() });
            store.transaction_that_writes(|connection| reader.note(connection, "act.refused", about, detail))?;
            Err(fault.into())
        }
    }
}

/// A transfer of the reader's force whose case they may see; that it was asked for and is not there is put on record.
fn within_reach(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    id: Uuid,
) -> Result<Option<Transfer>, StoreError> {
    let found = transfer::one(connection, &reader.person.force, id)?;
    let exists = found.is_some();
    if let Some(found) = found
        && is_in_scope(connection, reader, &found.offender_ref)?
    {
        return Ok(Some(found));
    }
    let (actor, id) = (Actor::Person(reader.person.clone()), id.to_string());
    let (by, subject) = ((reader.clock.now(), &actor), Some(("transfer", id.as_str())));
    let detail = json!({ "act": act, "why": why(exists) });
    note::note(connection, by, "access.refused", (&reader.person.force, subject), detail)?;
    Ok(None)
}
