//! Changing an offender's status.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::Sent;
use crate::api::answer::head;
use crate::api::auth::act::ChangeStatus;
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::people::status::{ChangingStatus, change};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::status_change::{NewStatus, StatusEffect};
use crate::domain::words::Words;

/// What the status becomes, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeStatus)]
pub struct StatusBody {
    /// `community`, `custody`, `hospital`, `abroad`, `missing`, `transferred_out`, `transferred_in`, `deported`, `deceased`
    /// or `period_ended`.
    #[schema(value_type = String)]
    status: NewStatus,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    since: Day,
    /// Why.
    #[schema(value_type = String)]
    reason: Words,
    /// On whose authority; needed of `transferred_out`, `transferred_in`, `deported` and `period_ended`.
    #[schema(value_type = Option<String>)]
    authority: Option<Words>,
}

/// Something that a change of status does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusEffect)]
pub struct EffectView {
    /// On what: `duties`, `visits`, `flags` or `allocation`.
    on: &'static str,
    /// What: docs/API.md has the table.
    #[schema(value_type = String)]
    effect: StatusEffect,
    /// By when, where it asks for something.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<CivilDate>,
}

/// An offender with the new status, and what the change does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusChanged)]
pub struct ChangedView {
    /// The offender.
    #[serde(flatten)]
    record: RecordView,
    /// What it does; empty where the same request had been carried out before.
    effects: Vec<EffectView>,
}

/// Changes an offender's status and tells what that does to duties, visits, flags and allocation. What ends this force's management is
/// for a supervisor or detective inspector.
///
/// # Errors
/// When the caller may not, there is no such case in scope, the change is impossible, or the record has changed.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/status", tag = "casework", operation_id = "change_status",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = StatusBody,
    responses(
        (status = 200, body = ChangedView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ChangeStatus>,
    offender: web::Path<Ref>,
    sent: Sent<StatusBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: StatusBody { status, since, reason, authority }, key } = sent;
    let changing = ChangingStatus { status, since: since.0, reason, authority };
    let act = move |service: &Service| {
        change(service.store(), &service.acting(&reader, key.as_ref()), &offender, &changing, read)
    };
    let changed = service.run(act).await?;
    let mut response = HttpResponse::Ok();
    head(&mut response, &changed.written)?;
    let effects = changed.effects.into_iter().map(|(effect, due_on)| EffectView { on: effect.on(), effect, due_on });
    Ok(response.json(ChangedView { record: RecordView::of(changed.written.held)?, effects: effects.collect() }))
}
