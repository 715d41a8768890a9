//! Risk management plans: drafted by one, approved by another, and their actions carried out and checked.

use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{
    colleague, evaluate, inspector, manager, other_manager, other_supervisor, plan as feed_plan, set_up, supervisor,
    untrained,
};
use crate::support::http::{Reply, Running, run};
use crate::support::{import, on_both_databases};

const PLANS: &str = "/v1/offenders/n-1/risk-management-plans";
const ACTION: &str = "/v1/risk-management-plans/p-1/actions/act-1";

fn with(mut body: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn requirement(changes: &Value) -> Value {
    let body = json!({"interval_days": 50, "earliest_after_days": 40, "latest_after_days": 60, "duration_minutes": 45,
        "crew": 2, "unannounced": true});
    with(body, changes)
}

fn draft(changes: &Value) -> Value {
    let body = json!({
        "effective_from": "2021-04-15", "review_on": "2021-10-15", "contingency": "call the duty inspector",
        "pillars": {"supervision": "visits", "monitoring_and_control": "devices",
            "interventions_and_treatment": "none", "victim_safety": "no contact"},
        "assessment_ref": "r-1", "visit_requirement": requirement(&json!({})),
        "actions": [{"pillar": "supervision", "description": "see the employer", "due_on": "2021-05-15",
            "owner_ref": "om-n"}],
    });
    with(body, changes)
}

/// A draft by the case's manager: its path and version.
fn drafted(service: &Running, changes: &Value) -> (String, String) {
    let made = service.act(&manager(), PLANS, None, &draft(changes));
    assert_eq!(made.status, 201, "{}", made.text);
    (made.header("location").unwrap().to_owned(), made.header("etag").unwrap().to_owned())
}

fn approve(service: &Running, (path, read): &(String, String)) -> Reply {
    service.act(&supervisor(), &format!("{path}/approve"), Some(read), &json!({}))
}

fn flagged(service: &Running, code: &str) -> bool {
    service.get(&inspector(), &format!("/v1/offenders?flag={code}")).refs().contains(&"n-1".to_owned())
}

fn current_plan(service: &Running) -> Value {
    service.get(&manager(), "/v1/offenders/n-1").json()["current_plan"].clone()
}

/// The records system's plan, with these members.
fn sent(time: &str, changes: &Value) -> String {
    let plan = with(feed_plan(), changes);
    lines(&[event("/records/wessex/invented", "risk_management_plan", "p-1", time, &plan)])
}

#[test]
fn a_draft_is_no_plan_until_somebody_else_approves_it() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &sent("2021-02-01T09:00:00Z", &json!({"visit_requirement": null})));
        evaluate(store);
        let service = run(store);
        assert!(flagged(&service, "no_visit_requirement"));
        let made = drafted(&service, &json!({}));
        evaluate(store);
        assert!(flagged(&service, "no_visit_requirement"), "a draft changes nothing");
        assert_eq!(current_plan(&service)["ref"], "p-1");
        let read = service.get(&supervisor(), &made.0);
        assert_eq!(read.header("etag"), Some(made.1.as_str()));
        let plan = read.json();
        assert_eq!((&plan["drafting"]["author_ref"], &plan["approved_on"]), (&json!("om-n"), &json!(null)));
        assert_eq!(plan["actions"][0]["ref"], "action-1");
        let approved = approve(&service, &made);
        assert_eq!(approved.status, 200, "{}", approved.text);
        let plan = approved.json();
        assert_eq!((&plan["approved_by"], &plan["approved_on"]), (&json!("sup-n"), &json!("2021-04-15")));
        assert_eq!(current_plan(&service)["ref"], plan["ref"]);
        evaluate(store);
        assert!(!flagged(&service, "no_visit_requirement"));
        assert_eq!(service.get(&manager(), PLANS).refs().len(), 2);
        let timeline = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=2").json();
        let kinds: Vec<&Value> = timeline["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
        assert_eq!(kinds, ["risk_management_plan", "risk_management_plan"]);
        // An approved plan is never edited, approved again or sent back.
        let now = approved.header("etag").unwrap().to_owned();
        assert_eq!(service.patch(&manager(), &made.0, Some(&now), &json!({"contingency": "x"})).code(), "wrong_state");
        assert_eq!(approve(&service, &(made.0.clone(), now.clone())).code(), "wrong_state");
        let reject = service.act(&supervisor(), &format!("{}/reject", made.0), Some(&now), &json!({"reason": "x"}));
        assert_eq!(reject.code(), "wrong_state");
    });
}

#[test]
fn of_two_who_edit_one_plan_one_succeeds_and_the_other_is_told_what_has_changed() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (path, read) = drafted(&service, &json!({}));
        let first = service.patch(&colleague(), &path, Some(&read), &json!({"contingency": "call at once"}));
        assert_eq!(first.status, 200, "{}", first.text);
        let second = service.patch(&manager(), &path, Some(&read), &json!({"review_on": "2021-08-15"}));
        assert_eq!((second.status, second.code().as_str()), (412, "precondition_failed"));
        let changed = &second.json()["changed"];
        assert_eq!(changed["members"], json!(["contingency", "drafting"]));
        assert_eq!(changed["entries"][0]["by"], "offender_manager:invented-om-n2");
        assert_eq!(changed["entries"][0]["act"], "risk_management_plan.edit");
        assert_eq!(changed["etag"].as_str(), first.header("etag"));
        let again = service.patch(&manager(), &path, first.header("etag"), &json!({"review_on": "2021-08-15"}));
        assert_eq!(again.status, 200, "{}", again.text);
        let plan = again.json();
        assert_eq!((&plan["contingency"], &plan["review_on"]), (&json!("call at once"), &json!("2021-08-15")));
        assert_eq!(service.patch(&manager(), &path, None, &json!({})).code(), "precondition_required");
        // What is taken out is gone.
        let bare = json!({"visit_requirement": null, "actions": [], "interval_reason": "in custody soon"});
        let bare = service.patch(&manager(), &path, again.header("etag"), &bare);
        assert_eq!(bare.status, 200, "{}", bare.text);
        assert_eq!((&bare.json()["visit_requirement"], &bare.json()["actions"]), (&json!(null), &json!([])));
    });
}

#[test]
fn nobody_approves_their_own_plan_nor_without_rank_and_training() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let own = service.act(&supervisor(), PLANS, None, &draft(&json!({})));
        let own = (own.header("location").unwrap().to_owned(), own.header("etag").unwrap().to_owned());
        assert_eq!(approve(&service, &own).code(), "own_work");
        let (path, read) = drafted(&service, &json!({}));
        let edited = service.patch(&supervisor(), &path, Some(&read), &json!({"contingency": "mine now"}));
        let edited = (path.clone(), edited.header("etag").unwrap().to_owned());
        assert_eq!(approve(&service, &edited).code(), "own_work", "the last editor");
        let by = |who, read: Option<&str>| service.act(&who, &format!("{path}/approve"), read, &json!({}));
        assert_eq!(by(manager(), Some(&edited.1)).code(), "forbidden");
        assert_eq!(by(other_supervisor(), Some(&edited.1)).code(), "not_found");
        assert_eq!(by(inspector(), None).code(), "precondition_required");
        assert_eq!(by(inspector(), Some(&read)).code(), "precondition_failed");
        // A course that has lapsed is not held.
        let lapsed = json!({"name": "Dara Invented", "role": "detective_inspector", "team_ref": "north",
            "in_post_from": "2015-01-01", "training": [{"course": "mosovo_supervisor", "completed_on": "2019-01-01",
            "expires_on": "2021-04-14"}]});
        import(store, &lines(&[event("/records/wessex/invented", "officer", "di", "2021-02-01T09:00:00Z", &lapsed)]));
        assert_eq!(by(inspector(), Some(&edited.1)).code(), "not_qualified");
        assert_eq!(current_plan(&service)["ref"], "p-1");
    });
}

#[test]
fn a_longer_interval_needs_a_reason_that_the_approver_sees() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let longer = |changes: &Value| json!({"visit_requirement": requirement(changes)});
        for changes in [
            longer(&json!({"interval_days": 61, "latest_after_days": 75})),
            longer(&json!({"latest_after_days": 76})),
            longer(&json!({"steps": [{"until": "2021-06-01", "interval_days": 80, "earliest_after_days": 40,
                "latest_after_days": 90}]})),
            json!({"visit_requirement": null}),
        ] {
            let reply = service.act(&manager(), PLANS, None, &draft(&changes));
            assert_eq!(
                (reply.code().as_str(), &reply.json()["pointer"]),
                ("reason_needed", &json!("/interval_reason"))
            );
        }
        let mut changes = longer(&json!({"interval_days": 61, "latest_after_days": 80}));
        changes["interval_reason"] = json!("two years of stable work");
        let made = drafted(&service, &changes);
        let drafting = service.get(&supervisor(), &made.0).json()["drafting"].clone();
        assert_eq!(drafting["interval_reason"], "two years of stable work");
        assert_eq!(drafting["lengthens"]["was"]["interval_days"], 60);
        assert_eq!(drafting["lengthens"]["becomes"]["interval_days"], 61);
        assert_eq!(approve(&service, &made).status, 200);
    });
}

#[test]
fn the_reason_is_asked_for_again_where_the_current_plan_became_stricter_since() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let made = drafted(&service, &json!({}));
        let weekly = json!({"visit_requirement": with(requirement(&json!({"time_windows": [], "required_skills": []})),
            &json!({"interval_days": 7, "earliest_after_days": 5, "latest_after_days": 9}))});
        assert_eq!(import(store, &sent("2021-02-01T09:00:00Z", &weekly)).refused, 0);
        assert_eq!(approve(&service, &made).code(), "reason_needed");
    });
}

#[test]
fn one_officer_alone_needs_a_risk_assessment_and_the_approvers_word() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let mut changes = json!({"visit_requirement": requirement(&json!({"crew": 1}))});
        let reply = service.act(&manager(), PLANS, None, &draft(&changes));
        assert_eq!(
            (reply.code().as_str(), &reply.json()["pointer"]),
            ("reason_needed", &json!("/single_crew_risk_assessment"))
        );
        changes["single_crew_risk_assessment"] = json!("no violence, open street, daytime");
        let made = drafted(&service, &changes);
        let blind = approve(&service, &made);
        assert_eq!((blind.code().as_str(), &blind.json()["pointer"]), ("not_acceptable", &json!("/single_crew")));
        let approved =
            service.act(&supervisor(), &format!("{}/approve", made.0), Some(&made.1), &json!({"single_crew": true}));
        assert_eq!(approved.status, 200, "{}", approved.text);
        assert_eq!(approved.json()["visit_requirement"]["single_crew_approved_by"], "sup-n");
        // Nobody names an approver for somebody else.
        let named = requirement(&json!({"crew": 1, "single_crew_approved_by": "sup-n"}));
        let reply = service.act(&manager(), PLANS, None, &draft(&json!({"visit_requirement": named})));
        assert_eq!(reply.code(), "unknown_member");
    });
}

#[test]
fn a_draft_that_was_sent_back_is_edited_before_it_is_approved() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (path, read) = drafted(&service, &json!({}));
        let reject = |read: &str, body: &Value| service.act(&supervisor(), &format!("{path}/reject"), Some(read), body);
        assert_eq!(reject(&read, &json!({})).code(), "invalid_body");
        let back = reject(&read, &json!({"reason": "the action has no date"}));
        assert_eq!((back.status, &back.json()["drafting"]["returned"]["by"]), (200, &json!("sup-n")), "{}", back.text);
        let back = (path.clone(), back.header("etag").unwrap().to_owned());
        assert_eq!(approve(&service, &back).code(), "wrong_state");
        let edited = service.patch(&manager(), &path, Some(&back.1), &json!({"review_on": "2021-09-15"}));
        assert_eq!((edited.status, &edited.json()["drafting"]["returned"]), (200, &json!(null)), "{}", edited.text);
        assert_eq!(approve(&service, &(path.clone(), edited.header("etag").unwrap().to_owned())).status, 200);
    });
}

#[test]
fn a_plan_that_contradicts_itself_or_the_case_is_refused_where_it_does() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let asks = |changes: &Value| json!({"visit_requirement": requirement(changes)});
        let action = |changes: &Value| {
            let action =
                json!({"pillar": "supervision", "description": "x", "due_on": "2021-05-15", "owner_ref": "om-n"});
            json!({"actions": [with(action, changes)]})
        };
        for (changes, code, pointer) in [
            (json!({"effective_from": "2021-04-14"}), "not_acceptable", "/effective_from"),
            (json!({"effective_from": null}), "invalid_body", "/effective_from"),
            (json!({"review_on": "2021-04-15"}), "not_acceptable", "/review_on"),
            (json!({"pillars": {"supervision": "only"}}), "invalid_body", "/pillars"),
            (json!({"contingency": null}), "not_acceptable", "/contingency"),
            (asks(&json!({"interval_days": 39})), "not_acceptable", "/visit_requirement/interval_days"),
            (asks(&json!({"latest_after_days": 49})), "not_acceptable", "/visit_requirement/latest_after_days"),
            (
                asks(&json!({"time_windows": [{"weekdays": ["mon"], "from": "10:00", "until": "09:00"}]})),
                "not_acceptable",
                "/visit_requirement/time_windows/0/until",
            ),
            (json!({"assessment_ref": "r-9"}), "unknown_reference", "/assessment_ref"),
            (json!({"other_assessment_ref": "r-1"}), "unknown_reference", "/other_assessment_ref"),
            (action(&json!({"due_on": "2021-04-14"})), "not_acceptable", "/actions/0/due_on"),
            (action(&json!({"owner_ref": "om-9"})), "unknown_reference", "/actions/0/owner_ref"),
        ] {
            let reply = service.act(&manager(), PLANS, None, &draft(&changes));
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{changes}");
        }
        assert_eq!(service.act(&other_manager(), PLANS, None, &draft(&json!({}))).code(), "not_found");
        let licensed = with(offender("Nestor", "north", "community"), &json!({"licence_until": "2021-06-01"}));
        let licensed = event("/records/wessex/invented", "offender", "n-1", "2021-02-01T09:00:00Z", &licensed);
        import(store, &lines(&[licensed]));
        let reply = service.act(&manager(), PLANS, None, &draft(&json!({})));
        assert_eq!(
            (reply.code().as_str(), &reply.json()["pointer"]),
            ("not_acceptable", &json!("/licence_conditions"))
        );
        drafted(&service, &json!({"licence_conditions": ["live where approved"]}));
    });
}

#[test]
fn a_plan_approved_late_takes_effect_that_day_and_one_overtaken_never() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let later = drafted(&service, &json!({"effective_from": "2021-05-01", "actions": []}));
        let now = drafted(&service, &json!({}));
        assert_eq!(approve(&service, &later).status, 200);
        assert_eq!(current_plan(&service)["ref"], "p-1", "its day has not come");
        assert_eq!(approve(&service, &now).code(), "wrong_state");
    });
}

#[test]
fn an_action_is_completed_checked_sent_back_and_deferred_and_the_flag_follows() {
    on_both_databases(|store| {
        set_up(store);
        let late = json!({"actions": [{"ref": "act-1", "pillar": "supervision", "description": "invented",
            "due_on": "2021-04-01", "owner_ref": "om-n2"}]});
        import(store, &sent("2021-02-01T09:00:00Z", &late));
        evaluate(store);
        let service = run(store);
        assert!(flagged(&service, "plan_action_overdue"));
        let overdue = service.get(&supervisor(), "/v1/plan-actions?overdue=true").json();
        assert_eq!(overdue["overdue_by_owner"], json!([{"owner_ref": "om-n2", "overdue": 1}]));
        let done = json!({"completed_on": "2021-04-14", "evidence": "the employer's letter"});
        let complete = |who, body: &Value| service.act(&who, &format!("{ACTION}/complete"), None, body);
        assert_eq!(complete(untrained(), &done).code(), "not_qualified", "neither owner nor manager");
        let tomorrow = json!({"completed_on": "2021-04-16", "evidence": "x"});
        assert_eq!(complete(colleague(), &tomorrow).code(), "not_acceptable");
        assert_eq!(complete(colleague(), &json!({"completed_on": "2021-04-14"})).code(), "invalid_body");
        let check = |who, body: &Value| service.act(&who, &format!("{ACTION}/check"), None, body);
        assert_eq!(check(supervisor(), &json!({"ok": true})).code(), "wrong_state", "not completed");

        assert_eq!(complete(manager(), &done).status, 200, "the case's manager");
        assert_eq!(complete(colleague(), &done).code(), "wrong_state");
        evaluate(store);
        assert!(!flagged(&service, "plan_action_overdue"));
        let listed = service.get(&supervisor(), "/v1/plan-actions?state=completed").json();
        assert_eq!(listed["items"][0]["completed_on"], "2021-04-14");

        assert_eq!(check(manager(), &json!({"ok": true})).code(), "forbidden");
        assert_eq!(check(supervisor(), &json!({"ok": false})).code(), "reason_needed");
        let back = check(supervisor(), &json!({"ok": false, "reason": "the letter is not signed"}));
        assert_eq!(back.status, 200, "{}", back.text);
        evaluate(store);
        assert!(flagged(&service, "plan_action_overdue"), "open again");

        let defer = |who, body: &Value| service.act(&who, &format!("{ACTION}/defer"), None, body);
        assert_eq!(defer(manager(), &json!({"due_on": "2021-05-01", "reason": "x"})).code(), "forbidden");
        assert_eq!(defer(supervisor(), &json!({"due_on": "2021-04-14", "reason": "x"})).code(), "not_acceptable");
        assert_eq!(defer(supervisor(), &json!({"due_on": "2021-05-01"})).code(), "invalid_body");
        assert_eq!(defer(supervisor(), &json!({"due_on": "2021-05-01", "reason": "employer away"})).status, 200);
        evaluate(store);
        assert!(!flagged(&service, "plan_action_overdue"));

        assert_eq!(complete(colleague(), &done).status, 200, "the owner");
        let confirmed = check(supervisor(), &json!({"ok": true}));
        assert_eq!(confirmed.status, 200, "{}", confirmed.text);
        assert_eq!(confirmed.json()["action_progress"].as_array().unwrap().len(), 5);
        assert_eq!(confirmed.json()["actions"][0]["due_on"], "2021-04-01", "the plan's own words stay");
        assert_eq!(check(supervisor(), &json!({"ok": true})).code(), "wrong_state");
        let reply = service.act(&manager(), "/v1/risk-management-plans/p-1/actions/act-9/complete", None, &done);
        assert_eq!(reply.code(), "unknown_reference");
        assert_eq!(service.act(&other_manager(), &format!("{ACTION}/complete"), None, &done).code(), "not_found");
    });
}

#[test]
fn a_newer_version_of_the_records_systems_plan_keeps_what_was_done_about_its_actions() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let done = json!({"completed_on": "2021-04-14", "evidence": "invented"});
        assert_eq!(service.act(&manager(), &format!("{ACTION}/complete"), None, &done).status, 200);
        import(store, &sent("2021-03-01T09:00:00Z", &json!({"contingency": "another"})));
        let listed = service.get(&supervisor(), "/v1/plan-actions?owner=om-n").json();
        assert_eq!(listed["items"][0]["state"], "completed", "{listed}");
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1/conflicts").json()["items"], json!([]));
    });
}

#[test]
fn actions_are_listed_in_scope_page_by_page() {
    on_both_databases(|store| {
        set_up(store);
        let action = |name: &str, due: &str, owner: &str| {
            json!({"ref": name, "pillar": "supervision",
            "description": "invented", "due_on": due, "owner_ref": owner})
        };
        let actions = json!({"actions": [action("b", "2021-04-01", "om-n2"), action("a", "2021-04-01", "om-n"),
            action("c", "2021-03-01", "om-n"), action("d", "2021-06-01", "om-n")]});
        import(store, &sent("2021-02-01T09:00:00Z", &actions));
        let service = run(store);
        let list = |who, query: &str| service.get(&who, &format!("/v1/plan-actions{query}"));
        let refs = |query: &str| list(supervisor(), query).refs();
        assert_eq!(refs(""), ["c", "a", "b", "d"]);
        assert_eq!(refs("?owner=om-n&overdue=true"), ["c", "a"]);
        assert_eq!(refs("?overdue=false"), ["d"]);
        let first = list(supervisor(), "?limit=3").json();
        let next = first["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(refs(&format!("?limit=3&cursor={next}")), ["d"]);
        assert_eq!(first["overdue_by_owner"].as_array().unwrap().len(), 2);
        assert_eq!(list(other_manager(), "").refs(), Vec::<String>::new());
        assert_eq!(list(supervisor(), "?state=lost").code(), "invalid_query");
        assert_eq!(list(supervisor(), "?cursor=ff").code(), "invalid_cursor");
        let restriction = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &restriction).status, 200);
        assert_eq!(refs(""), Vec::<String>::new(), "a limited-access case is in no list");
    });
}
