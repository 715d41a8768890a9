//! What the records system is told of: read in order, and called back for.

use serde_json::{Value, json};
use uuid::Uuid;

use super::reading::Reader;
use crate::domain::outward_event::OutwardEvent;
use crate::store::Store;
use crate::store::current;
use crate::store::error::StoreError;
use crate::store::outbox::{self, OutboxEvent};

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
