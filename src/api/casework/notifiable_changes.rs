//! Notifiable changes: entered, listed, read, changed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{EnterNotifiableChanges, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::{civil_date, civil_date_if_given, civil_date_or_null, instant, instant_or_null, or_null};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::notifiable_changes::{ChangingChange, EnteringChange, change as change_it, enter as enter_change};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::notifiable_change::{ChangeKind, HowKnown};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A notification given before the event: SOA 2003 s.84(2).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdvanceNotice)]
pub struct AdvanceBody {
    /// When it was given.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    notified_at: Instant,
    /// The date given.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    expected_on: CivilDate,
}

/// Something that an offender must tell the police (SOA 2003 s.84 and the 2012 regulations).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterNotifiableChange)]
pub struct EnterBody {
    /// What: `name_used`, `home_address_changed`, `no_sole_or_main_residence`, `stay`, `released`, `child_household_begun`,
    /// `child_household_ceased`, `bank_account_opened`, `bank_account_closed`, `card_gained`, `card_lost`, `card_changed`,
    /// `identity_document_obtained`, `identity_document_replaced`, `identity_document_lost`, `attendance_directed` or
    /// `absent_from_home`.
    #[schema(value_type = String)]
    kind: ChangeKind,
    /// When it happened, or began; left out where it is only expected.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    occurred_on: Option<CivilDate>,
    /// The last day of what lasts; left out while it goes on.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<CivilDate>,
    /// Hours stayed in a household with somebody under 18; left out where the offender lives there.
    #[serde(default)]
    hours: Option<u32>,
    /// The address it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    premises_ref: Option<Ref>,
    /// How it came to be known: `offender_said`, `visit`, `intelligence`, `police_enquiry`, `other_agency`, `records_system`
    /// or `other`.
    #[schema(value_type = String)]
    how_known: HowKnown,
    /// When; today where it is left out.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    known_on: Option<CivilDate>,
    /// The advance notice of it, where there was one.
    #[serde(default)]
    advance: Option<AdvanceBody>,
    /// The notification that covers it, where a person found one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    notification_ref: Option<Ref>,
    /// Why that covers it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    notification_reason: Option<Words>,
    /// Whether a notification of it restarts the year; the kind says where it is left out.
    #[serde(default)]
    moves_periodic_date: Option<bool>,
    /// Why otherwise than the kind says.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    periodic_date_reason: Option<Words>,
    /// In words, at most 10,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    detail: Option<Words>,
}

/// Enters a notifiable change. It is a duty from then on, met by the notification that a person names.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/notifiable-changes", tag = "casework", operation_id = "enter_notifiable_change",
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
    permit: Permit<EnterNotifiableChanges>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let entering = EnteringChange {
        kind: body.kind,
        occurred_on: body.occurred_on,
        until: body.until,
        hours: body.hours,
        premises_ref: body.premises_ref,
        how_known: body.how_known,
        known_on: body.known_on,
        advance: body.advance.map(|notice| (notice.notified_at, notice.expected_on)),
        notification_ref: body.notification_ref,
        notification_reason: body.notification_reason,
        moves_periodic_date: body.moves_periodic_date,
        periodic_date_reason: body.periodic_date_reason,
        detail: body.detail,
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        enter_change(service.store(), &acting, &subject, entering)
    };
    created(service.run(act).await?, "/v1/notifiable-changes")
}

/// The notifiable changes of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/notifiable-changes", tag = "casework", operation_id = "list_notifiable_changes",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::NotifiableChange).await
}

/// One notifiable change, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/notifiable-changes/{ref}", tag = "casework", operation_id = "read_notifiable_change",
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
    read_one(&request, service, permit, RecordKind::NotifiableChange, subject.into_inner()).await
}

/// What became of a change, or is put right: members that are left out stay, `null` empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeNotifiableChange)]
pub struct ChangeBody {
    /// When it happened: what was notified in advance is realised thereby.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    occurred_on: Option<Option<CivilDate>>,
    /// The last day of what lasts.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Option<CivilDate>>,
    /// Hours stayed in a household with somebody under 18.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<u32>)]
    hours: Option<Option<u32>>,
    /// The address it is about.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    premises_ref: Option<Option<Ref>>,
    /// The notification that covers it, as a person found; with `notification_reason`.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    notification_ref: Option<Option<Ref>>,
    /// Why that covers it, or why none does.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    notification_reason: Option<Words>,
    /// When the offender said that what was notified in advance had not happened: s.84(4)(b).
    #[serde(default, deserialize_with = "instant_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    said_not_happened_at: Option<Option<Instant>>,
    /// Whether a notification of it restarts the year; the kind says where it is `null`.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<bool>)]
    moves_periodic_date: Option<Option<bool>>,
    /// Why otherwise than the kind says.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    periodic_date_reason: Option<Option<Words>>,
    /// In words, at most 10,000 characters.
    #[serde(default, deserialize_with = "or_null")]
    #[schema(value_type = Option<String>)]
    detail: Option<Option<Words>>,
}

/// Names the notification that covers a change, says what became of it, or puts it right.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    patch, path = "/v1/notifiable-changes/{ref}", tag = "casework", operation_id = "change_notifiable_change",
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
    permit: Permit<EnterNotifiableChanges>,
    subject: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changing = ChangingChange {
        occurred_on: body.occurred_on,
        until: body.until,
        hours: body.hours,
        premises_ref: body.premises_ref,
        notification_ref: body.notification_ref,
        notification_reason: body.notification_reason,
        said_not_happened_at: body.said_not_happened_at,
        moves_periodic_date: body.moves_periodic_date,
        periodic_date_reason: body.periodic_date_reason,
        detail: body.detail,
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        change_it(service.store(), &acting, &subject, changing, read)
    };
    changed(service.run(act).await?)
}
