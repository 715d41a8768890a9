//! What cannot be read from a request, as problems. Values are never repeated: they may be personal data.

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::web::{JsonConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{Error, HttpRequest, ResponseError};
use serde_json::error::Category;

use super::{ErrorCode, Problem};
use crate::api::dates::{NOT_A_DATE, NOT_AN_INSTANT};
use crate::domain::words::NoWords;

/// The largest JSON body of a route that takes one.
const LARGEST_JSON: usize = 256 * 1024;

/// Makes every extractor speak in problems.
pub fn configure(config: &mut ServiceConfig) {
    config.app_data(JsonConfig::default().limit(LARGEST_JSON).error_handler(json));
    config.app_data(PathConfig::default().error_handler(path));
    config.app_data(QueryConfig::default().error_handler(query));
}

fn json(error: JsonPayloadError, _: &HttpRequest) -> Error {
    let problem = if let JsonPayloadError::Deserialize(error) = &error {
        not_the_shape(error)
    } else if let JsonPayloadError::Payload(error) = &error {
        payload(error)
    } else if matches!(error, JsonPayloadError::ContentType) {
        Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, "this route takes application/json")
    } else if error.status_code() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(ErrorCode::PAYLOAD_TOO_LARGE, format!("the body is over {LARGEST_JSON} bytes"))
    } else {
        Problem::new(ErrorCode::INVALID_BODY, "the body cannot be read")
    };
    problem.into()
}

/// JSON that is none, or is not what the route takes.
#[must_use]
pub fn not_the_shape(error: &serde_json::Error) -> Problem {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        Category::Io | Category::Syntax => {
            Problem::new(ErrorCode::MALFORMED_JSON, format!("the body is not JSON at {place}"))
        }
        Category::Eof => {
            Problem::new(ErrorCode::MALFORMED_JSON, format!("the body ends before its JSON does, at {place}"))
        }
        Category::Data if error.to_string().starts_with("unknown field") => {
            Problem::new(ErrorCode::UNKNOWN_MEMBER, format!("a member is not known, at {place}"))
        }
        Category::Data if error.to_string().starts_with(NOT_AN_INSTANT) => {
            Problem::new(ErrorCode::INVALID_BODY, format!("{NOT_AN_INSTANT}, not as at {place}"))
        }
        Category::Data if error.to_string().starts_with(NOT_A_DATE) => {
            Problem::new(ErrorCode::INVALID_BODY, format!("{NOT_A_DATE}, not as at {place}"))
        }
        Category::Data if error.to_string().starts_with(&NoWords.to_string()) => {
            Problem::new(ErrorCode::INVALID_BODY, format!("{NoWords}, not as at {place}"))
        }
        Category::Data => {
            Problem::new(ErrorCode::INVALID_BODY, format!("the body is not what this route takes, at {place}"))
        }
    }
}

/// A body that could not be received whole.
#[must_use]
pub fn payload(error: &PayloadError) -> Problem {
    if matches!(error, PayloadError::Overflow) {
        return Problem::new(ErrorCode::PAYLOAD_TOO_LARGE, "the body is over the limit of this route");
    }
    Problem::new(ErrorCode::FEED_BROKEN_OFF, "the body could not be received to its end")
}

fn path(_: PathError, _: &HttpRequest) -> Error {
    Problem::new(ErrorCode::INVALID_PATH, "a reference or id in the path cannot be one").into()
}

fn query(error: QueryPayloadError, _: &HttpRequest) -> Error {
    let told = error.to_string();
    let detail = if told.contains("unknown field") {
        "a parameter is not known to this route"
    } else if told.contains("duplicate field") {
        "a parameter is given twice"
    } else if told.contains(NOT_AN_INSTANT) {
        NOT_AN_INSTANT
    } else if told.contains(NOT_A_DATE) {
        NOT_A_DATE
    } else {
        "a parameter has a value that it cannot have"
    };
    Problem::new(ErrorCode::INVALID_QUERY, detail).into()
}
