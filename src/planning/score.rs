//! What a schedule costs, by component.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The objective's components. Lateness and unmet are risk-weighted days and come strictly first; the
/// rest is in seconds of travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Lateness of the visits planned.
    pub lateness: u64,
    /// Visits not made.
    pub unmet: u64,
    /// Visits by a crew without the offender's own manager.
    pub without_manager: u64,
    /// Travel.
    pub travel: u64,
    /// Days off the ideal day, of visits that are announced, or late already.
    pub drift: u64,
    /// Days off the day drawn, of those that are not.
    #[serde(default)]
    pub off_drawn_day: u64,
    /// Visits moved from the accepted schedule.
    pub moved: u64,
}
