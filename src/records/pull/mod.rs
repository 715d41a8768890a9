//! Pulling: a records system that is asked for its events, page by page.
//!
//! The cursor moves in the transaction of the events that came before it. When the process dies, the next run asks for the same page:
//! nothing is skipped, and what was taken counts as duplicates.

pub mod line;
pub(super) mod page;

use chrono::TimeDelta;
use serde_json::json;

use self::line::{Failed, Line, TOO_LARGE};
use self::page::Page;
use super::drift::DriftLines;
use super::import::{EVENTS_A_BATCH, import_within};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::calendar::Instant;
use crate::domain::exchange::{Channel, Ending};
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::exchange::{self, Ended};
use crate::store::import::refresh_statistics;
use crate::store::pull_place::{self, PullPlace};
use crate::store::record::take_turn;

/// The most events in a page: as many as a transaction takes.
pub const MOST_EVENTS: usize = EVENTS_A_BATCH;

/// Pages of a run after which the database looks at its tables anew; then after four times as many, and so on.
const FIRST_STATISTICS_AFTER: u64 = 10;

/// How long the other side is left alone after it has failed once; twice as long each time. `[I]`
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// The longest that it is left alone, whatever it asks for. `[I]`
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// The job that pulls, as the audit names it.
const JOB: &str = "pull_records";

/// Where an import comes from that this side asked for.
pub(super) const ORIGIN: &str = "pull";

/// Why a page is not kept whose place somebody has moved meanwhile.
const OVERTAKEN: &str = "overtaken";

/// A force's feed.
#[derive(Debug, Clone)]
pub struct PulledFeed {
    /// The force whose records come, and of no other.
    pub force: String,
    /// Events in a page, 1 to [`MOST_EVENTS`].
    pub page_events: usize,
    /// The line to it.
    pub line: Line,
    /// How what it holds is compared with; nothing where it is not.
    pub drift: Option<DriftLines>,
}

/// What came of pulling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Pages taken.
    pub pages: u64,
    /// Events that were new, be it to the history alone.
    pub taken: u64,
    /// Events that were known.
    pub duplicates: u64,
    /// Events refused: the stored reports list them.
    pub refused: u64,
    /// Why it ended before the end of the feed: the code of a failure, `waiting` where the other side is left alone for now, or `overtaken`
    /// where an operator or another process has moved the cursor meanwhile.
    pub stopped: Option<String>,
}

/// Pulls what a feed has, until it has no more, it fails, or it is not to go on.
///
/// # Errors
/// When the store fails. What was taken before stays, and so does its cursor.
pub fn pull(store: &Store, clock: Clock, feed: &PulledFeed, goes_on: &dyn Fn() -> bool) -> Result<Pulled, StoreError> {
    let (mut pulled, mut statistics_after) = (Pulled::default(), FIRST_STATISTICS_AFTER);
    let mut limit = feed.page_events;
    loop {
        let place = store.transaction(|connection| pull_place::of_force(connection, &feed.force))?;
        let began_at = clock.now();
        if place.not_before.is_some_and(|until| began_at < until) {
            pulled.stopped = Some("waiting".to_owned());
            return Ok(pulled);
        }
        let page = match feed.line.page(place.cursor.as_deref(), limit) {
            Ok(page) => page,
            // Its events are long: fewer at a time.
            Err(failed) if failed.code == TOO_LARGE && limit > 1 => {
                limit /= 2;
                continue;
            }
            Err(failed) => {
                let is_noted = store.transaction_that_writes(|connection| {
                    note_failure(connection, feed, (&place, &failed), (began_at, clock))
                })?;
                pulled.stopped = Some(if is_noted { failed.code } else { OVERTAKEN.to_owned() });
                return Ok(pulled);
            }
        };
        let is_kept = store.transaction_that_writes(|connection| {
            keep(connection, feed, (&place, &page), (began_at, clock), &mut pulled)
        })?;
        if !is_kept {
            pulled.stopped = Some(OVERTAKEN.to_owned());
        }
        if !is_kept || !page.more || !goes_on() {
            return Ok(pulled);
        }
        if pulled.pages >= statistics_after {
            statistics_after *= 4;
            store.transaction(refresh_statistics)?;
        }
    }
}

/// How the place stands from which a page was asked for; none where its cursor has been moved since. From here on nobody else moves it.
fn still_there(
    connection: &mut AnyConnection,
    feed: &PulledFeed,
    asked_from: &PullPlace,
) -> Result<Option<PullPlace>, StoreError> {
    take_turn(connection)?;
    let place = pull_place::of_force(connection, &feed.force)?;
    Ok(Some(place).filter(|place| place.cursor == asked_from.cursor))
}

/// Keeps a page and its cursor; false, and nothing is kept, where the place has moved meanwhile. A page without events is an import where it is the
/// last of several: its report says what dangles.
fn keep(
    connection: &mut AnyConnection,
    feed: &PulledFeed,
    (place, page): (&PullPlace, &Page),
    (began_at, clock): (Instant, Clock),
    pulled: &mut Pulled,
) -> Result<bool, StoreError> {
    if still_there(connection, feed, place)?.is_none() {
        return Ok(false);
    }
    let ending = if page.more { Ending::MoreToCome } else { Ending::Whole };
    let ends_several = pulled.pages > 0 && !page.more;
    if page.events.is_empty() && !ends_several {
        let (channel, ended_at) = (Channel::Pull, clock.now());
        let ended = Ended { channel, began_at, ended_at, outcome: ending.outcome(false), events: 0 };
        exchange::note(connection, &feed.force, &ended)?;
    } else {
        let actor = Actor::ForceJob { job: JOB, force: feed.force.clone() };
        let report = import_within(connection, clock, &actor, ORIGIN, &page.events, ending)?;
        pulled.taken += report.accepted + report.stale;
        pulled.duplicates += report.duplicates;
        pulled.refused += report.refused;
    }
    pulled.pages += 1;
    let cursor = page.next.clone().or_else(|| place.cursor.clone());
    pull_place::keep(connection, &feed.force, &PullPlace { cursor, failures: 0, not_before: None })?;
    Ok(true)
}

/// Notes that no page came, and until when the other side is left alone. The cursor stays. False, and nothing is noted, where it has been moved
/// meanwhile: what it asked from the place before does not count against the new one.
fn note_failure(
    connection: &mut AnyConnection,
    feed: &PulledFeed,
    (asked_from, failed): (&PullPlace, &Failed),
    (began_at, clock): (Instant, Clock),
) -> Result<bool, StoreError> {
    let Some(place) = still_there(connection, feed, asked_from)? else { return Ok(false) };
    let now = clock.now();
    let not_before = Some(now + wait(place.failures, failed.retry_after));
    let failures = place.failures.saturating_add(1);
    pull_place::keep(connection, &feed.force, &PullPlace { failures, not_before, ..place })?;
    let ended = Ended { channel: Channel::Pull, began_at, ended_at: now, outcome: &failed.code, events: 0 };
    exchange::note(connection, &feed.force, &ended)?;
    Ok(true)
}

/// How long the other side is left alone after so many failures in a row before this one; as long as it asks, where it does.
fn wait(failures: i32, retry_after: Option<TimeDelta>) -> TimeDelta {
    let doubled = FIRST_WAIT * 2_i32.saturating_pow(failures.clamp(0, 10).unsigned_abs());
    retry_after.unwrap_or(doubled).min(LONGEST_WAIT)
}

/// Has a feed pulled at once, however it answered before: an operator's act. With a cursor it goes on from there; an empty one is the beginning.
///
/// # Errors
/// When the store fails.
pub fn go_on_from(store: &Store, clock: Clock, force: &str, cursor: Option<&str>) -> Result<(), StoreError> {
    store.transaction_that_writes(|connection| {
        take_turn(connection)?;
        let place = pull_place::of_force(connection, force)?;
        let asked = cursor.map(|cursor| Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty()));
        let cursor = asked.clone().unwrap_or(place.cursor);
        pull_place::keep(connection, force, &PullPlace { cursor, failures: 0, not_before: None })?;
        let entry = AuditEntry {
            at: clock.now(),
            actor: &Actor::Operator.to_string(),
            act: "records.pull",
            force: Some(force),
            subject: None,
            detail: json!({ "cursor_set": asked.is_some(), "from_the_beginning": asked == Some(None) }),
        };
        audit::append(connection, entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_left_alone_longer_and_longer_or_as_long_as_it_asks() {
        for (failures, asks, minutes) in [
            (0, None, 1),
            (1, None, 2),
            (5, None, 32),
            (6, None, 60),
            (1_000, None, 60),
            (3, Some(300), 5),
            (0, Some(90_000), 60),
        ] {
            let asks = asks.map(TimeDelta::seconds);
            assert_eq!(wait(failures, asks), TimeDelta::minutes(minutes), "{failures} {asks:?}");
        }
    }
}
