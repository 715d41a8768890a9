//! The line to the service: what is sent to it, what is asked back.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::Value;
use standardwebhooks::Webhook;
use ureq::http::request::Builder;
use ureq::http::{Request, StatusCode};
use ureq::tls::TlsConfig;
use ureq::{Agent, SendBody};
use uuid::Uuid;

use crate::faults::{Fault, Faults};
use crate::ledger::now;
use crate::tls;

/// How long the service may take over a request: a large batch has its flags evaluated before it is answered.
const LONGEST: Duration = Duration::from_secs(120);

/// The longest answer that is read.
const ANSWER_BYTES: u64 = 64 * 1_024 * 1_024;

/// How the service is spoken to.
#[derive(Debug, Args)]
pub struct LineArguments {
    /// The service, as `http://HOST:PORT` or `https://HOST:PORT`; without it nothing is sent or asked.
    #[arg(long)]
    service: Option<String>,
    /// The bearer token, read anew for each request.
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// The key that signs what is sent, as `mosovo-visits sender-key` prints it.
    #[arg(long)]
    sender_key_file: Option<PathBuf>,
    /// Who may vouch for the service, as PEM.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// What is shown to the service's door for certificates, as PEM.
    #[arg(long, requires = "key_file")]
    certificate_file: Option<PathBuf>,
    /// The key of that, as PEM.
    #[arg(long)]
    key_file: Option<PathBuf>,
}

/// The line.
pub struct Line {
    agent: Agent,
    service: String,
    token_file: Option<PathBuf>,
    sender_key_file: Option<PathBuf>,
}

/// Why something is to be tried again, and after how long where the service says so.
#[derive(Debug)]
pub struct Failed {
    pub why: String,
    pub retry_after: Option<Duration>,
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self { why: format!("{error:#}"), retry_after: None }
    }
}

impl LineArguments {
    /// The line; nothing where no service is named.
    pub fn line(&self) -> anyhow::Result<Option<Line>> {
        let Some(service) = &self.service else { return Ok(None) };
        let client = match (&self.certificate_file, &self.key_file) {
            (Some(certificate), Some(key)) => Some(tls::shown(certificate, key)?),
            (_, _) => None,
        };
        let tls = TlsConfig::builder().root_certs(tls::roots(self.ca_file.as_deref())?).client_cert(client).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(LONGEST))
            .tls_config(tls)
            .build();
        Ok(Some(Line {
            agent: config.new_agent(),
            service: service.trim_end_matches('/').to_owned(),
            token_file: self.token_file.clone(),
            sender_key_file: self.sender_key_file.clone(),
        }))
    }
}

/// A body that breaks off.
struct BreakingOff(Cursor<Vec<u8>>);

impl Read for BreakingOff {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "a fault, as ordered")),
            read => Ok(read),
        }
    }
}

fn trimmed(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}

impl Line {
    /// Sends events, one a line; the service's report.
    pub fn send(&self, events: &[String], faults: &Faults) -> Result<Value, Failed> {
        let mut lines: Vec<&str> = events.iter().map(String::as_str).collect();
        if faults.happens(Fault::Cut) {
            let body = lines.join("\n");
            let half = body.as_bytes().iter().take(body.len() / 2).copied().collect();
            return self.post(&body, SendBody::from_owned_reader(BreakingOff(Cursor::new(half))));
        }
        if self.sender_key_file.is_some() && faults.happens(Fault::WrongSignature) {
            return self.post("another body", SendBody::from_owned_reader(Cursor::new(lines.join("\n"))));
        }
        if faults.happens(Fault::OutOfOrder) {
            lines.reverse();
        }
        if faults.happens(Fault::Twice) {
            lines.extend(lines.get(faults.one_of(lines.len())).copied());
        }
        let body = lines.join("\n");
        self.post(&body, SendBody::from_owned_reader(Cursor::new(body.clone())))
    }

    /// Posts a feed with the signature of a body.
    fn post(&self, signed: &str, body: SendBody<'_>) -> Result<Value, Failed> {
        let request = self.signed(Request::post(format!("{}/v1/records", self.service)), signed)?;
        self.answer(request.header("content-type", "application/x-ndjson"), body)
    }

    /// Signs what is sent, where there is a key to sign it with.
    fn signed(&self, request: Builder, body: &str) -> anyhow::Result<Builder> {
        let Some(file) = &self.sender_key_file else { return Ok(request) };
        let (id, at) = (Uuid::now_v7().to_string(), now().timestamp());
        let signature = Webhook::new(&trimmed(file)?)?.sign(&id, at, body.as_bytes())?;
        let headers = [("webhook-id", id), ("webhook-timestamp", at.to_string()), ("webhook-signature", signature)];
        Ok(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
    }

    /// What an event of the service's is about, as it stands now.
    pub fn call_back(&self, href: &str) -> Result<Value, Failed> {
        self.answer(Request::get(format!("{}{href}", self.service)), SendBody::none())
    }

    /// Has the service compare what it holds; its answer.
    pub fn compare(&self, digests: String) -> Result<Value, Failed> {
        let request = self.signed(Request::post(format!("{}/v1/drift/digests", self.service)), &digests)?;
        let request = request.header("content-type", "application/x-ndjson");
        self.answer(request, SendBody::from_owned_reader(Cursor::new(digests.into_bytes())))
    }

    /// The answer, where it is 200.
    fn answer(&self, request: Builder, body: SendBody<'_>) -> Result<Value, Failed> {
        let (status, retry_after, text) = self.ask(request, body)?;
        if status == StatusCode::OK {
            return serde_json::from_str(&text).context("the answer is not JSON").map_err(Failed::from);
        }
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        let code = problem.get("code").and_then(Value::as_str).unwrap_or_default();
        Err(Failed { why: format!("the service answered {status} {code}"), retry_after })
    }

    fn ask(&self, mut request: Builder, body: SendBody<'_>) -> anyhow::Result<(StatusCode, Option<Duration>, String)> {
        if let Some(file) = &self.token_file {
            request = request.header("authorization", format!("Bearer {}", trimmed(file)?));
        }
        let mut response = self.agent.run(request.body(body)?)?;
        let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let text = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_string()?;
        Ok((response.status(), seconds.map(Duration::from_secs), text))
    }
}
