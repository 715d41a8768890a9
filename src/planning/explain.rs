//! Why a visit found no place, and the smallest change that would give it one: one rule at a time is
//! relaxed, and the visit put into the schedule as it stands. [`choice`] says why each planned one is where it is.
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

pub mod choice;
pub mod crew_chosen;
pub mod day_chosen;
pub mod hour_chosen;
mod rebuilt;

use super::constraint::shift::{Call, Shift};
use super::constraint::{Span, joint_agency, time_of_day};
use super::crew::{Available, Crew, form};
use super::proposal::{Change, SmallestChange, Unplaced, UnplacedReason, reason};
use super::search::crew_day::CrewDay;
use super::search::job::Job;
use super::search::problem::Problem;
use super::search::solution::{Slot, Solution};
use super::snapshot::VisitNeeds;
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::reference::Ref;
use crate::domain::working_time::DayOfWeek;

/// Every visit that is due and has no place, by offender.
#[must_use]
pub fn unplaced(problem: &Problem<'_>, solution: &Solution) -> Vec<Unplaced> {
    let snapshot = problem.snapshot;
    let mut unplaced: Vec<Unplaced> = snapshot.without_requirement.iter().map(without_requirement).collect();
    for at in &problem.without_location {
        let demand = &snapshot.demands[*at];
        let is_found = demand.place.as_ref().is_some_and(|place| place.location.is_some());
        let (what, text) = match (snapshot.base.is_none(), is_found) {
            (true, true) => ("it is not known where the team's base is", "record where the team's base is"),
            (true, false) => (
                "neither the team's base nor where the offender may be found is known",
                "record where the team's base is, and the offender's address and where it is",
            ),
            (false, _) => {
                ("it is not known where the offender lives or may be found", "record the address and where it is")
            }
        };
        unplaced.push(Unplaced {
            offender_ref: demand.offender_ref.clone(),
            window: Some(demand.window),
            reason: UnplacedReason::NoLocation,
            detail: what.to_owned(),
            smallest_change: change(Change::RecordLocation, None, text.to_owned()),
            why: Some(demand.why.clone()),
        });
    }
    unplaced.extend(solution.unserved(problem).into_iter().map(|job| explain(problem, solution, job)));
    unplaced.sort_by(|a, b| a.offender_ref.cmp(&b.offender_ref));
    unplaced
}

const fn change(change: Change, date: Option<CivilDate>, text: String) -> SmallestChange {
    SmallestChange { change, date, text }
}

fn without_requirement(offender_ref: &Ref) -> Unplaced {
    Unplaced {
        offender_ref: offender_ref.clone(),
        window: None,
        reason: UnplacedReason::NoVisitRequirement,
        detail: "no current plan says how often to visit, and no interval is assumed".to_owned(),
        smallest_change: change(
            Change::ApproveVisitRequirement,
            None,
            "approve a plan with a visit requirement".to_owned(),
        ),
        why: None,
    }
}

/// The days of the horizon on which a job may be done, with those on duty.
struct Window<'a> {
    problem: &'a Problem<'a>,
    solution: &'a Solution,
    job: usize,
    days: Vec<usize>,
}

impl Window<'_> {
    fn needs(&self) -> &VisitNeeds {
        &self.problem.snapshot.demands[self.problem.jobs[self.job].demand].needs
    }

    /// The crew that suits the job and that those on duty on a day could form, whatever else they do that day; of the crews
    /// given, where they are.
    fn possible_crew(&self, day: usize) -> Option<Crew> {
        let (problem, job) = (self.problem, self.job);
        match problem.given(day) {
            Some(given) => given.iter().find(|crew| problem.suits(crew, job)).cloned(),
            None => problem.form(problem.available(day), job).map(|members| Crew::of(&members)),
        }
    }

    /// True when those on duty on a day could form a crew large enough for the job, whatever its members can do.
    fn is_crew(&self, day: usize, is_admitted: impl Fn(&Available) -> bool) -> bool {
        let officers: Vec<Available> = self.problem.available(day).iter().copied().filter(is_admitted).collect();
        if let Some(given) = self.problem.given(day) {
            let goes = |officer: &usize| officers.iter().any(|available| available.officer == *officer);
            let is_large = |crew: &Crew| crew.officers.len() >= self.problem.jobs[self.job].crew;
            return given.iter().any(|crew| is_large(crew) && crew.officers.iter().all(goes));
        }
        form(&officers, self.problem.jobs[self.job].crew, &[], |_, _| false, self.problem.asked.shortest).is_some()
    }

    /// True when a crew without any other visit could make this one in these spans.
    fn could_go(&self, crew: &Crew, spans: &[Span]) -> bool {
        let call = Call { place: self.job + 1, duration: self.problem.jobs[self.job].duration, spans };
        let shift = Shift::of(crew, &self.problem.snapshot.policy.breaks);
        shift.arrange(std::iter::once(call), |a, b| self.problem.travel(a, b), |_| {}).is_some()
    }

    /// The first day on which a crew that suits, without other visits, could go in the spans of that day:
    /// one of the schedule's crews, or one formed of those on duty.
    fn first_day_free(&self, spans: impl Fn(usize) -> Vec<Span>) -> Option<usize> {
        self.days.iter().copied().find(|day| {
            let (spans, crews) = (spans(*day), &self.solution.days[*day]);
            let as_paired = crews.iter().map(|crew_day| &crew_day.crew);
            as_paired.filter(|crew| self.problem.suits(crew, self.job)).any(|crew| self.could_go(crew, &spans))
                || self.possible_crew(*day).is_some_and(|crew| self.could_go(&crew, &spans))
        })
    }
}

fn explain(problem: &Problem<'_>, solution: &Solution, job: usize) -> Unplaced {
    let demand = &problem.snapshot.demands[problem.jobs[job].demand];
    let previous = solution.chains[job].last().copied();
    let (due, why) = reason(demand, previous.map(|day| problem.days[day]));
    let days = problem
        .next_window(job, previous)
        .into_iter()
        .flat_map(|window| problem.days_of(job, window, previous))
        .collect();
    let window = Window { problem, solution, job, days };
    let (reason, mut detail, smallest_change) = refusal(&window, due.latest);
    if due.latest > problem.snapshot.horizon.until {
        detail.push_str("; its window goes on after the days planned");
    }
    Unplaced {
        offender_ref: demand.offender_ref.clone(),
        window: Some(due),
        reason,
        detail,
        smallest_change,
        why: Some(why),
    }
}

/// The first rule that no day of the window meets, and what would mend it.
fn refusal(window: &Window<'_>, latest: CivilDate) -> (UnplacedReason, String, SmallestChange) {
    let (problem, job, needs) = (window.problem, window.job, window.needs());
    let Some(first) = window.days.first().map(|day| problem.days[*day]) else {
        let detail = "no address is known for the offender on the days of its window".to_owned();
        let text = "record where the offender lives on those days".to_owned();
        return (UnplacedReason::NoLocation, detail, change(Change::RecordLocation, None, text));
    };
    let later = || visit_later(window, latest);
    if !window.days.iter().any(|day| window.is_crew(*day, |_| true)) {
        let least = problem.jobs[job].crew;
        let detail =
            format!("no {least} officers are on duty together on the {} days of its window", window.days.len());
        let text = format!("put {least} officers on duty together on a day of the window");
        let other = change(Change::AddCrewDay, Some(first), text);
        return (UnplacedReason::NoCrewOnDuty, detail, later().unwrap_or(other));
    }
    let is_admitted = |available: &Available| problem.admits(available, job);
    if !window.days.iter().any(|day| window.is_crew(*day, is_admitted)) {
        let detail =
            "no crew could be formed in its window of officers whom the case's limited access admits".to_owned();
        let text = "put officers who are admitted to the case on duty together in the window".to_owned();
        let other = change(Change::AddAdmittedOfficers, Some(first), text);
        return (UnplacedReason::NoAdmittedCrew, detail, later().unwrap_or(other));
    }
    if !window.days.iter().any(|day| window.possible_crew(*day).is_some()) {
        let skills = needs.required_skills.join(", ");
        let detail = format!("nobody who could go in its window has {skills}");
        let other = change(Change::AddSkill, Some(first), format!("put somebody with {skills} on duty in the window"));
        return (UnplacedReason::SkillNotOnDuty, detail, later().unwrap_or(other));
    }
    let weekday = |day: usize| DayOfWeek::of(problem.days[day]);
    let as_asked = window.first_day_free(|day| problem.spans(job, day).to_vec());
    if let Some(day) = as_asked {
        let detail = "every crew that could go in its window has other visits".to_owned();
        let text = "put one more crew on duty on that day".to_owned();
        let other = change(Change::AddCrewDay, Some(problem.days[day]), text);
        let mended = other_time_of_day(window).or_else(later).unwrap_or(other);
        return (UnplacedReason::NoCapacityInWindow, detail, mended);
    }
    let without_agency = |day: usize| time_of_day::spans(needs, weekday(day));
    if let Some(day) = needs.joint_agency.as_ref().and_then(|_| window.first_day_free(without_agency)) {
        let detail = "no crew that could go is there when the other agency can come".to_owned();
        let text = "agree another time with the other agency".to_owned();
        let agreed = change(Change::OtherJointAgencyTime, Some(problem.days[day]), text);
        return (UnplacedReason::JointAgencyUnavailable, detail, agreed);
    }
    let any_time = |day: usize| {
        joint_agency::hours(needs, &problem.snapshot.policy, weekday(day)).into_iter().collect::<Vec<Span>>()
    };
    if let Some(day) = window.first_day_free(any_time).filter(|_| !needs.time_windows.is_empty()) {
        let detail = "no crew that could go is on duty at the times the plan allows".to_owned();
        let text = "allow another time of day, or put a crew on duty at the times the plan allows".to_owned();
        let other = change(Change::OtherTimeOfDay, Some(problem.days[day]), text);
        return (UnplacedReason::TimeWindowUnreachable, detail, other);
    }
    let detail = "nobody who could go is on duty long enough for the road and the visit".to_owned();
    let text = "put a crew on a longer shift on a day of the window".to_owned();
    (UnplacedReason::NoCrewOnDuty, detail, change(Change::AddCrewDay, Some(first), text))
}

/// The first day of the window on which the visit fits into the schedule as it stands at a time of
/// day that the plan does not allow.
fn other_time_of_day(window: &Window<'_>) -> Option<SmallestChange> {
    if window.needs().time_windows.is_empty() {
        return None;
    }
    let date = window.days.iter().copied().find(|day| {
        let weekday = DayOfWeek::of(window.problem.days[*day]);
        let hours = joint_agency::hours(window.needs(), &window.problem.snapshot.policy, weekday);
        hours.is_some_and(|hours| fits_on(window, *day, Some(hours)))
    })?;
    let date = window.problem.days[date];
    Some(change(Change::OtherTimeOfDay, Some(date), format!("allow another time of day: it fits on {date}")))
}

/// True when the visit fits into the schedule as it stands on a day, within `hours` in place of the
/// plan's own times where they are given.
fn fits_on(window: &Window<'_>, day: usize, hours: Option<Span>) -> bool {
    let (problem, solution, job) = (window.problem, window.solution, window.job);
    let suitable = |(_, crew_day): &(usize, &CrewDay)| problem.suits(&crew_day.crew, job);
    solution.days[day].iter().enumerate().filter(suitable).any(|(crew, crew_day)| {
        (0..=crew_day.stops.len()).any(|position| solution.fits(problem, Slot { day, crew, position }, job, hours))
    })
}

/// The first day after the window on which the visit fits into the schedule as it stands.
fn visit_later(window: &Window<'_>, latest: CivilDate) -> Option<SmallestChange> {
    let after = window.days.last().map_or(0, |day| day + 1);
    let Job { last_day, .. } = window.problem.jobs[window.job];
    let until = usize::try_from(last_day + 1).unwrap_or_default().min(window.problem.days.len());
    let date = (after..until).find(|day| fits_on(window, *day, None))?;
    let date = window.problem.days[date];
    let days = days_between(latest, date);
    Some(change(Change::VisitLater, Some(date), format!("visit on {date}, {days} days after the window ends")))
}

#[cfg(test)]
pub(in crate::planning) mod tests;
