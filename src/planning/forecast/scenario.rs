//! Courses of events: the same team over the same weeks, with sickness, failed attempts and events drawn from the seed.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::added::reference;
use super::rates::Rates;
use super::{ForecastError, Rules, TeamInput};
use crate::domain::calendar::{CivilDate, dates, plus_days};
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::risk_management_plan::VisitInterval;
use crate::planning::snapshot::{Demand, DueReason, DueRule, OnDuty, Snapshot, Window};

/// Attempts in a row at most that fail in a course of events.
const MOST_FAILED_IN_A_ROW: u32 = 5;

/// Days in a year, for rates.
const YEAR: u32 = 365;

/// Tells the chances of officers apart: an odd number of many bits (the 64-bit golden ratio).
const APART: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a course of events adds to the team's visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Visits again after a failed attempt.
    pub retries: usize,
    /// Visits that events ask for.
    pub events: usize,
}

/// Whether something of so many in a thousand comes about.
fn comes_about(chance: &mut Pcg64, per_mille: u32) -> bool {
    chance.random_ratio(per_mille.min(1_000), 1_000)
}

/// Takes sick days off officers: spells of so many days of duty. Each officer has a chance of their own, so that one more
/// changes nothing for the others.
pub fn sicken(officers: &mut [OnDuty], rates: Rates, days: u32, seed: u64) {
    let begins_per_mille = rates.sickness.per_mille / days.max(1);
    for (number, officer) in officers.iter_mut().enumerate() {
        let apart = APART.wrapping_mul(u64::try_from(number).unwrap_or_default() + 1);
        let mut chance = Pcg64::seed_from_u64(seed ^ apart);
        let mut sick_for = 0;
        officer.duties.retain(|_| {
            if comes_about(&mut chance, begins_per_mille) && sick_for == 0 {
                sick_for = days;
            }
            let is_well = sick_for == 0;
            sick_for = sick_for.saturating_sub(1);
            is_well
        });
    }
}

/// The snapshot with visits again after failed attempts, and with visits that events ask for. Each is one more visit, at
/// the same place and as long; what it does to the plan's own dates is left out.
///
/// # Errors
/// Never for names of this program's.
pub fn with_more_visits(team: &TeamInput, rules: Rules<'_>, seed: u64) -> Result<(Snapshot, Added), ForecastError> {
    let mut chance = Pcg64::seed_from_u64(seed);
    let mut snapshot = team.snapshot.clone();
    let (mut more, mut added) = (Vec::new(), Added::default());
    let events_a_week = team.rates.events.per_mille.saturating_mul(7);
    for demand in &team.snapshot.demands {
        for on in ideal_days(demand, &team.snapshot) {
            let mut tried = on;
            let mut failed = 0;
            while failed < MOST_FAILED_IN_A_ROW && comes_about(&mut chance, team.rates.failed.per_mille) {
                let window = Window {
                    earliest: plus_days(tried, 1),
                    ideal: plus_days(tried, 1),
                    latest: plus_days(tried, rules.policy.failed_attempt_days),
                };
                more.push((demand, DueRule::FailedAttempt, window, tried));
                tried = window.latest;
                failed += 1;
            }
        }
    }
    for demand in team.snapshot.demands.iter().chain(&team.later) {
        for on in dates(team.snapshot.horizon.from, team.snapshot.horizon.until).step_by(7) {
            if chance.random_ratio(events_a_week.min(1_000 * YEAR), 1_000 * YEAR) {
                let on = plus_days(on, chance.random_range(0..7));
                let days = team.snapshot.policy.event_visit_working_days;
                let latest = rules.bank_holidays.plus_working_days(on, days);
                more.push((demand, DueRule::RiskRelevantIntelligence, Window { earliest: on, ideal: on, latest }, on));
            }
        }
    }
    for (like, rule, window, on) in more {
        if window.ideal > like.last_day_due(team.snapshot.horizon) {
            continue;
        }
        let is_event = rule == DueRule::RiskRelevantIntelligence;
        added.events += usize::from(is_event);
        added.retries += usize::from(!is_event);
        let name = format!("visit-{}", added.events + added.retries);
        let offender_ref = reference(&team.snapshot, &name)
            .map_err(|error| Refusal::new(RefusalCode::NotAcceptable, error.to_string()))?;
        let why = DueReason {
            rule,
            plan_ref: None,
            interval: None,
            step_until: None,
            counted_from: on,
            fact: if is_event { "an event is supposed" } else { "an attempt is supposed to fail" }.to_owned(),
            record_ref: None,
            last_qualifying_visit_on: like.why.last_qualifying_visit_on,
        };
        snapshot.demands.push(Demand { offender_ref, window, why, recurrence: None, ..like.clone() });
    }
    snapshot.demands.sort_by(|a, b| a.offender_ref.cmp(&b.offender_ref));
    Ok((snapshot, added))
}

/// The days on which an offender's visits are best in the days foreseen, as if each were made on its ideal day.
fn ideal_days(demand: &Demand, snapshot: &Snapshot) -> Vec<CivilDate> {
    let last_day = demand.last_day_due(snapshot.horizon);
    let mut days = Vec::new();
    let mut next = Some(demand.window.ideal.max(snapshot.horizon.from)).filter(|day| *day <= last_day);
    while let Some(day) = next {
        days.push(day);
        next = demand.recurrence.as_ref().and_then(|recurrence| {
            let (interval, _) = VisitInterval::in_force(recurrence.interval, &recurrence.steps, day);
            Some(plus_days(day, interval.interval_days.max(1))).filter(|day| *day <= last_day)
        });
    }
    days
}
