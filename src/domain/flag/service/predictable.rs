//! Schedules whose unannounced visits could be guessed (College of Policing APP, home visits: dates and times vary; the rigid grid of HMICFRS,
//! Dorset 2021, could be guessed every time).

use std::collections::BTreeMap;

use serde_json::json;

use super::super::Finding;
use super::{ExpectedVisit, ServiceFacts};
use crate::domain::calendar::{CivilDate, dates, is_weekend};
use crate::domain::case_file::ForceFile;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::visit_guess::{GUESSERS, Guess};

/// A team whose accepted schedule some guesser beats: of 20 ⚙ guesses or more of days to come, more are right than pure chance and
/// 5 ⚙ points allow, by more than two standard errors. Chance draws from the weekdays of each window that are planned and to come.
pub(super) fn predictable<'a>(
    force: &ForceFile,
    facts: &'a ServiceFacts,
    at: Moment,
    policy: &Policy,
) -> Vec<(&'a Ref, Finding)> {
    let mut teams: BTreeMap<&Ref, BTreeMap<&Ref, Vec<&ExpectedVisit>>> = BTreeMap::new();
    for visit in facts.expected_visits.iter().filter(|visit| visit.came.date >= at.today()) {
        teams.entry(&visit.team_ref).or_default().entry(&visit.offender_ref).or_default().push(visit);
    }
    let beaten = |(team, offenders): (&'a Ref, BTreeMap<&Ref, Vec<&ExpectedVisit>>)| {
        let mut tallies = GUESSERS.map(|guesser| (guesser, Tally::default()));
        for (offender, mut visits) in offenders {
            let Some(case) = force.case(offender) else { continue };
            visits.sort_by_key(|visit| visit.came.date);
            let mut seen = case.seen_visits(at);
            for visit in visits {
                let days = possible(visit, at.today());
                for (guesser, tally) in &mut tallies {
                    let guess = guesser.guess(&seen, visit.window);
                    // A guess of days that are past or not planned can be neither right nor wrong.
                    if let Some(guess @ Guess::Days { from, until }) = guess
                        && until >= at.today().max(visit.schedule_from)
                        && from <= visit.schedule_until
                        && !days.is_empty()
                    {
                        tally.add(guess.hits(visit.came), share(&days, from, until));
                    }
                }
                seen.push(visit.came);
            }
        }
        let is_beaten = |tally: &Tally| tally.guesses >= policy.predictable_min_guesses && tally.is_beaten(policy);
        let (guesser, tally) = tallies.into_iter().find(|(_, tally)| is_beaten(tally))?;
        let evidence = json!({
            "guesser": guesser.as_str(), "guesses": tally.guesses, "right": tally.hits,
            "right_by_chance": (10.0 * tally.by_chance).round() / 10.0,
        });
        Some((team, Finding { reason: Some(guesser.as_str()), evidence }))
    };
    teams.into_iter().filter_map(beaten).collect()
}

/// How one guesser did.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    guesses: u32,
    hits: u32,
    by_chance: f64,
    variance: f64,
}

impl Tally {
    fn add(&mut self, hits: bool, chance: f64) {
        self.guesses += 1;
        self.hits += u32::from(hits);
        self.by_chance += chance;
        self.variance += chance * (1.0 - chance);
    }

    fn is_beaten(&self, policy: &Policy) -> bool {
        let points = f64::from(policy.predictable_points) / 100.0 * f64::from(self.guesses);
        f64::from(self.hits) > self.by_chance + points + 2.0 * self.variance.sqrt()
    }
}

/// The days from today on which a visit can come: weekdays, and weekends where it comes on one.
fn possible(visit: &ExpectedVisit, today: CivilDate) -> Vec<CivilDate> {
    let first = visit.window.earliest.max(visit.schedule_from).max(today);
    let last = visit.window.latest.min(visit.schedule_until);
    let weekends = is_weekend(visit.came.date);
    dates(first, last).filter(|date| weekends || !is_weekend(*date)).collect()
}

fn share(days: &[CivilDate], from: CivilDate, until: CivilDate) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let hit = days.iter().filter(|day| (from..=until).contains(*day)).count();
    if days.is_empty() { 0.0 } else { count(hit) / count(days.len()) }
}
