//! What the records system is told of: read in order, and called back for.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::outward_event::OutwardEvent;
use crate::store::Store;
use crate::store::current;
use crate::store::error::StoreError;
use crate::store::outbox::{self, OutboxEvent};

/// An event in the form of CloudEvents 1.0: references and links, no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CloudEvent {
    specversion: &'static str,
    id: Uuid,
    source: String,
    r#type: &'static str,
    subject: String,
    time: Instant,
    datacontenttype: &'static str,
    /// The event's place among those of the force; text, as CloudEvents' extension has it.
    sequence: String,
    data: EventData,
}

/// What an event is about, by reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct EventData {
    kind: &'static str,
    r#ref: String,
    offender_ref: Option<String>,
    act: String,
    href: String,
}

impl CloudEvent {
    /// An event of a force as it is told.
    #[must_use]
    pub fn of(event: &OutboxEvent, force: &str) -> Self {
        Self {
            specversion: "1.0",
            id: event.id,
            source: format!("/mosovo-visits/{force}"),
            r#type: event.event.name(),
            subject: format!("{}/{}", event.kind, event.subject),
            time: event.at,
            datacontenttype: "application/json",
            sequence: event.number.to_string(),
            data: EventData {
                kind: event.kind.name(),
                r#ref: event.subject.to_string(),
                offender_ref: event.offender_ref.clone(),
                act: event.act.clone(),
                href: format!("/v1/events/{}", event.id),
            },
        }
    }
}

/// So many events of the reader's force that come after a number, of these types or of all.
///
/// # Errors
/// When the store fails.
pub fn list(
    store: &Store,
    reader: &Reader,
    (after, limit): (i64, usize),
    events: &[OutwardEvent],
) -> Result<Vec<OutboxEvent>, StoreError> {
    store.transaction_that_writes(|connection| {
        let found = outbox::page(connection, &reader.person.force, (after, limit), events)?;
        let detail = json!({ "count": found.len(), "after": after, "last": found.last().map(|event| event.number) });
        reader.note(connection, "outward_event.list", None, detail)?;
        Ok(found)
    })
}

/// What an event is about, as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The event.
    pub event: OutboxEvent,
    /// The record; nothing where it was withdrawn since.
    pub record: Option<Value>,
}

/// An event of the reader's force with what it is about; nothing where there is none.
///
/// # Errors
/// When the store fails.
pub fn read(store: &Store, reader: &Reader, id: Uuid) -> Result<Option<Told>, StoreError> {
    let (force, act) = (&reader.person.force, "outward_event.read");
    store.transaction_that_writes(|connection| {
        let Some(event) = outbox::event(connection, force, id)? else {
            reader.note(connection, "access.refused", None, json!({ "act": act, "why": "not_known" }))?;
            return Ok(None);
        };
        let held = current::one(connection, force, event.kind, &event.subject)?;
        let unreadable =
            |error: serde_json::Error| StoreError::Unreadable { what: "record", detail: error.to_string() };
        let record = held.map(|held| held.record.to_json()).transpose().map_err(unreadable)?;
        let subject = Some((event.kind, &event.subject));
        reader.note(connection, act, subject, json!({ "event": id, "type": event.event.name() }))?;
        Ok(Some(Told { event, record }))
    })
}
