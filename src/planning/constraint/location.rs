//! Location known: nobody is sent to a door that nobody can find.

use crate::domain::team::Location;
use crate::planning::snapshot::Demand;

/// Where the visit is made, where that is known.
#[must_use]
pub fn of(demand: &Demand) -> Option<Location> {
    demand.place.as_ref()?.location
}
