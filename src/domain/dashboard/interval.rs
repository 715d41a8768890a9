//! How the visit intervals of the plans spread: a plan of its own for each, or the old grid typed in.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::risk::{LEVELS, named};
use super::{FlagFigure, Known, count, percent};
use crate::domain::flag::FlagCode;
use crate::domain::flag::team::{GRID_DAYS, GRID_TOLERANCE_DAYS};
use crate::domain::offender::RiskLevel;

/// The visit intervals of current plans of offenders in the community, and what was programmed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = IntervalFigures)]
pub struct Intervals {
    /// By the level of the current ARMS assessment, the highest first; a level without plans is left out.
    pub by_risk: Vec<IntervalSpread>,
    /// Teams whose plans follow the old grid: the flag `plans_follow_grid`.
    pub plans_follow_grid: FlagFigure,
    /// Offenders whose programmed dates run on a rigid grid: the flag `rigid_visit_pattern`.
    pub rigid_visit_pattern: FlagFigure,
}

/// The spread at one level: the days between visits that the plans themselves ask for, not a step's.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IntervalSpread {
    /// `very_high`, `high`, `medium`, `low` or `unknown`.
    pub risk: &'static str,
    /// Plans.
    pub plans: u32,
    /// The shortest interval, in days.
    pub min_days: u32,
    /// A quarter of the plans have this interval or a shorter one (nearest rank), in days.
    pub lower_quartile_days: u32,
    /// Half of the plans do.
    pub median_days: u32,
    /// Three quarters of the plans do.
    pub upper_quartile_days: u32,
    /// The longest interval, in days.
    pub max_days: u32,
    /// How many different intervals there are.
    pub distinct: u32,
    /// The commonest interval, in days; of several, the shortest.
    pub mode_days: u32,
    /// The share of the plans that have it, in percent.
    pub mode_percent: f64,
    /// The share of the plans within 3 days of the old grid's intervals, in percent.
    pub on_grid_percent: f64,
    /// The same, by interval of the grid.
    pub grid: Vec<GridShare>,
}

/// Plans near one interval of the old grid.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GridShare {
    /// The interval, in days: 1, 3, 6 or 12 months.
    pub days: u32,
    /// Plans.
    pub plans: u32,
    /// Their share, in percent.
    pub percent: f64,
}

impl Intervals {
    pub(super) fn of(known: Known<'_>) -> Self {
        let spread = |level: Option<RiskLevel>| {
            let of_level = known.in_community().filter(|case| case.standing.risk == level);
            IntervalSpread::of(named(level), of_level.filter_map(|case| case.standing.interval_days).collect())
        };
        Self {
            by_risk: LEVELS.into_iter().filter_map(spread).collect(),
            plans_follow_grid: known.flagged_staff(FlagCode::PlansFollowGrid),
            rigid_visit_pattern: known.flagged(FlagCode::RigidVisitPattern),
        }
    }
}

impl IntervalSpread {
    /// The spread of these intervals; none where there are none.
    fn of(risk: &'static str, mut days: Vec<u32>) -> Option<Self> {
        days.sort_unstable();
        let (min_days, max_days) = (*days.first()?, *days.last()?);
        let plans = count(days.iter());
        // Nearest rank: the smallest value that so many quarters of the values do not exceed.
        let quartile = |quarters: usize| days.get((days.len() * quarters).div_ceil(4).saturating_sub(1)).copied();
        let mut values: BTreeMap<u32, u32> = BTreeMap::new();
        for value in &days {
            *values.entry(*value).or_default() += 1;
        }
        let (mode_days, commonest) =
            values.iter().rev().max_by_key(|(_, plans)| **plans).map(|(days, plans)| (*days, *plans))?;
        let near = |grid: u32| count(days.iter().filter(|days| grid.abs_diff(**days) <= GRID_TOLERANCE_DAYS));
        let grid = GRID_DAYS.map(|days| GridShare { days, plans: near(days), percent: percent(near(days), plans) });
        Some(Self {
            risk,
            plans,
            min_days,
            lower_quartile_days: quartile(1)?,
            median_days: quartile(2)?,
            upper_quartile_days: quartile(3)?,
            max_days,
            distinct: count(values.keys()),
            mode_days,
            mode_percent: percent(commonest, plans),
            on_grid_percent: percent(grid.iter().map(|share| share.plans).sum(), plans),
            grid: grid.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_tells_a_grid_from_plans_of_their_own() {
        let spread = IntervalSpread::of("medium", vec![182, 91, 182, 60, 185, 182, 100, 365]).unwrap();
        assert_eq!((spread.plans, spread.min_days, spread.max_days, spread.distinct), (8, 60, 365, 6));
        let quartiles = (spread.lower_quartile_days, spread.median_days, spread.upper_quartile_days);
        assert_eq!(quartiles, (91, 182, 182));
        assert_eq!((spread.mode_days, spread.mode_percent, spread.on_grid_percent), (182, 37.5, 75.0));
        assert_eq!(spread.grid.iter().map(|share| share.plans).collect::<Vec<_>>(), [0, 1, 4, 1]);
        assert_eq!(IntervalSpread::of("low", vec![]), None);
        let one = IntervalSpread::of("low", vec![90, 80]).unwrap();
        assert_eq!((one.lower_quartile_days, one.median_days, one.upper_quartile_days), (80, 80, 90));
        assert_eq!(one.mode_days, 80, "of several the shortest");
    }
}
