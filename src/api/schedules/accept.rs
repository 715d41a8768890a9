//! `POST /v1/schedules/{id}/accept`: a named person makes a proposal the team's schedule.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::Schedule;
use crate::api::auth::act::AcceptSchedules;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::version_read;
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
    let (person, version) = (permit.into_person(), version_read(&request)?);
    let accepted = service
        .run(move |service| {
            let scope = person.case_scope();
            accept::accept(service.store(), service.clock(), &Actor::Person(person), &scope, *id, Some(version))
        })
        .await?;
    Schedule::answer(&request, accepted)
}
