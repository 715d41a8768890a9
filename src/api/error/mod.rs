//! Problems: what a caller is told when a request cannot be carried out (RFC 9457).
//!
//! A failure of the service's own is logged once, with its causes, and told to nobody else.

pub mod code;
pub mod extract;

use std::error::Error;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::acting::escaped;
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::store::error::StoreError;
pub use code::ErrorCode;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: ErrorCode,
    detail: Box<str>,
    pointer: Option<Box<str>>,
    location: Option<Box<str>>,
    changed: Option<Box<ChangedView>>,
    more: Option<Box<More>>,
}

/// What some problems say beside it all.
#[derive(Debug, Clone, PartialEq, Eq)]
enum More {
    /// The rules that something breaks, by their codes.
    BrokenRules(Vec<&'static str>),
    /// The offender under whom a case goes on.
    MergedInto(Ref),
}

impl Problem {
    /// A problem of a kind, with what is wrong this time: never personal data.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<Box<str>>) -> Self {
        Self { code, detail: detail.into(), pointer: None, location: None, changed: None, more: None }
    }

    /// The same problem, at a place in the body: a JSON pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<Box<str>>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same problem, of something that is told of at this path.
    #[must_use]
    pub fn told_at(mut self, path: impl Into<Box<str>>) -> Self {
        self.location = Some(path.into());
        self
    }

    /// The same problem, with what has changed since the caller read it.
    #[must_use]
    pub fn with_changes(mut self, changed: ChangedView) -> Self {
        self.changed = Some(Box::new(changed));
        self
    }

    /// The same problem, of something that breaks these rules.
    #[must_use]
    pub fn breaking(mut self, rules: impl Iterator<Item = &'static str>) -> Self {
        self.more = Some(Box::new(More::BrokenRules(rules.collect())));
        self
    }

    /// Somebody whose record was merged: the case goes on under another.
    #[must_use]
    pub fn merged(into: Ref) -> Self {
        let path = format!("/v1/offenders/{}", escaped(into.as_str()));
        let detail = "the case goes on under the record of the same person that it was merged into";
        Self { more: Some(Box::new(More::MergedInto(into))), ..Self::new(ErrorCode::MERGED, detail).told_at(path) }
    }

    /// The unknown, and what is out of the caller's scope alike.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NOT_FOUND, "not known, or not within what this token grants")
    }

    /// A failure of the service's own: logged here with its causes.
    #[must_use]
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "a request failed");
        Self::new(ErrorCode::INTERNAL, "nothing was changed by this request")
    }

    /// Its kind.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the caller reads.
    #[must_use]
    pub fn document(&self, request_id: Option<String>) -> ProblemDocument {
        let (rules, merged_into) = match self.more.as_deref() {
            None => (None, None),
            Some(More::BrokenRules(rules)) => (Some(rules.clone()), None),
            Some(More::MergedInto(home)) => (None, Some(home.to_string())),
        };
        let instance = request_id.as_ref().map(|id| format!("urn:uuid:{id}"));
        ProblemDocument {
            problem_type: format!("urn:mosovo-visits:problem:{}", self.code.code),
            title: self.code.title,
            status: self.code.status.as_u16(),
            detail: self.detail.to_string(),
            code: self.code.code,
            help: self.code.help,
            instance,
            request_id,
            pointer: self.pointer.as_deref().map(str::to_owned),
            changed: self.changed.clone(),
            rules,
            merged_into,
        }
    }
}

/// An error with its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.code)
    }
}

impl Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status
    }

    /// Its body is written where the request's id is known: see [`super::respond`].
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status);
        if self.code == ErrorCode::UNAUTHORIZED {
            response
                .insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"mosovo-visits\", error=\"invalid_token\""));
        }
        if self.code == ErrorCode::UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "5"));
        }
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.as_ref()));
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Behind => {
                tracing::error!(error = %chain(&error), "the database cannot be used");
                Self::new(ErrorCode::UNAVAILABLE, "the database cannot be used at the moment")
            }
            StoreError::Migration { .. } | StoreError::Unreadable { .. } | StoreError::Statement(_) => {
                Self::internal(&error)
            }
        }
    }
}

/// A problem as the caller reads it (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A name for this kind of problem.
    #[serde(rename = "type")]
    problem_type: String,
    /// What it is, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// The stable code to act on.
    code: &'static str,
    /// What to do.
    help: &'static str,
    /// This occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// The request's id, as in the header `x-request-id` and in the service's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Where in the body: a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// What has changed since the caller read it: with `precondition_failed` on a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Box<ChangedView>>,
    /// The rules that speak against it, by their codes: with `advised_against` and `move_refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<&'static str>>,
    /// The offender under whom the case goes on: with `merged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
}

/// What has changed in a record since the caller read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Changed)]
pub struct ChangedView {
    /// The entity tag that it has now; absent where the record is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The members that differ from the version that the caller read.
    pub members: Vec<String>,
    /// Who entered what since, oldest first; empty where the records system alone has spoken.
    pub entries: Vec<ChangeView>,
}

/// One entry made since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// Who: role and subject of the token.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// Which act.
    pub act: String,
}
