//! Assessments: entered as a trained assessor judged them, put right with a reason, never computed or converted.

use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{colleague, evaluate, inspector, manager, other_manager, set_up, supervisor, untrained};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const ARMS: &str = "/v1/offenders/n-1/arms-assessments";
const OTHER: &str = "/v1/offenders/n-1/other-assessments";

const FACTORS: [&str; 11] = [
    "opportunity",
    "sexual_preoccupation",
    "offence_related_sexual_interests",
    "emotional_congruence_with_children",
    "hostile_orientation",
    "poor_self_management",
    "antisocial_influences",
    "commitment_to_desist",
    "intimate_relationship",
    "positive_routine",
    "social_investment",
];

fn with(mut body: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Eleven factors that are all low, and an overall level of high: a judgement, not a sum.
fn arms(changes: &Value) -> Value {
    let factors: Value =
        FACTORS.iter().map(|factor| ((*factor).to_owned(), json!("low"))).collect::<serde_json::Map<_, _>>().into();
    let body = json!({"assessed_on": "2021-04-14", "overall": "high", "factors": factors, "rationale": "invented",
        "next_review_on": "2021-10-14", "adult_male": true});
    with(body, changes)
}

fn other(changes: &Value) -> Value {
    let body = json!({"tool": "Invented tool", "version": "2", "band": "amber", "assessed_on": "2021-04-14",
        "next_review_on": "2021-10-14", "why_not_arms": "a woman", "rationale": "invented"});
    with(body, changes)
}

fn flagged(service: &Running, code: &str) -> bool {
    service.get(&inspector(), &format!("/v1/offenders?flag={code}")).refs().contains(&"n-1".to_owned())
}

/// The record of n-1, with these members.
fn n1(time: &str, members: &Value) -> String {
    lines(&[event(
        "/records/wessex/invented",
        "offender",
        "n-1",
        time,
        &with(offender("Nestor", "north", "community"), members),
    )])
}

#[test]
fn an_assessment_is_entered_as_judged_and_is_the_current_one() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let made = service.act(&manager(), ARMS, None, &arms(&json!({})));
        assert_eq!(made.status, 201, "{}", made.text);
        let assessment = made.json();
        assert_eq!((&assessment["overall"], &assessment["assessor_ref"]), (&json!("high"), &json!("om-n")));
        let location = made.header("location").unwrap().to_owned();
        let read = service.get(&supervisor(), &location);
        assert_eq!((read.json(), read.header("etag")), (assessment.clone(), made.header("etag")));
        assert_eq!(service.get(&manager(), ARMS).refs().len(), 2);
        let case = service.get(&manager(), "/v1/offenders/n-1").json();
        assert_eq!(case["current_assessment"]["ref"], assessment["ref"], "{case}");
        let timeline = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=1").json();
        assert_eq!(timeline["items"][0]["kind"], "arms_assessment");
        assert_eq!(service.get(&other_manager(), &location).code(), "not_found");
        evaluate(store);
        assert!(!flagged(&service, "arms_review_overdue") && !flagged(&service, "plan_older_than_assessment"));
    });
}

#[test]
fn what_is_missing_late_or_not_theirs_to_judge_is_refused() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let mut ten = arms(&json!({}));
        ten["factors"].as_object_mut().unwrap().remove("opportunity");
        for (who, body, code, pointer) in [
            (untrained(), arms(&json!({})), "not_qualified", None),
            (manager(), ten, "not_acceptable", Some("/factors")),
            (manager(), arms(&json!({"rationale": " "})), "invalid_body", Some("/rationale")),
            (manager(), arms(&json!({"overall": "computed"})), "invalid_body", Some("/overall")),
            (manager(), arms(&json!({"assessed_on": "2021-04-16"})), "not_acceptable", Some("/assessed_on")),
            (manager(), arms(&json!({"next_review_on": "2021-04-14"})), "not_acceptable", Some("/next_review_on")),
            (manager(), arms(&json!({"next_review_on": "2022-04-15"})), "not_acceptable", Some("/next_review_on")),
            (manager(), arms(&json!({"adult_male": null})), "not_acceptable", Some("/adult_male")),
            (manager(), arms(&json!({"adult_male": false})), "not_acceptable", None),
            // Trained since 2019 alone.
            (
                manager(),
                arms(&json!({"assessed_on": "2018-12-31", "next_review_on": "2019-06-01"})),
                "not_qualified",
                None,
            ),
            (other_manager(), arms(&json!({})), "not_found", None),
        ] {
            let reply = service.act(&who, ARMS, None, &body);
            assert_eq!(reply.code(), code, "{body}");
            assert_eq!(reply.json()["pointer"].as_str(), pointer, "{body}");
        }
        assert_eq!(service.get(&manager(), ARMS).refs(), ["r-1"]);
    });
}

#[test]
fn an_assessment_is_put_right_with_a_reason_on_the_version_that_was_read() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let made = service.act(&manager(), ARMS, None, &arms(&json!({})));
        let (path, read) = (made.header("location").unwrap().to_owned(), made.header("etag").unwrap().to_owned());
        let slip = json!({"reason": "a slip of the pen", "overall": "medium"});
        assert_eq!(service.patch(&manager(), &path, None, &slip).code(), "precondition_required");
        assert_eq!(
            service.patch(&manager(), &path, Some(&read), &json!({"overall": "low"})).code(),
            "invalid_body",
            "no reason"
        );
        assert_eq!(service.patch(&untrained(), &path, Some(&read), &slip).code(), "not_qualified");
        let nothing = json!({"reason": "none", "overall": "high"});
        assert_eq!(service.patch(&manager(), &path, Some(&read), &nothing).code(), "not_acceptable");
        let right = service.patch(&colleague(), &path, Some(&read), &slip);
        assert_eq!((right.status, &right.json()["overall"]), (200, &json!("medium")), "{}", right.text);
        let correction = &right.json()["corrections"][0];
        assert_eq!((&correction["by"], &correction["reason"]), (&json!("om-n2"), &json!("a slip of the pen")));
        assert_eq!(right.json()["assessor_ref"], "om-n", "the judgement stays its assessor's");
        let late = json!({"reason": "another slip", "overall": "low"});
        let late = service.patch(&manager(), &path, Some(&read), &late);
        assert_eq!((late.status, &late.json()["changed"]["members"]), (412, &json!(["corrections", "overall"])));
        // One of the records system's is put right as well.
        let theirs = service.get(&manager(), "/v1/arms-assessments/r-1");
        let body = json!({"reason": "the review was agreed later", "next_review_on": "2021-05-31"});
        let reply = service.patch(&manager(), "/v1/arms-assessments/r-1", theirs.header("etag"), &body);
        assert_eq!((reply.status, &reply.json()["next_review_on"]), (200, &json!("2021-05-31")), "{}", reply.text);
    });
}

#[test]
fn where_arms_does_not_apply_another_tools_band_is_kept_as_it_is() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(
            service.act(&manager(), OTHER, None, &other(&json!({"why_not_arms": null}))).code(),
            "reason_needed"
        );
        import(store, &n1("2021-02-01T09:00:00Z", &json!({"sex": "male"})));
        assert_eq!(service.act(&manager(), OTHER, None, &other(&json!({}))).code(), "not_acceptable", "ARMS applies");
        assert_eq!(service.act(&manager(), ARMS, None, &arms(&json!({"adult_male": null}))).status, 201);
        import(store, &n1("2021-03-01T09:00:00Z", &json!({"sex": "female"})));
        let for_men = service.act(&manager(), ARMS, None, &arms(&json!({})));
        assert_eq!(for_men.code(), "not_acceptable", "ARMS does not apply");
        let made = service.act(&untrained(), OTHER, None, &other(&json!({"why_not_arms": null})));
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!((&made.json()["band"], &made.json()["version"]), (&json!("amber"), &json!("2")));
        let (path, read) = (made.header("location").unwrap().to_owned(), made.header("etag").unwrap().to_owned());
        let slip = json!({"reason": "misread", "band": "red"});
        let right = service.patch(&manager(), &path, Some(&read), &slip);
        assert_eq!((right.status, &right.json()["corrections"][0]["by"]), (200, &json!("om-n")), "{}", right.text);
        assert_eq!(service.get(&manager(), &path).json()["band"], "red");
        assert_eq!(service.get(&manager(), OTHER).refs().len(), 1);
        assert_eq!(service.get(&other_manager(), OTHER).code(), "not_found");
    });
}

#[test]
fn another_tools_assessment_stands_where_there_is_no_arms_until_its_review_is_overdue() {
    on_both_databases(|store| {
        set_up(store);
        let withdrawn = event(
            "/records/wessex/invented",
            "deleted",
            "r-1",
            "2021-03-01T09:00:00Z",
            &json!({"type": "records.arms_assessment.v1", "subject": "r-1", "reason": "invented"}),
        );
        assert_eq!(import(store, &lines(&[withdrawn])).refused, 0);
        evaluate(store);
        let service = run(store);
        assert!(flagged(&service, "no_arms_assessment"));
        let old = other(&json!({"assessed_on": "2020-05-01", "next_review_on": "2021-04-14"}));
        assert_eq!(service.act(&manager(), OTHER, None, &old).status, 201);
        evaluate(store);
        assert!(flagged(&service, "no_arms_assessment"), "its review is overdue");
        assert_eq!(service.act(&manager(), OTHER, None, &other(&json!({}))).status, 201);
        evaluate(store);
        assert!(!flagged(&service, "no_arms_assessment"));
        let case = service.get(&manager(), "/v1/offenders/n-1").json();
        assert_eq!(case["current_assessment"], json!(null), "never the current ARMS assessment");
    });
}
