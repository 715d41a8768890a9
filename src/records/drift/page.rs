//! What the other side holds of a kind, by digest, page by page: version 1 of the protocol of `docs/INTEGRATION.md`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::DriftLines;
use crate::domain::drift::Digested;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::records::digests::read_digest;
use crate::records::pull::line::{Failed, LONGEST_PAGE_BYTES};
use crate::records::pull::page::{is_cursor, parsed};

/// The media types that a page is taken in, the one of this version first.
const PAGES: [&str; 2] = ["application/vnd.mosovo.digests-page.v1+json", "application/json"];

/// The most digests of a kind, so that a list without an end does not fill the memory: some 200 MiB. `[I]`
const MOST_DIGESTS: usize = 1_000_000;

type Digests = BTreeMap<Ref, Digested>;

#[derive(Debug, Deserialize)]
struct Page {
    digests: Vec<Value>,
    #[serde(default)]
    next: Option<String>,
    more: bool,
}

/// What the other side holds of a kind: all of it.
///
/// # Errors
/// When not all of it comes, or what comes is not the protocol.
pub(super) fn digests_there(lines: &DriftLines, kind: RecordKind) -> Result<Digests, Failed> {
    let (of_type, most) = (format!("records.{kind}.v1"), lines.page_digests.to_string());
    let (mut held, mut after) = (Digests::new(), None::<String>);
    loop {
        let asked = [("type", of_type.as_str()), ("limit", most.as_str())];
        let place = after.as_deref().map(|after| ("after", after));
        let query: Vec<_> = asked.into_iter().chain(place).collect();
        let body = lines.digests.ask(&query, PAGES, LONGEST_PAGE_BYTES)?;
        let body = body.ok_or_else(|| Failed::because("wrong_media_type"))?;
        let next = read_page(&body, kind, (after.as_deref(), lines.page_digests), &mut held);
        after = next.map_err(Failed::because)?;
        if after.is_none() {
            return Ok(held);
        }
    }
}

/// Reads a page that was asked for after a cursor, with so many digests at most, and adds to what is held; hands back the cursor of what comes
/// after it, where something does.
fn read_page(
    body: &[u8],
    kind: RecordKind,
    (after, limit): (Option<&str>, usize),
    held: &mut Digests,
) -> Result<Option<String>, &'static str> {
    let Page { digests, next, more } = parsed(body)?;
    if digests.len() > limit || held.len().saturating_add(digests.len()) > MOST_DIGESTS {
        return Err("too_many_digests");
    }
    if more && digests.is_empty() {
        return Err("invalid_page");
    }
    for digest in digests {
        let (of_kind, subject, digested) = read_digest(digest).map_err(|_| "invalid_digest")?;
        if of_kind != kind {
            return Err("another_type");
        }
        if held.insert(subject, digested).is_some() {
            return Err("named_twice");
        }
    }
    if !more {
        return Ok(None);
    }
    let next = next.ok_or("no_cursor")?;
    match next.as_str() {
        next if !is_cursor(next) => Err("invalid_cursor"),
        next if Some(next) == after => Err("cursor_stays"),
        _ => Ok(Some(next)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn visit(subject: &str) -> Value {
        json!({"type": "records.visit.v1", "subject": subject, "digest": "0f".repeat(32), "time": "2021-05-01T10:00:00Z"})
    }

    fn read(body: &Value) -> Result<Option<String>, &'static str> {
        let mut held = Digests::new();
        read_page(visit_page(&[visit("u")]).to_string().as_bytes(), RecordKind::Visit, (None, 2), &mut held).unwrap();
        let next = read_page(body.to_string().as_bytes(), RecordKind::Visit, (Some("c1"), 2), &mut held);
        if next.is_ok() {
            assert_eq!(held.len(), 1 + body["digests"].as_array().unwrap().len());
        }
        next
    }

    fn visit_page(digests: &[Value]) -> Value {
        json!({ "digests": digests, "more": false })
    }

    #[test]
    fn a_page_adds_to_what_is_held_and_says_where_it_goes_on_or_it_is_none() {
        let two = [visit("v"), visit("w")];
        let (mut offender, mut wrong) = (visit("o"), visit("x"));
        offender["type"] = json!("records.offender.v1");
        wrong["digest"] = json!("0F");
        for (body, next) in [
            (visit_page(&two), Ok(None)),
            (visit_page(&[]), Ok(None)),
            (json!({"digests": two, "next": "c2", "more": false, "as_of": "later versions may say more"}), Ok(None)),
            (json!({"digests": two, "next": "c2", "more": true}), Ok(Some("c2".to_owned()))),
            (json!({"digests": [], "next": "c2", "more": true}), Err("invalid_page")),
            (json!({"digests": two, "more": true}), Err("no_cursor")),
            (json!({"digests": two, "next": "", "more": true}), Err("invalid_cursor")),
            (json!({"digests": two, "next": "c1", "more": true}), Err("cursor_stays")),
            (visit_page(&[visit("v"), visit("w"), visit("x")]), Err("too_many_digests")),
            (visit_page(&[visit("v"), visit("v")]), Err("named_twice")),
            (visit_page(&[visit("u")]), Err("named_twice")),
            (visit_page(&[offender]), Err("another_type")),
            (visit_page(&[wrong]), Err("invalid_digest")),
            (json!({"digests": two}), Err("invalid_page")),
        ] {
            assert_eq!(read(&body), next, "{body}");
        }
        let mut held = Digests::new();
        let cut = visit_page(&two).to_string();
        assert_eq!(read_page(&cut.as_bytes()[..40], RecordKind::Visit, (None, 2), &mut held), Err("cut_short"));
    }
}
