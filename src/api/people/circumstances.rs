//! Circumstances of offenders.

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
use crate::casework::people::circumstances::{change, confirm, end, enter};
use crate::domain::calendar::CivilDate;
use crate::domain::circumstance::{Child, Circumstance, CircumstanceKind, CircumstanceSource};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// The circumstances of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/circumstances", tag = "casework", operation_id = "list_circumstances",
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
    list_of(service, permit, offender.into_inner(), RecordKind::Circumstance).await
}

/// One circumstance, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/circumstances/{ref}", tag = "casework", operation_id = "read_circumstance",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The circumstance's reference"),
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
    circumstance: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Circumstance, circumstance.into_inner()).await
}

/// A child of a relationship.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Child)]
pub struct ChildBody {
    /// Who, as the case names them.
    #[schema(value_type = String)]
    label: Words,
    /// The year of birth.
    born_year: Option<u16>,
    /// The age now.
    age: Option<u8>,
}

/// A circumstance that is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterCircumstance)]
pub struct EnterBody {
    /// `online_identity`, `device`, `vehicle`, `work`, `relationship` or `other`.
    #[schema(value_type = String)]
    kind: CircumstanceKind,
    /// The same in words.
    #[schema(value_type = String)]
    description: Words,
    /// By what it is known again.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    identifiers: Vec<Words>,
    /// With whom; of a relationship.
    #[schema(value_type = Option<String>)]
    partner: Option<Words>,
    /// The children; of a relationship.
    #[serde(default)]
    children: Vec<ChildBody>,
    /// Since when.
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<Day>,
    /// Until when; empty where it goes on.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// `offender`, `visit`, `intelligence`, `open_source`, `partner_agency` or `other`.
    #[schema(value_type = String)]
    source: CircumstanceSource,
    /// When it was confirmed; empty where it was not.
    #[schema(value_type = Option<String>, format = Date)]
    confirmed_on: Option<Day>,
    /// Whether it is on the national record.
    on_national_record: bool,
}

impl EnterBody {
    fn circumstance(self, offender_ref: Ref, recorded_on: CivilDate) -> Circumstance {
        let child = |child: ChildBody| Child { label: child.label.into(), born_year: child.born_year, age: child.age };
        Circumstance {
            offender_ref,
            kind: self.kind,
            description: self.description.into(),
            identifiers: self.identifiers.into_iter().map(String::from).collect(),
            partner: self.partner.map(String::from),
            children: self.children.into_iter().map(child).collect(),
            since: self.since.map(|day| day.0),
            until: self.until.map(|day| day.0),
            source: self.source,
            recorded_on,
            confirmed_on: self.confirmed_on.map(|day| day.0),
            confirmed_by: None,
            on_national_record: self.on_national_record,
        }
    }
}

/// Enters a circumstance of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/circumstances", tag = "casework", operation_id = "enter_circumstance",
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
    let offender = offender.into_inner();
    let act = move |service: &Service| {
        let of = offender.clone();
        let circumstance = move |today| body.circumstance(of, today);
        enter(service.store(), &service.acting(&reader, key.as_ref()), &offender, circumstance)
    };
    created(service.run(act).await?, "/v1/circumstances")
}

/// What is changed about a circumstance. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeCircumstance)]
pub struct ChangeBody {
    /// The same in words.
    #[schema(value_type = Option<String>)]
    description: Option<Words>,
    /// By what it is known again.
    #[schema(value_type = Option<Vec<String>>)]
    identifiers: Option<Vec<Words>>,
    /// With whom; of a relationship.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    partner: Option<Option<Words>>,
    /// The children; of a relationship.
    children: Option<Vec<ChildBody>>,
    /// Since when.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<Option<Day>>,
    /// Until when; null: it goes on after all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Option<Day>>,
    /// Whether it is on the national record.
    on_national_record: Option<bool>,
}

impl ChangeBody {
    fn changes(&self) -> Changes {
        Changes::default()
            .with("description", self.description.as_ref())
            .with("identifiers", self.identifiers.as_ref())
            .with("partner", self.partner.as_ref())
            .with("children", self.children.as_ref())
            .with("since", self.since.as_ref())
            .with("until", self.until.as_ref())
            .with("on_national_record", self.on_national_record.as_ref())
    }
}

/// Changes plain members of a circumstance.
///
/// # Errors
/// When the caller may not, there is none in scope, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/circumstances/{ref}", tag = "casework", operation_id = "change_circumstance",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The circumstance's reference"),
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
    circumstance: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = body.changes().all()?;
    let act = move |service: &Service| {
        change(service.store(), &service.acting(&reader, key.as_ref()), &circumstance, changes, read)
    };
    changed(service.run(act).await?)
}

/// That a circumstance was confirmed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmCircumstance)]
pub struct ConfirmBody {
    /// When.
    #[schema(value_type = String, format = Date)]
    confirmed_on: Day,
    /// Whether it is on the national record; where it is left out, as before.
    on_national_record: Option<bool>,
}

/// Says that the caller confirmed a circumstance on a day.
///
/// # Errors
/// When the caller may not, there is none in scope, or it cannot have been confirmed then.
#[utoipa::path(
    post, path = "/v1/circumstances/{ref}/confirm", tag = "casework", operation_id = "confirm_circumstance",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The circumstance's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ConfirmBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn confirm_one(
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    circumstance: web::Path<Ref>,
    sent: Sent<ConfirmBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: ConfirmBody { confirmed_on, on_national_record }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        confirm(service.store(), &acting, &circumstance, confirmed_on.0, on_national_record)
    };
    changed(service.run(act).await?)
}

/// That a circumstance ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndCircumstance)]
pub struct EndBody {
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    until: Day,
}

/// Says when a circumstance ended; it stays in the case's history.
///
/// # Errors
/// When the caller may not, there is none in scope, or it cannot have ended then.
#[utoipa::path(
    post, path = "/v1/circumstances/{ref}/end", tag = "casework", operation_id = "end_circumstance",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The circumstance's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EndBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn end_one(
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    circumstance: web::Path<Ref>,
    sent: Sent<EndBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: EndBody { until }, key } = sent;
    let act =
        move |service: &Service| end(service.store(), &service.acting(&reader, key.as_ref()), &circumstance, until.0);
    changed(service.run(act).await?)
}
