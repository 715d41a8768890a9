//! `GET /v1/schedules/{id}/map.svg`, `/week.svg` and `/snapshot`: a proposal drawn, and what it was made from.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use crate::api::auth::act::ReadSchedules;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date_if_given;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::plot::{self, Plot};
use crate::domain::calendar::CivilDate;

/// Which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MapQuery {
    /// One day; all days planned where it is not given.
    #[param(value_type = Option<String>, format = Date)]
    #[serde(default, deserialize_with = "civil_date_if_given")]
    date: Option<CivilDate>,
}

/// Which week.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WeekQuery {
    /// A day of the week; the first day planned where it is not given.
    #[param(value_type = Option<String>, format = Date)]
    #[serde(default, deserialize_with = "civil_date_if_given")]
    week: Option<CivilDate>,
}

async fn drawn(
    service: &Service,
    permit: Permit<ReadSchedules>,
    id: Uuid,
    plot: Plot,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let svg = service
        .run(move |service| {
            let scope = person.case_scope();
            plot::plot(service.store(), service.clock(), &Actor::Person(person), &scope, id, plot)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

/// The map of a proposal as SVG: homes by risk, routes from the base and back, visits without a place. OFFICIAL-SENSITIVE.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, the day is not planned, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/map.svg", tag = "schedules", operation_id = "draw_schedule_map",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id"), MapQuery),
    responses(
        (status = 200, content_type = "image/svg+xml", body = String),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn map(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
    query: web::Query<MapQuery>,
) -> Result<HttpResponse, Problem> {
    drawn(&service, permit, *id, Plot::Map(query.date)).await
}

/// A week of a proposal as SVG: a row for each crew and day, with shifts, roads, visits and how late they are.
/// OFFICIAL-SENSITIVE.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, the week is not planned, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/week.svg", tag = "schedules", operation_id = "draw_schedule_week",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id"), WeekQuery),
    responses(
        (status = 200, content_type = "image/svg+xml", body = String),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn week(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
    query: web::Query<WeekQuery>,
) -> Result<HttpResponse, Problem> {
    drawn(&service, permit, *id, Plot::Week(query.week)).await
}

/// What a proposal was made from, byte for byte: planned again with its seed and iterations it gives the same proposal. Refused where it
/// holds cases that are out of the caller's reach. Its ETag is its SHA-256.
///
/// # Errors
/// When the caller may not, there is none in scope, it holds cases out of reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/snapshot", tag = "schedules", operation_id = "read_schedule_snapshot",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The proposal's id")),
    responses(
        (status = 200, body = Object, headers(("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn snapshot(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let (content, sha256) = service
        .run(move |service| {
            let scope = person.case_scope();
            plot::snapshot(service.store(), service.clock(), &Actor::Person(person), &scope, *id)
        })
        .await?;
    let tag = HeaderValue::from_str(&format!("\"{sha256}\"")).map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).content_type("application/json").body(content))
}
