//! Visits that the accepted schedule has no place for: none is dropped silently.

use serde_json::json;

use super::super::Finding;
use super::UnplacedVisit;
use crate::domain::case_file::CaseFile;
use crate::domain::moment::Moment;
use crate::domain::reactive_suspension::is_left_unvisited;

/// The team's accepted schedule had no place for a visit, and it is still due: in the community, not in reactive management
/// (or suspended from it), and no qualifying visit made since. The reason is the proposal's.
pub(super) fn unscheduled(unplaced: &UnplacedVisit, case: &CaseFile, at: Moment) -> Option<Finding> {
    let is_its_team = case.offender.team_ref == unplaced.team_ref;
    let is_visited = case.is_in_community(at) && !is_left_unvisited(case, at);
    let last = case.last_qualifying_visit(at);
    let is_made = last.is_some_and(|last| unplaced.follows.is_none_or(|before| last.date() > before));
    (is_its_team && is_visited && !is_made).then(|| Finding {
        reason: Some(unplaced.reason),
        evidence: json!({ "due_on": unplaced.due_on, "schedule_id": unplaced.proposal_id }),
    })
}
