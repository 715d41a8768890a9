//! Why a visit has no place: each reason with the change that would mend it. Every row starts from one
//! visit that two officers on an early shift can make, and takes away what it needs.

use super::super::proposal::{Change, Unplaced, UnplacedReason, propose};
use crate::domain::calendar::plus_days;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::TimeWindow;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};
use crate::planning::checker::check;
use crate::planning::search::Budget;
use crate::planning::snapshot::{Demand, Duty, OnDuty, Snapshot, Window};
use crate::planning::worlds::{today, world};

pub(in crate::planning) fn time(hour: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(hour * 60).unwrap()
}

/// Two officers on duty from 8 to 16 on Thursday and Friday, and one visit due on Thursday.
pub(in crate::planning) fn one_visit() -> Snapshot {
    let mut snapshot = world(1, 1, 2, 5);
    let duties = [0, 1].map(|day| Duty { date: plus_days(today(), day), from: time(8), until: time(16) });
    snapshot.officers = ["om-1", "om-2"]
        .map(|name| OnDuty { officer_ref: Ref::new(name).unwrap(), skills: vec![], duties: duties.to_vec() })
        .to_vec();
    snapshot.without_requirement.clear();
    // The crew sets out as its shift begins.
    snapshot.policy.drawn_setting_out_percent = 0;
    let demand = snapshot.demands.first_mut().unwrap();
    demand.window = Window { earliest: today(), ideal: today(), latest: today() };
    demand.recurrence = None;
    demand.place.as_mut().unwrap().location = snapshot.base;
    let needs = &mut demand.needs;
    (needs.duration_minutes, needs.crew, needs.single_crew_approved_by) = (60, 2, None);
    (needs.time_windows, needs.required_skills, needs.joint_agency) = (vec![], vec![], None);
    snapshot
}

fn unplaced(snapshot: &Snapshot) -> Vec<Unplaced> {
    propose(snapshot, Budget { seed: 1, iterations: 5 }, |_| {}).unwrap().unplaced
}

/// What is taken away, and the reason, change and day expected.
type Row = (&'static str, fn(&mut Snapshot), UnplacedReason, Change, Option<u32>);

pub(in crate::planning) fn demand(snapshot: &mut Snapshot) -> &mut Demand {
    snapshot.demands.first_mut().unwrap()
}

fn evenings(snapshot: &mut Snapshot) {
    let window = TimeWindow { weekdays: vec![DayOfWeek::Thu], from: time(18), until: time(20) };
    demand(snapshot).needs.time_windows = vec![window];
}

/// Fills both days with visits that weigh more.
pub(in crate::planning) fn busy(snapshot: &mut Snapshot, days: u32) {
    let long = Demand { risk: Some(crate::domain::offender::RiskLevel::VeryHigh), ..demand(snapshot).clone() };
    for day in 0..days {
        let mut long = long.clone();
        long.offender_ref = Ref::new(format!("long-{day}")).unwrap();
        long.needs.duration_minutes = 440;
        long.needs.time_windows.clear();
        let date = plus_days(today(), day);
        long.window = Window { earliest: date, ideal: date, latest: date };
        snapshot.demands.push(long);
    }
    demand(snapshot).risk = Some(crate::domain::offender::RiskLevel::Low);
    snapshot.policy.breaks.if_longer_than_minutes = 600;
}

#[test]
fn a_visit_that_can_be_made_is_made() {
    assert_eq!(unplaced(&one_visit()), []);
}

#[test]
fn each_reason_comes_with_the_smallest_change_that_would_mend_it() {
    let rows: [Row; 13] = [
        ("no address", |it| demand(it).place = None, UnplacedReason::NoLocation, Change::RecordLocation, None),
        ("no base", |it| it.base = None, UnplacedReason::NoLocation, Change::RecordLocation, None),
        ("nobody on duty at all", |it| it.officers.clear(), UnplacedReason::NoCrewOnDuty, Change::AddCrewDay, Some(0)),
        (
            "one officer alone",
            |it| it.officers[1].duties.truncate(0),
            UnplacedReason::NoCrewOnDuty,
            Change::AddCrewDay,
            Some(0),
        ),
        (
            "nobody on the day, two the day after",
            |it| it.officers.iter_mut().for_each(|officer| officer.duties.retain(|duty| duty.date > today())),
            UnplacedReason::NoCrewOnDuty,
            Change::VisitLater,
            Some(1),
        ),
        (
            "three are asked for and two are there",
            |it| demand(it).needs.crew = 3,
            UnplacedReason::NoCrewOnDuty,
            Change::AddCrewDay,
            Some(0),
        ),
        (
            "the case shuts one of the two out",
            |it| demand(it).shut_out = vec![Ref::new("om-1").unwrap()],
            UnplacedReason::NoAdmittedCrew,
            Change::AddAdmittedOfficers,
            Some(0),
        ),
        (
            "the only two that it admits are there the day after",
            |it| {
                demand(it).shut_out = vec![Ref::new("om-1").unwrap()];
                let mut third = it.officers[1].clone();
                third.officer_ref = Ref::new("om-3").unwrap();
                third.duties.retain(|duty| duty.date > today());
                it.officers[0].duties.retain(|duty| duty.date == today());
                it.officers.push(third);
            },
            UnplacedReason::NoAdmittedCrew,
            Change::VisitLater,
            Some(1),
        ),
        (
            "a skill that nobody has",
            |it| demand(it).needs.required_skills = vec!["triage".into()],
            UnplacedReason::SkillNotOnDuty,
            Change::AddSkill,
            Some(0),
        ),
        ("evenings only", evenings, UnplacedReason::TimeWindowUnreachable, Change::OtherTimeOfDay, Some(0)),
        (
            "another agency that never comes on a Thursday",
            |it| {
                demand(it).needs.joint_agency = Some("probation".into());
                it.policy.joint_agency_hours.weekdays = vec![DayOfWeek::Mon];
            },
            UnplacedReason::JointAgencyUnavailable,
            Change::OtherJointAgencyTime,
            Some(0),
        ),
        (
            "weightier visits on the day",
            |it| busy(it, 1),
            UnplacedReason::NoCapacityInWindow,
            Change::VisitLater,
            Some(1),
        ),
        (
            "weightier visits on every day",
            |it| busy(it, 2),
            UnplacedReason::NoCapacityInWindow,
            Change::AddCrewDay,
            Some(0),
        ),
    ];
    for (what, take_away, reason, change, day) in rows {
        let mut snapshot = one_visit();
        take_away(&mut snapshot);
        let unplaced = unplaced(&snapshot);
        let [row] = unplaced.as_slice() else { panic!("{what}: {unplaced:?}") };
        assert_eq!(serde_json::to_value(row.reason).unwrap(), row.reason.as_str());
        let date = day.map(|day| plus_days(today(), day));
        assert_eq!(
            (row.reason, row.smallest_change.change, row.smallest_change.date),
            (reason, change, date),
            "{what}"
        );
    }
}

#[test]
fn officers_are_paired_for_a_visit_that_asks_for_their_skills() {
    let mut snapshot = one_visit();
    let first = snapshot.officers[0].clone();
    let officer = |name: &str, skill: &str, late: bool| {
        let mut officer = OnDuty { officer_ref: Ref::new(name).unwrap(), skills: vec![skill.into()], ..first.clone() };
        for duty in &mut officer.duties {
            (duty.from, duty.until) = if late { (time(12), time(20)) } else { (time(8), time(16)) };
        }
        officer
    };
    snapshot.officers = vec![
        officer("om-1", "x", false),
        officer("om-2", "", false),
        officer("om-3", "y", true),
        officer("om-4", "", true),
    ];
    demand(&mut snapshot).needs.required_skills = vec!["x".into(), "y".into()];
    let proposal = propose(&snapshot, Budget { seed: 1, iterations: 0 }, |_| {}).unwrap();
    assert_eq!(proposal.unplaced, []);
    assert_eq!(proposal.visits[0].crew.iter().map(Ref::as_str).collect::<Vec<_>>(), ["om-1", "om-3"]);
    assert_eq!(check(&snapshot, &proposal), []);
}

#[test]
fn nobody_is_sent_to_a_case_that_shuts_them_out() {
    let mut snapshot = one_visit();
    let third = OnDuty { officer_ref: Ref::new("om-3").unwrap(), ..snapshot.officers[0].clone() };
    snapshot.officers.push(third);
    for shut_out in ["om-1", "om-2", "om-3"] {
        demand(&mut snapshot).shut_out = vec![Ref::new(shut_out).unwrap()];
        let proposal = propose(&snapshot, Budget { seed: 1, iterations: 5 }, |_| {}).unwrap();
        assert_eq!((proposal.unplaced.len(), proposal.visits[0].crew.len()), (0, 2), "{shut_out}");
        assert!(proposal.visits[0].crew.iter().all(|officer| officer.as_str() != shut_out));
        assert_eq!(check(&snapshot, &proposal), []);
    }
}

#[test]
fn a_snapshot_that_does_not_speak_of_access_is_read_and_written_as_before() {
    let snapshot = one_visit();
    let written = snapshot.to_json().unwrap();
    assert!(!written.contains("shut_out"));
    assert_eq!(serde_json::from_str::<Snapshot>(&written).unwrap(), snapshot);
}

#[test]
fn a_visit_too_long_for_any_shift_asks_for_a_longer_one() {
    let mut snapshot = one_visit();
    demand(&mut snapshot).needs.duration_minutes = 480;
    let [row] = unplaced(&snapshot).try_into().unwrap();
    assert_eq!((row.reason, row.smallest_change.change), (UnplacedReason::NoCrewOnDuty, Change::AddCrewDay));
    assert!(row.detail.contains("long enough"));
}

#[test]
fn a_visit_is_not_planned_where_the_offender_no_longer_lives() {
    let mut snapshot = one_visit();
    demand(&mut snapshot).place.as_mut().unwrap().resident_until = Some(plus_days(today(), 0));
    assert_eq!(unplaced(&snapshot), []);
    demand(&mut snapshot).window.earliest = plus_days(today(), 1);
    demand(&mut snapshot).window.latest = plus_days(today(), 1);
    let [row] = unplaced(&snapshot).try_into().unwrap();
    assert_eq!(row.reason, UnplacedReason::NoLocation);
}

#[test]
fn a_plan_without_a_requirement_is_to_be_mended_first() {
    let mut snapshot = one_visit();
    snapshot.without_requirement = vec![Ref::new("p-none").unwrap()];
    let unplaced = unplaced(&snapshot);
    assert_eq!(unplaced[0].reason, UnplacedReason::NoVisitRequirement);
    assert_eq!(unplaced[0].smallest_change.change, Change::ApproveVisitRequirement);
}
