//! What could be guessed: when the next unannounced visit comes, told from the visits made before.
//!
//! An offender should not be able to tell (College of Policing APP, home visits: dates and times vary). Each
//! [`Guesser`] is a fixed way to guess from what an offender has seen; its share of hits, beside the share that pure
//! chance would have in the same windows, is the measure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, days_between, minus_days, plus_days};
use super::working_time::{DayOfWeek, TimeOfDay};

/// A guess of a day is right when the visit comes this many days before or after it, or less `[I]`.
pub const MARGIN_DAYS: u32 = 3;

/// A visit that the offender saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenVisit {
    /// The day.
    pub date: CivilDate,
    /// The time of day, local.
    pub start: TimeOfDay,
}

/// The days on which a visit may come, and whether an event that the offender knows of opened them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessedWindow {
    /// Not before this day.
    pub earliest: CivilDate,
    /// Best on this day.
    pub ideal: CivilDate,
    /// Not after this day.
    pub latest: CivilDate,
    /// The day of the event, where one opened the window.
    pub event_on: Option<CivilDate>,
}

/// A way to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guesser {
    /// The usual time after the last visit: the median of the intervals seen. The one that counts first.
    MedianInterval,
    /// As long after the last visit as that came after the one before.
    LastInterval,
    /// When the window opens.
    WindowOpens,
    /// The window's ideal day.
    IdealDay,
    /// When the window ends.
    WindowEnds,
    /// The first working day after an event.
    AfterEvent,
    /// The weekday and half of the day most often seen.
    UsualTime,
    /// The weekday and half of the day of the last visit.
    LastTime,
}

/// Every guesser.
pub const GUESSERS: [Guesser; 8] = [
    Guesser::MedianInterval,
    Guesser::LastInterval,
    Guesser::WindowOpens,
    Guesser::IdealDay,
    Guesser::WindowEnds,
    Guesser::AfterEvent,
    Guesser::UsualTime,
    Guesser::LastTime,
];

/// Half of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HalfDay {
    /// Before noon.
    Morning,
    /// From noon on.
    Afternoon,
}

impl HalfDay {
    /// The half in which a time lies.
    #[must_use]
    pub const fn of(time: TimeOfDay) -> Self {
        if time.minutes() < TimeOfDay::NOON.minutes() { Self::Morning } else { Self::Afternoon }
    }
}

/// What is guessed of the next visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// On one of these days, both ends included.
    Days {
        /// The first.
        from: CivilDate,
        /// The last.
        until: CivilDate,
    },
    /// On this weekday, in this half of the day.
    Time {
        /// The weekday.
        weekday: DayOfWeek,
        /// The half.
        half: HalfDay,
    },
}

impl Guess {
    fn around(day: CivilDate) -> Self {
        Self::Days { from: minus_days(day, MARGIN_DAYS), until: plus_days(day, MARGIN_DAYS) }
    }

    fn like(visit: SeenVisit) -> Self {
        Self::Time { weekday: DayOfWeek::of(visit.date), half: HalfDay::of(visit.start) }
    }

    /// True where the visit came as guessed.
    #[must_use]
    pub fn hits(self, visit: SeenVisit) -> bool {
        match self {
            Self::Days { from, until } => (from..=until).contains(&visit.date),
            Self::Time { .. } => self == Self::like(visit),
        }
    }
}

impl Guesser {
    /// The guesser as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MedianInterval => "median_interval",
            Self::LastInterval => "last_interval",
            Self::WindowOpens => "window_opens",
            Self::IdealDay => "ideal_day",
            Self::WindowEnds => "window_ends",
            Self::AfterEvent => "after_event",
            Self::UsualTime => "usual_time",
            Self::LastTime => "last_time",
        }
    }

    /// What it guesses, having seen these visits in the order of their days; nothing where it has too little to go by.
    #[must_use]
    pub fn guess(self, seen: &[SeenVisit], window: GuessedWindow) -> Option<Guess> {
        let last = seen.last().copied();
        match self {
            Self::MedianInterval => Some(Guess::around(plus_days(last?.date, median(intervals(seen))?))),
            Self::LastInterval => Some(Guess::around(plus_days(last?.date, intervals(seen).last()?))),
            Self::WindowOpens => Some(Guess::around(window.earliest)),
            Self::IdealDay => Some(Guess::around(window.ideal)),
            Self::WindowEnds => Some(Guess::around(window.latest)),
            Self::AfterEvent => window.event_on.map(|on| Guess::around(next_weekday(on))),
            Self::UsualTime => usual(seen),
            Self::LastTime => last.map(Guess::like),
        }
    }
}

fn intervals(seen: &[SeenVisit]) -> impl Iterator<Item = u32> {
    let days = |(before, after): (&SeenVisit, &SeenVisit)| days_between(before.date, after.date);
    seen.iter().zip(seen.iter().skip(1)).map(move |pair| u32::try_from(days(pair)).unwrap_or_default())
}

/// The median; of an even number the lower of the two in the middle.
fn median(numbers: impl Iterator<Item = u32>) -> Option<u32> {
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.get(numbers.len().saturating_sub(1) / 2).copied()
}

/// The first day after an event from Monday to Friday.
fn next_weekday(on: CivilDate) -> CivilDate {
    let ahead = match DayOfWeek::of(on) {
        DayOfWeek::Fri => 3,
        DayOfWeek::Sat => 2,
        DayOfWeek::Mon | DayOfWeek::Tue | DayOfWeek::Wed | DayOfWeek::Thu | DayOfWeek::Sun => 1,
    };
    plus_days(on, ahead)
}

/// The weekday and half of the day seen most often; of several the one seen last.
fn usual(seen: &[SeenVisit]) -> Option<Guess> {
    let key = |visit: &SeenVisit| (DayOfWeek::of(visit.date), HalfDay::of(visit.start));
    let often = |visit: &SeenVisit| seen.iter().filter(|other| key(other) == key(visit)).count();
    seen.iter().max_by_key(|visit| (often(visit), visit.date)).copied().map(Guess::like)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn seen(visits: &[(&str, u16)]) -> Vec<SeenVisit> {
        let visit = |(date, hour): &(&str, u16)| SeenVisit {
            date: day(date),
            start: TimeOfDay::from_minutes(hour * 60).unwrap(),
        };
        visits.iter().map(visit).collect()
    }

    /// Intervals of 30, 31 and 60 days; a Friday, a Sunday, a Wednesday, a Sunday.
    fn history() -> Vec<SeenVisit> {
        seen(&[("2021-01-01", 10), ("2021-01-31", 14), ("2021-03-03", 9), ("2021-05-02", 15)])
    }

    fn window(event_on: Option<CivilDate>) -> GuessedWindow {
        let [earliest, ideal, latest] = ["2021-06-01", "2021-06-10", "2021-06-20"].map(day);
        GuessedWindow { earliest, ideal, latest, event_on }
    }

    #[test]
    fn each_guesser_guesses_from_what_was_seen() {
        let around = |text| Some(Guess::around(day(text)));
        let sunday_afternoon = Some(Guess::Time { weekday: DayOfWeek::Sun, half: HalfDay::Afternoon });
        for (guesser, guess) in [
            (Guesser::MedianInterval, around("2021-06-02")),
            (Guesser::LastInterval, around("2021-07-01")),
            (Guesser::WindowOpens, around("2021-06-01")),
            (Guesser::IdealDay, around("2021-06-10")),
            (Guesser::WindowEnds, around("2021-06-20")),
            (Guesser::AfterEvent, around("2021-06-07")),
            (Guesser::UsualTime, sunday_afternoon),
            (Guesser::LastTime, sunday_afternoon),
        ] {
            // The event was on a Friday.
            assert_eq!(guesser.guess(&history(), window(Some(day("2021-06-04")))), guess, "{guesser:?}");
        }
    }

    #[test]
    fn who_has_seen_too_little_does_not_guess() {
        let one = seen(&[("2021-01-01", 10)]);
        for (guesser, seen, guesses) in [
            (Guesser::MedianInterval, &one[..], false),
            (Guesser::LastInterval, &one[..], false),
            (Guesser::LastTime, &one[..], true),
            (Guesser::UsualTime, &[], false),
            (Guesser::LastTime, &[], false),
            (Guesser::AfterEvent, &one[..], false),
            (Guesser::IdealDay, &[], true),
        ] {
            assert_eq!(guesser.guess(seen, window(None)).is_some(), guesses, "{guesser:?}");
        }
    }

    #[test]
    fn a_day_is_hit_within_three_days_and_a_time_by_its_weekday_and_half() {
        let guess = Guess::around(day("2021-06-10"));
        for (date, hits) in [("2021-06-06", false), ("2021-06-07", true), ("2021-06-13", true), ("2021-06-14", false)] {
            assert_eq!(guess.hits(seen(&[(date, 9)])[0]), hits, "{date}");
        }
        let guess = Guess::Time { weekday: DayOfWeek::Thu, half: HalfDay::Morning };
        for (visit, hits) in [(("2021-06-10", 11), true), (("2021-06-10", 12), false), (("2021-06-11", 11), false)] {
            assert_eq!(guess.hits(seen(&[visit])[0]), hits, "{visit:?}");
        }
    }
}
