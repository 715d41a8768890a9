//! The road service, for whoever runs the service: how it stands, and the approvals of a host outside of private networks.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::acting::Sent;
use super::auth::act::{ApproveRoadService, ReadRoadService};
use super::auth::permit::Permit;
use super::dates::civil_date;
use super::error::{Problem, ProblemDocument};
use super::service::Service;
use crate::casework::roads::approval::{approve, status, withdraw};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::road_service_approval::NewApproval;
use crate::domain::words::Words;
use crate::store::road_service_approval::Approval;

/// The road service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoadService)]
pub struct RoadServiceView {
    /// Its host, as `roads.url` names it; empty where no service is configured.
    host: Option<String>,
    /// Why the process that answers could not use it when it last asked: `host_not_private`, `not_encrypted`, `unreachable`,
    /// `too_slow`, `service_error` or `invalid_answer`; empty where it could, or has not asked yet.
    last_fall_back: Option<&'static str>,
    /// The force's approvals, the newest first.
    approvals: Vec<ApprovalView>,
}

/// An approval of a host outside of private networks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoadServiceApproval)]
pub struct ApprovalView {
    /// Its id.
    id: Uuid,
    /// The host.
    host: String,
    /// Why.
    reason: String,
    /// Whether it holds today.
    holds: bool,
    /// The last day on which it holds.
    #[schema(value_type = String, format = Date)]
    expires_on: CivilDate,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    approved_at: Instant,
    /// By whom.
    approved_by: String,
    /// When it was withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    withdrawn_at: Option<Instant>,
    /// By whom.
    withdrawn_by: Option<String>,
    /// Why.
    withdrawal_reason: Option<String>,
}

impl ApprovalView {
    fn of(approval: Approval, today: CivilDate) -> Self {
        let holds = approval.holds_on(today);
        let Approval { id, host, reason, expires_on, approved_at, approved_by, withdrawal } = approval;
        let (withdrawn_at, by) = withdrawal.map(|withdrawn| (withdrawn.at, (withdrawn.by, withdrawn.reason))).unzip();
        let (withdrawn_by, withdrawal_reason) = by.unzip();
        Self {
            id,
            host,
            reason,
            holds,
            expires_on,
            approved_at,
            approved_by,
            withdrawn_at,
            withdrawn_by,
            withdrawal_reason,
        }
    }
}

/// An approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApproveRoadServiceHost)]
pub struct ApproveBody {
    /// The host that is approved: that of `roads.url`.
    host: String,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
    /// The last day on which it holds: at most 366 days ahead.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    expires_on: CivilDate,
}

/// The withdrawal of an approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithdrawRoadServiceApproval)]
pub struct WithdrawBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// How the road service stands, and what the force approved.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/road-service", tag = "service", operation_id = "read_road_service", security(("bearer_token" = [])),
    responses((status = 200, body = RoadServiceView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(service: web::Data<Service>, permit: Permit<ReadRoadService>) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let read = service.run(move |service| status(service.store(), service.roads(), &reader)).await?;
    let view = RoadServiceView {
        host: read.host,
        last_fall_back: read.last_fall_back.map(|reason| reason.as_str()),
        approvals: read.approvals.into_iter().map(|approval| ApprovalView::of(approval, today)).collect(),
    };
    Ok(HttpResponse::Ok().json(view))
}

/// Approves that the road service is asked although its host is on no private network: what is asked says where the force's
/// offenders live. It is asked over `https` alone.
///
/// # Errors
/// When the caller may not, no service is configured or another host than named, the last day will not do, or an approval holds already.
#[utoipa::path(
    post, path = "/v1/road-service/approvals", tag = "service", operation_id = "approve_road_service_host",
    security(("bearer_token" = [])), request_body = ApproveBody,
    responses((status = 201, body = ApprovalView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn approve_host(
    service: web::Data<Service>,
    permit: Permit<ApproveRoadService>,
    sent: Sent<ApproveBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let ApproveBody { host, reason, expires_on } = sent.body;
    let new = NewApproval { host, reason, expires_on };
    let approved = service.run(move |service| approve(service.store(), service.roads(), &reader, &new)).await?;
    Ok(HttpResponse::Created().json(ApprovalView::of(approved, today)))
}

/// Withdraws an approval of the caller's force.
///
/// # Errors
/// When the caller may not, the force has none of that id, or it was withdrawn already.
#[utoipa::path(
    post, path = "/v1/road-service/approvals/{id}/withdraw", tag = "service",
    operation_id = "withdraw_road_service_approval", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The approval's id")),
    request_body = WithdrawBody,
    responses((status = 200, body = ApprovalView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn withdraw_one(
    service: web::Data<Service>,
    permit: Permit<ApproveRoadService>,
    id: web::Path<Uuid>,
    sent: Sent<WithdrawBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let done = service.run(move |service| withdraw(service.store(), &reader, *id, &sent.body.reason)).await?;
    Ok(HttpResponse::Ok().json(ApprovalView::of(done, today)))
}
