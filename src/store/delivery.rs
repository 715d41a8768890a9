//! Deliveries: what becomes of each event at each subscription. Written with the event; of one record's events a subscription is told one after
//! the other.

use std::collections::BTreeMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::outbox::{self, OutboxEvent};
use super::schema::{delivery, outbox_event, subscription};
use super::subscription::{self as subscriptions, Subscription, SubscriptionState};
use super::types::{DbId, DbInstant};
use crate::domain::calendar::Instant;
use crate::domain::outward_event::OutwardEvent;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It is to be made, now or after a failure.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up; a person may have it made again.
    Dead,
}

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Dead];

    /// The state as it is stored and written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// An event as it waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    /// Its place among those of the force.
    pub(super) number: i64,
    /// Its id.
    pub(super) id: Uuid,
    /// The record, by kind and reference.
    pub(super) record: &'a str,
    /// From when on it may be delivered.
    pub(super) due_at: Instant,
}

/// Puts an event before each subscription of its force that wants it, also before those that are paused.
pub(super) fn fan_out(
    connection: &mut AnyConnection,
    (force, event): (&str, OutwardEvent),
    letter: Letter<'_>,
) -> Result<(), StoreError> {
    for subscription in subscriptions::of_force(connection, force)? {
        if subscription.state != SubscriptionState::Ended && subscription.events.contains(&event) {
            wait(connection, subscription.id, letter)?;
        }
    }
    Ok(())
}

fn wait(connection: &mut AnyConnection, subscription: Uuid, letter: Letter<'_>) -> Result<(), StoreError> {
    diesel::insert_into(delivery::table)
        .values((
            delivery::subscription_id.eq(DbId(subscription)),
            delivery::number.eq(letter.number),
            delivery::event_id.eq(DbId(letter.id)),
            delivery::record.eq(letter.record),
            delivery::state.eq(DeliveryState::Waiting.as_str()),
            delivery::attempts.eq(0),
            delivery::due_at.eq(DbInstant::from(letter.due_at)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A delivery that is to be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// To whom.
    pub subscription: Subscription,
    /// Of what.
    pub event: OutboxEvent,
    /// How many times it was tried before.
    pub attempts: i32,
    /// Since when it is due.
    pub due_at: Instant,
}

/// Deliveries to subscriptions that are active: of each record's events to each of them the first alone that waits.
macro_rules! first_of_each_record {
    () => {{
        let earlier = diesel::alias!(delivery as earlier);
        let waits_behind = earlier
            .filter(earlier.field(delivery::subscription_id).eq(delivery::subscription_id))
            .filter(earlier.field(delivery::record).eq(delivery::record))
            .filter(earlier.field(delivery::state).eq(DeliveryState::Waiting.as_str()))
            .filter(earlier.field(delivery::number).lt(delivery::number));
        delivery::table
            .inner_join(subscription::table.on(subscription::id.eq(delivery::subscription_id)))
            .filter(subscription::state.eq(SubscriptionState::Active.as_str()))
            .filter(delivery::state.eq(DeliveryState::Waiting.as_str()))
            .filter(not(exists(waits_behind)))
            .select((subscriptions::columns!(), delivery::event_id, delivery::attempts, delivery::due_at))
    }};
}

/// What is to be delivered to a receiver now, so many events at most, those first that were tried least often. To one that was not well it is
/// one event, another each time, and none where it was looked at since an instant.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn due(
    connection: &mut AnyConnection,
    subscription: Uuid,
    (now, looked_at_before): (Instant, Instant),
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let standing: Option<(Option<DbInstant>, Option<DbInstant>)> = subscription::table
        .find(DbId(subscription))
        .select((subscription::failing_since, subscription::probed_at))
        .first(connection)
        .optional()?;
    let Some((failing_since, probed_at)) = standing else { return Ok(Vec::new()) };
    let of_it = || first_of_each_record!().filter(delivery::subscription_id.eq(DbId(subscription)));
    let rows: Vec<DueRow> = if failing_since.is_none() {
        of_it()
            .filter(delivery::due_at.le(DbInstant::from(now)))
            .order((delivery::attempts, delivery::number))
            .limit(limit)
            .load(connection)?
    } else if probed_at.is_none_or(|at| at.get() <= looked_at_before) {
        of_it().order((delivery::due_at, delivery::number)).limit(1).load(connection)?
    } else {
        Vec::new()
    };
    read(connection, rows)
}

/// Puts an event behind the others that wait for a receiver which was not well: the next look at it is with another, so that an event which
/// it cannot take does not stand for all. No attempt is counted.
///
/// # Errors
/// When the statement fails.
pub fn after_the_others(
    connection: &mut AnyConnection,
    (subscription, number): (Uuid, i64),
    now: Instant,
) -> Result<(), StoreError> {
    diesel::update(delivery::table.find((DbId(subscription), number)))
        .set(delivery::due_at.eq(DbInstant::from(now)))
        .execute(connection)?;
    Ok(())
}

/// Lets what waits for a receiver be delivered at once: it is well again. What failed several times, while the receiver took other things in
/// between, keeps its own wait.
///
/// # Errors
/// When the statement fails.
pub fn all_due(connection: &mut AnyConnection, subscription: Uuid, now: Instant) -> Result<(), StoreError> {
    diesel::update(
        delivery::table
            .filter(delivery::subscription_id.eq(DbId(subscription)))
            .filter(delivery::state.eq(DeliveryState::Waiting.as_str()))
            .filter(delivery::attempts.le(1))
            .filter(delivery::due_at.gt(DbInstant::from(now))),
    )
    .set(delivery::due_at.eq(DbInstant::from(now)))
    .execute(connection)?;
    Ok(())
}

/// Keeps a delivery to one process until an instant: nobody else makes it before, unless the receiver is found well in the meantime. Tells
/// the subscription as it is by now; nothing where another process has the delivery, or nothing is to be delivered any more.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn claim(connection: &mut AnyConnection, due: &Due, until: Instant) -> Result<Option<Subscription>, StoreError> {
    let Due { subscription, event, due_at, .. } = due;
    let claimed = diesel::update(
        delivery::table
            .find((DbId(subscription.id), event.number))
            .filter(delivery::state.eq(DeliveryState::Waiting.as_str()))
            .filter(delivery::due_at.eq(DbInstant::from(*due_at))),
    )
    .set(delivery::due_at.eq(DbInstant::from(until)))
    .execute(connection)?;
    if claimed == 0 {
        return Ok(None);
    }
    let now = subscriptions::one(connection, &subscription.force, subscription.id)?;
    Ok(now.filter(|now| now.state == SubscriptionState::Active))
}

type DueRow = (subscriptions::Row, DbId, i32, DbInstant);

fn read(connection: &mut AnyConnection, rows: Vec<DueRow>) -> Result<Vec<Due>, StoreError> {
    let mut due = Vec::with_capacity(rows.len());
    for (row, DbId(event), attempts, due_at) in rows {
        let subscription = subscriptions::read(row)?;
        if let Some(event) = outbox::event(connection, &subscription.force, event)? {
            due.push(Due { subscription, event, attempts, due_at: due_at.get() });
        }
    }
    Ok(due)
}

/// What came of trying a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It was taken.
    Delivered,
    /// It failed for this reason, a stable code, and is tried again then.
    Again(&'a str, Instant),
    /// It failed for this reason and is given up.
    Dead(&'a str),
}

/// Keeps what came of trying a delivery that waits; another process may have made it in the meantime.
///
/// # Errors
/// When the statement fails.
pub fn tried(
    connection: &mut AnyConnection,
    (subscription, number): (Uuid, i64),
    outcome: Outcome<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    let row =
        delivery::table.find((DbId(subscription), number)).filter(delivery::state.eq(DeliveryState::Waiting.as_str()));
    let ended = Some(DbInstant::from(now));
    let attempts = delivery::attempts.eq(delivery::attempts + 1);
    match outcome {
        Outcome::Delivered => diesel::update(row)
            .set((
                attempts,
                delivery::state.eq(DeliveryState::Delivered.as_str()),
                delivery::problem.eq(None::<&str>),
                delivery::ended_at.eq(ended),
            ))
            .execute(connection)?,
        Outcome::Again(problem, at) => diesel::update(row)
            .set((attempts, delivery::problem.eq(Some(problem)), delivery::due_at.eq(DbInstant::from(at))))
            .execute(connection)?,
        Outcome::Dead(problem) => diesel::update(row)
            .set((
                attempts,
                delivery::state.eq(DeliveryState::Dead.as_str()),
                delivery::problem.eq(Some(problem)),
                delivery::ended_at.eq(ended),
            ))
            .execute(connection)?,
    };
    Ok(())
}

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The event's place among those of the force.
    pub number: i64,
    /// The event.
    pub event_id: Uuid,
    /// The record, by kind and reference.
    pub record: String,
    /// How many times it was tried.
    pub attempts: i32,
    /// Why it failed last: a stable code.
    pub problem: String,
    /// When it was given up.
    pub ended_at: Instant,
}

/// The deliveries to a subscription that were given up, in the order of their events, so many after a number.
///
/// # Errors
/// When the statement fails.
pub fn dead_letters(
    connection: &mut AnyConnection,
    subscription: Uuid,
    (after, limit): (i64, usize),
) -> Result<Vec<DeadLetter>, StoreError> {
    type Row = (i64, DbId, String, i32, Option<String>, Option<DbInstant>);
    let rows: Vec<Row> = delivery::table
        .filter(delivery::subscription_id.eq(DbId(subscription)))
        .filter(delivery::state.eq(DeliveryState::Dead.as_str()))
        .filter(delivery::number.gt(after))
        .order(delivery::number)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            delivery::number,
            delivery::event_id,
            delivery::record,
            delivery::attempts,
            delivery::problem,
            delivery::ended_at,
        ))
        .load(connection)?;
    let letter = |(number, DbId(event_id), record, attempts, problem, ended_at): Row| {
        let (problem, ended_at) = (problem.unwrap_or_default(), ended_at?.get());
        Some(DeadLetter { number, event_id, record, attempts, problem, ended_at })
    };
    Ok(rows.into_iter().filter_map(letter).collect())
}

/// Has deliveries to a subscription made again that were given up: those of these events, or all. Tells how many.
///
/// # Errors
/// When the statement fails.
pub fn redrive(
    connection: &mut AnyConnection,
    subscription: Uuid,
    events: Option<&[Uuid]>,
    now: Instant,
) -> Result<usize, StoreError> {
    let again = (
        delivery::state.eq(DeliveryState::Waiting.as_str()),
        delivery::attempts.eq(0),
        delivery::due_at.eq(DbInstant::from(now)),
        delivery::ended_at.eq(None::<DbInstant>),
    );
    let dead = delivery::table
        .filter(delivery::subscription_id.eq(DbId(subscription)))
        .filter(delivery::state.eq(DeliveryState::Dead.as_str()));
    let count = match events {
        None => diesel::update(dead).set(again).execute(connection)?,
        Some(events) => {
            let ids: Vec<DbId> = events.iter().copied().map(DbId).collect();
            diesel::update(dead.filter(delivery::event_id.eq_any(ids))).set(again).execute(connection)?
        }
    };
    Ok(count)
}

/// Has a subscription told again of all that happened from an instant on. Tells how many events that are.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn replay(
    connection: &mut AnyConnection,
    subscription: &Subscription,
    (from, now): (Instant, Instant),
) -> Result<usize, StoreError> {
    let names: Vec<&str> = subscription.events.iter().map(|event| event.name()).collect();
    let wanted: Vec<(i64, DbId, String, String)> = outbox_event::table
        .filter(outbox_event::force.eq(&subscription.force))
        .filter(outbox_event::happened_at.ge(DbInstant::from(from)))
        .filter(outbox_event::event_type.eq_any(names))
        .order(outbox_event::number)
        .select((outbox_event::number, outbox_event::id, outbox_event::kind, outbox_event::subject))
        .load(connection)?;
    for (number, id, kind, subject) in &wanted {
        diesel::delete(delivery::table.find((DbId(subscription.id), *number))).execute(connection)?;
        let record = record(kind, subject);
        wait(connection, subscription.id, Letter { number: *number, id: id.0, record: &record, due_at: now })?;
    }
    Ok(wanted.len())
}

/// A record's name among deliveries.
pub(super) fn record(kind: &str, subject: &str) -> String {
    format!("{kind}/{subject}")
}

/// How a subscription's deliveries stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// How many in each state.
    pub count: BTreeMap<DeliveryState, i64>,
    /// When the oldest that waits happened to be due first.
    pub waiting_since: Option<Instant>,
}

/// How the deliveries to a subscription stand.
///
/// # Errors
/// When a statement fails.
pub fn standing(connection: &mut AnyConnection, subscription: Uuid) -> Result<Deliveries, StoreError> {
    let of_it = || delivery::table.filter(delivery::subscription_id.eq(DbId(subscription)));
    let mut standing = Deliveries::default();
    for state in DeliveryState::ALL {
        let count = of_it().filter(delivery::state.eq(state.as_str())).count().get_result(connection)?;
        standing.count.insert(state, count);
    }
    let first: Option<i64> = of_it()
        .filter(delivery::state.eq(DeliveryState::Waiting.as_str()))
        .order(delivery::number)
        .select(delivery::number)
        .first(connection)
        .optional()?;
    if let Some(first) = first {
        let at: Option<DbInstant> = delivery::table
            .inner_join(outbox_event::table.on(outbox_event::id.eq(delivery::event_id)))
            .filter(delivery::subscription_id.eq(DbId(subscription)))
            .filter(delivery::number.eq(first))
            .select(outbox_event::happened_at)
            .first(connection)
            .optional()?;
        standing.waiting_since = at.map(DbInstant::get);
    }
    Ok(standing)
}
