//! Asking for a forecast: what it is to be made from is read and kept, and changes that cannot be made are refused at once.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

pub use super::input::Days;
use super::input::input;
use super::{ForecastError, note, note_refusal};
use crate::casework::access::is_plain;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::planning::forecast::apply::apply;
use crate::planning::forecast::change::within_limits;
use crate::planning::forecast::{Asked, Input, Rules, TeamInput, steps};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current;
use crate::store::forecast::{self, NewForecast};
use crate::store::scope::Scope;

/// How many forecasts of a force may wait or be made at a time, and how many that one person asked for: each may take many
/// minutes of the processors. `[I]`
const MOST_OF_A_FORCE: i64 = 8;
const MOST_OF_ONE: i64 = 2;

/// Asks for a forecast of a team, or of every team in scope: keeps what it is to be made from, and gives its id.
///
/// # Errors
/// When as many are asked for already as may be, a change cannot be made, the days begin in the past or too far ahead, the team is not known or not in scope, or the
/// store fails.
pub fn request(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    team: Option<&Ref>,
    (days, asked): (Days, Asked),
) -> Result<Uuid, ForecastError> {
    within_limits(&asked.changes)?;
    // Read and tried outside of the transaction that writes: nobody who writes waits for it.
    let input = match store.transaction(|connection| input(connection, clock, scope, team, (days, asked))) {
        Err(ForecastError::TeamUnknown) => {
            store.transaction_that_writes(|connection| refuse(connection, (clock, actor), scope, team))?;
            return Err(ForecastError::TeamUnknown);
        }
        read => read?,
    };
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let rules = Rules { policy: policies.in_force(clock.moment().today())?, bank_holidays: &bank_holidays };
    apply(&mut as_seen(&input), &input.asked.changes, input.asked.seed, rules)?;
    let steps = i32::try_from(steps(&input, rules.policy)).unwrap_or(i32::MAX);
    store.transaction_that_writes(|connection| keep(connection, (clock, actor), scope, (&input, steps)))
}

fn refuse(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    scope: &Scope,
    team: Option<&Ref>,
) -> Result<(), ForecastError> {
    let is_there = match team {
        Some(team) => current::exists(connection, &scope.force, RecordKind::Team, team)?,
        None => false,
    };
    // What somebody made up goes on record only where it cannot be a name.
    let subject = team.filter(|team| is_there || is_plain(team)).map(|team| ("team", team.as_str()));
    Ok(note_refusal(connection, (clock.now(), actor), &scope.force, ("forecast.request", is_there), subject)?)
}

fn keep(
    connection: &mut AnyConnection,
    (clock, actor): (Clock, &Actor),
    scope: &Scope,
    (input, steps): (&Input, i32),
) -> Result<Uuid, ForecastError> {
    let by = actor.to_string();
    let (of_force, own) = forecast::unfinished_of(connection, &scope.force, &by)?;
    if of_force >= MOST_OF_A_FORCE || own >= MOST_OF_ONE {
        return Err(ForecastError::TooMany);
    }
    let teams: BTreeSet<Ref> = input.teams.iter().map(|team| team.snapshot.team_ref.clone()).collect();
    let id = Uuid::now_v7();
    let new = NewForecast {
        id,
        force: &scope.force,
        teams: &teams,
        offenders: &counted(input),
        input: &serde_json::to_string(input)?,
        steps,
        requested_at: clock.now(),
        requested_by: &by,
    };
    forecast::request(connection, &new)?;
    let Asked { seed, iterations, clear_backlog, staffing, .. } = &input.asked;
    let detail = json!({
        "team_refs": teams,
        "changes": input.asked.changes.len(),
        "clear_backlog": clear_backlog,
        "staffing": staffing,
        "seed": seed,
        "iterations": iterations,
    });
    note(connection, (clock.now(), actor), "forecast.request", &scope.force, id, detail)?;
    Ok(id)
}

/// The teams without the cases that are hidden from whoever asks: a change that names one of them is refused as one that
/// names nobody is.
fn as_seen(input: &Input) -> Vec<TeamInput> {
    let mut teams = input.teams.clone();
    for team in &mut teams {
        let hidden = &team.uncounted;
        team.snapshot.demands.retain(|demand| !hidden.contains(&demand.offender_ref));
        team.snapshot.without_requirement.retain(|offender| !hidden.contains(offender));
        team.later.retain(|demand| !hidden.contains(&demand.offender_ref));
        team.released.retain(|(_, demand)| !hidden.contains(&demand.offender_ref));
    }
    teams
}

/// The offenders whom a forecast counts.
fn counted(input: &Input) -> BTreeSet<Ref> {
    let of_team = |team: &TeamInput| -> Vec<Ref> {
        let due = team.snapshot.demands.iter().map(|demand| &demand.offender_ref);
        let later = team.later.iter().map(|demand| &demand.offender_ref);
        let released = team.released.iter().map(|(_, demand)| &demand.offender_ref);
        let all = due.chain(later).chain(released).chain(&team.snapshot.without_requirement);
        all.filter(|offender| !team.uncounted.contains(*offender)).cloned().collect()
    };
    input.teams.iter().flat_map(of_team).collect()
}
