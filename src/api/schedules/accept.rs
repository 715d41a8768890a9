//! `POST /v1/schedules/{id}/accept`: a named person makes a proposal the team's schedule.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::Schedule;
use crate::api::auth::act::AcceptSchedules;
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::accept;

/// Accepts a proposal, where the schedule that it follows is still the team's.
///
/// # Errors
/// When the caller may not, there is none in scope, the version sent is not the current one, the
/// parent is stale, or the service fails.
#[utoipa::path(
    post, path = "/v1/schedules/{id}/accept", tag = "schedules", operation_id = "accept_schedule",
    security(("bearer_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The proposal's id"),
        ("If-Match" = String, Header, description = "The ETag of the proposal as it was read"),
    ),
    responses(
        (status = 200, body = Schedule, headers(("ETag" = String))),
        (status = 409, description = "`stale_parent`, `already_accepted` or `not_finished`", body = ProblemDocument),
        (status = 412, description = "It has changed since it was read", body = ProblemDocument),
        (status = 428, description = "If-Match is missing", body = ProblemDocument),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn post(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<AcceptSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (person, version) = (permit.into_person(), version(&request)?);
    let accepted = service
        .run(move |service| {
            let scope = person.case_scope();
            accept::accept(service.store(), service.clock(), &Actor::Person(person), &scope, *id, Some(version))
        })
        .await?;
    let schedule = Schedule::of(accepted)?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, schedule.tag()?)).json(schedule))
}

/// The version that the caller read, from `If-Match: "VERSION"`.
fn version(request: &HttpRequest) -> Result<i32, Problem> {
    let sent = request.headers().get(header::IF_MATCH).ok_or_else(|| {
        Problem::new(ErrorCode::PRECONDITION_REQUIRED, "accepting asks for the version that was read")
    })?;
    let version = sent.to_str().ok().and_then(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    version.ok_or_else(|| Problem::new(ErrorCode::PRECONDITION_FAILED, "If-Match is no ETag of this proposal"))
}
