//! Is it alive, can it answer, what has it counted.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ErrorCode, Problem};
use super::service::Service;
use crate::store::Store;
use crate::store::error::StoreError;

/// That the process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// What does not stop the service and needs somebody to look at it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl Health {
    const fn ok() -> Self {
        Self { status: "ok", warnings: Vec::new() }
    }
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, body = Health)))]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(Health::ok())
}

/// Requests can be answered: the database is there and up to date. `warnings` says where the audit's signed
/// heads are not, and where the road service cannot be used: that stops no request.
///
/// # Errors
/// `not_ready`, with the reason.
#[utoipa::path(
    get, path = "/readyz", tag = "service",
    responses((status = 200, body = Health), (status = 503, description = "With the reason")),
)]
pub async fn ready(service: web::Data<Service>) -> Result<HttpResponse, Problem> {
    let mut warnings = service.run(|service| check(service.store())).await?;
    warnings.extend(service.roads().last_fall_back().map(|reason| {
        let reason = reason.as_str();
        format!("the road service cannot be used ({reason}): schedules are planned with the built-in travel model")
    }));
    Ok(HttpResponse::Ok().json(Health { warnings, ..Health::ok() }))
}

fn check(store: &Store) -> Result<Vec<String>, Problem> {
    let checked = store.require_current().and_then(|()| store.heads_failure());
    let heads = "the audit's signed heads are not up to date: see the log, and run `mosovo-visits audit verify`";
    checked.map(|failure| failure.map(|_| heads.to_owned()).into_iter().collect()).map_err(|error| {
        tracing::warn!(%error, "not ready");
        let reason = match error {
            StoreError::Behind => "the database is behind this program: run `mosovo-visits migrate`",
            StoreError::Unavailable { .. } => "the database cannot be reached",
            StoreError::Migration { .. } | StoreError::Unreadable { .. } | StoreError::Statement(_) => {
                "the database does not answer as it should"
            }
        };
        Problem::new(ErrorCode::NOT_READY, reason)
    })
}

/// Request counts and durations by route, and imports, as Prometheus reads them.
///
/// # Errors
/// When they cannot be written.
#[utoipa::path(
    get, path = "/metrics", tag = "service",
    responses((status = 200, content_type = "text/plain", body = String)),
)]
pub async fn metrics(service: web::Data<Service>) -> Result<HttpResponse, Problem> {
    let (content_type, text) = service.metrics().text().map_err(|error| Problem::internal(&error))?;
    let content_type = content_type.parse().map_or_else(|_| ContentType::plaintext(), ContentType);
    Ok(HttpResponse::Ok().content_type(content_type).body(text))
}
