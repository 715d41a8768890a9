//! Officers, teams and posts: what their supervisors and the detective inspectors enter of them.

pub mod absences;
pub mod leave_post;
pub mod loans;
pub mod officers;
pub mod posts;
pub mod teams;

use super::acting::ForceInHand;
use crate::domain::officer::Officer;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};

/// Checks that the person may act for a team: its supervisor, or a detective inspector.
fn check_team(in_hand: &ForceInHand<'_>, team: &Ref, at: &str) -> Result<(), Refusal> {
    if in_hand.scope.covers(team) {
        return Ok(());
    }
    let detail = "this is for the team's supervisor or a detective inspector";
    Err(Refusal::new(RefusalCode::NotQualified, detail).at(at))
}

/// The officer whom an act is on.
fn officer<'a>(in_hand: &ForceInHand<'a>, officer: &Ref) -> Result<&'a Officer, Refusal> {
    let found = in_hand.force.officers.get(officer);
    found.ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the officer's record is gone"))
}
