//! `GET /v1/schedules/{id}` and its parts: the visits, the visits without a place, the changes.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Schedule;
use crate::api::auth::act::ReadSchedules;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::accept::{self, ReadProposal};
use crate::planning::proposal::Proposal;

/// A part of a proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleRows {
    /// The rows, as in the proposal.
    #[schema(value_type = Vec<Object>)]
    items: Value,
}

impl ScheduleRows {
    /// The answer with these rows.
    pub(super) fn answer(rows: &impl Serialize) -> Result<HttpResponse, Problem> {
        let items = serde_json::to_value(rows).map_err(|error| Problem::internal(&error))?;
        Ok(HttpResponse::Ok().json(Self { items }))
    }
}

async fn proposal(service: &Service, permit: Permit<ReadSchedules>, id: Uuid) -> Result<ReadProposal, Problem> {
    let person = permit.into_person();
    service
        .run(move |service| {
            let scope = person.case_scope();
            accept::read(service.store(), service.clock(), &Actor::Person(person), &scope, id)
        })
        .await
}

/// A proposal as it stands. Its ETag is what accepting it asks for.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}", tag = "schedules", operation_id = "read_schedule", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id")),
    responses((status = 200, body = Schedule, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    Schedule::answer(&request, proposal(&service, permit, *id).await?)
}

async fn rows<T: Serialize>(
    service: &Service,
    permit: Permit<ReadSchedules>,
    id: Uuid,
    part: impl FnOnce(Proposal) -> T,
) -> Result<HttpResponse, Problem> {
    let proposal = proposal(service, permit, id).await?.proposal.ok_or(ScheduleError::NotFinished)?;
    ScheduleRows::answer(&part(proposal))
}

/// The visits of a proposal, by day, crew and time.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/visits", tag = "schedules", operation_id = "read_schedule_visits",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id")),
    responses((status = 200, body = ScheduleRows), (status = "4XX", body = ProblemDocument)),
)]
pub async fn visits(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    rows(&service, permit, *id, |proposal| proposal.visits).await
}

/// The visits that are due and have no place, each with its reason and the smallest change that would
/// give it one.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/unplaced", tag = "schedules", operation_id = "read_schedule_unplaced",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id")),
    responses((status = 200, body = ScheduleRows), (status = "4XX", body = ProblemDocument)),
)]
pub async fn unplaced(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    rows(&service, permit, *id, |proposal| proposal.unplaced).await
}

/// What a proposal changes against the schedule that the team has accepted now: `kept`, `added`,
/// `removed`, `moved`.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/diff", tag = "schedules", operation_id = "read_schedule_diff",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id")),
    responses((status = 200, body = Object), (status = "4XX", body = ProblemDocument)),
)]
pub async fn diff(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let diff = service
        .run(move |service| {
            let scope = person.case_scope();
            accept::compare(service.store(), service.clock(), &Actor::Person(person), &scope, *id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(diff))
}
