//! Risk management plans that are missing, late, silent about visits, or not acted on.

use serde_json::json;

use super::{Case, Finding};
use crate::domain::calendar::plus_days;
use crate::domain::risk_management_plan::RiskManagementPlan;

fn current_plan_in_community(case: Case<'_>) -> Option<&RiskManagementPlan> {
    case.file.current_plan(case.at).filter(|_| case.file.is_in_community(case.at))
}

/// In the community, no current plan, whichever agency leads.
pub(super) fn no_risk_management_plan(case: Case<'_>) -> Option<Finding> {
    (case.file.is_in_community(case.at) && case.file.current_plan(case.at).is_none())
        .then(|| Finding::of(json!({ "in_community_since": case.file.offender.in_community_from(case.at.today()) })))
}

/// In the community, the current plan's review overdue.
pub(super) fn plan_review_overdue(case: Case<'_>) -> Option<Finding> {
    let plan = current_plan_in_community(case)?;
    case.at.is_overdue(plan.review_on).then(|| Finding::of(json!({ "review_due_on": plan.review_on })))
}

/// In the community, the current plan in effect before the current assessment was made, and more
/// than the allowed days gone by since.
pub(super) fn plan_older_than_assessment(case: Case<'_>) -> Option<Finding> {
    let plan = current_plan_in_community(case)?;
    let assessed_on = case.file.current_assessment(case.at)?.assessed_on;
    let due = plus_days(assessed_on, case.policy.plan_lag_days);
    (plan.effective_from < assessed_on && case.at.is_overdue(due)).then(|| {
        Finding::of(json!({ "plan_effective_from": plan.effective_from, "assessed_on": assessed_on, "due_on": due }))
    })
}

/// In the community, not reactive, a current plan without a visit requirement.
pub(super) fn no_visit_requirement(case: Case<'_>) -> Option<Finding> {
    let plan = current_plan_in_community(case)?;
    (plan.visit_requirement.is_none() && case.file.reactive_spell(case.at).is_none())
        .then(|| Finding::of(json!({ "plan_effective_from": plan.effective_from })))
}

/// In the community, a current plan with no actions at all.
pub(super) fn no_plan_actions(case: Case<'_>) -> Option<Finding> {
    let plan = current_plan_in_community(case)?;
    plan.actions.is_empty().then(|| Finding::of(json!({ "plan_effective_from": plan.effective_from })))
}

/// In the community, an action of the current plan overdue and not completed by D.
pub(super) fn plan_action_overdue(case: Case<'_>) -> Option<Finding> {
    let overdue: Vec<_> = current_plan_in_community(case)?
        .actions_as_they_stand()
        .into_iter()
        .filter(|action| action.is_overdue(case.at.today()))
        .map(|action| json!({ "ref": action.reference, "due_on": action.due_on, "owner_ref": action.owner_ref }))
        .collect();
    (!overdue.is_empty()).then(|| Finding::of(json!({ "actions": overdue })))
}
