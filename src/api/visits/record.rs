//! Recording what came of a visit, planned or not.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::body::VisitBody;
use crate::api::acting::{Sent, created};
use crate::api::auth::act::RecordVisits;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::visits::record::{record_contact, record_outcome};
use crate::domain::reference::Ref;

/// Records the outcome of a planned visit: by an officer who went or was to go, or by a supervisor. A visit at home by one
/// officer without an approval is recorded all the same; `write_up.alone_without_approval` says so.
///
/// # Errors
/// When the caller may not, there is no such visit in scope, its outcome is recorded, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/visits/{id}/outcome", tag = "casework", operation_id = "record_outcome",
    security(("bearer_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The planned visit's id, from a daily list"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = VisitBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn outcome(
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    planned: web::Path<Uuid>,
    sent: Sent<VisitBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, id) = (service.reader(permit), planned.into_inner());
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        record_outcome(service.store(), &service.acting(&reader, key.as_ref()), id, body.into())
    };
    created(service.run(act).await?, "/v1/visits")
}

/// Records a contact that was not planned: by an officer who made it, or by a supervisor.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/visits", tag = "casework", operation_id = "record_contact",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = VisitBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn contact(
    service: web::Data<Service>,
    permit: Permit<RecordVisits>,
    offender: web::Path<Ref>,
    sent: Sent<VisitBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        record_contact(service.store(), &service.acting(&reader, key.as_ref()), &offender, body.into())
    };
    created(service.run(act).await?, "/v1/visits")
}
