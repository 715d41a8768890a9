//! The intervals that a proposal achieves, beside those that the plans ask for: plans that say 90 must not live at 100.

use std::collections::BTreeMap;

use serde::Serialize;

use super::proposal::Proposal;
use crate::domain::calendar::days_between;
use crate::domain::offender::RiskLevel;

/// Intervals of one ARMS level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Achieved {
    /// The level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// Planned visits whose window a plan's interval gave and had not passed when planning began.
    pub visits: u32,
    /// The mean of days from the visit before to the one planned, over the days that the plan asks for.
    pub mean_ratio: f64,
}

/// The intervals that proposals achieve, the highest level first.
#[must_use]
pub fn achieved<'a>(proposals: impl IntoIterator<Item = &'a Proposal>) -> Vec<Achieved> {
    let mut by_risk: BTreeMap<Option<RiskLevel>, (u32, f64)> = BTreeMap::new();
    for proposal in proposals {
        for visit in &proposal.visits {
            let Some(interval) = visit.why.interval.filter(|_| visit.window.latest >= proposal.horizon.from) else {
                continue;
            };
            let days = i32::try_from(days_between(visit.why.counted_from, visit.date)).unwrap_or_default();
            let (visits, sum) = by_risk.entry(visit.risk).or_default();
            *visits += 1;
            *sum += f64::from(days) / f64::from(interval.interval_days.max(1));
        }
    }
    let mean = |(risk, (visits, sum)): (_, (u32, f64))| Achieved { risk, visits, mean_ratio: sum / f64::from(visits) };
    by_risk.into_iter().rev().map(mean).collect()
}
