//! A team's course over the weeks: one plan over all of them, and, once a visit has missed its window for want of a place,
//! planned anew from the next week on, as the team would: the visit is overdue then, and due at once.

use super::{ForecastError, plan};
use crate::domain::calendar::{CivilDate, days_between, plus_days};
use crate::planning::proposal::{PlannedVisit, Proposal, Unplaced, reason};
use crate::planning::search::Budget;
use crate::planning::snapshot::{Demand, Horizon, Snapshot};
use crate::planning::take::thaw_what_cannot_stay;

/// Days in a week.
pub const WEEK: u32 = 7;

/// A plan of the course, of which what lies before the next one is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it was made from.
    pub snapshot: Snapshot,
    /// The plan.
    pub proposal: Proposal,
    /// The last day of it that is carried out.
    pub until: CivilDate,
}

/// A team's course.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The days.
    pub horizon: Horizon,
    /// The plans, one after the other.
    pub stages: Vec<Stage>,
}

impl Course {
    /// The plan over all the days, before anything is planned anew.
    #[must_use]
    pub fn first(&self) -> Option<&Proposal> {
        self.stages.first().map(|stage| &stage.proposal)
    }

    /// The visits that are made, in the order of their days.
    pub fn made(&self) -> impl Iterator<Item = &PlannedVisit> {
        self.stages.iter().flat_map(|stage| stage.proposal.visits.iter().filter(|visit| visit.date <= stage.until))
    }

    /// The visits that are due and not made by the last day.
    #[must_use]
    pub fn left(&self) -> &[Unplaced] {
        self.stages.last().map_or(&[], |stage| &stage.proposal.unplaced)
    }
}

/// Plans a team's course.
///
/// # Errors
/// As [`super::forecast`].
pub fn course(snapshot: &Snapshot, budget: Budget) -> Result<Course, ForecastError> {
    let horizon = snapshot.horizon;
    let mut stages = Vec::new();
    let mut next = Some(snapshot.clone());
    while let Some(snapshot) = next.take() {
        let proposal = plan(&snapshot, budget)?;
        let anew = planned_anew_on(&proposal, horizon);
        next = anew.map(|day| carried_out(&snapshot, &proposal.visits, day));
        let until = anew.and_then(|day| day.pred_opt()).unwrap_or(horizon.until);
        stages.push(Stage { snapshot, proposal, until });
    }
    Ok(Course { horizon, stages })
}

/// The first day of the week in which it is noticed that a visit has missed a window of this plan.
fn planned_anew_on(proposal: &Proposal, horizon: Horizon) -> Option<CivilDate> {
    let ends = proposal.unplaced.iter().filter_map(|unplaced| unplaced.window).map(|window| window.latest);
    let first = ends.filter(|latest| *latest >= proposal.horizon.from).min()?;
    let gone = u32::try_from(days_between(horizon.from, first)).ok()?;
    let day = plus_days(horizon.from, (gone / WEEK + 1) * WEEK);
    (day <= horizon.until).then_some(day)
}

/// The snapshot as it stands on a day, once the visits before it are made as planned.
fn carried_out(snapshot: &Snapshot, visits: &[PlannedVisit], day: CivilDate) -> Snapshot {
    let horizon = Horizon { from: day, until: snapshot.horizon.until };
    let mut later = snapshot.clone();
    later.horizon = horizon;
    for officer in &mut later.officers {
        officer.duties.retain(|duty| duty.date >= day);
    }
    later.officers.retain(|officer| !officer.duties.is_empty());
    later.demands = snapshot.demands.iter().filter_map(|demand| still_due(demand, visits, horizon)).collect();
    if let Some(parent) = &mut later.parent {
        parent.visits.retain(|visit| visit.date >= day);
    }
    thaw_what_cannot_stay(later)
}

/// What is due to an offender after the visits before the horizon; nothing where that is nothing in it.
fn still_due(demand: &Demand, visits: &[PlannedVisit], horizon: Horizon) -> Option<Demand> {
    let of_theirs = |visit: &&PlannedVisit| visit.offender_ref == demand.offender_ref && visit.date < horizon.from;
    let last = visits.iter().filter(of_theirs).map(|visit| visit.date).max();
    let mut demand = demand.clone();
    if last.is_some() {
        demand.recurrence.as_ref()?;
        (demand.window, demand.why) = reason(&demand, last);
    }
    let last_day = demand.last_day_due(horizon);
    (demand.window.ideal <= last_day && horizon.from <= last_day).then_some(demand)
}
