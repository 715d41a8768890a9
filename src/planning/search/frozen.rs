//! The visits that stay: those of an accepted schedule that are frozen, and those that a person has pinned. They have
//! their places before anything else is placed; on each day the pinned come first.
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

use super::crew_day::CrewDay;
use super::job::Job;
use super::problem::Problem;
use super::solution::{Slot, Solution};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::reference::Ref;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};
use crate::planning::constraint::{Span, access, crew_size, joint_agency, skills, time_of_day};
use crate::planning::crew::{Available, Crew};
use crate::planning::pin::{AgainstAdvice, DroppedPin, Pin, PinRule};
use crate::planning::proposal::reason;
use crate::planning::snapshot::{Snapshot, Window};

/// A visit that stays as it was accepted, or as a person put it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Whom.
    pub job: usize,
    /// The day.
    pub day: usize,
    /// Seconds after midnight.
    pub start: u32,
    /// Who goes.
    pub crew: Vec<usize>,
    /// Its place among the snapshot's pins, where a person put it there.
    pub pin: Option<usize>,
}

/// A visit that cannot stay.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Its place in the problem's list.
    pub at: usize,
    /// The rules that it breaks and that are not set aside.
    pub rules: Vec<PinRule>,
    /// The window that it was held to.
    pub window: Option<Window>,
}

/// When, by whom and where a visit was arranged.
struct Arranged<'a> {
    offender: &'a Ref,
    date: CivilDate,
    start: TimeOfDay,
    crew: &'a [Ref],
    address: &'a Ref,
}

impl<'a> Arranged<'a> {
    fn of_pin(pin: &'a Pin) -> Self {
        let Pin { offender_ref, date, start, crew, address_ref, pinned: _ } = pin;
        Self { offender: offender_ref, date: *date, start: *start, crew, address: address_ref }
    }

    /// The visit in numbers, or why it can never be one.
    fn find(&self, snapshot: &Snapshot, jobs: &[Job], pin: Option<usize>) -> Result<Frozen, PinRule> {
        let named = |job: &Job| snapshot.demands[job.demand].offender_ref == *self.offender;
        let Some(job) = jobs.iter().position(named) else {
            let is_due = snapshot.demands.iter().any(|demand| demand.offender_ref == *self.offender);
            return Err(if is_due { PinRule::Location } else { PinRule::NotDue });
        };
        if !snapshot.horizon.contains(self.date) {
            return Err(PinRule::OutsideHorizon);
        }
        let place = snapshot.demands[jobs[job].demand].place.as_ref();
        if place.is_none_or(|place| place.address_ref != *self.address) {
            return Err(PinRule::Location);
        }
        let officer = |of: &_| snapshot.officers.iter().position(|officer| officer.officer_ref == *of);
        let crew: Option<Vec<usize>> = self.crew.iter().map(officer).collect();
        let mut crew = crew.filter(|crew| !crew.is_empty()).ok_or(PinRule::OfficerNotOnDuty)?;
        crew.sort_unstable();
        crew.dedup();
        let day = usize::try_from(days_between(snapshot.horizon.from, self.date)).unwrap_or_default();
        Ok(Frozen { job, day, start: self.start.seconds(), crew, pin })
    }
}

/// The visits that stay, in the order in which they are placed: by day, the pinned first, by crew and time.
#[must_use]
pub fn frozen(snapshot: &Snapshot, jobs: &[Job]) -> Vec<Frozen> {
    let pinned = snapshot.pins.iter().enumerate().map(|(at, pin)| (Arranged::of_pin(pin), Some(at)));
    let accepted = snapshot.frozen().map(|visit| {
        let arranged = Arranged {
            offender: &visit.offender_ref,
            date: visit.date,
            start: visit.start,
            crew: &visit.crew,
            address: &visit.address_ref,
        };
        (arranged, None)
    });
    let found = pinned.chain(accepted).filter_map(|(arranged, pin)| arranged.find(snapshot, jobs, pin).ok());
    let mut frozen: Vec<Frozen> = found.collect();
    let order = |one: &Frozen| (one.day, one.pin.is_none(), one.crew.clone(), one.start, one.job);
    frozen.sort_by_cached_key(order);
    frozen.dedup();
    frozen
}

/// Places the visits that stay, and tells which cannot.
pub fn place(problem: &Problem<'_>, solution: &mut Solution) -> Vec<Refused> {
    let mut refused = Vec::new();
    for (at, frozen) in problem.frozen.iter().enumerate() {
        let previous = solution.chains[frozen.job].last().copied();
        let window = window(problem, frozen.job, previous);
        let advice = frozen.pin.and_then(|pin| problem.snapshot.pins[pin].pinned.against_advice.as_ref());
        let mut rules = of_the_case(problem, frozen, previous);
        rules.retain(|rule| !is_set_aside(advice, *rule, problem.days[frozen.day], window));
        match seat(problem, solution, frozen) {
            Ok(seat) if rules.is_empty() => seat.take(problem, solution, frozen),
            Ok(_) => refused.push(Refused { at, rules, window }),
            Err(rule) => {
                rules.push(rule);
                refused.push(Refused { at, rules, window });
            }
        }
    }
    refused
}

/// The pins that cannot be kept, in the snapshot's order.
#[must_use]
pub fn dropped(problem: &Problem<'_>) -> Vec<DroppedPin> {
    let snapshot = problem.snapshot;
    let refused = if snapshot.pins.is_empty() { Vec::new() } else { place(problem, &mut Solution::empty(problem)) };
    let rules = |(at, pin): (usize, &Pin)| match Arranged::of_pin(pin).find(snapshot, &problem.jobs, Some(at)) {
        Err(rule) => Some(DroppedPin::of(pin.clone(), vec![rule])),
        Ok(_) => refused
            .iter()
            .find(|refused| problem.frozen[refused.at].pin == Some(at))
            .map(|refused| DroppedPin::of(pin.clone(), refused.rules.clone())),
    };
    snapshot.pins.iter().enumerate().filter_map(rules).collect()
}

/// The window of a job's next visit after one planned on `previous`, in dates.
fn window(problem: &Problem<'_>, job: usize, previous: Option<usize>) -> Option<Window> {
    problem.next_window(job, previous)?;
    let demand = &problem.snapshot.demands[problem.jobs[job].demand];
    Some(reason(demand, previous.map(|day| problem.days[day])).0)
}

fn is_set_aside(advice: Option<&AgainstAdvice>, rule: PinRule, date: CivilDate, window: Option<Window>) -> bool {
    advice.zip(window).is_some_and(|(advice, window)| advice.covers(rule, date, window))
}

/// The rules of the case that a visit breaks where it is put, whatever else is planned.
fn of_the_case(problem: &Problem<'_>, frozen: &Frozen, previous: Option<usize>) -> Vec<PinRule> {
    let (job, date) = (&problem.jobs[frozen.job], problem.days[frozen.day]);
    let demand = &problem.snapshot.demands[job.demand];
    let Some(window) = problem.next_window(frozen.job, previous) else { return vec![PinRule::NotDue] };
    let on = i64::try_from(frozen.day).unwrap_or(i64::MAX);
    let in_window = window.is_past() || (window.earliest <= on && on <= window.latest);
    let is_notifiable = demand.notification_ends_on.is_none_or(|ends| date <= ends);
    let lives_there = job.first_day <= on && (on <= job.last_day || !is_notifiable);
    let whole = Span { from: frozen.start, until: frozen.start + job.duration };
    let within = |span: &Span| span.from <= whole.from && whole.until <= span.until;
    let weekday = DayOfWeek::of(date);
    let own_time = time_of_day::spans(&demand.needs, weekday).iter().any(within);
    let agency =
        joint_agency::hours(&demand.needs, &problem.snapshot.policy, weekday).is_some_and(|span| within(&span));
    let is_approved = demand.needs.single_crew_approved_by.is_some();
    let is_single = frozen.crew.len() < crew_size::CREW_WITHOUT_APPROVAL && !is_approved;
    let is_small = frozen.crew.len() < job.crew && !is_single;
    let is_admitted = frozen.crew.iter().all(|officer| access::admits(&job.shut_out, *officer));
    let outside = if previous.is_none() { PinRule::Window } else { PinRule::ChainGap };
    [
        (in_window, outside),
        (own_time, PinRule::TimeOfDay),
        (agency, PinRule::JointAgency),
        (skills::are_held(&job.holders, &frozen.crew), PinRule::Skills),
        (!is_small, PinRule::CrewSize),
        (previous != Some(frozen.day), PinRule::OneVisitADay),
        (lives_there, PinRule::Location),
        (is_notifiable, PinRule::NotificationEnded),
        (is_admitted, PinRule::LimitedAccess),
        (!is_single, PinRule::SingleCrew),
    ]
    .into_iter()
    .filter_map(|(holds, rule)| (!holds).then_some(rule))
    .collect()
}

/// Where a visit that stays is put.
enum Seat {
    /// Among the visits of a crew that the day has.
    In(Slot, Span),
    /// As the first visit of a crew made for it.
    New(Box<CrewDay>, Span),
}

impl Seat {
    fn take(self, problem: &Problem<'_>, solution: &mut Solution, frozen: &Frozen) {
        let (slot, span) = match self {
            Self::In(slot, span) => (slot, span),
            Self::New(crew_day, span) => {
                let crews = &mut solution.days[frozen.day];
                crews.push(*crew_day);
                (Slot { day: frozen.day, crew: crews.len() - 1, position: 0 }, span)
            }
        };
        solution.insert(problem, slot, frozen.job, Some(span));
    }
}

/// The place of a visit that stays: with its crew, which is made where it is not there yet and all of it are free, and at its time.
fn seat(problem: &Problem<'_>, solution: &Solution, frozen: &Frozen) -> Result<Seat, PinRule> {
    let Frozen { job, day, start, ref crew, pin: _ } = *frozen;
    let span = Span { from: start, until: start + problem.jobs[job].duration };
    let crews = &solution.days[day];
    if let Some(at) = crews.iter().position(|crew_day| crew_day.crew.officers == *crew) {
        let position = crews[at].stops.partition_point(|stop| stop.start < start);
        let slot = Slot { day, crew: at, position };
        return if solution.fits(problem, slot, job, Some(span)) {
            Ok(Seat::In(slot, span))
        } else {
            Err(PinRule::CrewDayFull)
        };
    }
    let on_duty = problem.available(day).iter().copied().filter(|available| crew.contains(&available.officer));
    let members: Vec<Available> = on_duty.collect();
    if members.len() < crew.len() {
        return Err(PinRule::OfficerNotOnDuty);
    }
    if crews.iter().any(|crew_day| crew.iter().any(|officer| crew_day.crew.officers.contains(officer))) {
        return Err(PinRule::OneCrewADay);
    }
    let formed = match problem.given(day) {
        Some(given) => given.iter().find(|given| given.officers == *crew).cloned().ok_or(PinRule::OfficerNotOnDuty)?,
        None => Crew::of(&members),
    };
    let crew_day = CrewDay::of(problem, formed);
    if crew_day.fits(problem, day, job, (0, Some(span))) {
        Ok(Seat::New(Box::new(crew_day), span))
    } else {
        Err(PinRule::CrewDayFull)
    }
}
