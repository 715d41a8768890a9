//! Records of a kind about the cases in a scope.

use diesel::prelude::*;

use super::backend::{AnyConnection, MultiBackend, ROWS_A_STATEMENT};
use super::current::{Wanted, records_in_scope};
use super::error::StoreError;
use super::merge::homes_of_force;
use super::record::{StoredRecord, held, stored_records};
use super::schema::{current_record, own_entry};
use super::scope::Scope;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

/// Offenders, and records about them.
#[derive(Debug, Default)]
pub struct OfCases {
    /// The offenders, by reference.
    pub offenders: Vec<Held<Record>>,
    /// The records.
    pub records: Vec<Held<Record>>,
}

/// The offenders in a scope, and the current records of a kind about them and about those merged into them, with the force's merges. With an act, those alone whose newest
/// entry is that act's.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn of_cases(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    last_act: Option<&str>,
) -> Result<OfCases, StoreError> {
    let offenders = records_in_scope(connection, Wanted::all(RecordKind::Offender, scope))?;
    let mut records = Vec::new();
    let homes = homes_of_force(connection, &scope.force)?;
    if !homes.is_empty() {
        records.extend(records_in_scope(connection, Wanted::all(RecordKind::Merge, scope))?);
    }
    for some in offenders.chunks(ROWS_A_STATEMENT) {
        let own = some.iter().map(|offender| &offender.subject);
        let merged = homes.iter().filter(|(_, home)| some.iter().any(|offender| offender.subject == **home));
        let subjects: Vec<&str> = own.chain(merged.map(|(merged, _)| merged)).map(Ref::as_str).collect();
        let mut question = stored_records!()
            .filter(current_record::force.eq(&scope.force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::withdrawn.eq(false))
            .filter(current_record::offender_ref.eq_any(subjects))
            .order(current_record::subject)
            .into_boxed::<MultiBackend>();
        if let Some(act) = last_act {
            question = question.filter(own_entry::act.nullable().eq(act));
        }
        let rows: Vec<StoredRecord> = question.load(connection)?;
        for row in rows {
            records.push(held(row)?);
        }
    }
    Ok(OfCases { offenders, records })
}
