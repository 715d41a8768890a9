//! Merges: two offender records that are of one person, merged, listed, read, and stood apart again.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::read_one;
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{MergeOffenders, ReadOffenders, UndoMerges};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::merges::{merge, merges_of, undo};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// That another record is of the same person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MergeOffender)]
pub struct MergeBody {
    /// The offender whose record is merged: their case goes on under the one in the path.
    #[schema(value_type = String)]
    merged_ref: Ref,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// That a merge is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UndoMerge)]
pub struct UndoBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Merges the record of another offender into this one's. Nothing of either is changed: the case is gathered from the records of both.
///
/// # Errors
/// When the caller may not, or does not see both cases; when nobody would manage the case any more.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/merges", tag = "casework", operation_id = "merge_offender",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender whose record is kept"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = MergeBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn merge_one(
    service: web::Data<Service>,
    permit: Permit<MergeOffenders>,
    offender: web::Path<Ref>,
    sent: Sent<MergeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: MergeBody { merged_ref, reason }, key } = sent;
    let act = move |service: &Service| {
        merge(service.store(), &service.acting(&reader, key.as_ref()), &offender, (&merged_ref, reason))
    };
    created(service.run(act).await?, "/v1/merges")
}

/// The merges of a case, those undone too, as far as the caller may see both sides of each.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/merges", tag = "casework", operation_id = "list_merges",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| merges_of(service.store(), &reader, &offender);
    let held = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(RecordList::of(held)?))
}

/// One merge, with its version.
///
/// # Errors
/// When the caller may not, there is none of which they see both sides, or the service fails.
#[utoipa::path(
    get, path = "/v1/merges/{ref}", tag = "casework", operation_id = "read_merge",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The merge's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    merge: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Merge, merge.into_inner()).await
}

/// Undoes a merge: each record stands for itself again, with what came meanwhile by its own reference.
///
/// # Errors
/// When the caller may not, there is none in scope, it is undone already, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/merges/{ref}/undo", tag = "casework", operation_id = "undo_merge",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The merge's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = UndoBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn undo_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<UndoMerges>,
    merge: web::Path<Ref>,
    sent: Sent<UndoBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: UndoBody { reason }, key } = sent;
    let act =
        move |service: &Service| undo(service.store(), &service.acting(&reader, key.as_ref()), &merge, (reason, read));
    changed(service.run(act).await?)
}
