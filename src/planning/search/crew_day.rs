//! One crew's day while it is sought: its visits in order, and what tells at once whether one more fits.
#![expect(clippy::indexing_slicing, reason = "positions are counted from the day's own visits")]

use super::problem::Problem;
use crate::planning::constraint::Span;
use crate::planning::constraint::shift::{BASE, Call, Free, Latest, Shift};
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
    /// True where all of it can be done as it stands.
    pub holds: bool,
    /// How long the crew stays at its base before it sets out, in seconds.
    pub wait: u32,
    /// What is left of its hours besides its visits, their roads and its break, in seconds.
    room: u32,
    /// The longest road from one place to the next.
    longest: u32,
    shift: Shift,
    /// The base, the place of each visit, and the base again.
    places: Vec<usize>,
    /// The road from each of them to the next.
    legs: Vec<u32>,
    /// When the crew is free before each visit, and after the last.
    free: Vec<Free>,
    /// The latest that it may come to each visit, and home.
    latest: Vec<Latest>,
}

impl Clone for CrewDay {
    fn clone(&self) -> Self {
        let Self { crew, stops, cost, holds, wait, room, longest, shift, places, legs, free, latest } = self;
        let (crew, stops, places, legs) = (crew.clone(), stops.clone(), places.clone(), legs.clone());
        Self {
            crew,
            stops,
            cost: *cost,
            holds: *holds,
            wait: *wait,
            room: *room,
            longest: *longest,
            shift: *shift,
            places,
            legs,
            free: free.clone(),
            latest: latest.clone(),
        }
    }

    /// Reuses what room there is: the search copies crews' days at every step.
    fn clone_from(&mut self, source: &Self) {
        self.crew.officers.clone_from(&source.crew.officers);
        (self.crew.from, self.crew.until) = (source.crew.from, source.crew.until);
        self.stops.clone_from(&source.stops);
        (self.cost, self.holds, self.shift) = (source.cost, source.holds, source.shift);
        (self.wait, self.room, self.longest) = (source.wait, source.room, source.longest);
        self.places.clone_from(&source.places);
        self.legs.clone_from(&source.legs);
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
        Self {
            crew,
            stops: Vec::new(),
            cost: 0,
            holds: true,
            wait: 0,
            room: shift.room(),
            longest: 0,
            shift,
            places: vec![BASE, BASE],
            legs: vec![0],
            free,
            latest,
        }
    }

    /// True where a visit of so many seconds has room at some position, wherever it is.
    #[must_use]
    pub const fn has_room(&self, duration: u32) -> bool {
        duration <= self.room + self.longest
    }

    /// The positions at which there is room for a visit of so many seconds and its road, with the road that it adds there; `roads` are
    /// those of its place.
    pub fn with_room<'a>(&'a self, roads: &'a [u32], duration: u32) -> impl Iterator<Item = (usize, u32)> + 'a {
        let mut there = roads[BASE];
        self.places.iter().skip(1).zip(&self.legs).enumerate().filter_map(move |(position, (after, leg))| {
            let (to, on) = (there, roads[*after]);
            there = on;
            (to + on + duration <= self.room + leg).then(|| (position, (to + on).saturating_sub(*leg)))
        })
    }

    /// True where a visit fits in at a position, told by what is known of the day; `roads` are those of its place.
    #[must_use]
    pub fn may_take(&self, call: &Call<'_>, roads: &[u32], position: usize) -> bool {
        let (there, on) = (roads[self.places[position]], roads[self.places[position + 1]]);
        let visited = self.shift.visit(self.free[position], there, call);
        visited.is_some_and(|(_, free)| self.latest[position].allows(free.time + on, free.owes_break))
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
        let calls = before
            .iter()
            .map(|stop| problem.call(stop.job, day, &stop.pinned))
            .chain([problem.call(job, day, &pinned)])
            .chain(after.iter().map(|stop| problem.call(stop.job, day, &stop.pinned)));
        self.shift.arrange(calls, |from, to| problem.travel(from, to), |_| {}).is_some()
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

    /// How much later the crew may set out and still make all its visits, in seconds.
    #[must_use]
    pub fn seconds_to_spare(&self) -> u32 {
        let (begins, road) = (self.shift.begins(), self.legs[0]);
        self.latest[0].before(begins.owes_break).map_or(0, |latest| latest.saturating_sub(begins.time + road))
    }

    /// Sets out so many seconds later, and begins each visit as soon as it then can. Nothing changes where not all of them can be
    /// made then: that is told. Whether one more fits is still told of the day from its beginning.
    pub fn set_out(&mut self, problem: &Problem<'_>, day: usize, wait: u32) -> bool {
        let mut starts = Vec::with_capacity(self.stops.len());
        let calls = self.stops.iter().map(|stop| problem.call(stop.job, day, &stop.pinned));
        let later = self.shift.setting_out(wait);
        let all = later.arrange(calls, |from, to| problem.travel(from, to), |start| starts.push(start)).is_some();
        if all {
            self.stops.iter_mut().zip(starts).for_each(|(stop, start)| stop.start = start);
            self.wait = wait;
        }
        all
    }

    /// Begins each visit as soon as it can, and works out what follows from that.
    fn arrange(&mut self, problem: &Problem<'_>, day: usize) {
        let Self { crew, stops, cost, holds, wait, room, longest, shift, places, legs, free, latest } = self;
        (*holds, *wait) = (true, 0);
        places.clear();
        places.push(BASE);
        legs.clear();
        free.clear();
        free.push(shift.begins());
        let mut at = BASE;
        let (mut total, mut taken) = (0, 0);
        for stop in stops.iter_mut() {
            let road = problem.travel(at, stop.job + 1);
            places.push(stop.job + 1);
            legs.push(road);
            total += u64::from(road) + problem.crew_cost(crew, stop.job, day);
            taken += road + problem.jobs[stop.job].duration;
            at = stop.job + 1;
            let before = free.last().copied().unwrap_or_else(|| shift.begins());
            let visited = shift.visit(before, road, &problem.call(stop.job, day, &stop.pinned));
            *holds &= visited.is_some();
            let (begins, after) = visited.unwrap_or((before.time, before));
            stop.start = begins;
            free.push(after);
        }
        let home = problem.travel(at, BASE);
        *holds &= free.last().is_none_or(|free| shift.ends_in_time(*free, home));
        places.push(BASE);
        legs.push(home);
        *room = shift.room().saturating_sub(taken + home);
        *longest = legs.iter().copied().fold(home, u32::max);
        *cost = if stops.is_empty() { 0 } else { total + u64::from(home) };
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
