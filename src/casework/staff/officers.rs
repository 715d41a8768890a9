//! Entering officers and changing what is plain about them; the courses that they complete.

use serde_json::json;
use uuid::Uuid;

use super::{check_team, officer};
use crate::casework::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force, on_whole_force};
use crate::casework::merged::{Changed, merged};
use crate::domain::officer::{Officer, OfficerRole, Training};
use crate::domain::qualification::is_not_own_work;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters an officer whom the records system has not sent yet.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    reference: Option<Ref>,
    entered: Officer,
) -> Result<Written, ActError> {
    on_whole_force(store, acting, "officer.enter", |in_hand| {
        in_hand.acting_supervisor()?;
        let Some(team) = &entered.team_ref else {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "an officer belongs to a team").at("/team_ref"));
        };
        check_team(in_hand, team, "/team_ref")?;
        check_rank(in_hand, entered.role)?;
        entered.check()?;
        let reference = reference.unwrap_or_else(|| Uuid::now_v7().into());
        Ok(vec![Draft::new(reference, entered)])
    })
}

/// Supervisors and detective inspectors are a detective inspector's to enter.
fn check_rank(in_hand: &ForceInHand<'_>, role: OfficerRole) -> Result<(), Refusal> {
    let (_, acting) = in_hand.acting_officer()?;
    if !role.supervises() || acting.role == OfficerRole::DetectiveInspector {
        return Ok(());
    }
    let detail = "supervisors and detective inspectors are entered by a detective inspector";
    Err(Refusal::new(RefusalCode::NotQualified, detail).at("/role"))
}

/// Changes plain members of an officer's record.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    changed: Changed,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_force(store, acting, "officer.change", (RecordKind::Officer, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        let before = officer(in_hand, subject)?;
        let after = merged(before, &changed)?;
        after.check()?;
        if after.team_ref != before.team_ref {
            match &after.team_ref {
                Some(team) => check_team(in_hand, team, "/team_ref")?,
                None => {
                    let detail = "an officer belongs to a team; who leaves, leaves the post";
                    return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/team_ref"));
                }
            }
        }
        Ok(vec![Draft::claim(RecordKind::Officer, subject.clone(), changed, Basis::Read(read))])
    })
}

/// Enters a course that an officer has completed.
///
/// # Errors
/// See [`ActError`].
pub fn enter_training(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    training: &Training,
) -> Result<Written, ActError> {
    on_force(store, acting, "officer.enter_training", (RecordKind::Officer, subject), |in_hand| {
        is_not_own_work(in_hand.acting_supervisor()?, [subject])?;
        let refused = |detail: &str, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
        if !in_hand.at.has_come(training.completed_on) {
            return refused("a course is completed today or earlier", "/completed_on");
        }
        if training.expires_on.is_some_and(|expires| expires < training.completed_on) {
            return refused("a course lapses after it was completed", "/expires_on");
        }
        let mut held = officer(in_hand, subject)?.training.clone();
        held.retain(|known| (known.course, known.completed_on) != (training.course, training.completed_on));
        held.push(training.clone());
        Ok(vec![Draft::claim(RecordKind::Officer, subject.clone(), [("training", json!(held))], Basis::Loaded)])
    })
}
