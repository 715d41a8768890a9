//! Foreign travel: entered, listed, read, changed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{EnterForeignTravel, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::{
    civil_date, civil_date_if_given, civil_date_or_null, instant_if_given, instant_or_null, or_null,
};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::foreign_travel::{Travelling, change as change_travel, enter as enter_travel};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A journey out of the United Kingdom (SOA 2003 s.86).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterForeignTravel)]
pub struct EnterBody {
    /// The day of departure.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    departs_on: CivilDate,
    /// The hour of departure.
    #[serde(default, deserialize_with = "instant_if_given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    departs_at: Option<Instant>,
    /// When it was notified.
    #[serde(default, deserialize_with = "instant_if_given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    notified_at: Option<Instant>,
    /// The excuse for late notice, which the person who enters it finds reasonable.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    late_notice_excuse: Option<Words>,
    /// The day of return that was notified.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    return_expected_on: Option<CivilDate>,
    /// The point of return that was notified.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    return_point: Option<Words>,
}

/// Enters a journey. Its notice and its return are duties from then on.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/foreign-travel", tag = "casework", operation_id = "enter_foreign_travel",
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
    permit: Permit<EnterForeignTravel>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let departs_on = body.departs_on;
    let travelling = Travelling {
        departs_at: body.departs_at.map(Some),
        notified_at: body.notified_at.map(Some),
        late_notice_excuse: body.late_notice_excuse.map(Some),
        return_expected_on: body.return_expected_on.map(Some),
        return_point: body.return_point.map(Some),
        ..Travelling::default()
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        enter_travel(service.store(), &acting, &subject, departs_on, travelling)
    };
    created(service.run(act).await?, "/v1/foreign-travel")
}

/// The journeys of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/foreign-travel", tag = "casework", operation_id = "list_foreign_travel",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::ForeignTravel).await
}

/// One journey, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/foreign-travel/{ref}", tag = "casework", operation_id = "read_foreign_travel",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "Its reference")),
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
    read_one(&request, service, permit, RecordKind::ForeignTravel, subject.into_inner()).await
}

/// What became of a journey, or is put right: members that are left out stay, `null` empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeForeignTravel)]
pub struct ChangeBody {
    /// The day of departure.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    departs_on: Option<CivilDate>,
    /// The hour of departure.
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    departs_at: Option<Option<Instant>>,
    /// When it was notified.
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    notified_at: Option<Option<Instant>>,
    /// The excuse for late notice, which the person who enters it finds reasonable.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    late_notice_excuse: Option<Option<Words>>,
    /// When the details that had been notified changed.
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    details_changed_at: Option<Option<Instant>>,
    /// When that was notified.
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    details_change_notified_at: Option<Option<Instant>>,
    /// The day of return that was notified.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    return_expected_on: Option<Option<CivilDate>>,
    /// The point of return that was notified.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    return_point: Option<Option<Words>>,
    /// The day of return.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    returned_on: Option<Option<CivilDate>>,
    /// Whether the return was at the point notified.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<bool>)]
    returned_at_point_notified: Option<Option<bool>>,
    /// When the return was notified.
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    return_notified_at: Option<Option<Instant>>,
    /// The day on which the journey was given up.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    cancelled_on: Option<Option<CivilDate>>,
}

/// Says what became of a journey, or puts it right.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    patch, path = "/v1/foreign-travel/{ref}", tag = "casework", operation_id = "change_foreign_travel",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "Its reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<EnterForeignTravel>,
    subject: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let travelling = Travelling {
        departs_on: body.departs_on,
        departs_at: body.departs_at,
        notified_at: body.notified_at,
        late_notice_excuse: body.late_notice_excuse,
        details_changed_at: body.details_changed_at,
        details_change_notified_at: body.details_change_notified_at,
        return_expected_on: body.return_expected_on,
        return_point: body.return_point,
        returned_on: body.returned_on,
        returned_at_point_notified: body.returned_at_point_notified,
        return_notified_at: body.return_notified_at,
        cancelled_on: body.cancelled_on,
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        change_travel(service.store(), &acting, &subject, travelling, read)
    };
    changed(service.run(act).await?)
}
