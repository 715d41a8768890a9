//! A team's backlog, weighed, and what is left of it with moves.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::added::hours_on;
use super::crew_move::Move;
use super::{ForecastError, TeamInput, is_for_want_of_a_crew, is_missed};
use crate::domain::calendar::{CivilDate, dates, days_between};
use crate::domain::reference::Ref;
use crate::planning::checker::check;
use crate::planning::proposal::{Proposal, Unplaced, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::{Parent, Snapshot};

/// A backlog's weight and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight {
    /// Risk-weighted days.
    pub weighted_days: u64,
    /// Visits.
    pub visits: usize,
}

/// The counted visits whose window has ended without them.
pub(super) fn missed<'a>(team: &'a TeamInput, proposal: &'a Proposal) -> impl Iterator<Item = &'a Unplaced> {
    let counted = proposal.unplaced.iter().filter(|unplaced| !team.uncounted.contains(&unplaced.offender_ref));
    counted.filter(|unplaced| is_missed(unplaced, proposal.horizon))
}

/// The weight of what a plan leaves for want of a crew.
#[must_use]
pub fn weigh(team: &TeamInput, proposal: &Proposal) -> Weight {
    let weights: BTreeMap<&Ref, u64> = weights(team);
    let left = missed(team, proposal).filter(|unplaced| is_for_want_of_a_crew(unplaced.reason));
    let unmet = u64::from(team.snapshot.policy.unmet_days);
    left.fold(Weight { weighted_days: 0, visits: 0 }, |sum, unplaced| {
        let late = unplaced.window.map_or(0, |window| days_between(window.latest, proposal.horizon.until) + 1);
        let weight = weights.get(&unplaced.offender_ref).copied().unwrap_or_default();
        let days = u64::try_from(late).unwrap_or_default() + unmet;
        Weight { weighted_days: sum.weighted_days + weight * days, visits: sum.visits + 1 }
    })
}

fn weights(team: &TeamInput) -> BTreeMap<&Ref, u64> {
    let policy = &team.snapshot.policy.risk_weights;
    let demands = team.snapshot.demands.iter();
    demands.map(|demand| (&demand.offender_ref, u64::from(policy.of(demand.risk)))).collect()
}

/// A team whose backlog is looked at.
#[derive(Debug)]
pub struct Desk<'a> {
    pub(super) team: &'a TeamInput,
    /// The team with its plan, all of which stays.
    settled: TeamInput,
    budget: Budget,
}

impl<'a> Desk<'a> {
    /// A team with the plan whose backlog is to be cleared.
    #[must_use]
    pub fn new(team: &'a TeamInput, first: &Proposal, budget: Budget) -> Self {
        let mut settled = team.clone();
        let visits = first.visits.iter().map(|visit| visit.accepted(true));
        settled.snapshot.parent = Some(Parent { proposal_id: first.id, visits: visits.collect() });
        Self { team, settled, budget }
    }

    fn with(team: &TeamInput, moves: &[Move]) -> Result<Snapshot, ForecastError> {
        let mut team = team.clone();
        for (number, one) in moves.iter().enumerate() {
            for officer in one.officers(&team.snapshot, number + 1)? {
                team.take_on(officer);
            }
        }
        Ok(team.snapshot)
    }

    /// What is left once a move is made besides others, the rest staying as it is.
    pub(super) fn glance(&self, moves: &[Move]) -> Result<(Weight, Proposal), ForecastError> {
        let snapshot = Self::with(&self.settled, moves)?;
        let proposal = propose(&snapshot, Budget { iterations: 0, ..self.budget }, |_| {})?;
        Ok((weigh(self.team, &proposal), proposal))
    }

    /// The least that is left with these moves: with what is planned staying as it is, at once or after a search, or with
    /// all planned anew.
    ///
    /// # Errors
    /// As [`super::forecast`].
    pub fn settle(&self, moves: &[Move]) -> Result<(Weight, Proposal), ForecastError> {
        let mut best: Option<(Weight, Proposal)> = None;
        for (team, iterations) in
            [(&self.settled, 0), (&self.settled, self.budget.iterations), (self.team, self.budget.iterations)]
        {
            let snapshot = Self::with(team, moves)?;
            let proposal = propose(&snapshot, Budget { iterations, ..self.budget }, |_| {})?;
            match check(&snapshot, &proposal).len() {
                0 => {}
                broken => return Err(ForecastError::Condemned(broken)),
            }
            let weight = weigh(self.team, &proposal);
            if best.as_ref().is_none_or(|(least, _)| weight < *least) {
                best = Some((weight, proposal));
            }
            if weight.visits == 0 {
                break;
            }
        }
        best.ok_or(ForecastError::Unmade)
    }

    /// The days on which most weight is waiting and somebody of the team works on that weekday, so many of them.
    pub(super) fn days(&self, proposal: &Proposal, most: usize) -> Vec<CivilDate> {
        let (weights, horizon) = (weights(self.team), proposal.horizon);
        let mut waiting: BTreeMap<CivilDate, u64> = BTreeMap::new();
        let left = missed(self.team, proposal).filter(|unplaced| is_for_want_of_a_crew(unplaced.reason));
        for (unplaced, window) in left.filter_map(|unplaced| Some((unplaced, unplaced.window?))) {
            let last = if window.latest < horizon.from { horizon.until } else { window.latest.min(horizon.until) };
            for date in dates(window.earliest.max(horizon.from), last) {
                *waiting.entry(date).or_default() += weights.get(&unplaced.offender_ref).copied().unwrap_or_default();
            }
        }
        let mut days: Vec<(Reverse<u64>, CivilDate)> = waiting
            .into_iter()
            .filter(|(date, _)| hours_on(&self.team.snapshot, *date).is_some())
            .map(|(date, weight)| (Reverse(weight), date))
            .collect();
        days.sort_unstable();
        days.into_iter().take(most).map(|(_, date)| date).collect()
    }
}
