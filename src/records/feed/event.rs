//! One event: a CloudEvents 1.0 envelope around a whole record.

use serde_json::Value;

use super::consistency;
use super::fault::{Fault, FaultCode, Refused};
use super::fields::{Fields, Place, Reading};
use super::read::read_record;
use crate::domain::calendar::Instant;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;

/// The event type that withdraws a record.
const DELETED: &str = "records.deleted.v1";

/// What an event says of its record.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The record is this.
    Put(Box<Record>),
    /// The records system withdrew it.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// One event of the feed, as the contract allows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Unique within the source.
    pub id: String,
    /// The records system that speaks.
    pub source: String,
    /// The force that the source names.
    pub force: String,
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: Ref,
    /// When the change became true.
    pub time: Instant,
    /// What it says.
    pub change: Change,
}

/// Reads one event from its bytes.
///
/// # Errors
/// The first fault, with the event's id where one could be read.
pub fn parse_event(bytes: &[u8]) -> Result<Event, Refused> {
    let refuse = |code, detail: &str| Refused { event_id: None, fault: Fault::new(code, "", detail) };
    let text = std::str::from_utf8(bytes).map_err(|_| refuse(FaultCode::InvalidUtf8, "must be UTF-8"))?;
    if text.trim().is_empty() {
        return Err(refuse(FaultCode::EmptyLine, "is empty: a line holds one event"));
    }
    let value = serde_json::from_str(text).map_err(|error| Refused {
        event_id: None,
        fault: Fault::new(FaultCode::InvalidJson, "", format!("is not JSON, at column {}", error.column())),
    })?;
    read_event(value)
}

/// Reads one event from its JSON.
///
/// # Errors
/// The first fault, with the event's id where one could be read.
pub fn read_event(value: Value) -> Result<Event, Refused> {
    let event_id = value.get("id").and_then(Value::as_str).map(str::to_owned);
    envelope(value).map_err(|fault| Refused { event_id, fault })
}

fn envelope(value: Value) -> Reading<Event> {
    let Value::Object(members) = value else {
        return Err(Fault::new(FaultCode::WrongType, "", "must be an object: one CloudEvents event"));
    };
    let mut fields = Fields::new(members, "");
    fields.required("specversion", |place| constant(place, "1.0", "/specversion"))?;
    fields.optional("datacontenttype", |place| constant(place, "application/json", "/datacontenttype"))?;
    let id = fields.required("id", Place::text)?;
    let source = fields.required("source", Place::text)?;
    let force = force_of(&source)?;
    let event_type = fields.required("type", Place::text)?;
    let subject = fields.required("subject", Place::reference)?;
    let time = fields.required("time", Place::instant)?;
    let (kind, change) = fields.required("data", |data| {
        if event_type == DELETED {
            withdrawal(data, &subject)
        } else {
            let kind = kind_of(&event_type, "/type")?;
            let record = read_record(kind, data)?;
            consistency::check(&record)?;
            Ok((kind, Change::Put(Box::new(record))))
        }
    })?;
    Ok(Event { id, source, force, kind, subject, time, change })
}

fn withdrawal(data: Place, subject: &Ref) -> Reading<(RecordKind, Change)> {
    data.object(|fields| {
        let event_type = fields.required("type", Place::text)?;
        let kind = kind_of(&event_type, "/data/type")?;
        let withdrawn = fields.required("subject", Place::reference)?;
        let reason = fields.required("reason", Place::free_text)?;
        if withdrawn != *subject {
            let detail = "must equal the envelope's subject";
            return Err(Fault::new(FaultCode::SubjectMismatch, "/data/subject", detail));
        }
        Ok((kind, Change::Withdrawn { reason }))
    })
}

fn kind_of(event_type: &str, pointer: &str) -> Reading<RecordKind> {
    RecordKind::of_event_type(event_type)
        .ok_or_else(|| Fault::new(FaultCode::NotAllowed, pointer, "is not a type of the records feed, version 1"))
}

fn constant(place: Place, wanted: &str, pointer: &str) -> Reading<()> {
    if place.text()? == wanted {
        Ok(())
    } else {
        Err(Fault::new(FaultCode::NotAllowed, pointer, format!("must be \"{wanted}\"")))
    }
}

/// The force a source names: its second segment.
fn force_of(source: &str) -> Reading<String> {
    let segments: Vec<&str> = source.split('/').collect();
    let well_formed = |segment: &&str| !segment.is_empty() && segment.chars().all(is_path_character);
    match segments.as_slice() {
        ["", "records", force] if well_formed(force) => Ok((*force).to_owned()),
        ["", "records", force, system] if well_formed(force) && well_formed(system) => Ok((*force).to_owned()),
        _ => Err(Fault::new(
            FaultCode::InvalidSource,
            "/source",
            "must be /records/{force} or /records/{force}/{system}",
        )),
    }
}

/// A character of a URI's path segment (RFC 3986, `pchar`).
fn is_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c)
}
