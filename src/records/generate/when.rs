//! Instants of a day, in Europe/London.

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Europe::London;

use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::working_time::TimeOfDay;

/// The instant so many minutes after midnight by the clock on the wall.
pub(super) fn at_minute(date: CivilDate, minutes: u32) -> Instant {
    let local = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes));
    local.and_local_timezone(London).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// The instant at that hour by the clock on the wall.
pub(super) fn at_hour(date: CivilDate, hour: u32) -> Instant {
    at_minute(date, hour * 60)
}

/// The time of day at that hour.
pub(super) fn hour(hour: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(hour * 60).unwrap_or(TimeOfDay::LAST)
}
