//! MOSOVO teams.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{ManageTeams, ReadTeams};
use crate::api::auth::permit::Permit;
use crate::api::changes::{Changes, given};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::{tag_read, versioned};
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::reading::{record, records};
use crate::casework::staff::teams::change;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

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

/// Where a team's crews start and end.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Base)]
pub struct BaseBody {
    /// The station's name.
    #[schema(value_type = String)]
    name: Words,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
}

/// What is changed about a team. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeTeam)]
pub struct ChangeBody {
    /// The team's name.
    #[schema(value_type = Option<String>)]
    name: Option<Words>,
    /// Where its crews start and end.
    base: Option<BaseBody>,
    /// The officer who supervises it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    supervisor_ref: Option<Option<Ref>>,
}

/// Changes a team of the caller's.
///
/// # Errors
/// When the caller may not, the team is not theirs, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/teams/{ref}", tag = "staff", operation_id = "change_team", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The team's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageTeams>,
    team: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = Changes::default()
        .with("name", body.name.as_ref())
        .with("base", body.base.as_ref())
        .with("supervisor_ref", body.supervisor_ref.as_ref())
        .all()?;
    let act =
        move |service: &Service| change(service.store(), &service.acting(&reader, key.as_ref()), &team, changes, read);
    changed(service.run(act).await?)
}
