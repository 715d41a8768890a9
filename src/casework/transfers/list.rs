//! Reading transfers: those to other forces with what is still wanting of each, and the cases received.

use serde_json::json;
use uuid::Uuid;

use super::manifest::Manifest;
use super::{TransferError, on_record, within_reach};
use crate::casework::reading::Reader;
use crate::domain::offender::{Offender, OffenderStatus};
use crate::domain::record::{Kept, RecordKind};
use crate::domain::transfer::{TransferState, is_overdue};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::case_history;
use crate::store::current::{one, refs_in_scope};
use crate::store::error::StoreError;
use crate::store::received_transfer::{self, ReceivedTransfer};
use crate::store::transfer::{self, Transfer};

/// A transfer, and what is still wanting of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// It waits for its receipt for longer than it may.
    pub is_overdue: bool,
    /// The offender counts as transferred out, and no receipt says that the other force has the case.
    pub left_without_receipt: bool,
    /// Versions of the case's records that came after the package was made: the other force does not have them.
    pub known_since: usize,
}

/// The transfers of the force whose cases the reader may see, the newest first. `receipt_days`: how long a receipt may take.
///
/// # Errors
/// When the store fails.
pub fn sent(store: &Store, reader: &Reader, receipt_days: u32) -> Result<Vec<ReadTransfer>, StoreError> {
    store.transaction_that_writes(|connection| {
        let scope = reader.person.case_scope();
        let seen = refs_in_scope(connection, RecordKind::Offender, &scope)?;
        let found = transfer::of_force(connection, &scope.force)?;
        let found: Vec<Transfer> = found.into_iter().filter(|one| seen.contains(&one.offender_ref)).collect();
        let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
        reader.note(connection, "transfer.list", None, json!({ "count": ids.len(), "transfers": ids }))?;
        found.into_iter().map(|one| looked_at(connection, reader, one, receipt_days)).collect()
    })
}

/// One of them.
///
/// # Errors
/// When there is none of that id whose case the reader may see, or the store fails.
pub fn read(store: &Store, reader: &Reader, id: Uuid, receipt_days: u32) -> Result<ReadTransfer, TransferError> {
    const ACT: &str = "transfer.read";
    let done = store.transaction_that_writes(|connection| -> Result<Option<ReadTransfer>, TransferError> {
        let Some(found) = within_reach(connection, reader, ACT, id)? else { return Ok(None) };
        let about = Some((RecordKind::Offender, &found.offender_ref));
        reader.note(connection, ACT, about, json!({ "transfer": id }))?;
        Ok(Some(looked_at(connection, reader, found, receipt_days)?))
    });
    on_record(store, reader, ACT, None, done)
}

/// A transfer that the reader has just made or changed, as [`read`] would give it; on record already.
///
/// # Errors
/// When the store fails.
pub fn look_at(
    store: &Store,
    reader: &Reader,
    transfer: Transfer,
    receipt_days: u32,
) -> Result<ReadTransfer, StoreError> {
    store.transaction(|connection| looked_at(connection, reader, transfer, receipt_days))
}

fn looked_at(
    connection: &mut AnyConnection,
    reader: &Reader,
    transfer: Transfer,
    receipt_days: u32,
) -> Result<ReadTransfer, StoreError> {
    let (force, offender) = (&transfer.force, &transfer.offender_ref);
    let unreadable = |_| StoreError::Unreadable { what: "transfer", detail: "its manifest is none".to_owned() };
    let manifest: Manifest = serde_json::from_value(transfer.manifest.clone()).map_err(unreadable)?;
    let sent: usize = manifest.versions.values().sum();
    let held = one(connection, force, RecordKind::Offender, offender)?;
    let status = held.and_then(|held| Offender::of(held.record)).map(|offender| offender.status);
    let is_open = transfer.state != TransferState::Withdrawn;
    let known = if is_open { case_history::count(connection, force, offender)? } else { sent };
    Ok(ReadTransfer {
        is_overdue: is_overdue(transfer.state, transfer.made_at, reader.clock.moment().today(), receipt_days),
        left_without_receipt: transfer.state == TransferState::Made && status == Some(OffenderStatus::TransferredOut),
        known_since: known.saturating_sub(sent),
        transfer,
    })
}

/// The cases that the force received and the reader may see, the newest first.
///
/// # Errors
/// When the store fails.
pub fn received(store: &Store, reader: &Reader) -> Result<Vec<ReceivedTransfer>, StoreError> {
    store.transaction_that_writes(|connection| {
        let scope = reader.person.case_scope();
        let seen = refs_in_scope(connection, RecordKind::Offender, &scope)?;
        let mut found = received_transfer::of_force(connection, &scope.force)?;
        found.retain(|one| seen.contains(&one.offender_ref));
        let ids: Vec<Uuid> = found.iter().map(|one| one.transfer_id).collect();
        reader.note(connection, "transfer.list_received", None, json!({ "count": ids.len(), "transfers": ids }))?;
        Ok(found)
    })
}
