//! Addresses of offenders.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
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
use crate::casework::people::addresses::{change, enter, verify};
use crate::domain::address::{Address, AddressKind, Verification};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// The addresses of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/addresses", tag = "casework", operation_id = "list_addresses",
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
    list_of(service, permit, offender.into_inner(), RecordKind::Address).await
}

/// One address, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/addresses/{ref}", tag = "casework", operation_id = "read_address",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The address's reference"),
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
    address: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Address, address.into_inner()).await
}

/// An address that is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterAddress)]
pub struct EnterBody {
    /// The reference that the records system will use; one is made where it is not given.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Ref>,
    /// `main`, `other` or `no_fixed_abode`.
    #[schema(value_type = String)]
    kind: AddressKind,
    /// Its lines.
    #[schema(value_type = Vec<String>)]
    lines: Vec<Words>,
    /// First day there.
    #[schema(value_type = String, format = Date)]
    resident_from: Day,
    /// The postcode.
    #[schema(value_type = Option<String>)]
    postcode: Option<Words>,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// Last day there.
    #[schema(value_type = Option<String>, format = Date)]
    resident_until: Option<Day>,
    /// Whether a child lives in the household; not known where empty.
    child_in_household: Option<bool>,
}

impl EnterBody {
    fn address(self, offender_ref: Ref) -> (Option<Ref>, Address) {
        let address = Address {
            offender_ref,
            kind: self.kind,
            lines: self.lines.into_iter().map(String::from).collect(),
            resident_from: self.resident_from.0,
            postcode: self.postcode.map(String::from),
            latitude: self.latitude,
            longitude: self.longitude,
            resident_until: self.resident_until.map(|day| day.0),
            child_in_household: self.child_in_household,
            verified_on: None,
            verified_by: None,
            verified_how: None,
        };
        (self.reference, address)
    }
}

/// Enters an address of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/addresses", tag = "casework", operation_id = "enter_address",
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
    let (reference, address) = body.address(offender.clone());
    let act = move |service: &Service| {
        enter(service.store(), &service.acting(&reader, key.as_ref()), &offender, reference, address)
    };
    created(service.run(act).await?, "/v1/addresses")
}

/// What is changed about an address. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeAddress)]
pub struct ChangeBody {
    /// `main`, `other` or `no_fixed_abode`.
    #[schema(value_type = Option<String>)]
    kind: Option<AddressKind>,
    /// Its lines.
    #[schema(value_type = Option<Vec<String>>)]
    lines: Option<Vec<Words>>,
    /// First day there.
    #[schema(value_type = Option<String>, format = Date)]
    resident_from: Option<Day>,
    /// The postcode.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    postcode: Option<Option<Words>>,
    /// Degrees north.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>)]
    latitude: Option<Option<f64>>,
    /// Degrees east.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>)]
    longitude: Option<Option<f64>>,
    /// Last day there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    resident_until: Option<Option<Day>>,
    /// Whether a child lives in the household; null: not known.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    child_in_household: Option<Option<bool>>,
}

impl ChangeBody {
    fn changes(&self) -> Changes {
        Changes::default()
            .with("kind", self.kind.as_ref())
            .with("lines", self.lines.as_ref())
            .with("resident_from", self.resident_from.as_ref())
            .with("postcode", self.postcode.as_ref())
            .with("latitude", self.latitude.as_ref())
            .with("longitude", self.longitude.as_ref())
            .with("resident_until", self.resident_until.as_ref())
            .with("child_in_household", self.child_in_household.as_ref())
    }
}

/// Changes plain members of an address.
///
/// # Errors
/// When the caller may not, there is none in scope, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/addresses/{ref}", tag = "casework", operation_id = "change_address",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The address's reference"),
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
    address: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = body.changes().all()?;
    let act = move |service: &Service| {
        change(service.store(), &service.acting(&reader, key.as_ref()), &address, changes, read)
    };
    changed(service.run(act).await?)
}

/// That an address was verified.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyAddress)]
pub struct VerifyBody {
    /// When.
    #[schema(value_type = String, format = Date)]
    verified_on: Day,
    /// How: `visit`, `document`, `householder` or `partner_agency`.
    #[schema(value_type = String)]
    how: Verification,
}

/// Says that the caller verified on a day that the offender lives at an address.
///
/// # Errors
/// When the caller may not, there is none in scope, or they did not live there then.
#[utoipa::path(
    post, path = "/v1/addresses/{ref}/verify", tag = "casework", operation_id = "verify_address",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The address's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = VerifyBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn verify_one(
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    address: web::Path<Ref>,
    sent: Sent<VerifyBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: VerifyBody { verified_on, how }, key } = sent;
    let act = move |service: &Service| {
        verify(service.store(), &service.acting(&reader, key.as_ref()), &address, verified_on.0, how)
    };
    changed(service.run(act).await?)
}
