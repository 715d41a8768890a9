//! Caseloads: how many offenders in the community an officer manages, and how much work they are.
//!
//! Forces with over-guideline caseloads were found to visit late (HMICFRS: Dorset 2022, Cambridgeshire 2024). The plain
//! count stands beside a workload that weighs each case by its ARMS level \[I\]: advice, which no limit is tied to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::offender::RiskLevel;
use super::officer::Officer;
use super::policy::Policy;
use super::reference::Ref;

/// How many cases there are, and how much they weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Offenders in the community.
    pub cases: u32,
    /// The same, each weighed by its risk.
    pub workload: u32,
}

impl Load {
    /// The same with one case more.
    pub fn add(&mut self, level: Option<RiskLevel>, policy: &Policy) {
        self.cases = self.cases.saturating_add(1);
        self.workload = self.workload.saturating_add(policy.workload_weights.of(level));
    }
}

/// How a caseload stands to its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadState {
    /// Neither high nor over its limit.
    WithinLimits,
    /// High: the flag `caseload_high`.
    High,
    /// Over its limit: the flag `caseload_over_limit`.
    OverLimit,
}

/// The limits of one officer's caseload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The most cases they should manage: their own maximum, else the policy's.
    pub limit: u32,
    /// More than this is high.
    pub high_over: u32,
}

impl Limits {
    /// An officer's limits.
    #[must_use]
    pub fn of(officer: &Officer, policy: &Policy) -> Self {
        Self { limit: officer.max_caseload.unwrap_or(policy.caseload_limit), high_over: policy.caseload_high }
    }

    /// How so many cases stand to them.
    #[must_use]
    pub const fn state(self, cases: u32) -> LoadState {
        if cases > self.limit {
            LoadState::OverLimit
        } else if cases > self.high_over {
            LoadState::High
        } else {
            LoadState::WithinLimits
        }
    }
}

/// The officer whom a case in the community is currently allocated to; nobody of any other case.
fn holder(case: &CaseFile, at: Moment) -> Option<&Ref> {
    case.current_allocation(at).filter(|_| case.is_in_community(at))?.officer_ref.as_ref()
}

/// Offenders in the community, counted and weighed by the officer whom they are currently allocated to.
#[must_use]
pub fn loads<'a>(cases: impl Iterator<Item = &'a CaseFile>, at: Moment, policy: &Policy) -> BTreeMap<&'a Ref, Load> {
    let mut loads: BTreeMap<&Ref, Load> = BTreeMap::new();
    for case in cases {
        if let Some(holder) = holder(case, at) {
            loads.entry(holder).or_default().add(case.arms_level(at), policy);
        }
    }
    loads
}

/// A case that is to pass to an officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Whose case.
    pub offender_ref: Ref,
    /// To whom.
    pub officer_ref: Ref,
}

/// What moving cases does to one officer's caseload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The officer.
    pub officer_ref: Ref,
    /// What they manage now.
    pub before: Load,
    /// What they would manage.
    pub after: Load,
    /// Their limits.
    pub limits: Limits,
}

impl Effect {
    /// How the caseload stands now.
    #[must_use]
    pub const fn state_before(&self) -> LoadState {
        self.limits.state(self.before.cases)
    }

    /// How it would stand.
    #[must_use]
    pub const fn state_after(&self) -> LoadState {
        self.limits.state(self.after.cases)
    }
}

/// What the moves do, as if made today, to the caseload of every officer who gives or takes a case, by reference. Only
/// these cases are counted: those that whoever asks may see.
#[must_use]
pub fn effects(
    force: &ForceFile,
    seen: impl Fn(&CaseFile) -> bool,
    moves: &[Move],
    (at, policy): (Moment, &Policy),
) -> Vec<Effect> {
    let cases: Vec<&CaseFile> = force.cases.values().filter(|case| seen(case)).collect();
    let before = loads(cases.iter().copied(), at, policy);
    let to: BTreeMap<&Ref, &Ref> = moves.iter().map(|made| (&made.offender_ref, &made.officer_ref)).collect();
    let mut after: BTreeMap<&Ref, Load> = BTreeMap::new();
    let mut concerned: BTreeSet<&Ref> = to.values().copied().collect();
    for case in cases {
        let taken_by = to.get(&case.offender_ref).copied();
        let held_by = case.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        if taken_by.is_some() {
            concerned.extend(held_by);
        }
        if let Some(manager) = taken_by.or(held_by).filter(|_| case.is_in_community(at)) {
            after.entry(manager).or_default().add(case.arms_level(at), policy);
        }
    }
    let effect = |officer_ref: &Ref| {
        let officer = force.officers.get(officer_ref)?;
        Some(Effect {
            officer_ref: officer_ref.clone(),
            before: before.get(officer_ref).copied().unwrap_or_default(),
            after: after.get(officer_ref).copied().unwrap_or_default(),
            limits: Limits::of(officer, policy),
        })
    };
    concerned.into_iter().filter_map(effect).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    #[test]
    fn a_caseload_stands_to_its_limits() {
        let limits = Limits { limit: 60, high_over: 50 };
        let own = Limits { limit: 40, high_over: 50 };
        for (limits, cases, state) in [
            (limits, 0, LoadState::WithinLimits),
            (limits, 50, LoadState::WithinLimits),
            (limits, 51, LoadState::High),
            (limits, 60, LoadState::High),
            (limits, 61, LoadState::OverLimit),
            (own, 40, LoadState::WithinLimits),
            (own, 41, LoadState::OverLimit),
        ] {
            assert_eq!(limits.state(cases), state, "{limits:?} {cases}");
        }
    }

    #[test]
    fn a_move_weighs_on_whoever_gives_and_whoever_takes_the_case() {
        let policies = Policies::built_in().unwrap();
        let to = |officer: &str| Move { offender_ref: Ref::new("o").unwrap(), officer_ref: Ref::new(officer).unwrap() };
        // Medium weighs 2, high 4, no assessment as high; somebody in custody is nobody's caseload.
        for (world, to, expected) in [
            (World::in_order(), to("sup"), vec![("om", 1, 2, 0, 0), ("sup", 0, 0, 1, 2)]),
            (World::in_order(), to("om"), vec![("om", 1, 2, 1, 2)]),
            (
                World::in_order().set(RecordKind::ArmsAssessment, "s", json!({"overall": "high"})),
                to("sup"),
                vec![("om", 1, 4, 0, 0), ("sup", 0, 0, 1, 4)],
            ),
            (
                World::in_order().without(RecordKind::ArmsAssessment, "s"),
                to("sup"),
                vec![("om", 1, 4, 0, 0), ("sup", 0, 0, 1, 4)],
            ),
            (
                World::in_order().set(RecordKind::Offender, "o", json!({"status": "custody"})),
                to("sup"),
                vec![("om", 0, 0, 0, 0), ("sup", 0, 0, 0, 0)],
            ),
        ] {
            let (force, at) = (world.force_file(), world.moment());
            let policy = policies.in_force(at.today()).unwrap();
            let found: Vec<_> = effects(&force, |_| true, std::slice::from_ref(&to), (at, policy))
                .into_iter()
                .map(|it| {
                    let Effect { officer_ref, before, after, .. } = it;
                    (officer_ref.to_string(), before.cases, before.workload, after.cases, after.workload)
                })
                .collect();
            let expected: Vec<_> =
                expected.into_iter().map(|(officer, a, b, c, d)| (officer.to_owned(), a, b, c, d)).collect();
            assert_eq!(found, expected);
            assert_eq!(effects(&force, |_| false, &[to], (at, policy)).iter().map(|it| it.after.cases).sum::<u32>(), 0);
        }
    }
}
