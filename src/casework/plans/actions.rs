//! Carrying out a plan's actions: completed with evidence, checked by a supervisor, deferred with a reason.

use serde_json::json;

use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::calendar::CivilDate;
use crate::domain::plan_action::{ActionDeed, ActionEntry, StandingAction, of_approved_plan};
use crate::domain::qualification;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::domain::words::Words;
use crate::store::Store;

/// An action of a plan.
#[derive(Debug, Clone)]
pub struct ActionOf {
    /// The plan.
    pub plan: Ref,
    /// The action within it.
    pub action: Ref,
}

/// Does something about an action, which the rule allows as it stands.
fn about(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    of: &ActionOf,
    decide: impl FnOnce(&CaseInHand<'_>, &StandingAction, &Ref) -> Result<ActionDeed, Refusal>,
) -> Result<Written, ActError> {
    on_record(store, acting, act, (RecordKind::RiskManagementPlan, &of.plan), |in_hand| {
        let (by, _) = in_hand.acting_officer()?;
        let plan = in_case(&in_hand.case.records.plans, &of.plan)?;
        let standing = of_approved_plan(plan, &of.action, in_hand.at)?;
        let deed = decide(in_hand, &standing, by)?;
        let mut progress = plan.action_progress.clone();
        progress.push(ActionEntry { action_ref: of.action.clone(), by: by.clone(), at: in_hand.at.now(), deed });
        let claimed = [("action_progress", json!(progress))];
        Ok(vec![Draft::claim(RecordKind::RiskManagementPlan, of.plan.clone(), claimed, Basis::Loaded)])
    })
}

/// Completes an action: its owner's, or the case's manager's.
///
/// # Errors
/// See [`ActError`].
pub fn complete(
    store: &Store,
    acting: &Acting<'_>,
    of: &ActionOf,
    (on, evidence): (CivilDate, Words),
) -> Result<Written, ActError> {
    about(store, acting, "plan_action.complete", of, |in_hand, standing, by| {
        let allocation = in_hand.case.current_allocation(in_hand.at);
        let manager = allocation.and_then(|allocation| allocation.officer_ref.as_ref());
        standing.may_be_completed(by, manager, on, in_hand.at)?;
        Ok(ActionDeed::Completed { on, evidence })
    })
}

/// A supervisor checks a completion: it stands, or is sent back with a reason.
///
/// # Errors
/// See [`ActError`].
pub fn check(store: &Store, acting: &Acting<'_>, of: &ActionOf, sent_back: Option<Words>) -> Result<Written, ActError> {
    about(store, acting, "plan_action.check", of, |in_hand, standing, by| {
        let (_, officer) = in_hand.acting_officer()?;
        qualification::supervises(officer, in_hand.at.today())?;
        standing.may_be_checked(by)?;
        Ok(sent_back.map_or(ActionDeed::Confirmed, |reason| ActionDeed::SentBack { reason }))
    })
}

/// A supervisor gives an action another due date, with a reason.
///
/// # Errors
/// See [`ActError`].
pub fn defer(
    store: &Store,
    acting: &Acting<'_>,
    of: &ActionOf,
    (until, reason): (CivilDate, Words),
) -> Result<Written, ActError> {
    about(store, acting, "plan_action.defer", of, |in_hand, standing, by| {
        let (_, officer) = in_hand.acting_officer()?;
        qualification::supervises(officer, in_hand.at.today())?;
        standing.may_be_deferred(by, until, in_hand.at)?;
        Ok(ActionDeed::Deferred { until, reason })
    })
}
