//! Why a planned visit has its day: the day sought, or why not that one. The ideal day is sought for announced visits, for the others one drawn
//! by chance ([`crate::planning::search::drawn`]).
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

use serde::Serialize;

use super::Window;
use super::choice::{Extra, Placed};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::working_time::DayOfWeek;
use crate::planning::constraint::joint_agency;
use crate::planning::proposal::reason;

/// Why a visit is made on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayReason {
    /// A person put it there.
    Pinned,
    /// It stays as it was accepted, or planned before.
    Stays,
    /// It is the ideal day.
    OnIdealDay,
    /// It is the day drawn by chance from its window, so that nobody can guess it.
    OnDrawnDay,
    /// The ideal day is past: it is the first day planned.
    IdealDayPast,
    /// The ideal day is not one on which the offender can be visited: of living there, of notification, after the visit before.
    IdealDayNotPossible,
    /// The plan has no times on that weekday.
    NoTimeThatWeekday,
    /// The other agency does not come on that weekday.
    AgencyNotThatWeekday,
    /// No crew large enough is on duty on the ideal day.
    NoCrewOnDuty,
    /// No crew on duty then is of officers whom the case admits.
    NoAdmittedCrew,
    /// Nobody on duty then has a skill asked for.
    SkillNotOnDuty,
    /// No crew that could go is there then at the times allowed.
    TimesNotOnDuty,
    /// Every crew that could go then has other visits.
    EveryCrewFull,
    /// There is room on the ideal day, and it costs more.
    IdealDayDearer,
    /// There is room on the ideal day at no greater cost; the search did not come to it.
    NotFound,
}

/// Why this day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayChoice {
    /// The reason.
    pub reason: DayReason,
    /// The ideal day, by the window's own count.
    pub ideal: CivilDate,
    /// Days after the ideal day; before it where negative.
    pub days_off_ideal: i64,
    /// The day drawn by chance, which is sought in the ideal day's stead: every reason below that names the ideal day is of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<CivilDate>,
    /// The day nearest to the ideal one that still has a place, where every crew is full then and it is not the visit's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_day_with_a_place: Option<CivilDate>,
    /// What that day, or else the ideal one, would cost more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Extra>,
    /// The same in words.
    pub text: String,
}

pub(super) fn day(placed: &Placed<'_>) -> DayChoice {
    let problem = placed.problem;
    let demand = &problem.snapshot.demands[problem.jobs[placed.job].demand];
    let (window, _) = reason(demand, placed.previous.map(|day| problem.days[day]));
    let drawn = problem.drawn_day(placed.job, placed.previous);
    let drawn_on = drawn.and_then(|day| usize::try_from(day).ok()).map(|day| problem.days[day]);
    let off = days_between(drawn_on.unwrap_or(window.ideal), problem.days[placed.day]);
    let (reason, nearest, extra) = why(placed, (off, drawn));
    let nearest = nearest.map(|day| problem.days[day]);
    DayChoice {
        reason,
        ideal: window.ideal,
        days_off_ideal: days_between(window.ideal, problem.days[placed.day]),
        drawn: drawn_on,
        nearest_day_with_a_place: nearest,
        extra,
        text: text(placed, (reason, drawn.is_some()), off, (nearest, extra)),
    }
}

/// The reason, the nearest day that has a place, and what that or the day sought would cost more.
fn why(placed: &Placed<'_>, (off, drawn): (i64, Option<i64>)) -> (DayReason, Option<usize>, Option<Extra>) {
    let bare = |reason| (reason, None, None);
    let (problem, job) = (placed.problem, placed.job);
    if placed.stays() {
        return bare(if placed.pinned.is_some() { DayReason::Pinned } else { DayReason::Stays });
    }
    if off == 0 {
        return bare(if drawn.is_some() { DayReason::OnDrawnDay } else { DayReason::OnIdealDay });
    }
    let Some(due) = problem.next_window(job, placed.previous) else { return bare(DayReason::IdealDayNotPossible) };
    if drawn.is_none() && due.ideal < 0 && placed.day == 0 {
        return bare(DayReason::IdealDayPast);
    }
    let possible: Vec<usize> = problem.days_of(job, due, placed.previous).collect();
    let Some(ideal) = usize::try_from(drawn.unwrap_or(due.ideal).max(0)).ok().filter(|day| possible.contains(day))
    else {
        return bare(DayReason::IdealDayNotPossible);
    };
    if let Some(there) = placed.best_on(ideal) {
        let extra = placed.extra(there);
        let reason = if extra.is_dearer() { DayReason::IdealDayDearer } else { DayReason::NotFound };
        return (reason, None, Some(extra));
    }
    let reason = no_place(placed, ideal);
    if reason != DayReason::EveryCrewFull {
        return bare(reason);
    }
    let distance = |day: usize| day.abs_diff(ideal);
    let mut nearer: Vec<usize> = possible.into_iter().filter(|day| distance(*day) < distance(placed.day)).collect();
    nearer.sort_by_key(|day| (distance(*day), *day));
    let there = nearer.into_iter().find_map(|day| placed.best_on(day));
    (reason, there.map(|place| place.day), there.map(|place| placed.extra(place)))
}

/// The rule by which no crew can make the visit on a day on which it could be made.
fn no_place(placed: &Placed<'_>, day: usize) -> DayReason {
    let (problem, job) = (placed.problem, placed.job);
    let window = Window { problem, solution: placed.solution, job, days: vec![day] };
    if problem.spans(job, day).is_empty() {
        let weekday = DayOfWeek::of(problem.days[day]);
        let comes = joint_agency::hours(window.needs(), &problem.snapshot.policy, weekday).is_some();
        return if comes { DayReason::NoTimeThatWeekday } else { DayReason::AgencyNotThatWeekday };
    }
    if !window.is_crew(day, |_| true) {
        DayReason::NoCrewOnDuty
    } else if !window.is_crew(day, |available| problem.admits(available, job)) {
        DayReason::NoAdmittedCrew
    } else if window.possible_crew(day).is_none() {
        DayReason::SkillNotOnDuty
    } else if window.first_day_free(|day| problem.spans(job, day).to_vec()).is_none() {
        DayReason::TimesNotOnDuty
    } else {
        DayReason::EveryCrewFull
    }
}

fn text(
    placed: &Placed<'_>,
    (reason, is_drawn): (DayReason, bool),
    off: i64,
    extra: (Option<CivilDate>, Option<Extra>),
) -> String {
    let sought = if is_drawn { "the day drawn by chance" } else { "the ideal day" };
    let days = |count: i64| if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
    let when =
        if off < 0 { format!("{} before {sought}", days(-off)) } else { format!("{} after {sought}", days(off)) };
    let dearer = |extra: Option<Extra>| extra.map(Extra::text).unwrap_or_default();
    match reason {
        DayReason::Pinned => {
            let by = placed.pinned.map(|pinned| pinned.by.as_str()).unwrap_or_default();
            format!("this day because {by} put it there")
        }
        DayReason::Stays => "this day because it stays as it was planned before".to_owned(),
        DayReason::OnIdealDay | DayReason::OnDrawnDay => sought.to_owned(),
        DayReason::IdealDayPast => format!("{when}, the first day planned"),
        DayReason::IdealDayNotPossible => format!("{when}, on which no visit can be made"),
        DayReason::NoTimeThatWeekday => format!("{when}, a weekday without times in the plan"),
        DayReason::AgencyNotThatWeekday => format!("{when}, on which the other agency does not come"),
        DayReason::NoCrewOnDuty => format!("{when}, on which no crew large enough is on duty"),
        DayReason::NoAdmittedCrew => format!("{when}, on which no crew is on duty that the case admits"),
        DayReason::SkillNotOnDuty => format!("{when}, on which nobody with a skill asked for is on duty"),
        DayReason::TimesNotOnDuty => format!("{when}, on which no crew is there at the times allowed"),
        DayReason::EveryCrewFull => match extra {
            (Some(nearest), more) if more.is_some_and(Extra::is_dearer) => {
                format!("{when}, on which every crew is full; {nearest} has a place and costs {} more", dearer(more))
            }
            (Some(nearest), _) => {
                format!(
                    "{when}, on which every crew is full; {nearest} has a place at no greater cost that the search did not come to"
                )
            }
            (None, _) => format!("{when}, on which every crew is full; no day nearer to it has a place"),
        },
        DayReason::IdealDayDearer => format!("{when}, which costs {} more", dearer(extra.1)),
        DayReason::NotFound => format!("{when}, which has a place at no greater cost that the search did not come to"),
    }
}
