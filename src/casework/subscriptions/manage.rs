//! An administrator's acts on the subscriptions of their force.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::key::WebhookKeys;
use crate::casework::access::why;
use crate::casework::acting::{ActError, ChangedSince, on_record_where_refused};
use crate::casework::actor::Actor;
use crate::casework::note;
use crate::casework::outward_url::{host, is_encrypted_or_own};
use crate::casework::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::outward_event::OutwardEvent;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::delivery::{self, DeadLetter, Deliveries};
use crate::store::error::StoreError;
use crate::store::subscription::{self, Subscription, SubscriptionState};

/// How long the key before signs as well, so that a receiver has time to take the new one over. `[I]`
const OLD_KEY_HOURS: i64 = 24;

/// Subscriptions of a force at most, those that have ended aside. `[I]`
const MOST: usize = 20;

/// A subscription that is made.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// What it is called.
    pub name: Words,
    /// Where it is told.
    pub url: String,
    /// Of what; of everything where it is empty.
    pub events: Vec<OutwardEvent>,
}

/// A subscription, and how its deliveries stand.
#[derive(Debug, Clone)]
pub struct ReadSubscription {
    /// The subscription.
    pub subscription: Subscription,
    /// How its deliveries stand.
    pub deliveries: Deliveries,
}

/// What is done to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is told nothing for now.
    Pause,
    /// It is told again.
    Resume,
    /// It is told nothing any more.
    End,
    /// It gets another key; the one before signs beside it for a day.
    NewKey,
}

impl Change {
    const fn act(self) -> &'static str {
        match self {
            Self::Pause => "subscription.pause",
            Self::Resume => "subscription.resume",
            Self::End => "subscription.end",
            Self::NewKey => "subscription.new_key",
        }
    }

    fn make(self, subscription: &Subscription, now: Instant) -> Option<Subscription> {
        use SubscriptionState::{Active, Ended, Paused};
        let is = |state| subscription.state == state;
        let to = |state| Subscription { state, ..subscription.clone() };
        match self {
            Self::Pause => is(Active).then(|| to(Paused)),
            Self::Resume => is(Paused).then(|| to(Active)),
            Self::End => (!is(Ended)).then(|| to(Ended)),
            Self::NewKey => (!is(Ended)).then(|| Subscription {
                key_number: subscription.key_number + 1,
                old_key_until: Some(now + TimeDelta::hours(OLD_KEY_HOURS)),
                ..subscription.clone()
            }),
        }
    }
}

/// Where a subscription may be told: over `https`, or `http` on the machine itself; no user, no fragment.
fn check(url: &str) -> Result<(), Refusal> {
    if is_encrypted_or_own(url) {
        return Ok(());
    }
    let detail = "is https://HOST[:PORT][/PATH], without a user or a fragment; http only on the loopback interface";
    Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/url"))
}

/// Makes a subscription of the reader's force, from now on; gives it with its first key, which is shown this once.
///
/// # Errors
/// When its URL will not do, the force has as many as it may have, or the store fails.
pub fn make(
    store: &Store,
    reader: &Reader,
    keys: &WebhookKeys,
    new: &NewSubscription,
) -> Result<(Subscription, String), ActError> {
    const ACT: &str = "subscription.make";
    let done = store.transaction_that_writes(|connection| -> Result<Option<Subscription>, ActError> {
        check(&new.url)?;
        let force = &reader.person.force;
        let standing = subscription::of_force(connection, force)?;
        if standing.iter().filter(|one| one.state != SubscriptionState::Ended).count() >= MOST {
            let detail =
                format!("the force has {MOST} subscriptions, and may have no more; end one that is not needed");
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let events = if new.events.is_empty() { OutwardEvent::ALL.to_vec() } else { new.events.clone() };
        let made = Subscription {
            id: Uuid::now_v7(),
            force: force.clone(),
            name: new.name.to_string(),
            url: new.url.clone(),
            events,
            state: SubscriptionState::Active,
            key_number: 1,
            old_key_until: None,
            failing_since: None,
            probed_at: None,
            created_at: reader.clock.now(),
            created_by: Actor::Person(reader.person.clone()).to_string(),
            version: 1,
        };
        subscription::append(connection, &made)?;
        let names: Vec<&str> = made.events.iter().map(|event| event.name()).collect();
        note(connection, reader, ACT, Some(made.id), json!({ "types": names, "host": host(&made.url) }))?;
        Ok(Some(made))
    });
    let made = on_record_where_refused(store, reader, ACT, None, done)?;
    let secret = keys.secret(made.id, made.key_number);
    Ok((made, secret))
}

/// The subscriptions of the reader's force.
///
/// # Errors
/// When the store fails.
pub fn list(store: &Store, reader: &Reader) -> Result<Vec<ReadSubscription>, StoreError> {
    store.transaction_that_writes(|connection| {
        note(connection, reader, "subscription.list", None, json!({}))?;
        let found = subscription::of_force(connection, &reader.person.force)?;
        found.into_iter().map(|subscription| with_deliveries(connection, subscription)).collect()
    })
}

fn with_deliveries(connection: &mut AnyConnection, subscription: Subscription) -> Result<ReadSubscription, StoreError> {
    let deliveries = delivery::standing(connection, subscription.id)?;
    Ok(ReadSubscription { subscription, deliveries })
}

/// One of them.
///
/// # Errors
/// When there is none of that id in the force, or the store fails.
pub fn read(store: &Store, reader: &Reader, id: Uuid) -> Result<ReadSubscription, ActError> {
    within_reach(store, reader, "subscription.read", id, |connection, subscription| {
        note(connection, reader, "subscription.read", Some(id), json!({}))?;
        Ok(with_deliveries(connection, subscription)?)
    })
}

/// Does something with one of the force's subscriptions; that it was asked for and is not there is put on record.
fn within_reach<T>(
    store: &Store,
    reader: &Reader,
    act: &'static str,
    id: Uuid,
    work: impl FnOnce(&mut AnyConnection, Subscription) -> Result<T, ActError>,
) -> Result<T, ActError> {
    let done = store.transaction_that_writes(|connection| -> Result<Option<T>, ActError> {
        let Some(found) = subscription::one(connection, &reader.person.force, id)? else {
            note(connection, reader, "access.refused", Some(id), json!({ "act": act, "why": why(false) }))?;
            return Ok(None);
        };
        work(connection, found).map(Some)
    });
    on_record_where_refused(store, reader, act, None, done)
}

/// Changes one of them, as it was read; gives its new key where it gets one.
///
/// # Errors
/// When there is none, it has changed since, it is in no state in which this can be done, or the store fails.
pub fn change(
    store: &Store,
    reader: &Reader,
    keys: &WebhookKeys,
    (id, version): (Uuid, i32),
    change: Change,
) -> Result<(ReadSubscription, Option<String>), ActError> {
    let changed = within_reach(store, reader, change.act(), id, |connection, subscription| {
        if subscription.version != version {
            return Err(ActError::Changed(ChangedSince::default()));
        }
        let Some(changed) = change.make(&subscription, reader.clock.now()) else {
            let detail = format!("the subscription is {}", subscription.state.as_str());
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        };
        if !subscription::change(connection, &changed)? {
            return Err(ActError::Changed(ChangedSince::default()));
        }
        note(connection, reader, change.act(), Some(id), json!({ "key": changed.key_number }))?;
        let changed = Subscription { version: version + 1, ..changed };
        Ok(with_deliveries(connection, changed)?)
    })?;
    let secret = (change == Change::NewKey).then(|| keys.secret(id, changed.subscription.key_number));
    Ok((changed, secret))
}

/// What was given up of a subscription's deliveries, so many after a number.
///
/// # Errors
/// When there is no such subscription, or the store fails.
pub fn dead_letters(
    store: &Store,
    reader: &Reader,
    id: Uuid,
    after: (i64, usize),
) -> Result<Vec<DeadLetter>, ActError> {
    within_reach(store, reader, "subscription.dead_letters", id, |connection, _| {
        note(connection, reader, "subscription.dead_letters", Some(id), json!({}))?;
        Ok(delivery::dead_letters(connection, id, after)?)
    })
}

/// Has what was given up delivered again: these events, or all. Tells how many.
///
/// # Errors
/// When there is no such subscription, or the store fails.
pub fn redrive(store: &Store, reader: &Reader, id: Uuid, events: Option<&[Uuid]>) -> Result<usize, ActError> {
    within_reach(store, reader, "subscription.redrive", id, |connection, _| {
        let count = delivery::redrive(connection, id, events, reader.clock.now())?;
        note(connection, reader, "subscription.redrive", Some(id), json!({ "count": count }))?;
        Ok(count)
    })
}

/// Has a subscription told again of all that happened from an instant on. Tells how many events that are.
///
/// # Errors
/// When there is no such subscription, it has ended, or the store fails.
pub fn replay(store: &Store, reader: &Reader, id: Uuid, from: Instant) -> Result<usize, ActError> {
    within_reach(store, reader, "subscription.replay", id, |connection, subscription| {
        if subscription.state == SubscriptionState::Ended {
            return Err(Refusal::new(RefusalCode::WrongState, "the subscription is ended").into());
        }
        let count = delivery::replay(connection, &subscription, (from, reader.clock.now()))?;
        note(connection, reader, "subscription.replay", Some(id), json!({ "from": from, "count": count }))?;
        Ok(count)
    })
}

fn note(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    subscription: Option<Uuid>,
    detail: Value,
) -> Result<(), StoreError> {
    let (actor, id) = (Actor::Person(reader.person.clone()), subscription.map(|id| id.to_string()));
    let subject = id.as_deref().map(|id| ("subscription", id));
    note::note(connection, (reader.clock.now(), &actor), act, (&reader.person.force, subject), detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_named_by_https_or_on_the_loopback_interface() {
        for (url, is_sound) in [
            ("https://records.example/hooks", true),
            ("https://records.example:8443/hooks?force=x", true),
            ("http://127.0.0.1:9000/hooks", true),
            ("http://[::1]:9000/", true),
            ("http://records.example/hooks", false),
            ("http://10.0.0.1/hooks", false),
            ("https://user:word@records.example/", false),
            ("https://records.example/#part", false),
            ("ftp://records.example/", false),
            ("/hooks", false),
            ("", false),
        ] {
            assert_eq!(check(url).is_ok(), is_sound, "{url}");
        }
    }
}
