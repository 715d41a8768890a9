//! Reactive management: proposed by one person and decided by another, reviewed, answered for, ended. The tool shows
//! and suspends; it never decides.

use serde_json::{Value, json};

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::breaches::{has_happened, supervisor_or_above};
use super::record_act::{new_reference, on_record};
use crate::domain::arrest::Arrest;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::breach::BreachState;
use crate::domain::calendar::Instant;
use crate::domain::flag::Case;
use crate::domain::flag::criteria::{CriterionResult, Outcome, criteria};
use crate::domain::officer::OfficerRole;
use crate::domain::reactive_management::ReactiveManagement;
use crate::domain::reactive_records::{
    CriterionThen, PlacementDecision, ReactiveDecision, ReactiveOutcome, ReactivePlacement, ReactiveReview,
};
use crate::domain::reactive_suspension::{TriggerRef, suspension};
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

fn judged(in_hand: &CaseInHand<'_>) -> Vec<CriterionResult> {
    criteria(Case { file: in_hand.case, force: in_hand.force, at: in_hand.at, policy: in_hand.policy })
}

fn wrong_state(detail: &str) -> Refusal {
    Refusal::new(RefusalCode::WrongState, detail)
}

fn in_a_spell<'a>(in_hand: &CaseInHand<'a>) -> Result<&'a ReactiveManagement, Refusal> {
    let spell = in_hand.case.reactive_spell(in_hand.at);
    spell.ok_or_else(|| wrong_state("the offender is not in reactive management"))
}

fn inspector<'a>(in_hand: &'a CaseInHand<'_>) -> Result<&'a Ref, Refusal> {
    in_hand.acting_inspector("reactive management is a detective inspector's to decide")
}

/// Proposes to place an offender in reactive management; the criteria are kept as they stand.
///
/// # Errors
/// See [`ActError`].
pub fn propose(store: &Store, acting: &Acting<'_>, offender: &Ref, rationale: Words) -> Result<Written, ActError> {
    on_case(store, acting, "reactive_management.propose", offender, |in_hand| {
        let (proposed_by, _) = in_hand.acting_officer()?;
        if in_hand.case.reactive_spell(in_hand.at).is_some() {
            return Err(wrong_state("the offender is in reactive management already"));
        }
        if in_hand.case.records.reactive_placements.iter().any(|held| held.record.decision.is_none()) {
            return Err(wrong_state("a proposal for this offender waits for its decision"));
        }
        let placement = ReactivePlacement {
            offender_ref: offender.clone(),
            proposed_by: proposed_by.clone(),
            proposed_at: in_hand.at.now(),
            rationale: rationale.into(),
            criteria: judged(in_hand).into_iter().map(CriterionThen::from).collect(),
            decision: None,
        };
        Ok(vec![Draft::new(new_reference("placement")?, placement)])
    })
}

/// Approves or refuses a proposal: a detective inspector, and never the one who made it. Approving places the offender
/// in reactive management from today, and only while every criterion passes.
///
/// # Errors
/// See [`ActError`].
pub fn decide_placement(
    store: &Store,
    acting: &Acting<'_>,
    placement: &Ref,
    (approved, reason): (bool, Words),
    read: RecordTag,
) -> Result<Written, ActError> {
    let act = if approved { "reactive_management.approve" } else { "reactive_management.refuse" };
    on_record(store, acting, act, (RecordKind::ReactivePlacement, placement), |in_hand| {
        let decided_by = inspector(in_hand)?;
        let proposal = undecided(in_hand, placement)?;
        if proposal.record.proposed_by == *decided_by {
            let detail = "somebody else than who proposed it decides on a placement";
            return Err(Refusal::new(RefusalCode::OwnWork, detail));
        }
        let reason = String::from(reason);
        let decision = PlacementDecision {
            approved,
            decided_by: decided_by.clone(),
            decided_at: in_hand.at.now(),
            reason: reason.clone(),
        };
        let claimed = [("decision", json!(decision))];
        let kind = RecordKind::ReactivePlacement;
        let mut drafts = vec![Draft::claim(kind, placement.clone(), claimed, Basis::Read(read))];
        if approved {
            is_eligible(in_hand)?;
            let spell = ReactiveManagement {
                entered_on: in_hand.at.today(),
                left_on: None,
                approved_by: Some(decided_by.clone()),
                rationale: Some(reason),
                last_reviewed_on: None,
            };
            drafts.push(Draft::whole(in_hand.case.offender_ref.clone(), spell, Basis::Loaded));
        }
        Ok(drafts)
    })
}

fn undecided<'a>(in_hand: &CaseInHand<'a>, placement: &Ref) -> Result<&'a Held<ReactivePlacement>, Refusal> {
    let found = in_hand.case.records.reactive_placements.iter().find(|held| held.subject == *placement);
    let undecided = found.filter(|held| held.record.decision.is_none());
    undecided.ok_or_else(|| wrong_state("the proposal has been decided on"))
}

/// Every criterion passes today, no breach is suspected, and the offender is not in reactive management yet. What is
/// not known never lowers supervision.
fn is_eligible(in_hand: &CaseInHand<'_>) -> Result<(), Refusal> {
    if in_hand.case.reactive_spell(in_hand.at).is_some() {
        return Err(wrong_state("the offender is in reactive management already"));
    }
    let results = judged(in_hand);
    let mut unmet: Vec<&str> =
        results.iter().filter(|result| result.outcome != Outcome::Pass).map(|result| result.criterion).collect();
    if in_hand.case.breaches_in(BreachState::Suspected).next().is_some() {
        unmet.push("a suspected breach is undecided");
    }
    if unmet.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::NotEligible, format!("not met, or not known to be: {}", unmet.join(", "))))
}

/// A change of members of the offender's spell.
fn spell(in_hand: &CaseInHand<'_>, claimed: impl IntoIterator<Item = (&'static str, Value)>) -> Draft {
    Draft::claim(RecordKind::ReactiveManagement, in_hand.case.offender_ref.clone(), claimed, Basis::Loaded)
}

/// What an outcome does to the spell: looked at today, and left today where the offender is removed.
fn looked_at(in_hand: &CaseInHand<'_>, outcome: ReactiveOutcome) -> Draft {
    let today = json!(in_hand.at.today());
    let left = (outcome == ReactiveOutcome::Remove).then(|| ("left_on", today.clone()));
    spell(in_hand, [("last_reviewed_on", today)].into_iter().chain(left))
}

/// What a supervisor's desk review found.
#[derive(Debug, Clone)]
pub struct Reviewing {
    /// Whether the offender stays.
    pub outcome: ReactiveOutcome,
    /// What was checked.
    pub checks: Vec<Words>,
    /// Why.
    pub reason: Words,
}

/// Reviews reactive management at the desk. It answers no trigger: that is a detective inspector's.
///
/// # Errors
/// See [`ActError`].
pub fn review(store: &Store, acting: &Acting<'_>, offender: &Ref, reviewing: Reviewing) -> Result<Written, ActError> {
    on_case(store, acting, "reactive_management.review", offender, |in_hand| {
        let (reviewed_by, officer) = in_hand.acting_officer()?;
        if officer.role != OfficerRole::Supervisor {
            return Err(Refusal::new(RefusalCode::NotQualified, "the desk review is a supervisor's"));
        }
        in_a_spell(in_hand)?;
        if reviewing.checks.is_empty() {
            let detail = "a review says what was checked";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/checks"));
        }
        let review = ReactiveReview {
            offender_ref: offender.clone(),
            reviewed_by: reviewed_by.clone(),
            reviewed_on: in_hand.at.today(),
            outcome: reviewing.outcome,
            checks: reviewing.checks.into_iter().map(String::from).collect(),
            reason: reviewing.reason.into(),
        };
        Ok(vec![Draft::new(new_reference("review")?, review), looked_at(in_hand, reviewing.outcome)])
    })
}

/// Removes somebody from reactive management: a supervisor or a detective inspector, at any time.
///
/// # Errors
/// See [`ActError`].
pub fn remove(store: &Store, acting: &Acting<'_>, offender: &Ref, reason: Words) -> Result<Written, ActError> {
    on_case(store, acting, "reactive_management.remove", offender, |in_hand| {
        let decided_by = supervisor_or_above(in_hand, "removing somebody from reactive management")?;
        in_a_spell(in_hand)?;
        decision(in_hand, decided_by, ReactiveOutcome::Remove, Vec::new(), reason)
    })
}

fn decision(
    in_hand: &CaseInHand<'_>,
    decided_by: &Ref,
    outcome: ReactiveOutcome,
    answers: Vec<TriggerRef>,
    reason: Words,
) -> Result<Vec<Draft>, Refusal> {
    let decision = ReactiveDecision {
        offender_ref: in_hand.case.offender_ref.clone(),
        decided_by: decided_by.clone(),
        decided_at: in_hand.at.now(),
        outcome,
        answers,
        reason: reason.into(),
    };
    Ok(vec![Draft::new(new_reference("decision")?, decision), looked_at(in_hand, outcome)])
}

/// A decision on somebody whose reactive management is suspended.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// Whether they stay.
    pub outcome: ReactiveOutcome,
    /// The triggers that it answers.
    pub answers: Vec<TriggerRef>,
    /// Why.
    pub reason: Words,
}

/// Decides on somebody who is suspended. To retain answers the triggers that it names; while one is left the person
/// stays suspended.
///
/// # Errors
/// See [`ActError`].
pub fn decide(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    deciding: Deciding,
    bank_holidays: &BankHolidays,
) -> Result<Written, ActError> {
    on_case(store, acting, "reactive_management.decide", offender, |in_hand| {
        let decided_by = inspector(in_hand)?;
        in_a_spell(in_hand)?;
        let suspension = suspension(in_hand.case, in_hand.at, in_hand.policy, bank_holidays).ok_or_else(|| {
            wrong_state("reactive management is not suspended; a review, or a removal, needs no decision")
        })?;
        let is_open = |named: &TriggerRef| suspension.triggers.iter().any(|trigger| trigger.named == *named);
        if let Some(index) = deciding.answers.iter().position(|named| !is_open(named)) {
            let detail = "names no trigger that waits for an answer";
            return Err(Refusal::new(RefusalCode::UnknownReference, detail).at(format!("/answers/{index}")));
        }
        if deciding.outcome == ReactiveOutcome::Retain && deciding.answers.is_empty() {
            let detail = "to retain somebody names the triggers that it answers";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/answers"));
        }
        decision(in_hand, decided_by, deciding.outcome, deciding.answers, deciding.reason)
    })
}

/// Enters an arrest. Somebody in reactive management is suspended by it.
///
/// # Errors
/// See [`ActError`].
pub fn arrest(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    (arrested_at, detail): (Instant, Words),
) -> Result<Written, ActError> {
    on_case(store, acting, "arrest.enter", offender, |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        has_happened(in_hand, arrested_at, "/arrested_at")?;
        let arrest = Arrest {
            offender_ref: offender.clone(),
            arrested_at,
            detail: detail.into(),
            entered_by: entered_by.clone(),
        };
        Ok(vec![Draft::new(new_reference("arrest")?, arrest)])
    })
}
