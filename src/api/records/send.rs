//! Sending records: one event, a batch, or a feed of any length; one way in for all three.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use super::body::{pipe, whole};
use super::imports::ImportView;
use crate::api::auth::act::{Act, SendRecords};
use crate::api::auth::permit::Permit;
use crate::api::error::extract::not_the_shape;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::access::RefusedAct;
use crate::casework::acting::ActError;
use crate::casework::actor::{Actor, Person};
use crate::casework::flags::evaluate_asking;
use crate::casework::import::{ImportReport, ImportState};
use crate::casework::senders::{Sender, Unproven, prove};
use crate::records::import::{ImportError, import_events, import_lines};

/// The most events in a batch (records feed, version 1).
const LARGEST_BATCH: usize = 1_000;

/// The longest single event: as long as the longest line of a bulk feed.
const LONGEST_EVENT_BYTES: usize = 1024 * 1024;

/// The longest batch.
const LONGEST_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Where such an import comes from.
const ORIGIN: &str = "http";

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
const LINES: &str = "application/x-ndjson";

/// Sends records of the force. A refused event does not stop the others: the report lists it.
///
/// # Errors
/// When the caller may not; when the body is not what its media type says, and then nothing is
/// applied; when a feed breaks off, and then what was taken is kept.
#[utoipa::path(
    post, path = "/v1/records", tag = "records", operation_id = "send_records", security(("bearer_token" = [])),
    request_body(
        description = "CloudEvents 1.0 of the records feed, version 1: one, an array of at most 1,000, or one a line",
        content((Object = "application/cloudevents+json"), (Vec<Object> = "application/cloudevents-batch+json"), (String = "application/x-ndjson")),
    ),
    responses(
        (status = 200, body = ImportView, headers(("Location" = String, description = "The stored report"))),
        (status = 400, description = "The body is not what it says; or a feed broke off, and then there is a Location", body = ProblemDocument, headers(("Location" = String, description = "The stored report of what was taken"))),
        (status = 503, description = "As many feeds are coming in as may at a time", body = ProblemDocument, headers(("Retry-After" = String, description = "Seconds"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn send(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<SendRecords>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let taken = taken(&request, &service, &person, body).await;
    if let Err(problem) = &taken {
        on_record(&request, SendRecords::PERMISSION.name, person, problem);
    }
    let report = taken?;
    let location = (header::LOCATION, path_of(report.id));
    Ok(HttpResponse::Ok().insert_header(location).json(ImportView::of(report)))
}

/// Takes in what was sent. A sender whose records must be signed is believed only once the whole body has come.
async fn taken(
    request: &HttpRequest,
    service: &Service,
    person: &Person,
    body: web::Payload,
) -> Result<ImportReport, Problem> {
    let actor = Actor::Person(person.clone());
    let media_type = media_type(request)?;
    let sender = service.senders().named(&person.force, &person.subject).filter(|sender| sender.is_signed).cloned();
    if let (MediaType::Lines, None) = (media_type, &sender) {
        return streamed(service, actor, body).await;
    }
    // A feed that is believed only once it is whole waits for its turn too, before it takes memory.
    let turn = match media_type {
        MediaType::Lines => Some(service.feeds().turn(service.metrics()).await?),
        MediaType::One | MediaType::Batch => None,
    };
    let longest = if let MediaType::One = media_type { LONGEST_EVENT_BYTES } else { LONGEST_BATCH_BYTES };
    let body = whole(body, longest).await?;
    if let Some(sender) = sender {
        proven(request, service, sender, body.clone()).await?;
    }
    match media_type {
        MediaType::One => {
            let event: Box<RawValue> = json(&body)?;
            if !event.get().starts_with('{') {
                return Err(Problem::new(ErrorCode::INVALID_BODY, "the body is not one event: send a JSON object"));
            }
            at_hand(service, actor, vec![event]).await
        }
        MediaType::Batch => {
            let events: Vec<Box<RawValue>> = json(&body)?;
            if events.len() > LARGEST_BATCH {
                let detail = format!("the batch has {} events; nothing was applied", events.len());
                return Err(Problem::new(ErrorCode::BATCH_TOO_LARGE, detail));
            }
            at_hand(service, actor, events).await
        }
        MediaType::Lines => {
            let import = move |service: &Service| {
                let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
                let lines = import_lines(service.store(), service.clock(), &actor, ORIGIN, &body[..], |_| {});
                ended(service, &actor, lines)
            };
            service.run(import).await
        }
    }
}

/// Whether the body is what its sender has signed, for the first time.
pub(super) async fn proven(
    request: &HttpRequest,
    service: &Service,
    sender: Sender,
    body: web::Bytes,
) -> Result<(), Problem> {
    let mut headers = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let value = request.headers().get(name).and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
        headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
    let prove = move |service: &Service| -> Result<_, ActError> {
        Ok(prove(service.store(), &sender, service.webhook_keys()?, &headers, &body)?)
    };
    service.run(prove).await?.map_err(|unproven| {
        let (code, detail) = match unproven {
            Unproven::Unsigned => (ErrorCode::SIGNATURE_MISSING, "one of the three headers is missing, or unreadable"),
            Unproven::Wrong => {
                (ErrorCode::SIGNATURE_WRONG, "no key of the sender's has signed this body; nothing was applied")
            }
            Unproven::OutOfTime => (
                ErrorCode::SIGNATURE_OUT_OF_TIME,
                "webhook-timestamp is over five minutes from now; nothing was applied",
            ),
            Unproven::Replayed => {
                (ErrorCode::SIGNATURE_REPLAYED, "webhook-id and webhook-timestamp are of a message taken before")
            }
        };
        Problem::new(code, detail)
    })
}

/// What is refused at the door, before any record is looked at, goes on record; a failure of the service's own, or of the line, does not.
pub(super) fn on_record(request: &HttpRequest, act: &'static str, person: Person, problem: &Problem) {
    let code = problem.code();
    if code.status.is_client_error() && code != ErrorCode::FEED_BROKEN_OFF {
        request.extensions_mut().insert(RefusedAct {
            act,
            why: code.code,
            subject: person.subject.clone(),
            forces: [person.force.clone()].into(),
            person: Some(person),
            reference: None,
            id: None,
        });
    }
}

/// Where an import's report is read.
pub(super) fn path_of(import: Uuid) -> String {
    format!("/v1/imports/{import}")
}

#[derive(Clone, Copy)]
enum MediaType {
    One,
    Batch,
    Lines,
}

fn media_type(request: &HttpRequest) -> Result<MediaType, Problem> {
    let encoded = request.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    let media_type = request.mime_type().ok().flatten().filter(|_| !encoded);
    match media_type.as_ref().map(|media_type| media_type.essence_str()) {
        Some(ONE) => Ok(MediaType::One),
        Some(BATCH) => Ok(MediaType::Batch),
        Some(LINES) => Ok(MediaType::Lines),
        Some(_) | None => {
            let detail = format!("records are sent as {ONE}, {BATCH} or {LINES}, without a content encoding");
            Err(Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, detail))
        }
    }
}

/// The outer shape alone; what an event says is read event by event, so that a bad one stops no other.
fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| not_the_shape(&error))
}

async fn at_hand(service: &Service, actor: Actor, events: Vec<Box<RawValue>>) -> Result<ImportReport, Problem> {
    let import = move |service: &Service| {
        ended(service, &actor, import_events(service.store(), service.clock(), &actor, ORIGIN, &events))
    };
    service.run(import).await
}

/// It waits for its turn before it takes a thread. Then the request passes its pieces on while another thread imports them; neither runs ahead of the
/// other. Should the caller go away, that thread still closes the import.
async fn streamed(service: &Service, actor: Actor, body: web::Payload) -> Result<ImportReport, Problem> {
    let turn = service.feeds().turn(service.metrics()).await?;
    let (inlet, feed) = pipe();
    let import = service.run(move |service| {
        let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
        ended(service, &actor, import_lines(service.store(), service.clock(), &actor, ORIGIN, feed, |_| {}))
    });
    let (report, ()) = futures_util::future::join(import, inlet.pass_on(body, service.feeds().silence())).await;
    report
}

/// Counts an import that has ended, well or not, and brings the flags up to date with what it took.
fn ended(service: &Service, actor: &Actor, import: Result<ImportReport, ImportError>) -> Result<ImportReport, Problem> {
    match import {
        Ok(report) => {
            settle(service, actor, &report);
            Ok(report)
        }
        Err(ImportError::Feed { id, .. }) => {
            service.metrics().import(ImportState::Failed.name(), &[]);
            let detail = "the feed broke off before its end; what was taken is kept";
            Err(Problem::new(ErrorCode::FEED_BROKEN_OFF, detail).told_at(path_of(id)))
        }
        Err(ImportError::Store(error)) => {
            service.metrics().import(ImportState::Failed.name(), &[]);
            Err(error.into())
        }
    }
}

/// Counts what came of an import, and brings the flags up to date with it.
pub(super) fn settle(service: &Service, actor: &Actor, report: &ImportReport) {
    let outcomes = [
        ("accepted", report.accepted),
        ("duplicate", report.duplicates),
        ("stale", report.stale),
        ("refused", report.refused),
    ];
    service.metrics().import(report.state.name(), &outcomes);
    evaluate(service, actor, report);
}

/// Evaluates the flags of the force that was spoken of. Where that fails the import still stands, and
/// the service's own job evaluates them.
fn evaluate(service: &Service, actor: &Actor, report: &ImportReport) {
    let (store, clock, policies) = (service.store(), service.clock(), service.policies());
    match evaluate_asking(store, clock, actor, policies, Some(&report.forces)) {
        Ok(outcomes) => {
            for error in outcomes.into_iter().filter_map(|(_, outcome)| outcome.err()) {
                tracing::error!(%error, "flags could not be evaluated after an import; a job will");
            }
        }
        Err(error) => tracing::error!(%error, "flags could not be evaluated after an import; a job will"),
    }
}
