//! A number of officers is planned again; a team that is short is told what it takes.

use proptest::prelude::*;

use super::super::staffing::Bench;
use super::super::*;
use super::{ITERATIONS, asked, policies, short, team};
use crate::planning::worlds::{today, world};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_least_number_of_officers_will_do_and_the_two_below_it_will_not(seed in 0..u64::MAX, offenders in 0..40_usize) {
        let team = team(world(seed, offenders, 4, 21));
        let (policies, bank_holidays) = policies();
        let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
        let budget = Budget { seed, iterations: ITERATIONS };
        let mut bench = Bench::new(&team, team.snapshot.clone(), budget, rules).unwrap();
        let (least, beyond) = bench.least(team.snapshot.officers.len()).unwrap();
        let least = least.unwrap();
        let missed = |officers: usize| -> usize {
            let snapshot = bench.staffed(officers);
            let plans = [0, ITERATIONS].map(|iterations| propose(&snapshot, Budget { iterations, ..budget }, |_| {}).unwrap());
            let missed = plans.iter().map(|plan| plan.unplaced.iter().filter(|row| is_missed(row, plan.horizon)).count());
            missed.min().unwrap()
        };
        prop_assert!(missed(least) <= beyond);
        for fewer in [1, 2].into_iter().filter_map(|fewer| least.checked_sub(fewer)) {
            prop_assert!(missed(fewer) > 0, "{fewer} of {least} would do");
        }
    }
}

#[test]
fn a_team_that_is_short_is_told_what_clears_its_backlog_and_how_many_officers_it_takes() {
    let mut input = Input { teams: vec![short()], asked: asked(vec![], 1) };
    (input.asked.clear_backlog, input.asked.staffing) = (true, true);
    let told = std::sync::Mutex::new(Vec::new());
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let made = forecast(&input, rules, &one_by_one, &|done, of| told.lock().unwrap().push((done, of))).unwrap();
    let team = &made.teams[0];
    let backlog = team.backlog.as_ref().unwrap();
    assert!(backlog.visits > 0 && !backlog.moves.is_empty() && backlog.visits_left < backlog.visits, "{backlog:?}");
    let staffing = team.staffing.as_ref().unwrap();
    assert_eq!((staffing.present, staffing.scenarios.len()), (2, 11));
    assert!(staffing.undisturbed.least > Some(2), "{staffing:?}");
    assert!(staffing.low <= staffing.median && staffing.median <= staffing.high, "{staffing:?}");
    assert!(staffing.scenarios.iter().all(|found| found.retries > 0), "{staffing:?}");
    // Visits that missed their window are made later, where somebody is free then.
    assert!(team.baseline.plans > 1);
    let steps = steps(&input, rules.policy);
    assert_eq!(told.into_inner().unwrap(), (1..=steps).map(|done| (done, steps)).collect::<Vec<_>>());
}
