//! Approving a drafted plan, or sending it back: a trained supervisor's or detective inspector's, and never on their own work.

use serde_json::json;

use super::draft::{is_draft, lengthens};
use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::officer::Course;
use crate::domain::plan_rules::{is_sound, says_why_it_lengthens, says_why_one_goes_alone, sends_one_alone};
use crate::domain::qualification;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::risk_management_plan::{Drafting, Returned, RiskManagementPlan};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Who acts may approve this draft.
fn approver<'a>(in_hand: &'a CaseInHand<'_>, drafting: &Drafting) -> Result<&'a Ref, Refusal> {
    let (approver, officer) = in_hand.acting_officer()?;
    let today = in_hand.at.today();
    qualification::supervises(officer, today)?;
    qualification::holds(officer, Course::MosovoSupervisor, today)?;
    qualification::is_not_own_work(approver, drafting.hands())?;
    Ok(approver)
}

/// Approves a draft that was read at a version: it is current from the day on which it takes effect, today where
/// that has passed. Where it sends one officer alone the approver says that they approve that as well.
///
/// # Errors
/// See [`ActError`].
pub fn approve(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (single_crew, read): (bool, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "risk_management_plan.approve", (RecordKind::RiskManagementPlan, subject), |in_hand| {
        let before = in_case(&in_hand.case.records.plans, subject)?;
        let drafting = is_draft(before)?;
        let approver = approver(in_hand, drafting)?;
        if drafting.returned.is_some() {
            let detail = "the draft was sent back and has not been edited since";
            return Err(Refusal::new(RefusalCode::WrongState, detail));
        }
        let today = in_hand.at.today();
        let mut plan = before.clone();
        plan.effective_from = plan.effective_from.max(today);
        takes_the_place_of_the_current(in_hand, &plan)?;
        is_sound(&plan)?;
        says_why_it_lengthens(&plan, lengthens(in_hand, &plan).as_ref())?;
        says_why_one_goes_alone(&plan)?;
        let mut claimed = vec![("approved_by", json!(approver)), ("approved_on", json!(today))];
        if sends_one_alone(&plan) {
            if !single_crew {
                let detail = "the plan sends one officer alone; say that you approve that too, or send it back";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/single_crew"));
            }
            if let Some(requirement) = &mut plan.visit_requirement {
                requirement.single_crew_approved_by = Some(approver.clone());
            }
            claimed.push(("visit_requirement", json!(plan.visit_requirement)));
        }
        if plan.effective_from != before.effective_from {
            claimed.push(("effective_from", json!(plan.effective_from)));
        }
        Ok(vec![Draft::claim(RecordKind::RiskManagementPlan, subject.clone(), claimed, Basis::Read(read))])
    })
}

/// A plan that takes effect before one that is approved already would never be the current one.
fn takes_the_place_of_the_current(in_hand: &CaseInHand<'_>, plan: &RiskManagementPlan) -> Result<(), Refusal> {
    let approved = in_hand.case.records.plans.iter().map(|held| &held.record).filter(|it| it.approved_on.is_some());
    let latest = approved.map(|approved| approved.effective_from).max();
    match latest.filter(|latest| *latest > plan.effective_from) {
        Some(latest) => {
            let detail = format!("a plan is approved that takes effect on {latest}; this one would never be current");
            Err(Refusal::new(RefusalCode::WrongState, detail))
        }
        None => Ok(()),
    }
}

/// Sends a draft back with a reason. It is edited before anybody can approve it.
///
/// # Errors
/// See [`ActError`].
pub fn reject(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (reason, read): (Words, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "risk_management_plan.reject", (RecordKind::RiskManagementPlan, subject), |in_hand| {
        let before = in_case(&in_hand.case.records.plans, subject)?;
        let mut drafting = is_draft(before)?.clone();
        let by = approver(in_hand, &drafting)?.clone();
        drafting.returned = Some(Returned { by, at: in_hand.at.now(), reason });
        let claimed = [("drafting", json!(drafting))];
        Ok(vec![Draft::claim(RecordKind::RiskManagementPlan, subject.clone(), claimed, Basis::Read(read))])
    })
}
