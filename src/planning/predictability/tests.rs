use super::*;
use crate::domain::calendar::{minus_days, plus_days};
use crate::planning::proposal::propose;
use crate::planning::search::Budget;
use crate::planning::worlds::{today, world};

/// A world with room for everybody: eight weeks and windows of six, their ideal days one after another, many officers, visits that were always 60 days apart.
fn roomy(seed: u64, off_drawn_day: u32) -> Snapshot {
    let mut snapshot = world(seed, 60, 10, 56);
    snapshot.policy.costs.off_drawn_day = off_drawn_day;
    // Neither the road nor the managers' days decide: few visits a day would otherwise be brought together in the middle of everybody's windows.
    snapshot.policy.costs.without_manager = 0;
    (snapshot.policy.travel.town_kmh, snapshot.policy.travel.open_kmh) = (500, 900);
    for (at, demand) in snapshot.demands.iter_mut().enumerate() {
        let ideal = plus_days(today(), u32::try_from(at * 9 / 10).unwrap());
        let last = minus_days(ideal, 60);
        demand.window.earliest = minus_days(ideal, 20);
        demand.window.ideal = ideal;
        demand.window.latest = plus_days(ideal, 20);
        demand.why.counted_from = last;
        let start = TimeOfDay::from_minutes(10 * 60).unwrap();
        demand.seen =
            (0..4).rev().map(|before| minus_days(last, 60 * before)).map(|date| SeenVisit { date, start }).collect();
        demand.needs.unannounced = true;
        demand.recurrence = None;
    }
    snapshot
}

fn of(guesser: Guesser, worlds: u64, off_drawn_day: u32) -> Guessed {
    let snapshots: Vec<Snapshot> = (0..worlds).map(|seed| roomy(seed, off_drawn_day)).collect();
    let proposals: Vec<Proposal> = snapshots
        .iter()
        .zip(0..)
        .map(|(snapshot, seed)| propose(snapshot, Budget { seed, iterations: 300 }, |_| {}).unwrap())
        .collect();
    let found = guessed(snapshots.iter().zip(&proposals));
    *found.iter().find(|found| found.guesser == guesser).unwrap()
}

#[test]
fn visits_sought_at_their_ideal_day_are_guessed_and_those_at_a_day_drawn_are_not() {
    for guesser in [Guesser::MedianInterval, Guesser::LastInterval, Guesser::IdealDay] {
        let (guessable, drawn) = (of(guesser, 4, 0), of(guesser, 4, 120));
        assert!(guessable.hit_percent() > 80.0, "{guessable:?}");
        assert!(drawn.hit_percent() < drawn.chance_percent() + 8.0, "{drawn:?}");
        assert!((10.0..30.0).contains(&drawn.chance_percent()), "{drawn:?}");
    }
}

#[test]
fn no_guesser_does_better_on_the_edges_of_the_window() {
    for guesser in [Guesser::WindowOpens, Guesser::WindowEnds, Guesser::UsualTime, Guesser::LastTime] {
        let drawn = of(guesser, 4, 120);
        assert!(drawn.guesses > 100 && drawn.hit_percent() < drawn.chance_percent() + 8.0, "{drawn:?}");
    }
}
