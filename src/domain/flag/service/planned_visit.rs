//! Planned visits: those that can no longer be made as arranged, and those of which nobody has said what came of them.

use serde_json::json;

use super::super::Finding;
use crate::domain::calendar::plus_days;
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::moment::Moment;
use crate::domain::planned_visit::{PlannedVisit, doubts};
use crate::domain::policy::Policy;
use crate::domain::visit::Visit;

/// A visit from today on whose facts have changed since it was accepted. The reason is the first doubt.
pub(super) fn in_doubt(
    visit: &PlannedVisit,
    case: Option<&CaseFile>,
    force: &ForceFile,
    at: Moment,
) -> Option<Finding> {
    if visit.date < at.today() {
        return None;
    }
    let doubts = doubts(visit.arrangement(), case, &force.officers, at);
    let first = doubts.first()?;
    let evidence = json!({
        "visit_on": visit.date, "crew": visit.crew, "doubts": doubts, "schedule_id": visit.proposal_id,
    });
    Some(Finding { reason: Some(first.as_str()), evidence })
}

/// The day of a visit has passed, and no visit recorded here is its outcome, nor was any made at the offender's door that day.
pub(super) fn outcome_missing(
    visit: &PlannedVisit,
    case: Option<&CaseFile>,
    at: Moment,
    policy: &Policy,
) -> Option<Finding> {
    let due_on = plus_days(visit.date, policy.visit_outcome_grace_days);
    let is_its_outcome = |made: &Visit| {
        let is_linked = made.write_up.as_ref().is_some_and(|write_up| write_up.planned_visit_id == Some(visit.id));
        is_linked || (made.mode.is_at_the_door() && made.date() == visit.date)
    };
    let is_missing = at.is_overdue(due_on) && !case?.visits_made(at).any(is_its_outcome);
    is_missing.then(|| {
        Finding::of(json!({
            "visit_on": visit.date, "due_on": due_on, "crew": visit.crew, "schedule_id": visit.proposal_id,
        }))
    })
}
