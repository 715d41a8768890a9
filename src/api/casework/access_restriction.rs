//! Who may see a limited-access case.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::read_one;
use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{DecideAccess, ReadAccess};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read_if_any;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::access_restriction::{Restricting, restrict};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Who alone may see a case, and who may not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestrictAccess)]
pub struct RestrictBody {
    /// The officers who alone may see the case; empty: everybody in scope.
    #[schema(value_type = Vec<String>)]
    restricted_to: BTreeSet<Ref>,
    /// The officers who may not, whoever else may.
    #[schema(value_type = Vec<String>)]
    excluded: BTreeSet<Ref>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// The restriction on a case, with its version.
///
/// # Errors
/// When the caller may not, there is no such case in scope or no restriction on it, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/access-restriction", tag = "casework", operation_id = "read_access_restriction",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadAccess>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::AccessRestriction, offender.into_inner()).await
}

/// Decides who may see a case: from then on it is hidden from lists, counts, searches and exports of everybody
/// else. A detective inspector in post and the case's manager must be left. Where a restriction stands, `If-Match` names
/// the version that was read.
///
/// # Errors
/// When the caller may not, there is no such case in scope, nobody would be left, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/access-restriction", tag = "casework", operation_id = "restrict_access",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, where a restriction stands"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = RestrictBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn decide(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<DecideAccess>,
    offender: web::Path<Ref>,
    sent: Sent<RestrictBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read_if_any(&request)?);
    let Sent { body: RestrictBody { restricted_to, excluded, reason }, key } = sent;
    let restricting = Restricting { restricted_to, excluded, reason, read };
    let act = move |service: &Service| {
        restrict(service.store(), &service.acting(&reader, key.as_ref()), &offender, restricting)
    };
    changed(service.run(act).await?)
}
