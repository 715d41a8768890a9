//! A schedule while it is sought: crews by day, each with its visits in order.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use super::problem::Problem;
use crate::planning::constraint::Span;
use crate::planning::constraint::shift::{BASE, arrange};
use crate::planning::crew::Crew;
use crate::planning::score::Score;

/// A visit in a crew's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Whom.
    pub job: usize,
    /// When it begins: seconds after midnight.
    pub start: u32,
    /// Fixed at that time.
    pub pinned: Option<Span>,
}

/// One crew's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrewDay {
    /// Who.
    pub crew: Crew,
    /// Their visits, in order.
    pub stops: Vec<Stop>,
}

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

/// What a schedule costs: lateness and visits not made strictly before all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost {
    /// Risk-weighted days of lateness, of visits planned and of those not made.
    pub late: u64,
    /// The rest, in seconds of travel.
    pub soft: u64,
}

/// A schedule while it is sought.
#[derive(Debug, Clone)]
pub struct Solution {
    /// Crews by day.
    pub days: Vec<Vec<CrewDay>>,
    /// For each job the days of its visits, in order.
    pub chains: Vec<Vec<usize>>,
}

impl Solution {
    /// A schedule without crews or visits.
    #[must_use]
    pub fn empty(problem: &Problem<'_>) -> Self {
        Self { days: vec![Vec::new(); problem.days.len()], chains: vec![Vec::new(); problem.jobs.len()] }
    }

    /// The jobs whose next visit is due and not placed.
    #[must_use]
    pub fn unserved(&self, problem: &Problem<'_>) -> Vec<usize> {
        (0..self.chains.len())
            .filter(|job| problem.next_window(*job, self.chains[*job].last().copied()).is_some())
            .collect()
    }

    /// When each visit of a crew's day begins with `job` put in at a position; nothing where it does
    /// not fit.
    #[must_use]
    pub fn fits(&self, problem: &Problem<'_>, slot: Slot, job: usize, pinned: Option<Span>) -> bool {
        let crew_day = &self.days[slot.day][slot.crew];
        let (before, after) = crew_day.stops.split_at(slot.position);
        let calls = before
            .iter()
            .map(|stop| problem.call(stop.job, slot.day, &stop.pinned))
            .chain(std::iter::once(problem.call(job, slot.day, &pinned)))
            .chain(after.iter().map(|stop| problem.call(stop.job, slot.day, &stop.pinned)));
        arrange(&crew_day.crew, &problem.snapshot.policy.breaks, calls, |a, b| problem.travel(a, b), |_| {}).is_some()
    }

    /// Puts a job's next visit in; the caller has seen that it fits.
    pub fn insert(&mut self, problem: &Problem<'_>, slot: Slot, job: usize, pinned: Option<Span>) {
        self.days[slot.day][slot.crew].stops.insert(slot.position, Stop { job, start: 0, pinned });
        self.chains[job].push(slot.day);
        self.retime(problem, slot.day, slot.crew);
    }

    /// Takes a job's visits out from a day on: those after it are counted from it. Leaves it where a
    /// visit that must stay is among them.
    pub fn remove_from(&mut self, problem: &Problem<'_>, job: usize, day: usize) -> bool {
        let is_pinned = |crew_day: &CrewDay| crew_day.stops.iter().any(|stop| stop.job == job && stop.pinned.is_some());
        let days: Vec<usize> = self.chains[job].iter().copied().filter(|planned| *planned >= day).collect();
        if days.is_empty() || days.iter().any(|day| self.days[*day].iter().any(is_pinned)) {
            return false;
        }
        for day in days {
            for crew in 0..self.days[day].len() {
                let stops = &mut self.days[day][crew].stops;
                let before = stops.len();
                stops.retain(|stop| stop.job != job);
                if stops.len() < before {
                    self.retime(problem, day, crew);
                }
            }
        }
        self.chains[job].retain(|planned| *planned < day);
        true
    }

    /// Begins each visit of a crew's day as soon as it can.
    fn retime(&mut self, problem: &Problem<'_>, day: usize, crew: usize) {
        let CrewDay { crew, stops } = &mut self.days[day][crew];
        let mut starts = Vec::with_capacity(stops.len());
        let calls = stops.iter().map(|stop| problem.call(stop.job, day, &stop.pinned));
        let breaks = &problem.snapshot.policy.breaks;
        arrange(crew, breaks, calls, |a, b| problem.travel(a, b), |start| starts.push(start));
        for (stop, start) in stops.iter_mut().zip(starts) {
            stop.start = start;
        }
    }

    /// What the schedule costs.
    #[must_use]
    pub fn cost(&self, problem: &Problem<'_>) -> Cost {
        let score = self.score(problem);
        Cost {
            late: score.lateness + score.unmet,
            soft: score.without_manager + score.travel + score.drift + score.moved,
        }
    }

    /// What the schedule costs, by component.
    #[must_use]
    pub fn score(&self, problem: &Problem<'_>) -> Score {
        let mut score = Score::default();
        for (day, crew_days) in self.days.iter().enumerate() {
            for crew_day in crew_days.iter().filter(|crew_day| !crew_day.stops.is_empty()) {
                let mut at = BASE;
                for stop in &crew_day.stops {
                    score.travel += u64::from(problem.travel(at, stop.job + 1));
                    at = stop.job + 1;
                    score.without_manager += without_manager(problem, &crew_day.crew, stop.job);
                    score.moved += moved(problem, &crew_day.crew, stop.job, day);
                }
                score.travel += u64::from(problem.travel(at, BASE));
            }
        }
        for (job, chain) in self.chains.iter().enumerate() {
            let mut previous = None;
            for day in chain.iter().copied() {
                if let Some(window) = problem.next_window(job, previous) {
                    let day = i64::try_from(day).unwrap_or(i64::MAX);
                    score.lateness += problem.jobs[job].weight * window.days_late(day);
                    score.drift += drift(problem, window.ideal, day);
                }
                previous = Some(day);
            }
            if let Some(window) = problem.next_window(job, previous) {
                score.unmet += problem.jobs[job].weight * unmet_days(problem, window.latest);
            }
        }
        score
    }
}

/// The cost of a crew without the offender's own manager.
pub(super) fn without_manager(problem: &Problem<'_>, crew: &Crew, job: usize) -> u64 {
    let own = problem.jobs[job].manager.is_some_and(|manager| crew.officers.contains(&manager));
    if own { 0 } else { u64::from(problem.snapshot.policy.costs.without_manager) }
}

/// The cost of a visit that the accepted schedule has on another day or by another crew.
pub(super) fn moved(problem: &Problem<'_>, crew: &Crew, job: usize, day: usize) -> u64 {
    let accepted = &problem.jobs[job].accepted;
    let day = i64::try_from(day).unwrap_or(i64::MAX);
    let kept = accepted.is_empty()
        || accepted.iter().any(|(on, by)| {
            *on == day
                && by.as_ref().is_some_and(|by| {
                    by.len() == crew.officers.len() && by.iter().all(|officer| crew.officers.contains(officer))
                })
        });
    if kept { 0 } else { u64::from(problem.snapshot.policy.costs.moved) }
}

/// The cost of a day off the ideal one; a window that is past has no ideal day left but the first.
pub(super) fn drift(problem: &Problem<'_>, ideal: i64, day: i64) -> u64 {
    let costs = &problem.snapshot.policy.costs;
    let off = day - ideal.max(0);
    let rate = if off < 0 { costs.day_early } else { costs.day_late_of_ideal };
    u64::from(rate) * off.unsigned_abs()
}

/// The days that a visit not made counts for: those it is late at the horizon's end, and the policy's
/// for not being made, or one where its window goes on beyond the horizon.
pub(super) fn unmet_days(problem: &Problem<'_>, latest: i64) -> u64 {
    let late = u64::try_from(problem.last_day() + 1 - latest).unwrap_or_default();
    late + if latest <= problem.last_day() { u64::from(problem.snapshot.policy.unmet_days) } else { 1 }
}
