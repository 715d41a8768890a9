//! Proposals to place an offender in reactive management: one person proposes, a detective inspector decides.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::read_one;
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{ApproveReactiveManagement, ProposeReactiveManagement, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::reactive_management::{decide_placement, propose as propose_placement};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A proposal to place an offender in reactive management.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposePlacement)]
pub struct ProposeBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    rationale: Words,
}

/// Proposes to place an offender in reactive management. The criteria are kept as they stand now.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/reactive-management/placements", tag = "casework", operation_id = "propose_reactive_placement",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ProposeBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn propose(
    service: web::Data<Service>,
    permit: Permit<ProposeReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<ProposeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        propose_placement(service.store(), &service.acting(&reader, key.as_ref()), &subject, body.rationale)
    };
    created(service.run(act).await?, "/v1/reactive-placements")
}

/// One proposal, with the criteria as they stood, its decision and its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/reactive-placements/{ref}", tag = "casework", operation_id = "read_reactive_placement",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The proposal's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::ReactivePlacement, subject.into_inner()).await
}

/// Why a proposal is approved, or refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecidePlacement)]
pub struct DecideBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Approves a proposal: the offender is in reactive management from today. Refused while a criterion is not met or not known to be, a breach is suspected, or for who proposed it.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/reactive-placements/{ref}/approve", tag = "casework", operation_id = "approve_reactive_placement",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The proposal's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DecideBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn approve(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ApproveReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<DecideBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        decide_placement(service.store(), &acting, &subject, (true, body.reason), read)
    };
    changed(service.run(act).await?)
}

/// Refuses a proposal.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/reactive-placements/{ref}/refuse", tag = "casework", operation_id = "refuse_reactive_placement",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The proposal's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DecideBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn refuse(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ApproveReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<DecideBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        decide_placement(service.store(), &acting, &subject, (false, body.reason), read)
    };
    changed(service.run(act).await?)
}
