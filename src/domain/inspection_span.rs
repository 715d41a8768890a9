//! The span of days that an inspection pack is about, and the days at whose ends its figures are told.

use chrono::TimeDelta;
use thiserror::Error;

use super::calendar::{
    CivilDate, Instant, days_between, first_of_month, london_midnight, minus_days, plus_days, plus_months,
};
use super::moment::Moment;

/// The smallest step in which instants are kept.
const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

/// Why there is no such span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SpanError {
    /// It ends before it begins.
    #[error("from is not after until")]
    Backwards,
    /// Its last day is still to come.
    #[error("until is not after today")]
    StillToCome,
    /// It is longer than policy allows.
    #[error("a span has at most {0} days")]
    TooLong(u32),
}

/// From a day until a day, both included; none of them still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InspectionSpan {
    from: CivilDate,
    until: CivilDate,
    now: Moment,
}

impl InspectionSpan {
    /// The span as it is asked for at a moment.
    ///
    /// # Errors
    /// When it is backwards, goes past today, or has more than `max_days` days.
    pub fn new(from: CivilDate, until: CivilDate, now: Moment, max_days: u32) -> Result<Self, SpanError> {
        if from > until {
            return Err(SpanError::Backwards);
        }
        if until > now.today() {
            return Err(SpanError::StillToCome);
        }
        if days_between(from, until) >= i64::from(max_days) {
            return Err(SpanError::TooLong(max_days));
        }
        Ok(Self { from, until, now })
    }

    /// The first day.
    #[must_use]
    pub const fn from(&self) -> CivilDate {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn until(&self) -> CivilDate {
        self.until
    }

    /// When it begins in London.
    #[must_use]
    pub fn begins(&self) -> Instant {
        london_midnight(self.from)
    }

    /// Its last instant: as its last day ends in London, or now.
    #[must_use]
    pub fn ends(&self) -> Instant {
        self.end_of(self.until).now()
    }

    /// The days at whose ends figures are told: the first, the month ends between, the last.
    #[must_use]
    pub fn days(&self) -> Vec<CivilDate> {
        let mut days = vec![self.from];
        let mut month = first_of_month(self.from);
        while month <= self.until {
            month = plus_months(month, 1);
            days.extend(Some(minus_days(month, 1)).filter(|end| (self.from..=self.until).contains(end)));
        }
        days.push(self.until);
        days.dedup();
        days
    }

    /// The last instant of a day in London; of today, now.
    #[must_use]
    pub fn end_of(&self, day: CivilDate) -> Moment {
        let end = london_midnight(plus_days(day, 1)) - MICROSECOND;
        Moment::at(end.min(self.now.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, until: &str) -> Result<InspectionSpan, SpanError> {
        let now = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        InspectionSpan::new(from.parse().unwrap(), until.parse().unwrap(), now, 400)
    }

    #[test]
    fn figures_are_told_of_the_first_day_the_month_ends_and_the_last_each_once() {
        for (from, until, days) in [
            ("2021-01-15", "2021-04-15", &["2021-01-15", "2021-01-31", "2021-02-28", "2021-03-31", "2021-04-15"][..]),
            ("2021-01-31", "2021-02-28", &["2021-01-31", "2021-02-28"]),
            ("2020-02-01", "2020-03-01", &["2020-02-01", "2020-02-29", "2020-03-01"]),
            ("2021-04-15", "2021-04-15", &["2021-04-15"]),
        ] {
            let told: Vec<String> = span(from, until).unwrap().days().iter().map(ToString::to_string).collect();
            assert_eq!(told, days, "{from} {until}");
        }
    }

    #[test]
    fn a_day_ends_in_london_and_today_ends_now() {
        let span = span("2021-03-01", "2021-04-15").unwrap();
        for (day, end) in [
            ("2021-03-01", "2021-03-01T23:59:59.999999Z"),
            ("2021-03-31", "2021-03-31T22:59:59.999999Z"),
            ("2021-04-15", "2021-04-15T08:00:00Z"),
        ] {
            let end_of = span.end_of(day.parse().unwrap());
            assert_eq!((end_of.now(), end_of.today()), (end.parse().unwrap(), day.parse().unwrap()));
        }
        assert_eq!(span.ends(), "2021-04-15T08:00:00Z".parse::<Instant>().unwrap());
    }

    #[test]
    fn a_span_goes_forwards_to_today_at_most_and_is_not_too_long() {
        assert_eq!(span("2021-04-02", "2021-04-01"), Err(SpanError::Backwards));
        assert_eq!(span("2021-04-02", "2021-04-16"), Err(SpanError::StillToCome));
        assert!(span("2020-01-01", "2021-02-03").is_ok(), "400 days");
        assert_eq!(span("2020-01-01", "2021-02-04"), Err(SpanError::TooLong(400)));
    }
}
