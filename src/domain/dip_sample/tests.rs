//! The draw and the standing of a sample.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::flag::tests::World;
use crate::domain::record::RecordKind;

fn policy() -> DipSamplePolicy {
    DipSamplePolicy { cases_a_month: 6, second_grader_percent: 25, inspector_cases_a_month: 2 }
}

/// A team `t` of `low`, `medium` and `high` cases, and some in reactive management.
fn team(low: usize, medium: usize, high: usize, reactive: usize) -> (ForceFile, Moment) {
    let mut world = World::in_order();
    let mut count = 0;
    for (level, cases) in [("low", low), ("medium", medium), ("high", high), ("reactive", reactive)] {
        for _ in 0..cases {
            count += 1;
            let case = format!("c-{count:03}");
            world = world.set(RecordKind::Offender, &case, json!({}));
            let assessed = if level == "reactive" { "low" } else { level };
            let assessment = json!({ "offender_ref": case, "overall": assessed });
            world = world.set(RecordKind::ArmsAssessment, &format!("r-{count:03}"), assessment);
            if level == "reactive" {
                world = world.set(RecordKind::ReactiveManagement, &case, json!({}));
            }
        }
    }
    let world = world.without(RecordKind::Offender, "o");
    (world.force_file(), world.moment())
}

fn team_ref() -> Ref {
    Ref::new("t").unwrap()
}

fn grade(case: &str, grader: &str, overall: Grade) -> DipSampleGrade {
    DipSampleGrade {
        sample_ref: Ref::new("s").unwrap(),
        offender_ref: Ref::new(case).unwrap(),
        grader_ref: Ref::new(grader).unwrap(),
        graded_on: "2021-04-20".parse().unwrap(),
        answers: BTreeMap::new(),
        overall,
        findings: String::new(),
    }
}

#[test]
fn every_stratum_that_there_is_has_a_case_in_the_sample() {
    let (force, at) = team(40, 20, 2, 1);
    for seed in 0..50 {
        let drawn = draw(&force, &team_ref(), at, seed, &policy());
        let strata: BTreeSet<Stratum> = drawn.iter().map(|case| case.stratum).collect();
        assert_eq!(strata, BTreeSet::from([Stratum::Reactive, Stratum::Low, Stratum::Medium, Stratum::High]));
        assert_eq!((drawn.len(), drawn.iter().filter(|case| case.second_grader).count()), (6, 2));
    }
}

#[test]
fn another_team_has_no_part_in_it_and_an_empty_one_no_sample() {
    let (force, at) = team(3, 0, 0, 0);
    assert_eq!(draw(&force, &Ref::new("other").unwrap(), at, 1, &policy()), []);
    assert_eq!(draw(&force, &team_ref(), at, 1, &policy()).len(), 3);
}

proptest! {
    #[test]
    fn the_same_seed_draws_the_same_sample_and_no_case_twice(
        seed: u64, low in 0..20_usize, medium in 0..20_usize, reactive in 0..5_usize,
    ) {
        let (force, at) = team(low, medium, 1, reactive);
        let drawn = draw(&force, &team_ref(), at, seed, &policy());
        prop_assert_eq!(&draw(&force, &team_ref(), at, seed, &policy()), &drawn);
        let cases: BTreeSet<&Ref> = drawn.iter().map(|case| &case.offender_ref).collect();
        prop_assert_eq!(cases.len(), drawn.len());
        prop_assert_eq!(drawn.len(), (low + medium + 1 + reactive).min(policy().cases_a_month));
    }
}

#[test]
fn every_case_can_be_drawn() {
    let (force, at) = team(20, 0, 0, 0);
    let drawn: BTreeSet<Ref> = (0..200)
        .flat_map(|seed| draw(&force, &team_ref(), at, seed, &policy()))
        .map(|case| case.offender_ref)
        .collect();
    assert_eq!(drawn.len(), 20);
}

#[test]
fn a_sample_is_complete_when_every_case_has_the_graders_it_asks_for() {
    let (force, _) = team(0, 0, 0, 0);
    let case = |case: &str, second_grader| Drawn {
        offender_ref: Ref::new(case).unwrap(),
        stratum: Stratum::Low,
        second_grader,
    };
    let sample = DipSample {
        team_ref: team_ref(),
        month: "2021-04-01".parse().unwrap(),
        seed: 1,
        drawn_on: "2021-04-02".parse().unwrap(),
        drawn_by: Ref::new("sup").unwrap(),
        policy_version: "test".to_owned(),
        cases: vec![case("a", false), case("b", true), case("c", false)],
    };
    let all = [
        grade("a", "sup", Grade::Good),
        grade("b", "sup", Grade::Good),
        grade("b", "di", Grade::Inadequate),
        grade("c", "di", Grade::RequiresImprovement),
    ];
    for (grades, complete, ungraded, second, agreement) in [
        (&all[..0], false, 3, 0, None),
        (&all[..2], false, 1, 1, None),
        (&all[..3], false, 1, 0, Some(0)),
        (&all[..], true, 0, 0, Some(0)),
    ] {
        let grades: Vec<&DipSampleGrade> = grades.iter().collect();
        let standing = standing(&sample, &grades, &force.officers, &policy());
        assert_eq!(standing.is_complete(), complete, "{standing:?}");
        assert_eq!((standing.ungraded.len(), standing.want_second.len()), (ungraded, second));
        assert_eq!(standing.agreement_percent(), agreement);
    }
}

#[test]
fn who_managed_assessed_or_approved_had_a_hand_in_the_case() {
    let world = World::in_order()
        .set(RecordKind::ArmsAssessment, "s", json!({ "assessor_ref": "assessor" }))
        .set(RecordKind::RiskManagementPlan, "p", json!({ "approved_by": "approver" }))
        .allocate("2010-01-01", Some("former"), "2010-01-01T00:00:00Z", "e0");
    let force = world.force_file();
    let case = force.cases.values().next().unwrap();
    for (officer, had) in
        [("om", true), ("former", true), ("assessor", true), ("approver", true), ("sup", false), ("di", false)]
    {
        assert_eq!(had_a_hand_in(case, &Ref::new(officer).unwrap()), had, "{officer}");
    }
}

#[test]
fn whoever_reviewed_decided_referred_or_judged_in_a_case_had_a_hand_in_it() {
    let decided = json!({ "decided_by": "hand" });
    for (kind, members) in [
        (RecordKind::ReactivePlacement, json!({ "proposed_by": "hand" })),
        (RecordKind::ReactiveReview, json!({ "reviewed_by": "hand" })),
        (RecordKind::ReactiveDecision, decided.clone()),
        (RecordKind::SafeguardingReferral, json!({ "sent_by": "hand" })),
        (RecordKind::SafeguardingDecision, decided.clone()),
        (RecordKind::DisclosureDecision, decided),
        (RecordKind::OtherAssessment, json!({ "assessor_ref": "hand" })),
        (
            RecordKind::Breach,
            json!({ "judgement": { "decided_by": "hand", "decided_at": "2021-04-01T12:00:00Z", "rationale": "" } }),
        ),
    ] {
        let force = World::in_order().set(kind, "record", members).force_file();
        let case = force.cases.values().next().unwrap();
        assert!(had_a_hand_in(case, &Ref::new("hand").unwrap()), "{kind}");
        assert!(!had_a_hand_in(case, &Ref::new("nobody").unwrap()), "{kind}");
    }
}

#[test]
fn the_sample_due_is_that_of_the_month_before() {
    for (day, month, last) in [
        ("2021-04-15", "2021-03-01", "2021-03-31"),
        ("2021-03-31", "2021-02-01", "2021-02-28"),
        ("2021-01-01", "2020-12-01", "2020-12-31"),
    ] {
        let (day, month, last): (CivilDate, CivilDate, CivilDate) =
            (day.parse().unwrap(), month.parse().unwrap(), last.parse().unwrap());
        assert_eq!((month_due(day), due_on(month)), (month, last));
    }
}
