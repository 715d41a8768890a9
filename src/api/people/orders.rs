//! Court orders.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{ChangeOffenders, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::casework::{list_of, read_one};
use crate::api::changes::{Changes, given};
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::people::orders::{change, discharge, enter};
use crate::domain::order::{CheckableCondition, Order, OrderKind};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// The orders against an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/orders", tag = "casework", operation_id = "list_orders",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
    ),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::Order).await
}

/// One order, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/orders/{ref}", tag = "casework", operation_id = "read_order",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The order's reference"),
    ),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    order: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Order, order.into_inner()).await
}

/// A condition that can be checked, such as at a visit.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckableCondition)]
pub struct ConditionBody {
    /// Its name within the order, by which a visit ticks it off.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// What it forbids or requires.
    #[schema(value_type = String)]
    text: Words,
    /// How it is checked.
    #[schema(value_type = String)]
    how_to_check: Words,
}

/// An order that is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterOrder)]
pub struct EnterBody {
    /// The reference that the records system will use; one is made where it is not given.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Ref>,
    /// The kind, as the records feed names it.
    #[schema(value_type = String)]
    kind: OrderKind,
    /// When it was made.
    #[schema(value_type = String, format = Date)]
    made_on: Day,
    /// What it forbids or requires.
    #[schema(value_type = Vec<String>)]
    conditions: Vec<Words>,
    /// The conditions that can be checked.
    #[serde(default)]
    checkable_conditions: Vec<ConditionBody>,
    /// Its last day; empty where there is none.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
}

impl EnterBody {
    fn order(self, offender_ref: Ref) -> (Option<Ref>, Order) {
        let condition = |condition: ConditionBody| CheckableCondition {
            reference: condition.reference,
            text: condition.text.into(),
            how_to_check: condition.how_to_check.into(),
        };
        let order = Order {
            offender_ref,
            kind: self.kind,
            made_on: self.made_on.0,
            conditions: self.conditions.into_iter().map(String::from).collect(),
            ends_on: self.ends_on.map(|day| day.0),
            discharged_on: None,
            checkable_conditions: self.checkable_conditions.into_iter().map(condition).collect(),
            discharge_reason: None,
        };
        (self.reference, order)
    }
}

/// Enters an order that a court made against an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/orders", tag = "casework", operation_id = "enter_order",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("Location" = String), ("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter_one(
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    offender: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let (reference, order) = body.order(offender.clone());
    let act = move |service: &Service| {
        enter(service.store(), &service.acting(&reader, key.as_ref()), &offender, reference, order)
    };
    created(service.run(act).await?, "/v1/orders")
}

/// What is changed about an order. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeOrder)]
pub struct ChangeBody {
    /// What it forbids or requires.
    #[schema(value_type = Option<Vec<String>>)]
    conditions: Option<Vec<Words>>,
    /// The conditions that can be checked.
    checkable_conditions: Option<Vec<ConditionBody>>,
    /// Its last day; null: there is none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Option<Day>>,
}

impl ChangeBody {
    fn changes(&self) -> Changes {
        Changes::default()
            .with("conditions", self.conditions.as_ref())
            .with("checkable_conditions", self.checkable_conditions.as_ref())
            .with("ends_on", self.ends_on.as_ref())
    }
}

/// Changes plain members of an order.
///
/// # Errors
/// When the caller may not, there is none in scope, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/orders/{ref}", tag = "casework", operation_id = "change_order",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The order's reference"),
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
    permit: Permit<ChangeOffenders>,
    order: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = body.changes().all()?;
    let act =
        move |service: &Service| change(service.store(), &service.acting(&reader, key.as_ref()), &order, changes, read);
    changed(service.run(act).await?)
}

/// That a court discharged an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DischargeOrder)]
pub struct DischargeBody {
    /// When.
    #[schema(value_type = String, format = Date)]
    discharged_on: Day,
    /// Why, and by which court.
    #[schema(value_type = String)]
    reason: Words,
}

/// Says that a court discharged an order.
///
/// # Errors
/// When the caller may not, there is none in scope, it was not in force then, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/orders/{ref}/discharge", tag = "casework", operation_id = "discharge_order",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The order's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DischargeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn discharge_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    order: web::Path<Ref>,
    sent: Sent<DischargeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: DischargeBody { discharged_on, reason }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        discharge(service.store(), &acting, &order, discharged_on.0, &reason, read)
    };
    changed(service.run(act).await?)
}
