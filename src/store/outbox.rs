//! The outbox: what the records system is to be told of, written in the transaction of the act itself and numbered in the order in
//! which it happened, so that nothing that holds here is left untold, and nothing is told that does not hold.

use diesel::dsl::max;
use diesel::prelude::*;
use uuid::Uuid;

use super::backend::{AnyConnection, MultiBackend};
use super::delivery::{self, Letter};
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::outbox_event;
use super::types::{DbId, DbInstant};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::outward_event::OutwardEvent;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct NewOutboxEvent<'a> {
    /// The force.
    pub force: &'a str,
    /// What it is.
    pub event: OutwardEvent,
    /// The kind of the record that it is about.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: &'a Ref,
    /// Whom it is about.
    pub offender_ref: Option<&'a str>,
    /// The day by which a visit is to be made, where visits are to be withdrawn.
    pub latest_by: Option<CivilDate>,
    /// The act, by its stable name.
    pub act: &'a str,
    /// When.
    pub at: Instant,
}

/// What is to be told, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Its id: whoever is told twice knows it again by this.
    pub id: Uuid,
    /// Its place among those of the force, from 1.
    pub number: i64,
    /// What it is.
    pub event: OutwardEvent,
    /// The kind of the record that it is about.
    pub kind: RecordKind,
    /// The record's key.
    pub subject: Ref,
    /// Whom it is about.
    pub offender_ref: Option<String>,
    /// The day by which a visit is to be made, where visits are to be withdrawn.
    pub latest_by: Option<CivilDate>,
    /// The act, by its stable name.
    pub act: String,
    /// When.
    pub at: Instant,
}

/// Appends what is to be told. Belongs into a transaction that has taken its turn ([`super::record::take_turn`]) before it writes: so the
/// numbers are in the order in which things were kept.
///
/// # Errors
/// When a statement fails.
pub fn append(connection: &mut AnyConnection, new: NewOutboxEvent<'_>) -> Result<(), StoreError> {
    let last: Option<i64> = outbox_event::table
        .filter(outbox_event::force.eq(new.force))
        .select(max(outbox_event::number))
        .first(connection)?;
    let (number, id) = (last.unwrap_or_default() + 1, Uuid::now_v7());
    diesel::insert_into(outbox_event::table)
        .values((
            outbox_event::force.eq(new.force),
            outbox_event::number.eq(number),
            outbox_event::id.eq(DbId(id)),
            outbox_event::event_type.eq(new.event.name()),
            outbox_event::kind.eq(new.kind.name()),
            outbox_event::subject.eq(new.subject.as_str()),
            outbox_event::offender_ref.eq(new.offender_ref),
            outbox_event::latest_by.eq(new.latest_by),
            outbox_event::act.eq(new.act),
            outbox_event::happened_at.eq(DbInstant::from(new.at)),
        ))
        .execute(connection)?;
    let record = delivery::record(new.kind.name(), new.subject.as_str());
    delivery::fan_out(connection, (new.force, new.event), Letter { number, id, record: &record, due_at: new.at })
}

type Row = (DbId, i64, String, String, String, Option<String>, Option<CivilDate>, String, DbInstant);

macro_rules! outbox_events {
    () => {
        outbox_event::table.select((
            outbox_event::id,
            outbox_event::number,
            outbox_event::event_type,
            outbox_event::kind,
            outbox_event::subject,
            outbox_event::offender_ref,
            outbox_event::latest_by,
            outbox_event::act,
            outbox_event::happened_at,
        ))
    };
}

/// So many events of a force that come after a number, of these types or of all, in their order.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn page(
    connection: &mut AnyConnection,
    force: &str,
    (after, limit): (i64, usize),
    events: &[OutwardEvent],
) -> Result<Vec<OutboxEvent>, StoreError> {
    let mut question = outbox_events!()
        .filter(outbox_event::force.eq(force.to_owned()))
        .filter(outbox_event::number.gt(after))
        .order(outbox_event::number)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .into_boxed::<MultiBackend>();
    if !events.is_empty() {
        let names: Vec<&str> = events.iter().map(|event| event.name()).collect();
        question = question.filter(outbox_event::event_type.eq_any(names));
    }
    question.load::<Row>(connection)?.into_iter().map(read).collect()
}

/// One event of a force.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn event(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<Option<OutboxEvent>, StoreError> {
    let found: Option<Row> = outbox_events!()
        .filter(outbox_event::force.eq(force))
        .filter(outbox_event::id.eq(DbId(id)))
        .first(connection)
        .optional()?;
    found.map(read).transpose()
}

fn read(row: Row) -> Result<OutboxEvent, StoreError> {
    let (DbId(id), number, event, kind, subject, offender_ref, latest_by, act, at) = row;
    let unreadable = || StoreError::Unreadable { what: "outbox event", detail: "of an unknown type".to_owned() };
    Ok(OutboxEvent {
        id,
        number,
        event: OutwardEvent::named(&event).ok_or_else(unreadable)?,
        kind: RecordKind::named(&kind).ok_or_else(unreadable)?,
        subject: stored_ref(subject)?,
        offender_ref,
        latest_by,
        act,
        at: at.get(),
    })
}
