//! The keys of other forces that a force trusts. Appended; a key changes once, when it is withdrawn.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::transfer_key;
use super::types::{DbId, DbInstant};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::transfer::NewTransferKey;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferKey {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub of_force: String,
    /// The key, in lower-case hexadecimal.
    pub public_key: String,
    /// Why it is trusted.
    pub reason: String,
    /// The last day on which it is.
    pub expires_on: CivilDate,
    /// When it was registered.
    pub registered_at: Instant,
    /// By whom, as the audit names them.
    pub registered_by: String,
    /// Its end before that day, where it was withdrawn.
    pub withdrawal: Option<KeyWithdrawal>,
}

/// The withdrawal of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWithdrawal {
    /// When.
    pub at: Instant,
    /// By whom, as the audit names them.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl TransferKey {
    /// True where it is trusted on a day.
    #[must_use]
    pub fn holds_on(&self, today: CivilDate) -> bool {
        self.withdrawal.is_none() && today <= self.expires_on
    }
}

/// Appends a key that a force trusts.
///
/// # Errors
/// When the statement fails.
pub fn append(
    connection: &mut AnyConnection,
    force: &str,
    new: &NewTransferKey,
    (at, by): (Instant, &str),
) -> Result<TransferKey, StoreError> {
    let key = TransferKey {
        id: Uuid::now_v7(),
        of_force: new.of_force.clone(),
        public_key: new.public_key.clone(),
        reason: new.reason.to_string(),
        expires_on: new.expires_on,
        registered_at: at,
        registered_by: by.to_owned(),
        withdrawal: None,
    };
    diesel::insert_into(transfer_key::table)
        .values((
            transfer_key::id.eq(DbId(key.id)),
            transfer_key::force.eq(force),
            transfer_key::of_force.eq(&key.of_force),
            transfer_key::public_key.eq(&key.public_key),
            transfer_key::reason.eq(&key.reason),
            transfer_key::expires_on.eq(key.expires_on),
            transfer_key::registered_at.eq(DbInstant::from(at)),
            transfer_key::registered_by.eq(by),
        ))
        .execute(connection)?;
    Ok(key)
}

type Row = (
    (DbId, String, String, String, CivilDate),
    (DbInstant, String),
    (Option<DbInstant>, Option<String>, Option<String>),
);

fn key(
    ((id, of_force, public_key, reason, expires_on), (registered_at, registered_by), (at, by, why)): Row,
) -> TransferKey {
    let withdrawal = at.zip(by).zip(why).map(|((at, by), reason)| KeyWithdrawal { at: at.get(), by, reason });
    let registered_at = registered_at.get();
    TransferKey { id: id.0, of_force, public_key, reason, expires_on, registered_at, registered_by, withdrawal }
}

/// The keys that a force has registered, the newest first.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<TransferKey>, StoreError> {
    let rows: Vec<Row> = transfer_key::table
        .filter(transfer_key::force.eq(force))
        .order((transfer_key::registered_at.desc(), transfer_key::id.desc()))
        .select((
            (
                transfer_key::id,
                transfer_key::of_force,
                transfer_key::public_key,
                transfer_key::reason,
                transfer_key::expires_on,
            ),
            (transfer_key::registered_at, transfer_key::registered_by),
            (transfer_key::withdrawn_at, transfer_key::withdrawn_by, transfer_key::withdrawal_reason),
        ))
        .load(connection)?;
    Ok(rows.into_iter().map(key).collect())
}

/// True where a force trusts a key as another's on a day.
///
/// # Errors
/// When the statement fails.
pub fn is_trusted(
    connection: &mut AnyConnection,
    (force, of_force): (&str, &str),
    public_key: &str,
    today: CivilDate,
) -> Result<bool, StoreError> {
    let registered = self::of_force(connection, force)?;
    let is_it = |key: &TransferKey| key.of_force == of_force && key.public_key == public_key && key.holds_on(today);
    Ok(registered.iter().any(is_it))
}

/// Withdraws a key of a force; false where it has none of that id that was not withdrawn already.
///
/// # Errors
/// When the statement fails.
pub fn withdraw(
    connection: &mut AnyConnection,
    force: &str,
    id: Uuid,
    withdrawal: &KeyWithdrawal,
) -> Result<bool, StoreError> {
    let standing = transfer_key::table
        .filter(transfer_key::force.eq(force))
        .filter(transfer_key::id.eq(DbId(id)))
        .filter(transfer_key::withdrawn_at.is_null());
    let changed = diesel::update(standing)
        .set((
            transfer_key::withdrawn_at.eq(Some(DbInstant::from(withdrawal.at))),
            transfer_key::withdrawn_by.eq(Some(&withdrawal.by)),
            transfer_key::withdrawal_reason.eq(Some(&withdrawal.reason)),
        ))
        .execute(connection)?;
    Ok(changed == 1)
}
