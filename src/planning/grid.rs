//! The rigid grid that individual plans take the place of, planned and judged beside them.
//!
//! The inspected force programmed visits 1, 3, 6 or 12 months apart by risk level, whatever had happened since (HMICFRS, Dorset
//! 2021, section 10). Here the grid has the same officers, crews, hard rules and search; only what is due, and when, differs. Both
//! schedules are then judged by both yardsticks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::due::{Due, DueContext, Opening, counted_from, demand, due, first_visit, is_visited};
use super::proposal::{PlannedVisit, Proposal};
use super::snapshot::{Demand, DueReason, DueRule, Horizon, Recurrence, Snapshot};
use super::take::{Stay, take_by};
use crate::domain::calendar::{CivilDate, days_between, plus_days};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::offender::RiskLevel;
use crate::domain::reactive_suspension::suspension;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::VisitInterval;

/// The grid's interval at a level, in days: the nearest to 1, 3, 6 and 12 months; a level that is not known is taken as high.
const fn interval_days(risk: Option<RiskLevel>) -> u32 {
    match risk {
        Some(RiskLevel::VeryHigh) => 30,
        Some(RiskLevel::High) | None => 91,
        Some(RiskLevel::Medium) => 182,
        Some(RiskLevel::Low) => 365,
    }
}

/// The room that the grid's dates have where no plan says how much its own have, in percent of the interval to either side `[I]`.
const ROOM_PERCENT: u32 = 20;

/// The grid's interval of a case, with as much room around it, in proportion, as the case's plan has around its own.
fn interval(case: &CaseFile, context: DueContext<'_>) -> VisitInterval {
    let interval_days = interval_days(case.arms_level(context.at));
    let own = case.visit_requirement(context.at).map(|requirement| requirement.interval);
    let part = |days: u32, of: u32| interval_days * days / of.max(1);
    let (earliest_after_days, latest_after_days) = own
        .map_or((part(100 - ROOM_PERCENT, 100), part(100 + ROOM_PERCENT, 100)), |own| {
            (part(own.earliest_after_days, own.interval_days), part(own.latest_after_days, own.interval_days))
        });
    VisitInterval { interval_days, earliest_after_days, latest_after_days }
}

/// What a case owes the horizon by the grid: a visit so long after the last, or the first; nothing that happened opens a window.
fn due_by_grid(case: &CaseFile, context: DueContext<'_>) -> Option<Due> {
    let at = context.at;
    let suspension = suspension(case, at, context.policy, context.bank_holidays);
    if !is_visited(case, at, suspension.as_ref()) {
        return None;
    }
    let interval = interval(case, context);
    let last = case.last_qualifying_visit(at);
    let opening = match last {
        None => first_visit(case, context, None)?,
        Some(last) => Opening {
            window: counted_from(last.date(), interval),
            why: DueReason {
                rule: DueRule::PlanInterval,
                plan_ref: None,
                interval: Some(interval),
                step_until: None,
                counted_from: last.date(),
                fact: "programmed by level".to_owned(),
                record_ref: None,
                last_qualifying_visit_on: Some(last.date()),
            },
        },
    };
    let last_day = context.horizon.last_day_due(case.offender.notification.ends_on);
    let is_due = opening.window.ideal <= last_day && context.horizon.from <= last_day;
    // No plan says so; the proposal of a comparison is never kept.
    let plan_ref = case.offender_ref.clone();
    let recurrence = Recurrence { plan_ref, interval, steps: Vec::new() };
    is_due.then(|| Due::Visit(Box::new(demand(case, context, opening, Some(recurrence)))))
}

/// A team's snapshot by the grid: programmed dates are sought, none is drawn.
fn take_by_grid(force_name: &str, force: &ForceFile, team: &Ref, context: DueContext<'_>) -> Snapshot {
    let mut snapshot = take_by(due_by_grid, (force_name, force), team, context, (None, Vec::new()), Stay::Near);
    snapshot.policy.costs.off_drawn_day = 0;
    snapshot.policy.drawn_setting_out_percent = 0;
    snapshot
}

/// A team by its plans and by the grid: what each is planned from, and what each judges by.
#[derive(Debug, Clone)]
pub struct Compared {
    /// What is planned from, by the plans.
    pub plans: Snapshot,
    /// What is planned from, by the grid.
    pub grid: Snapshot,
    /// What the plans say is due, within the horizon and beyond.
    pub plans_yardstick: Snapshot,
    /// What the grid says is due, within the horizon and beyond.
    pub grid_yardstick: Snapshot,
}

impl Compared {
    /// A team on a horizon, nothing being accepted yet.
    #[must_use]
    pub fn of(force_name: &str, force: &ForceFile, team: &Ref, context: DueContext<'_>) -> Self {
        let further = DueContext { horizon: beyond(context.horizon), ..context };
        let by_plans = |context| take_by(due, (force_name, force), team, context, (None, Vec::new()), Stay::Near);
        let by_grid = |context| take_by_grid(force_name, force, team, context);
        Self {
            plans: by_plans(context),
            grid: by_grid(context),
            plans_yardstick: by_plans(further),
            grid_yardstick: by_grid(further),
        }
    }
}

/// Days after the first of the horizon at whose end it is counted who is overdue, where the horizon is long enough.
pub const COUNTED_AFTER_DAYS: [u32; 2] = [28, 91];

/// How a schedule does by a yardstick.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Judged {
    /// Days late, weighted by risk: of the visits made, and of those still owed when the horizon ends.
    pub weighted_days_late: u64,
    /// Offenders at high or very high risk whose visit is overdue at the end of so many days.
    pub high_risk_overdue_after: BTreeMap<u32, usize>,
    /// All offenders whose visit is overdue then.
    pub overdue_after: BTreeMap<u32, usize>,
}

impl Judged {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.weighted_days_late += other.weighted_days_late;
        for (days, offenders) in &other.high_risk_overdue_after {
            *self.high_risk_overdue_after.entry(*days).or_default() += offenders;
        }
        for (days, offenders) in &other.overdue_after {
            *self.overdue_after.entry(*days).or_default() += offenders;
        }
        self
    }

    fn add(&mut self, days: u32, demand: &Demand) {
        let is_high = matches!(demand.risk, Some(RiskLevel::High | RiskLevel::VeryHigh));
        *self.overdue_after.entry(days).or_default() += 1;
        *self.high_risk_overdue_after.entry(days).or_default() += usize::from(is_high);
    }
}

/// Judges a schedule by what a yardstick says is due: a snapshot of the same team that looks beyond the horizon, so that everybody who could
/// become overdue in it is there. Each visit resets the clock, early ones too.
#[must_use]
pub fn judge(yardstick: &Snapshot, proposal: &Proposal) -> Judged {
    let mut dates: BTreeMap<&Ref, Vec<CivilDate>> = BTreeMap::new();
    for PlannedVisit { offender_ref, date, .. } in &proposal.visits {
        dates.entry(offender_ref).or_default().push(*date);
    }
    let mut judged = Judged::default();
    let counted = COUNTED_AFTER_DAYS.map(|days| (days, plus_days(proposal.horizon.from, days - 1)));
    for (days, _) in counted.iter().filter(|(_, on)| proposal.horizon.contains(*on)) {
        judged.overdue_after.insert(*days, 0);
        judged.high_risk_overdue_after.insert(*days, 0);
    }
    for demand in &yardstick.demands {
        let mut made = dates.remove(&demand.offender_ref).unwrap_or_default();
        made.sort_unstable();
        let weight = u64::from(yardstick.policy.risk_weights.of(demand.risk));
        let late = |latest: CivilDate, on: CivilDate| u64::try_from(days_between(latest, on)).unwrap_or_default();
        let mut spells: Vec<(CivilDate, Option<CivilDate>)> = Vec::new();
        let mut latest = Some(demand.window.latest);
        for date in made {
            if let Some(latest) = latest {
                judged.weighted_days_late += weight * late(latest, date);
                spells.push((latest, Some(date)));
            }
            latest = demand.recurrence.as_ref().map(|recurrence| {
                let (interval, _) = VisitInterval::in_force(recurrence.interval, &recurrence.steps, date);
                plus_days(date, interval.latest_after_days)
            });
        }
        if let Some(latest) = latest {
            let ends = demand.last_day_due(proposal.horizon);
            judged.weighted_days_late += weight * late(latest, ends);
            spells.push((latest, None));
        }
        for (days, on) in counted.iter().filter(|(_, on)| proposal.horizon.contains(*on)) {
            let is_owed =
                |(latest, made): &(CivilDate, Option<CivilDate>)| latest < on && made.is_none_or(|made| made > *on);
            if demand.notification_ends_on.is_none_or(|ends| ends >= *on) && spells.iter().any(is_owed) {
                judged.add(*days, demand);
            }
        }
    }
    judged
}

/// A horizon that looks so far beyond another that whoever is visited once a year is due in it.
fn beyond(horizon: Horizon) -> Horizon {
    /// The longest interval on record and its room, in days `[I]`.
    const LONGEST_DAYS: u32 = 800;
    Horizon { until: plus_days(horizon.until, LONGEST_DAYS), ..horizon }
}

#[cfg(test)]
mod tests;
