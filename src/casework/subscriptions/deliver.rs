//! Delivering what is due: each event until it is taken, of one record's events one after the other.
//!
//! Several receivers are told at a time, each so many events in its turn, so that one that is slow costs the others nothing. An event that fails
//! is tried again after longer and longer waits, and given up in the end for a person to look at. A receiver that is not there or not well is left
//! alone but for one event now and then, which costs the others no attempt; once it takes one, what waited is due.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use chrono::TimeDelta;
use uuid::Uuid;

use super::Webhooks;
use super::key::WebhookKeys;
use super::post::{Failed, Letter};
use crate::casework::clock::Clock;
use crate::casework::outward_events::CloudEvent;
use crate::domain::calendar::Instant;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::delivery::{self, Due, Outcome};
use crate::store::error::StoreError;
use crate::store::subscription::{self, Subscription, SubscriptionState};

/// Receivers that are told at a time. `[I]`
const AT_A_TIME: usize = 8;

/// Events that a receiver is told in its turn, before the next one that waits has its own. `[I]`
const A_TURN: i64 = 10;

/// How long a receiver that is not well is left alone between two looks at it. `[I]`
const BETWEEN_PROBES: TimeDelta = TimeDelta::seconds(15);

/// How long an attempt keeps a delivery from other processes, so that one that dies holds it up no longer. `[I]`
const A_CLAIM: TimeDelta = TimeDelta::seconds(60);

/// The wait after an event's first failure, which doubles with each. `[I]`
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(10);

/// The longest wait between two attempts. `[I]`
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);

/// How many times a delivery is tried before it is given up: with these waits, over some two days. `[I]`
const MOST_ATTEMPTS: i32 = 20;

/// What came of delivering.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Events taken.
    pub taken: usize,
    /// Attempts that failed.
    pub failed: usize,
    /// Events given up.
    pub dead: usize,
}

impl Delivered {
    const fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.failed += other.failed;
        self.dead += other.dead;
    }
}

/// Delivers what is due, until nothing is left that is, or `goes_on` says no.
///
/// # Errors
/// When the store fails. The others have been told all the same.
pub fn deliver(
    store: &Store,
    clock: Clock,
    webhooks: &Webhooks,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Delivered, StoreError> {
    let receivers: VecDeque<Uuid> = store.transaction(subscription::active)?.into();
    let at_a_time = receivers.len().min(AT_A_TIME);
    let round = Round { store, clock, webhooks, goes_on, turns: Mutex::new(receivers) };
    thread::scope(|scope| {
        let tellers: Vec<_> = (0..at_a_time).map(|_| scope.spawn(|| round.take_turns())).collect();
        let (mut all, mut failure) = (Delivered::default(), None);
        for teller in tellers {
            match teller.join() {
                Ok((delivered, failed)) => {
                    all.add(delivered);
                    failure = failure.or(failed);
                }
                Err(panic) => resume_unwind(panic),
            }
        }
        failure.map_or(Ok(all), Err)
    })
}

/// One round of telling the receivers.
struct Round<'a> {
    store: &'a Store,
    clock: Clock,
    webhooks: &'a Webhooks,
    goes_on: &'a (dyn Fn() -> bool + Sync),
    /// The subscriptions that wait for their turn; one whose turn it is, is not among them.
    turns: Mutex<VecDeque<Uuid>>,
}

impl Round<'_> {
    /// Tells one receiver after the other, until none waits for its turn. What came of it, and how the store failed if it did.
    fn take_turns(&self) -> (Delivered, Option<StoreError>) {
        let (mut all, mut failure) = (Delivered::default(), None);
        while let Some(subscription) = self.next() {
            match self.turn(subscription, &mut all) {
                Ok(true) => self.queue().push_back(subscription),
                Ok(false) => {}
                Err(error) => failure = Some(error),
            }
        }
        (all, failure)
    }

    fn next(&self) -> Option<Uuid> {
        self.queue().pop_front()
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Uuid>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells one receiver what is due, so much of it as there is in a turn. True where there may be more.
    fn turn(&self, subscription: Uuid, all: &mut Delivered) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let since = (now, now - BETWEEN_PROBES);
        let due = self.store.transaction(|connection| delivery::due(connection, subscription, since, A_TURN))?;
        for one in &due {
            if !(self.goes_on)() || !self.try_one(one, all)? {
                return Ok(false);
            }
        }
        Ok(!due.is_empty())
    }

    /// Tries one delivery, unless another process does. False where the receiver is not well.
    fn try_one(&self, due: &Due, all: &mut Delivered) -> Result<bool, StoreError> {
        let until = self.clock.now() + A_CLAIM;
        let claimed = self.store.transaction_that_writes(|connection| delivery::claim(connection, due, until))?;
        let Some(subscription) = claimed else { return Ok(true) };
        let due = &Due { subscription, ..due.clone() };
        let Due { subscription, event, .. } = due;
        let written = serde_json::to_string(&CloudEvent::of(event, &subscription.force));
        let body = written.map_err(|error| StoreError::Unreadable { what: "event", detail: error.to_string() })?;
        let secrets = secrets(subscription, self.webhooks.keys(), self.clock.now());
        let letter = Letter { id: event.id, body: &body, at: self.clock.now(), secrets: &secrets };
        let posted = self.webhooks.line().post(&subscription.url, letter);
        self.store.transaction_that_writes(|connection| keep(connection, due, &posted, (self.clock.now(), all)))
    }
}

/// The keys that sign: the newest, and for a time the one before.
fn secrets(subscription: &Subscription, keys: &WebhookKeys, now: Instant) -> Vec<String> {
    let number = subscription.key_number;
    let is_old_good = number > 1 && subscription.old_key_until.is_some_and(|until| now < until);
    let numbers = std::iter::once(number).chain(is_old_good.then_some(number - 1));
    numbers.map(|number| keys.secret(subscription.id, number)).collect()
}

/// Keeps what came of an attempt. False where the receiver is not well.
fn keep(
    connection: &mut AnyConnection,
    Due { subscription, event, attempts, .. }: &Due,
    posted: &Result<(), Failed>,
    (now, all): (Instant, &mut Delivered),
) -> Result<bool, StoreError> {
    let key = (subscription.id, event.number);
    let is_probe = subscription.failing_since.is_some();
    let Err(Failed { code, retry_after, is_gone, is_unwell, is_of_the_event }) = posted else {
        delivery::tried(connection, key, Outcome::Delivered, now)?;
        if is_probe {
            subscription::mark(connection, subscription.id, (None, None))?;
            delivery::all_due(connection, subscription.id, now)?;
        }
        all.taken += 1;
        return Ok(true);
    };
    all.failed += 1;
    if *is_unwell {
        let asked = retry_after.map_or(now, |wait| now + wait - BETWEEN_PROBES);
        subscription::mark(connection, subscription.id, (subscription.failing_since.or(Some(now)), Some(asked)))?;
    } else if is_probe {
        // It answers: what it says is about this event alone.
        subscription::mark(connection, subscription.id, (None, None))?;
        delivery::all_due(connection, subscription.id, now)?;
    }
    if *is_unwell && (is_probe || !is_of_the_event) {
        delivery::after_the_others(connection, key, now)?;
        return Ok(false);
    }
    if *is_gone || attempts + 1 >= MOST_ATTEMPTS {
        delivery::tried(connection, key, Outcome::Dead(code), now)?;
        all.dead += 1;
        if *is_gone {
            let paused = Subscription { state: SubscriptionState::Paused, ..subscription.clone() };
            subscription::change(connection, &paused)?;
        }
        return Ok(!*is_gone && !*is_unwell);
    }
    let wait = wait(event.id, *attempts).max(retry_after.unwrap_or_default());
    delivery::tried(connection, key, Outcome::Again(code, now + wait), now)?;
    Ok(!*is_unwell)
}

/// How long to wait after so many attempts that failed before this one: twice as long each time, a fifth more or less by the event's id, which
/// is random, so that a receiver that comes back is not met by everything at once.
fn wait(event: Uuid, attempts: i32) -> TimeDelta {
    let attempts = attempts.clamp(0, 12).unsigned_abs();
    let doubled = (FIRST_WAIT * 2_i32.saturating_pow(attempts)).min(LONGEST_WAIT);
    let percent = 80 + event.as_u64_pair().1.rotate_left(attempts) % 41;
    doubled * i32::try_from(percent).unwrap_or(100) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_differ_from_event_to_event() {
        for (attempts, seconds) in [(0, 10), (1, 20), (5, 320), (10, 10_240), (11, 14_400), (200, 14_400)] {
            let waits: Vec<i64> = (0..200).map(|_| wait(Uuid::now_v7(), attempts).num_seconds()).collect();
            let around = seconds * 4 / 5..=seconds * 6 / 5;
            assert!(waits.iter().all(|wait| around.contains(wait)), "{attempts}: {waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }
}
