//! All that is known in a force, or of one case in it, gathered into case files.

use crate::domain::as_at::AsAt;
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::merge::{Merge, tied_to};
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::allocation::live_allocation_versions_of;
use crate::store::as_at::{self, Whose};
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, case_records, records_in_scope};
use crate::store::error::StoreError;
use crate::store::merge::homes_of_force;
use crate::store::record;
use crate::store::scope::Scope;

/// The kinds of the force's own that rules about one case look at.
const BESIDE_A_CASE: [RecordKind; 3] = [RecordKind::Officer, RecordKind::Team, RecordKind::CrimeReport];

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

/// The same as at an instant.
///
/// # Errors
/// When the store fails.
pub fn load_as_at(connection: &mut AnyConnection, force: &str, as_at: AsAt) -> Result<ForceFile, StoreError> {
    if as_at == AsAt::Now {
        return load(connection, force);
    }
    let mut builder = ForceFileBuilder::default();
    let whose = Whose { force, offenders: None };
    for kind in RecordKind::ALL {
        as_at::records(connection, whose, *kind, as_at, |held| builder.add(held))?;
    }
    as_at::allocations(connection, whose, as_at, |held| builder.add_allocation(held))?;
    Ok(builder.build())
}

/// One case, with the records merged into it, and the force's officers, teams and crime reports.
///
/// # Errors
/// When the store fails.
pub fn open_case(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<ForceFile, StoreError> {
    open_cases(connection, force, &[offender])
}

/// Several cases with the force's officers, teams and crime reports.
///
/// # Errors
/// When the store fails.
pub fn open_cases(connection: &mut AnyConnection, force: &str, offenders: &[&Ref]) -> Result<ForceFile, StoreError> {
    let mut builder = ForceFileBuilder::default();
    let whole = Scope::whole(force);
    for kind in BESIDE_A_CASE {
        for held in records_in_scope(connection, Wanted::all(kind, &whole))? {
            builder.add(held);
        }
    }
    for offender in offenders {
        case_records(connection, force, offender, |held| {
            if !BESIDE_A_CASE.contains(&held.record.kind()) {
                builder.add(held);
            }
        })?;
    }
    live_allocation_versions_of(connection, force, offenders, |held| builder.add_allocation(held))?;
    Ok(builder.build())
}

/// One case as at an instant.
///
/// # Errors
/// When the store fails.
pub fn open_case_as_at(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
    as_at: AsAt,
) -> Result<ForceFile, StoreError> {
    if as_at == AsAt::Now {
        return open_case(connection, force, offender);
    }
    let tied = tied_as_at(connection, force, offender, as_at)?;
    let mut builder = ForceFileBuilder::default();
    let of_case = Whose { force, offenders: Some(&tied) };
    for kind in RecordKind::ALL {
        let whose = if BESIDE_A_CASE.contains(kind) { Whose { force, offenders: None } } else { of_case };
        as_at::records(connection, whose, *kind, as_at, |held| builder.add(held))?;
    }
    as_at::allocations(connection, of_case, as_at, |held| builder.add_allocation(held))?;
    let mut file = builder.build();
    file.cases.retain(|case, _| case == offender);
    Ok(file)
}

/// The offenders whom merges tied to this one as at an instant, whether those merges held or not, and itself.
fn tied_as_at(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
    as_at: AsAt,
) -> Result<Vec<Ref>, StoreError> {
    let mut merges = Vec::new();
    let whose = Whose { force, offenders: None };
    as_at::records(connection, whose, RecordKind::Merge, as_at, |held| merges.extend(Merge::of(held.record)))?;
    Ok(tied_to(offender, &merges).into_iter().collect())
}

/// The offenders by whose references a case went as at an instant: its own, and those merged into it.
///
/// # Errors
/// When the store fails.
pub(super) fn refs_as_at(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
    as_at: AsAt,
) -> Result<Vec<Ref>, StoreError> {
    let homes = match as_at {
        AsAt::Now => homes_of_force(connection, force)?,
        AsAt::Known(_) | AsAt::True(_) => {
            let tied = tied_as_at(connection, force, offender, as_at)?;
            let whose = Whose { force, offenders: Some(&tied) };
            let mut builder = ForceFileBuilder::default();
            for kind in [RecordKind::Merge, RecordKind::Offender] {
                as_at::records(connection, whose, kind, as_at, |held| builder.add(held))?;
            }
            builder.build().homes
        }
    };
    let merged = homes.into_iter().filter(|(_, home)| home == offender).map(|(merged, _)| merged);
    Ok(merged.chain([offender.clone()]).collect())
}
