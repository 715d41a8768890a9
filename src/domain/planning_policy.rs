//! Policy of planning: the numbers by which visits are scheduled, each with its source and mark.
//!
//! Marks as in [`super::policy`]: `[S]` seen in a public source, `[M]` from general knowledge, `[I]` a
//! design reading. A snapshot carries these numbers, so that an old proposal can be judged by them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::offender::RiskLevel;
use super::risk_management_plan::TimeWindow;

/// How much a day late, or a visit not made, weighs by ARMS level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskWeights {
    /// Very high. `[I]`
    pub very_high: u32,
    /// High. `[I]`
    pub high: u32,
    /// Medium. `[I]`
    pub medium: u32,
    /// Low. `[I]`
    pub low: u32,
    /// No current assessment: what is not known never lowers supervision, so as high. `[I]`
    pub unknown: u32,
}

impl RiskWeights {
    /// The weight of a level.
    #[must_use]
    pub const fn of(&self, risk: Option<RiskLevel>) -> u32 {
        match risk {
            Some(RiskLevel::VeryHigh) => self.very_high,
            Some(RiskLevel::High) => self.high,
            Some(RiskLevel::Medium) => self.medium,
            Some(RiskLevel::Low) => self.low,
            None => self.unknown,
        }
    }
}

/// How long the road takes where no road matrix is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TravelPolicy {
    /// The road's length in percent of the great circle's. `[I]`
    pub detour_percent: u32,
    /// Speed in town, km/h. `[I]`
    pub town_kmh: u32,
    /// Speed outside, km/h. `[I]`
    pub open_kmh: u32,
    /// How many metres of a journey, at its two ends together, are in town. `[I]`
    pub town_metres: u32,
}

/// The break within a crew's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakPolicy {
    /// A day longer than this many minutes has a break. `[M]` Working Time Regulations 1998, reg. 12
    pub if_longer_than_minutes: u32,
    /// How many minutes it lasts; the Regulations ask for 20. `[M]`
    pub minutes: u32,
    /// It begins no earlier than this many minutes after the day begins. `[I]`
    pub not_before_minutes: u32,
    /// It begins no later than this many minutes after the day begins. `[I]`
    pub begun_by_minutes: u32,
}

/// What the second part of the objective weighs, in seconds of travel. Lateness and visits not made
/// come strictly before all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostPolicy {
    /// A visit by a crew without the offender's own manager. `[I]`
    pub without_manager: u32,
    /// A day before the ideal day. `[I]`
    pub day_early: u32,
    /// A day after the ideal day: dearer, so that a plan of 90 days does not live at 100. `[I]`
    pub day_late_of_ideal: u32,
    /// A day off the one drawn for an unannounced visit, in place of the two before: no window then has a day that can be
    /// guessed. Nothing is drawn where it is 0. `[I]`
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub off_drawn_day: u32,
    /// A visit on another day, or by another crew, than in the accepted schedule. `[I]`
    pub moved: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_nothing(number: &u32) -> bool {
    *number == 0
}

/// The numbers of planning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanningPolicy {
    /// Working days within which an offender is visited after risk-relevant intelligence, a breach or
    /// a raised ARMS level. `[I]`
    pub event_visit_working_days: u32,
    /// Working days ahead in which accepted visits stay as they are. `[I]`
    pub frozen_working_days: u32,
    /// Minutes of a visit that no plan describes. `[I]`
    pub default_visit_minutes: u32,
    /// When other agencies go along on a joint visit, unless agreed otherwise. `[I]`
    pub joint_agency_hours: TimeWindow,
    /// The fewest minutes that two officers must share to be paired for a day. `[I]`
    pub shortest_crew_day_minutes: u32,
    /// Days of lateness that a visit not made counts for, on top of those to the horizon's end. `[I]`
    pub unmet_days: u32,
    /// Weights by risk.
    pub risk_weights: RiskWeights,
    /// Travel.
    pub travel: TravelPolicy,
    /// Breaks.
    pub breaks: BreakPolicy,
    /// How much of the time that a crew's day has to spare may pass before it sets out, in percent: how much does is drawn for each day
    /// with an unannounced visit, so that mornings are no surer than afternoons. Nothing is drawn where it is 0. `[I]`
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub drawn_setting_out_percent: u32,
    /// Costs.
    pub costs: CostPolicy,
}
