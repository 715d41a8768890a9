//! Counting days, with every step told (domain rules, section 0). Calendar days: weekends and bank holidays
//! do not extend a period of Part 2. `[M]`

use serde::Serialize;

use super::clock_stop::ClockStop;
use crate::domain::calendar::{CivilDate, plus_days};

/// One step of the arithmetic, in words, and the date it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// In words.
    pub text: String,
    /// The date.
    pub date: Option<CivilDate>,
}

impl Step {
    pub(super) fn to(date: CivilDate, text: impl Into<String>) -> Self {
        Self { text: text.into(), date: Some(date) }
    }

    pub(super) fn note(text: impl Into<String>) -> Self {
        Self { text: text.into(), date: None }
    }
}

/// What counting came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// The last permitted day; empty while the clock stands still.
    pub(super) last_day: Option<CivilDate>,
    /// The clock stops that moved it.
    pub(super) applied: Vec<ClockStop>,
    /// How.
    pub(super) steps: Vec<Step>,
}

/// The day on which the stops that cover a day have all ended: the day itself where none covers it, nothing
/// while one lasts.
fn after_stops(mut day: CivilDate, stops: &[ClockStop], counted: &mut Counted) -> Option<CivilDate> {
    while let Some(stop) = stops.iter().find(|stop| stop.covers(day)) {
        counted.applied.push(*stop);
        let Some(ended) = stop.ended_on else {
            counted
                .steps
                .push(Step::note(format!("{}: the clock stands still and that has not ended", stop.why.words())));
            return None;
        };
        counted.steps.push(Step::to(ended, format!("{} until this day, which counts again", stop.why.words())));
        day = ended;
    }
    Some(day)
}

/// The last of `days` days beginning with a day, of which those that a stop covers do not count.
pub(super) fn beginning_with(trigger: CivilDate, days: u32, stops: &[ClockStop]) -> Counted {
    let mut counted = Counted { last_day: None, applied: Vec::new(), steps: Vec::new() };
    let Some(mut day) = after_stops(trigger, stops, &mut counted) else { return counted };
    counted.steps.push(Step::to(day, "day 1: the first day that counts"));
    for _ in 1..days {
        let Some(next) = after_stops(plus_days(day, 1), stops, &mut counted) else { return counted };
        day = next;
    }
    counted.steps.push(Step::to(day, format!("day {days}: the last day")));
    counted.last_day = Some(day);
    counted
}

/// A due date, which runs on to the end of `days` days beginning with the end of a stop where it would fall
/// within one, and again where it would then fall within another. The law speaks of the first end alone;
/// the second running on is a reading in favour of whoever was detained again. `[I]`
pub(super) fn running_on(due: CivilDate, days: u32, stops: &[ClockStop]) -> Counted {
    let mut counted = Counted { last_day: None, applied: Vec::new(), steps: Vec::new() };
    let mut last_day = due;
    while stops.iter().any(|stop| stop.covers(last_day)) {
        let Some(ended) = after_stops(last_day, stops, &mut counted) else { return counted };
        last_day = plus_days(ended, days.saturating_sub(1));
        counted.steps.push(Step::to(last_day, format!("the last of {days} days beginning with that day")));
    }
    counted.last_day = Some(last_day);
    counted
}
