//! Why each planned visit has its day, its crew and its hour: told from a snapshot and the proposal made of it, so that any
//! proposal can be explained, years later too. Nothing of it decides anything.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use serde::Serialize;

use super::crew_chosen::{CrewChoice, crew};
use super::day_chosen::{DayChoice, day};
use super::hour_chosen::{HourChoice, hour};
use super::rebuilt::rebuilt;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;
use crate::planning::constraint::Span;
use crate::planning::crew::Crew;
use crate::planning::pin::Pinned;
use crate::planning::proposal::Proposal;
use crate::planning::search::construct::form_beside;
use crate::planning::search::cost::Cost;
use crate::planning::search::crew_day::CrewDay;
use crate::planning::search::problem::Problem;
use crate::planning::search::solution::Solution;
use crate::planning::snapshot::Snapshot;

/// Why a planned visit is where it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Whom.
    pub offender_ref: Ref,
    /// The day.
    pub date: CivilDate,
    /// When it begins.
    pub start: TimeOfDay,
    /// Who goes.
    pub crew: Vec<Ref>,
    /// By whom, where a person has put it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
    /// Why this day.
    pub day_chosen: DayChoice,
    /// Why this crew.
    pub crew_chosen: CrewChoice,
    /// Why this hour.
    pub hour_chosen: HourChoice,
    /// The three in a sentence.
    pub text: String,
}

/// What another place would cost more than the visit's own; less where it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Extra {
    /// Risk-weighted days late, which come strictly before the rest.
    pub lateness: i64,
    /// All that follows together, in seconds of travel.
    pub seconds: i64,
    /// Seconds on the road.
    pub road: i64,
    /// For the own manager, and for moving an accepted visit.
    pub crew: i64,
    /// For days off the ideal one, or the one drawn.
    pub drift: i64,
}

impl Extra {
    /// True where the place would be worse, in the order in which the search weighs.
    pub(super) fn is_dearer(self) -> bool {
        (self.lateness, self.seconds) > (0, 0)
    }

    /// The difference in words.
    pub(super) fn text(self) -> String {
        let Self { lateness, seconds, .. } = self;
        let later = if lateness > 0 { format!("{lateness} risk-weighted days late and ") } else { String::new() };
        format!("{later}as much as {} minutes of road", seconds / 60)
    }
}

/// What a visit costs at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Its days, and all together.
    pub cost: Cost,
    /// Seconds on the road.
    pub road: u64,
    /// For the own manager, and for moving an accepted visit.
    pub crew: u64,
    /// The day.
    pub day: usize,
}

/// One planned visit, with the schedule around it.
pub(super) struct Placed<'a> {
    pub problem: &'a Problem<'a>,
    pub solution: &'a Solution,
    pub job: usize,
    pub day: usize,
    /// Its crew among the day's.
    pub crew: usize,
    /// Its place among the crew's visits.
    pub position: usize,
    /// The day planned for the visit before.
    pub previous: Option<usize>,
    /// By whom, where a person has put it there.
    pub pinned: Option<&'a Pinned>,
}

impl Placed<'_> {
    /// The crew's day that has it.
    pub fn crew_day(&self) -> &CrewDay {
        &self.solution.days[self.day][self.crew]
    }

    /// True where it was not the search's to choose.
    pub fn stays(&self) -> bool {
        self.crew_day().stops[self.position].pinned.is_some()
    }

    /// What it costs where it is.
    pub fn own(&self) -> Place {
        let stops = &self.crew_day().stops;
        let place = |at: Option<usize>| at.and_then(|at| stops.get(at)).map_or(0, |stop| stop.job + 1);
        let (before, after) = (place(self.position.checked_sub(1)), place(Some(self.position + 1)));
        let here = self.job + 1;
        let roads = self.problem.travel(before, here) + self.problem.travel(here, after);
        let road = u64::from(roads.saturating_sub(self.problem.travel(before, after)));
        self.place(&self.crew_day().crew, self.day, road)
    }

    fn place(&self, crew: &Crew, day: usize, road: u64) -> Place {
        let crew = self.problem.crew_cost(crew, self.job, day);
        let on_day = self.problem.placed_cost(self.job, self.previous, day);
        Place { cost: Cost { late: on_day.late, soft: on_day.soft + crew + road }, road, crew, day }
    }

    /// What another place would cost more.
    pub fn extra(&self, there: Place) -> Extra {
        let own = self.own();
        let more = |there: u64, here: u64| {
            i64::try_from(there).unwrap_or(i64::MAX).saturating_sub(i64::try_from(here).unwrap_or(i64::MAX))
        };
        let drift = |place: Place| place.cost.soft - place.crew - place.road;
        Extra {
            lateness: more(there.cost.late, own.cost.late),
            seconds: more(there.cost.soft, own.cost.soft),
            road: more(there.road, own.road),
            crew: more(there.crew, own.crew),
            drift: more(drift(there), drift(own)),
        }
    }

    /// The cheapest place that a crew's day has for it on a day; its own place is left out of its own crew's.
    pub fn best_in(&self, crew_day: &CrewDay, day: usize) -> Option<Place> {
        let roads = self.problem.roads(self.job + 1);
        let call = self.problem.call(self.job, day, &None);
        let fits = |position: usize, taken: Option<Span>| {
            crew_day.may_take(&call, roads, position) && crew_day.fits(self.problem, day, self.job, (position, taken))
        };
        let places = crew_day.with_room(roads, call.duration).filter(|(position, _)| fits(*position, None));
        let road = places.map(|(_, road)| road).min()?;
        Some(self.place(&crew_day.crew, day, u64::from(road)))
    }

    /// The cheapest place on another day: with a crew that the day has, or with one of officers who have no visits then.
    pub fn best_on(&self, day: usize) -> Option<Place> {
        let crews = &self.solution.days[day];
        let suits = |crew_day: &&CrewDay| self.problem.suits(&crew_day.crew, self.job);
        let of_those = crews.iter().filter(suits).filter_map(|crew_day| self.best_in(crew_day, day)).min();
        let spare = form_beside(self.problem, crews, day, self.job);
        let of_spare = spare.and_then(|crew| self.best_in(&CrewDay::of(self.problem, crew), day));
        of_those.into_iter().chain(of_spare).min()
    }
}

/// Why each visit of a proposal is where it is, in the proposal's order; nothing where the snapshot is not the one that it was
/// made from. `wanted` picks the visits.
#[must_use]
pub fn choices(
    snapshot: &Snapshot,
    proposal: &Proposal,
    wanted: impl Fn(&Ref, CivilDate) -> bool,
) -> Option<Vec<Choice>> {
    let problem = Problem::new(snapshot, proposal.seed);
    let solution = rebuilt(&problem, proposal)?;
    let mut choices = Vec::new();
    for (at, crews) in solution.days.iter().enumerate() {
        let stops = crews.iter().enumerate().flat_map(|(crew, crew_day)| {
            crew_day.stops.iter().enumerate().map(move |(position, stop)| (crew, position, stop.job))
        });
        for (crew, position, job) in stops {
            let offender = &snapshot.demands[problem.jobs[job].demand].offender_ref;
            if wanted(offender, problem.days[at]) {
                let previous = solution.chains[job].iter().copied().rfind(|day| *day < at);
                let crew_day = &crews[crew];
                let named =
                    crew_day.crew.officers.iter().map(|officer| snapshot.officers[*officer].officer_ref.clone());
                let starts =
                    TimeOfDay::from_minutes(u16::try_from(crew_day.stops[position].start / 60).unwrap_or_default())?;
                let pin = snapshot.pin_as(offender, problem.days[at], starts, &named.collect::<Vec<Ref>>());
                let pinned = pin.map(|pin| &pin.pinned);
                let placed =
                    Placed { problem: &problem, solution: &solution, job, day: at, crew, position, previous, pinned };
                choices.push(choice(&placed, offender));
            }
        }
    }
    choices.sort_by(|a: &Choice, b| (a.date, &a.crew, a.start).cmp(&(b.date, &b.crew, b.start)));
    Some(choices)
}

fn choice(placed: &Placed<'_>, offender: &Ref) -> Choice {
    let (day_chosen, crew_chosen, hour_chosen) = (day(placed), crew(placed), hour(placed));
    let officers = placed.crew_day().crew.officers.iter();
    let text = format!("{}; {}; {}.", day_chosen.text, crew_chosen.text, hour_chosen.text);
    Choice {
        offender_ref: offender.clone(),
        date: placed.problem.days[placed.day],
        start: hour_chosen.start,
        crew: officers.map(|officer| placed.problem.snapshot.officers[*officer].officer_ref.clone()).collect(),
        pinned: placed.pinned.cloned().filter(|_| placed.stays()),
        day_chosen,
        crew_chosen,
        hour_chosen,
        text,
    }
}

#[cfg(test)]
mod tests;
