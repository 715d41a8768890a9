//! What the records system is told of: events by reference (CloudEvents 1.0), and what each is about.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ReadOutwardEvents;
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, known, limit, page, place};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::outward_events::{self, CloudEvent, Told};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::outward_event::OutwardEvent;

/// Which events are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Of this type alone.
    r#type: Option<String>,
    /// How many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// What comes after the event whose `sequence` this is.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// The place to go on from, out of the link to what comes next.
    cursor: Option<String>,
}

/// An event in the form of CloudEvents 1.0: how the document describes [`CloudEvent`].
#[derive(Debug, ToSchema)]
#[schema(as = OutwardEvent, example = json!({
    "specversion": "1.0", "id": "0197f2a4-0000-7000-8000-000000000004", "source": "/mosovo-visits/wessex",
    "type": "mosovo.breach.v1", "subject": "breach/0197f2a4-0000-7000-8000-000000000104", "time": "2026-11-01T10:00:00Z",
    "datacontenttype": "application/json", "sequence": "4",
    "data": {
        "kind": "breach", "ref": "0197f2a4-0000-7000-8000-000000000104", "offender_ref": "n-1", "act": "breach.enter",
        "href": "/v1/events/0197f2a4-0000-7000-8000-000000000004",
    },
}))]
#[expect(dead_code, reason = "it describes what CloudEvent writes")]
pub struct EventView {
    /// `1.0`.
    specversion: String,
    /// Its id: who is told twice knows it again by this.
    id: Uuid,
    /// `/mosovo-visits/{force}`.
    source: String,
    /// What it is, for instance `mosovo.visit_outcome.v1`.
    r#type: String,
    /// The record that it is about: kind and reference.
    subject: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    time: Instant,
    /// `application/json`.
    datacontenttype: String,
    /// Its place among the force's events, from 1; there may be gaps in a list of some types.
    sequence: String,
    /// References and a link.
    data: EventData,
}

/// What an event is about, by reference.
#[derive(Debug, ToSchema)]
#[schema(as = OutwardEventData)]
#[expect(dead_code, reason = "it describes what CloudEvent writes")]
pub struct EventData {
    /// The kind of the record.
    kind: String,
    /// Its reference.
    r#ref: String,
    /// Whom it is about.
    offender_ref: Option<String>,
    /// The act that made it so.
    act: String,
    /// Where to read what it is about.
    href: String,
}

/// Events in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutwardEvents)]
pub struct EventList {
    /// The events.
    #[schema(value_type = Vec<EventView>)]
    items: Vec<CloudEvent>,
}

/// An event, and what it is about as that stands now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToldEvent)]
pub struct ToldView {
    /// The event.
    #[schema(value_type = EventView)]
    event: CloudEvent,
    /// The record, whole; empty where it was withdrawn since.
    #[schema(value_type = Option<Object>)]
    record: Option<Value>,
    /// Where dates are asked to be withdrawn, the day by which a visit is to be made in their place; never the day planned.
    #[schema(value_type = Option<String>, format = Date)]
    latest_by: Option<CivilDate>,
}

/// What the caller's force's records system is told of, in the order in which it happened.
///
/// # Errors
/// When the caller may not, a parameter is wrong, or the service fails.
#[utoipa::path(
    get, path = "/v1/events", tag = "records", operation_id = "list_outward_events", security(("bearer_token" = [])),
    params(EventQuery),
    responses(
        (status = 200, body = EventList, headers(("Link" = String, description = "The next part, where there is one"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOutwardEvents>,
    query: web::Query<EventQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let EventQuery { r#type, limit: asked, after, cursor: from } = query.into_inner();
    let limit = limit(asked)?;
    let events: Vec<OutwardEvent> = known("type", r#type.as_deref(), OutwardEvent::named)?.into_iter().collect();
    let from: Option<i64> = place(from.as_deref(), |place| place.parse().ok())?;
    if after.is_some_and(|after| after < 0) {
        return Err(Problem::new(ErrorCode::INVALID_QUERY, "after is the sequence of an event, or 0"));
    }
    let after = from.or(after).unwrap_or_default();
    let force = reader.person.force.clone();
    let found =
        service.run(move |service| outward_events::list(service.store(), &reader, (after, limit), &events)).await?;
    let next = found.get(limit - 1).map(|last| cursor(&last.number.to_string()));
    let items = found.iter().map(|event| CloudEvent::of(event, &force)).collect();
    page(&request, &EventList { items }, next.as_deref())
}

/// One event of the caller's force, and what it is about as that stands now.
///
/// # Errors
/// When the caller may not, there is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/events/{id}", tag = "records", operation_id = "read_outward_event", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The event's id")),
    responses((status = 200, body = ToldView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOutwardEvents>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let force = reader.person.force.clone();
    let found = service.run(move |service| outward_events::read(service.store(), &reader, *id)).await?;
    let Told { event, record } = found.ok_or_else(Problem::not_found)?;
    tagged(&request, &ToldView { event: CloudEvent::of(&event, &force), record, latest_by: event.latest_by })
}
