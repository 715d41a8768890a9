//! Versions over HTTP: the version of what a caller reads is its entity tag, and a change names the
//! version it was decided on (RFC 9110, 8.8.3 and 13.1.1).

use std::fmt::Display;
use std::str::FromStr;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::error::{ErrorCode, Problem};
use crate::store::own_entry::RecordTag;

/// The version that a change was decided on, as `If-Match` names it.
///
/// # Errors
/// When the header is missing or names no one version, or names what was never a version of ours.
pub fn version_read(request: &HttpRequest) -> Result<i32, Problem> {
    read(request)
}

/// The version of a record that a change was decided on, as `If-Match` names it.
///
/// # Errors
/// As [`version_read`].
pub fn tag_read(request: &HttpRequest) -> Result<RecordTag, Problem> {
    read(request)
}

/// As [`tag_read`], where the record may not be there yet.
///
/// # Errors
/// When the header names no one version, or names what was never a version of ours.
pub fn tag_read_if_any(request: &HttpRequest) -> Result<Option<RecordTag>, Problem> {
    request.headers().contains_key(header::IF_MATCH).then(|| read(request)).transpose()
}

/// A record's version as its entity tag.
///
/// # Errors
/// Never for a tag of ours.
pub fn record_tag(tag: RecordTag) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(&format!("\"{tag}\"")).map_err(|error| Problem::internal(&error))
}

fn read<T: FromStr>(request: &HttpRequest) -> Result<T, Problem> {
    let needed = || Problem::new(ErrorCode::PRECONDITION_REQUIRED, "If-Match names the version that was read");
    let named = request.headers().get(header::IF_MATCH).ok_or_else(needed)?.to_str().map_err(|_| needed())?.trim();
    if named.is_empty() || named == "*" || named.contains(',') {
        return Err(needed());
    }
    named
        .strip_prefix('"')
        .and_then(|named| named.strip_suffix('"'))
        .and_then(|version| version.parse().ok())
        .ok_or_else(|| Problem::new(ErrorCode::PRECONDITION_FAILED, "If-Match names no version of this"))
}

/// One thing, with its version as its tag; or only that it has not changed, where the caller holds
/// that version already.
///
/// # Errors
/// When the tag cannot be written.
pub fn versioned(request: &HttpRequest, view: &impl Serialize, version: impl Display) -> Result<HttpResponse, Problem> {
    let tag = format!("\"{version}\"");
    let held = request.headers().get(header::IF_NONE_MATCH).and_then(|held| held.to_str().ok());
    let unchanged = held.is_some_and(|held| {
        held.split(',').map(str::trim).any(|held| held == "*" || held.trim_start_matches("W/") == tag)
    });
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, HeaderValue::from_str(&tag).map_err(|error| Problem::internal(&error))?));
    if unchanged { Ok(response.finish()) } else { Ok(response.json(view)) }
}
