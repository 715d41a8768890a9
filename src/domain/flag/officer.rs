//! Officers: caseloads that are too large, courses that are missing.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Finding, FlagCode};
use crate::domain::case_file::ForceFile;
use crate::domain::moment::Moment;
use crate::domain::officer::{Course, Officer, OfficerRole};
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// Offenders in the community, counted by the officer they are currently allocated to.
pub(super) fn caseloads(force: &ForceFile, at: Moment) -> BTreeMap<&Ref, u32> {
    let mut caseloads = BTreeMap::new();
    for case in force.cases.values().filter(|case| case.is_in_community(at)) {
        let manager = case.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        if let Some(manager) = manager {
            *caseloads.entry(manager).or_default() += 1;
        }
    }
    caseloads
}

/// An offender manager in post with more offenders in the community than their limit, or than what
/// counts as high.
pub(super) fn caseload(officer: &Officer, held: u32, at: Moment, policy: &Policy) -> Option<(FlagCode, Finding)> {
    if officer.role != OfficerRole::OffenderManager || !officer.is_in_post(at.today()) {
        return None;
    }
    let limit = officer.max_caseload.unwrap_or(policy.caseload_limit);
    let code = if held > limit {
        FlagCode::CaseloadOverLimit
    } else if held > policy.caseload_high {
        FlagCode::CaseloadHigh
    } else {
        return None;
    };
    Some((code, Finding::of(json!({ "caseload": held, "limit": limit, "high_over": policy.caseload_high }))))
}

/// The courses that a post needs (HMICFRS, Dorset 2021: inspected officers lacked them).
pub(in crate::domain) const fn courses_needed(role: OfficerRole) -> &'static [Course] {
    match role {
        OfficerRole::OffenderManager => &[Course::VisorUser, Course::ArmsAssessor],
        OfficerRole::Supervisor => &[Course::VisorUser, Course::MosovoSupervisor],
        OfficerRole::DetectiveInspector => &[Course::MosovoSupervisor],
        OfficerRole::NeighbourhoodOfficer => &[],
    }
}

/// In post on D and lacking a course that the post needs, held on D.
pub(super) fn training_missing(officer: &Officer, at: Moment) -> Option<Finding> {
    let needed = courses_needed(officer.role);
    let missing: Vec<Course> = needed.iter().copied().filter(|course| !officer.holds(*course, at.today())).collect();
    (officer.is_in_post(at.today()) && !missing.is_empty()).then(|| Finding::of(json!({ "missing": missing })))
}
