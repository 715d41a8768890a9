//! Policy of the dashboards: how figures are banded, and when one says that something is wrong at large.
//!
//! Marks as in [`super::policy`].

use serde::{Deserialize, Serialize};

/// The numbers of the dashboards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DashboardPolicy {
    /// The last day of each band of days overdue: a week, four weeks, a quarter, half a year, a year. `[I]`
    pub overdue_bands_days: Vec<u32>,
    /// The last hour of each band of a breach's age: three days, a week, four weeks, a quarter. `[I]`
    pub breach_bands_hours: Vec<u32>,
    /// A flag on more than this percent of the cases in the community is one finding about the team. `[I]`
    pub systemic_percent: u32,
    /// Days ahead that the end of a course is announced. `[I]`
    pub training_notice_days: u32,
    /// Days for which a post that its holder left is shown, cases or none. `[I]`
    pub vacancy_shown_days: u32,
    /// How many of the worst a dashboard shows itself; the list has them all. `[I]`
    pub worst_shown: usize,
}
