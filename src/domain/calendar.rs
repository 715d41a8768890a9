//! Civil dates and their arithmetic.
//!
//! Duties run on Europe/London civil dates. "N months after" is calendar arithmetic that clamps to
//! the month's end: 29 February + 1 year = 28 February. Dates are never read off a UTC instant.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Europe::London;

use super::working_time::TimeOfDay;

/// A date of the civil calendar in Europe/London.
pub type CivilDate = NaiveDate;

/// A point in time.
pub type Instant = DateTime<Utc>;

/// The civil date in Europe/London at an instant.
#[must_use]
pub fn london_date(at: Instant) -> CivilDate {
    at.with_timezone(&London).date_naive()
}

/// The first moment of a civil date in Europe/London.
#[must_use]
pub fn london_midnight(date: CivilDate) -> Instant {
    let midnight = date.and_time(NaiveTime::MIN);
    midnight.and_local_timezone(London).earliest().map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// The last moment of a civil date in Europe/London, to the microsecond that the databases keep.
#[must_use]
pub fn london_day_end(date: CivilDate) -> Instant {
    let next = london_midnight(plus_days(date, 1));
    next.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(next)
}

/// The first day of the date's month.
#[must_use]
pub fn first_of_month(date: CivilDate) -> CivilDate {
    date.with_day(1).unwrap_or(date)
}

/// The time of day in Europe/London at an instant.
#[must_use]
pub fn london_time(at: Instant) -> TimeOfDay {
    let local = at.with_timezone(&London);
    let minutes = local.hour().saturating_mul(60).saturating_add(local.minute());
    u16::try_from(minutes).ok().and_then(TimeOfDay::from_minutes).unwrap_or(TimeOfDay::LAST)
}

/// `date` + `days`; the calendar's last day where there is no such date.
#[must_use]
pub fn plus_days(date: CivilDate, days: u32) -> CivilDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(CivilDate::MAX)
}

/// `date` − `days`; the calendar's first day where there is no such date.
#[must_use]
pub fn minus_days(date: CivilDate, days: u32) -> CivilDate {
    date.checked_sub_days(Days::new(u64::from(days))).unwrap_or(CivilDate::MIN)
}

/// `date` + `months`, clamped to the month's end.
#[must_use]
pub fn plus_months(date: CivilDate, months: u32) -> CivilDate {
    date.checked_add_months(Months::new(months)).unwrap_or(CivilDate::MAX)
}

/// The last day of `months` months beginning with `date`: the day before the same date of that month or, where the month
/// is too short to have it, the month's last.
#[must_use]
pub fn last_of_months(date: CivilDate, months: u32) -> CivilDate {
    minus_days(plus_months(date, months), 1).max(plus_months(minus_days(date, 1), months))
}

/// `date` − `months`, clamped to the month's end.
#[must_use]
pub fn minus_months(date: CivilDate, months: u32) -> CivilDate {
    date.checked_sub_months(Months::new(months)).unwrap_or(CivilDate::MIN)
}

/// `date` + `years`, clamped to the month's end.
#[must_use]
pub fn plus_years(date: CivilDate, years: u32) -> CivilDate {
    plus_months(date, years.saturating_mul(12))
}

/// `date` − `years`, clamped to the month's end.
#[must_use]
pub fn minus_years(date: CivilDate, years: u32) -> CivilDate {
    minus_months(date, years.saturating_mul(12))
}

/// Whole days from `earlier` to `later`; negative when they are the other way round.
#[must_use]
pub fn days_between(earlier: CivilDate, later: CivilDate) -> i64 {
    later.signed_duration_since(earlier).num_days()
}

/// True on Saturdays and Sundays.
#[must_use]
pub fn is_weekend(date: CivilDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The Monday of a date's week (ISO 8601).
#[must_use]
pub fn monday_of(date: CivilDate) -> CivilDate {
    minus_days(date, date.weekday().num_days_from_monday())
}

/// Every date from `from` to `until`, both included.
pub fn dates(from: CivilDate, until: CivilDate) -> impl Iterator<Item = CivilDate> {
    from.iter_days().take_while(move |date| *date <= until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_and_years_clamp_to_the_months_end() {
        assert_eq!(plus_years(date("2020-02-29"), 1), date("2021-02-28"));
        assert_eq!(minus_years(date("2024-02-29"), 3), date("2021-02-28"));
        assert_eq!(plus_months(date("2021-01-31"), 1), date("2021-02-28"));
        assert_eq!(minus_months(date("2021-03-31"), 1), date("2021-02-28"));
    }

    #[test]
    fn a_week_begins_on_monday() {
        for (day, monday) in [("2021-04-12", "2021-04-12"), ("2021-04-18", "2021-04-12"), ("2021-01-01", "2020-12-28")]
        {
            assert_eq!(monday_of(date(day)), date(monday), "{day}");
        }
    }

    #[test]
    fn months_beginning_with_a_day_end_the_day_before_or_with_the_month() {
        for (from, months, last) in [
            ("2015-02-01", 24, "2017-01-31"),
            ("2020-02-29", 24, "2022-02-28"),
            ("2020-02-29", 48, "2024-02-28"),
            ("2015-08-31", 30, "2018-02-28"),
            ("2023-03-01", 12, "2024-02-29"),
            ("2021-03-31", 1, "2021-04-30"),
            ("2021-03-30", 1, "2021-04-29"),
            ("2021-03-30", 0, "2021-03-29"),
        ] {
            assert_eq!(last_of_months(date(from), months), date(last), "{months} months beginning with {from}");
        }
    }

    #[test]
    fn the_london_date_follows_summer_time() {
        let winter: Instant = "2021-01-10T23:30:00Z".parse().unwrap();
        let summer: Instant = "2021-06-10T23:30:00Z".parse().unwrap();
        assert_eq!(london_date(winter), date("2021-01-10"));
        assert_eq!(london_date(summer), date("2021-06-11"));
    }

    #[test]
    fn a_civil_date_begins_at_midnight_in_london() {
        for (day, begins) in [
            ("2021-01-10", "2021-01-10T00:00:00Z"),
            ("2021-03-28", "2021-03-28T00:00:00Z"),
            ("2021-03-29", "2021-03-28T23:00:00Z"),
            ("2021-10-31", "2021-10-30T23:00:00Z"),
        ] {
            assert_eq!(london_midnight(date(day)), begins.parse::<Instant>().unwrap(), "{day}");
            assert_eq!(london_date(london_midnight(date(day))), date(day));
        }
        assert_eq!(first_of_month(date("2021-02-28")), date("2021-02-01"));
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_overflow() {
        assert_eq!(plus_years(CivilDate::MAX, 1), CivilDate::MAX);
        assert_eq!(minus_days(CivilDate::MIN, 1), CivilDate::MIN);
    }
}
