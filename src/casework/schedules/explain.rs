//! Why the visits of a proposal are where they are, told from what is stored of it: so also of one that is years old.

use serde_json::json;
use uuid::Uuid;

use super::accept::{within_reach, without_hidden};
use super::{ScheduleError, note};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::explain::choice::{Choice, choices};
use crate::planning::proposal::PlannedVisit;
use crate::planning::snapshot::Snapshot;
use crate::store::Store;
use crate::store::schedule;
use crate::store::scope::Scope;

/// Which visits are to be explained; all where neither is given.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Those of this offender.
    pub offender_ref: Option<Ref>,
    /// Those of this day.
    pub date: Option<CivilDate>,
}

/// Why each visit of a proposal is made on its day, by its crew and at its hour, in the proposal's order.
///
/// # Errors
/// [`ScheduleError::NotFound`], [`ScheduleError::NotFinished`], or [`ScheduleError::NotExplained`] where the proposal does not
/// follow from what is stored with it; or the store fails.
pub fn explain(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    (id, asked): (Uuid, &Asked),
) -> Result<Vec<Choice>, ScheduleError> {
    let (snapshot, whole, shown) =
        within_reach(store, (clock, actor), scope, ("schedule.explain", id), |connection, read| {
            let whole = read.proposal.clone().ok_or(ScheduleError::NotFinished)?;
            let snapshot = schedule::snapshot(connection, &read.stored.snapshot_sha256)?;
            let shown = without_hidden(connection, scope, read)?.proposal.ok_or(ScheduleError::NotFinished)?;
            let asked_for = |visit: &&PlannedVisit| asked.is_of(&visit.offender_ref, visit.date);
            let named: Vec<&Ref> = shown.visits.iter().filter(asked_for).map(|visit| &visit.offender_ref).collect();
            let detail = json!({ "offenders": named, "date": asked.date });
            note(connection, (clock.now(), actor), "schedule.explain", &scope.force, id, detail)?;
            Ok((snapshot, whole, shown))
        })?;
    let snapshot: Snapshot = serde_json::from_str(&snapshot)?;
    let is_shown = |offender: &Ref, date: CivilDate| {
        asked.is_of(offender, date) && shown.visits.iter().any(|visit| visit.offender_ref == *offender)
    };
    choices(&snapshot, &whole, is_shown).ok_or(ScheduleError::NotExplained)
}

impl Asked {
    fn is_of(&self, offender: &Ref, date: CivilDate) -> bool {
        self.offender_ref.as_ref().is_none_or(|asked| asked == offender) && self.date.is_none_or(|asked| asked == date)
    }
}
