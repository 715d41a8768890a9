//! What the service records of a force beside the records of its cases, gathered for the flags.

use super::actor::Role;
use crate::domain::flag::service::{ExpectedVisit, ServiceFacts, UnplacedVisit};
use crate::domain::visit_guess::SeenVisit;
use crate::planning::predictability::guessed_window;
use crate::planning::proposal::{Proposal, Unplaced};
use crate::planning::snapshot::DueRule;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::planned_visit::{PlannedVisitRow, force_visits};
use crate::store::{briefing, exchange, schedule};

/// All that the flags look at. A briefing counts as read when an officer of the neighbourhood did: who supervises cases
/// reads it to see what is told, and nobody is told by that.
///
/// # Errors
/// When the store fails, or an accepted proposal cannot be read.
pub fn load(connection: &mut AnyConnection, force: &str) -> Result<ServiceFacts, StoreError> {
    let (mut unplaced_visits, mut expected_visits) = (Vec::new(), Vec::new());
    for document in schedule::accepted_documents(connection, force)? {
        let proposal: Proposal = serde_json::from_str(&document)
            .map_err(|error| StoreError::Unreadable { what: "proposal", detail: error.to_string() })?;
        expected_visits.extend(expected(&proposal));
        unplaced_visits.extend(proposal.unplaced.iter().filter_map(|unplaced| unplaced_visit(&proposal, unplaced)));
    }
    let visits = force_visits(connection, force)?;
    Ok(ServiceFacts {
        planned_visits: visits.iter().map(PlannedVisitRow::visit).collect::<Result<_, _>>()?,
        unplaced_visits,
        expected_visits,
        briefings_read_at: briefing::last_read_at(connection, force, Role::NeighbourhoodOfficer.name())?,
        records_system: exchange::records_system(connection, force)?,
    })
}

/// The proposal's unannounced visits whose window had not passed when it was planned.
fn expected(proposal: &Proposal) -> impl Iterator<Item = ExpectedVisit> {
    let visits =
        proposal.visits.iter().filter(|visit| visit.unannounced && visit.window.latest >= proposal.horizon.from);
    visits.map(|visit| ExpectedVisit {
        team_ref: proposal.team_ref.clone(),
        offender_ref: visit.offender_ref.clone(),
        came: SeenVisit { date: visit.date, start: visit.start },
        window: guessed_window(visit),
        schedule_from: proposal.horizon.from,
        schedule_until: proposal.horizon.until,
    })
}

/// A visit that the proposal had no place for; nothing where it was none, but a plan that does not say how often to visit,
/// which is a flag of its own.
fn unplaced_visit(proposal: &Proposal, unplaced: &Unplaced) -> Option<UnplacedVisit> {
    let (window, why) = (unplaced.window?, unplaced.why.as_ref()?);
    let follows_a_planned_one = why.rule == DueRule::AfterPlannedVisit;
    Some(UnplacedVisit {
        proposal_id: proposal.id,
        team_ref: proposal.team_ref.clone(),
        offender_ref: unplaced.offender_ref.clone(),
        reason: unplaced.reason.as_str(),
        due_on: window.latest,
        follows: if follows_a_planned_one { Some(why.counted_from) } else { why.last_qualifying_visit_on },
    })
}
