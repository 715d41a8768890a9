//! How old the records are: told to whoever reads, and looked at whenever the flags are brought up to date.

use crate::domain::exchange::RecordsAge;
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::{evaluation, exchange, flag};

/// How old a force's records may be. It names no record and nobody, and is told along with what is read of them.
///
/// # Errors
/// When the store fails.
pub fn records_age(store: &Store, force: &str, at: Moment, policy: &Policy) -> Result<RecordsAge, StoreError> {
    let system = store.transaction(|connection| exchange::records_system(connection, force))?;
    Ok(system.map(|system| system.age(at.now(), policy)).unwrap_or_default())
}

/// Asks for the flags of each force whose records system has fallen silent, or is heard of again, since they were evaluated: no record
/// changes then, and nothing else would ask.
///
/// # Errors
/// When the store fails.
pub fn ask_where_it_changed(connection: &mut AnyConnection, at: Moment, policy: &Policy) -> Result<(), StoreError> {
    let asking = evaluation::forces_asking(connection)?;
    for force in exchange::forces(connection)? {
        let system = exchange::records_system(connection, &force)?;
        let is_stale = system.is_some_and(|system| system.age(at.now(), policy).is_stale);
        let is_flagged = flag::is_held(connection, &force, FlagCode::RecordsSystemStale)?;
        if is_stale != is_flagged && !asking.contains(&force) {
            evaluation::request(connection, &force, at.now())?;
        }
    }
    Ok(())
}
