//! Figures are recounted day by day; a course leaves nobody out; what does not change is the baseline.

use proptest::prelude::*;

use super::super::desk::weigh;
use super::super::*;
use super::{ITERATIONS, asked, made, other, short, team};
use crate::domain::calendar::{dates, days_between, plus_days};
use crate::planning::proposal::PlannedVisit;
use crate::planning::worlds::{today, world};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_what_a_recount_day_by_day_gives(
        seed in 0..u64::MAX, offenders in 0..50_usize, officers in 0..6_usize, days in 1..45_u32,
    ) {
        let snapshot = world(seed, offenders, officers, days);
        let course = course(&snapshot, Budget { seed, iterations: ITERATIONS }).unwrap();
        let outlook = Outlook::of(&course, &BTreeSet::new());
        let weights = snapshot.policy.risk_weights;
        let mut counted = 0;
        for week in &outlook.weeks {
            let (mut overdue, mut late) = (0, 0);
            for day in dates(week.from, week.until) {
                overdue = 0;
                for visit in course.made().filter(|visit| visit.window.latest <= day && day < visit.date) {
                    (overdue, late) = (overdue + 1, late + i64::from(weights.of(visit.risk)));
                }
                for left in course.left().iter().filter(|left| left.window.is_some_and(|window| window.latest <= day)) {
                    let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == left.offender_ref).unwrap();
                    (overdue, late) = (overdue + 1, late + i64::from(weights.of(demand.risk)));
                }
            }
            prop_assert_eq!((week.all.overdue, week.all.weighted_days_late), (overdue, late), "{}", week.from);
            let by_risk: i64 = week.by_risk.iter().map(|row| row.figures.due).sum();
            prop_assert_eq!(by_risk, week.all.due);
            counted += week.all.due;
        }
        let with_a_window = course.left().iter().filter(|left| left.window.is_some()).count();
        prop_assert_eq!(counted, i64::try_from(course.made().count() + with_a_window).unwrap());
        let planned: i64 = outlook.weeks.iter().map(|week| week.all.planned).sum();
        prop_assert_eq!(planned, i64::try_from(course.made().count()).unwrap());
        if let [only] = course.stages.as_slice() {
            let travel: i64 = outlook.weeks.iter().map(|week| week.travel_seconds).sum();
            let crew_days: i64 = outlook.weeks.iter().map(|week| week.crew_days_used).sum();
            prop_assert_eq!(travel, i64::try_from(only.proposal.summary.travel_seconds).unwrap());
            prop_assert_eq!(crew_days, i64::try_from(only.proposal.summary.crew_days).unwrap());
        }
    }

    #[test]
    fn a_course_never_visits_anybody_twice_on_a_day_nor_leaves_out_what_it_planned_to_the_next(
        seed in 0..u64::MAX, offenders in 20..60_usize, officers in 2..4_usize,
    ) {
        let snapshot = world(seed, offenders, officers, 42);
        let course = course(&snapshot, Budget { seed, iterations: ITERATIONS }).unwrap();
        let mut days = BTreeSet::new();
        for visit in course.made() {
            prop_assert!(days.insert((&visit.offender_ref, visit.date)), "{} {}", visit.offender_ref, visit.date);
            prop_assert!(visit.date >= visit.window.earliest);
        }
        for pair in course.stages.windows(2) {
            prop_assert_eq!(plus_days(pair[0].until, 1), pair[1].snapshot.horizon.from);
            prop_assert_eq!(days_between(course.horizon.from, pair[1].snapshot.horizon.from) % 7, 0);
        }
        // Everybody who is owed a visit is accounted for at the end: made once at least, or left.
        for demand in &snapshot.demands {
            let is_made = course.made().any(|visit| visit.offender_ref == demand.offender_ref);
            let is_left = course.left().iter().any(|left| left.offender_ref == demand.offender_ref);
            let has_ended = demand.notification_ends_on.is_some_and(|ends| ends < snapshot.horizon.until);
            prop_assert!(is_made || is_left || has_ended, "{}", demand.offender_ref);
        }
    }

    #[test]
    fn without_a_change_the_forecast_is_the_baseline_and_chance_is_the_seeds_alone(seed in 0..u64::MAX, offenders in 5..40_usize) {
        let teams = vec![team(world(seed, offenders, 4, 28)), other(seed, 10, 6, 28)];
        let officer = teams[0].snapshot.officers.first().map(|officer| officer.officer_ref.clone());
        let officer = officer.unwrap();
        // A Sunday, on which nobody works: nothing changes.
        let nothing = Change::Absent { officer_ref: officer, from: plus_days(today(), 3), until: plus_days(today(), 3) };
        let mut input = Input { teams, asked: asked(vec![nothing], seed) };
        input.asked.clear_backlog = true;
        let forwards = made(&input, &one_by_one).unwrap();
        for team in &forwards.teams {
            prop_assert_eq!(team.changed.as_ref(), Some(&team.baseline));
            prop_assert!(team.difference.iter().flatten().all(|week| week.all == outlook::Figures::default()));
        }
        let backwards = made(&input, &|count, work| (0..count).rev().for_each(work)).unwrap();
        prop_assert_eq!(serde_json::to_string(&forwards).unwrap(), serde_json::to_string(&backwards).unwrap());
    }
}

#[test]
fn what_is_hidden_takes_crews_time_and_is_neither_counted_nor_cleared() {
    let whole = short();
    let budget = Budget { seed: 1, iterations: ITERATIONS };
    let first = plan(&whole.snapshot, budget).unwrap();
    let hidden: BTreeSet<Ref> = first.unplaced.iter().map(|unplaced| unplaced.offender_ref.clone()).collect();
    assert!(!hidden.is_empty());
    let seen = TeamInput { uncounted: hidden.clone(), ..whole.clone() };
    let forecast = |team: &TeamInput| {
        let mut input = Input { teams: vec![team.clone()], asked: asked(vec![], 1) };
        input.asked.clear_backlog = true;
        made(&input, &one_by_one).unwrap().teams.remove(0)
    };
    let (all, told) = (forecast(&whole), forecast(&seen));
    let backlog = told.backlog.as_ref().unwrap();
    assert_eq!((backlog.visits, backlog.moves.len(), backlog.weighted_days), (0, 0, 0));
    assert!(all.backlog.unwrap().visits > 0 && weigh(&seen, &first).visits == 0);
    let course = course(&whole.snapshot, budget).unwrap();
    for (whole, told) in all.baseline.weeks.iter().zip(&told.baseline.weeks) {
        let of_hidden = |visit: &&PlannedVisit| {
            hidden.contains(&visit.offender_ref) && whole.from <= visit.date && visit.date <= whole.until
        };
        let theirs = course.made().filter(of_hidden).count();
        assert_eq!(whole.all.planned - told.all.planned, i64::try_from(theirs).unwrap(), "{}", whole.from);
        assert_eq!(whole.crew_days_used, told.crew_days_used, "crews are the whole team's");
    }
    let text = serde_json::to_string(&told).unwrap();
    assert!(hidden.iter().all(|offender| !text.contains(&format!("\"{offender}\""))), "{text}");
}
