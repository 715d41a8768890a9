//! Confirming a visit, and putting its record right.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::CorrectBody;
use crate::api::acting::{Sent, changed};
use crate::api::auth::act::RecordVisits;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::visits::{correct, record};
use crate::domain::reference::Ref;

/// Nothing more is to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmVisit)]
pub struct ConfirmBody {}

/// The other officer whom a visit names confirms that they were there.
///
/// # Errors
/// When the caller may not, there is none in scope, or it is not theirs to confirm.
#[utoipa::path(
    post, path = "/v1/visits/{ref}/confirm", tag = "casework", operation_id = "confirm_visit",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The visit's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ConfirmBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn confirm(
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    visit: web::Path<Ref>,
    sent: Sent<ConfirmBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, key) = (service.reader(permit), sent.key);
    let act = move |service: &Service| record::confirm(service.store(), &service.acting(&reader, key.as_ref()), &visit);
    changed(service.run(act).await?)
}

/// Puts the record of a visit right, with a reason.
///
/// # Errors
/// When the caller may not, there is none in scope, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/visits/{ref}", tag = "casework", operation_id = "correct_visit",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The visit's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CorrectBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn patch(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    visit: web::Path<Ref>,
    sent: Sent<CorrectBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let (correction, reason) = body.parts();
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        correct::correct(service.store(), &acting, &visit, (correction, reason, read))
    };
    changed(service.run(act).await?)
}
