//! Flags: evaluated over everything known in a force.

use crate::casework::force_file;
use crate::domain::case_file::ForceFile;
use crate::domain::flag::{Flag, evaluate};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::record;

/// The forces that have records.
///
/// # Errors
/// When the store fails.
pub fn forces(store: &Store) -> Result<Vec<String>, StoreError> {
    store.transaction(record::forces)
}

/// All that is known in a force.
///
/// # Errors
/// When the store fails.
pub fn force_file(store: &Store, force: &str) -> Result<ForceFile, StoreError> {
    store.transaction(|connection| force_file::load(connection, force))
}

/// Every flag that holds in a force at a moment, by code and subject.
///
/// # Errors
/// When the store fails.
pub fn flags(store: &Store, force: &str, at: Moment, policy: &Policy) -> Result<Vec<Flag>, StoreError> {
    Ok(evaluate(&force_file(store, force)?, at, policy))
}
