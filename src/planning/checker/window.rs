//! The checker on days: windows, chains, one visit a day, place, length, time of day, frozen visits.

use std::collections::BTreeMap;

use chrono::Days;

use super::{Findings, Rule, pins};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::working_time::DayOfWeek;
use crate::planning::pin::PinRule;
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::{Demand, DueRule, Recurrence, Snapshot, Window};

pub(super) fn check(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    let mut by_offender: BTreeMap<&Ref, Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in &proposal.visits {
        by_offender.entry(&visit.offender_ref).or_default().push(visit);
    }
    for (offender, mut visits) in by_offender {
        visits.sort_by_key(|visit| (visit.date, visit.start));
        let Some(demand) = snapshot.demands.iter().find(|demand| demand.offender_ref == *offender) else {
            findings.broken(Rule::Accounting, offender, "is planned and not due");
            continue;
        };
        chain(snapshot, demand, &visits, findings);
        for visit in visits {
            one_visit(snapshot, demand, visit, findings);
        }
    }
    frozen(snapshot, proposal, findings);
}

/// The counts of the plan that hold on a day.
pub(super) fn counts(recurrence: &Recurrence, day: CivilDate) -> VisitInterval {
    let mut found: Option<(CivilDate, VisitInterval)> = None;
    for step in &recurrence.steps {
        if step.until >= day && found.is_none_or(|(until, _)| step.until < until) {
            found = Some((step.until, step.interval));
        }
    }
    found.map_or(recurrence.interval, |(_, interval)| interval)
}

fn after(day: CivilDate, days: u32) -> CivilDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(CivilDate::MAX)
}

fn chain(snapshot: &Snapshot, demand: &Demand, visits: &[&PlannedVisit], findings: &mut Findings) {
    let mut previous: Option<CivilDate> = None;
    for visit in visits {
        let at = place(visit);
        let (expected, rule) = match (previous, &demand.recurrence) {
            (None, _) => (demand.window, Rule::Window),
            (Some(day), Some(recurrence)) => {
                let interval = counts(recurrence, day);
                let window = Window {
                    earliest: after(day, interval.earliest_after_days),
                    ideal: after(day, interval.interval_days),
                    latest: after(day, interval.latest_after_days),
                };
                (window, Rule::ChainGap)
            }
            (Some(_), None) => {
                findings.broken(Rule::Accounting, &at, "is a further visit where no plan asks for one");
                return;
            }
        };
        findings.require(visit.window == expected, Rule::WindowFacts, &at, "has a window that the facts do not give");
        let is_told = match previous {
            None => visit.why == demand.why,
            Some(day) => {
                let plan = demand.recurrence.as_ref().map(|recurrence| &recurrence.plan_ref);
                visit.why.rule == DueRule::AfterPlannedVisit
                    && visit.why.counted_from == day
                    && visit.why.plan_ref.as_ref() == plan
                    && visit.why.interval == demand.recurrence.as_ref().map(|recurrence| counts(recurrence, day))
            }
        };
        findings.require(is_told, Rule::WindowFacts, &at, "gives a reason that the facts do not give");
        let was_past = expected.latest < snapshot.horizon.from;
        let advice = if previous.is_none() { PinRule::Window } else { PinRule::ChainGap };
        let set_aside = pins::is_set_aside(snapshot, visit, advice, expected);
        let (is_after_it_opens, ends_after) = (visit.date >= expected.earliest, visit.date <= expected.latest);
        findings.advise(was_past || is_after_it_opens, rule, &at, (set_aside, "is before its window"));
        findings.advise(was_past || ends_after, rule, &at, (set_aside, "is after its window"));
        let late = (visit.date - expected.latest).num_days().max(0);
        findings.require(
            i64::from(visit.overdue_days) == late,
            Rule::WindowFacts,
            &at,
            "counts its days overdue wrongly",
        );
        findings.require(previous != Some(visit.date), Rule::OneVisitADay, &at, "is a second visit that day");
        previous = Some(visit.date);
    }
}

fn one_visit(snapshot: &Snapshot, demand: &Demand, visit: &PlannedVisit, findings: &mut Findings) {
    let at = place(visit);
    let horizon = snapshot.horizon;
    findings.require(
        horizon.from <= visit.date && visit.date <= horizon.until,
        Rule::Window,
        &at,
        "is outside the horizon",
    );
    let long = i64::from(visit.end.minutes()) - i64::from(visit.start.minutes());
    findings.require(long == i64::from(demand.needs.duration_minutes), Rule::Duration, &at, "is not as long as asked");
    let there = demand.place.as_ref().is_some_and(|place| {
        place.address_ref == visit.address_ref
            && place.location.is_some_and(|at| at.latitude == visit.latitude && at.longitude == visit.longitude)
    });
    findings.require(there, Rule::Location, &at, "is not where the offender is");
    let lives_there = demand.place.as_ref().is_some_and(|place| {
        place.resident_from <= visit.date && place.resident_until.is_none_or(|until| visit.date <= until)
    });
    findings.require(lives_there, Rule::Location, &at, "is when the offender does not live there");
    let is_notifiable = demand.notification_ends_on.is_none_or(|ends| visit.date <= ends);
    findings.require(is_notifiable, Rule::Window, &at, "is after the end of notification");
    findings.require(visit.team_ref == snapshot.team_ref, Rule::Identity, &at, "names another team");
    findings.require(visit.risk == demand.risk, Rule::Identity, &at, "names another level of risk");
    findings.require(visit.unannounced == demand.needs.unannounced, Rule::Identity, &at, "differs on being announced");
    let weekday = DayOfWeek::of(visit.date);
    let windows = &demand.needs.time_windows;
    let in_time = windows.is_empty()
        || windows.iter().any(|window| {
            window.weekdays.contains(&weekday) && window.from <= visit.start && visit.end <= window.until
        });
    let set_aside = |rule| pins::is_set_aside(snapshot, visit, rule, visit.window);
    findings.advise(in_time, Rule::TimeOfDay, &at, (set_aside(PinRule::TimeOfDay), "is outside the plan's times"));
    if demand.needs.joint_agency.is_some() {
        let hours = &snapshot.policy.joint_agency_hours;
        let can_come = hours.weekdays.contains(&weekday) && hours.from <= visit.start && visit.end <= hours.until;
        let set_aside = set_aside(PinRule::JointAgency);
        findings.advise(can_come, Rule::JointAgency, &at, (set_aside, "is when the other agency cannot come"));
    }
}

fn frozen(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    for kept in snapshot.frozen() {
        let stays = proposal.visits.iter().any(|visit| {
            let mut crew = kept.crew.clone();
            crew.sort();
            let mut planned = visit.crew.clone();
            planned.sort();
            visit.offender_ref == kept.offender_ref
                && visit.date == kept.date
                && visit.start == kept.start
                && planned == crew
        });
        let at = format!("{} on {}", kept.offender_ref, kept.date);
        findings.require(stays, Rule::Frozen, at, "was to stay as it was, and has moved");
    }
}

fn place(visit: &PlannedVisit) -> String {
    format!("{} on {}", visit.offender_ref, visit.date)
}
