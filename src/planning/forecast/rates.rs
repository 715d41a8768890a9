//! How often attempts fail and events ask for a visit: from the team's own record where that is long enough, else policy.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::{CivilDate, london_date, minus_days};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::forecast_policy::ForecastPolicy;
use crate::domain::moment::Moment;
use crate::domain::reference::Ref;

/// Days in a year, for rates.
const YEAR: u64 = 365;

/// A rate and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In a thousand.
    pub per_mille: u32,
    /// How much of the record it was counted over (attempts; years that offenders were managed); none where it is the
    /// policy's.
    pub counted_over: Option<u32>,
}

/// What the weeks to come are supposed to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Attempts at the door that fail.
    pub failed: Rate,
    /// Events a year that open a window for a visit: breaches, risk-relevant intelligence, levels raised.
    pub events: Rate,
    /// Days of duty lost to sickness.
    pub sickness: Rate,
}

impl Rates {
    /// The policy's rates.
    #[must_use]
    pub const fn of_policy(policy: &ForecastPolicy) -> Self {
        Self {
            failed: Rate { per_mille: policy.failed_per_mille, counted_over: None },
            events: Rate { per_mille: policy.events_per_mille, counted_over: None },
            sickness: Rate { per_mille: policy.sickness_per_mille, counted_over: None },
        }
    }

    /// The rates of a team, as its record of the policy's days back tells them; `shows` says which cases the reader may see, and the
    /// others are not counted.
    #[must_use]
    pub fn of_record(
        force: &ForceFile,
        team: &Ref,
        shows: impl Fn(&CaseFile) -> bool,
        (at, policy): (Moment, &ForecastPolicy),
    ) -> Self {
        let since = minus_days(at.today(), policy.record_days);
        let (mut attempts, mut failed, mut events, mut cases) = (0_u64, 0_u64, 0_u64, 0_u64);
        let of_team = |case: &&CaseFile| case.offender.team_ref == *team && case.is_in_community(at);
        for case in force.cases.values().filter(of_team).filter(|case| shows(case)) {
            let visits = case.visits_made(at).filter(|visit| visit.date() >= since && visit.mode.is_at_the_door());
            for visit in visits {
                attempts += 1;
                failed += u64::from(visit.is_failed_attempt());
            }
            events += events_since(case, at, since);
            cases += 1;
        }
        let years = cases * u64::from(policy.record_days) / YEAR;
        let of_policy = Self::of_policy(policy);
        Self {
            failed: rate(failed, attempts, policy.least_attempts).unwrap_or(of_policy.failed),
            events: rate(events, years, policy.least_offender_years).unwrap_or(of_policy.events),
            sickness: of_policy.sickness,
        }
    }
}

fn rate(count: u64, over: u64, least: u32) -> Option<Rate> {
    let counted_over = u32::try_from(over).ok()?;
    let per_mille = u32::try_from((count * 1_000).checked_div(over)?).ok()?;
    (over >= u64::from(least)).then_some(Rate { per_mille, counted_over: Some(counted_over) })
}

/// The events since a day that opened a window: see [`crate::planning::due`].
fn events_since(case: &CaseFile, at: Moment, since: CivilDate) -> u64 {
    let breaches = case
        .confirmed_breaches()
        .filter(|held| at.has_happened(held.record.discovered_at) && !held.record.is_no_crime(at))
        .filter(|held| london_date(held.record.discovered_at) >= since);
    let intelligence = case
        .records
        .intelligence
        .iter()
        .filter(|held| held.record.risk_relevant && at.has_happened(held.record.received_at))
        .filter(|held| london_date(held.record.received_at) >= since);
    let assessments = case.assessments_newest_first(at);
    let raised = assessments
        .iter()
        .zip(assessments.iter().skip(1))
        .filter(|(newer, older)| newer.record.overall > older.record.overall && newer.record.assessed_on >= since);
    u64::try_from(breaches.count() + intelligence.count() + raised.count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;

    #[test]
    fn a_case_that_is_hidden_is_not_counted() {
        let world = World::in_order();
        let (force, team, at) = (world.force_file(), Ref::new("t").unwrap(), world.moment());
        let policies = Policies::built_in().unwrap();
        let policy = ForecastPolicy {
            record_days: 365,
            least_attempts: 0,
            least_offender_years: 0,
            ..policies.in_force(at.today()).unwrap().forecast
        };
        let counted = |shows: bool| Rates::of_record(&force, &team, |_| shows, (at, &policy)).events.counted_over;
        assert_eq!((counted(true), counted(false)), (Some(1), None));
    }

    #[test]
    fn a_rate_is_the_records_where_it_was_counted_over_enough() {
        let told = |count, over| rate(count, over, 50).map(|rate| (rate.per_mille, rate.counted_over));
        for (count, over, expected) in [
            (0, 0, None),
            (10, 49, None),
            (10, 50, Some((200, Some(50)))),
            (0, 50, Some((0, Some(50)))),
            (1, 3_000, Some((0, Some(3_000)))),
            (75, 50, Some((1_500, Some(50)))),
        ] {
            assert_eq!(told(count, over), expected, "{count} of {over}");
        }
    }
}
