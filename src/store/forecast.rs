//! Forecasts: what each is made from, how far it is, what came of it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::limited_access;
use super::schema::forecast;
use super::scope::Scope;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;

/// Where a forecast stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecastState {
    /// Asked for; nobody is at it.
    Waiting,
    /// Somebody holds its lease, or did until it ran out.
    Running,
    /// It is made.
    Done,
    /// It could not be made.
    Failed,
}

impl ForecastState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// The state as it is stored and written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn stored(text: &str) -> Result<Self, StoreError> {
        let unknown = || StoreError::Unreadable { what: "forecast state", detail: "unknown".to_owned() };
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(unknown)
    }
}

/// A forecast asked for.
#[derive(Debug, Clone)]
pub struct NewForecast<'a> {
    /// Its id.
    pub id: Uuid,
    /// The force.
    pub force: &'a str,
    /// The teams.
    pub teams: &'a BTreeSet<Ref>,
    /// The offenders whom it counts.
    pub offenders: &'a BTreeSet<Ref>,
    /// What it is to be made from, byte for byte.
    pub input: &'a str,
    /// In how many steps.
    pub steps: i32,
    /// When.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: &'a str,
}

/// A forecast as it is stored.
#[derive(Debug, Clone)]
pub struct StoredForecast {
    /// Its id.
    pub id: Uuid,
    /// The teams.
    pub teams: Vec<Ref>,
    /// Where it stands.
    pub state: ForecastState,
    /// Steps done.
    pub steps_done: i32,
    /// Steps in all.
    pub steps: i32,
    /// What came of it, byte for byte.
    pub result: Option<String>,
    /// Why it could not be made: a stable code.
    pub error_code: Option<String>,
    /// When it was asked for.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: String,
    /// Counts its changes.
    pub version: i32,
}

/// Keeps a forecast that was asked for.
///
/// # Errors
/// When the statement fails.
pub fn request(connection: &mut AnyConnection, new: &NewForecast<'_>) -> Result<(), StoreError> {
    let row = (
        forecast::id.eq(DbId(new.id)),
        forecast::force.eq(new.force),
        forecast::team_refs.eq(DbJson(json!(new.teams))),
        forecast::offender_refs.eq(DbJson(json!(new.offenders))),
        forecast::input.eq(new.input),
        forecast::state.eq(ForecastState::Waiting.as_str()),
        forecast::steps_done.eq(0),
        forecast::steps.eq(new.steps),
        forecast::attempt.eq(0),
        forecast::requested_at.eq(DbInstant::from(new.requested_at)),
        forecast::requested_by.eq(new.requested_by),
        forecast::version.eq(1),
    );
    diesel::insert_into(forecast::table).values(row).execute(connection)?;
    Ok(())
}

type Row = (DbId, DbJson, DbJson, String, i32, i32, Option<String>, Option<String>, DbInstant, String, i32);

/// A forecast, where all its teams are in scope and no case that it counts is hidden from the reader: figures that count a
/// case tell of it.
///
/// # Errors
/// When a statement fails.
pub fn forecast(connection: &mut AnyConnection, scope: &Scope, id: Uuid) -> Result<Option<StoredForecast>, StoreError> {
    let row: Option<Row> = forecast::table
        .filter(forecast::id.eq(DbId(id)))
        .filter(forecast::force.eq(scope.force.clone()))
        .select((
            forecast::id,
            forecast::team_refs,
            forecast::offender_refs,
            forecast::state,
            forecast::steps_done,
            forecast::steps,
            forecast::result,
            forecast::error_code,
            forecast::requested_at,
            forecast::requested_by,
            forecast::version,
        ))
        .first(connection)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let (DbId(id), teams, offenders, state, steps_done, steps, result, error_code, at, requested_by, version) = row;
    let (teams, offenders) = (refs(teams)?, refs(offenders)?);
    let hidden = limited_access::hidden(connection, scope)?.unwrap_or_default();
    let tells_of_hidden = offenders.iter().any(|offender| hidden.iter().any(|hidden| hidden == offender.as_str()));
    if tells_of_hidden || !teams.iter().all(|team| scope.covers(team)) {
        return Ok(None);
    }
    Ok(Some(StoredForecast {
        id,
        teams,
        state: ForecastState::stored(&state)?,
        steps_done,
        steps,
        result,
        error_code,
        requested_at: at.get(),
        requested_by,
        version,
    }))
}

fn refs(DbJson(stored): DbJson) -> Result<Vec<Ref>, StoreError> {
    serde_json::from_value(stored)
        .map_err(|error| StoreError::Unreadable { what: "forecast", detail: error.to_string() })
}

/// How many forecasts of a force are waiting or being made, and how many of these somebody asked for.
///
/// # Errors
/// When a statement fails.
pub fn unfinished_of(connection: &mut AnyConnection, force: &str, by: &str) -> Result<(i64, i64), StoreError> {
    let unfinished = || {
        let states = [ForecastState::Waiting.as_str(), ForecastState::Running.as_str()];
        forecast::table.filter(forecast::force.eq(force.to_owned())).filter(forecast::state.eq_any(states))
    };
    let all = unfinished().count().get_result(connection)?;
    let own = unfinished().filter(forecast::requested_by.eq(by)).count().get_result(connection)?;
    Ok((all, own))
}

/// True when a force has a forecast of that id, in anybody's scope.
///
/// # Errors
/// When the statement fails.
pub fn exists(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<bool, StoreError> {
    let found = forecast::table
        .filter(forecast::id.eq(DbId(id)))
        .filter(forecast::force.eq(force))
        .count()
        .get_result::<i64>(connection)?;
    Ok(found > 0)
}

/// The forecasts that nobody is at: asked for before an instant and not begun, or begun by somebody whose lease has run
/// out. Oldest first.
///
/// # Errors
/// When the statement fails.
pub fn unfinished(connection: &mut AnyConnection, before: Instant, now: Instant) -> Result<Vec<Uuid>, StoreError> {
    let waiting =
        forecast::state.eq(ForecastState::Waiting.as_str()).and(forecast::requested_at.lt(DbInstant::from(before)));
    let abandoned = forecast::state
        .eq(ForecastState::Running.as_str())
        .and(forecast::lease_until.assume_not_null().lt(DbInstant::from(now)));
    let ids: Vec<DbId> = forecast::table
        .filter(waiting.or(abandoned))
        .order((forecast::requested_at, forecast::id))
        .select(forecast::id)
        .load(connection)?;
    Ok(ids.into_iter().map(|DbId(id)| id).collect())
}

/// Leases a forecast to an owner, where nobody is at it: gives its force and what it is to be made from, and how many times
/// it has been begun with this one.
///
/// # Errors
/// When a statement fails.
pub fn lease(
    connection: &mut AnyConnection,
    id: Uuid,
    owner: &str,
    (now, until): (Instant, Instant),
) -> Result<Option<(String, String, i32)>, StoreError> {
    let free = forecast::state.eq(ForecastState::Waiting.as_str()).or(forecast::state
        .eq(ForecastState::Running.as_str())
        .and(forecast::lease_until.assume_not_null().lt(DbInstant::from(now))));
    let leased = diesel::update(forecast::table.filter(forecast::id.eq(DbId(id))).filter(free))
        .set((
            forecast::state.eq(ForecastState::Running.as_str()),
            forecast::owner.eq(Some(owner)),
            forecast::lease_until.eq(Some(DbInstant::from(until))),
            forecast::steps_done.eq(0),
            forecast::attempt.eq(forecast::attempt + 1),
            forecast::version.eq(forecast::version + 1),
        ))
        .execute(connection)?;
    if leased == 0 {
        return Ok(None);
    }
    let leased = forecast::table
        .filter(forecast::id.eq(DbId(id)))
        .select((forecast::force, forecast::input, forecast::attempt))
        .first(connection)?;
    Ok(Some(leased))
}

/// Renews the lease of a forecast. False where the owner has lost it.
///
/// # Errors
/// When the statement fails.
pub fn renew(connection: &mut AnyConnection, (id, owner): (Uuid, &str), until: Instant) -> Result<bool, StoreError> {
    let row = forecast::table
        .filter(forecast::id.eq(DbId(id)))
        .filter(forecast::state.eq(ForecastState::Running.as_str()))
        .filter(forecast::owner.eq(owner));
    let renewed =
        diesel::update(row).set(forecast::lease_until.eq(Some(DbInstant::from(until)))).execute(connection)?;
    Ok(renewed == 1)
}

/// Says how far a forecast is, and renews its lease. False where the owner has lost it, or has said already that it is as far.
///
/// # Errors
/// When the statement fails.
pub fn tell(
    connection: &mut AnyConnection,
    (id, owner): (Uuid, &str),
    steps_done: i32,
    until: Instant,
) -> Result<bool, StoreError> {
    let told = diesel::update(
        forecast::table
            .filter(forecast::id.eq(DbId(id)))
            .filter(forecast::state.eq(ForecastState::Running.as_str()))
            .filter(forecast::owner.eq(owner))
            .filter(forecast::steps_done.lt(steps_done)),
    )
    .set((
        forecast::steps_done.eq(steps_done),
        forecast::lease_until.eq(Some(DbInstant::from(until))),
        forecast::version.eq(forecast::version + 1),
    ))
    .execute(connection)?;
    Ok(told == 1)
}

/// Keeps what came of a forecast, or the code of why nothing did. False where the owner has lost it.
///
/// # Errors
/// When the statement fails.
pub fn finish(
    connection: &mut AnyConnection,
    (id, owner): (Uuid, &str),
    outcome: Result<&str, &str>,
) -> Result<bool, StoreError> {
    let state = if outcome.is_ok() { ForecastState::Done } else { ForecastState::Failed };
    let row = forecast::table
        .filter(forecast::id.eq(DbId(id)))
        .filter(forecast::state.eq(ForecastState::Running.as_str()))
        .filter(forecast::owner.eq(owner));
    let finished = diesel::update(row)
        .set((
            forecast::state.eq(state.as_str()),
            forecast::result.eq(outcome.ok()),
            forecast::error_code.eq(outcome.err()),
            forecast::lease_until.eq(None::<DbInstant>),
            forecast::version.eq(forecast::version + 1),
        ))
        .execute(connection)?;
    if finished == 1 && outcome.is_ok() {
        let all = diesel::update(forecast::table.filter(forecast::id.eq(DbId(id))));
        all.set(forecast::steps_done.eq(forecast::steps)).execute(connection)?;
    }
    Ok(finished == 1)
}

/// Lets a forecast that could not be made be begun again later.
///
/// # Errors
/// When the statement fails.
pub fn leave(connection: &mut AnyConnection, (id, owner): (Uuid, &str)) -> Result<bool, StoreError> {
    let left = diesel::update(
        forecast::table
            .filter(forecast::id.eq(DbId(id)))
            .filter(forecast::state.eq(ForecastState::Running.as_str()))
            .filter(forecast::owner.eq(owner)),
    )
    .set((
        forecast::state.eq(ForecastState::Waiting.as_str()),
        forecast::lease_until.eq(None::<DbInstant>),
        forecast::version.eq(forecast::version + 1),
    ))
    .execute(connection)?;
    Ok(left == 1)
}
