//! Policy of allocation proposals: which officers are put forward for a case, and what weighs against what.
//!
//! Marks as in [`super::policy`]. No published rule says how cases are to be shared out: the inspectorate found caseloads over
//! the guideline and cases that were left with a supervisor (HMICFRS, Dorset 2021 and 2022, Cambridgeshire 2024).

use serde::{Deserialize, Serialize};

/// What speaks against a manager for a case, in points. Workload is the square of each manager's, against their capacity:
/// a medium case (2) passes for 32 points to somebody whose workload is ten lighter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationCosts {
    /// A kilometre between the case's home and the manager's nearest cases. `[I]`
    pub kilometre: u32,
    /// The manager has not managed the case before. `[I]`
    pub not_earlier_manager: u32,
    /// A skill that the case's visits ask for and the manager has not: somebody else in the crew needs it. `[I]`
    pub skill_missing: u32,
}

/// The numbers of allocation proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationPolicy {
    /// Minutes of shifts in a full week: who works fewer takes so much less. `[M]` Police Regulations 2003, reg. 22: 40 hours
    pub full_time_minutes: u32,
    /// Whether only officers who hold the courses that their post needs are put forward. `[I]` (HMICFRS, Dorset 2021: officers
    /// lacked them)
    pub needs_courses: bool,
    /// Days within which nobody who is put forward leaves their post. `[I]`
    pub stays_days: u32,
    /// What a case in custody, in hospital, abroad or missing weighs beside one in the community, in percent: it is in no limit,
    /// and still work. `[I]`
    pub elsewhere_percent: u32,
    /// How many of a manager's cases, the nearest to the home, the distance is the mean of. `[I]`
    pub nearest_cases: usize,
    /// What speaks against a manager for a case.
    pub costs: AllocationCosts,
}
