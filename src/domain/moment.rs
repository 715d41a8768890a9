//! The instant at which a question is asked.

use serde::Serialize;

use super::calendar::{CivilDate, Instant, london_date};

/// `now` and `D` of the flag definitions: an instant and its Europe/London date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moment {
    now: Instant,
    today: CivilDate,
}

impl Moment {
    /// The moment of an instant.
    #[must_use]
    pub fn at(now: Instant) -> Self {
        Self { now, today: london_date(now) }
    }

    /// The instant.
    #[must_use]
    pub const fn now(self) -> Instant {
        self.now
    }

    /// The Europe/London date of the instant.
    #[must_use]
    pub const fn today(self) -> CivilDate {
        self.today
    }

    /// True when an instant has come: one after `now` has not happened.
    #[must_use]
    pub fn has_happened(self, at: Instant) -> bool {
        at <= self.now
    }

    /// True when a date has come: one after today has not happened.
    #[must_use]
    pub fn has_come(self, date: CivilDate) -> bool {
        date <= self.today
    }

    /// True when today is after the due date.
    #[must_use]
    pub fn is_overdue(self, due: CivilDate) -> bool {
        self.today > due
    }
}
