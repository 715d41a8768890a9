//! Packages of transferred cases, byte for byte as they were sent and received.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::transfer_package;
use super::types::DbId;

/// Whose copy of which package: the force that keeps it, the force that sent it, the transfer's id.
#[derive(Debug, Clone, Copy)]
pub struct PackageKey<'a> {
    /// The force that keeps it.
    pub force: &'a str,
    /// The force that sent it.
    pub sending_force: &'a str,
    /// The transfer's id.
    pub transfer_id: Uuid,
}

/// Keeps a package.
///
/// # Errors
/// When the statement fails.
pub fn keep(connection: &mut AnyConnection, key: PackageKey<'_>, bytes: &[u8]) -> Result<(), StoreError> {
    diesel::insert_into(transfer_package::table)
        .values((
            transfer_package::force.eq(key.force),
            transfer_package::sending_force.eq(key.sending_force),
            transfer_package::transfer_id.eq(DbId(key.transfer_id)),
            transfer_package::content.eq(STANDARD.encode(bytes)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A package as it was kept.
///
/// # Errors
/// When there is none, or the statement fails.
pub fn read(connection: &mut AnyConnection, key: PackageKey<'_>) -> Result<Vec<u8>, StoreError> {
    let content: String = transfer_package::table
        .filter(transfer_package::force.eq(key.force))
        .filter(transfer_package::sending_force.eq(key.sending_force))
        .filter(transfer_package::transfer_id.eq(DbId(key.transfer_id)))
        .select(transfer_package::content)
        .first(connection)?;
    let unreadable = |_| StoreError::Unreadable { what: "transfer package", detail: "is no Base64".to_owned() };
    STANDARD.decode(content).map_err(unreadable)
}
