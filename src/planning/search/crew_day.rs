//! One crew's day while it is sought: its visits in order, and what tells at once whether one more fits.
#![expect(clippy::indexing_slicing, reason = "positions are counted from the day's own visits")]

use super::problem::Problem;
use crate::planning::constraint::Span;
use crate::planning::constraint::shift::{BASE, Free, Latest, Shift};
use crate::planning::crew::Crew;

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
#[derive(Debug, PartialEq, Eq)]
pub struct CrewDay {
    /// Who.
    pub crew: Crew,
    /// Their visits, in order.
    pub stops: Vec<Stop>,
    /// What their road and their being these officers cost, in seconds of travel.
    pub cost: u64,
    shift: Shift,
    /// When the crew is free before each visit, and after the last.
    free: Vec<Free>,
    /// The latest that it may come to each visit, and home.
    latest: Vec<Latest>,
}

impl Clone for CrewDay {
    fn clone(&self) -> Self {
        let Self { crew, stops, cost, shift, free, latest } = self;
        let (crew, stops, free, latest) = (crew.clone(), stops.clone(), free.clone(), latest.clone());
        Self { crew, stops, cost: *cost, shift: *shift, free, latest }
    }

    /// Reuses what room there is: the search copies crews' days at every step.
    fn clone_from(&mut self, source: &Self) {
        self.crew.officers.clone_from(&source.crew.officers);
        (self.crew.from, self.crew.until) = (source.crew.from, source.crew.until);
        self.stops.clone_from(&source.stops);
        (self.cost, self.shift) = (source.cost, source.shift);
        self.free.clone_from(&source.free);
        self.latest.clone_from(&source.latest);
    }
}

impl CrewDay {
    /// A crew without visits.
    #[must_use]
    pub fn of(problem: &Problem<'_>, crew: Crew) -> Self {
        let shift = Shift::of(&crew, &problem.snapshot.policy.breaks);
        let (free, latest) = (vec![shift.begins()], vec![shift.latest_home()]);
        Self { crew, stops: Vec::new(), cost: 0, shift, free, latest }
    }

    /// The place before a position.
    fn before(&self, position: usize) -> usize {
        position.checked_sub(1).map_or(BASE, |at| self.stops[at].job + 1)
    }

    /// The place that a position is before.
    fn after(&self, position: usize) -> usize {
        self.stops.get(position).map_or(BASE, |stop| stop.job + 1)
    }

    /// The road that a job adds at a position, where it fits in there. Sure but for a break yet to be taken: see
    /// [`Latest::allows`].
    #[must_use]
    pub fn road_added(&self, problem: &Problem<'_>, day: usize, job: usize, position: usize) -> Option<u64> {
        let (before, place, after) = (self.before(position), job + 1, self.after(position));
        let (there, on) = (problem.travel(before, place), problem.travel(place, after));
        let (_, free) = self.shift.visit(self.free[position], there, &problem.call(job, day, &None))?;
        let allowed = self.latest[position].allows(free.time + on, free.owes_break);
        let with = u64::from(there) + u64::from(on);
        allowed.then(|| with.saturating_sub(u64::from(problem.travel(before, after))))
    }

    /// True when a job fits in at a position; `pinned` fixes when it begins.
    #[must_use]
    pub fn fits(
        &self,
        problem: &Problem<'_>,
        day: usize,
        job: usize,
        (position, pinned): (usize, Option<Span>),
    ) -> bool {
        let (before, after) = self.stops.split_at(position);
        let call = |stop: &'_ Stop| (stop.job, stop.pinned);
        let jobs = before.iter().map(call).chain([(job, pinned)]).chain(after.iter().map(call));
        let mut free = self.shift.begins();
        let mut at = BASE;
        for (job, pinned) in jobs {
            let Some((_, next)) = self.shift.visit(free, problem.travel(at, job + 1), &problem.call(job, day, &pinned))
            else {
                return false;
            };
            (free, at) = (next, job + 1);
        }
        self.shift.ends_in_time(free, problem.travel(at, BASE))
    }

    /// Puts a job in at a position where it fits.
    pub fn insert(&mut self, problem: &Problem<'_>, day: usize, job: usize, (position, pinned): (usize, Option<Span>)) {
        self.stops.insert(position, Stop { job, start: 0, pinned });
        self.arrange(problem, day);
    }

    /// Takes out the visits that are not to be kept.
    pub fn retain(&mut self, problem: &Problem<'_>, day: usize, keep: impl FnMut(&Stop) -> bool) {
        self.stops.retain(keep);
        self.arrange(problem, day);
    }

    /// Begins each visit as soon as it can, and works out what follows from that.
    fn arrange(&mut self, problem: &Problem<'_>, day: usize) {
        let Self { crew, stops, cost, shift, free, latest } = self;
        free.clear();
        free.push(shift.begins());
        let mut at = BASE;
        let mut total = 0;
        for stop in stops.iter_mut() {
            let road = problem.travel(at, stop.job + 1);
            total += u64::from(road) + problem.crew_cost(crew, stop.job, day);
            at = stop.job + 1;
            let before = free.last().copied().unwrap_or_else(|| shift.begins());
            // What was taken out leaves time, and what was put in had been seen to fit.
            let Some((begins, after)) = shift.visit(before, road, &problem.call(stop.job, day, &stop.pinned)) else {
                debug_assert!(false, "a visit that does not fit was put in");
                free.push(before);
                continue;
            };
            stop.start = begins;
            free.push(after);
        }
        *cost = total + u64::from(problem.travel(at, BASE));
        if stops.is_empty() {
            *cost = 0;
        }
        latest.clear();
        latest.push(shift.latest_home());
        let mut next = BASE;
        for stop in stops.iter().rev() {
            let road = problem.travel(stop.job + 1, next);
            let following = latest.last().copied().unwrap_or_else(|| shift.latest_home());
            latest.push(shift.latest_at(&problem.call(stop.job, day, &stop.pinned), road, following));
            next = stop.job + 1;
        }
        latest.reverse();
    }
}
