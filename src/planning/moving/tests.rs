//! Pins over many worlds: kept to the minute where they can be, told where they cannot, and nothing else broken for them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::{Move, advise, against_advice, broken, lifted, moved, pin, staying};
use crate::domain::calendar::{days_between, minus_days, plus_days};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::domain::working_time::TimeOfDay;
use crate::planning::checker::{Rule, check, judge};
use crate::planning::pin::{AgainstAdvice, Pin, PinRule, Pinned};
use crate::planning::proposal::{PlannedVisit, Proposal, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::{Snapshot, Window};
use crate::planning::worlds::{accepted, today, world};

const BUDGET: Budget = Budget { seed: 5, iterations: 30 };

fn plan(snapshot: &Snapshot) -> Proposal {
    propose(snapshot, BUDGET, |_| {}).unwrap()
}

/// All that a person may set aside.
const ADVICE: [PinRule; 6] =
    [PinRule::Window, PinRule::ChainGap, PinRule::TimeOfDay, PinRule::JointAgency, PinRule::Skills, PinRule::CrewSize];

fn pinned(rules: &[PinRule], window: Window) -> Pinned {
    let advice = AgainstAdvice { rules: rules.to_vec(), window, reason: Words::fixed("invented") };
    let against_advice = (!rules.is_empty()).then_some(advice);
    Pinned { by: "supervisor:invented".into(), at: "2021-04-15T08:00:00Z".parse().unwrap(), against_advice }
}

fn pin_of(visit: &PlannedVisit, rules: &[PinRule]) -> Pin {
    Pin {
        offender_ref: visit.offender_ref.clone(),
        date: visit.date,
        start: visit.start,
        crew: visit.crew.clone(),
        address_ref: visit.address_ref.clone(),
        pinned: pinned(rules, visit.window),
    }
}

/// A visit put on any day and hour, with any crew; now and then with one that goes out that day, and against all advice.
fn anywhere(snapshot: &Snapshot, proposal: &Proposal, visit: &PlannedVisit, chance: &mut Pcg64) -> Pin {
    let days = days_between(snapshot.horizon.from, snapshot.horizon.until).unsigned_abs();
    let date = plus_days(today(), u32::try_from(chance.random_range(0..=days)).unwrap());
    let mut crew: Vec<Ref> = (0..chance.random_range(1..4))
        .filter_map(|_| snapshot.officers.choose(chance))
        .map(|officer| officer.officer_ref.clone())
        .collect();
    if let Some(other) = proposal.visits.iter().find(|other| other.date == date && chance.random_ratio(1, 3)) {
        crew.clone_from(&other.crew);
    }
    crew.sort();
    crew.dedup();
    let rules: &[PinRule] = if chance.random_ratio(1, 2) { &ADVICE } else { &[] };
    let start = TimeOfDay::from_minutes(chance.random_range(8 * 60..19 * 60)).unwrap();
    Pin { date, start, crew, ..pin_of(visit, rules) }
}

fn is_in_place(proposal: &Proposal, pin: &Pin) -> bool {
    proposal.visits.iter().any(|visit| {
        (&visit.offender_ref, visit.date, visit.start, &visit.crew)
            == (&pin.offender_ref, pin.date, pin.start, &pin.crew)
            && visit.pinned.as_ref() == Some(&pin.pinned)
    })
}

/// What the checker says of a proposal in which a visit is forced to where it was pinned, all that its officers and its
/// offender have otherwise taken away.
fn condemned_where_pinned(snapshot: &Snapshot, proposal: &Proposal, (visit, pin): (&PlannedVisit, &Pin)) -> bool {
    let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == pin.offender_ref).unwrap();
    let mut forced = proposal.clone();
    forced.visits.retain(|other| {
        let shares = other.date == pin.date && other.crew.iter().any(|officer| pin.crew.contains(officer));
        other.offender_ref != pin.offender_ref && !shares
    });
    let place = demand.place.as_ref().unwrap();
    let location = place.location.unwrap();
    let ends = u32::from(pin.start.minutes()) + demand.needs.duration_minutes;
    forced.visits.push(PlannedVisit {
        offender_ref: pin.offender_ref.clone(),
        date: pin.date,
        start: pin.start,
        end: TimeOfDay::from_minutes(u16::try_from(ends).unwrap()).unwrap(),
        crew: pin.crew.clone(),
        address_ref: pin.address_ref.clone(),
        latitude: location.latitude,
        longitude: location.longitude,
        window: demand.window,
        pinned: Some(pin.pinned.clone()),
        ..visit.clone()
    });
    let of_others = [Rule::Accounting, Rule::Identity, Rule::WindowFacts, Rule::Pinned, Rule::Frozen];
    let crew = pin.crew.iter().map(Ref::as_str).collect::<Vec<_>>().join(" and ");
    let names = |at: &str| at.contains(pin.offender_ref.as_str()) || *at == format!("{crew} on {}", pin.date);
    check(snapshot, &forced).iter().any(|found| {
        let is_the_roads_length = found.detail == "says another time on the road";
        names(&found.at) && !of_others.contains(&found.rule) && !is_the_roads_length
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_broken_for_a_pin_but_what_was_set_aside(
        seed in 0..u64::MAX, offenders in 4..40_usize, officers in 2..7_usize, days in 3..30_u32, pins in 1..6_usize,
    ) {
        let snapshot = world(seed, offenders, officers, days);
        let first = plan(&snapshot);
        let mut chance = Pcg64::seed_from_u64(seed);
        let mut follows = accepted(snapshot, &first, plus_days(today(), 2));
        let chosen: Vec<&PlannedVisit> = first.visits.sample(&mut chance, pins).collect();
        let mut seen = BTreeSet::new();
        for visit in chosen {
            let pin = anywhere(&follows, &first, visit, &mut chance);
            if seen.insert((pin.offender_ref.clone(), pin.date)) {
                follows = moved(&follows, visit.date, pin);
            }
        }
        let proposal = plan(&follows);
        let judged = judge(&follows, &proposal);
        prop_assert_eq!(&judged.violations, &vec![]);
        prop_assert_eq!(proposal.summary.due, proposal.summary.planned + proposal.summary.unplaced);
        for pin in &follows.pins {
            let dropped = proposal.dropped_pins.iter().any(|dropped| dropped.pin == *pin);
            prop_assert!(dropped != is_in_place(&proposal, pin), "{pin:?}");
        }
        let may_be: BTreeSet<String> = follows
            .pins
            .iter()
            .filter(|pin| pin.pinned.against_advice.is_some())
            .map(|pin| format!("{} on {}", pin.offender_ref, pin.date))
            .collect();
        for kept in &judged.kept_against_advice {
            prop_assert!(may_be.contains(&kept.at), "{kept}");
        }
        let again: Snapshot = serde_json::from_str(&follows.to_json().unwrap()).unwrap();
        let bytes = |proposal: &Proposal| serde_json::to_string(proposal).unwrap();
        prop_assert_eq!(bytes(&plan(&again)), bytes(&proposal));
    }

    #[test]
    fn a_pin_is_dropped_only_where_the_checker_would_condemn_it(seed in 0..u64::MAX, officers in 2..6_usize) {
        let snapshot = world(seed, 12, officers, 12);
        let first = plan(&snapshot);
        let mut chance = Pcg64::seed_from_u64(seed);
        let Some(visit) = first.visits.choose(&mut chance) else { return Ok(()) };
        let pin = anywhere(&snapshot, &first, visit, &mut chance);
        let mut alone = snapshot;
        alone.pins = vec![pin.clone()];
        let proposal = plan(&alone);
        prop_assert_eq!(check(&alone, &proposal), vec![]);
        let is_condemned = condemned_where_pinned(&alone, &proposal, (visit, &pin));
        prop_assert_eq!(!is_in_place(&proposal, &pin), is_condemned, "{:?}", proposal.dropped_pins);
    }

    #[test]
    fn what_was_planned_can_be_pinned_as_it_is(seed in 0..u64::MAX, offenders in 5..40_usize) {
        let mut snapshot = world(seed, offenders, 6, 20);
        let first = plan(&snapshot);
        let some = |visit: &&PlannedVisit| visit.offender_ref.as_str().ends_with(['1', '4', '7']);
        snapshot.pins = first.visits.iter().filter(some).map(|visit| pin_of(visit, &[])).collect();
        let second = plan(&snapshot);
        prop_assert_eq!(&second.dropped_pins, &vec![]);
        prop_assert!(snapshot.pins.iter().all(|pin| is_in_place(&second, pin)));
        prop_assert_eq!(check(&snapshot, &second), vec![]);
    }

    #[test]
    fn a_move_leaves_all_others_where_they_are_but_those_that_it_is_told_to_move(seed in 0..u64::MAX) {
        let snapshot = world(seed, 30, 6, 14);
        let first = plan(&snapshot);
        let mut chance = Pcg64::seed_from_u64(seed);
        let base = staying(snapshot, &first);
        let Some(visit) = first.visits.choose(&mut chance) else { return Ok(()) };
        let asked = anywhere(&base, &first, visit, &mut chance);
        let asked = Pin { pinned: pinned(&[], visit.window), ..asked };
        let advice = advise(&base, visit.date, &asked, BUDGET).unwrap();
        if !advice.may_be_kept() {
            prop_assert!(advice.after.is_none() && advice.others.is_empty());
            return Ok(());
        }
        let rules: Vec<PinRule> = advice.broken.iter().map(|broken| broken.rule).collect();
        let kept = advice.window.filter(|_| !rules.is_empty()).map_or_else(
            || asked.clone(),
            |window| against_advice(asked.clone(), &rules, window, Words::fixed("invented")),
        );
        let after = moved(&base, visit.date, kept.clone());
        let second = plan(&after);
        prop_assert!(is_in_place(&second, &kept), "{rules:?}");
        prop_assert_eq!(advice.after, Some(second.score));
        let judged = judge(&after, &second);
        prop_assert_eq!(&judged.violations, &vec![]);
        prop_assert!(judged.kept_against_advice.len() >= rules.len(), "{judged:?} {rules:?}");
        let told: BTreeSet<&Ref> = advice.others.iter().map(|changed| &changed.offender_ref).collect();
        for before in first.visits.iter().filter(|before| before.offender_ref != visit.offender_ref) {
            let stays = second.visits.iter().any(|after| {
                (&after.offender_ref, after.date, after.start) == (&before.offender_ref, before.date, before.start)
                    && after.crew == before.crew
            });
            prop_assert!(stays || told.contains(&before.offender_ref), "{before:?}");
        }
    }
}

/// A world, its plan, all of which stays, and a visit of it.
fn base() -> (Snapshot, Proposal, PlannedVisit) {
    let snapshot = world(3, 30, 6, 14);
    let first = plan(&snapshot);
    let free = |visit: &&PlannedVisit| {
        let is_first = visit.why.counted_from < today();
        let ends = plus_days(today(), 2)..plus_days(today(), 10);
        let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == visit.offender_ref).unwrap();
        let asks_two = demand.needs.crew == 2;
        is_first && asks_two && visit.crew.len() == 2 && ends.contains(&visit.window.latest)
    };
    let visit = first.visits.iter().find(free).unwrap().clone();
    (staying(snapshot, &first), first, visit)
}

#[test]
fn a_move_past_the_window_is_advised_against_and_kept_with_a_reason() {
    let (base, first, visit) = base();
    let late = |other: &&PlannedVisit| other.date > visit.window.latest && other.crew.len() == 2;
    let (asked, rules) = first
        .visits
        .iter()
        .filter(late)
        .find_map(|other| {
            let asked = Move {
                offender_ref: visit.offender_ref.clone(),
                from_date: visit.date,
                date: other.date,
                start: TimeOfDay::from_minutes(other.end.minutes() + 40).unwrap(),
                crew: other.crew.clone(),
            };
            let pin = pin(&base, &asked, "supervisor:invented".into(), "2021-04-15T08:00:00Z".parse().unwrap())?;
            let (rules, _) = broken(&moved(&base, visit.date, pin.clone()), &pin);
            (rules == [PinRule::Window]).then_some((pin, rules))
        })
        .unwrap();
    let refused = plan(&moved(&base, visit.date, asked.clone()));
    assert_eq!(refused.dropped_pins[0].rules, rules, "without a reason it is not kept");
    let kept = against_advice(asked.clone(), &rules, visit.window, Words::fixed("at a funeral"));
    let after = moved(&base, visit.date, kept.clone());
    let second = plan(&after);
    let judged = judge(&after, &second);
    let told: Vec<(Rule, &str)> =
        judged.kept_against_advice.iter().map(|kept| (kept.rule, kept.detail.as_str())).collect();
    assert_eq!((judged.violations.len(), told), (0, vec![(Rule::Window, "is after its window")]));
    assert!(is_in_place(&second, &kept));

    // A tighter window, opened since, is not set aside.
    let mut breached = after.clone();
    let demand = breached.demands.iter_mut().find(|demand| demand.offender_ref == asked.offender_ref).unwrap();
    demand.window = Window { earliest: today(), ideal: today(), latest: minus_days(visit.window.latest, 1) };
    let third = plan(&breached);
    assert_eq!(third.dropped_pins.len(), 1);
    assert_eq!(check(&breached, &third), []);

    // Lifted, it is planned within its window again.
    let free = lifted(&after, &asked.offender_ref, asked.date).unwrap();
    let fourth = plan(&free);
    assert!(free.pins.is_empty() && fourth.visits.iter().all(|visit| visit.pinned.is_none()));
    assert_eq!(check(&free, &fourth), [], "none is kept against advice");
    assert_eq!(lifted(&free, &asked.offender_ref, asked.date), None);
}

#[test]
fn nobody_sets_aside_what_is_no_advice() {
    let (base, _, visit) = base();
    let good = pin_of(&visit, &[]);
    let rules = |snapshot: &Snapshot, pin: Pin| broken(&moved(snapshot, visit.date, pin.clone()), &pin).0;
    assert_eq!(rules(&base, good.clone()), []);
    let all: Vec<PinRule> = [ADVICE.as_slice(), &[PinRule::LimitedAccess, PinRule::OfficerNotOnDuty]].concat();
    let forced = |pin: Pin| Pin { pinned: pinned(&all, visit.window), ..pin };
    let alone = Pin { crew: visit.crew[..1].to_vec(), ..good.clone() };
    assert!(rules(&base, forced(alone)).contains(&PinRule::SingleCrew));
    let stranger = Pin { crew: vec![visit.crew[0].clone(), Ref::new("om-none").unwrap()], ..good.clone() };
    assert_eq!(rules(&base, forced(stranger)), [PinRule::OfficerNotOnDuty]);
    let elsewhere = Pin { address_ref: Ref::new("elsewhere").unwrap(), ..good.clone() };
    assert_eq!(rules(&base, forced(elsewhere)), [PinRule::Location]);
    let later = Pin { date: plus_days(base.horizon.until, 1), ..good.clone() };
    assert_eq!(rules(&base, forced(later)), [PinRule::OutsideHorizon]);
    let unknown = Pin { offender_ref: Ref::new("p-none").unwrap(), ..good.clone() };
    assert_eq!(rules(&base, forced(unknown)), [PinRule::NotDue]);
    let mut shut = base.clone();
    let demand = shut.demands.iter_mut().find(|demand| demand.offender_ref == visit.offender_ref).unwrap();
    demand.shut_out.push(visit.crew[0].clone());
    assert_eq!(rules(&shut, forced(good.clone())), [PinRule::LimitedAccess]);
    let mut ended = base.clone();
    let demand = ended.demands.iter_mut().find(|demand| demand.offender_ref == visit.offender_ref).unwrap();
    demand.notification_ends_on = visit.date.pred_opt();
    assert_eq!(rules(&ended, forced(good.clone())), [PinRule::NotificationEnded]);
    let at_once = Pin { start: TimeOfDay::MIDNIGHT, ..good };
    assert!(rules(&base, forced(at_once)).contains(&PinRule::CrewDayFull));
}
