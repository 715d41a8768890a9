//! When officers begin a visit and when they are done; which finishes are missing.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{ReadLoneWorkerAlerts, RecordVisits};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::visits::attendance::{self, AlertError, LoneWorkerAlert};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;

/// Who begins a visit, and when they expect to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartVisit)]
pub struct StartBody {
    /// Who is there.
    #[schema(value_type = Vec<String>)]
    officer_refs: Vec<Ref>,
    /// When they expect to be done: after now, and within a day.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    expected_finish: Instant,
}

/// Officers begin a planned visit. Where they do not say that they are done some minutes after the time they
/// expected, that is an alert.
///
/// # Errors
/// When the caller may not, there is no such visit in scope, or it has begun already.
#[utoipa::path(
    post, path = "/v1/visits/{id}/start", tag = "casework", operation_id = "start_visit",
    security(("bearer_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The planned visit's id, from a daily list"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = StartBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn start(
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    planned: web::Path<Uuid>,
    sent: Sent<StartBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, id) = (service.reader(permit), planned.into_inner());
    let Sent { body: StartBody { officer_refs, expected_finish }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        attendance::start(service.store(), &acting, id, (officer_refs, expected_finish))
    };
    changed(service.run(act).await?)
}

/// Nothing more is to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FinishVisit)]
pub struct FinishBody {}

/// Officers are done.
///
/// # Errors
/// When the caller may not, there is no such visit in scope, or it has not begun.
#[utoipa::path(
    post, path = "/v1/visits/{id}/finish", tag = "casework", operation_id = "finish_visit",
    security(("bearer_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The planned visit's id, from a daily list"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = FinishBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn finish(
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    planned: web::Path<Uuid>,
    sent: Sent<FinishBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, id, key) = (service.reader(permit), planned.into_inner(), sent.key);
    let act = move |service: &Service| attendance::finish(service.store(), &service.acting(&reader, key.as_ref()), id);
    changed(service.run(act).await?)
}

/// A visit whose finish is missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoneWorkerAlert)]
pub struct AlertView {
    /// The planned visit.
    planned_visit_id: Uuid,
    /// Whom they visit.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// Who is there.
    #[schema(value_type = Vec<String>)]
    officer_refs: Vec<Ref>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    /// When they expected to be done.
    #[schema(value_type = String, format = DateTime)]
    expected_finish: Instant,
    /// Minutes since then.
    minutes_missing: i64,
}

impl From<LoneWorkerAlert> for AlertView {
    fn from(alert: LoneWorkerAlert) -> Self {
        let LoneWorkerAlert { attendance, minutes_missing } = alert;
        Self {
            planned_visit_id: attendance.planned_visit_id,
            offender_ref: attendance.offender_ref,
            officer_refs: attendance.officer_refs,
            started_at: attendance.started_at,
            expected_finish: attendance.expected_finish,
            minutes_missing,
        }
    }
}

/// Every visit whose finish is missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoneWorkerAlertList)]
pub struct AlertListView {
    /// The longest missing first.
    items: Vec<AlertView>,
}

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Policy(error) => Self::internal(&error),
            AlertError::Store(error) => error.into(),
        }
    }
}

/// The visits in the caller's scope whose finish is missing.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/lone-worker-alerts", tag = "casework", operation_id = "list_lone_worker_alerts",
    security(("bearer_token" = [])),
    responses((status = 200, body = AlertListView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn alerts(
    service: web::Data<Service>,
    permit: Permit<ReadLoneWorkerAlerts>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| attendance::alerts(service.store(), &reader, service.policies());
    let items = service.run(read).await?.into_iter().map(AlertView::from).collect();
    Ok(HttpResponse::Ok().json(AlertListView { items }))
}
