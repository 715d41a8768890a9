//! One delivery: an event posted to a subscription's URL, signed as the Standard Webhooks have it
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use std::time::Duration;

use chrono::TimeDelta;
use standardwebhooks::Webhook;
use ureq::http::StatusCode;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error};
use uuid::Uuid;

use crate::domain::calendar::Instant;

/// What is read of an answer, in bytes: nothing of it is used but that it came. `[I]`
const ANSWER_BYTES: u64 = 64 * 1_024;

/// The longest that a receiver is believed when it says how long to wait. `[I]`
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Why a delivery failed: a stable code, never the receiver's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The code, for instance `status_503`, `timeout` or `unreachable`.
    pub code: String,
    /// Until when the receiver asks to be left alone.
    pub retry_after: Option<TimeDelta>,
    /// True where the receiver says that it is gone for good (410).
    pub is_gone: bool,
    /// True where the receiver is not there or not well: no answer, one of its own failure, or that it has too much.
    pub is_unwell: bool,
    /// True where it may be this event that it fails at: it was reached, and did not say that it has too much.
    pub is_of_the_event: bool,
}

/// The line to the receivers. It follows no redirect and takes no proxy from the environment.
#[derive(Debug, Clone)]
pub struct Line {
    agent: Agent,
}

/// What is posted.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The event's id.
    pub id: Uuid,
    /// The event, as CloudEvents have it.
    pub body: &'a str,
    /// When it is sent.
    pub at: Instant,
    /// The keys that sign: the newest first.
    pub secrets: &'a [String],
}

impl Line {
    /// A line that gives up after a time.
    #[must_use]
    pub fn new(limit: Duration, roots: RootCerts) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("mosovo-visits")
            .timeout_global(Some(limit))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Self { agent: config.new_agent() }
    }

    /// Posts an event.
    ///
    /// # Errors
    /// When it was not taken.
    pub fn post(&self, url: &str, letter: Letter<'_>) -> Result<(), Failed> {
        let (id, timestamp) = (letter.id.to_string(), letter.at.timestamp());
        let mut signatures = Vec::with_capacity(letter.secrets.len());
        for secret in letter.secrets {
            let signed = Webhook::new(secret).and_then(|key| key.sign(&id, timestamp, letter.body.as_bytes()));
            signatures.push(signed.map_err(|_| Failed::because("not_signed"))?);
        }
        let request = self
            .agent
            .post(url)
            .header("content-type", "application/cloudevents+json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signatures.join(" "));
        let mut response = request.send(letter.body).map_err(|error| Failed::because(reason(&error)))?;
        let status = response.status();
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse::<u32>().ok())
            .map(|seconds| TimeDelta::seconds(i64::from(seconds)).min(LONGEST_WAIT));
        // Read to its end, so that the line can be used again; what it says does not matter.
        let _read = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
        if status.is_success() {
            return Ok(());
        }
        let is_gone = status == StatusCode::GONE;
        let is_unwell = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        let is_of_the_event = status != StatusCode::TOO_MANY_REQUESTS;
        Err(Failed { code: format!("status_{}", status.as_u16()), retry_after, is_gone, is_unwell, is_of_the_event })
    }
}

impl Failed {
    fn because(code: &str) -> Self {
        let is_of_the_event = matches!(code, "timeout" | "invalid_answer");
        Self { code: code.to_owned(), retry_after: None, is_gone: false, is_unwell: true, is_of_the_event }
    }
}

/// Why nothing, or nothing whole, came back.
fn reason(error: &Error) -> &'static str {
    let is_of_the_answer = matches!(
        error,
        Error::BodyExceedsLimit(_) | Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::Http(_)
    );
    if is_of_the_answer {
        return "invalid_answer";
    }
    if let Error::Timeout(_) = error {
        return "timeout";
    }
    if let Error::Tls(_) | Error::Rustls(_) = error { "not_trusted" } else { "unreachable" }
}
