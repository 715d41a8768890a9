//! How a transfer ends at the force that sends: with the other force's receipt, or withdrawn.

use serde_json::json;
use uuid::Uuid;

use super::manifest::Manifest;
use super::package::PackageFault;
use super::receipt::{FORMAT, SignedReceipt};
use super::{TransferError, on_record, within_reach};
use crate::casework::acting::{ActError, ChangedSince};
use crate::casework::actor::Actor;
use crate::casework::reading::Reader;
use crate::domain::record::RecordKind;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::transfer::TransferState;
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::transfer::{self, Transfer, TransferEnd};
use crate::store::transfer_key;
use crate::store::transfer_package::{self, PackageKey};

/// Takes the receiving force's receipt: verified against that force's registered keys, and compared with what was sent. The same
/// receipt again changes nothing.
///
/// # Errors
/// When there is no such transfer in scope, the receipt is of another format, not signed by that force or not of what was sent, or the
/// transfer was withdrawn.
pub fn take_receipt(
    store: &Store,
    reader: &Reader,
    id: Uuid,
    receipt: &SignedReceipt,
) -> Result<Transfer, TransferError> {
    const ACT: &str = "transfer.take_receipt";
    let done = store.transaction_that_writes(|connection| -> Result<Option<Transfer>, TransferError> {
        let Some(found) = within_reach(connection, reader, ACT, id)? else { return Ok(None) };
        prove(connection, reader, &found, receipt)?;
        match found.state {
            TransferState::Made => {}
            TransferState::Received => {
                note(connection, reader, "act.replay", &found, json!({ "act": ACT, "replayed": true, "transfer": id }))?;
                return Ok(Some(found));
            }
            TransferState::Withdrawn => {
                let detail = "the transfer was withdrawn, and the other force has taken the case in: settle with them who manages it";
                return Err(Refusal::new(RefusalCode::WrongState, detail).into());
            }
        }
        let ended = Transfer {
            state: TransferState::Received,
            receipt: Some(json!(receipt)),
            end: Some(TransferEnd { at: reader.clock.now(), by: by(reader), reason: None }),
            ..found
        };
        let detail = json!({
            "transfer": id, "receiving_force": ended.receiving_force, "received_at": receipt.receipt.received_at,
            "history_sha256": receipt.receipt.history_sha256, "public_key": receipt.public_key,
        });
        end(connection, reader, ACT, ended, detail).map(Some)
    });
    on_record(store, reader, ACT, None, done)
}

/// A receipt is believed where a key of the receiving force that is trusted today signed it, and it is of what was sent.
fn prove(
    connection: &mut AnyConnection,
    reader: &Reader,
    sent: &Transfer,
    receipt: &SignedReceipt,
) -> Result<(), TransferError> {
    if receipt.receipt.format != FORMAT {
        return Err(PackageFault::UnknownFormat.into());
    }
    if !receipt.is_signed() {
        return Err(PackageFault::WrongSignature.into());
    }
    let today = reader.clock.moment().today();
    let forces = (reader.person.force.as_str(), sent.receiving_force.as_str());
    if !transfer_key::is_trusted(connection, forces, &receipt.public_key, today)? {
        return Err(PackageFault::UnknownSigner.into());
    }
    let force = &sent.force;
    let kept = PackageKey { force, sending_force: force, transfer_id: sent.id };
    let package = super::manifest::opened(&transfer_package::read(connection, kept)?)?;
    let manifest: Manifest = package.manifest;
    Ok(receipt.compare(&manifest, &package.manifest_sha256, &sent.package_sha256)?)
}

/// Withdraws a transfer that nobody has answered for, as it was read.
///
/// # Errors
/// When there is none in scope, it has ended or changed since it was read.
pub fn withdraw(
    store: &Store,
    reader: &Reader,
    (id, version): (Uuid, i32),
    reason: &Words,
) -> Result<Transfer, TransferError> {
    const ACT: &str = "transfer.withdraw";
    let done = store.transaction_that_writes(|connection| -> Result<Option<Transfer>, TransferError> {
        let Some(found) = within_reach(connection, reader, ACT, id)? else { return Ok(None) };
        if found.version != version {
            return Err(changed());
        }
        if found.state != TransferState::Made {
            let detail = format!("the transfer is {}", found.state.as_str());
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let end_of_it = TransferEnd { at: reader.clock.now(), by: by(reader), reason: Some(reason.to_string()) };
        let ended = Transfer { state: TransferState::Withdrawn, end: Some(end_of_it), ..found };
        let detail = json!({ "transfer": id, "receiving_force": ended.receiving_force });
        end(connection, reader, ACT, ended, detail).map(Some)
    });
    on_record(store, reader, ACT, None, done)
}

fn by(reader: &Reader) -> String {
    Actor::Person(reader.person.clone()).to_string()
}

fn changed() -> TransferError {
    ActError::Changed(ChangedSince::default()).into()
}

fn end(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    ended: Transfer,
    detail: serde_json::Value,
) -> Result<Transfer, TransferError> {
    if !transfer::end(connection, &ended)? {
        return Err(changed());
    }
    note(connection, reader, act, &ended, detail)?;
    Ok(Transfer { version: ended.version + 1, ..ended })
}

fn note(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    about: &Transfer,
    detail: serde_json::Value,
) -> Result<(), StoreError> {
    reader.note(connection, act, Some((RecordKind::Offender, &about.offender_ref)), detail)
}
