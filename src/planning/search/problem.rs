//! The snapshot as the search sees it: numbers in place of names and dates.
#![expect(clippy::indexing_slicing, reason = "every index is made here, from the lengths of these lists")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cost::Cost;
use super::drawn::Drawn;
use super::frozen::{Frozen, frozen};
use super::job::{self, Job};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::constraint::day::DayWindow;
use crate::planning::constraint::shift::Call;
use crate::planning::constraint::{Span, access, location, skills};
use crate::planning::crew::{Asked, Available, Crew, form};
use crate::planning::snapshot::{Duty, GivenCrew, Snapshot};
use crate::planning::travel::travel_seconds;

/// The snapshot as the search sees it.
#[derive(Debug)]
pub struct Problem<'a> {
    /// What it was made from.
    pub snapshot: &'a Snapshot,
    /// The seed of whatever is drawn.
    pub seed: u64,
    /// The days planned.
    pub days: Vec<CivilDate>,
    /// Whom to visit; those without a known place are left out.
    pub jobs: Vec<Job>,
    /// Demands that no search can place: their places in the snapshot's list.
    pub without_location: Vec<usize>,
    /// The visits that stay as they were accepted, or as a person put them, in the order in which they are placed.
    pub frozen: Vec<Frozen>,
    /// What crews are asked for.
    pub asked: Asked,
    /// The horizon's last day.
    pub last_day: i64,
    available: Vec<Vec<Available>>,
    /// The crews of each day, where the snapshot gives them.
    given: Option<Vec<Vec<Crew>>>,
    weekdays: Vec<usize>,
    travel: Vec<u32>,
    places: usize,
    drawn: Drawn,
    /// For each job, [`Self::days_by_cost`] of its first visit.
    first_days: Vec<Vec<(Cost, usize)>>,
}

impl<'a> Problem<'a> {
    /// The search's view of a snapshot; the days of unannounced visits are drawn by the run's seed.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, seed: u64) -> Self {
        let days: Vec<CivilDate> = snapshot.horizon.days().collect();
        let mut places: Vec<Location> = snapshot.base.into_iter().collect();
        let (mut jobs, mut without_location) = (Vec::new(), Vec::new());
        for (at, demand) in snapshot.demands.iter().enumerate() {
            match location::of(demand).filter(|_| snapshot.base.is_some()) {
                Some(place) => {
                    places.push(place);
                    jobs.push(Job::of(snapshot, at, demand));
                }
                None => without_location.push(at),
            }
        }
        let travel = roads(snapshot, &places);
        let available = available(snapshot, &days);
        let asked = Asked {
            shortest: snapshot.policy.shortest_crew_day_minutes * 60,
            lone: jobs.iter().any(|job| job.crew == 1),
        };
        let given = snapshot.crews.as_ref().map(|crews| given(snapshot, &days, &available, crews));
        let frozen = frozen(snapshot, &jobs);
        let weekdays: Vec<usize> = days.iter().map(|day| job::weekday(*day)).collect();
        let (places, last_day) = (places.len(), days_between(snapshot.horizon.from, snapshot.horizon.until));
        let goes = |day: &usize| match &given {
            Some(given) => !given[*day].is_empty(),
            None => !available[*day].is_empty(),
        };
        let open = (0..days.len()).filter(goes).filter_map(|day| Some((i64::try_from(day).ok()?, weekdays[day])));
        let open: Vec<(i64, usize)> = open.collect();
        let drawn = Drawn::by(seed, snapshot.policy.costs.off_drawn_day.into(), &open, (&jobs, days.len()));
        let first_days = Vec::new();
        let mut problem = Self {
            snapshot,
            seed,
            days,
            jobs,
            without_location,
            frozen,
            asked,
            last_day,
            available,
            given,
            weekdays,
            travel,
            places,
            drawn,
            first_days,
        };
        problem.first_days = (0..problem.jobs.len()).map(|job| problem.days_by_cost_after(job, None)).collect();
        problem
    }

    /// The days on which a job's next visit may be made and somebody is on duty, `previous` being the day planned for the one
    /// before, with what each costs; the best first.
    #[must_use]
    pub fn days_by_cost(&self, job: usize, previous: Option<usize>) -> Cow<'_, [(Cost, usize)]> {
        match previous {
            None => Cow::Borrowed(&self.first_days[job]),
            Some(_) => Cow::Owned(self.days_by_cost_after(job, previous)),
        }
    }

    fn days_by_cost_after(&self, job: usize, previous: Option<usize>) -> Vec<(Cost, usize)> {
        let Some(window) = self.next_window(job, previous) else { return Vec::new() };
        let days = self.days_of(job, window, previous).filter(|day| !self.available[*day].is_empty());
        let drawn = self.drawn_day(job, previous);
        // What follows is not weighed: it finds its place next, and a later day only puts it off.
        let cost = |day| self.cost_within(job, (window, drawn), previous, day);
        let mut days: Vec<(Cost, usize)> = days.filter_map(|day| Some((cost(day)?, day))).collect();
        days.sort_unstable();
        days
    }

    /// Seconds from one place to another; place 0 is the base, place `job` + 1 the job's.
    #[must_use]
    pub fn travel(&self, from: usize, to: usize) -> u32 {
        self.travel[from * self.places + to]
    }

    /// Seconds between a place and every other: there and back are as long, see [`crate::planning::road_matrix`].
    #[must_use]
    pub fn roads(&self, place: usize) -> &[u32] {
        &self.travel[place * self.places..][..self.places]
    }

    /// The officers on duty on a day.
    #[must_use]
    pub fn available(&self, day: usize) -> &[Available] {
        &self.available[day]
    }

    /// The crews of a day, where the snapshot gives them: then nobody else is paired.
    #[must_use]
    pub fn given(&self, day: usize) -> Option<&[Crew]> {
        self.given.as_ref().map(|days| days[day].as_slice())
    }

    /// A job as a call in a crew's day; `pinned` fixes when it begins.
    #[must_use]
    pub fn call<'b>(&'b self, job: usize, day: usize, pinned: &'b Option<Span>) -> Call<'b> {
        let spans = match pinned {
            Some(span) => std::slice::from_ref(span),
            None => self.spans(job, day),
        };
        Call { place: job + 1, duration: self.jobs[job].duration, spans }
    }

    /// When a job may be done on a day, in order.
    #[must_use]
    pub fn spans(&self, job: usize, day: usize) -> &[Span] {
        &self.jobs[job].spans[self.weekdays[day]]
    }

    /// True when the crew is large enough for a job, holds its skills, and the case shuts none of it out.
    #[must_use]
    pub fn suits(&self, crew: &Crew, job: usize) -> bool {
        let job = &self.jobs[job];
        crew.officers.len() >= job.crew
            && crew.officers.iter().all(|officer| access::admits(&job.shut_out, *officer))
            && skills::are_held(&job.holders, &crew.officers)
    }

    /// [`Job::next_window`] of a job.
    #[must_use]
    pub fn next_window(&self, job: usize, previous: Option<usize>) -> Option<DayWindow> {
        self.jobs[job].next_window(previous)
    }

    /// [`Job::days`] of a job, as places in the list of days.
    pub fn days_of(&self, job: usize, window: DayWindow, previous: Option<usize>) -> impl Iterator<Item = usize> {
        self.jobs[job].days(window, previous).filter_map(|day| usize::try_from(day).ok())
    }

    /// What a visit on a day costs a job, `previous` being the day planned for the one before; nothing where it may not be
    /// made then.
    #[must_use]
    pub fn visit_cost(&self, job: usize, previous: Option<usize>, day: usize) -> Option<Cost> {
        let window = self.next_window(job, previous)?;
        self.cost_within(job, (window, self.drawn_day(job, previous)), previous, day)
    }

    /// [`Drawn::day`] of a job.
    #[must_use]
    pub fn drawn_day(&self, job: usize, previous: Option<usize>) -> Option<i64> {
        self.drawn.day(job, previous)
    }

    /// The same, where the window and the day drawn are known.
    fn cost_within(
        &self,
        job: usize,
        (window, drawn): (DayWindow, Option<i64>),
        previous: Option<usize>,
        day: usize,
    ) -> Option<Cost> {
        let on = i64::try_from(day).ok()?;
        let may_be_made = self.jobs[job].days(window, previous).contains(&on) && !self.spans(job, day).is_empty();
        may_be_made.then(|| self.cost_on(job, (window, drawn), on))
    }

    /// What a visit that is in its place costs by its day: one that a person keeps against advice may be outside its window.
    fn cost_on(&self, job: usize, (window, drawn): (DayWindow, Option<i64>), on: i64) -> Cost {
        let off_best = drawn.map_or_else(|| self.drift(window.ideal, on), |drawn| self.drawn.cost(drawn, on));
        Cost { late: self.jobs[job].weight * window.days_late(on), soft: off_best }
    }

    /// The same, `previous` being the day planned for the one before.
    #[must_use]
    pub fn placed_cost(&self, job: usize, previous: Option<usize>, day: usize) -> Cost {
        let on = i64::try_from(day).unwrap_or(i64::MAX);
        let cost = |window| self.cost_on(job, (window, self.drawn_day(job, previous)), on);
        self.next_window(job, previous).map_or_else(Cost::default, cost)
    }

    /// [`Job::cost_of_none`] of a job.
    #[must_use]
    pub fn cost_of_none(&self, job: usize, previous: Option<usize>) -> Cost {
        self.jobs[job].cost_of_none(previous)
    }

    /// What the days of a job's visits cost, and that no more are planned.
    #[must_use]
    pub fn chain_cost(&self, job: usize, days: &[usize]) -> Cost {
        let mut cost = Cost::default();
        let mut previous = None;
        for day in days.iter().copied() {
            cost = cost + self.placed_cost(job, previous, day);
            previous = Some(day);
        }
        cost + self.cost_of_none(job, previous)
    }

    /// The cost of a day off the ideal one; a window that is past has no ideal day left but the first.
    #[must_use]
    pub fn drift(&self, ideal: i64, day: i64) -> u64 {
        let costs = &self.snapshot.policy.costs;
        let off = day - ideal.max(0);
        let rate = if off < 0 { costs.day_early } else { costs.day_late_of_ideal };
        u64::from(rate) * off.unsigned_abs()
    }

    /// What it costs that a crew makes a job's visit on a day, rather than the offender's own manager, or the crew of
    /// the accepted schedule on its day.
    #[must_use]
    pub fn crew_cost(&self, crew: &Crew, job: usize, day: usize) -> u64 {
        self.without_manager(crew, job) + self.moved(crew, job, day)
    }

    /// The cost of a crew without the offender's own manager.
    #[must_use]
    pub fn without_manager(&self, crew: &Crew, job: usize) -> u64 {
        let own = self.jobs[job].manager.is_some_and(|manager| crew.officers.contains(&manager));
        if own { 0 } else { u64::from(self.snapshot.policy.costs.without_manager) }
    }

    /// The cost of a visit that the accepted schedule has on another day or by another crew.
    #[must_use]
    pub fn moved(&self, crew: &Crew, job: usize, day: usize) -> u64 {
        let accepted = &self.jobs[job].accepted;
        if accepted.is_empty() {
            return 0;
        }
        let is_the_crew = |by: &Vec<usize>| {
            by.len() == crew.officers.len() && by.iter().all(|officer| crew.officers.contains(officer))
        };
        let day = i64::try_from(day).unwrap_or(i64::MAX);
        let kept = accepted.iter().any(|(on, by)| *on == day && by.as_ref().is_some_and(is_the_crew));
        if kept { 0 } else { u64::from(self.snapshot.policy.costs.moved) }
    }

    /// Members for a crew that suits a job, from officers who are free.
    #[must_use]
    pub fn form(&self, free: &[Available], job: usize) -> Option<Vec<Available>> {
        let holds = |officer: usize, skill: &String| self.snapshot.officers[officer].skills.contains(skill);
        let skills = &self.snapshot.demands[self.jobs[job].demand].needs.required_skills;
        form(&self.admitted(free, job), self.jobs[job].crew, skills, holds, self.asked.shortest)
    }

    /// Of these officers, those whom a job's case does not shut out.
    fn admitted(&self, officers: &[Available], job: usize) -> Vec<Available> {
        officers.iter().copied().filter(|available| self.admits(available, job)).collect()
    }

    /// True where a job's case does not shut an officer out.
    #[must_use]
    pub fn admits(&self, available: &Available, job: usize) -> bool {
        access::admits(&self.jobs[job].shut_out, available.officer)
    }
}

/// Seconds from each place to each, row by row: the snapshot's own, or the built-in model's.
fn roads(snapshot: &Snapshot, places: &[Location]) -> Vec<u32> {
    let matrix = snapshot.roads.as_ref().and_then(|roads| roads.matrix.as_ref());
    let built_in = |from: Location, to: Location| travel_seconds(&snapshot.policy.travel, from, to);
    let mut roads = vec![0; places.len() * places.len()];
    for (from, there) in places.iter().enumerate() {
        for (to, other) in places[..from].iter().enumerate() {
            let told = matrix.and_then(|matrix| matrix.seconds(from, to));
            let road = told.unwrap_or_else(|| built_in(*there, *other));
            roads[from * places.len() + to] = road;
            roads[to * places.len() + from] = road;
        }
    }
    roads
}

/// The officers on duty on each day.
fn available(snapshot: &Snapshot, days: &[CivilDate]) -> Vec<Vec<Available>> {
    let mut by_date: BTreeMap<CivilDate, Vec<Available>> = BTreeMap::new();
    for (officer, on_duty) in snapshot.officers.iter().enumerate() {
        for Duty { date, from, until } in &on_duty.duties {
            let (from, until) = (from.seconds(), until.seconds());
            by_date.entry(*date).or_default().push(Available { officer, from, until });
        }
    }
    days.iter().map(|day| by_date.remove(day).unwrap_or_default()).collect()
}

/// The crews that are given for each day, each for the time that all of it is on duty.
fn given(snapshot: &Snapshot, days: &[CivilDate], available: &[Vec<Available>], crews: &[GivenCrew]) -> Vec<Vec<Crew>> {
    let of_day = |(day, on_duty): (&CivilDate, &Vec<Available>)| {
        let crew = |given: &GivenCrew| {
            let member = |named: &Ref| {
                let is_named = |on_duty: &&Available| snapshot.officers[on_duty.officer].officer_ref == *named;
                on_duty.iter().find(is_named).copied()
            };
            let members: Vec<Available> = given.officer_refs.iter().map(member).collect::<Option<_>>()?;
            Some(Crew::of(&members)).filter(|crew| crew.seconds() > 0)
        };
        crews.iter().filter(|given| given.date == *day).filter_map(crew).collect()
    };
    days.iter().zip(available).map(of_day).collect()
}
