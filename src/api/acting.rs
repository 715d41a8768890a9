//! Acts over HTTP: what is sent, known again by its key, decided on a version; and what came of it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::extract::{not_the_shape, payload};
use super::error::{ChangeView, ChangedView, ErrorCode, Problem};
use super::precondition::record_tag;
use super::service::Service;
use super::view::RecordView;
use crate::casework::acting::{ActError, Acting, ChangedSince, Written};
use crate::casework::reading::Reader;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::idempotency::RequestKey;

/// The header by which a sender makes a request known again (IETF httpapi draft).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that the same request had been carried out before, and what came of it then.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key.
const LONGEST_KEY: usize = 200;

/// A body that asks for an act, and the request's key where it has one.
#[derive(Debug, Clone)]
pub struct Sent<T> {
    /// The body.
    pub body: T,
    /// The key.
    pub key: Option<RequestKey>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Sent<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, bytes) = (request.clone(), web::Bytes::from_request(request, body));
        Box::pin(async move {
            if !is_json(&request) {
                return Err(Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, "this route takes application/json"));
            }
            let bytes = bytes.await.map_err(|error| match error.as_error() {
                Some(error) => payload(error),
                None => Problem::new(ErrorCode::PAYLOAD_TOO_LARGE, "the body is over the limit of this route"),
            })?;
            let key = key_of(&request, &bytes)?;
            Ok(Self { body: read(&bytes)?, key })
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let named = request.headers().get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok()).unwrap_or_default();
    named.split(';').next().is_some_and(|named| named.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body; what is wrong with it is pointed at.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer: String = error.path().iter().map(|segment| format!("/{segment}")).collect();
        let problem = not_the_shape(error.inner());
        if pointer.is_empty() || pointer.contains('?') { problem } else { problem.at(pointer) }
    })?;
    json.end().map_err(|error| not_the_shape(&error))?;
    Ok(body)
}

fn key_of(request: &HttpRequest, body: &[u8]) -> Result<Option<RequestKey>, Problem> {
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = key.to_str().ok().map(str::trim).filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
    let key = key.ok_or_else(|| {
        Problem::new(ErrorCode::INVALID_KEY, format!("a key has 1 to {LONGEST_KEY} printable ASCII characters"))
    })?;
    let mut digest = Sha256::new();
    let method: &Method = request.method();
    for part in [method.as_str().as_bytes(), request.path().as_bytes(), body] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(RequestKey { key: key.to_owned(), digest }))
}

impl Service {
    /// A reader who acts.
    #[must_use]
    pub fn acting<'a>(&'a self, reader: &'a Reader, key: Option<&'a RequestKey>) -> Acting<'a> {
        Acting { reader, policies: self.policies(), key }
    }
}

impl From<RefusalCode> for ErrorCode {
    fn from(code: RefusalCode) -> Self {
        match code {
            RefusalCode::OfficerNeeded => Self::OFFICER_NEEDED,
            RefusalCode::UnknownReference => Self::UNKNOWN_REFERENCE,
            RefusalCode::NotAcceptable => Self::NOT_ACCEPTABLE,
            RefusalCode::ReasonNeeded => Self::REASON_NEEDED,
            RefusalCode::OwnWork => Self::OWN_WORK,
            RefusalCode::NotQualified => Self::NOT_QUALIFIED,
            RefusalCode::CasesInHand => Self::CASES_IN_HAND,
            RefusalCode::WrongState => Self::WRONG_STATE,
            RefusalCode::StaleProposal => Self::STALE_PROPOSAL,
            RefusalCode::NotEligible => Self::NOT_ELIGIBLE,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.code.into(), refusal.detail);
        if refusal.pointer.is_empty() { problem } else { problem.at(refusal.pointer) }
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let told = error.to_string();
        match error {
            ActError::NotFound => Self::not_found(),
            ActError::Changed(changed) => Self::new(ErrorCode::PRECONDITION_FAILED, told).with_changes(changed.into()),
            ActError::KeyReused => Self::new(ErrorCode::KEY_REUSED, told),
            ActError::Refused(refusal) => refusal.into(),
            ActError::Policy(error) => Self::internal(&error),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<ChangedSince> for ChangedView {
    fn from(changed: ChangedSince) -> Self {
        let entries = changed.entries.into_iter().map(|(by, at, act)| ChangeView { by, at, act });
        Self { etag: changed.tag.map(|tag| format!("\"{tag}\"")), members: changed.members, entries: entries.collect() }
    }
}

/// The answer to an act that made a record: where it is, its version, and itself.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn created(written: Written, collection: &str) -> Result<HttpResponse, Problem> {
    let path = format!("{collection}/{}", escaped(written.held.subject.as_str()));
    let location = HeaderValue::from_str(&path).map_err(|error| Problem::internal(&error))?;
    let mut response = answer(StatusCode::CREATED, written)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// The answer to an act that changed a record: its version, and itself.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn changed(written: Written) -> Result<HttpResponse, Problem> {
    answer(StatusCode::OK, written)
}

fn answer(status: StatusCode, written: Written) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::ETAG, record_tag(written.tag)?));
    if written.replayed {
        response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    }
    Ok(response.json(RecordView::of(written.held)?))
}

/// A reference as a segment of a path (RFC 3986).
pub(super) fn escaped(reference: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    reference
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
