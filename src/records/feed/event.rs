//! One event: a CloudEvents 1.0 envelope and the record, or the withdrawal, that it carries.

use serde_json::Value;
use serde_json::error::Category;
use thiserror::Error;

use super::fault::{Fault, FaultCode};
use super::fields::{Fields, Reading, free_text, instant, object, reference, string, text};
use super::read::read_record;
use crate::domain::calendar::Instant;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;

/// The type of an event that withdraws a record.
const DELETED: &str = "records.deleted.v1";

/// One event of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Unique within `source`.
    pub id: String,
    /// The records system, as it names itself.
    pub source: String,
    /// The force, as `source` names it.
    pub force: String,
    /// The kind of record it speaks of; of the record withdrawn, for a withdrawal.
    pub kind: RecordKind,
    /// The record's key within its kind and force.
    pub subject: Ref,
    /// When the change became true.
    pub time: Instant,
    /// What changed.
    pub change: Change,
}

/// What an event says of its record.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The record, whole.
    Put(Box<Record>),
    /// The records system withdrew it.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// An event that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{fault}")]
pub struct Refused {
    /// The event's id, where one could be read.
    pub event_id: Option<String>,
    /// Why.
    pub fault: Fault,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { event_id: None, fault }
    }
}

/// Reads one event from its bytes.
///
/// # Errors
/// When the bytes are not UTF-8 or not JSON, or as [`read_event`].
pub fn parse_event(bytes: &[u8]) -> Result<Event, Refused> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let detail = format!("is not UTF-8 after {} bytes; encode it as UTF-8", error.valid_up_to());
        Fault::here(FaultCode::InvalidUtf8, detail)
    })?;
    read_event(serde_json::from_str(text).map_err(|error| not_json(&error))?)
}

/// Serde's message may repeat a piece of the text; its category and place do not.
fn not_json(error: &serde_json::Error) -> Fault {
    let place = format!("line {} column {}", error.line(), error.column());
    let detail = match error.classify() {
        Category::Eof => format!("ends before its JSON does, at {place}; send the event whole"),
        Category::Io | Category::Syntax | Category::Data => format!("is not JSON at {place}; send one JSON object"),
    };
    Fault::here(FaultCode::InvalidJson, detail)
}

/// Reads one event.
///
/// # Errors
/// The first fault found, with the event's id where it has a valid one.
pub fn read_event(value: Value) -> Result<Event, Refused> {
    let mut fields = Fields::of(value)?;
    let id = fields.required("id", text)?;
    read_attributes(&id, &mut fields).map_err(|fault| Refused { event_id: Some(id), fault })
}

/// The attributes but `id`. Unknown ones are ignored, as CloudEvents asks.
fn read_attributes(id: &str, fields: &mut Fields) -> Reading<Event> {
    fields.required("specversion", constant("1.0"))?;
    fields.optional("datacontenttype", constant("application/json"))?;
    let source = fields.required("source", text)?;
    let force = force_of(&source).map_err(|fault| fault.under("source"))?.to_owned();
    let event_type = fields.required("type", string)?;
    let subject = fields.required("subject", reference)?;
    let time = fields.required("time", instant)?;
    let data = fields.required("data", Ok)?;
    let (kind, change) = if event_type == DELETED {
        read_withdrawal(&subject, data)?
    } else {
        let kind = kind_of(&event_type).map_err(|fault| fault.under("type"))?;
        (kind, Change::Put(Box::new(read_record(kind, data)?)))
    };
    Ok(Event { id: id.to_owned(), source, force, kind, subject, time, change })
}

fn constant(wanted: &'static str) -> impl Fn(Value) -> Reading<()> {
    move |value| {
        if string(value)? == wanted {
            Ok(())
        } else {
            Err(Fault::here(FaultCode::NotAllowed, format!("must be \"{wanted}\"")))
        }
    }
}

fn kind_of(event_type: &str) -> Reading<RecordKind> {
    RecordKind::of_event_type(event_type).ok_or_else(|| {
        Fault::here(FaultCode::UnknownType, "must be an event type of version 1 of the feed, such as records.visit.v1")
    })
}

fn read_withdrawal(subject: &Ref, data: Value) -> Reading<(RecordKind, Change)> {
    let (kind, withdrawn, reason) = object(withdrawal)(data).map_err(|fault| fault.under("data"))?;
    if withdrawn == *subject {
        Ok((kind, Change::Withdrawn { reason }))
    } else {
        let detail = "must equal the envelope's subject; correct whichever is wrong";
        Err(Fault::here(FaultCode::SubjectMismatch, detail).under("subject").under("data"))
    }
}

fn withdrawal(fields: &mut Fields) -> Reading<(RecordKind, Ref, String)> {
    Ok((
        fields.required("type", |value| kind_of(&string(value)?))?,
        fields.required("subject", reference)?,
        fields.required("reason", free_text)?,
    ))
}

/// The force that a source names: `/records/{force}` or `/records/{force}/{system}`.
pub(in crate::records) fn force_of(source: &str) -> Reading<&str> {
    let mut segments = source.strip_prefix("/records/").unwrap_or_default().split('/');
    match (segments.next(), segments.next(), segments.next()) {
        (Some(force), system, None) if is_segment(force) && system.is_none_or(is_segment) => Ok(force),
        (Some(_) | None, Some(_) | None, Some(_) | None) => {
            let detail = "must be /records/{force} or /records/{force}/{system}, in the characters of a URI";
            Err(Fault::here(FaultCode::InvalidSource, detail))
        }
    }
}

/// A path segment that is not empty: `1*pchar` of RFC 3986.
fn is_segment(segment: &str) -> bool {
    let mut pieces = segment.split('%');
    let plain = |piece: &str| piece.bytes().all(is_plain);
    let encoded = |piece: &str| {
        piece
            .split_at_checked(2)
            .is_some_and(|(hex, rest)| hex.bytes().all(|byte| byte.is_ascii_hexdigit()) && plain(rest))
    };
    !segment.is_empty() && pieces.next().is_some_and(plain) && pieces.all(encoded)
}

/// A `pchar` that is not percent-encoded.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@')
        || matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({"specversion": "1.0", "id": "e1", "source": "/records/dorset/niche", "type": "records.neighbourhood.v1",
            "subject": "N1", "time": "2021-05-01T10:00:00+01:00", "data": {"name": "North", "force": "Dorset"}})
    }

    fn deleted() -> Value {
        let mut event = event();
        event["type"] = json!(DELETED);
        event["data"] = json!({"type": "records.neighbourhood.v1", "subject": "N1", "reason": ""});
        event
    }

    #[test]
    fn an_event_is_read_whole() {
        let read = read_event(event()).unwrap();
        assert_eq!((read.id.as_str(), read.force.as_str()), ("e1", "dorset"));
        assert_eq!((read.kind, read.subject.as_str()), (RecordKind::Neighbourhood, "N1"));
        assert_eq!(read.time, "2021-05-01T09:00:00Z".parse::<Instant>().unwrap());
        assert!(matches!(read.change, Change::Put(_)));
    }

    #[test]
    fn a_withdrawal_speaks_of_the_record_withdrawn() {
        let read = read_event(deleted()).unwrap();
        assert_eq!(read.kind, RecordKind::Neighbourhood);
        assert_eq!(read.change, Change::Withdrawn { reason: String::new() });
    }

    #[test]
    fn unknown_attributes_are_ignored() {
        let mut event = event();
        event["traceparent"] = json!({"any": ["thing"]});
        assert!(read_event(event).is_ok());
    }

    #[test]
    fn each_attribute_has_its_fault() {
        for (member, value, code) in [
            ("specversion", json!("0.3"), FaultCode::NotAllowed),
            ("specversion", json!(1.0), FaultCode::WrongType),
            ("datacontenttype", json!("text/plain"), FaultCode::NotAllowed),
            ("datacontenttype", json!(null), FaultCode::WrongType),
            ("source", json!(" "), FaultCode::Blank),
            ("source", json!("/records"), FaultCode::InvalidSource),
            ("type", json!("records.visit.v2"), FaultCode::UnknownType),
            ("type", json!(7), FaultCode::WrongType),
            ("subject", json!(""), FaultCode::Blank),
            ("time", json!("2021-05-01T10:00:00"), FaultCode::BadInstant),
            ("data", json!([]), FaultCode::NotAnObject),
        ] {
            let mut event = event();
            event[member] = value.clone();
            let refused = read_event(event).unwrap_err();
            assert_eq!(refused.event_id.as_deref(), Some("e1"), "{member} {value}");
            assert_eq!((refused.fault.code, refused.fault.pointer), (code, format!("/{member}")), "{value}");
        }
    }

    #[test]
    fn a_refusal_names_its_event_only_by_a_valid_id() {
        for (id, code) in [(json!("  "), FaultCode::Blank), (json!("a\u{0}"), FaultCode::NulCharacter)] {
            let mut event = event();
            event["id"] = id;
            let refused = read_event(event).unwrap_err();
            assert_eq!((refused.event_id, refused.fault.code), (None, code));
        }
    }

    #[test]
    fn a_withdrawals_faults_point_into_its_data() {
        for (member, value, code) in [
            ("subject", json!("N2"), FaultCode::SubjectMismatch),
            ("type", json!(DELETED), FaultCode::UnknownType),
            ("reason", json!(null), FaultCode::WrongType),
            ("extra", json!(1), FaultCode::UnknownMember),
        ] {
            let mut event = deleted();
            event["data"][member] = value;
            let fault = read_event(event).unwrap_err().fault;
            assert_eq!((fault.code, fault.pointer), (code, format!("/data/{member}")));
        }
    }

    #[test]
    fn bytes_must_be_utf_8_and_json() {
        for (bytes, code) in [
            (&b"{\"id\": \"\xff\"}"[..], FaultCode::InvalidUtf8),
            (b"{\"id\": \"e1\"", FaultCode::InvalidJson),
            (b"{'id': 1}", FaultCode::InvalidJson),
            (b"{} {}", FaultCode::InvalidJson),
            (b"", FaultCode::InvalidJson),
            (b"[]", FaultCode::NotAnObject),
        ] {
            assert_eq!(parse_event(bytes).unwrap_err().fault.code, code, "{bytes:?}");
        }
        assert!(parse_event(event().to_string().as_bytes()).is_ok());
    }

    #[test]
    fn a_source_names_its_force() {
        for (source, force) in [
            ("/records/dorset", Some("dorset")),
            ("/records/dorset/niche", Some("dorset")),
            ("/records/avon%20and%20somerset/a:b@c", Some("avon%20and%20somerset")),
            ("/records/", None),
            ("/records/dorset/", None),
            ("/records//niche", None),
            ("/records/dorset/niche/x", None),
            ("records/dorset", None),
            ("/Records/dorset", None),
            ("/records/dor set", None),
            ("/records/dor%2", None),
            ("/records/dor%zz", None),
            ("/records/dorset?x=1", None),
            ("/records/dorset#x", None),
            ("/records/dörset", None),
            ("/records/%dö", None),
        ] {
            assert_eq!(force_of(source).ok(), force, "{source}");
        }
    }
}
