//! The parameters of lists. Seek paging: a limit, an opaque cursor, and the link to what comes next (RFC 8288).

use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::{ErrorCode, Problem};

/// Items where no limit is given.
const USUAL: usize = 50;

/// The most items.
const MOST: usize = 200;

/// The limit asked for.
///
/// # Errors
/// When it is nought or over the most.
pub fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::new(ErrorCode::INVALID_QUERY, format!("limit is from 1 to {MOST}")))
}

/// What a parameter names, where it is given.
///
/// # Errors
/// When it names nothing.
pub fn known<T>(parameter: &str, name: Option<&str>, named: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let unknown = || Problem::new(ErrorCode::INVALID_QUERY, format!("{parameter} has a value that it cannot have"));
    named(name).map(Some).ok_or_else(unknown)
}

/// A cursor that stands for a place in a list.
#[must_use]
pub fn cursor(place: &str) -> String {
    place.bytes().fold(String::new(), |mut cursor, byte| {
        // Writing to a string does not fail.
        let _ = write!(cursor, "{byte:02x}");
        cursor
    })
}

/// The place that a cursor stands for.
///
/// # Errors
/// When it is none of ours.
pub fn place<T>(cursor: Option<&str>, read: impl FnOnce(String) -> Option<T>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let digits = cursor.as_bytes().chunks(2).map(|pair| {
        let is_byte = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        str::from_utf8(pair).ok().filter(|_| is_byte)
    });
    let bytes: Option<Vec<u8>> = digits.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    let place = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).and_then(read);
    place.map(Some).ok_or_else(no_such_place)
}

/// What a caller is told of a cursor that is none of ours.
#[must_use]
pub fn no_such_place() -> Problem {
    Problem::new(ErrorCode::INVALID_CURSOR, "the cursor stands for no place in this list")
}

/// True where a part of a query is the cursor, however its name is written.
fn is_cursor(part: &str) -> bool {
    web::Query::<Vec<(String, String)>>::from_query(part)
        .is_ok_and(|parameters| parameters.iter().any(|(name, _)| name == "cursor"))
}

/// A part of a list, with the link to the next part where there is one: the same query with another cursor.
///
/// # Errors
/// When the link cannot be written.
pub fn page(request: &HttpRequest, view: &impl Serialize, next: Option<&str>) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        let kept = request.query_string().split('&').filter(|part| !part.is_empty() && !is_cursor(part));
        let query: Vec<&str> = kept.collect();
        let separator = if query.is_empty() { "" } else { "&" };
        let link = format!("<{}?{}{separator}cursor={next}>; rel=\"next\"", request.path(), query.join("&"));
        let link = HeaderValue::from_str(&link).map_err(|error| Problem::internal(&error))?;
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_stands_for_its_place_and_nothing_else_does() {
        let back = |cursor: &str| place(Some(cursor), Some);
        assert_eq!(back(&cursor("RSO é/1")), Ok(Some("RSO é/1".to_owned())));
        assert_eq!(place(None, Some), Ok(None));
        for wrong in ["1", "zz", "ff", "+1", "é1"] {
            assert_eq!(back(wrong), Err(no_such_place()), "{wrong}");
        }
    }
}
