//! Which manager each case goes to, what that costs, and what a step from it would: one case taken, moved, or two swapped.

use super::cost::{Costs, Parts};
use super::manager::{Holding, Manager};
use super::question::Question;

/// Which manager each case goes to, and what each manager then has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// By case; nobody where empty.
    pub by_case: Vec<Option<usize>>,
    /// By manager.
    pub holdings: Vec<Holding>,
}

impl Assignment {
    /// Nobody has taken anything.
    #[must_use]
    pub fn none(question: &Question) -> Self {
        Self {
            by_case: vec![None; question.cases.len()],
            holdings: question.managers.iter().map(|manager| manager.held).collect(),
        }
    }

    /// Gives a case to a manager, whoever had it.
    pub fn give(&mut self, costs: &Costs<'_>, case: usize, manager: usize) {
        let adds = costs.adds(case);
        if let Some(before) = self.by_case[case].replace(manager) {
            self.holdings[before] = self.holdings[before].without(adds);
        }
        self.holdings[manager] = self.holdings[manager].with(adds);
    }

    /// True where a manager may take a case on: one elsewhere is in no limit.
    #[must_use]
    pub fn has_room(&self, costs: &Costs<'_>, case: usize, manager: usize) -> bool {
        let Manager { limit, .. } = costs.question.managers[manager];
        !costs.question.cases[case].facts.in_community || self.holdings[manager].load.cases < limit
    }

    /// What it costs, and of that what the managers' workloads do.
    #[must_use]
    pub fn cost(&self, costs: &Costs<'_>) -> (Parts, i64) {
        let mut parts = Parts::default();
        for (case, manager) in self.by_case.iter().enumerate() {
            if let Some(pair) = manager.and_then(|manager| costs.pair(case, manager)) {
                parts.distance += pair.cost.distance;
                parts.continuity += pair.cost.continuity;
                parts.skills += pair.cost.skills;
            }
        }
        let holdings = self.holdings.iter().enumerate();
        (parts, holdings.map(|(manager, holding)| costs.unevenness(manager, holding.burden)).sum())
    }

    /// What it costs more if a manager, who does not have it, takes a case on; nothing where the case shuts them out.
    #[must_use]
    pub fn taking(&self, costs: &Costs<'_>, case: usize, manager: usize) -> Option<i64> {
        let burden = self.holdings[manager].burden;
        let after = burden.saturating_add(costs.adds(case).burden);
        Some(
            costs.pair(case, manager)?.cost.total() + costs.unevenness(manager, after)
                - costs.unevenness(manager, burden),
        )
    }

    /// What it costs more if another manager takes a case over; nothing where the case shuts them out, or is nobody's.
    #[must_use]
    pub fn moving(&self, costs: &Costs<'_>, case: usize, to: usize) -> Option<i64> {
        let from = self.by_case[case]?;
        let burden = self.holdings[from].burden;
        let left = burden.saturating_sub(costs.adds(case).burden);
        let saved =
            costs.pair(case, from)?.cost.total() + costs.unevenness(from, burden) - costs.unevenness(from, left);
        Some(self.taking(costs, case, to)? - saved)
    }

    /// What it costs more if two cases change hands; nothing where either shuts out the other's manager, or is nobody's.
    #[must_use]
    pub fn swapping(&self, costs: &Costs<'_>, (a, b): (usize, usize)) -> Option<i64> {
        let (with_a, with_b) = (self.by_case[a]?, self.by_case[b]?);
        let pairs = |x, y| Some(costs.pair(a, x)?.cost.total() + costs.pair(b, y)?.cost.total());
        let (adds_a, adds_b) = (costs.adds(a).burden, costs.adds(b).burden);
        let (has_a, has_b) = (self.holdings[with_a].burden, self.holdings[with_b].burden);
        let before = costs.unevenness(with_a, has_a) + costs.unevenness(with_b, has_b);
        let after = costs.unevenness(with_a, (has_a + adds_b).saturating_sub(adds_a))
            + costs.unevenness(with_b, (has_b + adds_a).saturating_sub(adds_b));
        Some(pairs(with_b, with_a)? - pairs(with_a, with_b)? + after - before)
    }

    /// True where the limits let two cases change hands.
    #[must_use]
    pub fn may_swap(&self, costs: &Costs<'_>, (a, b): (usize, usize)) -> bool {
        let is_in_community = |case: usize| costs.question.cases[case].facts.in_community;
        let has_room = |case: usize, to: Option<usize>| to.is_some_and(|to| self.has_room(costs, case, to));
        match (is_in_community(a), is_in_community(b)) {
            (true, false) => has_room(a, self.by_case[b]),
            (false, true) => has_room(b, self.by_case[a]),
            (true, true) | (false, false) => true,
        }
    }
}
