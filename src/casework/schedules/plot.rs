//! Plots of a proposal, as its reader may see it; and what it was made from, for whoever may see all of it.

use serde_json::json;
use uuid::Uuid;

use super::accept::{out_of_reach, within_reach, without_hidden};
use super::{ScheduleError, note, note_refusal};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::CivilDate;
use crate::planning::plot::{map, week};
use crate::planning::snapshot::Snapshot;
use crate::store::Store;
use crate::store::schedule;
use crate::store::scope::Scope;

/// Which plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    /// The map of a day, or of all days.
    Map(Option<CivilDate>),
    /// The week of a day, or of the first day planned.
    Week(Option<CivilDate>),
}

/// A plot of a proposal, as SVG, without the cases that its reader may not see.
///
/// # Errors
/// [`ScheduleError::NotFound`], [`ScheduleError::NotFinished`] or [`ScheduleError::Plot`]; or the store fails.
pub fn plot(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
    plot: Plot,
) -> Result<String, ScheduleError> {
    let (snapshot, proposal) =
        within_reach(store, (clock, actor), scope, ("schedule.read", id), |connection, read| {
            let sha256 = read.stored.snapshot_sha256.clone();
            let proposal = without_hidden(connection, scope, read)?.proposal.ok_or(ScheduleError::NotFinished)?;
            let snapshot: Snapshot = serde_json::from_str(&schedule::snapshot(connection, &sha256)?)?;
            let drawn = match plot {
                Plot::Map(_) => "map",
                Plot::Week(_) => "week",
            };
            note(connection, (clock.now(), actor), "schedule.read", &scope.force, id, json!({ "plot": drawn }))?;
            Ok((snapshot, proposal))
        })?;
    Ok(match plot {
        Plot::Map(date) => map::map(&snapshot, &proposal, date)?,
        Plot::Week(of) => week::week(&snapshot, &proposal, &BankHolidays::built_in()?, of)?,
    })
}

/// What a proposal was made from, byte for byte, and its SHA-256. It cannot be given in part, for then it would lead to another proposal:
/// where the reader may not see every case in it, it is refused, and that is put on record.
///
/// # Errors
/// [`ScheduleError::NotFound`] or [`ScheduleError::HoldsHidden`]; or the store fails.
pub fn snapshot(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
) -> Result<(String, String), ScheduleError> {
    let act = "schedule.snapshot";
    let given = within_reach(store, (clock, actor), scope, (act, id), |connection, read| {
        let sha256 = read.stored.snapshot_sha256;
        let content = schedule::snapshot(connection, &sha256)?;
        let snapshot: Snapshot = serde_json::from_str(&content)?;
        let demands = snapshot.demands.iter().map(|demand| &demand.offender_ref);
        let accepted = snapshot.parent.iter().flat_map(|parent| &parent.visits).map(|visit| &visit.offender_ref);
        let offenders = demands.chain(&snapshot.without_requirement).chain(accepted);
        if out_of_reach(connection, scope, offenders)?.is_empty() {
            note(connection, (clock.now(), actor), act, &scope.force, id, json!({}))?;
            return Ok(Some((content, sha256)));
        }
        let subject = id.to_string();
        note_refusal(connection, (clock.now(), actor), &scope.force, (act, true), Some(("schedule", &subject)))?;
        Ok(None)
    })?;
    given.ok_or(ScheduleError::HoldsHidden)
}
