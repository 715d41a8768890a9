//! Why a planned visit has its hour: a crew begins each visit as soon as it can, so that one thing holds it back.
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

use serde::Serialize;

use super::choice::Placed;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};
use crate::planning::constraint::joint_agency;
use crate::planning::constraint::shift::{BASE, Free, Shift};

/// What a visit's beginning is bound by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HourReason {
    /// A person put it there.
    Pinned,
    /// It stays at its time.
    Stays,
    /// The shift begins, and the road from the base.
    ShiftStart,
    /// The crew sets out at a time that was drawn, and the road from the base.
    SettingOut,
    /// The visit before ends, and the road from there.
    VisitBefore,
    /// The crew takes its break first.
    Break,
    /// The plan's times begin.
    PlanTimes,
    /// The other agency's hours begin.
    AgencyHours,
}

/// Why this hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HourChoice {
    /// The reason.
    pub reason: HourReason,
    /// When it begins.
    pub start: TimeOfDay,
    /// When the crew could be at the door, its break not counted.
    pub soonest_arrival: TimeOfDay,
    /// Minutes on the road to it, rounded up.
    pub road_minutes: u32,
    /// When the crew's day begins.
    pub shift_from: TimeOfDay,
    /// When the crew must be back.
    pub shift_until: TimeOfDay,
    /// The same in words.
    pub text: String,
}

fn time(seconds: u32) -> TimeOfDay {
    u16::try_from(seconds.div_ceil(60)).ok().and_then(TimeOfDay::from_minutes).unwrap_or(TimeOfDay::LAST)
}

pub(super) fn hour(placed: &Placed<'_>) -> HourChoice {
    let (problem, crew_day) = (placed.problem, placed.crew_day());
    let shift = Shift::of(&crew_day.crew, &problem.snapshot.policy.breaks).setting_out(crew_day.wait);
    let (mut at, mut free) = (BASE, shift.begins());
    for stop in &crew_day.stops[..placed.position] {
        let call = problem.call(stop.job, placed.day, &stop.pinned);
        free = shift.visit(free, problem.travel(at, stop.job + 1), &call).map_or(free, |(_, free)| free);
        at = stop.job + 1;
    }
    let start = crew_day.stops[placed.position].start;
    let road = problem.travel(at, placed.job + 1);
    let reason = why(placed, free, road);
    let (start, arrival) = (time(start), time(free.time + road));
    let minutes = road.div_ceil(60);
    let text = match reason {
        HourReason::Pinned => format!("at {start}, the hour that was named then"),
        HourReason::Stays => format!("at {start}, where it stays"),
        HourReason::ShiftStart => format!("at {start}, {minutes} minutes from the base after the shift begins"),
        HourReason::SettingOut => {
            let sets_out = time(shift.begins().time);
            format!(
                "at {start}, {minutes} minutes from the base, from which the crew sets out at {sets_out}: a time drawn, so that no hour is usual"
            )
        }
        HourReason::VisitBefore => format!("at {start}, {minutes} minutes from the visit before"),
        HourReason::Break => format!("at {start}, after the crew's break and {minutes} minutes of road"),
        HourReason::PlanTimes => format!("at {start}, when the plan's times begin"),
        HourReason::AgencyHours => format!("at {start}, when the other agency can come"),
    };
    HourChoice {
        reason,
        start,
        soonest_arrival: arrival,
        road_minutes: minutes,
        shift_from: time(crew_day.crew.from),
        shift_until: time(crew_day.crew.until),
        text,
    }
}

fn why(placed: &Placed<'_>, free: Free, road: u32) -> HourReason {
    let (problem, job) = (placed.problem, placed.job);
    let start = placed.crew_day().stops[placed.position].start;
    if placed.stays() {
        return if placed.pinned.is_some() { HourReason::Pinned } else { HourReason::Stays };
    }
    if start == (free.time + road).div_ceil(60) * 60 {
        return match (placed.position, placed.crew_day().wait) {
            (0, 0) => HourReason::ShiftStart,
            (0, _) => HourReason::SettingOut,
            (_, _) => HourReason::VisitBefore,
        };
    }
    if problem.spans(job, placed.day).iter().any(|span| span.from.div_ceil(60) * 60 == start) {
        let demand = &problem.snapshot.demands[problem.jobs[job].demand];
        let weekday = DayOfWeek::of(problem.days[placed.day]);
        let agency = joint_agency::hours(&demand.needs, &problem.snapshot.policy, weekday);
        let is_agencys = demand.needs.joint_agency.is_some() && agency.is_some_and(|hours| hours.from == start);
        return if is_agencys { HourReason::AgencyHours } else { HourReason::PlanTimes };
    }
    // Nothing else holds a crew back.
    HourReason::Break
}
