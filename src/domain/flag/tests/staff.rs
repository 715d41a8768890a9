//! Officers and teams.

use serde_json::{Value, json};

use super::{Flag, FlagCode, RecordKind, World, evaluate, good, held, table};
use crate::domain::case_file::ForceFileBuilder;
use crate::domain::moment::Moment;
use crate::domain::policy::Policies;
use crate::domain::record::Record;

/// What is raised on staff where so many offenders in the community are allocated to one officer,
/// each with a medium assessment and a plan of that interval.
fn force(officer: Value, intervals: &[u32]) -> Vec<Flag> {
    let mut builder = ForceFileBuilder::default();
    let time = super::SENT;
    let mut add = |kind, subject: &str, members: &Value| {
        let mut record = good(kind);
        for (name, value) in members.as_object().unwrap() {
            record.as_object_mut().unwrap().insert(name.clone(), value.clone());
        }
        builder.add(held(subject, time, subject, Record::from_json(kind, record).unwrap()));
    };
    add(RecordKind::Officer, "om", &officer);
    for (number, interval) in intervals.iter().enumerate() {
        let (offender, subject) = (format!("o{number}"), format!("x{number}"));
        let mut requirement = good(RecordKind::RiskManagementPlan)["visit_requirement"].clone();
        requirement["interval_days"] = json!(interval);
        requirement["latest_after_days"] = json!(interval + 400);
        add(RecordKind::Offender, &offender, &json!({}));
        add(RecordKind::ArmsAssessment, &subject, &json!({ "offender_ref": offender }));
        let plan = json!({ "offender_ref": offender, "visit_requirement": requirement });
        add(RecordKind::RiskManagementPlan, &subject, &plan);
    }
    for number in 0..intervals.len() {
        let allocation = json!({ "officer_ref": "om", "from": "2020-01-01" });
        let allocation = serde_json::from_value(allocation).unwrap();
        builder.add_allocation(held(&format!("o{number}"), time, "e", allocation));
    }
    let at = Moment::at(super::NOW.parse().unwrap());
    evaluate(&builder.build(), at, Policies::built_in().unwrap().in_force(at.today()).unwrap())
}

fn codes(flags: &[Flag], subject: &str) -> Vec<FlagCode> {
    let raised = flags.iter().filter(|flag| flag.subject.as_str() == subject).map(|flag| flag.code);
    raised.filter(|code| *code != FlagCode::TrainingMissing).collect()
}

#[test]
fn a_caseload_is_high_over_fifty_and_over_its_limit_after_sixty() {
    let rows = [
        (json!({}), 50, None),
        (json!({}), 51, Some(FlagCode::CaseloadHigh)),
        (json!({}), 60, Some(FlagCode::CaseloadHigh)),
        (json!({}), 61, Some(FlagCode::CaseloadOverLimit)),
        (json!({ "max_caseload": 10 }), 10, None),
        (json!({ "max_caseload": 10 }), 11, Some(FlagCode::CaseloadOverLimit)),
        (json!({ "max_caseload": 70 }), 61, Some(FlagCode::CaseloadHigh)),
        (json!({ "role": "supervisor" }), 61, None),
        (json!({ "in_post_until": "2021-04-14" }), 61, None),
    ];
    for (officer, cases, code) in rows {
        let raised = codes(&force(officer.clone(), &vec![100; cases]), "om");
        assert_eq!(raised, Vec::from_iter(code), "{officer} {cases}");
    }
}

#[test]
fn a_post_needs_its_courses() {
    let held_until = |until: &str, completed: &str| {
        json!({ "training": [{ "course": "mosovo_supervisor", "completed_on": completed,
            "expires_on": until }] })
    };
    let rows = [
        (held_until("2021-04-15", "2016-01-01"), false),
        (held_until("2021-04-14", "2016-01-01"), true),
        (held_until("2031-01-01", "2021-04-16"), true),
        (json!({ "training": [], "in_post_from": "2021-04-16" }), false),
        (json!({ "training": [], "role": "neighbourhood_officer" }), false),
    ];
    table(FlagCode::TrainingMissing, &World::in_order(), RecordKind::Officer, "di", &rows);
}

#[test]
fn plans_follow_the_grid_by_its_intervals_or_by_one_value() {
    let of = |parts: &[(u32, usize)]| -> Vec<u32> {
        parts.iter().flat_map(|(interval, times)| std::iter::repeat_n(*interval, *times)).collect()
    };
    let spread = |first: u32, count: u32| (0..count).map(|step| first + 5 * step).collect::<Vec<_>>();
    let rows = [
        ([of(&[(27, 4), (94, 4)]), vec![50, 60]].concat(), true),
        ([of(&[(27, 4), (94, 3)]), vec![50, 60, 70]].concat(), false),
        ([of(&[(26, 4), (95, 4)]), vec![50, 60]].concat(), false),
        ([of(&[(50, 5)]), spread(100, 5)].concat(), true),
        ([of(&[(50, 4)]), spread(100, 6)].concat(), false),
        (of(&[(30, 9)]), false),
        (of(&[(30, 10)]), true),
    ];
    for (intervals, raised) in rows {
        let raised_codes = codes(&force(json!({}), &intervals), "t");
        assert_eq!(raised_codes, Vec::from_iter(raised.then_some(FlagCode::PlansFollowGrid)), "{intervals:?}");
    }
}
