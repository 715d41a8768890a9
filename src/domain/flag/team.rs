//! Teams: the rigid grid typed into individual plans is still the rigid grid.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Finding;
use crate::domain::case_file::ForceFile;
use crate::domain::moment::Moment;
use crate::domain::offender::RiskLevel;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// The intervals of the old grid, in days (1, 3, 6 and 12 months: pre-2017 practice).
pub(in crate::domain) const GRID_DAYS: [u32; 4] = [30, 91, 182, 365];

/// How far from the grid an interval may lie and still be on it, in days (the rule's definition).
pub(in crate::domain) const GRID_TOLERANCE_DAYS: u32 = 3;

/// At one ARMS level, among a team's offenders in the community whose current plan has a visit
/// requirement (at least 10): enough of the requirement's own intervals lie on the grid, or one
/// single value stands in enough of them. Raised for the team whether or not its record has come.
pub(super) fn plans_follow_grid<'a>(force: &'a ForceFile, at: Moment, policy: &Policy) -> Vec<(&'a Ref, Finding)> {
    let mut intervals: BTreeMap<&Ref, BTreeMap<RiskLevel, Vec<u32>>> = BTreeMap::new();
    for case in force.cases.values().filter(|case| case.is_in_community(at)) {
        if let (Some(level), Some(requirement)) = (case.arms_level(at), case.visit_requirement(at)) {
            let levels = intervals.entry(&case.offender.team_ref).or_default();
            levels.entry(level).or_default().push(requirement.interval.interval_days);
        }
    }
    intervals
        .into_iter()
        .filter_map(|(team, levels)| {
            let rigid: Vec<Value> =
                levels.iter().filter_map(|(level, days)| rigid_level(*level, days, policy)).collect();
            (!rigid.is_empty()).then(|| (team, Finding::of(json!({ "levels": rigid }))))
        })
        .collect()
}

fn rigid_level(level: RiskLevel, days: &[u32], policy: &Policy) -> Option<Value> {
    let on_grid = days.iter().filter(|days| GRID_DAYS.iter().any(|grid| grid.abs_diff(**days) <= GRID_TOLERANCE_DAYS));
    let on_grid = on_grid.count();
    let mut spread: BTreeMap<u32, usize> = BTreeMap::new();
    for value in days {
        *spread.entry(*value).or_default() += 1;
    }
    let commonest = spread.values().copied().max().unwrap_or_default();
    let follows = on_grid * 100 >= policy.grid_percent * days.len()
        || commonest * 100 >= policy.grid_single_value_percent * days.len();
    (days.len() >= policy.grid_min_plans && follows)
        .then(|| json!({ "level": level, "plans": days.len(), "on_grid": on_grid, "spread": spread }))
}
