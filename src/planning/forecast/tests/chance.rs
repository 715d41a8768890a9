//! Courses of events: illness, attempts that fail, events.

use super::super::*;
use super::{policies, team};
use crate::domain::calendar::days_between;
use crate::planning::snapshot::{DueRule, OnDuty};
use crate::planning::worlds::{today, world};

fn rated(failed: u32, events: u32, sickness: u32) -> Rates {
    let rate = |per_mille| rates::Rate { per_mille, counted_over: None };
    Rates { failed: rate(failed), events: rate(events), sickness: rate(sickness) }
}

#[test]
fn each_officer_is_ill_by_a_chance_of_their_own() {
    let pool = world(2, 0, 40, 91).officers;
    let ill = |officers: usize, per_mille: u32, seed: u64| {
        let mut officers = pool[..officers].to_vec();
        scenario::sicken(&mut officers, rated(0, 0, per_mille), 5, seed);
        officers
    };
    assert_eq!(ill(40, 0, 1), pool);
    assert_eq!(ill(10, 50, 1), ill(40, 50, 1)[..10], "more officers change nothing for the others");
    assert_ne!(ill(40, 50, 1), ill(40, 50, 2));
    let duties = |officers: &[OnDuty]| -> usize { officers.iter().map(|one| one.duties.len()).sum() };
    let lost = (duties(&pool) - duties(&ill(40, 50, 1))) * 1_000 / duties(&pool);
    assert!((30..75).contains(&lost), "{lost} in a thousand, of 50");
}

#[test]
fn attempts_that_fail_and_events_each_cost_a_visit_more_within_the_policys_days() {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let more = |rates: Rates, seed: u64| {
        let team = TeamInput { rates, ..team(world(6, 30, 4, 28)) };
        scenario::with_more_visits(&team, rules, seed).unwrap()
    };
    let (same, nothing) = more(rated(0, 0, 50), 1);
    assert_eq!((nothing.retries, nothing.events), (0, 0));
    assert_eq!(same, world(6, 30, 4, 28));
    let (snapshot, added) = more(rated(300, 20_000, 0), 1);
    // 20 a year, of 30 offenders, over four weeks: 46.
    assert!(added.retries > 5 && (25..70).contains(&added.events), "{added:?}");
    assert_eq!(snapshot.demands.len(), 30 + added.retries + added.events);
    for demand in snapshot.demands.iter().filter(|demand| demand.offender_ref.as_str().starts_with(added::SUPPOSED)) {
        let days = days_between(demand.window.earliest, demand.window.latest);
        let is_retry = demand.why.rule == DueRule::FailedAttempt;
        assert!(if is_retry { days == 6 } else { (5..=11).contains(&days) }, "{days}");
        assert!(demand.recurrence.is_none() && demand.window.ideal <= demand.last_day_due(snapshot.horizon));
    }
    assert_eq!(more(rated(300, 20_000, 0), 1).0, snapshot);
    assert_ne!(more(rated(300, 20_000, 0), 2).0, snapshot);
}
