//! How records are shown, and the tag by which a caller tells whether one has changed (RFC 9110, 8.8.3).

use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::error::Problem;
use crate::domain::record::{Held, Record};
use crate::domain::reference::Ref;

/// Bytes of a tag.
const TAG_BYTES: usize = 16;

/// A record with its reference. Its other members are those of the records feed, version 1, for its kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// The record's key within its kind and force.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The record's own members.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    record: Value,
}

impl RecordView {
    /// A record that is held.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(held: Held<Record>) -> Result<Self, Problem> {
        let record = held.record.to_json().map_err(|error| Problem::internal(&error))?;
        Ok(Self { reference: held.subject, record })
    }

    /// A part of a case, with its reference.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn part(reference: &Ref, record: &impl Serialize) -> Result<Self, Problem> {
        let record = serde_json::to_value(record).map_err(|error| Problem::internal(&error))?;
        Ok(Self { reference: reference.clone(), record })
    }
}

/// All that there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordList {
    /// In the order of their references.
    items: Vec<RecordView>,
}

impl RecordList {
    /// Records that are held.
    ///
    /// # Errors
    /// When one cannot be written as JSON.
    pub fn of(held: Vec<Held<Record>>) -> Result<Self, Problem> {
        Ok(Self { items: held.into_iter().map(RecordView::of).collect::<Result<_, _>>()? })
    }

    /// Records of one kind in a case.
    ///
    /// # Errors
    /// When one cannot be written as JSON.
    pub fn parts<T: Serialize>(held: &[Held<T>]) -> Result<Self, Problem> {
        let part = |held: &Held<T>| RecordView::part(&held.subject, &held.record);
        Ok(Self { items: held.iter().map(part).collect::<Result<_, _>>()? })
    }
}

/// One thing, with its tag; or only that it has not changed, where the caller holds it already.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn tagged(request: &HttpRequest, view: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(view).map_err(|error| Problem::internal(&error))?;
    let mut tag = String::with_capacity(TAG_BYTES * 2 + 2);
    tag.push('"');
    for byte in Sha256::digest(&body).iter().take(TAG_BYTES) {
        write!(tag, "{byte:02x}").map_err(|error| Problem::internal(&error))?;
    }
    tag.push('"');
    let held = request.headers().get(header::IF_NONE_MATCH).and_then(|held| held.to_str().ok());
    let unchanged = held.is_some_and(|held| {
        held.split(',').map(str::trim).any(|held| held == "*" || held.trim_start_matches("W/") == tag)
    });
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, HeaderValue::from_str(&tag).map_err(|error| Problem::internal(&error))?));
    if unchanged { Ok(response.finish()) } else { Ok(response.content_type("application/json").body(body)) }
}
