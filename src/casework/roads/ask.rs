//! Giving snapshots their roads: the one place from which the road service is asked, outside of any transaction.

use serde_json::json;

use super::RoadService;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::note::note;
use crate::planning::road_matrix::places;
use crate::planning::snapshot::Snapshot;
use crate::planning::take::settle;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::road_service_approval;

/// Snapshots with their roads. Waits for the service, within its time limits; where it cannot be used the built-in travel model is.
/// That places went to a host outside of private networks goes on record, as a disclosure.
///
/// # Errors
/// When the store fails.
pub fn with_roads(
    store: &Store,
    (clock, actor): (Clock, &Actor),
    service: &RoadService,
    snapshots: Vec<Snapshot>,
) -> Result<Vec<Snapshot>, StoreError> {
    let Some(host) = service.host() else {
        return Ok(snapshots.into_iter().map(|snapshot| settle(snapshot, None)).collect());
    };
    let mut settled = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots {
        let (force, today) = (&snapshot.force, clock.moment().today());
        // Looked at anew for each, for it may be withdrawn meanwhile.
        let is_approved =
            store.transaction(|connection| road_service_approval::holds(connection, force, host, today))?;
        let places = places(&snapshot);
        let asked = service.roads(&snapshot.policy.travel, &places, is_approved);
        if asked.as_ref().is_some_and(|asked| asked.went_outside) {
            store.transaction_that_writes(|connection| {
                let detail = json!({ "host": host, "places": places.len() });
                let subject = Some(("team", snapshot.team_ref.as_str()));
                note(connection, (clock.now(), actor), "road_service.ask", (force, subject), detail)
            })?;
        }
        settled.push(settle(snapshot, asked.map(|asked| asked.roads)));
    }
    Ok(settled)
}
