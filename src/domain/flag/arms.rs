//! ARMS assessments that are missing or past their review.

use serde_json::json;

use super::{Case, Finding};
use crate::domain::offender::LeadAgency;

fn is_police_led_in_community(case: Case<'_>) -> bool {
    case.file.is_in_community(case.at) && case.file.offender.lead_agency == LeadAgency::Police
}

/// In the community, police lead, no current assessment. Where ARMS does not apply, one by another tool that was entered
/// here stands in its place until its review is overdue; the records system never sends one.
pub(super) fn no_arms_assessment(case: Case<'_>) -> Option<Finding> {
    let other = case.file.current_other_assessment(case.at);
    let stands = other.is_some_and(|it| !case.at.is_overdue(it.review_due(case.policy.arms_max_age_months)));
    (is_police_led_in_community(case) && case.file.current_assessment(case.at).is_none() && !stands)
        .then(|| Finding::of(json!({ "in_community_since": case.file.offender.in_community_from(case.at.today()) })))
}

/// In the community, police lead, the current assessment's review overdue.
pub(super) fn arms_review_overdue(case: Case<'_>) -> Option<Finding> {
    let assessment = case.file.current_assessment(case.at).filter(|_| is_police_led_in_community(case))?;
    let due = assessment.review_due(case.policy.arms_max_age_months);
    case.at.is_overdue(due).then(|| Finding::of(json!({ "assessed_on": assessment.assessed_on, "review_due_on": due })))
}
