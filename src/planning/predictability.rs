//! How well the visits of a proposal could be guessed, guesser by guesser, beside pure chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::proposal::{PlannedVisit, Proposal};
use super::snapshot::{Demand, Horizon, Snapshot, Window};
use crate::domain::calendar::{CivilDate, dates};
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::TimeWindow;
use crate::domain::visit_guess::{GUESSERS, Guess, GuessedWindow, Guesser, HalfDay, SeenVisit};
use crate::domain::working_time::{DayOfWeek, TimeOfDay};

/// How one guesser did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Guessed {
    /// Which.
    pub guesser: Guesser,
    /// Visits of which it made a guess that could be right: of days in the horizon, or of a time.
    pub guesses: usize,
    /// Those that came as it guessed.
    pub hits: usize,
    /// Those that would have, had each visit's day been drawn at random from the days of its window in the horizon on which anybody is on
    /// duty, and its time from the hours of that day.
    pub by_chance: f64,
}

impl Guessed {
    /// Hits in percent of the guesses; 0 where none was made.
    #[must_use]
    pub fn hit_percent(&self) -> f64 {
        self.percent(count(self.hits))
    }

    /// The same by pure chance.
    #[must_use]
    pub fn chance_percent(&self) -> f64 {
        self.percent(self.by_chance)
    }

    fn percent(&self, of: f64) -> f64 {
        if self.guesses == 0 { 0.0 } else { 100.0 * of / count(self.guesses) }
    }
}

#[expect(clippy::as_conversions, reason = "a float has no lossless conversion; a count of visits is small")]
const fn count(number: usize) -> f64 {
    number as f64
}

/// Every guesser over the unannounced visits of some proposals whose window had not passed when planning began: one that had is made as soon as it
/// can be, and there is nothing to choose.
#[must_use]
pub fn guessed<'a>(planned: impl IntoIterator<Item = (&'a Snapshot, &'a Proposal)>) -> Vec<Guessed> {
    let mut all: Vec<Guessed> =
        GUESSERS.map(|guesser| Guessed { guesser, guesses: 0, hits: 0, by_chance: 0.0 }).into_iter().collect();
    for (snapshot, proposal) in planned {
        let on_duty = hours_on_duty(snapshot);
        let mut visits: BTreeMap<&Ref, Vec<&PlannedVisit>> = BTreeMap::new();
        for visit in &proposal.visits {
            visits.entry(&visit.offender_ref).or_default().push(visit);
        }
        for demand in snapshot.demands.iter().filter(|demand| demand.needs.unannounced) {
            let visits = visits.get(&demand.offender_ref).map(Vec::as_slice).unwrap_or_default();
            of_offender(snapshot.horizon, demand, visits, &on_duty, &mut all);
        }
    }
    all
}

/// From when to when anybody is on duty, by day.
type HoursOnDuty = BTreeMap<CivilDate, (TimeOfDay, TimeOfDay)>;

fn hours_on_duty(snapshot: &Snapshot) -> HoursOnDuty {
    let mut hours = HoursOnDuty::new();
    for duty in snapshot.officers.iter().flat_map(|officer| &officer.duties) {
        let (from, until) = hours.entry(duty.date).or_insert((duty.from, duty.until));
        (*from, *until) = ((*from).min(duty.from), (*until).max(duty.until));
    }
    hours
}

fn of_offender(
    horizon: Horizon,
    demand: &Demand,
    visits: &[&PlannedVisit],
    on_duty: &HoursOnDuty,
    all: &mut [Guessed],
) {
    let mut seen = demand.seen.clone();
    for visit in visits {
        let came = SeenVisit { date: visit.date, start: visit.start };
        let window = guessed_window(visit);
        if visit.window.latest >= horizon.from {
            let days = days(horizon, demand, visit, seen.last().map(|seen| seen.date), on_duty);
            for one in all.iter_mut() {
                let guess = one.guesser.guess(&seen, window).filter(|guess| can_be_right(*guess, horizon));
                let Some(guess) = guess else { continue };
                one.guesses += 1;
                one.hits += usize::from(guess.hits(came));
                one.by_chance += chance(guess, &days, &demand.needs.time_windows, on_duty);
            }
        }
        seen.push(came);
    }
}

/// A guess of days that are not planned can be neither right nor wrong.
fn can_be_right(guess: Guess, horizon: Horizon) -> bool {
    match guess {
        Guess::Days { from, until } => until >= horizon.from && from <= horizon.until,
        Guess::Time { .. } => true,
    }
}

/// A planned visit's window, as it is guessed from.
#[must_use]
pub fn guessed_window(visit: &PlannedVisit) -> GuessedWindow {
    let Window { earliest, ideal, latest } = visit.window;
    // An event the offender may well know of.
    let event_on = (!visit.why.rule.is_counted_from_a_visit()).then_some(visit.why.counted_from);
    GuessedWindow { earliest, ideal, latest, event_on }
}

/// The days on which the visit could have come.
fn days(
    horizon: Horizon,
    demand: &Demand,
    visit: &PlannedVisit,
    previous: Option<CivilDate>,
    on_duty: &HoursOnDuty,
) -> Vec<CivilDate> {
    let first = visit.window.earliest.max(horizon.from);
    let last = visit.window.latest.min(demand.last_day_due(horizon));
    let lives_there = |date: &CivilDate| {
        demand
            .place
            .as_ref()
            .is_none_or(|place| place.resident_from <= *date && place.resident_until.is_none_or(|until| *date <= until))
    };
    dates(first, last)
        .filter(|date| previous.is_none_or(|previous| *date > previous) && lives_there(date))
        .filter(|date| minutes(*date, &demand.needs.time_windows, on_duty).iter().sum::<u32>() > 0)
        .collect()
}

/// Minutes of a day's morning and afternoon in which a visit may be under way.
fn minutes(date: CivilDate, windows: &[TimeWindow], on_duty: &HoursOnDuty) -> [u32; 2] {
    let Some((from, until)) = on_duty.get(&date) else { return [0, 0] };
    let weekday = DayOfWeek::of(date);
    let halves = [(TimeOfDay::MIDNIGHT, TimeOfDay::NOON), (TimeOfDay::NOON, TimeOfDay::LAST)];
    halves.map(|(begins, ends)| {
        let within = |opens: TimeOfDay, closes: TimeOfDay| {
            let (first, last) = (begins.max(opens).max(*from), ends.min(closes).min(*until));
            u32::from(last.minutes().saturating_sub(first.minutes()))
        };
        let own = windows.iter().filter(|window| window.weekdays.contains(&weekday));
        if windows.is_empty() {
            within(TimeOfDay::MIDNIGHT, TimeOfDay::LAST)
        } else {
            own.map(|window| within(window.from, window.until)).sum()
        }
    })
}

/// How likely a guess is right where the day is drawn from these, and the time from its hours.
fn chance(guess: Guess, days: &[CivilDate], windows: &[TimeWindow], on_duty: &HoursOnDuty) -> f64 {
    let share = |date: &CivilDate| match guess {
        Guess::Days { from, until } => f64::from(u8::from((from..=until).contains(date))),
        Guess::Time { weekday, .. } if weekday != DayOfWeek::of(*date) => 0.0,
        Guess::Time { half, .. } => {
            let [morning, afternoon] = minutes(*date, windows, on_duty);
            let of_half = match half {
                HalfDay::Morning => morning,
                HalfDay::Afternoon => afternoon,
            };
            f64::from(of_half) / f64::from((morning + afternoon).max(1))
        }
    };
    if days.is_empty() { 0.0 } else { days.iter().map(share).sum::<f64>() / count(days.len()) }
}

#[cfg(test)]
mod tests;
