//! What the records system answers: webhooks, its feed, and what it is told under `/control`.

use std::fs;
use std::io;

use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, Json, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, rt};
use anyhow::Context;
use futures_util::stream;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::System;
use crate::faults::{Fault, Orders};
use crate::ledger::{NewEvent, REFUSED_SIGNATURES, Told, in_words};

/// The longest body that is taken.
const LONGEST_BODY_BYTES: usize = 64 * 1_024 * 1_024;

/// The most events in a page of the feed.
const LARGEST_PAGE: i64 = 1_000;

/// All that is answered.
pub fn everything(config: &mut ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(LONGEST_BODY_BYTES))
        .route("/hooks", web::post().to(hook))
        .route("/control/records", web::post().to(records))
        .route("/control/faults", web::post().to(faults))
        .route("/control/compare", web::post().to(compare))
        .route("/control/state", web::get().to(state))
        .configure(feed_alone);
}

/// The feed.
pub fn feed_alone(config: &mut ServiceConfig) {
    config.route("/feed", web::get().to(feed));
}

fn failed(error: &anyhow::Error) -> HttpResponse {
    HttpResponse::InternalServerError().json(json!({ "detail": format!("{error:#}") }))
}

fn answered(answer: anyhow::Result<Value>) -> HttpResponse {
    answer.map_or_else(|error| failed(&error), |answer| HttpResponse::Ok().json(answer))
}

/// Works beside the answering.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    web::block(work).await.context("the work was broken off")?
}

/// Faults that come before anything is done: late, 500, 429.
async fn fault_before(system: &System) -> Option<HttpResponse> {
    rt::time::sleep(system.faults.held_back()).await;
    if system.faults.happens(Fault::Error) {
        return Some(HttpResponse::InternalServerError().finish());
    }
    let too_many = || HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, "1")).finish();
    system.faults.happens(Fault::TooMany).then(too_many)
}

/// An answer, which may break off in the middle.
fn perhaps_cut(system: &System, mut answer: HttpResponseBuilder, body: String) -> HttpResponse {
    answer.content_type("application/json");
    if !system.faults.happens(Fault::Cut) {
        return answer.body(body);
    }
    let (length, half) = (u64::try_from(body.len()).unwrap_or(u64::MAX), body.len() / 2);
    let half: Bytes = body.into_bytes().into_iter().take(half).collect();
    let breaks_off = Err(io::Error::new(io::ErrorKind::ConnectionAborted, "a fault, as ordered"));
    answer.no_chunking(length).streaming(stream::iter([Ok(half), breaks_off]))
}

/// Takes a webhook: verified, kept, and only then answered; it is dealt with afterwards.
async fn hook(request: HttpRequest, system: Data<System>, body: Bytes) -> HttpResponse {
    if let Some(fault) = fault_before(&system).await {
        return fault;
    }
    let mut headers = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let value = request.headers().get(name).and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
        headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
    let keeping = system.clone();
    let kept = beside(move || {
        if !is_of_the_service(&keeping, &headers, &body)? {
            keeping.ledger.count(REFUSED_SIGNATURES, 1)?;
            return Ok(None);
        }
        keeping.ledger.hear(&told(&body)?).map(Some)
    });
    match kept.await {
        Ok(Some(is_new)) => perhaps_cut(&system, HttpResponse::Ok(), json!({ "new": is_new }).to_string()),
        Ok(None) => HttpResponse::Forbidden().finish(),
        Err(error) => failed(&error),
    }
}

fn is_of_the_service(system: &System, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<bool> {
    let file = system.webhook_secret_file.as_ref().context("no --webhook-secret-file is named")?;
    let secret = fs::read_to_string(file).context("there is no secret of the subscription yet")?;
    Ok(Webhook::new(secret.trim())?.verify(body, headers).is_ok())
}

/// The event in a webhook.
fn told(body: &[u8]) -> anyhow::Result<Told> {
    let event: Value = serde_json::from_slice(body)?;
    let text = |pointer: &str| {
        event.pointer(pointer).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("no {pointer}"))
    };
    Ok(Told {
        id: text("/id")?,
        sequence: text("/sequence")?.parse()?,
        subject: text("/subject")?,
        kind: text("/data/kind")?,
        reference: text("/data/ref")?,
        href: text("/data/href")?,
    })
}

/// Which page of the feed is asked for.
#[derive(Debug, Deserialize)]
struct Asked {
    after: Option<i64>,
    limit: i64,
}

/// A page of its feed, version 1 of the protocol.
async fn feed(system: Data<System>, asked: Query<Asked>) -> HttpResponse {
    if let Some(fault) = fault_before(&system).await {
        return fault;
    }
    let Asked { after, limit } = asked.into_inner();
    let reading = system.clone();
    let page = beside(move || {
        let limit = limit.clamp(1, LARGEST_PAGE);
        let mut events = reading.ledger.page(after.unwrap_or_default(), limit + 1)?;
        let wanted = usize::try_from(limit)?;
        let more = events.len() > wanted;
        events.truncate(wanted);
        let next = events.last().map(|(place, _)| place.to_string());
        let events: Vec<Box<RawValue>> =
            events.into_iter().map(|(_, body)| RawValue::from_string(body)).collect::<Result<_, _>>()?;
        #[derive(serde::Serialize)]
        struct Page {
            events: Vec<Box<RawValue>>,
            next: Option<String>,
            more: bool,
        }
        Ok(serde_json::to_string(&Page { events, next, more })?)
    });
    match page.await {
        Ok(page) => perhaps_cut(&system, HttpResponse::Ok(), page),
        Err(error) => failed(&error),
    }
}

/// Takes in records, one a line: `type`, `subject` and `data`, and `id` and `time` where they have them already.
async fn records(system: Data<System>, body: Bytes) -> HttpResponse {
    let entered = beside(move || {
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let new: Vec<NewEvent> = lines.map(serde_json::from_slice).collect::<Result<_, _>>()?;
        let sent = new.len();
        let taken = system.ledger.enter(new)?;
        Ok(json!({ "taken": taken, "known": sent - taken }))
    });
    answered(entered.await)
}

async fn faults(system: Data<System>, orders: Json<Orders>) -> HttpResponse {
    match system.faults.order(orders.into_inner()) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => HttpResponse::BadRequest().json(json!({ "detail": error.to_string() })),
    }
}

/// Compares what both sides hold, and tells again of what differs.
async fn compare(system: Data<System>) -> HttpResponse {
    let compared = beside(move || {
        let line = system.line.as_ref().context("no --service is named")?;
        let lines = system.ledger.digests()?.into_iter().map(|(record_type, subject, digest, time)| {
            json!({ "type": record_type, "subject": subject, "digest": digest, "time": in_words(time) }).to_string()
        });
        let lines: Vec<String> = lines.collect();
        let answer = line.compare(lines.join("\n")).map_err(|failed| anyhow::anyhow!(failed.why))?;
        let listed = answer.get("send_again").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let again: Vec<(String, String)> = listed.iter().map(|one| (text(one, "type"), text(one, "subject"))).collect();
        system.ledger.tell_again(&again)?;
        Ok(answer)
    });
    answered(compared.await)
}

/// What is asked about the state.
#[derive(Debug, Deserialize)]
struct StateAsked {
    /// Whether every record is listed too, by type and subject with its digest.
    #[serde(default)]
    records: bool,
}

async fn state(system: Data<System>, asked: Query<StateAsked>) -> HttpResponse {
    let lists = asked.records;
    let stands = beside(move || {
        let (counts, faults) = (system.ledger.counts()?, system.faults.happened());
        let listed = if lists { Some(system.ledger.digests()?) } else { None };
        let listed: Option<Vec<Value>> = listed.map(|held| {
            let one = |(record_type, subject, digest, _)| json!({ "type": record_type, "subject": subject, "digest": digest });
            held.into_iter().map(one).collect()
        });
        Ok(json!({ "counts": counts, "faults": faults, "records": listed }))
    });
    answered(stands.await)
}
