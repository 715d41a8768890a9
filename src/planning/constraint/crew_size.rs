//! Crew size: as many officers as the visit asks for. One alone only where the plan carries the
//! supervisor's approval (College of Policing APP, home visits: two personnel).

use crate::planning::snapshot::VisitNeeds;

/// The fewest officers of a crew without an approval. `[S]` APP by way of HMICFRS.
pub const CREW_WITHOUT_APPROVAL: usize = 2;

/// The fewest officers who may make the visit.
#[must_use]
pub fn least(needs: &VisitNeeds) -> usize {
    let asked = usize::try_from(needs.crew).unwrap_or(usize::MAX);
    if needs.single_crew_approved_by.is_some() { asked.max(1) } else { asked.max(CREW_WITHOUT_APPROVAL) }
}
