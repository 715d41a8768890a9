//! Visits: what came of them, who confirms it, lone working, and what follows when nobody is seen.

use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{
    colleague, evaluate, inspector, manager, other_manager, plan_visit, set_up, supervisor, untrained,
};
use crate::support::http::{Reply, Running, run, run_at};
use crate::support::{import, on_both_databases};

const VISITS: &str = "/v1/offenders/n-1/visits";
const LOG: &str = "/v1/offenders/n-1/attempt-log";

fn with(mut body: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn seen(changes: &Value) -> Value {
    let body = json!({
        "attempted_at": "2021-04-15T07:30:00Z", "mode": "home", "outcome": "seen", "officer_refs": ["om-n", "om-n2"],
        "address_ref": "a-1", "announced": false, "home_inspected": true, "observations": "tidy, calm",
        "risk_factors": "none new", "protective_factors": "works", "present": ["a brother"],
        "devices_seen": ["one telephone"], "next_steps": "see the employer", "shows_child_contact": false,
    });
    with(body, changes)
}

fn failed(at: &str, changes: &Value) -> Value {
    let body = json!({
        "attempted_at": at, "mode": "home", "outcome": "no_reply", "officer_refs": ["om-n", "om-n2"],
        "address_ref": "a-1", "entry_sought_for_risk_assessment": true, "observations": "no lights",
        "shows_child_contact": false,
    });
    with(body, changes)
}

fn flagged(service: &Running, code: &str) -> bool {
    service.get(&inspector(), &format!("/v1/offenders?flag={code}")).refs().contains(&"n-1".to_owned())
}

fn path_of(made: &Reply) -> String {
    assert_eq!(made.status, 201, "{}", made.text);
    made.header("location").unwrap().to_owned()
}

#[test]
fn the_outcome_of_a_planned_visit_is_recorded_once_and_the_flags_follow() {
    on_both_databases(|store| {
        set_up(store);
        let planned = plan_visit(store, "2021-04-15");
        let service = run(store);
        let path = format!("/v1/visits/{planned}/outcome");
        assert!(flagged(&service, "home_visit_overdue") && flagged(&service, "address_not_visited"));
        assert_eq!(
            service.act(&untrained(), &path, None, &seen(&json!({}))).code(),
            "not_qualified",
            "not of the crew"
        );
        assert_eq!(service.act(&other_manager(), &path, None, &seen(&json!({}))).code(), "not_found");
        let other_day = seen(&json!({"attempted_at": "2021-04-14T07:30:00Z"}));
        assert_eq!(service.act(&manager(), &path, None, &other_day).code(), "not_acceptable");
        let made = service.act(&manager(), &path, None, &seen(&json!({})));
        let visit = made.json();
        let (location, write_up) = (path_of(&made), &visit["write_up"]);
        assert_eq!(write_up["planned_visit_id"].as_str(), Some(planned.to_string().as_str()));
        assert_eq!((&write_up["recorded_by"], &write_up["present"]), (&json!("om-n"), &json!(["a brother"])));
        assert_eq!(service.act(&manager(), &path, None, &seen(&json!({}))).code(), "wrong_state");
        evaluate(store);
        assert!(!flagged(&service, "home_visit_overdue") && !flagged(&service, "address_not_visited"));
        let timeline = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=1").json();
        assert_eq!(
            (&timeline["items"][0]["kind"], &timeline["items"][0]["source"]),
            (&json!("visit"), &json!("casework"))
        );
        assert_eq!(service.get(&other_manager(), &location).code(), "not_found");
        let nowhere = "/v1/visits/01900000-0000-7000-8000-000000000000/outcome";
        assert_eq!(service.act(&manager(), nowhere, None, &seen(&json!({}))).code(), "not_found");
        let refused = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let why: Vec<_> = refused
            .iter()
            .filter(|entry| entry.act == "access.refused" && entry.detail["act"] == "visit.outcome")
            .map(|entry| entry.detail["why"].clone())
            .collect();
        assert_eq!(why, ["out_of_scope", "not_known"]);
    });
}

#[test]
fn two_officers_confirm_that_they_were_there() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = path_of(&service.act(&manager(), VISITS, None, &seen(&json!({}))));
        assert_eq!(service.get(&supervisor(), &path).json()["confirmed"], false);
        let confirm = |who| service.act(&who, &format!("{path}/confirm"), None, &json!({}));
        assert_eq!(confirm(manager()).code(), "own_work");
        assert_eq!(confirm(supervisor()).code(), "not_qualified");
        assert_eq!(confirm(other_manager()).code(), "not_found");
        assert_eq!(confirm(colleague()).status, 200);
        assert_eq!(confirm(colleague()).code(), "wrong_state");
        let read = service.get(&supervisor(), &path);
        assert_eq!(read.json()["confirmed"], true);
        let listed = service.get(&supervisor(), VISITS).json();
        let confirmed: Vec<&Value> =
            listed["items"].as_array().unwrap().iter().map(|item| &item["confirmed"]).collect();
        assert_eq!(confirmed.iter().filter(|it| ***it == json!(true)).count(), 1, "the records system's is not");
        assert_eq!(service.act(&manager(), "/v1/visits/v-1/confirm", None, &json!({})).code(), "wrong_state");
        // Another time is another attendance.
        let moved = json!({"reason": "the clock was wrong", "attempted_at": "2021-04-15T07:00:00Z"});
        let moved = service.patch(&manager(), &path, read.header("etag"), &moved);
        assert_eq!((moved.status, &moved.json()["write_up"]["confirmed_by"]), (200, &json!([])), "{}", moved.text);
        // And so is another outcome.
        assert_eq!(service.act(&colleague(), &format!("{path}/confirm"), None, &json!({})).status, 200);
        let read = service.get(&supervisor(), &path);
        let seen = json!({"reason": "not at home after all", "outcome": "no_reply", "home_inspected": false});
        let seen = service.patch(&manager(), &path, read.header("etag"), &seen);
        assert_eq!((seen.status, &seen.json()["write_up"]["confirmed_by"]), (200, &json!([])), "{}", seen.text);
    });
}

#[test]
fn a_lone_visit_without_an_approval_is_recorded_marked_and_flagged() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let alone = |changes: &Value| seen(&with(json!({"officer_refs": ["om-n"]}), changes));
        // Nobody enters an approval in another's name, nor without rank.
        for approver in ["om-n2", "om-n", "sup-9", "sup-n"] {
            let body = alone(&json!({"single_crew_approved_by": approver}));
            let reply = service.act(&manager(), VISITS, None, &body);
            let at = json!("/single_crew_approved_by");
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), ("not_qualified", &at), "{approver}");
        }
        let own = seen(&json!({"officer_refs": ["sup-n"], "single_crew_approved_by": "sup-n"}));
        assert_eq!(service.act(&supervisor(), VISITS, None, &own).code(), "own_work");
        let made = service.act(&manager(), VISITS, None, &alone(&json!({})));
        assert_eq!(made.json()["write_up"]["alone_without_approval"], true, "{}", made.text);
        evaluate(store);
        assert!(flagged(&service, "visit_made_alone"));
        let read = service.get(&manager(), &path_of(&made));
        let approval = json!({"reason": "approved by telephone", "single_crew_approved_by": "sup-n"});
        let by = |who| service.patch(&who, &path_of(&made), read.header("etag"), &approval);
        assert_eq!(by(manager()).code(), "not_qualified");
        let approved = by(supervisor());
        assert_eq!(approved.json()["write_up"]["alone_without_approval"], false, "{}", approved.text);
        evaluate(store);
        assert!(!flagged(&service, "visit_made_alone"));
        assert_eq!(read.json()["confirmed"], true, "nobody else was there");
    });
}

#[test]
fn what_contradicts_itself_the_case_or_the_clock_is_refused_where_it_does() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let shpo = json!({"offender_ref": "n-1", "kind": "shpo", "made_on": "2020-01-01",
            "conditions": ["No device unseen"]});
        import(store, &lines(&[event("/records/wessex/invented", "order", "o-n", "2021-02-01T09:00:00Z", &shpo)]));
        let check = |order: &str, condition: &str| {
            json!({"conditions_checked": [{"order_ref": order, "condition": condition, "finding": "not_kept",
                "note": "a second telephone"}]})
        };
        for (changes, code, pointer) in [
            (json!({"attempted_at": "2021-04-15T08:00:01Z"}), "not_acceptable", "/attempted_at"),
            (json!({"attempted_at": "yesterday"}), "invalid_body", "/attempted_at"),
            (json!({"observations": ""}), "invalid_body", "/observations"),
            (json!({"officer_refs": ["om-n", "om-9"]}), "unknown_reference", "/officer_refs/1"),
            (json!({"officer_refs": ["om-n", "om-n"]}), "not_acceptable", "/officer_refs"),
            (json!({"mode": "phone"}), "not_acceptable", "/home_inspected"),
            (json!({"address_ref": "a-9"}), "unknown_reference", "/address_ref"),
            (check("o-1", "No contact with a child"), "unknown_reference", "/conditions_checked/0/order_ref"),
            (check("o-n", "No device at all"), "not_acceptable", "/conditions_checked/0/condition"),
        ] {
            let reply = service.act(&manager(), VISITS, None, &seen(&changes));
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{changes}");
        }
        assert_eq!(service.act(&untrained(), VISITS, None, &seen(&json!({}))).code(), "not_qualified");
        assert_eq!(service.act(&other_manager(), VISITS, None, &seen(&json!({}))).code(), "not_found");
        let made = service.act(&manager(), VISITS, None, &seen(&check("o-n", "No device unseen")));
        assert_eq!(made.json()["write_up"]["conditions_checked"][0]["finding"], "not_kept", "{}", made.text);
    });
}

#[test]
fn a_visit_is_put_right_with_a_reason_on_the_version_that_was_read() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let made = service.act(&manager(), VISITS, None, &seen(&json!({})));
        let (path, read) = (path_of(&made), made.header("etag").unwrap().to_owned());
        let body = json!({"reason": "the inside was not seen", "home_inspected": false, "present": []});
        assert_eq!(service.patch(&manager(), &path, None, &body).code(), "precondition_required");
        assert_eq!(service.patch(&untrained(), &path, Some(&read), &body).code(), "not_qualified");
        assert_eq!(service.patch(&manager(), &path, Some(&read), &json!({"mode": "home"})).code(), "invalid_body");
        assert_eq!(service.patch(&manager(), &path, Some(&read), &json!({"reason": "x"})).code(), "not_acceptable");
        let right = service.patch(&colleague(), &path, Some(&read), &body);
        assert_eq!((right.status, &right.json()["home_inspected"]), (200, &json!(false)), "{}", right.text);
        assert_eq!(right.json()["write_up"]["present"], json!([]));
        assert_eq!(right.json()["corrections"][0]["by"], "om-n2");
        let late = json!({"reason": "another slip", "announced": true});
        let late = service.patch(&manager(), &path, Some(&read), &late);
        let members = json!(["corrections", "home_inspected", "write_up"]);
        assert_eq!((late.status, &late.json()["changed"]["members"]), (412, &members));
        evaluate(store);
        assert!(flagged(&service, "home_visit_overdue"), "it no longer counts");
        // One of the records system's: its facts are put right, its text there.
        let theirs = service.get(&supervisor(), "/v1/visits/v-1");
        let words = json!({"reason": "x", "observations": "another"});
        assert_eq!(service.patch(&supervisor(), "/v1/visits/v-1", theirs.header("etag"), &words).code(), "wrong_state");
        let facts = json!({"reason": "he was out", "outcome": "no_reply", "home_inspected": false});
        let right = service.patch(&supervisor(), "/v1/visits/v-1", theirs.header("etag"), &facts);
        assert_eq!((right.status, &right.json()["outcome"]), (200, &json!("no_reply")), "{}", right.text);
    });
}

#[test]
fn failed_attempts_lead_to_the_prompt_of_section_96b_with_a_log_that_can_be_attached() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(service.get(&manager(), LOG).json()["attempts"], json!([]));
        let rungs = || -> Vec<Value> {
            let log = service.get(&manager(), LOG).json();
            log["next"].as_array().unwrap().iter().map(|advice| advice["rung"].clone()).collect()
        };
        let attempt = |at: &str, changes: &Value| {
            path_of(&service.act(&manager(), VISITS, None, &failed(at, changes)));
        };
        attempt("2021-04-08T09:00:00Z", &json!({}));
        assert_eq!(rungs(), ["reattempt"]);
        attempt("2021-04-13T17:00:00Z", &json!({}));
        assert_eq!(rungs(), ["consider_warrant", "reattempt"]);
        evaluate(store);
        assert!(flagged(&service, "warrant_consideration"));
        attempt("2021-04-14T12:00:00Z", &json!({"outcome": "not_resident", "entry_sought_for_risk_assessment": null}));
        assert_eq!(rungs(), ["check_residence", "consider_warrant", "reattempt"]);

        let log = service.get(&manager(), LOG).json();
        assert_eq!(
            (&log["marking"], &log["counted"], &log["needed"]),
            (&json!("OFFICIAL-SENSITIVE"), &json!(2), &json!(2))
        );
        assert_eq!(log["attempts"][2]["not_counted"], "entry_not_sought");
        assert_eq!(log["try_again_by"], "2021-04-21");
        let shown: Vec<&Value> = log["conditions"].as_array().unwrap().iter().map(|it| &it["shown"]).collect();
        // No notification on record covers the address: whether it is the home last notified is for the applicant to say.
        let theirs = "for_the_applicant";
        assert_eq!(shown, [theirs, theirs, "yes", theirs, "yes"]);

        let token = format!("Bearer {}", service.token(&manager()));
        let headers = [("authorization", token.as_str()), ("accept", "text/markdown")];
        let document = service.request("GET", LOG, &headers, b"");
        assert_eq!(document.header("content-type"), Some("text/markdown; charset=utf-8"));
        let text = &document.text;
        assert!(text.starts_with("**OFFICIAL-SENSITIVE**") && text.trim_end().ends_with("**OFFICIAL-SENSITIVE**"));
        for told in [
            "Nestor Inventio, born 1970-02-03",
            "Last seen at home, the home inspected: 2020-12-01.",
            "| 13 April 2021, 18:00 | Nora Invented (constable), Nuala Invented (constable) | 1 Invented Row | entry sought \
             to assess risk | no reply (home) | yes |",
            "| no: entry not sought |",
            "- (e) a constable sought entry for that purpose on at least two occasions and was unable to obtain it: **shown",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert_eq!(service.get(&other_manager(), LOG).code(), "not_found");
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let disclosed = recorded.iter().filter(|entry| entry.act == "attempt_log.disclose");
        assert!(disclosed.clone().all(|entry| entry.detail["recipient"] == "invented-om-n"));
        assert_eq!(disclosed.count(), 6);
    });
}

#[test]
fn a_start_without_a_finish_is_an_alert_until_somebody_is_done() {
    on_both_databases(|store| {
        set_up(store);
        let planned = plan_visit(store, "2021-04-15");
        let tomorrows = {
            let id = plan_visit(store, "2021-04-16");
            format!("/v1/visits/{id}/start")
        };
        let at = |time: &str| run_at(store, &format!("2021-04-15T{time}Z"));
        let (start, finish) = (format!("/v1/visits/{planned}/start"), format!("/v1/visits/{planned}/finish"));
        let begins = |changes: &Value| {
            with(json!({"officer_refs": ["om-n", "om-n2"], "expected_finish": "2021-04-15T09:00:00Z"}), changes)
        };
        let alerts = |service: &Running, who| service.get(&who, "/v1/lone-worker-alerts").json()["items"].clone();
        let service = at("08:00:00");
        let act = |who, path: &str, body: &Value| service.act(&who, path, None, body);
        let past = begins(&json!({"expected_finish": "2021-04-15T08:00:00Z"}));
        assert_eq!(act(manager(), &start, &past).code(), "not_acceptable");
        let endless = begins(&json!({"expected_finish": "2021-04-16T08:00:01Z"}));
        assert_eq!(act(manager(), &start, &endless).code(), "not_acceptable");
        assert_eq!(act(manager(), &start, &begins(&json!({"officer_refs": []}))).code(), "not_acceptable");
        assert_eq!(act(untrained(), &start, &begins(&json!({}))).code(), "not_qualified");
        assert_eq!(act(other_manager(), &start, &begins(&json!({}))).code(), "not_found");
        assert_eq!(act(manager(), &tomorrows, &begins(&json!({}))).code(), "wrong_state");
        assert_eq!(act(manager(), &finish, &json!({})).code(), "wrong_state", "not begun");
        let begun = act(manager(), &start, &begins(&json!({})));
        assert_eq!((begun.status, &begun.json()["started_by"]), (200, &json!("om-n")), "{}", begun.text);
        assert_eq!(act(manager(), &start, &begins(&json!({}))).code(), "wrong_state");
        assert_eq!(alerts(&service, supervisor()), json!([]));

        assert_eq!(alerts(&at("09:15:00"), supervisor()), json!([]), "a quarter of an hour of grace");
        let late = at("09:40:00");
        let told = alerts(&late, supervisor());
        assert_eq!((&told[0]["minutes_missing"], &told[0]["offender_ref"]), (&json!(40), &json!("n-1")), "{told}");
        assert_eq!(alerts(&late, other_manager()), json!([]));
        assert_eq!(late.act(&untrained(), &finish, None, &json!({})).code(), "not_qualified");
        let done = late.act(&colleague(), &finish, None, &json!({}));
        assert_eq!((done.status, &done.json()["finished_by"]), (200, &json!("om-n2")), "{}", done.text);
        assert_eq!(alerts(&late, supervisor()), json!([]));
        assert_eq!(late.act(&colleague(), &finish, None, &json!({})).code(), "wrong_state");
    });
}

#[test]
fn a_limited_access_case_keeps_its_visits_to_those_admitted() {
    on_both_databases(|store| {
        set_up(store);
        let planned = plan_visit(store, "2021-04-15");
        let service = run(store);
        let path =
            path_of(&service.act(&manager(), VISITS, None, &seen(&json!({"attempted_at": "2021-04-14T07:30:00Z"}))));
        let restriction = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        let restricted = service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &restriction);
        assert_eq!(restricted.status, 200, "{}", restricted.text);
        assert_eq!(service.get(&colleague(), &path).code(), "not_found");
        assert_eq!(service.get(&colleague(), LOG).code(), "not_found");
        assert_eq!(service.act(&colleague(), &format!("{path}/confirm"), None, &json!({})).code(), "not_found");
        let outcome = format!("/v1/visits/{planned}/outcome");
        assert_eq!(service.act(&colleague(), &outcome, None, &seen(&json!({}))).code(), "not_found");
        assert_eq!(service.get(&manager(), &path).status, 200);
    });
}
