//! A schedule while it is sought: crews by day, each with its visits in order, and what it all costs.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use super::cost::Cost;
use super::crew_day::CrewDay;
use super::problem::Problem;
use crate::planning::constraint::Span;
use crate::planning::constraint::shift::BASE;
use crate::planning::score::Score;

/// A place in a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The day.
    pub day: usize,
    /// The crew among that day's.
    pub crew: usize,
    /// Before which of its visits.
    pub position: usize,
}

/// A schedule while it is sought. What changes in it is marked, so that a step that came to nothing is taken back, and one
/// that did not is taken over, by copying no more than that.
#[derive(Debug, Default)]
pub struct Solution {
    /// Crews by day.
    pub days: Vec<Vec<CrewDay>>,
    /// For each job the days of its visits, in order.
    pub chains: Vec<Vec<usize>>,
    /// What it costs.
    pub cost: Cost,
    /// What each job's days cost.
    chain_costs: Vec<Cost>,
    /// True once a crew's day no longer holds: a break that waiting had served for can be left without room where a visit is
    /// taken out. Such a step is taken back.
    pub is_broken: bool,
    changed: Changed,
}

/// What has changed in a schedule since it was equal to another.
#[derive(Debug, Default)]
struct Changed {
    /// The days whose crews have changed.
    paired: Vec<usize>,
    /// The crews' days whose visits have: day, crew.
    crew_days: Vec<(usize, usize)>,
    /// The jobs whose days have.
    jobs: Vec<usize>,
}

impl Changed {
    fn clear(&mut self) {
        self.paired.clear();
        self.crew_days.clear();
        self.jobs.clear();
    }
}

impl Clone for Solution {
    /// Nothing is marked in a copy: it is equal to what it was copied from.
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    /// Reuses what room there is: the search copies the best schedule each time that it finds a better.
    fn clone_from(&mut self, source: &Self) {
        let Self { days, chains, cost, chain_costs, is_broken, changed: _ } = source;
        self.days.clone_from(days);
        self.chains.clone_from(chains);
        self.chain_costs.clone_from(chain_costs);
        (self.cost, self.is_broken) = (*cost, *is_broken);
        self.changed.clear();
    }
}

impl Solution {
    /// A schedule without crews or visits.
    #[must_use]
    pub fn empty(problem: &Problem<'_>) -> Self {
        let chain_costs: Vec<Cost> = (0..problem.jobs.len()).map(|job| problem.chain_cost(job, &[])).collect();
        Self {
            days: problem.days.iter().map(|_| Vec::new()).collect(),
            chains: vec![Vec::new(); problem.jobs.len()],
            cost: chain_costs.iter().fold(Cost::default(), |sum, cost| sum + *cost),
            chain_costs,
            ..Self::default()
        }
    }

    /// The jobs whose next visit is due and not placed.
    #[must_use]
    pub fn unserved(&self, problem: &Problem<'_>) -> Vec<usize> {
        let due = |job: &usize| problem.next_window(*job, self.chains[*job].last().copied()).is_some();
        (0..self.chains.len()).filter(due).collect()
    }

    /// True when a job fits in at a place; `pinned` fixes when it begins.
    #[must_use]
    pub fn fits(&self, problem: &Problem<'_>, slot: Slot, job: usize, pinned: Option<Span>) -> bool {
        self.days[slot.day][slot.crew].fits(problem, slot.day, job, (slot.position, pinned))
    }

    /// Puts a job's visit in; the caller has seen that it fits.
    pub fn insert(&mut self, problem: &Problem<'_>, slot: Slot, job: usize, pinned: Option<Span>) {
        let Slot { day, crew, position } = slot;
        self.change(day, crew, |crew_day| crew_day.insert(problem, day, job, (position, pinned)));
        self.move_chain(problem, job, |chain| chain.insert(chain.partition_point(|planned| *planned < day), day));
    }

    /// Takes a job's visits out from a day on: those after it are counted from it. Leaves it where a
    /// visit that must stay is among them.
    pub fn remove_from(&mut self, problem: &Problem<'_>, job: usize, day: usize) -> bool {
        let days: Vec<usize> = self.chains[job].iter().copied().filter(|planned| *planned >= day).collect();
        if days.is_empty() || days.iter().any(|day| self.must_stay(job, *day)) {
            return false;
        }
        for day in days {
            self.take_out(problem, job, day);
        }
        self.move_chain(problem, job, |chain| chain.retain(|planned| *planned < day));
        true
    }

    fn must_stay(&self, job: usize, day: usize) -> bool {
        self.days[day].iter().flat_map(|crew_day| &crew_day.stops).any(|stop| stop.job == job && stop.pinned.is_some())
    }

    fn take_out(&mut self, problem: &Problem<'_>, job: usize, day: usize) {
        let has = |crew_day: &CrewDay| crew_day.stops.iter().any(|stop| stop.job == job);
        if let Some(crew) = self.days[day].iter().position(has) {
            self.change(day, crew, |crew_day| crew_day.retain(problem, day, |stop| stop.job != job));
        }
    }

    fn change(&mut self, day: usize, crew: usize, change: impl FnOnce(&mut CrewDay)) {
        let crew_day = &mut self.days[day][crew];
        let before = Cost { soft: crew_day.cost, late: 0 };
        change(crew_day);
        self.is_broken |= !crew_day.holds;
        self.cost = self.cost.with(before, Cost { soft: crew_day.cost, late: 0 });
        self.changed.crew_days.push((day, crew));
    }

    fn move_chain(&mut self, problem: &Problem<'_>, job: usize, change: impl FnOnce(&mut Vec<usize>)) {
        change(&mut self.chains[job]);
        let now = problem.chain_cost(job, &self.chains[job]);
        self.cost = self.cost.with(self.chain_costs[job], now);
        self.chain_costs[job] = now;
        self.changed.jobs.push(job);
    }

    /// The crews of a day, to be paired anew: those that have visits stay.
    pub fn pairs(&mut self, day: usize) -> &mut Vec<CrewDay> {
        self.changed.paired.push(day);
        &mut self.days[day]
    }

    /// Makes this schedule what another has become that was equal to it.
    pub fn take_over(&mut self, other: &mut Self) {
        let mut changed = std::mem::take(&mut other.changed);
        self.copy(other, &changed);
        changed.clear();
        other.changed = changed;
    }

    /// Takes back what has changed since this schedule was equal to another.
    pub fn take_back(&mut self, other: &Self) {
        let mut changed = std::mem::take(&mut self.changed);
        self.copy(other, &changed);
        changed.clear();
        self.changed = changed;
    }

    fn copy(&mut self, other: &Self, changed: &Changed) {
        for day in changed.paired.iter().copied() {
            self.days[day].clone_from(&other.days[day]);
        }
        for (day, crew) in changed.crew_days.iter().copied() {
            // Where a day was paired anew it has been copied whole, and may have other crews.
            if let (Some(ours), Some(theirs)) = (self.days[day].get_mut(crew), other.days[day].get(crew)) {
                ours.clone_from(theirs);
            }
        }
        for job in changed.jobs.iter().copied() {
            self.chains[job].clone_from(&other.chains[job]);
            self.chain_costs[job] = other.chain_costs[job];
        }
        self.cost = other.cost;
        self.is_broken = other.is_broken;
    }

    /// What the schedule costs, by component, counted anew from its visits.
    #[must_use]
    pub fn score(&self, problem: &Problem<'_>) -> Score {
        let mut score = Score::default();
        for (day, crew_days) in self.days.iter().enumerate() {
            for crew_day in crew_days.iter().filter(|crew_day| !crew_day.stops.is_empty()) {
                let mut at = BASE;
                for stop in &crew_day.stops {
                    score.travel += u64::from(problem.travel(at, stop.job + 1));
                    at = stop.job + 1;
                    score.without_manager += problem.without_manager(&crew_day.crew, stop.job);
                    score.moved += problem.moved(&crew_day.crew, stop.job, day);
                }
                score.travel += u64::from(problem.travel(at, BASE));
            }
        }
        for (job, chain) in self.chains.iter().enumerate() {
            let mut previous = None;
            for day in chain.iter().copied() {
                let Cost { late, soft } = problem.placed_cost(job, previous, day);
                score.lateness += late;
                *(if problem.drawn_day(job, previous).is_some() {
                    &mut score.off_drawn_day
                } else {
                    &mut score.drift
                }) += soft;
                previous = Some(day);
            }
            score.unmet += problem.cost_of_none(job, previous).late;
        }
        score
    }
}
