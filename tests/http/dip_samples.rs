//! Supervision by sample: drawn by chance that is on record, graded by who had no hand in the case.

use mosovo_visits::api::auth::token::Grants;
use serde_json::{Value, json};

use crate::support::casework::{inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::run;
use crate::support::on_both_databases;

const SAMPLES: &str = "/v1/teams/north/dip-samples";

fn grading(overall: &str) -> Value {
    let questions = ["assessment", "plan", "visits", "actions", "breaches", "intelligence", "safeguarding", "record"];
    let answers: serde_json::Map<String, Value> =
        questions.iter().map(|question| ((*question).to_owned(), json!("good"))).collect();
    json!({"offender_ref": "n-1", "answers": answers, "overall": overall, "findings": "invented"})
}

#[test]
fn a_month_has_one_sample_that_the_recorded_seed_draws_again() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let drawn = service.act(&supervisor(), SAMPLES, None, &json!({}));
        assert_eq!(drawn.status, 201, "{}", drawn.text);
        let sample = drawn.json();
        assert_eq!((&sample["month"], &sample["drawn_by"]), (&json!("2021-04-01"), &json!("sup-n")));
        assert!(sample["seed"].as_u64().is_some());
        // The one case of the team that is in the community.
        let cases = sample["cases"].as_array().unwrap();
        assert_eq!((cases.len(), &cases[0]["offender_ref"]), (1, &json!("n-1")));
        let again = service.act(&inspector(), SAMPLES, None, &json!({}));
        assert_eq!((again.status, again.code().as_str()), (409, "wrong_state"));
    });
}

#[test]
fn who_had_a_hand_in_the_case_does_not_grade_it_and_two_others_do() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let sample = service.act(&supervisor(), SAMPLES, None, &json!({})).json()["ref"].as_str().unwrap().to_owned();
        let grades = format!("/v1/dip-samples/{sample}/grades");
        let grade = |grader: &Grants, body: &Value| service.act(grader, &grades, None, body);
        // The supervisor approved the plan of n-1.
        assert_eq!(grade(&supervisor(), &grading("good")).code(), "own_work");
        let mut partial = grading("good");
        partial["answers"].as_object_mut().unwrap().remove("plan");
        assert_eq!(grade(&inspector(), &partial).code(), "not_acceptable");
        let mut other = grading("good");
        other["offender_ref"] = json!("s-1");
        assert_eq!(grade(&inspector(), &other).code(), "unknown_reference");
        let graded = grade(&inspector(), &grading("requires_improvement"));
        assert_eq!((graded.status, &graded.json()["grader_ref"]), (201, &json!("di")), "{}", graded.text);
        assert_eq!(grade(&inspector(), &grading("good")).code(), "wrong_state");
        let second = grade(&crate::support::casework::other_inspector(), &grading("good"));
        assert_eq!(second.status, 201, "{}", second.text);
        let judged = service.get(&supervisor(), SAMPLES).json()["items"][0].clone();
        assert_eq!((&judged["complete"], &judged["agreement_percent"]), (&json!(true), &json!(0)), "{judged}");
        assert_eq!(judged["standing"]["by_grade"], json!({"requires_improvement": 1}));
        assert_eq!(judged["grades"].as_array().unwrap().len(), 2);
        let one = service.get(&supervisor(), &format!("/v1/dip-samples/{sample}"));
        assert_eq!(one.json(), judged);
        let location = second.header("location").unwrap();
        let read = service.get(&supervisor(), location);
        assert_eq!((read.json(), read.header("etag")), (second.json(), second.header("etag")));
    });
}

#[test]
fn a_teams_samples_are_its_supervisors() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let drawn = service.act(&supervisor(), SAMPLES, None, &json!({}));
        let grades = format!("/v1/dip-samples/{}/grades", drawn.json()["ref"].as_str().unwrap());
        assert_eq!(service.get(&other_supervisor(), SAMPLES).code(), "not_found");
        assert_eq!(service.act(&other_supervisor(), SAMPLES, None, &json!({})).code(), "not_found");
        assert_eq!(service.act(&other_supervisor(), &grades, None, &grading("good")).code(), "not_found");
        assert_eq!(service.get(&manager(), SAMPLES).code(), "forbidden");
        assert_eq!(service.get(&inspector(), SAMPLES).status, 200);
    });
}

#[test]
fn nobody_grades_a_case_of_a_sample_that_is_hidden_from_them_since() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let sample = service.act(&supervisor(), SAMPLES, None, &json!({})).header("location").unwrap().to_owned();
        let body = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &body).status, 200);
        let grades = format!("{sample}/grades");
        let hidden = service.act(&crate::support::casework::other_inspector(), &grades, None, &grading("good"));
        assert_eq!(hidden.code(), "unknown_reference", "{}", hidden.text);
        assert_eq!(service.act(&inspector(), &grades, None, &grading("good")).status, 201);
    });
}

#[test]
fn a_sample_and_a_grade_are_read_where_they_were_made_and_hide_what_the_reader_may_not_see() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let drawn = service.act(&supervisor(), SAMPLES, None, &json!({}));
        let sample = drawn.header("location").unwrap().to_owned();
        let graded = service.act(&inspector(), &format!("{sample}/grades"), None, &grading("good"));
        let grade = graded.header("location").unwrap().to_owned();
        for path in [&sample, &grade] {
            assert_eq!(service.get(&supervisor(), path).status, 200, "{path}");
            assert_eq!(service.get(&other_supervisor(), path).code(), "not_found", "{path}");
            assert_eq!(service.get(&manager(), path).code(), "forbidden", "{path}");
        }
        let body = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &body).status, 200);
        let shown = service.get(&supervisor(), &sample).json();
        assert_eq!((&shown["sample"]["cases"], &shown["grades"]), (&json!([]), &json!([])), "{shown}");
        assert_eq!(shown["standing"]["cases"], 0, "how many are hidden is not told");
        assert_eq!(service.get(&supervisor(), &grade).code(), "not_found");
        assert_eq!(service.get(&inspector(), &grade).status, 200);
    });
}
