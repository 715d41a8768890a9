//! A demand as the search sees it: days of the horizon in place of dates, numbers in place of names.

use std::ops::RangeInclusive;

use super::chance;
use super::cost::Cost;
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::working_time::DayOfWeek;
use crate::planning::constraint::day::DayWindow;
use crate::planning::constraint::{Span, crew_size, joint_agency, skills, time_of_day};
use crate::planning::snapshot::{Demand, Recurrence, Snapshot, Window};

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
    /// Whether the offender is not told beforehand.
    pub is_unannounced: bool,
    /// What its days are drawn by.
    pub key: u64,
    /// How visits follow one another; nothing where no plan says.
    rhythm: Option<Rhythm>,
    /// For each skill asked for, the officers who hold it.
    pub holders: Vec<Vec<usize>>,
    /// When a visit may be made, by weekday from Monday.
    pub spans: [Vec<Span>; 7],
    /// What it costs that no visit is planned at all, or none after each day of the horizon.
    none_after: Vec<u64>,
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

impl Job {
    /// A snapshot's demand, by its place in the list.
    #[must_use]
    pub fn of(snapshot: &Snapshot, at: usize, demand: &Demand) -> Self {
        let mut job = job(snapshot, at, demand);
        job.none_after = none_after(snapshot, &job);
        job
    }

    /// The window of the next visit after one planned on a day; of the first, where there is none. Nothing where no further
    /// visit is due within the horizon.
    #[must_use]
    pub fn next_window(&self, previous: Option<usize>) -> Option<DayWindow> {
        match previous {
            None => Some(self.window),
            Some(previous) => self.rhythm.as_ref()?.after(i64::try_from(previous).ok()?),
        }
    }

    /// The days on which a visit of a window may be made, `previous` being the day planned for the one before.
    #[must_use]
    pub fn days(&self, window: DayWindow, previous: Option<usize>) -> RangeInclusive<i64> {
        let days = window.days(self.last_day, previous.and_then(|day| i64::try_from(day).ok()));
        self.first_day.max(*days.start())..=*days.end()
    }

    /// True where a visit has times on a weekday, Monday being 0.
    #[must_use]
    pub fn may_be_on(&self, weekday: usize) -> bool {
        self.spans.get(weekday).is_some_and(|spans| !spans.is_empty())
    }

    /// What it costs that no visit is planned after a day, or none at all: for each visit that would be due then the days that it
    /// is late at the horizon's end and the policy's for not being made; and those that would have followed it do not take place
    /// either, counted from the day of its window that leaves the most of them. So one more visit never costs more than none.
    #[must_use]
    pub fn cost_of_none(&self, previous: Option<usize>) -> Cost {
        let late = self.none_after.get(previous.map_or(0, |day| day + 1)).copied().unwrap_or_default();
        Cost { late, soft: 0 }
    }
}

/// [`Job::cost_of_none`] of no visit at all, and of none after each day: from the last day back, for visits follow forwards.
fn none_after(snapshot: &Snapshot, job: &Job) -> Vec<u64> {
    let last_day = days_between(snapshot.horizon.from, snapshot.horizon.until);
    let days = usize::try_from(last_day + 1).unwrap_or_default();
    let mut costs = vec![0; days + 1];
    for at in (0..=days).rev() {
        let previous = at.checked_sub(1);
        let Some(window) = job.next_window(previous) else { continue };
        let unmet_days = u64::try_from(last_day + 1 - window.latest).unwrap_or_default()
            + if window.latest <= last_day { u64::from(snapshot.policy.unmet_days) } else { 1 };
        let made_on = |day: i64| usize::try_from(day + 1).ok().and_then(|at| costs.get(at)).copied();
        let following = job.days(window, previous).filter_map(made_on).max().unwrap_or_default();
        if let Some(cost) = costs.get_mut(at) {
            *cost = job.weight * unmet_days + following;
        }
    }
    costs
}

fn day_window(snapshot: &Snapshot, window: &Window) -> DayWindow {
    let day = |date| days_between(snapshot.horizon.from, date);
    DayWindow { earliest: day(window.earliest), ideal: day(window.ideal), latest: day(window.latest) }
}

/// A day's place in its week, Monday being 0.
pub(super) fn weekday(date: CivilDate) -> usize {
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
        is_unannounced: demand.needs.unannounced,
        key: chance::key(demand.offender_ref.as_str()),
        rhythm: demand.recurrence.as_ref().map(|recurrence| rhythm(snapshot, demand, recurrence)),
        holders: demand.needs.required_skills.iter().map(|skill| skills::holders(&snapshot.officers, skill)).collect(),
        spans,
        none_after: Vec::new(),
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
