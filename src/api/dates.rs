//! Civil dates and instants as callers write them: of the years that both databases and the calendar know.

use chrono::{DateTime, Datelike};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::domain::calendar::{CivilDate, Instant};

/// What a caller is told of a date that is none.
pub const NOT_A_DATE: &str = "a date is written YYYY-MM-DD and is of the years 0001 to 9999";

/// What a caller is told of an instant that is none.
pub const NOT_AN_INSTANT: &str = "an instant is written as in RFC 3339, such as 2021-04-15T08:00:00Z";

/// Reads a date: `#[serde(deserialize_with = "civil_date")]`.
///
/// # Errors
/// When it is none, is written otherwise, or is of another year than 0001 to 9999.
pub fn civil_date<'de, D: Deserializer<'de>>(value: D) -> Result<CivilDate, D::Error> {
    read_date(&String::deserialize(value)?).ok_or_else(|| de::Error::custom(NOT_A_DATE))
}

/// As [`civil_date`], of what may be left out: with `default` beside it.
///
/// # Errors
/// As [`civil_date`].
pub fn civil_date_if_given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<CivilDate>, D::Error> {
    civil_date(value).map(Some)
}

/// A date as a body gives it, also where it may be null or stand in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Day(pub CivilDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        civil_date(value).map(Self)
    }
}

/// Reads an instant: `#[serde(deserialize_with = "instant")]`.
///
/// # Errors
/// When it is none, has no offset, is a leap second, or is of another year than 0001 to 9999.
pub fn instant<'de, D: Deserializer<'de>>(value: D) -> Result<Instant, D::Error> {
    read_full_instant(&String::deserialize(value)?).ok_or_else(|| de::Error::custom(NOT_AN_INSTANT))
}

fn read_full_instant(text: &str) -> Option<Instant> {
    /// A leap second has more.
    const NANOS_A_SECOND: u32 = 1_000_000_000;
    let at = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).filter(|at| is_known(at.year()));
    at.filter(|at| at.timestamp_subsec_nanos() < NANOS_A_SECOND)
}

/// As [`instant`], of what may be left out: with `default` beside it.
///
/// # Errors
/// As [`instant`].
pub fn instant_if_given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Instant>, D::Error> {
    instant(value).map(Some)
}

/// As [`civil_date`], of what may be left out, and may be emptied by `null`: with `default` beside it.
///
/// # Errors
/// As [`civil_date`].
pub fn civil_date_or_null<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<CivilDate>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(value)? else { return Ok(Some(None)) };
    read_date(&text).map(|date| Some(Some(date))).ok_or_else(|| de::Error::custom(NOT_A_DATE))
}

/// As [`instant`], of what may be left out, and may be emptied by `null`: with `default` beside it.
///
/// # Errors
/// As [`instant`].
pub fn instant_or_null<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Instant>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(value)? else { return Ok(Some(None)) };
    read_full_instant(&text).map(|at| Some(Some(at))).ok_or_else(|| de::Error::custom(NOT_AN_INSTANT))
}

/// Of what may be left out, and may be emptied by `null`: with `default` beside it.
///
/// # Errors
/// When it is neither `null` nor one.
pub fn or_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// The instant that a cursor of ours names, of the years that are written in four digits.
#[must_use]
pub fn read_instant(text: &str) -> Option<Instant> {
    text.parse().ok().filter(|at: &Instant| is_known(at.year()))
}

fn read_date(text: &str) -> Option<CivilDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let all_digits = [y1, y2, y3, y4, m1, m2, d1, d2].into_iter().all(u8::is_ascii_digit);
    text.parse().ok().filter(|date: &CivilDate| all_digits && is_known(date.year()))
}

fn is_known(year: i32) -> bool {
    (1..=9_999).contains(&year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_four_digits_of_a_year_that_there_was_or_will_be() {
        for known in ["0001-01-01", "2021-04-15", "9999-12-31"] {
            assert_eq!(read_date(known).map(|date| date.to_string()).as_deref(), Some(known));
        }
        for wrong in
            ["0000-12-31", "+10000-01-01", "10000-01-01", "-001-01-01", "2021-4-15", "2021-02-30", "", "é021-04-1"]
        {
            assert_eq!(read_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_instant_is_of_those_years_too() {
        assert!(read_instant("2021-04-15T08:00:00.000000Z").is_some());
        for wrong in ["+262000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "-4800-01-01T00:00:00Z", "today"] {
            assert_eq!(read_instant(wrong), None, "{wrong}");
        }
    }
}
