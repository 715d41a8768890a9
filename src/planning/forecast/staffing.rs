//! The staffing answer: how many officers it takes to honour every plan, and how sure that is.
//!
//! A number of officers will do where the planner leaves no visit without a place in its window for want of them. The
//! least that will do is looked for by bisection, and the two numbers below the answer are tried as well, for a search
//! promises no order among numbers and crews go in pairs. It is found once for the team as it is, and once for each of the
//! policy's courses of events.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::added::{commonest_pattern, duties, reference};
use super::rates::{Rate, Rates};
use super::scenario::{Added, sicken, with_more_visits};
use super::{Assumption, Each, ForecastError, Rules, TeamInput, in_order, is_for_want_of_a_crew, is_missed, plan};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::planning::search::Budget;
use crate::planning::snapshot::{OnDuty, Snapshot};

/// Tells the seeds of courses of events apart (the 64-bit golden ratio).
const APART: u64 = 0x9E37_79B9_7F4A_7C15;

/// What was found for a course of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The least number of officers; none where none of those tried will do.
    pub least: Option<usize>,
    /// Visits that no number of officers gives a place.
    pub not_by_officers: usize,
    /// Visits again after a failed attempt.
    pub retries: usize,
    /// Visits that events ask for.
    pub events: usize,
}

/// How many officers it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Staffing {
    /// Officers of the team who are on duty at all in the days foreseen.
    pub present: usize,
    /// Where nobody is ill, no attempt fails and nothing happens.
    pub undisturbed: Found,
    /// One in ten courses of events needs no more officers.
    pub low: Option<usize>,
    /// Half of them need no more.
    pub median: Option<usize>,
    /// Nine in ten need no more.
    pub high: Option<usize>,
    /// Each course of events.
    pub scenarios: Vec<Found>,
    /// What this rests on.
    pub assumptions: Vec<Assumption>,
}

/// A team and its visits, to be staffed.
#[derive(Debug)]
pub struct Bench<'a> {
    visits: Snapshot,
    pool: Vec<OnDuty>,
    uncounted: &'a BTreeSet<Ref>,
    budget: Budget,
    tried: BTreeMap<usize, Missed>,
}

/// Whom a plan misses, and whether anybody of them for want of a crew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Missed {
    offenders: BTreeSet<Ref>,
    for_want_of_a_crew: bool,
}

impl<'a> Bench<'a> {
    /// A team's officers, those most on duty first, and after them as many more as the policy tries: on shifts like the
    /// team's commonest, and with every skill that a plan asks for. Visits are those of the snapshot.
    ///
    /// # Errors
    /// Never for names of this program's.
    pub fn new(
        team: &'a TeamInput,
        mut visits: Snapshot,
        budget: Budget,
        rules: Rules<'_>,
    ) -> Result<Self, ForecastError> {
        let mut pool = team.snapshot.officers.clone();
        let minutes = |officer: &OnDuty| -> u32 {
            officer.duties.iter().map(|duty| u32::from(duty.until.minutes().saturating_sub(duty.from.minutes()))).sum()
        };
        pool.sort_by_key(|officer| (Reverse(minutes(officer)), officer.officer_ref.clone()));
        let horizon = team.snapshot.horizon;
        let duties = duties(&commonest_pattern(&team.snapshot), (horizon.from, horizon.until), rules.bank_holidays);
        let skills: BTreeSet<String> =
            team.snapshot.demands.iter().flat_map(|demand| &demand.needs.required_skills).cloned().collect();
        for number in 1..=rules.policy.forecast.most_added_officers {
            let officer_ref = reference(&team.snapshot, &format!("officer-{number}"))
                .map_err(|error| Refusal::new(RefusalCode::NotAcceptable, error.to_string()))?;
            for demand in visits.demands.iter_mut().filter(|demand| team.limited.contains(&demand.offender_ref)) {
                demand.shut_out.push(officer_ref.clone());
            }
            pool.push(OnDuty { officer_ref, skills: skills.iter().cloned().collect(), duties: duties.clone() });
        }
        // What was accepted rests on officers who may not be there.
        visits.parent = None;
        Ok(Self { visits, pool, uncounted: &team.uncounted, budget, tried: BTreeMap::new() })
    }

    /// The team with so many officers.
    #[must_use]
    pub fn staffed(&self, officers: usize) -> Snapshot {
        let mut snapshot = self.visits.clone();
        snapshot.officers =
            self.pool.iter().take(officers).filter(|officer| !officer.duties.is_empty()).cloned().collect();
        snapshot.officers.sort_by(|a, b| a.officer_ref.cmp(&b.officer_ref));
        snapshot
    }

    fn missed(&mut self, officers: usize) -> Result<Missed, ForecastError> {
        if let Some(known) = self.tried.get(&officers) {
            return Ok(known.clone());
        }
        let snapshot = self.staffed(officers);
        let mut found = Missed { offenders: BTreeSet::new(), for_want_of_a_crew: false };
        // Often the first schedule will do, and the search would find nothing better.
        for iterations in [0, self.budget.iterations] {
            let proposal = plan(&snapshot, Budget { iterations, ..self.budget })?;
            let counted = proposal.unplaced.iter().filter(|unplaced| !self.uncounted.contains(&unplaced.offender_ref));
            let missed: Vec<_> = counted.filter(|unplaced| is_missed(unplaced, snapshot.horizon)).collect();
            found = Missed {
                for_want_of_a_crew: missed.iter().any(|unplaced| is_for_want_of_a_crew(unplaced.reason)),
                offenders: missed.into_iter().map(|unplaced| unplaced.offender_ref.clone()).collect(),
            };
            if found.offenders.is_empty() {
                break;
            }
        }
        self.tried.insert(officers, found.clone());
        Ok(found)
    }

    /// The least number of officers who give every visit a place that any number of them would, and how many visits none
    /// gives one.
    ///
    /// # Errors
    /// As [`super::forecast`].
    pub fn least(&mut self, present: usize) -> Result<(Option<usize>, usize), ForecastError> {
        let is_empty = |officer: &OnDuty| officer.duties.is_empty();
        let (mut ample, mut more) = (present.min(self.pool.len()), 2);
        let mut before: Option<Missed> = None;
        let (beyond, wants_a_crew) = loop {
            let missed = self.missed(ample)?;
            // Four officers more who change nothing: no number would.
            let is_idle = more > 4 && before.as_ref() == Some(&missed);
            if !missed.for_want_of_a_crew || is_idle || ample == self.pool.len() {
                break (missed.offenders, missed.for_want_of_a_crew);
            }
            before = Some(missed);
            ample = (ample + more).min(self.pool.len());
            more *= 2;
        };
        if self.pool.iter().all(is_empty) && wants_a_crew {
            return Ok((None, beyond.len()));
        }
        let (mut too_few, mut least) = (None, ample);
        while let Some(between) = middle(too_few, least) {
            if self.missed(between)?.offenders.is_subset(&beyond) { least = between } else { too_few = Some(between) }
        }
        while let Some(fewer) = self.will_do_below(least, &beyond)? {
            least = fewer;
        }
        Ok((Some(least), beyond.len()))
    }

    /// One or two officers fewer, where they will do.
    fn will_do_below(&mut self, least: usize, beyond: &BTreeSet<Ref>) -> Result<Option<usize>, ForecastError> {
        for fewer in [1, 2].into_iter().filter_map(|below| least.checked_sub(below)) {
            if self.missed(fewer)?.offenders.is_subset(beyond) {
                return Ok(Some(fewer));
            }
        }
        Ok(None)
    }
}

/// A number between those that will not do and one that does; none where there is no other.
const fn middle(too_few: Option<usize>, least: usize) -> Option<usize> {
    match too_few {
        None if least == 0 => None,
        None => Some(least / 2),
        Some(few) if few + 1 >= least => None,
        Some(few) => Some(few + (least - few) / 2),
    }
}

/// How many officers it takes a team to honour every plan.
///
/// # Errors
/// As [`super::forecast`].
pub(super) fn staffing(
    team: &TeamInput,
    budget: Budget,
    (rules, each): (Rules<'_>, Each<'_>),
    tell: &(dyn Fn() + Sync),
) -> Result<Staffing, ForecastError> {
    let policy = &rules.policy.forecast;
    let present = team.snapshot.officers.len();
    let courses = usize::try_from(policy.scenarios).unwrap_or(usize::MAX);
    let mut found = in_order(courses.saturating_add(1), each, |at| {
        let number = u64::try_from(at).unwrap_or_default();
        let seed = budget.seed.wrapping_add(APART.wrapping_mul(number));
        let (visits, Added { retries, events }) = match at {
            0 => (team.snapshot.clone(), Added::default()),
            _ => with_more_visits(team, rules, seed)?,
        };
        let mut bench = Bench::new(team, visits, budget, rules)?;
        if at > 0 {
            sicken(&mut bench.pool, team.rates, policy.sickness_days, seed);
        }
        let (least, not_by_officers) = bench.least(present)?;
        tell();
        Ok(Found { least, not_by_officers, retries, events })
    })?;
    let undisturbed = if found.is_empty() { return Err(ForecastError::Unmade) } else { found.remove(0) };
    let mut least: Vec<Option<usize>> = found.iter().map(|found| found.least).collect();
    // Where no number will do, it takes more than any.
    least.sort_by_key(|least| least.unwrap_or(usize::MAX));
    let percentile = |percent: usize| {
        let rank = (percent * least.len()).div_ceil(100).max(1);
        least.get(rank - 1).copied().flatten()
    };
    Ok(Staffing {
        present,
        undisturbed,
        low: percentile(10),
        median: percentile(50),
        high: percentile(90),
        assumptions: assumptions(team.rates, rules),
        scenarios: found,
    })
}

fn assumptions(rates: Rates, rules: Rules<'_>) -> Vec<Assumption> {
    let policy = &rules.policy.forecast;
    let told = |name: &str, value: String, source: &str| Assumption {
        name: name.to_owned(),
        value,
        source: source.to_owned(),
    };
    let rate = |name: &str, rate: Rate, of: &str, over: &str| match rate.counted_over {
        Some(counted) => told(name, format!("{} in a thousand {of}, over {counted} {over}", rate.per_mille), "record"),
        None => told(name, format!("{} in a thousand {of}", rate.per_mille), "policy"),
    };
    vec![
        rate("failed_attempts", rates.failed, "attempts at the door", "attempts"),
        rate("events", rates.events, "offenders a year", "years managed"),
        rate("sickness", rates.sickness, "days of duty", "days"),
        told("spell_of_sickness", format!("{} days of duty", policy.sickness_days), "policy"),
        told("courses_of_events", policy.scenarios.to_string(), "policy"),
        told("officers_added_at_most", policy.most_added_officers.to_string(), "policy"),
        told("added_officers", "on the team's commonest shifts, with every skill that a plan asks for, and sent to no case of limited access".to_owned(), "design"),
        told("failed_attempt", "costs a visit more, within the policy's days".to_owned(), "design"),
        told("event", "costs a visit more; the plan's own dates stay".to_owned(), "design"),
    ]
}
