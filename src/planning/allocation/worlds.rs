//! Invented teams for the tests of allocation proposals, made from a seed.

use std::collections::BTreeSet;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::manager::{Holding, Manager};
use super::question::{CaseFacts, OpenCase, Question};
use crate::domain::caseload::Load;
use crate::domain::offender::RiskLevel;
use crate::domain::policy::{Policies, Policy};
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::worlds::today;

pub fn policy() -> Policy {
    Policies::built_in().unwrap().in_force(today()).unwrap().clone()
}

pub fn named(text: impl Into<String>) -> Ref {
    Ref::new(text).unwrap()
}

/// A team of `managers` with so many cases to be given out; limits that now and then are too low for them.
pub fn world(seed: u64, cases: usize, managers: usize) -> Question {
    let mut chance = Pcg64::seed_from_u64(seed);
    let policy = policy();
    let managers: Vec<Manager> = (0..managers).map(|at| manager(at, cases, &mut chance)).collect();
    let mut cases: Vec<OpenCase> = (0..cases).map(|at| case(at, &managers, &policy, &mut chance)).collect();
    cases.sort_by(|one, other| {
        let (a, b) = (&one.facts, &other.facts);
        (b.weight, b.days, &a.offender_ref).cmp(&(a.weight, a.days, &b.offender_ref))
    });
    Question {
        team_ref: named("west"),
        as_of: today(),
        policy_version: policy.version.clone(),
        settings: policy.allocation,
        policy_limit: policy.caseload_limit,
        leavers: BTreeSet::new(),
        cases,
        managers,
        absent: vec![],
        vacancies: if chance.random_ratio(1, 2) { vec![named("post-1")] } else { vec![] },
    }
}

fn place(chance: &mut Pcg64) -> Location {
    Location { latitude: 50.7 + chance.random_range(0.0..0.4), longitude: -2.0 + chance.random_range(0.0..0.6) }
}

fn manager(at: usize, cases: usize, chance: &mut Pcg64) -> Manager {
    let held = chance.random_range(0..20_u32);
    let workload = held * chance.random_range(1..4);
    let elsewhere = chance.random_range(0..4);
    let load = Load { cases: held, workload };
    // A few are over their limit already.
    let room = chance.random_range(0..u32::try_from(cases).unwrap() / 2 + 3);
    Manager {
        officer_ref: named(format!("om-{at:02}")),
        limit: (held + room).saturating_sub(2),
        capacity_percent: *[100, 100, 100, 80, 50].choose(chance).unwrap(),
        skills: if chance.random_ratio(1, 3) { vec!["triage".to_owned()] } else { vec![] },
        held: Holding { load, elsewhere, burden: workload * 100 + elsewhere * 50 },
        open_to_all: load,
        homes: (0..held.min(6)).map(|_| place(chance)).collect(),
    }
}

fn case(at: usize, managers: &[Manager], policy: &Policy, chance: &mut Pcg64) -> OpenCase {
    let levels =
        [None, Some(RiskLevel::Low), Some(RiskLevel::Medium), Some(RiskLevel::High), Some(RiskLevel::VeryHigh)];
    let risk = levels.choose(chance).copied().flatten();
    let is_in_community = chance.random_ratio(5, 6);
    let some = |part: u32, chance: &mut Pcg64| -> BTreeSet<Ref> {
        managers.iter().filter(|_| chance.random_ratio(1, part)).map(|it| it.officer_ref.clone()).collect()
    };
    let shut_out = match at % 7 {
        3 => some(2, chance),
        5 => some(1, chance),
        _ => BTreeSet::new(),
    };
    OpenCase {
        facts: CaseFacts {
            offender_ref: named(format!("p-{at:03}")),
            reason: "never_allocated",
            since: today(),
            days: chance.random_range(0..400),
            risk,
            weight: policy.workload_weights.of(risk),
            in_community: is_in_community,
            held_by: None,
        },
        from: today(),
        home: (is_in_community && chance.random_ratio(9, 10)).then(|| place(chance)),
        skills: if chance.random_ratio(1, 5) { BTreeSet::from(["triage".to_owned()]) } else { BTreeSet::new() },
        earlier: some(8, chance),
        is_limited: !shut_out.is_empty(),
        shut_out,
    }
}
