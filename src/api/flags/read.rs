//! One flag.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::view::FlagView;
use crate::api::auth::act::ReadFlags;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::casework::flag_list;

/// One flag, with the version that an acknowledgement names.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/flags/{id}", tag = "flags", operation_id = "read_flag", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The flag's id")),
    responses(
        (status = 200, body = FlagView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadFlags>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| flag_list::one(service.store(), &reader, *id)).await?;
    let flag = found.ok_or_else(Problem::not_found)?;
    let version = flag.version;
    versioned(&request, &FlagView::from(flag), version)
}
