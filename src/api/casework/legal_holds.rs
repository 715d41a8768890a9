//! Legal holds: placed, listed, read, released.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{DecideLegalHolds, ReadLegalHolds};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::legal_hold::{place, release};
use crate::domain::legal_hold::HoldGround;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A hold on a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlaceLegalHold)]
pub struct PlaceBody {
    /// What for: `serious_further_offence`, `serious_case_review`, `inspection_or_review`, `iopc` or `litigation`.
    #[schema(value_type = String)]
    ground: HoldGround,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// The release of a hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseLegalHold)]
pub struct ReleaseBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Places a legal hold on a case: from then on nothing of its history is changed or taken out. Work on the case goes on.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/legal-holds", tag = "casework", operation_id = "place_legal_hold",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = PlaceBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn place_one(
    service: web::Data<Service>,
    permit: Permit<DecideLegalHolds>,
    offender: web::Path<Ref>,
    sent: Sent<PlaceBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: PlaceBody { ground, reason }, key } = sent;
    let act = move |service: &Service| {
        place(service.store(), &service.acting(&reader, key.as_ref()), &offender, (ground, reason))
    };
    created(service.run(act).await?, "/v1/legal-holds")
}

/// The legal holds on a case, those released too.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/legal-holds", tag = "casework", operation_id = "list_legal_holds",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadLegalHolds>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::LegalHold).await
}

/// One legal hold, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/legal-holds/{ref}", tag = "casework", operation_id = "read_legal_hold",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The hold's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadLegalHolds>,
    hold: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::LegalHold, hold.into_inner()).await
}

/// Releases a legal hold: another detective inspector than the one who placed it.
///
/// # Errors
/// When the caller may not, there is none in scope, it is their own or released already, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/legal-holds/{ref}/release", tag = "casework", operation_id = "release_legal_hold",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The hold's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ReleaseBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn release_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<DecideLegalHolds>,
    hold: web::Path<Ref>,
    sent: Sent<ReleaseBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: ReleaseBody { reason }, key } = sent;
    let act =
        move |service: &Service| release(service.store(), &service.acting(&reader, key.as_ref()), &hold, reason, read);
    changed(service.run(act).await?)
}
