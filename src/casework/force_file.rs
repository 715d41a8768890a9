//! All that is known in a force, gathered into case files.

use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::record;

/// All that is known in a force.
///
/// # Errors
/// When the store fails.
pub fn load(connection: &mut AnyConnection, force: &str) -> Result<ForceFile, StoreError> {
    let mut builder = ForceFileBuilder::default();
    record::current_records(connection, force, |held| builder.add(held))?;
    record::live_allocation_versions(connection, force, |held| builder.add_allocation(held))?;
    Ok(builder.build())
}
