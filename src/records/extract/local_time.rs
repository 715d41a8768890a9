//! Dates and instants as a records system writes them: in a format of its own, by the clock on the wall in Europe/London.

use std::fmt::Write as _;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Europe::London;

use super::cell::Cell;
use super::fault::{CellCode, CellFault};
use crate::domain::calendar::{CivilDate, Instant};

/// The years of dates in an extract, so that a year written with two digits is not taken for one of the first century. `[I]`
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2200;

/// How an extract writes dates or instants: a format of `strftime` that was tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    format: String,
    has_offset: bool,
}

impl Written {
    /// A format of dates; nothing where what it writes cannot be read back as the same date.
    #[must_use]
    pub fn of_dates(format: &str) -> Option<Self> {
        let samples = [NaiveDate::from_ymd_opt(2021, 2, 3)?, NaiveDate::from_ymd_opt(1965, 11, 30)?];
        let reads_back = |date: NaiveDate| {
            let text = text(date.format(format))?;
            NaiveDate::parse_from_str(&text, format).ok().filter(|read| *read == date)
        };
        let is_sound = is_known(format) && samples.into_iter().all(|date| reads_back(date).is_some());
        is_sound.then(|| Self { format: format.to_owned(), has_offset: false })
    }

    /// A format of instants, with an offset or by the clock in Europe/London; nothing where what it writes cannot be read back.
    #[must_use]
    pub fn of_instants(format: &str) -> Option<Self> {
        if !is_known(format) {
            return None;
        }
        let sample = NaiveDate::from_ymd_opt(1965, 11, 30)?.and_hms_opt(21, 5, 0)?;
        let with_offset = text(sample.and_utc().format(format))
            .and_then(|text| DateTime::parse_from_str(&text, format).ok())
            .is_some_and(|read| read.naive_utc() == sample);
        let by_the_clock = text(sample.format(format))
            .and_then(|text| NaiveDateTime::parse_from_str(&text, format).ok())
            .is_some_and(|read| read == sample);
        (with_offset || by_the_clock).then(|| Self { format: format.to_owned(), has_offset: with_offset })
    }

    fn date(&self, text: &str) -> Option<CivilDate> {
        NaiveDate::parse_from_str(text, &self.format).ok()
    }

    fn instant(&self, text: &str) -> Result<Instant, CellFault> {
        let bad = || CellFault::new(CellCode::BadInstant, "is not an instant in the mapping's format");
        if self.has_offset {
            return DateTime::parse_from_str(text, &self.format).map(|at| at.to_utc()).map_err(|_| bad());
        }
        in_london(NaiveDateTime::parse_from_str(text, &self.format).map_err(|_| bad())?)
    }
}

/// False of a format that chrono does not know, and of a year with two digits: it does not say the century.
fn is_known(format: &str) -> bool {
    let two_digits = ["%y", "%g", "%C", "%D", "%x", "%c"];
    !StrftimeItems::new(format).any(|item| matches!(item, Item::Error))
        && !two_digits.iter().any(|it| format.contains(it))
}

/// What a format writes; nothing where it asks for what the value has not.
fn text(formatted: impl std::fmt::Display) -> Option<String> {
    let mut text = String::new();
    write!(text, "{formatted}").ok()?;
    Some(text)
}

/// The instant at which the clock in Europe/London showed this.
fn in_london(shown: NaiveDateTime) -> Result<Instant, CellFault> {
    match London.from_local_datetime(&shown) {
        LocalResult::Single(at) => Ok(at.to_utc()),
        LocalResult::Ambiguous(_, _) => {
            let detail = "the clock showed this time twice, in the night when it went back; give the offset, or correct the time";
            Err(CellFault::new(CellCode::AmbiguousLocalTime, detail))
        }
        LocalResult::None => {
            let detail = "the clock never showed this time, in the night when it went forward; correct the time";
            Err(CellFault::new(CellCode::NoSuchLocalTime, detail))
        }
    }
}

/// A cell as a civil date, as the feed writes it.
///
/// # Errors
/// [`CellCode::BadDate`]; [`CellCode::WrongType`] where a cell that is no date cell has no format.
pub fn date(cell: &Cell, written: Option<&Written>) -> Result<String, CellFault> {
    let date = match (cell, written) {
        (Cell::Moment(at), _) => Some(at.date()),
        (Cell::Text(text), Some(written)) => written.date(text),
        (Cell::Text(_) | Cell::Number(_) | Cell::Boolean(_) | Cell::Empty | Cell::Faulty(_), _) => {
            return Err(CellFault::new(
                CellCode::WrongType,
                "is not a date cell, nor a text of which the mapping gives the format",
            ));
        }
    };
    let date = date.filter(|date| YEARS.contains(&date.year()));
    let bad = || {
        let (first, last) = (YEARS.start(), YEARS.end());
        CellFault::new(
            CellCode::BadDate,
            format!("is not a date in the mapping's format, of the years {first} to {last}"),
        )
    };
    date.map(|date| date.format("%Y-%m-%d").to_string()).ok_or_else(bad)
}

/// A cell, or a day and a time of day, as an instant.
///
/// # Errors
/// [`CellCode::BadInstant`], [`CellCode::AmbiguousLocalTime`], [`CellCode::NoSuchLocalTime`]; [`CellCode::WrongType`] where the
/// cells are neither date cells nor texts with a format.
pub fn instant(cells: &[&Cell], written: Option<&Written>) -> Result<Instant, CellFault> {
    let at = match (cells, written) {
        ([Cell::Moment(at)], _) => in_london(*at)?,
        ([Cell::Moment(day), Cell::Moment(time)], _) => in_london(day.date().and_time(time.time()))?,
        ([Cell::Text(text)], Some(written)) => written.instant(text)?,
        ([Cell::Text(day), Cell::Text(time)], Some(written)) => written.instant(&format!("{day} {time}"))?,
        _ => {
            let detail = "is not a date cell, nor a text of which the mapping gives the format";
            return Err(CellFault::new(CellCode::WrongType, detail));
        }
    };
    if YEARS.contains(&at.year()) {
        return Ok(at);
    }
    Err(CellFault::new(CellCode::BadInstant, format!("is not of the years {} to {}", YEARS.start(), YEARS.end())))
}

/// An instant as the feed writes it.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A time of day of an XLSX file, which has no date.
#[must_use]
pub fn time_alone(time: NaiveTime) -> NaiveDateTime {
    NaiveDate::MIN.and_time(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn formats_that_do_not_say_what_is_meant_are_refused() {
        for (format, dates, instants) in [
            ("%d/%m/%Y", true, false),
            ("%Y-%m-%d", true, false),
            ("%d %b %Y", true, false),
            ("%d/%m/%Y %H:%M", false, true),
            ("%Y-%m-%dT%H:%M:%S%z", false, true),
            ("%+", false, true),
            ("%d/%m/%y", false, false),
            ("%m/%Y", false, false),
            ("%Q", false, false),
            ("", false, false),
            ("%", false, false),
        ] {
            assert_eq!(Written::of_dates(format).is_some(), dates, "{format}");
            assert_eq!(Written::of_instants(format).is_some(), instants, "{format}");
        }
    }

    #[test]
    fn dates_are_read_in_their_format_and_of_four_digits() {
        let written = Written::of_dates("%d/%m/%Y");
        for (text, read) in [
            ("03/02/2021", Ok("2021-02-03")),
            ("3/2/2021", Ok("2021-02-03")),
            ("29/02/2020", Ok("2020-02-29")),
            ("29/02/2021", Err(CellCode::BadDate)),
            ("02/13/2021", Err(CellCode::BadDate)),
            ("03/02/21", Err(CellCode::BadDate)),
            ("2021-02-03", Err(CellCode::BadDate)),
            ("03/02/2021 10:00", Err(CellCode::BadDate)),
        ] {
            let found = date(&text_cell(text), written.as_ref()).map_err(|fault| fault.code);
            assert_eq!(found, read.map(str::to_owned), "{text}");
        }
        let day = NaiveDate::from_ymd_opt(2021, 2, 3).unwrap().and_hms_opt(10, 30, 0).unwrap();
        assert_eq!(date(&Cell::Moment(day), None).unwrap(), "2021-02-03");
        assert_eq!(date(&Cell::Number(44_230.0), written.as_ref()).unwrap_err().code, CellCode::WrongType);
        assert_eq!(date(&text_cell("2021-02-03"), None).unwrap_err().code, CellCode::WrongType);
    }

    #[test]
    fn instants_are_read_by_the_clock_in_london() {
        let written = Written::of_instants("%d/%m/%Y %H:%M");
        for (text, read) in [
            ("03/02/2021 09:15", Ok("2021-02-03T09:15:00Z")),
            ("03/07/2021 09:15", Ok("2021-07-03T08:15:00Z")),
            ("28/03/2021 01:30", Err(CellCode::NoSuchLocalTime)),
            ("31/10/2021 01:30", Err(CellCode::AmbiguousLocalTime)),
            ("31/10/2021 02:00", Ok("2021-10-31T02:00:00Z")),
            ("03/07/2021", Err(CellCode::BadInstant)),
            ("03/07/0021 09:15", Err(CellCode::BadInstant)),
        ] {
            let found = instant(&[&text_cell(text)], written.as_ref()).map(rfc3339).map_err(|fault| fault.code);
            assert_eq!(found, read.map(str::to_owned), "{text}");
        }
        let in_two = instant(&[&text_cell("03/07/2021"), &text_cell("09:15")], written.as_ref()).unwrap();
        assert_eq!(rfc3339(in_two), "2021-07-03T08:15:00Z");
        let with_offset = Written::of_instants("%+");
        let twice = instant(&[&text_cell("2021-10-31T01:30:00+01:00")], with_offset.as_ref()).unwrap();
        assert_eq!(rfc3339(twice), "2021-10-31T00:30:00Z");
    }

    #[test]
    fn date_cells_are_what_the_clock_on_the_wall_shows() {
        let day = NaiveDate::from_ymd_opt(2021, 7, 3).unwrap();
        let time = NaiveTime::from_hms_opt(9, 15, 0).unwrap();
        let whole = instant(&[&Cell::Moment(day.and_time(time))], None).unwrap();
        let in_two = instant(&[&Cell::Moment(day.and_time(NaiveTime::MIN)), &Cell::Moment(time_alone(time))], None);
        assert_eq!((rfc3339(whole).as_str(), in_two.unwrap()), ("2021-07-03T08:15:00Z", whole));
        assert_eq!(instant(&[&Cell::Number(1.0)], None).unwrap_err().code, CellCode::WrongType);
    }
}
