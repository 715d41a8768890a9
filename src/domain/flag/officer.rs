//! Officers: caseloads that are too large, courses that are missing.

use serde_json::json;

use super::{Finding, FlagCode};
use crate::domain::caseload::{Limits, LoadState};
use crate::domain::moment::Moment;
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::policy::Policy;

/// An offender manager in post with more offenders in the community than their limit, or than what
/// counts as high.
pub(super) fn caseload(officer: &Officer, held: u32, at: Moment, policy: &Policy) -> Option<(FlagCode, Finding)> {
    if officer.role != OfficerRole::OffenderManager || !officer.is_in_post(at.today()) {
        return None;
    }
    let Limits { limit, high_over } = Limits::of(officer, policy);
    let code = match Limits::of(officer, policy).state(held) {
        LoadState::OverLimit => FlagCode::CaseloadOverLimit,
        LoadState::High => FlagCode::CaseloadHigh,
        LoadState::WithinLimits => return None,
    };
    Some((code, Finding::of(json!({ "caseload": held, "limit": limit, "high_over": high_over }))))
}

/// In post on D and lacking a course that the post needs, held on D.
pub(super) fn training_missing(officer: &Officer, at: Moment) -> Option<Finding> {
    let missing = officer.courses_missing(at.today());
    (officer.is_in_post(at.today()) && !missing.is_empty()).then(|| Finding::of(json!({ "missing": missing })))
}
