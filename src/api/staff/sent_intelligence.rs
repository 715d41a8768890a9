//! Intelligence back from neighbourhood officers: sent into the case of somebody in their briefing, and what they sent.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::{REPLAYED, Sent};
use crate::api::auth::act::SendIntelligence;
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::intelligence::{
    IntelligenceReceipt, SendingIntelligence, send as send_intelligence, sent as sent_by,
};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// What was seen of somebody in the briefing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SendIntelligence)]
pub struct SendBody {
    /// About whom: one of the area's briefing as it now stands.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// When it was seen.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    observed_at: Instant,
    /// What was seen, in at most 10,000 characters.
    #[schema(value_type = String)]
    summary: Words,
    /// Whether it bears on risk; an arrest and contact with a child do.
    risk_relevant: bool,
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

/// That it was received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntelligenceReceipt)]
pub struct ReceiptView {
    /// The item.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
}

/// What was received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntelligenceReceiptList)]
pub struct ReceiptList {
    /// The newest first, at most 200.
    items: Vec<ReceiptView>,
}

impl From<IntelligenceReceipt> for ReceiptView {
    fn from(IntelligenceReceipt { reference, received_at }: IntelligenceReceipt) -> Self {
        Self { reference, received_at }
    }
}

/// Sends intelligence about somebody in the briefing of one's own area into their case. The answer says that it was received, and
/// nothing of the case.
///
/// # Errors
/// When the caller may not, the area is none of theirs, its briefing does not tell them of the offender, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/neighbourhoods/{ref}/intelligence", tag = "staff", operation_id = "send_intelligence",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The area's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = SendBody,
    responses((status = 201, body = ReceiptView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn send(
    service: web::Data<Service>,
    permit: Permit<SendIntelligence>,
    area: web::Path<Ref>,
    sent: Sent<SendBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let SendBody { offender_ref, observed_at, summary, risk_relevant, shows_arrest, shows_child_contact, children } =
        body;
    let sending = SendingIntelligence {
        offender_ref,
        observed_at,
        summary,
        risk_relevant,
        shows_arrest,
        shows_child_contact,
        children,
    };
    let act = move |service: &Service| {
        send_intelligence(service.store(), &service.acting(&reader, key.as_ref()), &area, sending)
    };
    let written = service.run(act).await?;
    let mut response = HttpResponse::Created();
    if written.replayed {
        response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    }
    let receipt = IntelligenceReceipt::of(written).ok_or_else(Problem::not_found)?;
    Ok(response.json(ReceiptView::from(receipt)))
}

/// What the caller sent from one of their areas, the newest first: theirs alone, and nothing of the cases.
///
/// # Errors
/// When the caller may not, the area is none of theirs, or the service fails.
#[utoipa::path(
    get, path = "/v1/neighbourhoods/{ref}/intelligence", tag = "staff", operation_id = "list_sent_intelligence",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The area's reference")),
    responses((status = 200, body = ReceiptList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<SendIntelligence>,
    area: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| sent_by(service.store(), &reader, &area);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ReceiptList { items: found.into_iter().map(ReceiptView::from).collect() }))
}
