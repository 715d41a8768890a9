//! Events into the service, a line or an item each: one transaction a batch, a report out.

use std::io::{self, BufRead};

use serde_json::value::RawValue;
use thiserror::Error;
use uuid::Uuid;

use super::feed::event::{Change, Event, Refused, parse_event};
use super::feed::fault::{Fault, FaultCode};
use super::feed::lines::Lines;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::import::{Import, ImportReport, RefusedEvent};
use crate::domain::exchange::Ending;
use crate::domain::personal_data::offender_of;
use crate::domain::references::references;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::record::{Content, NewVersion};

/// Events in a transaction.
pub const EVENTS_A_BATCH: usize = 500;

/// Bytes of events in a transaction, so that a batch of long events does not fill the memory.
const BYTES_A_BATCH: u64 = 8 * 1024 * 1024;

/// A feed that could not be taken to its end. What was taken before stays.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The feed could not be read.
    #[error("the feed cannot be read to its end; what was taken so far is kept, import it again to go on")]
    Feed {
        /// The import, which ended as failed and keeps its report.
        id: Uuid,
        /// Why.
        source: io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a bulk feed: one event a line, any length, read as a stream. `progress` is told the
/// bytes read after each batch.
///
/// # Errors
/// When the feed cannot be read to its end, or the store fails. A refused event is not an error.
pub fn import_lines(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    origin: &str,
    feed: impl BufRead,
    mut progress: impl FnMut(u64),
) -> Result<ImportReport, ImportError> {
    let mut import = Import::start(store, clock, actor, origin)?;
    let mut lines = Lines::new(feed);
    let mut batch = Vec::new();
    let mut batch_began_at = 0;
    loop {
        let line = match lines.next() {
            None => break,
            Some(Ok(line)) => line,
            Some(Err(error)) => {
                import.apply(store, batch)?;
                let id = import.finish(store, false)?.id;
                return Err(ImportError::Feed { id, source: error });
            }
        };
        let event = line.content.map_err(Refused::from).and_then(|content| parse_event(&content));
        match event.and_then(|event| version_of(event, actor)) {
            Ok(version) => batch.push(version),
            Err(refused) => import.refuse(refused_event(line.number, refused)),
        }
        if batch.len() >= EVENTS_A_BATCH || lines.bytes_read() - batch_began_at >= BYTES_A_BATCH {
            import.apply(store, std::mem::take(&mut batch))?;
            batch_began_at = lines.bytes_read();
            progress(batch_began_at);
        }
    }
    import.apply(store, batch)?;
    progress(lines.bytes_read());
    Ok(import.finish(store, true)?)
}

/// Imports events that are at hand, indexed from 0, each read alone as a line of a bulk feed is.
///
/// # Errors
/// When the store fails. A refused event is not an error.
pub fn import_events(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    origin: &str,
    events: &[Box<RawValue>],
) -> Result<ImportReport, ImportError> {
    let mut import = Import::start(store, clock, actor, origin)?;
    let mut batch = Vec::new();
    for (index, event) in (0..).zip(events) {
        match parse_event(event.get().as_bytes()).and_then(|event| version_of(event, actor)) {
            Ok(version) => batch.push(version),
            Err(refused) => import.refuse(refused_event(index, refused)),
        }
        if batch.len() >= EVENTS_A_BATCH {
            import.apply(store, std::mem::take(&mut batch))?;
        }
    }
    import.apply(store, batch)?;
    Ok(import.finish(store, true)?)
}

/// Imports events that are at hand, at most as many as a transaction takes, within a transaction that has its turn.
///
/// # Errors
/// When the store fails. A refused event is not an error.
pub fn import_within(
    connection: &mut AnyConnection,
    clock: Clock,
    actor: &Actor,
    origin: &str,
    events: &[Box<RawValue>],
    ending: Ending,
) -> Result<ImportReport, StoreError> {
    let (mut batch, mut refused) = (Vec::new(), Vec::new());
    for (index, event) in (0..).zip(events) {
        match parse_event(event.get().as_bytes()).and_then(|event| version_of(event, actor)) {
            Ok(version) => batch.push(version),
            Err(fault) => refused.push(refused_event(index, fault)),
        }
    }
    Import::whole(connection, clock, actor, origin, (batch, refused), ending)
}

/// The version that an event brings, where the actor may speak for the event's force.
pub(super) fn version_of(event: Event, actor: &Actor) -> Result<NewVersion, Refused> {
    let event_id = event.id.clone();
    let version = if actor.force().is_some_and(|force| force != event.force) {
        let detail = "names another force than the token's; send it with that force's token";
        Err(Fault::here(FaultCode::SourceNotPermitted, detail).under("source"))
    } else if !actor.may_send(event.kind) {
        let detail = "is of a type that this sender may not send; records.senders in the settings lists those it may";
        Err(Fault::here(FaultCode::TypeNotPermitted, detail).under("type"))
    } else {
        new_version(event)
    };
    version.map_err(|fault| Refused { event_id: Some(event_id), fault })
}

/// The version of a record that an event brings.
fn new_version(event: Event) -> Result<NewVersion, Fault> {
    let Event { id, source, force, kind, subject, time, change } = event;
    let (offender_ref, team_ref, content, references) = match change {
        Change::Put(record) => {
            let json =
                record.to_json().map_err(|_| Fault::here(FaultCode::InvalidJson, "cannot be kept").under("data"))?;
            let named = references(kind, &subject, &record)
                .into_iter()
                .map(|reference| (reference.pointer, reference.to, reference.to_ref))
                .collect();
            (offender_of(&subject, &record).cloned(), record.team_ref().cloned(), Content::Put(json), named)
        }
        Change::Withdrawn { reason } => (None, None, Content::Withdrawn { reason }, Vec::new()),
    };
    Ok(NewVersion {
        force,
        kind,
        subject,
        source,
        event_id: id,
        event_time: time,
        offender_ref,
        team_ref,
        content,
        references,
    })
}

/// An event that was refused, at its place among those that came.
pub(super) fn refused_event(index: u64, refused: Refused) -> RefusedEvent {
    RefusedEvent {
        index,
        row: None,
        column: None,
        event_id: refused.event_id,
        code: refused.fault.code.as_str().to_owned(),
        pointer: refused.fault.pointer,
        detail: refused.fault.detail,
    }
}
