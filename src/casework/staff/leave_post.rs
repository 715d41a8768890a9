//! Leaving a post: nobody goes without saying who takes each of their cases. In the inspected force more than 100 cases
//! were left with a supervisor when officers went (HMICFRS, Dorset 2021).

use std::collections::BTreeSet;

use serde_json::json;

use super::officer;
use crate::casework::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force};
use crate::casework::allocations::allocate::{Allocating, decide};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::case_file::CaseFile;
use crate::domain::caseload::{Effect, Move};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Somebody's leaving.
#[derive(Debug, Clone)]
pub struct Leaving {
    /// The last day in post.
    pub in_post_until: CivilDate,
    /// Why.
    pub reason: Words,
    /// Who takes each of the cases.
    pub reassign: Vec<Move>,
}

/// An officer who leaves.
#[derive(Debug, Clone)]
pub struct Left {
    /// The officer.
    pub written: Written,
    /// What it does to caseloads.
    pub effects: Vec<Effect>,
}

/// Enters the last day in post: of the officer, of each case they hold the day after, and of the post that they held.
///
/// # Errors
/// See [`ActError`].
pub fn leave_post(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    leaving: &Leaving,
    read: Option<RecordTag>,
) -> Result<Left, ActError> {
    let basis = read.map_or(Basis::Loaded, Basis::Read);
    let mut effects = Vec::new();
    let written = on_force(store, acting, "officer.leave_post", (RecordKind::Officer, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        if leaving.in_post_until < officer(in_hand, subject)?.in_post_from {
            let detail = "the last day in post is not before the first";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/in_post_until"));
        }
        let vacant_since = plus_days(leaving.in_post_until, 1);
        let from = vacant_since.max(in_hand.at.today());
        every_case_is_taken(in_hand, subject, leaving, from)?;
        let left = [("in_post_until", json!(leaving.in_post_until))];
        let mut drafts = vec![Draft::claim(RecordKind::Officer, subject.clone(), left, basis)];
        if !leaving.reassign.is_empty() {
            let (moves, reason) = (leaving.reassign.clone(), leaving.reason.clone());
            let allocating = Allocating { moves, from: Some(from), reason };
            let (allocations, told) =
                decide(in_hand, &allocating, |index| format!("/reassign/{index}"), Basis::Loaded)?;
            in_hand.check_held_by(subject, &leaving.reassign, from)?;
            effects = told;
            drafts.extend(allocations);
        }
        let held = in_hand.force.posts.iter().filter(|(_, post)| post.holder_ref.as_ref() == Some(subject));
        for (post_ref, post) in held {
            drafts.push(Draft::whole(post_ref.clone(), post.clone().vacated(vacant_since), Basis::Loaded));
        }
        Ok(drafts)
    })?;
    Ok(Left { written, effects })
}

/// Checks that each case held on the day after is taken by somebody else. One that the person may not see counts too: it is
/// for a detective inspector who may.
fn every_case_is_taken(
    in_hand: &ForceInHand<'_>,
    leaver: &Ref,
    leaving: &Leaving,
    from: CivilDate,
) -> Result<(), Refusal> {
    let refused = |detail: String| Err(Refusal::new(RefusalCode::CasesInHand, detail).at("/reassign"));
    let held = in_hand.cases_of(leaver, from);
    let taken: BTreeSet<&Ref> = leaving.reassign.iter().map(|made| &made.offender_ref).collect();
    if let Some(at) = leaving.reassign.iter().position(|made| made.officer_ref == *leaver) {
        let detail = "who leaves takes no case";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(format!("/reassign/{at}/officer_ref")));
    }
    let left: Vec<&&CaseFile> = held.iter().filter(|case| !taken.contains(&case.offender_ref)).collect();
    let seen = left.iter().filter(|case| in_hand.shows(case)).count();
    if seen > 0 {
        return refused(format!(
            "the officer holds {} cases on {from}, and nobody is named to take {seen} of them",
            held.iter().filter(|case| in_hand.shows(case)).count()
        ));
    }
    if !left.is_empty() {
        let detail =
            "the officer also holds cases that this token does not show; ask a detective inspector who may see them";
        return refused(detail.to_owned());
    }
    Ok(())
}
