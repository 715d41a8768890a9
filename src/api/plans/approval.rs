//! Approving a drafted plan, or sending it back.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::ApprovePlans;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::plans::approval;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// What is approved beside the plan itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovePlan)]
pub struct ApproveBody {
    /// True: that one officer goes alone, too. Needed where the plan says so.
    #[serde(default)]
    single_crew: bool,
}

/// Approves a draft: for a supervisor or detective inspector in post who holds `mosovo_supervisor`, and neither drafted nor
/// last edited it. It is current from the day on which it takes effect, today where that has passed.
///
/// # Errors
/// When the caller may not, there is none in scope, it is no draft, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/risk-management-plans/{ref}/approve", tag = "casework", operation_id = "approve_plan",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ApproveBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn approve(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ApprovePlans>,
    plan: web::Path<Ref>,
    sent: Sent<ApproveBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: ApproveBody { single_crew }, key } = sent;
    let act = move |service: &Service| {
        approval::approve(service.store(), &service.acting(&reader, key.as_ref()), &plan, (single_crew, read))
    };
    changed(service.run(act).await?)
}

/// Why a draft is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RejectPlan)]
pub struct RejectBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Sends a draft back with a reason. It is edited before anybody can approve it.
///
/// # Errors
/// When the caller may not, there is none in scope, it is no draft, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/risk-management-plans/{ref}/reject", tag = "casework", operation_id = "reject_plan",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = RejectBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn reject(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ApprovePlans>,
    plan: web::Path<Ref>,
    sent: Sent<RejectBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: RejectBody { reason }, key } = sent;
    let act = move |service: &Service| {
        approval::reject(service.store(), &service.acting(&reader, key.as_ref()), &plan, (reason, read))
    };
    changed(service.run(act).await?)
}
