//! The line to a records system that is asked for its events.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use ureq::http::{Response, StatusCode};
use ureq::tls::{ClientCert, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use super::page::{Page, read_page};

/// The longest page, in bytes: as long as the longest batch that is sent.
pub const LONGEST_PAGE_BYTES: u64 = 16 * 1_024 * 1_024;

/// The code of a page that is longer.
pub(super) const TOO_LARGE: &str = "too_large";

/// The media types that a page is taken in, the one of this version first.
const PAGES: [&str; 2] = ["application/vnd.mosovo.records-page.v1+json", "application/json"];

/// Why no answer came: a stable code, never the other side's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The code, for instance `status_503`, `timeout` or `cut_short`.
    pub code: String,
    /// How long the other side asks to be left alone.
    pub retry_after: Option<TimeDelta>,
}

impl Failed {
    /// A failure of that code.
    #[must_use]
    pub fn because(code: &str) -> Self {
        Self { code: code.to_owned(), retry_after: None }
    }

    /// True where nothing else is worth asking for now: the other side is not there, has too much, or one of the two does not trust the
    /// other. False where only what was asked for did not come as it should.
    #[must_use]
    pub fn is_of_the_line(&self) -> bool {
        let codes =
            ["timeout", "unreachable", "not_trusted", "token_unreadable", "status_401", "status_403", "status_429"];
        codes.contains(&self.code.as_str()) || self.code.starts_with("status_5")
    }
}

/// What vouches for either side.
#[derive(Debug)]
pub struct Trust {
    /// Who may vouch for the other side.
    pub roots: RootCerts,
    /// What this side shows, where the other asks for it.
    pub client: Option<ClientCert>,
}

/// The line to one feed. It follows no redirect and takes no proxy from the environment.
#[derive(Debug, Clone)]
pub struct Line {
    agent: Agent,
    url: String,
    token_file: Option<PathBuf>,
}

impl Line {
    /// A line to a URL that gives up after a time. The token is read anew for each page, so that it can be renewed.
    #[must_use]
    pub fn new(url: String, token_file: Option<PathBuf>, limit: Duration, trust: Trust) -> Self {
        let tls = TlsConfig::builder().root_certs(trust.roots).client_cert(trust.client).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("mosovo-visits")
            .timeout_global(Some(limit))
            .tls_config(tls)
            .build();
        Self { agent: config.new_agent(), url, token_file }
    }

    /// The same line to another URL of the same other side.
    #[must_use]
    pub fn to(&self, url: String) -> Self {
        Self { url, ..self.clone() }
    }

    /// Asks for the page after a cursor, with so many events at most.
    ///
    /// # Errors
    /// When none comes whole.
    pub fn page(&self, after: Option<&str>, limit: usize) -> Result<Page, Failed> {
        let most = limit.to_string();
        let query: Vec<_> = [("limit", most.as_str())].into_iter().chain(after.map(|after| ("after", after))).collect();
        let body = self.ask(&query, PAGES, LONGEST_PAGE_BYTES)?.ok_or_else(|| Failed::because("wrong_media_type"))?;
        read_page(&body, after, limit).map_err(Failed::because)
    }

    /// Asks with a query, and hands back what comes, in one of these media types and of so many bytes at most: whole, or nothing where the
    /// other side says that it has nothing.
    ///
    /// # Errors
    /// When nothing comes whole.
    pub fn ask(&self, query: &[(&str, &str)], accepted: [&str; 2], longest: u64) -> Result<Option<Vec<u8>>, Failed> {
        let mut request = self.agent.get(&self.url).header("accept", accepted.join(", "));
        for (name, value) in query {
            request = request.query(*name, *value);
        }
        if let Some(token) = self.token()? {
            request = request.header("authorization", format!("Bearer {}", token.expose_secret()));
        }
        whole(request.call().map_err(|error| Failed::because(reason(&error)))?, accepted, longest)
    }

    fn token(&self) -> Result<Option<SecretString>, Failed> {
        let Some(file) = &self.token_file else { return Ok(None) };
        let text = fs::read_to_string(file).map_err(|_| Failed::because("token_unreadable"))?;
        Ok(Some(SecretString::from(text.trim())))
    }
}

/// The body of an answer, whole; nothing where it says that there is none.
fn whole(mut response: Response<Body>, accepted: [&str; 2], longest: u64) -> Result<Option<Vec<u8>>, Failed> {
    let status = response.status();
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    if !status.is_success() {
        let seconds = header("retry-after").and_then(|value| value.parse::<u32>().ok());
        let retry_after = seconds.map(|seconds| TimeDelta::seconds(i64::from(seconds)));
        return Err(Failed { code: format!("status_{}", status.as_u16()), retry_after });
    }
    if status == StatusCode::NO_CONTENT {
        return Ok(None);
    }
    let media_type = header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    let is_accepted = media_type.is_some_and(|it| accepted.iter().any(|accepted| it.eq_ignore_ascii_case(accepted)));
    let is_plain = header("content-encoding").is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    if !is_accepted || !is_plain {
        return Err(Failed::because("wrong_media_type"));
    }
    let read = response.body_mut().with_config().limit(longest).read_to_vec();
    read.map(Some).map_err(|error| Failed::because(broken_off(&error)))
}

/// Why an answer did not come to its end.
const fn broken_off(error: &Error) -> &'static str {
    if let Error::BodyExceedsLimit(_) = error {
        return TOO_LARGE;
    }
    if let Error::Timeout(_) = error { "timeout" } else { "cut_short" }
}

/// Why no answer came.
fn reason(error: &Error) -> &'static str {
    if let Error::Timeout(_) = error {
        return "timeout";
    }
    if let Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) = error {
        return "not_trusted";
    }
    let is_of_the_answer = matches!(error, Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::Http(_));
    if is_of_the_answer { "invalid_answer" } else { "unreachable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_of_the_line_or_of_what_was_asked_for() {
        for code in
            ["timeout", "unreachable", "not_trusted", "token_unreadable", "status_401", "status_429", "status_503"]
        {
            assert!(Failed::because(code).is_of_the_line(), "{code}");
        }
        for code in
            ["status_400", "status_404", "status_302", "cut_short", "too_large", "invalid_page", "invalid_answer"]
        {
            assert!(!Failed::because(code).is_of_the_line(), "{code}");
        }
    }
}
