//! Road times of a snapshot: what is kept of what a service told, what is refused, and what the search and the checker
//! make of any of them.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;
use crate::planning::checker::{Rule, check as judge};
use crate::planning::proposal::{Proposal, propose};
use crate::planning::search::Budget;
use crate::planning::worlds::{policy, world};

const OSRM: RoadSource = RoadSource::Osrm { data_version: None, pairs_by_built_in: 0 };

/// A world whose roads are drawn by chance: no geometry holds in them, some are nothing and some as long as may be.
fn with_chance_roads(mut snapshot: Snapshot, seed: u64) -> Snapshot {
    let mut chance = Pcg64::seed_from_u64(seed);
    let places = places(&snapshot).len();
    let mut road = || match chance.random_range(0..20) {
        0 => 0,
        1 => LONGEST_ROAD,
        _ => chance.random_range(60..4_000),
    };
    let rows = (0..places).map(|place| (0..place).map(|_| road()).collect()).collect();
    snapshot.roads = Some(Roads { source: OSRM, matrix: Some(RoadMatrix(rows)) });
    snapshot
}

fn plan(snapshot: &Snapshot, seed: u64, iterations: u32) -> Proposal {
    propose(snapshot, Budget { seed, iterations }, |_| {}).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proposal_by_any_road_times_passes_the_checker_and_is_made_again_to_the_byte(
        seed in 0..u64::MAX, offenders in 0..50_usize, officers in 0..7_usize, days in 1..30_u32, iterations in 0..60_u32,
    ) {
        let snapshot = with_chance_roads(world(seed, offenders, officers, days), seed);
        prop_assert_eq!(check(&snapshot), Ok(()));
        let proposal = plan(&snapshot, seed, iterations);
        prop_assert_eq!(judge(&snapshot, &proposal), vec![]);
        prop_assert_eq!(proposal.roads.as_ref(), Some(&OSRM));
        let replayed: Snapshot = serde_json::from_str(&snapshot.to_json().unwrap()).unwrap();
        let bytes = |proposal: &Proposal| serde_json::to_string(proposal).unwrap();
        prop_assert_eq!(bytes(&plan(&replayed, seed, iterations)), bytes(&proposal));
    }

    #[test]
    fn the_built_in_times_as_a_matrix_give_the_same_visits(seed in 0..u64::MAX) {
        let plain = world(seed, 25, 5, 14);
        let (travel, places) = (plain.policy.travel, places(&plain));
        let told = |from: usize, to: usize| Some(travel_seconds(&travel, places[from], places[to]));
        let (matrix, by_built_in) = RoadMatrix::of(&travel, &places, told);
        prop_assert_eq!(by_built_in, 0);
        let roads = Some(Roads { source: OSRM, matrix: Some(matrix) });
        let same = Snapshot { roads, ..plain.clone() };
        prop_assert_eq!(plan(&plain, seed, 40).visits, plan(&same, seed, 40).visits);
    }
}

#[test]
fn the_search_and_the_checker_read_the_matrix_and_not_the_map() {
    let snapshot = with_chance_roads(world(3, 30, 6, 14), 1);
    let proposal = plan(&snapshot, 1, 50);
    let first = proposal.visits.iter().min_by_key(|visit| (visit.date, &visit.crew, visit.start)).unwrap();
    let located = snapshot.demands.iter().filter(|demand| location::of(demand).is_some());
    let place = located.into_iter().position(|demand| demand.offender_ref == first.offender_ref).unwrap() + 1;
    let matrix = snapshot.roads.as_ref().and_then(|roads| roads.matrix.as_ref()).unwrap();
    assert_eq!(first.travel_seconds_before, matrix.0[place][0], "from the base to the first door of a day");
    // The same proposal by roads twice as long breaks what the checker looks at.
    let mut longer = snapshot.clone();
    let rows = &mut longer.roads.as_mut().unwrap().matrix.as_mut().unwrap().0;
    rows.iter_mut().flatten().for_each(|seconds| *seconds = (*seconds * 2 + 600).min(LONGEST_ROAD));
    let rules: Vec<Rule> = judge(&longer, &proposal).into_iter().map(|violation| violation.rule).collect();
    assert!(rules.contains(&Rule::Travel) && rules.contains(&Rule::Identity), "{rules:?}");
}

#[test]
fn a_proposal_names_the_source_of_its_snapshot() {
    let snapshot = with_chance_roads(world(3, 30, 6, 14), 1);
    let mut proposal = plan(&snapshot, 1, 5);
    proposal.roads = Some(RoadSource::BuiltIn { fall_back: FallBack::Unreachable });
    assert!(judge(&snapshot, &proposal).iter().any(|violation| violation.rule == Rule::Identity));
    let plain = world(3, 30, 6, 14);
    assert_eq!(plan(&plain, 1, 5).roads, None);
    let written = plain.to_json().unwrap();
    assert!(!written.contains("\"roads\""), "a snapshot without keeps the bytes, and so the hash, that it had");
}

#[test]
fn the_longer_way_counts_and_what_is_not_known_is_no_less_than_the_built_in_time() {
    let at = |latitude| Location { latitude, longitude: -2.0 };
    let places = [at(50.7), at(50.8), at(50.9)];
    let travel = policy().travel;
    let told = |from, to| match (from, to) {
        (0, 1) => Some(900),
        (1, 0) => Some(1_000),
        (0, 2) => Some(9_999),
        (1, 2) => Some(1),
        (2, 1) => Some(LONGEST_ROAD + 1),
        _ => None,
    };
    let (matrix, by_built_in) = RoadMatrix::of(&travel, &places, told);
    assert_eq!(matrix.0, [vec![], vec![1_000], vec![9_999, LONGEST_ROAD]]);
    assert_eq!((by_built_in, matrix.seconds(2, 0), matrix.seconds(0, 2)), (1, Some(9_999), Some(9_999)));
    assert_eq!((matrix.seconds(1, 1), matrix.seconds(3, 0)), (Some(0), None));
    let (unknown, by_built_in) = RoadMatrix::of(&travel, &places, |_, _| None);
    assert_eq!((unknown.seconds(0, 1), by_built_in), (Some(travel_seconds(&travel, places[0], places[1])), 3));
}

#[test]
fn road_times_of_other_places_are_refused_with_where_and_why() {
    let good = with_chance_roads(world(3, 10, 4, 7), 1);
    let refused = |change: fn(&mut Roads)| {
        let mut snapshot = good.clone();
        change(snapshot.roads.as_mut().unwrap());
        let told = check(&snapshot).unwrap_err().to_string();
        let proposal = plan(&snapshot, 1, 5);
        assert!(judge(&snapshot, &proposal).iter().any(|violation| violation.rule == Rule::Travel), "{told}");
        told
    };
    let rows = |roads: &mut Roads| std::mem::take(&mut roads.matrix.as_mut().unwrap().0);
    assert!(rows(good.clone().roads.as_mut().unwrap()).len() > 4);
    assert!(refused(|roads| roads.matrix.as_mut().unwrap().0.truncate(3)).starts_with("/roads/matrix: has 3 rows"));
    assert!(refused(|roads| roads.matrix.as_mut().unwrap().0[2].push(1)).starts_with("/roads/matrix/2: has 3 numbers"));
    assert!(
        refused(|roads| roads.matrix.as_mut().unwrap().0[3][1] = LONGEST_ROAD + 1).starts_with("/roads/matrix/3/1:")
    );
    assert!(refused(|roads| roads.matrix = None).starts_with("/roads/matrix: a snapshot has a matrix"));
    assert!(
        refused(|roads| roads.source = RoadSource::BuiltIn { fall_back: FallBack::TooSlow })
            .starts_with("/roads/matrix: a snapshot has a matrix")
    );
}

#[test]
fn a_reason_is_written_as_it_is_named() {
    for reason in FallBack::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}
