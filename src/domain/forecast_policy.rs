//! Policy of forecasts: what is assumed of the weeks to come where the record does not tell, and how much is tried.
//!
//! Marks as in [`super::policy`]: `[I]` is a design reading and not a published rule.

use serde::{Deserialize, Serialize};

/// The numbers of forecasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastPolicy {
    /// Courses of events that the staffing answer is drawn from. `[I]`
    pub scenarios: u32,
    /// Days of the record that rates are taken from. `[I]`
    pub record_days: u32,
    /// Attempts at the door below which a team's own rate of failed ones says too little. `[I]`
    pub least_attempts: u32,
    /// Attempts at the door that fail, in a thousand, where the team's record says too little. `[I]`
    pub failed_per_mille: u32,
    /// Years that its offenders were managed, all together, below which a team's own rate of events says too little. `[I]`
    pub least_offender_years: u32,
    /// Events a year that open a window for a visit, for a thousand offenders, where the team's record says too little. `[I]`
    pub events_per_mille: u32,
    /// Days of duty lost to sickness, in a thousand. `[I]`
    pub sickness_per_mille: u32,
    /// Days of duty that a spell of sickness costs. `[I]`
    pub sickness_days: u32,
    /// Officers added at most to a team's own before it is said that no number of them will do. `[I]`
    pub most_added_officers: usize,
    /// Moves at most in the set that clears a backlog. `[I]`
    pub most_moves: usize,
    /// Days tried for each move: those on which most weight is waiting. `[I]`
    pub days_tried: usize,
}
