//! Window, chain gap, one visit a day: on which days of the horizon a visit may be made.
//!
//! Days are counted from the horizon's first, which is 0; days before it are negative.

use std::ops::RangeInclusive;

/// A window in days of the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayWindow {
    /// Not before.
    pub earliest: i64,
    /// Best.
    pub ideal: i64,
    /// Not after, unless that is past already.
    pub latest: i64,
}

impl DayWindow {
    /// The days of the horizon on which the visit may be made: within its window, or, where the
    /// window is past, any day, the sooner the better. Two visits of one offender are never on one
    /// day: `after` is the day planned for the one before.
    #[must_use]
    pub fn days(self, last_day: i64, after: Option<i64>) -> RangeInclusive<i64> {
        let first = self.earliest.max(0).max(after.map_or(0, |day| day + 1));
        if self.is_past() { 0..=last_day } else { first..=self.latest.min(last_day) }
    }

    /// True when the window ended before the horizon began.
    #[must_use]
    pub const fn is_past(self) -> bool {
        self.latest < 0
    }

    /// Days late on a day.
    #[must_use]
    pub fn days_late(self, day: i64) -> u64 {
        u64::try_from(day - self.latest).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_past_is_due_now_and_another_keeps_its_days() {
        let window = |earliest, latest| DayWindow { earliest, ideal: earliest, latest };
        for (window, after, days) in [
            (window(-30, -1), None, 0..=27),
            (window(-30, 0), None, 0..=0),
            (window(3, 40), None, 3..=27),
            (window(5, 9), Some(5), 6..=9),
            (window(5, 9), Some(2), 5..=9),
        ] {
            assert_eq!(window.days(27, after), days, "{window:?} {after:?}");
        }
        assert_eq!((window(-9, -3).days_late(2), window(0, 4).days_late(2)), (5, 0));
    }
}
