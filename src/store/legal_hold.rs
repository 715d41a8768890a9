//! Holds in force on cases, by which the database itself keeps what is held: its triggers refuse to change or take out
//! the history of a case that has one (migration `legal_hold`).

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::merge::{home_of, refs_of_case};
use super::record::stored_ref;
use super::schema::{current_record, legal_hold};
use crate::domain::legal_hold::LegalHold;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Puts a hold in force or ends it, as it now stands.
///
/// # Errors
/// When a statement fails.
pub fn keep(connection: &mut AnyConnection, force: &str, hold_ref: &Ref, hold: &LegalHold) -> Result<(), StoreError> {
    if hold.holds() {
        diesel::insert_into(legal_hold::table)
            .values((
                legal_hold::force.eq(force),
                legal_hold::hold_ref.eq(hold_ref.as_str()),
                legal_hold::offender_ref.eq(hold.offender_ref.as_str()),
            ))
            .execute(connection)?;
    } else {
        let ended = legal_hold::table.filter(legal_hold::force.eq(force));
        diesel::delete(ended.filter(legal_hold::hold_ref.eq(hold_ref.as_str()))).execute(connection)?;
    }
    Ok(())
}

/// True when a case is held: any of the records that it goes by.
///
/// # Errors
/// When the statement fails.
pub fn is_held(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<bool, StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let holds = legal_hold::table.filter(legal_hold::force.eq(force)).filter(legal_hold::offender_ref.eq_any(refs));
    Ok(holds.count().get_result::<i64>(connection)? > 0)
}

/// True when a current record belongs to a case that is held.
///
/// # Errors
/// When the statement fails.
pub fn is_of_a_held_case(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<bool, StoreError> {
    let offender: Option<Option<String>> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .select(current_record::offender_ref)
        .first(connection)
        .optional()?;
    let Some(offender) = offender.flatten() else { return Ok(false) };
    let home = home_of(connection, force, &stored_ref(offender)?)?;
    is_held(connection, force, &home)
}
