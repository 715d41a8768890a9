//! Small teams whose best proposal is plain to see, and what is told of it.

mod gathered;
mod properties;

use std::collections::BTreeSet;

use super::assignment::Assignment;
use super::cost::Costs;
use super::improve::improve;
use super::manager::{Holding, Manager};
use super::proposal::{Proposal, propose};
use super::question::Question;
use super::worlds::{named, world};
use crate::domain::caseload::Load;
use crate::domain::offender::RiskLevel;
use crate::domain::team::Location;

/// A team of managers with so many cases and such a workload, and cases of these weights.
fn small(managers: &[(u32, u32, u32)], weights: &[u32]) -> Question {
    let template = world(1, weights.len().max(1), managers.len().max(1));
    let mut question = Question { vacancies: vec![], ..template };
    question.cases.truncate(weights.len());
    question.managers.truncate(managers.len());
    for (at, (manager, (cases, workload, limit))) in question.managers.iter_mut().zip(managers).enumerate() {
        let load = Load { cases: *cases, workload: *workload };
        *manager = Manager {
            officer_ref: named(format!("om-{at}")),
            limit: *limit,
            capacity_percent: 100,
            skills: vec![],
            held: Holding { load, elsewhere: 0, burden: workload * 100 },
            open_to_all: load,
            homes: vec![],
        };
    }
    for (at, (case, weight)) in question.cases.iter_mut().zip(weights).enumerate() {
        case.facts.offender_ref = named(format!("p-{at}"));
        (case.facts.weight, case.facts.days, case.facts.in_community, case.home) = (*weight, 0, true, None);
        case.skills.clear();
        case.earlier.clear();
        case.shut_out.clear();
    }
    question
}

fn told(proposal: &Proposal) -> Vec<String> {
    let with = proposal.lines.iter().map(|line| format!("{} {}", line.case.offender_ref, line.manager.officer_ref));
    let without = proposal.without_manager.iter();
    with.chain(without.map(|it| format!("{} {:?}: {}", it.case.offender_ref, it.why, it.smallest_change.text)))
        .collect()
}

fn workloads(proposal: &Proposal) -> Vec<u32> {
    proposal.managers.iter().map(|manager| manager.after.load.workload).collect()
}

#[test]
fn work_is_spread_by_workload_against_capacity() {
    // The lighter of two first, until both have the same.
    let proposal = propose(&small(&[(2, 8, 60), (2, 2, 60)], &[4, 2, 2, 2]));
    assert_eq!(workloads(&proposal), [10, 10]);
    assert_eq!((proposal.mean_before_hundredths, proposal.mean_after_hundredths), (500, 1_000));
    // Somebody at half time takes half as much.
    let mut question = small(&[(0, 0, 60), (0, 0, 60)], &[2, 2, 2, 2, 2, 2]);
    question.managers[1].capacity_percent = 50;
    let proposal = propose(&question);
    assert_eq!(workloads(&proposal), [8, 4]);
    let shares: Vec<u32> = proposal.managers.iter().map(|manager| manager.fair_share_hundredths).collect();
    assert_eq!(shares, [800, 400]);
}

#[test]
fn swaps_find_what_one_case_at_a_time_does_not() {
    // One at a time, the heavy ones first: 8 8 | 4 4 4 to whom has least, 8+4+4 and 8+4. Here a start that no move mends.
    let question = small(&[(0, 0, 60), (0, 0, 60)], &[8, 8, 4, 4]);
    let costs = Costs::of(&question);
    let mut assignment = Assignment::none(&question);
    for (case, manager) in [(0, 0), (1, 0), (2, 1), (3, 1)] {
        assignment.give(&costs, case, manager);
    }
    improve(&costs, &mut assignment);
    let burdens: Vec<u32> = assignment.holdings.iter().map(|holding| holding.burden).collect();
    assert_eq!(burdens, [1_200, 1_200]);
}

#[test]
fn a_near_manager_and_an_earlier_one_come_first_where_work_is_even() {
    let at = |latitude| Location { latitude, longitude: -2.0 };
    let mut question = small(&[(1, 2, 60), (1, 2, 60)], &[2]);
    question.managers[0].homes = vec![at(51.0)];
    question.managers[1].homes = vec![at(50.72)];
    question.cases[0].home = Some(at(50.7));
    let proposal = propose(&question);
    assert_eq!(told(&proposal), ["p-0 om-1"]);
    // 0.02 and 0.3 degrees of latitude.
    assert_eq!(proposal.lines[0].manager.metres, Some(2_200));
    assert_eq!(proposal.lines[0].next_best.as_ref().unwrap().manager.metres, Some(33_400));
    // 31 km are 62 points, to have managed the case 20; a workload of six more weighs 2 × 2 × 6 = 24.
    question.cases[0].earlier = BTreeSet::from([named("om-0")]);
    assert_eq!(told(&propose(&question)), ["p-0 om-1"]);
    question.managers[0].homes.clear();
    assert_eq!(told(&propose(&question)), ["p-0 om-0"], "a distance that is not known speaks for nobody");
    question.managers[0].held.burden += 600;
    assert_eq!(told(&propose(&question)), ["p-0 om-1"]);
}

#[test]
fn a_case_that_nobody_can_take_is_told_with_the_smallest_change() {
    let with = |change: &dyn Fn(&mut Question)| {
        let mut question = small(&[(60, 60, 60), (40, 40, 40)], &[8, 4, 2]);
        change(&mut question);
        told(&propose(&question))
    };
    assert_eq!(
        with(&|_| {}),
        [
            "p-0 AtLimit: the limit of om-1 is raised from 40 to 41, by 1",
            "p-1 AtLimit: the limit of om-1 is raised from 40 to 42, by 2",
            "p-2 AtLimit: the limit of om-1 is raised from 40 to 43, by 3",
        ]
    );
    // A limit goes past the policy's only where no post is vacant.
    let at_policy = |question: &mut Question| {
        (question.managers[1].limit, question.managers[1].held.load.cases) = (60, 60);
    };
    let past = "the limit of om-1 is raised from 60 to 61, by 1, past the policy's";
    assert_eq!(with(&at_policy)[0], format!("p-0 AtLimit: {past}"));
    let vacant = |question: &mut Question| {
        at_policy(question);
        question.vacancies = vec![named("post-1")];
    };
    assert_eq!(with(&vacant)[2], "p-2 AtLimit: the vacant post post-1 is filled");
    let shut_out = |question: &mut Question| {
        question.managers[0].limit = 61;
        question.cases[0].shut_out = question.managers.iter().map(|manager| manager.officer_ref.clone()).collect();
    };
    assert_eq!(
        with(&shut_out),
        [
            "p-1 om-0",
            "p-0 ShutOut: a detective inspector admits om-1 to the case",
            "p-2 AtLimit: the limit of om-1 is raised from 40 to 41, by 1",
        ]
    );
    let nobody = |question: &mut Question| question.managers.clear();
    let appointed = "an offender manager is appointed to the team, or comes back to it";
    assert_eq!(with(&nobody)[0], format!("p-0 NoManager: {appointed}"));
    let nobody_but_a_vacancy = |question: &mut Question| {
        question.managers.clear();
        question.vacancies = vec![named("post-1")];
    };
    assert_eq!(with(&nobody_but_a_vacancy)[0], "p-0 NoManager: the vacant post post-1 is filled");
}

#[test]
fn the_reason_gives_the_facts_without_what_limited_access_hides() {
    let mut question = small(&[(12, 24, 60), (14, 40, 60)], &[8]);
    question.cases[0].earlier = BTreeSet::from([named("om-0")]);
    question.cases[0].facts.risk = Some(RiskLevel::VeryHigh);
    question.managers[0].open_to_all = Load { cases: 11, workload: 20 };
    question.managers[1].capacity_percent = 80;
    let words = propose(&question).lines[0].words.clone();
    assert_eq!(
        words,
        "Allocation proposal of 2021-04-15: very high risk, never allocated since 2021-04-15. om-0 has 11 cases of at most 60 \
         and a workload of 20, distance not known, managed the case before; the mean workload of the team's managers is 30.00. \
         Next: om-1 has 14 cases of at most 60 and a workload of 40 at 80% of full time, distance not known."
    );
}
