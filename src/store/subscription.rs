//! Subscriptions to outward events: who is told where, of what, with which of its keys.

use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::subscription;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::outward_event::OutwardEvent;

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// It is told.
    Active,
    /// It is told nothing until it is resumed; what happens meanwhile waits.
    Paused,
    /// It is told nothing any more.
    Ended,
}

impl SubscriptionState {
    const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Ended];

    /// The state as it is stored and written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// The force whose events it is told of.
    pub force: String,
    /// What it is called.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// Of what.
    pub events: Vec<OutwardEvent>,
    /// Where it stands.
    pub state: SubscriptionState,
    /// Which of its keys signs, from 1.
    pub key_number: i32,
    /// Until when the key before signs as well.
    pub old_key_until: Option<Instant>,
    /// Since when its receiver is not there, or not well.
    pub failing_since: Option<Instant>,
    /// When that was last looked at.
    pub probed_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// Counts its changes.
    pub version: i32,
}

/// Keeps a subscription that was made.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, new: &Subscription) -> Result<(), StoreError> {
    let names: Vec<&str> = new.events.iter().map(|event| event.name()).collect();
    diesel::insert_into(subscription::table)
        .values((
            subscription::id.eq(DbId(new.id)),
            subscription::force.eq(&new.force),
            subscription::name.eq(&new.name),
            subscription::url.eq(&new.url),
            subscription::event_types.eq(DbJson(json!(names))),
            subscription::state.eq(new.state.as_str()),
            subscription::key_number.eq(new.key_number),
            subscription::old_key_until.eq(new.old_key_until.map(DbInstant::from)),
            subscription::created_at.eq(DbInstant::from(new.created_at)),
            subscription::created_by.eq(&new.created_by),
            subscription::version.eq(new.version),
        ))
        .execute(connection)?;
    Ok(())
}

type Instants = (Option<DbInstant>, Option<DbInstant>, Option<DbInstant>);

pub(super) type Row = (DbId, String, String, String, DbJson, String, i32, Instants, DbInstant, String, i32);

/// The columns of a subscription, in the order of [`Row`].
macro_rules! columns {
    () => {{
        use crate::store::schema::subscription;
        (
            subscription::id,
            subscription::force,
            subscription::name,
            subscription::url,
            subscription::event_types,
            subscription::state,
            subscription::key_number,
            (subscription::old_key_until, subscription::failing_since, subscription::probed_at),
            subscription::created_at,
            subscription::created_by,
            subscription::version,
        )
    }};
}
pub(super) use columns;

pub(super) fn read(row: Row) -> Result<Subscription, StoreError> {
    let (DbId(id), force, name, url, events, state, key_number, instants, created_at, created_by, version) = row;
    let (old_key_until, failing_since, probed_at) = instants;
    let unreadable = |detail: &str| StoreError::Unreadable { what: "subscription", detail: detail.to_owned() };
    let names: Vec<String> =
        serde_json::from_value(events.0).map_err(|_| unreadable("its types are no list of names"))?;
    let events: Option<Vec<OutwardEvent>> = names.iter().map(|name| OutwardEvent::named(name)).collect();
    let state = SubscriptionState::ALL.into_iter().find(|known| known.as_str() == state);
    Ok(Subscription {
        id,
        force,
        name,
        url,
        events: events.ok_or_else(|| unreadable("of an unknown type"))?,
        state: state.ok_or_else(|| unreadable("in an unknown state"))?,
        key_number,
        old_key_until: old_key_until.map(DbInstant::get),
        failing_since: failing_since.map(DbInstant::get),
        probed_at: probed_at.map(DbInstant::get),
        created_at: created_at.get(),
        created_by,
        version,
    })
}

/// A force's subscriptions, in the order in which they were made, those that have ended too.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<Subscription>, StoreError> {
    let rows: Vec<Row> = subscription::table
        .filter(subscription::force.eq(force))
        .order((subscription::created_at, subscription::id))
        .select(columns!())
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// The subscriptions of every force that are told at present, in the order in which they were made.
///
/// # Errors
/// When the statement fails.
pub fn active(connection: &mut AnyConnection) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<DbId> = subscription::table
        .filter(subscription::state.eq(SubscriptionState::Active.as_str()))
        .order((subscription::created_at, subscription::id))
        .select(subscription::id)
        .load(connection)?;
    Ok(ids.into_iter().map(|DbId(id)| id).collect())
}

/// One of a force's subscriptions.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn one(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<Option<Subscription>, StoreError> {
    let row: Option<Row> = subscription::table
        .filter(subscription::force.eq(force))
        .filter(subscription::id.eq(DbId(id)))
        .select(columns!())
        .first(connection)
        .optional()?;
    row.map(read).transpose()
}

/// Keeps that a subscription's receiver is not there or not well, or nothing where it is there again. The version stays: no person has changed it.
///
/// # Errors
/// When the statement fails.
pub fn mark(
    connection: &mut AnyConnection,
    id: Uuid,
    (failing_since, probed_at): (Option<Instant>, Option<Instant>),
) -> Result<(), StoreError> {
    diesel::update(subscription::table.find(DbId(id)))
        .set((
            subscription::failing_since.eq(failing_since.map(DbInstant::from)),
            subscription::probed_at.eq(probed_at.map(DbInstant::from)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Puts a changed subscription in the place of the one that was read; false where it has changed since.
///
/// # Errors
/// When the statement fails.
pub fn change(connection: &mut AnyConnection, changed: &Subscription) -> Result<bool, StoreError> {
    let row = subscription::table
        .filter(subscription::force.eq(&changed.force))
        .filter(subscription::id.eq(DbId(changed.id)))
        .filter(subscription::version.eq(changed.version));
    let count = diesel::update(row)
        .set((
            subscription::state.eq(changed.state.as_str()),
            subscription::key_number.eq(changed.key_number),
            subscription::old_key_until.eq(changed.old_key_until.map(DbInstant::from)),
            subscription::version.eq(subscription::version + 1),
        ))
        .execute(connection)?;
    Ok(count == 1)
}
