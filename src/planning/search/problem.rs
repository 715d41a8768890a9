//! The snapshot as the search sees it: numbers in place of names and dates.
#![expect(clippy::indexing_slicing, reason = "every index is made here, from the lengths of these lists")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cost::Cost;
use super::frozen::{Frozen, frozen};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::planning_policy::TravelPolicy;
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::team::Location;
use crate::domain::working_time::DayOfWeek;
use crate::planning::constraint::day::DayWindow;
use crate::planning::constraint::shift::Call;
use crate::planning::constraint::{Span, access, crew_size, joint_agency, location, skills, time_of_day};
use crate::planning::crew::{Asked, Available, Crew, form};
use crate::planning::snapshot::{Demand, Duty, Recurrence, Snapshot, Window};
use crate::planning::travel::travel_seconds;

/// A demand as the search sees it.
#[derive(Debug)]
pub struct Job {
    /// Its place in the snapshot's list.
    pub demand: usize,
    /// The window of the first visit.
    pub window: DayWindow,
    /// The days on which the offender lives at the place and is subject to notification.
    pub first_day: i64,
    /// The last of them within the horizon.
    pub last_day: i64,
    /// Seconds that a visit takes.
    pub duration: u32,
    /// Weight of a day late.
    pub weight: u64,
    /// The fewest officers who may go.
    pub crew: usize,
    /// The offender's own manager, where on duty at all within the horizon.
    pub manager: Option<usize>,
    /// The officers who may not go.
    pub shut_out: Vec<usize>,
    /// How visits follow one another; nothing where no plan says.
    rhythm: Option<Rhythm>,
    /// For each skill asked for, the officers who hold it.
    pub holders: Vec<Vec<usize>>,
    /// When a visit may be made, by weekday from Monday.
    spans: [Vec<Span>; 7],
    /// The visits of the accepted schedule: day, and crew where all of it is still known.
    pub accepted: Vec<(i64, Option<Vec<usize>>)>,
}

/// How visits follow one another, in days after the visit before: earliest, ideal, latest.
#[derive(Debug)]
struct Rhythm {
    own: [i64; 3],
    /// What holds instead up to a day of the horizon, the earliest first.
    steps: Vec<(i64, [i64; 3])>,
    /// The last day of the horizon on which an ideal day makes a visit due.
    last_due: i64,
}

impl Rhythm {
    fn after(&self, day: i64) -> Option<DayWindow> {
        let step = self.steps.iter().find(|(until, _)| *until >= day).map(|(_, interval)| interval);
        let [earliest, ideal, latest] = step.unwrap_or(&self.own).map(|after| day + after);
        (ideal <= self.last_due).then_some(DayWindow { earliest, ideal, latest })
    }
}

/// The snapshot as the search sees it.
#[derive(Debug)]
pub struct Problem<'a> {
    /// What it was made from.
    pub snapshot: &'a Snapshot,
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
    weekdays: Vec<usize>,
    travel: Vec<u32>,
    places: usize,
    /// For each job, [`Self::days_by_cost`] of its first visit.
    first_days: Vec<Vec<(Cost, usize)>>,
}

impl<'a> Problem<'a> {
    /// The search's view of a snapshot.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let days: Vec<CivilDate> = snapshot.horizon.days().collect();
        let mut places: Vec<Location> = snapshot.base.into_iter().collect();
        let (mut jobs, mut without_location) = (Vec::new(), Vec::new());
        for (at, demand) in snapshot.demands.iter().enumerate() {
            match location::of(demand).filter(|_| snapshot.base.is_some()) {
                Some(place) => {
                    places.push(place);
                    jobs.push(job(snapshot, at, demand));
                }
                None => without_location.push(at),
            }
        }
        let travel = roads(&snapshot.policy.travel, &places);
        let available = available(snapshot, &days);
        let asked = Asked {
            shortest: snapshot.policy.shortest_crew_day_minutes * 60,
            lone: jobs.iter().any(|job| job.crew == 1),
        };
        let frozen = frozen(snapshot, &jobs);
        let weekdays = days.iter().map(|day| weekday(*day)).collect();
        let (places, last_day) = (places.len(), days_between(snapshot.horizon.from, snapshot.horizon.until));
        let first_days = Vec::new();
        let mut problem = Self {
            snapshot,
            days,
            jobs,
            without_location,
            frozen,
            asked,
            last_day,
            available,
            weekdays,
            travel,
            places,
            first_days,
        };
        problem.first_days = (0..problem.jobs.len()).map(|job| problem.days_by_cost_after(job, None)).collect();
        problem
    }

    /// The days on which a job's next visit may be made and somebody is on duty, `previous` being the day planned for the one
    /// before, with what the visits' days cost then; the best first.
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
        let cost = |day| Some(self.cost_within(job, window, previous, day)? + self.cost_of_none(job, Some(day)));
        let mut days: Vec<(Cost, usize)> = days.filter_map(|day| Some((cost(day)?, day))).collect();
        days.sort_unstable();
        days
    }

    /// Seconds from one place to another; place 0 is the base, place `job` + 1 the job's.
    #[must_use]
    pub fn travel(&self, from: usize, to: usize) -> u32 {
        self.travel[from * self.places + to]
    }

    /// Seconds between a place and every other: there and back are as long.
    #[must_use]
    pub fn roads(&self, place: usize) -> &[u32] {
        &self.travel[place * self.places..][..self.places]
    }

    /// The officers on duty on a day.
    #[must_use]
    pub fn available(&self, day: usize) -> &[Available] {
        &self.available[day]
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

    /// The window of a job's next visit after one planned on `previous`; of its first, where there is
    /// none. Nothing where no further visit is due within the horizon.
    #[must_use]
    pub fn next_window(&self, job: usize, previous: Option<usize>) -> Option<DayWindow> {
        match previous {
            None => Some(self.jobs[job].window),
            Some(previous) => self.jobs[job].rhythm.as_ref()?.after(i64::try_from(previous).ok()?),
        }
    }

    /// The days on which a job's visit with this window may be made; `previous` is the day planned for the
    /// one before.
    pub fn days_of(&self, job: usize, window: DayWindow, previous: Option<usize>) -> impl Iterator<Item = usize> {
        let after = previous.and_then(|day| i64::try_from(day).ok());
        let Job { first_day, last_day, .. } = self.jobs[job];
        window.days(last_day, after).filter(move |day| *day >= first_day).filter_map(|day| usize::try_from(day).ok())
    }

    /// What a visit on a day costs a job, `previous` being the day planned for the one before; nothing where it may not be
    /// made then.
    #[must_use]
    pub fn visit_cost(&self, job: usize, previous: Option<usize>, day: usize) -> Option<Cost> {
        let window = self.next_window(job, previous)?;
        self.cost_within(job, window, previous, day)
    }

    /// The same, where the window is known.
    #[must_use]
    pub fn cost_within(&self, job: usize, window: DayWindow, previous: Option<usize>, day: usize) -> Option<Cost> {
        let Job { first_day, last_day, .. } = self.jobs[job];
        let on = i64::try_from(day).ok()?;
        let after = previous.and_then(|day| i64::try_from(day).ok());
        let may_be_made =
            on >= first_day && window.days(last_day, after).contains(&on) && !self.spans(job, day).is_empty();
        may_be_made.then(|| self.cost_on(job, window, on))
    }

    /// What a visit that is in its place costs by its day: one that a person keeps against advice may be outside its window.
    fn cost_on(&self, job: usize, window: DayWindow, on: i64) -> Cost {
        Cost { late: self.jobs[job].weight * window.days_late(on), soft: self.drift(window.ideal, on) }
    }

    /// The same, `previous` being the day planned for the one before.
    #[must_use]
    pub fn placed_cost(&self, job: usize, previous: Option<usize>, day: usize) -> Cost {
        let on = i64::try_from(day).unwrap_or(i64::MAX);
        self.next_window(job, previous).map_or_else(Cost::default, |window| self.cost_on(job, window, on))
    }

    /// What it costs that no visit is planned after `previous`: nothing where none is due.
    #[must_use]
    pub fn cost_of_none(&self, job: usize, previous: Option<usize>) -> Cost {
        let due = self.next_window(job, previous);
        Cost { late: due.map_or(0, |window| self.jobs[job].weight * self.unmet_days(window.latest)), soft: 0 }
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

    /// The days that a visit not made counts for: those it is late at the horizon's end, and the policy's for not
    /// being made, or one where its window goes on beyond the horizon.
    #[must_use]
    pub fn unmet_days(&self, latest: i64) -> u64 {
        let late = u64::try_from(self.last_day + 1 - latest).unwrap_or_default();
        late + if latest <= self.last_day { u64::from(self.snapshot.policy.unmet_days) } else { 1 }
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
    #[must_use]
    pub fn admitted(&self, officers: &[Available], job: usize) -> Vec<Available> {
        let shut_out = &self.jobs[job].shut_out;
        officers.iter().filter(|available| access::admits(shut_out, available.officer)).copied().collect()
    }
}

/// Seconds from each place to each, row by row.
fn roads(policy: &TravelPolicy, places: &[Location]) -> Vec<u32> {
    let mut roads = vec![0; places.len() * places.len()];
    for (from, there) in places.iter().enumerate() {
        for (to, other) in places[..from].iter().enumerate() {
            let road = travel_seconds(policy, *there, *other);
            roads[from * places.len() + to] = road;
            roads[to * places.len() + from] = road;
        }
    }
    roads
}

fn day_window(snapshot: &Snapshot, window: &Window) -> DayWindow {
    let day = |date| days_between(snapshot.horizon.from, date);
    DayWindow { earliest: day(window.earliest), ideal: day(window.ideal), latest: day(window.latest) }
}

fn weekday(date: CivilDate) -> usize {
    use chrono::Datelike as _;
    usize::try_from(date.weekday().num_days_from_monday()).unwrap_or_default()
}

fn job(snapshot: &Snapshot, at: usize, demand: &Demand) -> Job {
    use DayOfWeek::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let spans = [Mon, Tue, Wed, Thu, Fri, Sat, Sun].map(|weekday| {
        let agency = joint_agency::hours(&demand.needs, &snapshot.policy, weekday);
        let own = time_of_day::spans(&demand.needs, weekday);
        own.into_iter().filter_map(|span| span.shared(agency?)).collect()
    });
    let lives_until = demand.place.as_ref().and_then(|place| place.resident_until);
    let last_day = lives_until.into_iter().fold(demand.last_day_due(snapshot.horizon), CivilDate::min);
    let officer = |named: &_| snapshot.officers.iter().position(|officer| officer.officer_ref == *named);
    let accepted = snapshot
        .parent
        .iter()
        .flat_map(|parent| &parent.visits)
        .filter(|visit| visit.offender_ref == demand.offender_ref)
        .map(|visit| (days_between(snapshot.horizon.from, visit.date), visit.crew.iter().map(officer).collect()))
        .collect();
    Job {
        demand: at,
        window: day_window(snapshot, &demand.window),
        first_day: demand.place.as_ref().map_or(0, |place| days_between(snapshot.horizon.from, place.resident_from)),
        last_day: days_between(snapshot.horizon.from, last_day),
        duration: demand.needs.duration_minutes * 60,
        weight: u64::from(snapshot.policy.risk_weights.of(demand.risk)),
        crew: crew_size::least(&demand.needs),
        manager: demand.manager_ref.as_ref().and_then(officer),
        shut_out: demand.shut_out.iter().filter_map(officer).collect(),
        rhythm: demand.recurrence.as_ref().map(|recurrence| rhythm(snapshot, demand, recurrence)),
        holders: demand.needs.required_skills.iter().map(|skill| skills::holders(&snapshot.officers, skill)).collect(),
        spans,
        accepted,
    }
}

fn rhythm(snapshot: &Snapshot, demand: &Demand, recurrence: &Recurrence) -> Rhythm {
    let after = |interval: VisitInterval| {
        [interval.earliest_after_days, interval.interval_days, interval.latest_after_days].map(i64::from)
    };
    let day = |date| days_between(snapshot.horizon.from, date);
    let mut steps: Vec<_> = recurrence.steps.iter().map(|step| (day(step.until), after(step.interval))).collect();
    // Of two steps with one last day the first listed holds.
    steps.sort_by_key(|(until, _)| *until);
    Rhythm { own: after(recurrence.interval), steps, last_due: day(demand.last_day_due(snapshot.horizon)) }
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
