//! The keys of other forces: an administrator's acts, for their own force. Without a key that is trusted, nothing that says it
//! comes from a force is taken in.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::access::why;
use crate::casework::acting::{ActError, on_record_where_refused};
use crate::casework::actor::Actor;
use crate::casework::note;
use crate::casework::reading::Reader;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::transfer::NewTransferKey;
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::audit::head::PublicHeadKey;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::transfer_key::{self, KeyWithdrawal, TransferKey};

/// The keys that count in transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferKeys {
    /// The key that this service's packages and receipts are verified with; none where it has no key to sign with.
    pub own: Option<String>,
    /// Those of other forces, the newest first.
    pub others: Vec<TransferKey>,
}

/// The keys that the force has registered, and its own.
///
/// # Errors
/// When the store fails.
pub fn list(store: &Store, reader: &Reader) -> Result<TransferKeys, StoreError> {
    let others = store.transaction_that_writes(|connection| {
        note(connection, reader, "transfer_key.list", None, json!({}))?;
        transfer_key::of_force(connection, &reader.person.force)
    })?;
    Ok(TransferKeys { own: store.signing_key().map(|key| key.public().to_text()), others })
}

/// Registers another force's key.
///
/// # Errors
/// When it is none, a rule refuses it (see [`NewTransferKey::check`]), it is registered already, or the store fails.
pub fn register(store: &Store, reader: &Reader, new: &NewTransferKey) -> Result<TransferKey, ActError> {
    const ACT: &str = "transfer_key.register";
    let done = store.transaction_that_writes(|connection| -> Result<Option<TransferKey>, ActError> {
        let (today, force) = (reader.clock.moment().today(), &reader.person.force);
        new.check(force, today)?;
        if PublicHeadKey::named(&new.public_key).is_none() {
            let detail = "is an Ed25519 public key: 32 bytes in lower-case hexadecimal, as GET /v1/transfer-keys of that force's service gives it";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/public_key").into());
        }
        if transfer_key::is_trusted(connection, (force, &new.of_force), &new.public_key, today)? {
            let detail = "the key is registered already; withdraw it first to give it another end";
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let (now, by) = (reader.clock.now(), Actor::Person(reader.person.clone()).to_string());
        let key = transfer_key::append(connection, force, new, (now, &by))?;
        let detail = json!({ "force": key.of_force, "public_key": key.public_key, "expires_on": key.expires_on });
        note(connection, reader, ACT, Some(key.id), detail)?;
        Ok(Some(key))
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

/// Withdraws a key: from then on nothing signed with it is taken in.
///
/// # Errors
/// When the force has none of that id, it was withdrawn already, or the store fails.
pub fn withdraw(store: &Store, reader: &Reader, id: Uuid, reason: &Words) -> Result<TransferKey, ActError> {
    const ACT: &str = "transfer_key.withdraw";
    let done = store.transaction_that_writes(|connection| -> Result<Option<TransferKey>, ActError> {
        let force = &reader.person.force;
        let known = transfer_key::of_force(connection, force)?;
        let Some(key) = known.into_iter().find(|key| key.id == id) else {
            note(connection, reader, "access.refused", Some(id), json!({ "act": ACT, "why": why(false) }))?;
            return Ok(None);
        };
        let by = Actor::Person(reader.person.clone()).to_string();
        let withdrawal = KeyWithdrawal { at: reader.clock.now(), by, reason: reason.to_string() };
        if !transfer_key::withdraw(connection, force, id, &withdrawal)? {
            return Err(Refusal::new(RefusalCode::WrongState, "the key was withdrawn already").into());
        }
        note(connection, reader, ACT, Some(id), json!({ "force": key.of_force, "public_key": key.public_key }))?;
        Ok(Some(TransferKey { withdrawal: Some(withdrawal), ..key }))
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

fn note(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    key: Option<Uuid>,
    detail: Value,
) -> Result<(), StoreError> {
    let (actor, id) = (Actor::Person(reader.person.clone()), key.map(|id| id.to_string()));
    let subject = id.as_deref().map(|id| ("transfer_key", id));
    note::note(connection, (reader.clock.now(), &actor), act, (&reader.person.force, subject), detail)
}
