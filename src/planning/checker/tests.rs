//! The checker finds nothing in what the planner makes, over many worlds, and finds each way of
//! breaking a good schedule.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Rule, check};
use crate::domain::calendar::{CivilDate, minus_days, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;
use crate::planning::proposal::{PlannedVisit, Proposal, propose};
use crate::planning::search::Budget;
use crate::planning::search::problem::Problem;
use crate::planning::search::{construct::construct, search};
use crate::planning::snapshot::{DueRule, Duty, GivenCrew, OnDuty, Snapshot};
use crate::planning::worlds::{accepted, today, world};
use rand::SeedableRng;

fn plan(snapshot: &Snapshot, seed: u64, iterations: u32) -> Proposal {
    propose(snapshot, Budget { seed, iterations }, |_| {}).unwrap()
}

fn rules(snapshot: &Snapshot, proposal: &Proposal) -> Vec<Rule> {
    let mut rules: Vec<Rule> = check(snapshot, proposal).into_iter().map(|violation| violation.rule).collect();
    rules.dedup();
    rules
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_checker_finds_nothing_in_a_proposal(
        seed in 0..u64::MAX, offenders in 0..60_usize, officers in 0..7_usize, days in 1..40_u32, iterations in 0..60_u32,
    ) {
        let snapshot = world(seed, offenders, officers, days);
        let proposal = plan(&snapshot, seed, iterations);
        prop_assert_eq!(check(&snapshot, &proposal), vec![]);
        prop_assert_eq!(proposal.summary.due, proposal.summary.planned + proposal.summary.unplaced);
    }

    #[test]
    fn a_proposal_that_follows_an_accepted_one_keeps_its_near_visits(seed in 0..u64::MAX, offenders in 5..40_usize) {
        let snapshot = world(seed, offenders, 6, 20);
        let first = plan(&snapshot, seed, 10);
        let follows = accepted(snapshot, &first, plus_days(today(), 5));
        let second = plan(&follows, seed.wrapping_add(1), 40);
        prop_assert_eq!(check(&follows, &second), vec![]);
        prop_assert_eq!(second.parent_id, Some(first.id));
        let near = |proposal: &Proposal| {
            proposal.visits.iter().filter(|visit| visit.date < plus_days(today(), 5)).count()
        };
        prop_assert!(near(&second) >= near(&first));
    }

    #[test]
    fn what_is_told_in_a_step_refuses_no_place_that_fits(seed in 0..u64::MAX, offenders in 1..40_usize) {
        let snapshot = world(seed, offenders, 6, 14);
        let problem = Problem::new(&snapshot, seed);
        let found = search(&problem, Budget { seed, iterations: 20 }, |_| {});
        for (day, crew_days) in found.days.iter().enumerate() {
            for (crew_day, job) in crew_days.iter().flat_map(|day| (0..problem.jobs.len()).map(move |job| (day, job))) {
                let (call, roads) = (problem.call(job, day, &None), problem.roads(job + 1));
                for position in 0..=crew_day.stops.len() {
                    let fits = crew_day.fits(&problem, day, job, (position, None));
                    prop_assert!(!fits || crew_day.may_take(&call, roads, position), "{crew_day:?} {call:?} {position}");
                }
            }
        }
    }

    #[test]
    fn the_search_never_ends_worse_than_its_construction(seed in 0..u64::MAX, offenders in 1..40_usize) {
        let snapshot = world(seed, offenders, 5, 21);
        let problem = Problem::new(&snapshot, seed);
        let (built, broken) = construct(&problem, &mut rand_pcg::Pcg64::seed_from_u64(seed));
        prop_assert!(broken.is_empty());
        let found = search(&problem, Budget { seed, iterations: 50 }, |_| {});
        prop_assert!(found.cost <= built.cost);
        let score = found.score(&problem);
        let soft = score.without_manager + score.travel + score.drift + score.off_drawn_day + score.moved;
        prop_assert_eq!((found.cost.late, found.cost.soft), (score.lateness + score.unmet, soft), "kept while it was sought");
    }

    #[test]
    fn a_finished_plan_given_one_more_crew_day_never_gets_later(
        seed in 0..u64::MAX, offenders in 5..60_usize, officers in 0..6_usize, on in 0..21_u32,
    ) {
        let snapshot = world(seed, offenders, officers, 21);
        let finished = plan(&snapshot, seed, 30);
        let mut more = accepted(snapshot, &finished, plus_days(today(), 99));
        let duty = Duty {
            date: plus_days(today(), on),
            from: TimeOfDay::from_minutes(8 * 60).unwrap(),
            until: TimeOfDay::from_minutes(20 * 60).unwrap(),
        };
        more.officers.extend(["zz-1", "zz-2"].map(|named| OnDuty {
            officer_ref: Ref::new(named).unwrap(),
            skills: vec!["triage".to_owned()],
            duties: vec![duty],
        }));
        let then = plan(&more, seed, 30);
        prop_assert_eq!(check(&more, &then), vec![]);
        let late = |proposal: &Proposal| proposal.score.lateness + proposal.score.unmet;
        prop_assert!(late(&then) <= late(&finished), "{} {}", late(&then), late(&finished));
        prop_assert!(then.summary.planned >= finished.summary.planned);
    }

    #[test]
    fn crews_that_are_given_are_the_only_ones(seed in 0..u64::MAX, offenders in 1..40_usize) {
        let mut snapshot = world(seed, offenders, 7, 14);
        snapshot.crews = Some(given(&snapshot, seed));
        prop_assert_eq!(snapshot.faults(), vec![]);
        let proposal = plan(&snapshot, seed, 40);
        prop_assert_eq!(check(&snapshot, &proposal), vec![]);
        let crews = snapshot.crews.iter().flatten();
        let known: BTreeSet<(CivilDate, &[Ref])> = crews.map(|crew| (crew.date, crew.officer_refs.as_slice())).collect();
        prop_assert!(proposal.visits.iter().all(|visit| known.contains(&(visit.date, visit.crew.as_slice()))));
    }

    #[test]
    fn the_same_snapshot_seed_and_budget_give_the_same_bytes(seed in 0..u64::MAX) {
        let snapshot = world(seed, 30, 5, 28);
        let again: Snapshot = serde_json::from_str(&snapshot.to_json().unwrap()).unwrap();
        let bytes = |snapshot: &Snapshot| serde_json::to_string(&plan(snapshot, 7, 30)).unwrap();
        prop_assert_eq!(bytes(&snapshot), bytes(&again));
    }
}

/// Now and then a crew of those on duty on a day, of two or three.
fn given(snapshot: &Snapshot, seed: u64) -> Vec<GivenCrew> {
    let of_day = |(at, date): (usize, CivilDate)| {
        let is_on_duty = |officer: &&OnDuty| officer.duties.iter().any(|duty| duty.date == date);
        let on_duty = snapshot.officers.iter().filter(is_on_duty).map(|officer| officer.officer_ref.clone());
        let size = if seed.is_multiple_of(3) { 3 } else { 2 };
        let officer_refs: Vec<Ref> = on_duty.skip(at % 3).take(size).collect();
        (officer_refs.len() == size).then_some(GivenCrew { date, officer_refs })
    };
    snapshot.horizon.days().enumerate().filter_map(of_day).collect()
}

#[test]
fn a_crew_that_was_not_given_is_found() {
    let mut snapshot = world(3, 30, 6, 14);
    snapshot.crews = Some(given(&snapshot, 1));
    let good = plan(&snapshot, 1, 50);
    assert_eq!(check(&snapshot, &good), []);
    let mut other = snapshot.clone();
    other.crews.iter_mut().flatten().for_each(|crew| crew.officer_refs.reverse());
    assert!(!rules(&other, &good).contains(&Rule::GivenCrew), "whoever is named first");
    other.crews = Some(vec![]);
    assert!(rules(&other, &good).contains(&Rule::GivenCrew));
}

/// A visit changed in one way, and the rule that it breaks.
type Breakage = (&'static str, Rule, fn(&mut PlannedVisit));

#[test]
fn each_way_of_breaking_a_good_schedule_is_found() {
    let breakages: [Breakage; 17] = [
        ("another day outside the horizon", Rule::Window, |visit| visit.date = minus_days(today(), 1)),
        ("a window of its own", Rule::WindowFacts, |visit| visit.window.latest = plus_days(visit.window.latest, 1)),
        ("days overdue miscounted", Rule::WindowFacts, |visit| visit.overdue_days += 1),
        ("half as long", Rule::Duration, |visit| {
            visit.end = TimeOfDay::from_minutes(visit.start.minutes() + 5).unwrap();
        }),
        ("at night", Rule::Travel, |visit| {
            let long = visit.end.minutes() - visit.start.minutes();
            (visit.start, visit.end) = (TimeOfDay::MIDNIGHT, TimeOfDay::from_minutes(long).unwrap());
        }),
        ("too late to be home", Rule::Shift, |visit| {
            let long = visit.end.minutes() - visit.start.minutes();
            (visit.start, visit.end) = (TimeOfDay::from_minutes(1_439 - long).unwrap(), TimeOfDay::LAST);
        }),
        ("one officer", Rule::CrewSize, |visit| visit.crew.truncate(1)),
        ("one officer twice", Rule::CrewSize, |visit| visit.crew = vec![visit.crew[0].clone(), visit.crew[0].clone()]),
        ("an officer who is not there", Rule::Shift, |visit| visit.crew[1] = Ref::new("om-none").unwrap()),
        ("another house", Rule::Location, |visit| visit.latitude += 0.01),
        ("another address", Rule::Location, |visit| visit.address_ref = Ref::new("elsewhere").unwrap()),
        ("the road miscounted", Rule::Travel, |visit| visit.travel_seconds_before += 60),
        ("somebody who is not due", Rule::Accounting, |visit| visit.offender_ref = Ref::new("p-other").unwrap()),
        ("another reason", Rule::WindowFacts, |visit| visit.why.rule = DueRule::Breach),
        ("another date counted from", Rule::WindowFacts, |visit| {
            visit.why.counted_from = minus_days(visit.why.counted_from, 1);
        }),
        ("another level of risk", Rule::Identity, |visit| {
            visit.risk = if visit.risk.is_none() { Some(RiskLevel::Low) } else { None };
        }),
        ("announced", Rule::Identity, |visit| visit.unannounced = !visit.unannounced),
    ];
    let snapshot = world(3, 30, 6, 14);
    let good = plan(&snapshot, 1, 50);
    assert_eq!(check(&snapshot, &good), []);
    for (what, rule, break_it) in breakages {
        let mut bad = good.clone();
        let chosen = bad.visits.iter_mut().find(|visit| visit.crew.len() == 2).unwrap();
        break_it(chosen);
        assert!(rules(&snapshot, &bad).contains(&rule), "{what}: {:?}", check(&snapshot, &bad));
    }
}

#[test]
fn rules_about_several_visits_are_found_broken() {
    let snapshot = world(3, 30, 6, 14);
    let good = plan(&snapshot, 1, 50);
    let mut dropped = good.clone();
    dropped.visits.pop();
    assert!(rules(&snapshot, &dropped).contains(&Rule::Accounting));
    let mut forgotten = good.clone();
    forgotten.unplaced.pop();
    assert!(rules(&snapshot, &forgotten).contains(&Rule::Accounting));
    let mut invented = good.clone();
    invented.unplaced[0].why = good.visits.first().map(|visit| visit.why.clone());
    invented.unplaced[0].window = good.visits.first().map(|visit| visit.window);
    assert!(rules(&snapshot, &invented).contains(&Rule::WindowFacts));
    let miscounts: [fn(&mut Proposal); 4] = [
        |proposal| proposal.summary.with_own_manager += 1,
        |proposal| proposal.summary.travel_seconds += 1,
        |proposal| proposal.score.lateness += 1,
        |proposal| {
            proposal.score.travel += 9_999;
            proposal.summary.travel_seconds += 9_999;
        },
    ];
    for miscount in miscounts {
        let mut miscounted = good.clone();
        miscount(&mut miscounted);
        assert!(rules(&snapshot, &miscounted).contains(&Rule::Accounting));
    }
    let mut twice = good.clone();
    twice.visits.push(good.visits[0].clone());
    assert!(rules(&snapshot, &twice).contains(&Rule::OneVisitADay));
    let mut mixed = good.clone();
    let other = good.visits.iter().find(|visit| visit.date == good.visits[0].date && visit.crew != good.visits[0].crew);
    mixed.visits[0].crew = vec![good.visits[0].crew[0].clone(), other.unwrap().crew[1].clone()];
    assert!(rules(&snapshot, &mixed).contains(&Rule::OneCrewADay));
    let mut claimed = good.clone();
    claimed.seed += 1;
    assert!(rules(&snapshot, &claimed).contains(&Rule::Identity));
    let mut other_world = snapshot.clone();
    other_world.demands[0].needs.duration_minutes += 1;
    assert!(rules(&other_world, &good).contains(&Rule::Identity));
}

#[test]
fn rules_of_the_plan_are_found_broken() {
    let snapshot = world(3, 30, 6, 14);
    let good = plan(&snapshot, 1, 50);
    let planned = |snapshot: &Snapshot| {
        let visit = &good.visits[0];
        snapshot.demands.iter().position(|demand| demand.offender_ref == visit.offender_ref).unwrap()
    };
    let mut skilled = snapshot.clone();
    let at = planned(&skilled);
    skilled.demands[at].needs.required_skills = vec!["diving".into()];
    assert!(rules(&skilled, &good).contains(&Rule::Skills));
    let mut shut = snapshot.clone();
    shut.demands[at].shut_out = vec![good.visits[0].crew[0].clone()];
    assert!(rules(&shut, &good).contains(&Rule::Access));
    let mut joint = snapshot.clone();
    joint.demands[at].needs.joint_agency = Some("probation".into());
    joint.policy.joint_agency_hours.weekdays.clear();
    assert!(rules(&joint, &good).contains(&Rule::JointAgency));
    let mut timed = snapshot.clone();
    timed.demands[at].needs.time_windows = vec![timed.policy.joint_agency_hours.clone()];
    timed.demands[at].needs.time_windows[0].weekdays.clear();
    assert!(rules(&timed, &good).contains(&Rule::TimeOfDay));
    let mut later = snapshot.clone();
    later.demands[at].window.earliest = plus_days(later.horizon.until, 1);
    later.demands[at].window.latest = plus_days(later.horizon.until, 9);
    assert!(rules(&later, &good).contains(&Rule::Window));
    let mut frozen = accepted(snapshot.clone(), &good, plus_days(today(), 40));
    frozen.parent.as_mut().unwrap().visits[0].start = TimeOfDay::LAST;
    assert!(rules(&frozen, &good).contains(&Rule::Frozen));
    let mut gone = snapshot.clone();
    gone.demands[at].place.as_mut().unwrap().resident_until = Some(minus_days(today(), 1));
    assert!(rules(&gone, &good).contains(&Rule::Location));
    let mut ended = snapshot.clone();
    ended.demands[at].notification_ends_on = Some(minus_days(today(), 1));
    assert!(rules(&ended, &good).contains(&Rule::Window));
    let mut long_break = snapshot;
    long_break.policy.breaks.minutes = 600;
    assert!(rules(&long_break, &good).contains(&Rule::Break));
}

#[test]
fn a_chain_is_held_to_the_gap_after_the_visit_before() {
    let snapshot = (0..200).map(|seed| world(seed, 20, 6, 28)).find(|snapshot| {
        plan(snapshot, 1, 0)
            .visits
            .iter()
            .any(|visit| visit.why.plan_ref.is_some() && visit.why.counted_from >= today())
    });
    let snapshot = snapshot.unwrap();
    let good = plan(&snapshot, 1, 0);
    let at = good.visits.iter().position(|visit| visit.why.counted_from >= today()).unwrap();
    let mut early = good.clone();
    early.visits[at].date = plus_days(early.visits[at].why.counted_from, 1);
    assert!(rules(&snapshot, &early).contains(&Rule::ChainGap));
}
