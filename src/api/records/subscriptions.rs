//! Subscriptions to outward events, for whoever runs the service: made, paused, resumed and ended, their keys, and what could not be delivered.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::acting::Sent;
use crate::api::auth::act::{ManageSubscriptions, ReadSubscriptions};
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, page, place};
use crate::api::precondition::{version_read, versioned};
use crate::api::service::Service;
use crate::casework::subscriptions::manage::{self, Change, NewSubscription, ReadSubscription};
use crate::domain::calendar::Instant;
use crate::domain::outward_event::OutwardEvent;
use crate::domain::words::Words;
use crate::store::delivery::{DeadLetter, Deliveries, DeliveryState};
use crate::store::subscription::Subscription;

/// A subscription that is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeSubscription, example = json!({"name": "Records", "url": "https://records.example/hooks", "event_types": ["mosovo.breach.v1"]}))]
pub struct MakeBody {
    /// What it is called.
    #[schema(value_type = String)]
    name: Words,
    /// Where it is told: `https`, or `http` on the loopback interface.
    url: String,
    /// Of what, by type; of everything where it is left out.
    #[serde(default)]
    event_types: Vec<String>,
}

/// A subscription, and how its deliveries stand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscription)]
pub struct SubscriptionView {
    /// Its id.
    id: Uuid,
    /// What it is called.
    name: String,
    /// Where it is told.
    url: String,
    /// Of what.
    event_types: Vec<&'static str>,
    /// `active`, `paused` or `ended`.
    state: &'static str,
    /// Which of its keys signs, from 1.
    key_number: i32,
    /// Until when the key before signs as well.
    #[schema(value_type = Option<String>, format = DateTime)]
    old_key_until: Option<Instant>,
    /// Since when its receiver is not there, or not well.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Instant>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// By whom.
    created_by: String,
    /// Events that wait.
    waiting: i64,
    /// Since when the oldest of them does.
    #[schema(value_type = Option<String>, format = DateTime)]
    waiting_since: Option<Instant>,
    /// Events delivered.
    delivered: i64,
    /// Events given up.
    dead: i64,
    /// The key that it has just got, `whsec_…`: shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl SubscriptionView {
    fn of(read: ReadSubscription, secret: Option<String>) -> Self {
        let ReadSubscription { subscription, deliveries } = read;
        let Subscription { id, name, url, events, state, key_number, old_key_until, .. } = subscription;
        let Subscription { failing_since, created_at, created_by, .. } = subscription;
        let count = |state| deliveries.count.get(&state).copied().unwrap_or_default();
        Self {
            id,
            name,
            url,
            event_types: events.into_iter().map(OutwardEvent::name).collect(),
            state: state.as_str(),
            key_number,
            old_key_until,
            failing_since,
            created_at,
            created_by,
            waiting: count(DeliveryState::Waiting),
            waiting_since: deliveries.waiting_since,
            delivered: count(DeliveryState::Delivered),
            dead: count(DeliveryState::Dead),
            secret,
        }
    }
}

/// The subscriptions of a force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscriptions)]
pub struct SubscriptionList {
    /// In the order in which they were made, those that have ended too.
    items: Vec<SubscriptionView>,
}

/// What was given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub struct DeadLetterView {
    /// The event.
    event_id: Uuid,
    /// Its place among those of the force.
    sequence: String,
    /// The record, by kind and reference.
    subject: String,
    /// How many times it was tried.
    attempts: i32,
    /// Why it failed last: `status_…`, `timeout`, `unreachable`, `not_trusted` or `invalid_answer`.
    problem: String,
    /// When it was given up.
    #[schema(value_type = String, format = DateTime)]
    ended_at: Instant,
}

impl From<DeadLetter> for DeadLetterView {
    fn from(letter: DeadLetter) -> Self {
        let DeadLetter { number, event_id, record, attempts, problem, ended_at } = letter;
        Self { event_id, sequence: number.to_string(), subject: record, attempts, problem, ended_at }
    }
}

/// What was given up, in the order of the events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetters)]
pub struct DeadLetterList {
    /// The dead letters.
    items: Vec<DeadLetterView>,
}

/// Which of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// The place to go on from, out of the link to what comes next.
    cursor: Option<String>,
}

/// What is to be delivered again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RedriveDeadLetters, example = json!({"event_ids": ["0197f2a4-0000-7000-8000-000000000004"]}))]
pub struct RedriveBody {
    /// These events; all that were given up where it is left out.
    event_ids: Option<Vec<Uuid>>,
}

/// From when on a subscription is told again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayEvents, example = json!({"from": "2026-11-01T00:00:00Z"}))]
pub struct ReplayBody {
    /// Of all that happened from this instant on.
    #[schema(value_type = String, format = DateTime)]
    from: Instant,
}

/// How many events are delivered again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventsAgain)]
pub struct AgainView {
    /// How many.
    events: usize,
}

/// Makes a subscription of the caller's force: it is told of what happens from now on. Its key is shown this once.
///
/// # Errors
/// When the caller may not, a type is unknown, the URL will not do, there are as many as there may be, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions", tag = "records", operation_id = "make_subscription", security(("bearer_token" = [])),
    request_body = MakeBody,
    responses((status = 201, body = SubscriptionView, headers(("Location" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn make(
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    sent: Sent<MakeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let MakeBody { name, url, event_types } = sent.body;
    let named = |(at, name): (usize, &String)| {
        let unknown =
            || Problem::new(ErrorCode::INVALID_BODY, "there is no event of this type").at(format!("/event_types/{at}"));
        OutwardEvent::named(name).ok_or_else(unknown)
    };
    let events = event_types.iter().enumerate().map(named).collect::<Result<_, _>>()?;
    let new = NewSubscription { name, url, events };
    let make = move |service: &Service| manage::make(service.store(), &reader, service.webhook_keys()?, &new);
    let (made, secret) = service.run(make).await?;
    let id = made.id;
    let view =
        SubscriptionView::of(ReadSubscription { subscription: made, deliveries: Deliveries::default() }, Some(secret));
    Ok(HttpResponse::Created().insert_header((header::LOCATION, format!("/v1/subscriptions/{id}"))).json(view))
}

/// The subscriptions of the caller's force.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/subscriptions", tag = "records", operation_id = "list_subscriptions", security(("bearer_token" = [])),
    responses((status = 200, body = SubscriptionList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadSubscriptions>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| manage::list(service.store(), &reader)).await?;
    let items = found.into_iter().map(|read| SubscriptionView::of(read, None)).collect();
    Ok(HttpResponse::Ok().json(SubscriptionList { items }))
}

/// One subscription of the caller's force, with its version.
///
/// # Errors
/// When the caller may not, there is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}", tag = "records", operation_id = "read_subscription", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id")),
    responses((status = 200, body = SubscriptionView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ReadSubscriptions>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| manage::read(service.store(), &reader, *id)).await?;
    // What waits changes without the subscription: its version alone would say that nothing has.
    let version = found.subscription.version;
    let view = SubscriptionView::of(found, None);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{version}\""))).json(view))
}

async fn changed(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    (id, change): (Uuid, Change),
) -> Result<HttpResponse, Problem> {
    let (reader, version) = (service.reader(permit), version_read(&request)?);
    let (found, secret) = service
        .run(move |service| manage::change(service.store(), &reader, service.webhook_keys()?, (id, version), change))
        .await?;
    let version = found.subscription.version;
    versioned(&request, &SubscriptionView::of(found, secret), version)
}

/// Tells a subscription nothing for now: what happens meanwhile waits.
///
/// # Errors
/// When the caller may not, there is none, it has changed since it was read or is in no state for it, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/pause", tag = "records", operation_id = "pause_subscription",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id"), ("If-Match" = String, Header, description = "Its version")),
    responses((status = 200, body = SubscriptionView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn pause(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    changed(request, service, permit, (*id, Change::Pause)).await
}

/// Tells a subscription again, of what has waited first.
///
/// # Errors
/// When the caller may not, there is none, it has changed since it was read or is in no state for it, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/resume", tag = "records", operation_id = "resume_subscription",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id"), ("If-Match" = String, Header, description = "Its version")),
    responses((status = 200, body = SubscriptionView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn resume(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    changed(request, service, permit, (*id, Change::Resume)).await
}

/// Ends a subscription: it is told nothing any more.
///
/// # Errors
/// When the caller may not, there is none, it has changed since it was read or is in no state for it, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/end", tag = "records", operation_id = "end_subscription",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id"), ("If-Match" = String, Header, description = "Its version")),
    responses((status = 200, body = SubscriptionView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn end(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    changed(request, service, permit, (*id, Change::End)).await
}

/// Gives a subscription another key, which is shown this once; for a day the one before signs as well.
///
/// # Errors
/// When the caller may not, there is none, it has changed since it was read or is in no state for it, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/new-key", tag = "records", operation_id = "give_subscription_new_key",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id"), ("If-Match" = String, Header, description = "Its version")),
    responses((status = 200, body = SubscriptionView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn new_key(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    changed(request, service, permit, (*id, Change::NewKey)).await
}

/// What was given up of a subscription's deliveries, with why.
///
/// # Errors
/// When the caller may not, there is no such subscription, a parameter is wrong, or the service fails.
#[utoipa::path(
    get, path = "/v1/subscriptions/{id}/dead-letters", tag = "records", operation_id = "list_dead_letters",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The subscription's id"), PageQuery),
    responses(
        (status = 200, body = DeadLetterList, headers(("Link" = String, description = "The next part, where there is one"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn dead_letters(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadSubscriptions>,
    id: web::Path<Uuid>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let limit = limit(query.limit)?;
    let after: Option<i64> = place(query.cursor.as_deref(), |place| place.parse().ok())?;
    let after = (after.unwrap_or_default(), limit);
    let found = service.run(move |service| manage::dead_letters(service.store(), &reader, *id, after)).await?;
    let next = found.get(limit - 1).map(|last| cursor(&last.number.to_string()));
    let items = found.into_iter().map(DeadLetterView::from).collect();
    page(&request, &DeadLetterList { items }, next.as_deref())
}

/// Has what was given up delivered again.
///
/// # Errors
/// When the caller may not, there is no such subscription, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/redrive", tag = "records", operation_id = "redrive_dead_letters",
    security(("bearer_token" = [])), request_body = RedriveBody,
    params(("id" = Uuid, Path, description = "The subscription's id")),
    responses((status = 200, body = AgainView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn redrive(
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
    sent: Sent<RedriveBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let named = sent.body.event_ids;
    let events = service.run(move |service| manage::redrive(service.store(), &reader, *id, named.as_deref())).await?;
    Ok(HttpResponse::Ok().json(AgainView { events }))
}

/// Has a subscription told again of all that happened from an instant on.
///
/// # Errors
/// When the caller may not, there is no such subscription or it has ended, or the service fails.
#[utoipa::path(
    post, path = "/v1/subscriptions/{id}/replay", tag = "records", operation_id = "replay_events",
    security(("bearer_token" = [])), request_body = ReplayBody,
    params(("id" = Uuid, Path, description = "The subscription's id")),
    responses((status = 200, body = AgainView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn replay(
    service: web::Data<Service>,
    permit: Permit<ManageSubscriptions>,
    id: web::Path<Uuid>,
    sent: Sent<ReplayBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, from) = (service.reader(permit), sent.body.from);
    let events = service.run(move |service| manage::replay(service.store(), &reader, *id, from)).await?;
    Ok(HttpResponse::Ok().json(AgainView { events }))
}
