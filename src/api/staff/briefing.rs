//! Neighbourhood briefings, and the receipts of their reading.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::{ReadBriefingReceipts, ReadBriefings};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::briefing::{Briefed, BriefedOrder, Briefing, briefing, receipts};
use crate::domain::address::Address;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::offender::{OffenderStatus, RiskLevel};
use crate::domain::order::OrderKind;
use crate::domain::reference::Ref;
use crate::store::briefing::Receipt;

/// What an area's officers are told: need to know, and no more. OFFICIAL-SENSITIVE.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Briefing)]
pub struct BriefingView {
    /// The area.
    #[schema(value_type = String)]
    neighbourhood_ref: Ref,
    /// Its name.
    neighbourhood: String,
    /// Whom to know of: in the community or missing, in the order of their references.
    offenders: Vec<BriefedView>,
}

/// What they are told of one offender.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefedOffender)]
pub struct BriefedView {
    /// The offender.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Other names.
    aliases: Vec<String>,
    /// Date of birth.
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Option<CivilDate>,
    /// `community` or `missing`.
    #[schema(value_type = String)]
    status: OffenderStatus,
    /// The overall level of the current ARMS assessment: `low`, `medium`, `high`, `very_high`.
    #[schema(value_type = Option<String>)]
    risk: Option<RiskLevel>,
    /// In reactive management: nobody visits, so that what officers see counts the more.
    reactive_management: bool,
    /// The lines of the address lived at.
    address: Vec<String>,
    /// Its postcode.
    postcode: Option<String>,
    /// Whether a child lives in the household; not known where empty.
    child_in_household: Option<bool>,
    /// The orders in force.
    orders: Vec<BriefedOrderView>,
    /// Warnings for whoever meets them.
    warning_markers: Vec<String>,
    /// Whom to tell: the offender manager.
    manager: Option<String>,
}

/// An order in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefedOrder)]
pub struct BriefedOrderView {
    /// Its kind.
    #[schema(value_type = String)]
    kind: OrderKind,
    /// Its conditions.
    conditions: Vec<String>,
    /// Its last day; none where it has no end.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<CivilDate>,
}

impl From<BriefedOrder> for BriefedOrderView {
    fn from(BriefedOrder { kind, conditions, ends_on }: BriefedOrder) -> Self {
        Self { kind, conditions, ends_on }
    }
}

impl From<Briefed> for BriefedView {
    fn from(briefed: Briefed) -> Self {
        let (address, postcode, child_in_household) = match briefed.address {
            Some(Address { lines, postcode, child_in_household, .. }) => (lines, postcode, child_in_household),
            None => (Vec::new(), None, None),
        };
        Self {
            reference: briefed.offender_ref,
            given_name: briefed.given_name,
            family_name: briefed.family_name,
            aliases: briefed.aliases,
            date_of_birth: briefed.date_of_birth,
            status: briefed.status,
            risk: briefed.risk,
            reactive_management: briefed.reactive_management,
            address,
            postcode,
            child_in_household,
            orders: briefed.orders.into_iter().map(BriefedOrderView::from).collect(),
            warning_markers: briefed.warning_markers,
            manager: briefed.manager,
        }
    }
}

impl From<Briefing> for BriefingView {
    fn from(Briefing { neighbourhood_ref, neighbourhood, offenders }: Briefing) -> Self {
        Self { neighbourhood_ref, neighbourhood, offenders: offenders.into_iter().map(BriefedView::from).collect() }
    }
}

/// The briefing of an area. A neighbourhood officer reads those of the token's `neighbourhoods`; a supervisor or a detective
/// inspector sees of their own cases what the area's officers are told. Every reading is a disclosure, put on record as one.
///
/// # Errors
/// When the caller may not, there is no such area within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/neighbourhoods/{ref}/briefing", tag = "staff", operation_id = "read_briefing",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The area's reference")),
    responses((status = 200, body = BriefingView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ReadBriefings>,
    area: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| briefing(service.store(), &reader, &area);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(BriefingView::from(found)))
}

/// That an area's briefing was read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingReceipt)]
pub struct ReceiptView {
    /// The receipt.
    id: Uuid,
    /// Who read: role and subject of the token.
    reader: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    read_at: Instant,
    /// How many offenders it told of.
    offenders: usize,
}

/// The newest readings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingReceiptList)]
pub struct ReceiptList {
    /// The newest first, at most 200.
    items: Vec<ReceiptView>,
}

impl From<Receipt> for ReceiptView {
    fn from(Receipt { id, reader, read_at, offenders }: Receipt) -> Self {
        Self { id, reader, read_at, offenders }
    }
}

/// That an area's officers were briefed, and when. Never a measure of anybody.
///
/// # Errors
/// When the caller may not, there is no such area, or the service fails.
#[utoipa::path(
    get, path = "/v1/neighbourhoods/{ref}/briefing-receipts", tag = "staff", operation_id = "list_briefing_receipts",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The area's reference")),
    responses((status = 200, body = ReceiptList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list_receipts(
    service: web::Data<Service>,
    permit: Permit<ReadBriefingReceipts>,
    area: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| receipts(service.store(), &reader, &area);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ReceiptList { items: found.into_iter().map(ReceiptView::from).collect() }))
}
