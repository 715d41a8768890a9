//! MOSOVO teams.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::api::auth::act::ReadTeams;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::reading::{record, records};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// The force's teams.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams", tag = "staff", operation_id = "list_teams", security(("bearer_token" = [])),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadTeams>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| records(service.store(), &reader, RecordKind::Team)).await?;
    Ok(HttpResponse::Ok().json(RecordList::of(found)?))
}

/// One team: the members of `records.team.v1`.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}", tag = "staff", operation_id = "read_team", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadTeams>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| record(service.store(), &reader, RecordKind::Team, &subject);
    let (found, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &RecordView::of(found)?, tag)
}
