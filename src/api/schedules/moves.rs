//! `POST /v1/schedules/{id}/moves`: a person's own move of a planned visit, checked, made, and lifted again.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Schedule;
use crate::api::auth::act::MoveVisits;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::precondition::version_read;
use crate::api::service::Service;
use crate::casework::actor::{Actor, Person};
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::accept::ReadProposal;
use crate::casework::schedules::moving::Mover;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::domain::working_time::TimeOfDay;
use crate::planning::moving::Move;

/// Where a visit is put.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MoveTarget)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The day.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    date: CivilDate,
    /// When it begins, local time: `HH:MM`.
    #[schema(value_type = String)]
    start: TimeOfDay,
    /// Who goes, each once.
    #[schema(value_type = Vec<String>)]
    crew: Vec<Ref>,
}

/// Why a visit is kept against advice.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = KeepAgainstAdvice)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// In the person's words; it stays with the visit.
    #[schema(value_type = String)]
    reason: Words,
}

/// A planned visit, and where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Whom.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The day on which the visit is planned.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    from_date: CivilDate,
    /// Where to.
    to: Target,
    /// Where rules speak against it that a person may set aside: why it is made all the same. A check does not need it.
    #[serde(default)]
    keep_against_advice: Option<Keep>,
}

impl MoveRequest {
    fn asked(&self) -> Result<Move, Problem> {
        let Target { date, start, ref crew } = self.to;
        let mut crew = crew.clone();
        crew.sort();
        if crew.is_empty() || crew.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(Problem::new(ErrorCode::INVALID_BODY, "name each officer who goes once").at("/to/crew"));
        }
        Ok(Move { offender_ref: self.offender_ref.clone(), from_date: self.from_date, date, start, crew })
    }
}

/// A visit whose pin is lifted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftRequest {
    /// Whom.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The day.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    date: CivilDate,
}

/// Does something as a mover, away from the threads that answer.
async fn moving<T: Send + 'static>(
    service: &Service,
    person: Person,
    work: impl FnOnce(&Mover<'_>) -> Result<T, ScheduleError> + Send + 'static,
) -> Result<T, Problem> {
    service
        .run(move |service| {
            let (scope, actor) = (person.case_scope(), Actor::Person(person));
            work(&Mover { store: service.store(), clock: service.clock(), actor: &actor, scope: &scope })
        })
        .await
}

fn created(made: ReadProposal) -> Result<HttpResponse, Problem> {
    let location = format!("/v1/schedules/{}", made.stored.id);
    let tag = format!("\"{}\"", made.stored.version);
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, location)).insert_header((header::ETAG, tag));
    Ok(response.json(Schedule::of(made)?))
}

/// What a move would come to: the rules that speak against it (`broken`, each with whether a person may set it aside), the
/// schedule's `score` before and after, and the other visits that would change. Nothing is changed.
///
/// # Errors
/// When the caller may not, there is no such schedule or visit in scope, what it follows is stale, or the service fails.
#[utoipa::path(
    post, path = "/v1/schedules/{id}/moves/check", tag = "schedules", operation_id = "check_move",
    security(("bearer_token" = [])), request_body = MoveRequest,
    params(("id" = Uuid, Path, description = "The schedule's id")),
    responses((status = 200, body = Object), (status = "4XX", body = ProblemDocument)),
)]
pub async fn check(
    service: web::Data<Service>,
    permit: Permit<MoveVisits>,
    id: web::Path<Uuid>,
    body: web::Json<MoveRequest>,
) -> Result<HttpResponse, Problem> {
    let asked = body.asked()?;
    let advice = moving(&service, permit.into_person(), move |mover| mover.check(*id, &asked)).await?;
    Ok(HttpResponse::Ok().json(advice))
}

/// Moves a planned visit and pins it: a new proposal, which follows the same accepted schedule and is accepted as any other.
///
/// # Errors
/// When the caller may not, there is no such schedule or visit in scope, rules speak against it, the version sent is not the
/// current one, what the schedule follows is stale, or the service fails.
#[utoipa::path(
    post, path = "/v1/schedules/{id}/moves", tag = "schedules", operation_id = "move_visit",
    security(("bearer_token" = [])), request_body = MoveRequest,
    params(
        ("id" = Uuid, Path, description = "The schedule's id"),
        ("If-Match" = String, Header, description = "The ETag of the schedule as it was read"),
    ),
    responses(
        (status = 201, body = Schedule, headers(("Location" = String), ("ETag" = String))),
        (status = 409, description = "`advised_against`, `move_refused`, `stale_parent` or `not_finished`", body = ProblemDocument),
        (status = 412, description = "It has changed since it was read", body = ProblemDocument),
        (status = 428, description = "If-Match is missing", body = ProblemDocument),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn make(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<MoveVisits>,
    id: web::Path<Uuid>,
    body: web::Json<MoveRequest>,
) -> Result<HttpResponse, Problem> {
    let (version, asked) = (version_read(&request)?, body.asked()?);
    let keep = body.into_inner().keep_against_advice.map(|keep| keep.reason);
    let made = moving(&service, permit.into_person(), move |mover| mover.make((*id, version), &asked, keep)).await?;
    created(made)
}

/// Lifts the pin of a visit: a new proposal, in which it stays where it is if no rule speaks against it, and is planned anew
/// otherwise.
///
/// # Errors
/// When the caller may not, there is no such schedule or visit in scope, nobody pinned it, the version sent is not the current
/// one, what the schedule follows is stale, or the service fails.
#[utoipa::path(
    post, path = "/v1/schedules/{id}/lift-pin", tag = "schedules", operation_id = "lift_pin",
    security(("bearer_token" = [])), request_body = LiftRequest,
    params(
        ("id" = Uuid, Path, description = "The schedule's id"),
        ("If-Match" = String, Header, description = "The ETag of the schedule as it was read"),
    ),
    responses(
        (status = 201, body = Schedule, headers(("Location" = String), ("ETag" = String))),
        (status = 409, description = "`wrong_state`: nobody pinned it; `stale_parent` or `not_finished`", body = ProblemDocument),
        (status = 412, description = "It has changed since it was read", body = ProblemDocument),
        (status = 428, description = "If-Match is missing", body = ProblemDocument),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn lift(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<MoveVisits>,
    id: web::Path<Uuid>,
    body: web::Json<LiftRequest>,
) -> Result<HttpResponse, Problem> {
    let version = version_read(&request)?;
    let LiftRequest { offender_ref, date } = body.into_inner();
    let made =
        moving(&service, permit.into_person(), move |mover| mover.lift((*id, version), &offender_ref, date)).await?;
    created(made)
}
