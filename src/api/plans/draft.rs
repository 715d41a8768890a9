//! Drafting a version of a plan, editing it, reading it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::body::PlanBody;
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{DraftPlans, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::casework::{list_of, read_one};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::plans::draft::{draft, edit};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Drafts a version of an offender's plan. Until it is approved no rule and no schedule looks at it.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the draft contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/risk-management-plans", tag = "casework", operation_id = "draft_plan",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = PlanBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn post(
    service: web::Data<Service>,
    permit: Permit<DraftPlans>,
    offender: web::Path<Ref>,
    sent: Sent<PlanBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let act =
        move |service: &Service| draft(service.store(), &service.acting(&reader, key.as_ref()), &offender, body.into());
    created(service.run(act).await?, "/v1/risk-management-plans")
}

/// The versions of an offender's plan, drafts included.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/risk-management-plans", tag = "casework", operation_id = "list_plans",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::RiskManagementPlan).await
}

/// One version of a plan, with its own version as an edit names it.
///
/// # Errors
/// When the caller may not, or there is none in scope.
#[utoipa::path(
    get, path = "/v1/risk-management-plans/{ref}", tag = "casework", operation_id = "read_plan",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The plan's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    plan: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::RiskManagementPlan, plan.into_inner()).await
}

/// Edits a draft. Of two who edit one draft the first succeeds; the other is told what has changed.
///
/// # Errors
/// When the caller may not, there is none in scope, it is approved, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/risk-management-plans/{ref}", tag = "casework", operation_id = "edit_plan",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = PlanBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn patch(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<DraftPlans>,
    plan: web::Path<Ref>,
    sent: Sent<PlanBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        edit(service.store(), &service.acting(&reader, key.as_ref()), &plan, (body.into(), read))
    };
    changed(service.run(act).await?)
}
