//! Intelligence: entered, listed, read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, created};
use crate::api::auth::act::{EnterIntelligence, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::intelligence::{EnteringIntelligence, enter as enter_intelligence};
use crate::domain::calendar::Instant;
use crate::domain::intelligence::IntelligenceSource;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// One item of intelligence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterIntelligence)]
pub struct EnterBody {
    /// When it was received.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    /// What it says, in at most 10,000 characters.
    #[schema(value_type = String)]
    summary: Words,
    /// Whether it bears on risk; an arrest and contact with a child do.
    risk_relevant: bool,
    /// Where it came from: `team`, `neighbourhood`, `other_force`, `agency`, `public`, `online` or `other`.
    #[schema(value_type = String)]
    source: IntelligenceSource,
    /// Whether it says that the offender was arrested.
    #[serde(default)]
    shows_arrest: bool,
    /// Whether it shows contact with a child.
    #[serde(default)]
    shows_child_contact: bool,
    /// The children concerned, as far as they are known.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    children: Vec<Words>,
}

/// Enters an item of intelligence.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/intelligence", tag = "casework", operation_id = "enter_intelligence",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<EnterIntelligence>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let entering = EnteringIntelligence {
        received_at: body.received_at,
        summary: body.summary,
        risk_relevant: body.risk_relevant,
        source: body.source,
        shows_arrest: body.shows_arrest,
        shows_child_contact: body.shows_child_contact,
        children: body.children,
        sighting: None,
    };
    let act = move |service: &Service| {
        enter_intelligence(service.store(), &service.acting(&reader, key.as_ref()), &subject, entering)
    };
    created(service.run(act).await?, "/v1/intelligence")
}

/// The intelligence about an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/intelligence", tag = "casework", operation_id = "list_intelligence",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::Intelligence).await
}

/// One item of intelligence, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/intelligence/{ref}", tag = "casework", operation_id = "read_intelligence",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The item's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Intelligence, subject.into_inner()).await
}
