//! What the records system holds: the newest of each record, its own events in their order, and what the service has told it. Each change is one
//! transaction, kept before anybody is answered.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use diesel::connection::SimpleConnection;
use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::canonical::digest;
use crate::schema::{TABLES, event, record, tally, told};

/// Something new of a record: what a person types there, or what was taken over.
#[derive(Debug, Deserialize)]
pub struct NewEvent {
    #[serde(rename = "type")]
    event_type: String,
    subject: String,
    /// One of its own where it has none yet; with one that is known it changes nothing.
    id: Option<String>,
    /// Now, and after all that was said of the record, where it is left out.
    time: Option<DateTime<Utc>>,
    data: Value,
}

impl NewEvent {
    /// Something that is so from now on.
    pub fn now(event_type: &str, subject: &str, data: Value) -> Self {
        Self { event_type: event_type.to_owned(), subject: subject.to_owned(), id: None, time: None, data }
    }

    /// Which record it is about.
    fn record_type(&self) -> &str {
        let withdrawn = self.data.get("type").and_then(Value::as_str);
        withdrawn.filter(|_| self.withdraws()).unwrap_or(&self.event_type)
    }

    fn withdraws(&self) -> bool {
        self.event_type == "records.deleted.v1"
    }
}

/// Something that the service told and that is to be looked up there.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = told)]
pub struct Told {
    pub id: String,
    pub sequence: i64,
    pub subject: String,
    pub kind: String,
    pub reference: String,
    pub href: String,
}

/// How it stands, in numbers.
#[derive(Debug, Serialize)]
pub struct Counts {
    /// Records, withdrawn ones left out.
    records: i64,
    /// Events of its own.
    events: i64,
    /// Those that the service has answered for.
    sent: i64,
    /// Those that it has not.
    to_be_sent: i64,
    /// Events that the service refused, each time it did.
    refused_events: i64,
    /// What the service told, each once.
    received: i64,
    /// What it told again.
    duplicates: i64,
    /// What it told and is not dealt with yet.
    to_be_dealt_with: i64,
    /// What it told of a record after something later of that record.
    order_violations: i64,
    /// What came with no signature of the service's.
    refused_signatures: i64,
}

/// A record by type, subject, digest and the time of its newest event.
pub type Digested = (String, String, String, i64);

/// The place of the last event that the service has answered for.
const SENT: &str = "sent";
const DUPLICATES: &str = "duplicates";
const ORDER_VIOLATIONS: &str = "order_violations";
pub const REFUSED_SIGNATURES: &str = "refused_signatures";
pub const REFUSED_EVENTS: &str = "refused_events";

/// The database of the records system.
pub struct Ledger {
    connection: Mutex<SqliteConnection>,
    source: String,
}

impl Ledger {
    /// Opens it, and makes it where there is none. Its events are of that source.
    pub fn open(path: &Path, source: String) -> anyhow::Result<Self> {
        let path = path.to_str().context("--database is not UTF-8")?;
        let mut connection = SqliteConnection::establish(path).context("--database cannot be opened")?;
        connection.batch_execute(TABLES)?;
        Ok(Self { connection: Mutex::new(connection), source })
    }

    fn write<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.immediate_transaction(work)
    }

    /// Takes in what is new; says how many of these events were.
    pub fn enter(&self, new: Vec<NewEvent>) -> anyhow::Result<usize> {
        self.write(|connection| {
            let mut taken = 0;
            for one in new {
                taken += usize::from(append(connection, &self.source, one)?);
            }
            Ok(taken)
        })
    }

    /// So many events after a place, each with its own.
    pub fn page(&self, after: i64, limit: i64) -> anyhow::Result<Vec<(i64, String)>> {
        self.write(|connection| {
            let events = event::table.filter(event::place.gt(after)).order(event::place).limit(limit);
            Ok(events.select((event::place, event::body)).load(connection)?)
        })
    }

    /// So many events that the service has not answered for.
    pub fn unsent(&self, limit: i64) -> anyhow::Result<Vec<(i64, String)>> {
        let sent = self.write(|connection| number(connection, SENT))?;
        self.page(sent, limit)
    }

    /// The service has answered for all events up to a place.
    pub fn sent(&self, place: i64) -> anyhow::Result<()> {
        self.write(|connection| {
            diesel::replace_into(tally::table)
                .values((tally::name.eq(SENT), tally::number.eq(place)))
                .execute(connection)?;
            Ok(())
        })
    }

    /// Keeps what the service told; true where it is new.
    pub fn hear(&self, heard: &Told) -> anyhow::Result<bool> {
        self.write(|connection| {
            let latest: Option<i64> =
                told::table.filter(told::subject.eq(&heard.subject)).select(max(told::sequence)).first(connection)?;
            let is_new = diesel::insert_or_ignore_into(told::table)
                .values((heard, told::dealt_with.eq(false)))
                .execute(connection)?
                == 1;
            if !is_new {
                add(connection, DUPLICATES, 1)?;
            } else if latest.is_some_and(|latest| heard.sequence < latest) {
                add(connection, ORDER_VIOLATIONS, 1)?;
            }
            Ok(is_new)
        })
    }

    /// The first of what was told that is not dealt with.
    pub fn waiting(&self) -> anyhow::Result<Option<Told>> {
        self.write(|connection| {
            let waiting = told::table.filter(told::dealt_with.eq(false)).order(told::sequence);
            Ok(waiting.select(Told::as_select()).first(connection).optional()?)
        })
    }

    /// What was told is dealt with: the record is taken over, and told of in turn where it says something else than before.
    pub fn deal(&self, dealt: &Told, taken_over: Option<NewEvent>) -> anyhow::Result<()> {
        self.write(|connection| {
            if let Some(new) = taken_over {
                let held = held(connection, new.record_type(), &new.subject)?;
                let before = held.map(|(_, _, data, digest)| data.map(|_| digest));
                let says_else = if new.withdraws() {
                    matches!(before, Some(Some(_)))
                } else {
                    before.flatten().as_deref() != Some(&digest(&new.data))
                };
                if says_else {
                    append(connection, &self.source, new)?;
                }
            }
            diesel::update(told::table.find(&dealt.id)).set(told::dealt_with.eq(true)).execute(connection)?;
            Ok(())
        })
    }

    /// Tells of these records again, by type and subject, as events of their own; of those that it does not hold, that they are withdrawn.
    pub fn tell_again(&self, records: &[(String, String)]) -> anyhow::Result<()> {
        self.write(|connection| {
            for (record_type, subject) in records {
                let data = held(connection, record_type, subject)?.and_then(|(_, _, data, _)| data);
                let again = match data {
                    Some(data) => NewEvent::now(record_type, subject, serde_json::from_str(&data)?),
                    None => {
                        let data = json!({ "type": record_type, "subject": subject, "reason": "not held" });
                        NewEvent::now("records.deleted.v1", subject, data)
                    }
                };
                append(connection, &self.source, again)?;
            }
            Ok(())
        })
    }

    /// Counts something.
    pub fn count(&self, name: &str, more: i64) -> anyhow::Result<()> {
        self.write(|connection| add(connection, name, more))
    }

    /// How it stands.
    pub fn counts(&self) -> anyhow::Result<Counts> {
        self.write(|connection| {
            let sent = number(connection, SENT)?;
            let events = event::table.count().get_result(connection)?;
            let to_be_sent = event::table.filter(event::place.gt(sent)).count().get_result(connection)?;
            Ok(Counts {
                records: record::table.filter(record::data.is_not_null()).count().get_result(connection)?,
                events,
                sent: events - to_be_sent,
                to_be_sent,
                refused_events: number(connection, REFUSED_EVENTS)?,
                received: told::table.count().get_result(connection)?,
                duplicates: number(connection, DUPLICATES)?,
                to_be_dealt_with: told::table.filter(told::dealt_with.eq(false)).count().get_result(connection)?,
                order_violations: number(connection, ORDER_VIOLATIONS)?,
                refused_signatures: number(connection, REFUSED_SIGNATURES)?,
            })
        })
    }

    /// Every record that it holds.
    pub fn digests(&self) -> anyhow::Result<Vec<Digested>> {
        self.write(|connection| {
            let held = record::table.filter(record::data.is_not_null()).order((record::kind, record::subject));
            Ok(held.select((record::kind, record::subject, record::digest, record::time)).load(connection)?)
        })
    }
}

/// Appends an event and keeps what is newest of its record; false where its id is known.
fn append(connection: &mut SqliteConnection, source: &str, new: NewEvent) -> anyhow::Result<bool> {
    let record_type = new.record_type().to_owned();
    let (withdraws, NewEvent { event_type, subject, id, time, data }) = (new.withdraws(), new);
    let id = id.unwrap_or_else(|| Uuid::now_v7().to_string());
    let newest = held(connection, &record_type, &subject)?.map(|(time, id, ..)| (time, id));
    let after_it = newest.as_ref().map_or(i64::MIN, |(time, _)| time + 1);
    let time = time.map_or_else(|| now().timestamp_micros().max(after_it), |time| time.timestamp_micros());
    let body = json!({
        "specversion": "1.0", "id": id, "source": source, "type": event_type, "subject": subject, "time": in_words(time), "data": data,
    });
    let is_new = diesel::insert_or_ignore_into(event::table)
        .values((event::id.eq(&id), event::body.eq(body.to_string())))
        .execute(connection)?
        == 1;
    if is_new && newest.is_none_or(|newest| newest < (time, id.clone())) {
        let kept = (!withdraws).then(|| data.to_string());
        diesel::replace_into(record::table)
            .values((
                record::kind.eq(record_type),
                record::subject.eq(subject),
                record::time.eq(time),
                record::id.eq(id),
                record::data.eq(kept),
                record::digest.eq(digest(&data)),
            ))
            .execute(connection)?;
    }
    Ok(is_new)
}

/// Time and id of a record's newest event, its data and their digest.
type Held = (i64, String, Option<String>, String);

fn held(connection: &mut SqliteConnection, record_type: &str, subject: &str) -> anyhow::Result<Option<Held>> {
    let found = record::table.find((record_type, subject));
    Ok(found.select((record::time, record::id, record::data, record::digest)).first(connection).optional()?)
}

fn number(connection: &mut SqliteConnection, name: &str) -> anyhow::Result<i64> {
    Ok(tally::table.find(name).select(tally::number).first(connection).optional()?.unwrap_or_default())
}

fn add(connection: &mut SqliteConnection, name: &str, more: i64) -> anyhow::Result<()> {
    diesel::insert_into(tally::table)
        .values((tally::name.eq(name), tally::number.eq(more)))
        .on_conflict(tally::name)
        .do_update()
        .set(tally::number.eq(tally::number + more))
        .execute(connection)?;
    Ok(())
}

/// Microseconds since 1970 as the feed writes an instant.
pub fn in_words(microseconds: i64) -> String {
    let at = DateTime::from_timestamp_micros(microseconds).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What the machine's clock says.
#[expect(clippy::disallowed_methods, reason = "this is its clock: signatures and events bear the real time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
