//! Policy: the numbers that are the force's to set, each with its source and how sure it is.
//!
//! Marks: `[S]` seen in a public source, `[M]` from general knowledge, verify before relying on it,
//! `[I]` a design reading and not a published rule.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::allocation_policy::AllocationPolicy;
use super::calendar::CivilDate;
use super::dashboard_policy::DashboardPolicy;
use super::forecast_policy::ForecastPolicy;
use super::planning_policy::{PlanningPolicy, RiskWeights};

/// The policy built into the program.
const BUILT_IN: &str = include_str!("../../config/policy.json");

/// One dated set of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The name by which flags cite it.
    pub version: String,
    /// First day on which it holds.
    pub effective_from: CivilDate,
    /// Last day on which it holds; empty where none is set.
    pub effective_until: Option<CivilDate>,
    /// Days of absence in a row beyond which an officer's cases count as unallocated. `[I]`
    pub long_absence_days: u32,
    /// Months after which an ARMS assessment is due for review at the latest. `[M]`
    pub arms_max_age_months: u32,
    /// Days a plan may lag behind a newer assessment. `[I]`
    pub plan_lag_days: u32,
    /// Percent of programmed dates that make a pattern rigid. `[I]` (HMICFRS, Dorset 2021)
    pub rigid_pattern_percent: u32,
    /// Days within which the first visit, or the visit to a new address, is due. `[M]` low confidence
    pub first_visit_days: u32,
    /// Days looked back for contact that was remote only. `[I]`
    pub remote_contact_days: u32,
    /// Days looked back for visits made alone. `[I]`
    pub visit_alone_days: u32,
    /// Officers who make a visit. `[S]` APP by way of HMICFRS
    pub crew_min: usize,
    /// Entry attempts before the section 96B prompt. `[S]` SOA 2003 s.96B
    pub failed_before_warrant_prompt: usize,
    /// Failed attempts before it is checked whether the offender lives there. `[I]`
    pub failed_before_residence_check: usize,
    /// Days within which a failed attempt is followed by another. `[M]`
    pub failed_attempt_days: u32,
    /// Days looked back for those attempts. `[I]`
    pub warrant_lookback_days: u32,
    /// Minutes past the time that officers expected to be done, after which a missing finish is an alert. `[I]`
    pub lone_worker_grace_minutes: u32,
    /// Days ahead that the end of notification is announced. `[I]`
    pub notification_end_notice_days: u32,
    /// Months between reviews of reactive management. `[M]`
    pub reactive_review_months: u32,
    /// Years of low assessments that reactive management asks for. `[S]` press 2017
    pub reactive_low_years: u32,
    /// Years of police lead in the community that it asks for. `[S]` HMICFRS, Dorset 2021
    pub reactive_police_lead_years: u32,
    /// Years without a breach that it asks for. `[I]`
    pub reactive_breach_free_years: u32,
    /// Months without risk-relevant intelligence that it asks for. `[I]`
    pub reactive_intelligence_free_months: u32,
    /// Months within which the offender was seen at home. `[M]`
    pub reactive_seen_months: u32,
    /// Hours within which a breach has a crime report. `[M]` national crime recording rules
    pub breach_crime_hours: u32,
    /// Days within which a breach has a decision. `[I]`
    pub breach_decision_days: u32,
    /// Days within which a breach makes risk and plan be looked at again. `[I]` (HMICFRS, Dorset 2021)
    pub breach_review_days: u32,
    /// Hours within which somebody decides on a breach that is suspected. `[I]`
    pub suspected_breach_hours: u32,
    /// Working days within which a detective inspector decides on somebody suspended. `[I]`
    pub reactive_decision_working_days: u32,
    /// Working days within which a change makes reactive management be reviewed. `[I]`
    pub reactive_change_review_working_days: u32,
    /// Hours within which contact with a child is referred, or decided not to be. `[I]`
    pub safeguarding_hours: u32,
    /// Offenders in the community that one officer manages at most. `[S]` Cambridgeshire 2024
    pub caseload_limit: u32,
    /// Offenders in the community beyond which a caseload is high. `[S]` Dorset 2022
    pub caseload_high: u32,
    /// How much an offender in the community weighs in a workload by ARMS level: as many visits as the old grid gave
    /// each level, with the steps between its ends evened out. `[I]`
    pub workload_weights: RiskWeights,
    /// Months within which a current circumstance is confirmed again. `[I]`
    pub circumstance_confirm_months: u32,
    /// Days within which a circumstance is on the national record: forces cite 3 to 5 working days for entries. `[M]`
    pub circumstance_record_days: u32,
    /// Days after the day of a planned visit within which its outcome is recorded: none, for the next visit follows from
    /// it. `[I]`
    pub visit_outcome_grace_days: u32,
    /// Days within which a neighbourhood's officers read its briefing. `[I]` (Merseyside 2018, Dorset 2021: neighbourhood
    /// teams unaware)
    pub briefing_max_age_days: u32,
    /// Hours without a successful exchange with the records system after which what is held counts as stale: a day, so that no night's
    /// feed is missed unnoticed. `[I]`
    pub records_stale_hours: u32,
    /// Fewest guesses of a team's planned visits that show whether they can be guessed. `[I]`
    pub predictable_min_guesses: u32,
    /// Percentage points over pure chance that a guesser may be right. `[I]`
    pub predictable_points: u32,
    /// Fewest plans at one level that show a team's grid. `[I]`
    pub grid_min_plans: usize,
    /// Percent of plans near the old grid's intervals that show it. `[I]`
    pub grid_percent: usize,
    /// Percent of plans with one and the same interval that show it. `[I]`
    pub grid_single_value_percent: usize,
    /// The numbers of the monthly dip sample.
    pub dip_sample: DipSamplePolicy,
    /// The numbers of planning.
    pub planning: PlanningPolicy,
    /// The numbers of forecasts.
    pub forecast: ForecastPolicy,
    /// Days ahead at most that an acknowledged flag is looked at again. `[I]`
    pub acknowledgement_max_days: u32,
    /// Days that an inspection pack spans at most: a year and the month around its ends. `[I]`
    pub inspection_pack_max_days: u32,
    /// The numbers of the dashboards.
    pub dashboard: DashboardPolicy,
    /// The numbers of allocation proposals.
    pub allocation: AllocationPolicy,
}

/// The numbers of the monthly dip sample of a team's cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DipSamplePolicy {
    /// Cases drawn a team and month. `[I]`
    pub cases_a_month: usize,
    /// Percent of them that a second grader judges too. `[I]` (HMICFRS, Dorset 2021: 29 graded good where 4 were)
    pub second_grader_percent: usize,
    /// Cases a team and month that a detective inspector grades at least. `[I]`
    pub inspector_cases_a_month: usize,
}

/// No policy can be had.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The policies cannot be read.
    #[error("the policies cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// None holds on the day asked for.
    #[error("no policy is in force on {0}")]
    NoneInForce(CivilDate),
}

/// Policies, each with the span of days on which it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Policies(Vec<Policy>);

impl Policies {
    /// The policies built into the program.
    ///
    /// # Errors
    /// When they are malformed, which a test rules out.
    pub fn built_in() -> Result<Self, PolicyError> {
        Ok(serde_json::from_str(BUILT_IN)?)
    }

    /// The policy in force on a day: the newest of those that hold.
    ///
    /// # Errors
    /// When there is none.
    pub fn in_force(&self, day: CivilDate) -> Result<&Policy, PolicyError> {
        self.0
            .iter()
            .filter(|policy| policy.effective_from <= day && policy.effective_until.is_none_or(|until| until >= day))
            .max_by_key(|policy| policy.effective_from)
            .ok_or(PolicyError::NoneInForce(day))
    }
}
