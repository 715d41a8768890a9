//! Notifications received: entered, listed, read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, created};
use crate::api::auth::act::{EnterNotifications, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::notifications::{Receiving, receive};
use crate::domain::calendar::Instant;
use crate::domain::notification::NotificationKind;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A notification that the police received (SOA 2003 Part 2).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterNotification)]
pub struct EnterBody {
    /// What was notified: `initial`, `change`, `periodic`, `weekly`, `travel` or `return`.
    #[schema(value_type = String)]
    kind: NotificationKind,
    /// When, not in the future.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    notified_at: Instant,
    /// The provision it was made under, such as `SOA 2003 s.84(1)(b)`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    provision: Option<Words>,
    /// What was said, in at most 10,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    detail: Option<Words>,
    /// Whether it restarts the year; where it is left out, what was notified decides.
    #[serde(default)]
    moves_periodic_date: Option<bool>,
    /// Why otherwise than usual.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    periodic_date_reason: Option<Words>,
    /// The notifiable changes of which it tells: they are met by it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    covers: Vec<Ref>,
}

/// Enters a notification that was received, and says which notifiable changes it covers.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/notifications", tag = "casework", operation_id = "enter_notification",
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
    permit: Permit<EnterNotifications>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let receiving = Receiving {
        kind: body.kind,
        notified_at: body.notified_at,
        provision: body.provision,
        detail: body.detail,
        moves_periodic_date: body.moves_periodic_date,
        periodic_date_reason: body.periodic_date_reason,
        covers: body.covers,
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        receive(service.store(), &acting, &subject, receiving)
    };
    created(service.run(act).await?, "/v1/notifications")
}

/// The notifications of an offender, those of the records feed too.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/notifications", tag = "casework", operation_id = "list_notifications",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::Notification).await
}

/// One notification, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/notifications/{ref}", tag = "casework", operation_id = "read_notification",
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
    read_one(&request, service, permit, RecordKind::Notification, subject.into_inner()).await
}
