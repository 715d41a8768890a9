//! Bank holidays in England and Wales, and working days.
//!
//! The dates are a data file in the shape of the government's own (GOV.UK, "UK bank holidays"), so
//! that a newer one can be put in its place. Dates that were published are as published, later ones
//! follow the Banking and Financial Dealings Act 1971 with its substitute days; a bank holiday yet to
//! be proclaimed is not in it. `[S]` dates published, `[M]` dates to come.

use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use super::calendar::{CivilDate, is_weekend, plus_days};

/// The dates built into the program.
const BUILT_IN: &str = include_str!("../../config/bank-holidays.json");

/// The bank holidays cannot be read.
#[derive(Debug, Error)]
#[error("the bank holidays cannot be read: {0}")]
pub struct BankHolidaysError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Divisions {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Deserialize)]
struct Division {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    date: CivilDate,
}

/// The bank holidays of England and Wales.
#[derive(Debug, Clone)]
pub struct BankHolidays(BTreeSet<CivilDate>);

impl BankHolidays {
    /// The bank holidays built into the program.
    ///
    /// # Errors
    /// When they are malformed, which a test rules out.
    pub fn built_in() -> Result<Self, BankHolidaysError> {
        let divisions: Divisions = serde_json::from_str(BUILT_IN)?;
        Ok(Self(divisions.england_and_wales.events.into_iter().map(|event| event.date).collect()))
    }

    /// True on a bank holiday.
    #[must_use]
    pub fn contains(&self, date: CivilDate) -> bool {
        self.0.contains(&date)
    }

    /// True on a day that is neither at the weekend nor a bank holiday.
    #[must_use]
    pub fn is_working_day(&self, date: CivilDate) -> bool {
        !is_weekend(date) && !self.contains(date)
    }

    /// The day `count` working days after `date`, which itself does not count; `date` for none.
    #[must_use]
    pub fn plus_working_days(&self, date: CivilDate, count: u32) -> CivilDate {
        let mut day = date;
        let mut left = count;
        while left > 0 && day < CivilDate::MAX {
            day = plus_days(day, 1);
            left -= u32::from(self.is_working_day(day));
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn moved_substituted_and_proclaimed_days_are_known() {
        let holidays = BankHolidays::built_in().unwrap();
        for day in [
            "2020-05-08",
            "2021-04-02",
            "2021-04-05",
            "2021-12-27",
            "2021-12-28",
            "2022-01-03",
            "2022-06-02",
            "2022-06-03",
            "2022-09-19",
            "2023-05-08",
            "2026-12-28",
            "2027-03-26",
        ] {
            assert!(holidays.contains(date(day)), "{day}");
        }
        for day in ["2020-05-04", "2022-05-30", "2021-12-25", "2022-01-01", "2026-12-26"] {
            assert!(!holidays.contains(date(day)), "{day}");
        }
    }

    #[test]
    fn no_bank_holiday_falls_at_a_weekend_and_every_year_has_eight_or_more() {
        let holidays = BankHolidays::built_in().unwrap();
        assert!(holidays.0.iter().all(|day| !is_weekend(*day)));
        for year in 2010..=2035 {
            let in_year = holidays.0.iter().filter(|day| chrono::Datelike::year(*day) == year).count();
            assert!((8..=10).contains(&in_year), "{year}: {in_year}");
        }
    }

    #[test]
    fn working_days_pass_over_weekends_and_bank_holidays() {
        let holidays = BankHolidays::built_in().unwrap();
        for (from, count, to) in [
            ("2021-04-01", 0, "2021-04-01"),
            ("2021-04-01", 1, "2021-04-06"),
            ("2021-04-01", 5, "2021-04-12"),
            ("2021-04-10", 1, "2021-04-12"),
        ] {
            assert_eq!(holidays.plus_working_days(date(from), count), date(to), "{from} + {count}");
        }
    }
}
