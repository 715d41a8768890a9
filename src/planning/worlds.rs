//! Invented worlds for the tests of planning: small teams, made from a seed.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::proposal::Proposal;
use super::snapshot::{
    Demand, DueReason, DueRule, Duty, FORMAT, Horizon, OnDuty, Parent, Place, Recurrence, Snapshot, VisitNeeds, Window,
};
use crate::domain::calendar::{CivilDate, dates, is_weekend, minus_days, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::planning_policy::PlanningPolicy;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::{TimeWindow, VisitInterval, VisitStep};
use crate::domain::team::Location;
use crate::domain::visit_guess::SeenVisit;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};

/// A Thursday.
pub fn today() -> CivilDate {
    "2021-04-15".parse().unwrap()
}

pub fn policy() -> PlanningPolicy {
    Policies::built_in().unwrap().in_force(today()).unwrap().planning.clone()
}

fn reference(text: String) -> Ref {
    Ref::new(text).unwrap()
}

fn time(hour: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(hour * 60).unwrap()
}

/// A team of `officers` who owe `offenders` a visit, over `days` days.
pub fn world(seed: u64, offenders: usize, officers: usize, days: u32) -> Snapshot {
    let mut chance = Pcg64::seed_from_u64(seed);
    let horizon = Horizon { from: today(), until: plus_days(today(), days - 1) };
    Snapshot {
        format: FORMAT.to_owned(),
        force: "wessex".to_owned(),
        team_ref: reference("west".into()),
        as_of: today(),
        horizon,
        base: Some(Location { latitude: 50.72, longitude: -1.98 }),
        policy_version: "test".to_owned(),
        policy: policy(),
        officers: (0..officers).map(|at| officer(at, horizon, &mut chance)).collect(),
        crews: None,
        demands: (0..offenders).map(|at| demand(at, officers, horizon, &mut chance)).collect(),
        without_requirement: vec![reference("p-none".into())],
        parent: None,
        roads: None,
        pins: vec![],
        stays: vec![],
    }
}

fn officer(at: usize, horizon: Horizon, chance: &mut Pcg64) -> OnDuty {
    let late = chance.random_range(0..5);
    OnDuty {
        officer_ref: reference(format!("om-{at:02}")),
        skills: if at.is_multiple_of(3) { vec!["triage".to_owned()] } else { vec![] },
        duties: dates(horizon.from, horizon.until)
            .filter(|day| !is_weekend(*day) && !chance.random_ratio(1, 8))
            .map(|date| {
                let (from, until) =
                    if u32::from(DayOfWeek::of(date) >= DayOfWeek::Wed) + late > 3 { (12, 20) } else { (8, 16) };
                Duty { date, from: time(from), until: time(until) }
            })
            .collect(),
    }
}

fn demand(at: usize, officers: usize, horizon: Horizon, chance: &mut Pcg64) -> Demand {
    let interval_days = chance.random_range(3..120);
    let interval = VisitInterval {
        interval_days,
        earliest_after_days: interval_days * 3 / 4,
        latest_after_days: interval_days * 5 / 4,
    };
    let last = minus_days(today(), chance.random_range(1..200));
    let window = Window {
        earliest: plus_days(last, interval.earliest_after_days),
        ideal: plus_days(last, interval.interval_days),
        latest: plus_days(last, interval.latest_after_days),
    };
    let overdue = Window { earliest: minus_days(today(), 9), ideal: minus_days(today(), 9), latest: today() };
    let window = if window.ideal > horizon.until.min(plus_days(today(), 6)) { overdue } else { window };
    let steps = if chance.random_ratio(1, 6) {
        let shorter = VisitInterval { interval_days: 7, earliest_after_days: 4, latest_after_days: 9 };
        vec![VisitStep { until: plus_days(today(), chance.random_range(0..20)), interval: shorter }]
    } else {
        vec![]
    };
    let lone = chance.random_ratio(1, 12);
    let recurrence = Recurrence { plan_ref: reference(format!("p-{at:03}-p1")), interval, steps };
    Demand {
        offender_ref: reference(format!("p-{at:03}")),
        manager_ref: chance
            .random_ratio(9, 10)
            .then(|| reference(format!("om-{:02}", chance.random_range(0..officers + 1)))),
        risk: [None, Some(RiskLevel::Low), Some(RiskLevel::Medium), Some(RiskLevel::High), Some(RiskLevel::VeryHigh)]
            .choose(chance)
            .copied()
            .flatten(),
        place: chance.random_ratio(49, 50).then(|| Place {
            address_ref: reference(format!("p-{at:03}-a1")),
            location: chance.random_ratio(49, 50).then(|| Location {
                latitude: 50.72 + chance.random_range(-0.2..0.2),
                longitude: -1.98 + chance.random_range(-0.3..0.3),
            }),
            resident_from: minus_days(today(), 400),
            resident_until: chance.random_ratio(1, 15).then(|| plus_days(today(), chance.random_range(0..30))),
        }),
        notification_ends_on: chance.random_ratio(1, 15).then(|| plus_days(today(), chance.random_range(6..40))),
        window,
        why: DueReason {
            rule: DueRule::PlanInterval,
            plan_ref: Some(recurrence.plan_ref.clone()),
            interval: Some(interval),
            step_until: None,
            counted_from: last,
            fact: "seen at home, the home inspected".to_owned(),
            record_ref: None,
            last_qualifying_visit_on: Some(last),
        },
        needs: VisitNeeds {
            duration_minutes: *[30, 45, 60, 75].choose(chance).unwrap(),
            crew: if lone { 1 } else { *[2, 2, 2, 2, 2, 2, 2, 3].choose(chance).unwrap() },
            single_crew_approved_by: lone.then(|| reference("ds-1".into())),
            unannounced: chance.random_ratio(9, 10),
            time_windows: if chance.random_ratio(1, 4) {
                vec![TimeWindow { weekdays: vec![DayOfWeek::Thu, DayOfWeek::Fri], from: time(16), until: time(20) }]
            } else {
                vec![]
            },
            required_skills: if chance.random_ratio(1, 8) { vec!["triage".to_owned()] } else { vec![] },
            joint_agency: chance.random_ratio(1, 12).then(|| "probation".to_owned()),
        },
        recurrence: chance.random_ratio(9, 10).then_some(recurrence),
        seen: seen(last, interval_days, chance),
        // Some cases shut out one officer, and now and then most of them.
        shut_out: match at % 13 {
            5 => vec![reference("om-00".into())],
            11 => (1..officers.saturating_sub(1)).map(|officer| reference(format!("om-{officer:02}"))).collect(),
            _ => vec![],
        },
    }
}

/// Visits as far apart as the plan says, or nearly.
fn seen(last: CivilDate, interval_days: u32, chance: &mut Pcg64) -> Vec<SeenVisit> {
    let mut seen = Vec::new();
    let mut date = last;
    for _ in 0..chance.random_range(0..6) {
        seen.push(SeenVisit { date, start: time(chance.random_range(8..20)) });
        date = minus_days(date, chance.random_range(interval_days..=interval_days + 4));
    }
    seen.reverse();
    seen
}

/// The same world on a later day's planning, once a proposal was accepted: its visits before `until`
/// are frozen.
pub fn accepted(mut snapshot: Snapshot, proposal: &Proposal, until: CivilDate) -> Snapshot {
    let visits = proposal.visits.iter().map(|visit| visit.accepted(visit.date < until));
    snapshot.parent = Some(Parent { proposal_id: proposal.id, visits: visits.collect() });
    snapshot
}
