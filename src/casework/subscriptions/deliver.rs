//! Delivering what is due: each event until it is taken, of one record's events one after the other, with longer and longer waits, and given up
//! in the end for a person to look at.

use chrono::TimeDelta;
use uuid::Uuid;

use super::key::WebhookKeys;
use super::post::{Failed, Letter, Line};
use crate::casework::clock::Clock;
use crate::casework::outward_events::CloudEvent;
use crate::store::Store;
use crate::store::delivery::{self, Due, Outcome};
use crate::store::error::StoreError;
use crate::store::subscription::{self, SubscriptionState};

/// Deliveries that are taken up at a time.
const AT_A_TIME: i64 = 200;

/// The wait after the first failure, which doubles with each. `[I]`
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
    /// Events to be tried again.
    pub failed: usize,
    /// Events given up.
    pub dead: usize,
}

/// Delivers what is due, until nothing is left that is, or `goes_on` says no.
///
/// # Errors
/// When the store fails.
pub fn deliver(
    store: &Store,
    clock: Clock,
    (line, keys): (&Line, &WebhookKeys),
    goes_on: &dyn Fn() -> bool,
) -> Result<Delivered, StoreError> {
    let mut all = Delivered::default();
    loop {
        let due = store.transaction(|connection| delivery::due(connection, clock.now(), AT_A_TIME))?;
        if due.is_empty() {
            return Ok(all);
        }
        for one in &due {
            if !goes_on() {
                return Ok(all);
            }
            match try_one(store, clock, (line, keys), one)? {
                None => all.taken += 1,
                Some(true) => all.dead += 1,
                Some(false) => all.failed += 1,
            }
        }
    }
}

/// Tries one delivery: nothing where it was taken, else whether it is given up.
fn try_one(
    store: &Store,
    clock: Clock,
    (line, keys): (&Line, &WebhookKeys),
    due: &Due,
) -> Result<Option<bool>, StoreError> {
    let Due { subscription, event, attempts } = due;
    let (now, number) = (clock.now(), subscription.key_number);
    let is_old_good = subscription.old_key_until.is_some_and(|until| now < until);
    let numbers = std::iter::once(number).chain((is_old_good && number > 1).then_some(number - 1));
    let secrets: Vec<String> = numbers.map(|number| keys.secret(subscription.id, number)).collect();
    let written = serde_json::to_string(&CloudEvent::of(event, &subscription.force));
    let body = written.map_err(|error| StoreError::Unreadable { what: "event", detail: error.to_string() })?;
    let posted = line.post(&subscription.url, Letter { id: event.id, body: &body, at: now, secrets: &secrets });
    let key = (subscription.id, event.number);
    store.transaction_that_writes(|connection| match &posted {
        Ok(()) => {
            delivery::tried(connection, key, Outcome::Delivered, clock.now())?;
            Ok(None)
        }
        Err(Failed { code, is_gone, .. }) if *is_gone || attempts + 1 >= MOST_ATTEMPTS => {
            delivery::tried(connection, key, Outcome::Dead(code), clock.now())?;
            if *is_gone && subscription.state == SubscriptionState::Active {
                let paused = subscription::Subscription { state: SubscriptionState::Paused, ..subscription.clone() };
                subscription::change(connection, &paused)?;
            }
            Ok(Some(true))
        }
        Err(Failed { code, retry_after, .. }) => {
            let wait = retry_after.unwrap_or_else(|| wait(event.id, *attempts));
            delivery::tried(connection, key, Outcome::Again(code, clock.now() + wait), clock.now())?;
            Ok(Some(false))
        }
    })
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
            assert!(waits.iter().all(|wait| (seconds * 4 / 5..=seconds * 6 / 5).contains(wait)), "{attempts}: {waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }
}
