//! Forecasts: `POST /v1/forecasts` asks for one, which is made after the answer; `GET /v1/forecasts/{id}` reads it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::Instrument as _;
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::act::{AskForecasts, ReadForecasts};
use super::auth::permit::Permit;
use super::dates::civil_date_if_given;
use super::error::{ErrorCode, Problem, ProblemDocument};
use super::precondition::versioned;
use super::service::Service;
use crate::casework::actor::Actor;
use crate::casework::forecasts::ask::{Days, request};
use crate::casework::forecasts::make::make;
use crate::casework::forecasts::read::{self as reading, ReadForecast};
use crate::casework::forecasts::{ForecastError, MAX_WEEKS};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::reference::Ref;
use crate::planning::forecast::change::Change;
use crate::planning::forecast::{Asked, DEFAULT_ITERATIONS};

/// The largest budget of a plan that may be asked for over HTTP, in iterations: a forecast makes many plans.
const MAX_ITERATIONS: u32 = 20_000;

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastRequest {
    /// The team; every team in the caller's scope where it is left out.
    #[schema(value_type = Option<String>)]
    team_ref: Option<Ref>,
    /// First day; tomorrow where it is left out.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default, deserialize_with = "civil_date_if_given")]
    from: Option<CivilDate>,
    /// How many weeks, 1 to 13; 13 where it is left out.
    weeks: Option<u32>,
    /// What might be, one after the other, each with its `change`: `absent`, `vacancy_filled`, `leaves`, `lent`, `releases`,
    /// `released`, `level`. docs/FORECAST.md has their members.
    #[schema(value_type = Vec<Object>)]
    #[serde(default)]
    changes: Vec<Change>,
    /// Looks for the moves that clear the backlog.
    #[serde(default)]
    clear_backlog: bool,
    /// Looks for how many officers it takes.
    #[serde(default)]
    staffing: bool,
    /// What all chance is drawn from, 0 to 2⁶³ − 1; drawn at random where it is not given, and told with what comes of it.
    seed: Option<u64>,
    /// The budget of each plan, at most 20,000.
    iterations: Option<u32>,
}

/// A forecast that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcceptedForecast)]
pub struct Accepted {
    /// Its id.
    id: Uuid,
    /// `waiting`: read it at the Location to see how far it is.
    state: &'static str,
}

/// How far a forecast is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// Steps done.
    done: i32,
    /// Steps in all.
    of: i32,
}

/// A forecast as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Forecast)]
pub struct ForecastView {
    /// Its id.
    id: Uuid,
    /// `waiting`, `running`, `done` or `failed`.
    state: &'static str,
    /// How far it is.
    progress: Progress,
    /// The teams.
    team_refs: Vec<String>,
    /// When it was asked for.
    requested_at: String,
    /// By whom.
    requested_by: String,
    /// Why it could not be made.
    error_code: Option<String>,
    /// What came of it, once it is done: `horizon`, `policy_version`, `asked`, `teams`. docs/FORECAST.md says what they say.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
}

impl From<ReadForecast> for ForecastView {
    fn from(read: ReadForecast) -> Self {
        let ReadForecast { stored, result } = read;
        Self {
            id: stored.id,
            state: stored.state.as_str(),
            progress: Progress { done: stored.steps_done, of: stored.steps },
            team_refs: stored.teams.iter().map(ToString::to_string).collect(),
            requested_at: stored.requested_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            requested_by: stored.requested_by,
            error_code: stored.error_code,
            result,
        }
    }
}

impl From<ForecastError> for Problem {
    fn from(error: ForecastError) -> Self {
        match error {
            ForecastError::Store(error) => error.into(),
            ForecastError::NotFound => Self::not_found(),
            ForecastError::TeamUnknown => Self::not_found().at("/team_ref"),
            ForecastError::InThePast | ForecastError::TooFarAhead => {
                Self::new(ErrorCode::INVALID_BODY, error.to_string()).at("/from")
            }
            ForecastError::TooMany => Self::new(ErrorCode::TOO_MANY_FORECASTS, "nothing was asked for"),
            ForecastError::Refused(refusal) => refusal.into(),
            ForecastError::Policy(_)
            | ForecastError::BankHolidays(_)
            | ForecastError::Json(_)
            | ForecastError::Unmade(_) => Self::internal(&error),
        }
    }
}

impl ForecastRequest {
    fn asked(self, today: CivilDate) -> Result<(Option<Ref>, Days, Asked), Problem> {
        let wrong = |pointer: &str, detail: String| Err(Problem::new(ErrorCode::INVALID_BODY, detail).at(pointer));
        let weeks = self.weeks.unwrap_or(MAX_WEEKS);
        let iterations = self.iterations.unwrap_or(DEFAULT_ITERATIONS);
        let seed = self.seed.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1 >> 2);
        if weeks == 0 || weeks > MAX_WEEKS {
            return wrong("/weeks", format!("weeks must be 1 to {MAX_WEEKS}"));
        }
        if iterations > MAX_ITERATIONS {
            return wrong("/iterations", format!("iterations must be at most {MAX_ITERATIONS}"));
        }
        if i64::try_from(seed).is_err() {
            return wrong("/seed", format!("the seed must be at most {}", i64::MAX));
        }
        let days = Days { from: self.from.unwrap_or_else(|| plus_days(today, 1)), weeks };
        let Self { changes, clear_backlog, staffing, .. } = self;
        Ok((self.team_ref, days, Asked { changes, clear_backlog, staffing, seed, iterations }))
    }
}

/// Asks what the weeks to come bring a team, or every team in scope. The answer comes at once; the forecast is made after
/// it.
///
/// # Errors
/// When the caller may not, the team is not in scope, a change cannot be made, the body is wrong, or the service fails.
#[utoipa::path(
    post, path = "/v1/forecasts", tag = "forecasts", operation_id = "ask_forecast", security(("bearer_token" = [])),
    request_body = ForecastRequest,
    responses((status = 202, body = Accepted, headers(("Location" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn ask(
    service: web::Data<Service>,
    permit: Permit<AskForecasts>,
    body: web::Json<ForecastRequest>,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let (team, days, asked) = body.into_inner().asked(service.clock().moment().today())?;
    let actor = Actor::Person(person.clone());
    let asking = actor.clone();
    let id = service
        .run(move |service| {
            let scope = person.case_scope();
            request(service.store(), service.clock(), &asking, &scope, team.as_ref(), (days, asked))
        })
        .await?;
    actix_web::rt::spawn(finish(service, actor, id).instrument(tracing::Span::current()));
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/v1/forecasts/{id}")))
        .json(Accepted { id, state: "waiting" }))
}

/// Makes what was asked for. Where this fails, or the process ends, the service's own job takes it up again.
async fn finish(service: web::Data<Service>, actor: Actor, id: Uuid) {
    let work = move |service: &Service| make(service.store(), service.clock(), &actor, id, &|_, _| {}).map(drop);
    if service.run(work).await.is_err() {
        tracing::warn!("a forecast could not be made; it is tried again later");
    }
}

/// A forecast as it stands: how far it is, and once it is made what it says.
///
/// # Errors
/// When the caller may not, there is none within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/forecasts/{id}", tag = "forecasts", operation_id = "read_forecast", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The forecast's id")),
    responses(
        (status = 200, body = ForecastView, headers(("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadForecasts>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let found = service
        .run(move |service| {
            let scope = person.case_scope();
            reading::read(service.store(), service.clock(), &Actor::Person(person), &scope, *id)
        })
        .await?;
    let version = found.stored.version;
    versioned(&request, &ForecastView::from(found), version)
}
