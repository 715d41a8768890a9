//! Officers, with their posts, shifts, absences, skills and training.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::api::auth::act::ReadOfficers;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::reading::{record, records};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// The officers of the caller's teams; of the force, for a detective inspector.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/officers", tag = "staff", operation_id = "list_officers", security(("bearer_token" = [])),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadOfficers>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| records(service.store(), &reader, RecordKind::Officer)).await?;
    Ok(HttpResponse::Ok().json(RecordList::of(found)?))
}

/// One officer: the members of `records.officer.v1`.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/officers/{ref}", tag = "staff", operation_id = "read_officer", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The officer's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOfficers>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| record(service.store(), &reader, RecordKind::Officer, &subject);
    let (found, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &RecordView::of(found)?, tag)
}
