//! One page of a feed that is pulled, version 1 of the protocol of `docs/INTEGRATION.md`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// The longest cursor, in bytes. `[I]`
const LONGEST_CURSOR_BYTES: usize = 1_024;

/// A page: its events, and where to go on.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The events, each as it came.
    pub events: Vec<Box<RawValue>>,
    /// The cursor of what comes after them; nothing where there are none, and the cursor stays.
    #[serde(default)]
    pub next: Option<String>,
    /// True where more can be had at once.
    pub more: bool,
}

/// Reads a page that was asked for after a cursor, with so many events at most.
///
/// # Errors
/// The code of what is wrong with it: then nothing of it counts.
pub fn read_page(body: &[u8], after: Option<&str>, limit: usize) -> Result<Page, &'static str> {
    let page: Page = parsed(body)?;
    if page.events.len() > limit {
        return Err("too_many_events");
    }
    let Some(next) = page.next.as_deref() else {
        let goes_nowhere = page.more || !page.events.is_empty();
        return if goes_nowhere { Err("no_cursor") } else { Ok(page) };
    };
    if !is_cursor(next) {
        return Err("invalid_cursor");
    }
    if Some(next) == after && (page.more || !page.events.is_empty()) {
        return Err("cursor_stays");
    }
    Ok(page)
}

/// A page of whatever it has, as JSON.
///
/// # Errors
/// The code of what is wrong with it.
pub fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, &'static str> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Eof => "cut_short",
        Category::Io | Category::Syntax | Category::Data => "invalid_page",
    })
}

/// True for what can be a cursor.
#[must_use]
pub fn is_cursor(next: &str) -> bool {
    !next.is_empty() && next.len() <= LONGEST_CURSOR_BYTES && !next.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_events_and_a_cursor_that_moves_or_it_is_none() {
        let long = format!(r#"{{"events": [], "next": "{}", "more": false}}"#, "c".repeat(LONGEST_CURSOR_BYTES + 1));
        for (body, code) in [
            (r#"{"events": [{"id": "1"}, 2], "next": "c2", "more": true}"#, None),
            (r#"{"events": [], "more": false}"#, None),
            (r#"{"events": [], "next": null, "more": false, "as_of": "later versions may say more"}"#, None),
            (r#"{"events": [], "next": "c1", "more": false}"#, None),
            (r#"{"events": [], "next": "c2", "more": true}"#, None),
            (r#"{"events": [1, 2, 3], "next": "c2", "more": false}"#, Some("too_many_events")),
            (r#"{"events": [1], "more": false}"#, Some("no_cursor")),
            (r#"{"events": [], "more": true}"#, Some("no_cursor")),
            (r#"{"events": [1], "next": "c1", "more": false}"#, Some("cursor_stays")),
            (r#"{"events": [], "next": "c1", "more": true}"#, Some("cursor_stays")),
            (r#"{"events": [], "next": "", "more": false}"#, Some("invalid_cursor")),
            (r#"{"events": [], "next": "a\nb", "more": false}"#, Some("invalid_cursor")),
            (&long, Some("invalid_cursor")),
            (r#"{"events": [1], "next": "c2", "more""#, Some("cut_short")),
            ("", Some("cut_short")),
            (r#"{"events": [], "next": "c2"}"#, Some("invalid_page")),
            (r#"{"events": {}, "next": "c2", "more": false}"#, Some("invalid_page")),
            ("<html>", Some("invalid_page")),
            (r#"{"events": [], "more": false} and more"#, Some("invalid_page")),
        ] {
            assert_eq!(read_page(body.as_bytes(), Some("c1"), 2).err(), code, "{body}");
        }
        assert!(read_page(br#"{"events": [], "next": "c1", "more": true}"#, None, 2).is_ok());
    }
}
