//! Neighbourhood policing areas.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::api::auth::act::ReadNeighbourhoods;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::reading::{record, records};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// The force's neighbourhood policing areas.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/neighbourhoods", tag = "staff", operation_id = "list_neighbourhoods", security(("bearer_token" = [])),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadNeighbourhoods>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| records(service.store(), &reader, RecordKind::Neighbourhood)).await?;
    Ok(HttpResponse::Ok().json(RecordList::of(found)?))
}

/// One area: the members of `records.neighbourhood.v1`.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/neighbourhoods/{ref}", tag = "staff", operation_id = "read_neighbourhood", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The area's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadNeighbourhoods>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| record(service.store(), &reader, RecordKind::Neighbourhood, &subject);
    let (found, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &RecordView::of(found)?, tag)
}
