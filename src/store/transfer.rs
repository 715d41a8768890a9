//! Transfers of cases to other forces. A transfer changes once: when its receipt is taken, or when it is withdrawn.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::transfer;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::transfer::TransferState;

/// A transfer.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its id, at both forces.
    pub id: Uuid,
    /// The force that sends.
    pub force: String,
    /// Whose case.
    pub offender_ref: Ref,
    /// The force that it is for.
    pub receiving_force: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub made_at: Instant,
    /// By whom.
    pub made_by: String,
    /// What the package says of itself.
    pub manifest: Value,
    /// The SHA-256 of the package.
    pub package_sha256: String,
    /// Where it stands.
    pub state: TransferState,
    /// The receipt that was taken, signed.
    pub receipt: Option<Value>,
    /// How it ended.
    pub end: Option<TransferEnd>,
    /// Counts its changes.
    pub version: i32,
}

/// How a transfer ended: a receipt was taken, or it was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferEnd {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Why it was withdrawn, where it was.
    pub reason: Option<String>,
}

/// Keeps a transfer that was made.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, new: &Transfer) -> Result<(), StoreError> {
    diesel::insert_into(transfer::table)
        .values((
            transfer::id.eq(DbId(new.id)),
            transfer::force.eq(&new.force),
            transfer::offender_ref.eq(new.offender_ref.as_str()),
            transfer::receiving_force.eq(&new.receiving_force),
            transfer::reason.eq(&new.reason),
            transfer::state.eq(new.state.as_str()),
            transfer::made_at.eq(DbInstant::from(new.made_at)),
            transfer::made_by.eq(&new.made_by),
            transfer::manifest.eq(DbJson(new.manifest.clone())),
            transfer::package_sha256.eq(&new.package_sha256),
            transfer::version.eq(new.version),
        ))
        .execute(connection)?;
    Ok(())
}

type Row = (
    (DbId, String, String, String, String, String),
    (DbInstant, String, DbJson, String),
    (Option<DbJson>, Option<DbInstant>, Option<String>, Option<String>, i32),
);

/// The columns of a transfer, in the order of [`Row`].
macro_rules! columns {
    () => {
        (
            (
                transfer::id,
                transfer::force,
                transfer::offender_ref,
                transfer::receiving_force,
                transfer::reason,
                transfer::state,
            ),
            (transfer::made_at, transfer::made_by, transfer::manifest, transfer::package_sha256),
            (transfer::receipt, transfer::ended_at, transfer::ended_by, transfer::withdrawal_reason, transfer::version),
        )
    };
}

fn read(row: Row) -> Result<Transfer, StoreError> {
    let ((id, force, offender, receiving_force, reason, state), made, ended) = row;
    let ((made_at, made_by, manifest, package_sha256), (receipt, ended_at, ended_by, why, version)) = (made, ended);
    let state = TransferState::ALL.into_iter().find(|known| known.as_str() == state);
    let unknown = || StoreError::Unreadable { what: "transfer", detail: "in an unknown state".to_owned() };
    let end = ended_at.zip(ended_by).map(|(at, by)| TransferEnd { at: at.get(), by, reason: why });
    Ok(Transfer {
        id: id.0,
        force,
        offender_ref: stored_ref(offender)?,
        receiving_force,
        reason,
        made_at: made_at.get(),
        made_by,
        manifest: manifest.0,
        package_sha256,
        state: state.ok_or_else(unknown)?,
        receipt: receipt.map(|DbJson(receipt)| receipt),
        end,
        version,
    })
}

/// A force's transfers, the newest first.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<Transfer>, StoreError> {
    let rows: Vec<Row> = transfer::table
        .filter(transfer::force.eq(force))
        .order((transfer::made_at.desc(), transfer::id.desc()))
        .select(columns!())
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// One of a force's transfers.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn one(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<Option<Transfer>, StoreError> {
    let row: Option<Row> = transfer::table
        .filter(transfer::force.eq(force))
        .filter(transfer::id.eq(DbId(id)))
        .select(columns!())
        .first(connection)
        .optional()?;
    row.map(read).transpose()
}

/// True where a package of a case waits for its receipt.
///
/// # Errors
/// When the statement fails.
pub fn is_open(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<bool, StoreError> {
    let open: i64 = transfer::table
        .filter(transfer::force.eq(force))
        .filter(transfer::offender_ref.eq(offender.as_str()))
        .filter(transfer::state.eq(TransferState::Made.as_str()))
        .count()
        .get_result(connection)?;
    Ok(open > 0)
}

/// Ends a transfer that is made: with its receipt, or withdrawn; false where it was not in that version any more.
///
/// # Errors
/// When the statement fails.
pub fn end(connection: &mut AnyConnection, ended: &Transfer) -> Result<bool, StoreError> {
    let end = ended.end.as_ref();
    let row = transfer::table
        .filter(transfer::force.eq(&ended.force))
        .filter(transfer::id.eq(DbId(ended.id)))
        .filter(transfer::version.eq(ended.version))
        .filter(transfer::state.eq(TransferState::Made.as_str()));
    let count = diesel::update(row)
        .set((
            transfer::state.eq(ended.state.as_str()),
            transfer::receipt.eq(ended.receipt.clone().map(DbJson)),
            transfer::ended_at.eq(end.map(|end| DbInstant::from(end.at))),
            transfer::ended_by.eq(end.map(|end| end.by.clone())),
            transfer::withdrawal_reason.eq(end.and_then(|end| end.reason.clone())),
            transfer::version.eq(transfer::version + 1),
        ))
        .execute(connection)?;
    Ok(count == 1)
}
