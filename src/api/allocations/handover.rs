//! Handing a case over.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{CheckHandovers, CompleteHandovers, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::casework::{list_of, read_one};
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::allocations::handover::{Checking, check, complete, enter_steps};
use crate::domain::handover::{HandoverItem, HandoverStep};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// The handovers of a case.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/handovers", tag = "allocation", operation_id = "list_handovers",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::Handover).await
}

/// One handover, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/handovers/{ref}", tag = "allocation", operation_id = "read_handover",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The handover's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    handover: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Handover, handover.into_inner()).await
}

/// One item of a handover.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandoverStep)]
pub struct StepBody {
    /// `record_read`, `plan_read`, `introduced_at_visit`, `open_actions_passed` or `warnings_passed`.
    #[schema(value_type = String)]
    item: HandoverItem,
    /// When it was done; null where it was not after all.
    #[schema(value_type = Option<String>, format = Date)]
    done_on: Option<Day>,
    /// What there is to say of it, such as why it does not apply.
    #[schema(value_type = Option<String>)]
    note: Option<Words>,
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterHandoverSteps)]
pub struct StepsBody {
    /// The items; those that are not named stay.
    items: Vec<StepBody>,
}

/// Enters what the new manager has done of the handover.
///
/// # Errors
/// When the caller may not or does not take the case over, there is none in scope, it is not open, or it has changed.
#[utoipa::path(
    patch, path = "/v1/handovers/{ref}", tag = "allocation", operation_id = "enter_handover_steps",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The handover's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = StepsBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<CompleteHandovers>,
    handover: web::Path<Ref>,
    sent: Sent<StepsBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: StepsBody { items }, key } = sent;
    let steps = items.into_iter().map(|step| HandoverStep {
        item: step.item,
        done_on: step.done_on.map(|day| day.0),
        note: step.note.map(String::from),
    });
    let steps = steps.collect();
    let act = move |service: &Service| {
        enter_steps(service.store(), &service.acting(&reader, key.as_ref()), &handover, steps, read)
    };
    changed(service.run(act).await?)
}

/// Nothing needs saying.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompleteHandover)]
pub struct CompleteBody {}

/// The new manager says that all is done.
///
/// # Errors
/// When the caller may not or does not take the case over, an item is not done, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/handovers/{ref}/complete", tag = "allocation", operation_id = "complete_handover",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The handover's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CompleteBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn complete_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<CompleteHandovers>,
    handover: web::Path<Ref>,
    sent: Sent<CompleteBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let act = move |service: &Service| {
        complete(service.store(), &service.acting(&reader, sent.key.as_ref()), &handover, read)
    };
    changed(service.run(act).await?)
}

/// What a supervisor found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckHandover)]
pub struct CheckBody {
    /// Whether the handover stands; where not, it is open again.
    accepted: bool,
    /// What was found, in at most 10,000 characters.
    #[schema(value_type = String)]
    finding: Words,
}

/// A supervisor or detective inspector who was no side of it checks a completed handover.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not completed, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/handovers/{ref}/check", tag = "allocation", operation_id = "check_handover",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The handover's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CheckBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn check_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<CheckHandovers>,
    handover: web::Path<Ref>,
    sent: Sent<CheckBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: CheckBody { accepted, finding }, key } = sent;
    let checking = Checking { accepted, finding };
    let act = move |service: &Service| {
        check(service.store(), &service.acting(&reader, key.as_ref()), &handover, checking, read)
    };
    changed(service.run(act).await?)
}
