//! What is entered of offenders: who they are, where they stand, where they live, what surrounds them, what binds them.

pub mod addresses;
pub mod circumstances;
pub mod offenders;
pub mod orders;
pub mod status;

use super::acting::CaseInHand;
use crate::domain::calendar::CivilDate;
use crate::domain::refusal::{Refusal, RefusalCode};

/// Checks that something that has happened did so by today.
fn check_has_come(in_hand: &CaseInHand<'_>, day: CivilDate, at: &str) -> Result<(), Refusal> {
    if in_hand.at.has_come(day) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::NotAcceptable, "lies after today").at(at))
}
