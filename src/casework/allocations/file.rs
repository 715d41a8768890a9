//! What is needed to count caseloads: a force's officers, teams and posts, and of the cases in scope who manages them and
//! their risk. What is out of scope is not read.

use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::record::RecordKind;
use crate::store::allocation::live_allocation_versions;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, records_in_scope};
use crate::store::error::StoreError;
use crate::store::scope::Scope;

/// What caseloads are counted by, beside the offenders in scope.
const COUNTED: [RecordKind; 6] = [
    RecordKind::Officer,
    RecordKind::Team,
    RecordKind::Post,
    RecordKind::ArmsAssessment,
    RecordKind::Handover,
    RecordKind::Merge,
];

/// The officers, teams and posts of a force, and the cases in scope.
pub(in crate::casework) fn load(connection: &mut AnyConnection, scope: &Scope) -> Result<ForceFile, StoreError> {
    load_with(connection, scope, &[])
}

/// The same with other kinds of record of these cases.
pub(super) fn load_with(
    connection: &mut AnyConnection,
    scope: &Scope,
    others: &[RecordKind],
) -> Result<ForceFile, StoreError> {
    let mut builder = ForceFileBuilder::default();
    let whole = Scope::whole(scope.force.clone());
    for held in records_in_scope(connection, Wanted::all(RecordKind::Offender, scope))? {
        builder.add(held);
    }
    for kind in COUNTED.iter().chain(others) {
        for held in records_in_scope(connection, Wanted::all(*kind, &whole))? {
            builder.add(held);
        }
    }
    live_allocation_versions(connection, &scope.force, |held| builder.add_allocation(held))?;
    // Assessments and allocations of offenders who are out of scope make no case.
    Ok(builder.build())
}
