//! What is entered of offenders: who they are, where they stand, where they live, what surrounds them, what binds them.

pub mod addresses;
pub mod circumstances;
pub mod offenders;
pub mod orders;
pub mod status;

use super::acting::CaseInHand;
use crate::domain::calendar::CivilDate;
use crate::domain::record::Held;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};

/// Checks that somebody else's record does not have the reference that a new one is to have.
fn check_free<T>(records: &[Held<T>], reference: &Ref) -> Result<(), Refusal> {
    if records.iter().any(|held| held.subject == *reference) {
        return Err(Refusal::new(RefusalCode::WrongState, "another record has that reference").at("/ref"));
    }
    Ok(())
}

/// Checks that something that has happened did so by today.
fn check_has_come(in_hand: &CaseInHand<'_>, day: CivilDate, at: &str) -> Result<(), Refusal> {
    if in_hand.at.has_come(day) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::NotAcceptable, "lies after today").at(at))
}
