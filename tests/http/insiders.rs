//! What somebody with a good token and another purpose tries: each is refused, or shows and changes nothing that is not theirs.

use std::collections::BTreeSet;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{
    colleague, inspector, manager, other_inspector, other_manager, other_supervisor, plan, set_up, supervisor,
};
use crate::support::http::{Reply, Running, run};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";
const RESTRICTION: &str = "/v1/offenders/n-1/access-restriction";

fn restrict(service: &Running, excluded: &[&str]) {
    let body = json!({"restricted_to": [], "excluded": excluded, "reason": "invented"});
    let reply = service.act(&inspector(), RESTRICTION, None, &body);
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Somebody who is entered here under a reference of the supervisor's choice.
fn newcomer(reference: &str, team: &str) -> Value {
    json!({"ref": reference, "given_name": "Nadir", "family_name": "Inventio", "status": "community",
        "status_since": "2021-04-01", "reason": "invented", "team_ref": team, "lead_agency": "police",
        "lead_agency_since": "2021-04-01", "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2021-04-01", "ends_on": null, "regime": "annual",
            "under_18_at_relevant_date": false}})
}

fn kinds(timeline: &Reply) -> BTreeSet<String> {
    let items = timeline.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

fn recorded(store: &Store, act: &str) -> Vec<StoredAuditEntry> {
    let mut entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
    entries.retain(|entry| entry.act == act);
    entries
}

#[test]
fn who_is_shut_out_of_a_case_and_how_its_work_was_graded_is_in_no_offender_managers_history() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        restrict(&service, &["om-s"]);
        let path = "/v1/offenders/n-1/timeline?limit=200";
        assert!(!kinds(&service.get(&manager(), path)).contains("access_restriction"));
        assert!(kinds(&service.get(&supervisor(), path)).contains("access_restriction"));
    });
}

#[test]
fn a_token_that_names_no_officer_sees_no_limited_access_case() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        restrict(&service, &["om-n2"]);
        assert_eq!(service.get(&colleague(), "/v1/offenders/n-1").status, 404);
        let nameless = Grants { officer_ref: None, ..colleague() };
        assert_eq!(service.get(&nameless, "/v1/offenders/n-1").status, 404);
        assert_eq!(service.get(&nameless, "/v1/offenders").refs(), ["n-2"]);
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1").status, 200);
    });
}

#[test]
fn a_supervisors_decision_is_not_undone_by_settling_a_difference() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let breach = |time: &str, decision: Value| {
            let data = json!({"offender_ref": "n-1", "kind": "notification", "provision": "SOA 2003 s.91",
                "summary": "", "first_failure_on": "2021-03-01", "discovered_at": "2021-03-02T10:00:00Z",
                "decision": decision});
            import(store, &lines(&[event(WESSEX, "breach", "b-n", time, &data)]));
        };
        breach("2021-03-03T09:00:00Z", Value::Null);
        let read = service.get(&supervisor(), "/v1/breaches/b-n");
        let decided = json!({"kind": "no_crime", "rationale": "invented"});
        let decided = service.act(&supervisor(), "/v1/breaches/b-n/decision", read.header("etag"), &decided);
        assert_eq!(decided.status, 200, "{}", decided.text);
        let other = json!({"kind": "charge", "rationale": "other", "decided_by": "sup-s",
            "decided_at": "2021-04-14T10:00:00Z"});
        breach("2021-04-14T11:00:00Z", other);
        let conflicts = service.get(&manager(), "/v1/offenders/n-1/conflicts").json();
        assert_eq!(conflicts["items"].as_array().unwrap().len(), 1, "{conflicts}");
        let settle = json!({"kind": "breach", "ref": "b-n", "member": "decision", "take": "records_system"});
        let path = "/v1/offenders/n-1/conflicts/settle";
        assert_eq!(service.act(&manager(), path, None, &settle).code(), "not_qualified");
        assert_eq!(service.get(&manager(), "/v1/breaches/b-n").json()["decision"]["kind"], "no_crime");
        assert_eq!(service.act(&supervisor(), path, None, &settle).status, 200);
        assert_eq!(service.get(&manager(), "/v1/breaches/b-n").json()["decision"]["kind"], "charge");
    });
}

#[test]
fn a_case_is_not_allocated_by_settling_a_difference() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({"officer_ref": "om-n2", "from": "2021-04-15", "reason": "invented"});
        let made = service.act(&supervisor(), "/v1/offenders/n-1/allocations", None, &body);
        assert!(made.status < 300, "{}", made.text);
        let later = json!({"officer_ref": "om-n3", "from": "2021-04-15"});
        import(store, &lines(&[event(WESSEX, "allocation", "n-1", "2021-04-15T07:30:00Z", &later)]));
        let settle = |take: &str| json!({"kind": "allocation", "ref": "n-1", "member": "officer_ref", "take": take});
        let path = "/v1/offenders/n-1/conflicts/settle";
        assert_eq!(service.act(&supervisor(), path, None, &settle("entered_here")).code(), "not_acceptable");
        assert_eq!(service.act(&manager(), path, None, &settle("records_system")).code(), "not_qualified");
    });
}

#[test]
fn a_sample_drawn_shows_no_case_that_is_hidden_from_who_drew_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        restrict(&service, &["sup-n"]);
        let drawn = service.act(&supervisor(), "/v1/teams/north/dip-samples", None, &json!({}));
        assert_eq!(drawn.status, 201, "{}", drawn.text);
        assert!(!drawn.text.contains("n-1"), "{}", drawn.text);
        let seen = service.get(&other_inspector(), "/v1/teams/north/dip-samples").json();
        assert_eq!(
            seen["items"][0]["sample"]["cases"][0]["offender_ref"], "n-1",
            "it is in the sample all the same: {seen}"
        );
    });
}

#[test]
fn whoever_edited_a_plan_once_never_approves_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let pillars = json!({"supervision": "a", "monitoring_and_control": "b", "interventions_and_treatment": "c",
            "victim_safety": "d"});
        let requirement = plan()["visit_requirement"].clone();
        let body = json!({"effective_from": "2021-04-15", "review_on": "2021-10-15", "contingency": "invented",
            "pillars": pillars, "visit_requirement": requirement, "actions": []});
        let drafted = service.act(&manager(), "/v1/offenders/n-1/risk-management-plans", None, &body);
        assert_eq!(drafted.status, 201, "{}", drafted.text);
        let path = drafted.header("location").unwrap().to_owned();
        let edit = |by: &Grants, read: &str, changes: Value| service.patch(by, &path, Some(read), &changes);
        let mine = edit(&supervisor(), drafted.header("etag").unwrap(), json!({"contingency": "mine"}));
        assert_eq!(mine.status, 200, "{}", mine.text);
        let mine = mine.header("etag").unwrap();
        assert_eq!(edit(&colleague(), mine, json!({})).code(), "not_acceptable", "an edit changes something");
        let theirs = edit(&colleague(), mine, json!({"review_on": "2021-09-15"}));
        let theirs = theirs.header("etag").unwrap().to_owned();
        let approve = |by: &Grants| service.act(by, &format!("{path}/approve"), Some(&theirs), &json!({}));
        assert_eq!(approve(&supervisor()).code(), "own_work");
        assert_eq!(approve(&inspector()).status, 200);
    });
}

#[test]
fn nobody_enters_their_own_training() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({"course": "mosovo_supervisor", "completed_on": "2021-04-14"});
        assert_eq!(service.act(&supervisor(), "/v1/officers/sup-n/training", None, &body).code(), "own_work");
        let entered = service.act(&inspector(), "/v1/officers/sup-n/training", None, &body);
        assert!(entered.status < 300, "{}", entered.text);
    });
}

#[test]
fn a_reference_of_somebody_elses_record_tells_nothing_of_it_and_takes_nothing_over() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let address = json!({"ref": "a-1", "kind": "main", "lines": ["2 Invented Row"], "resident_from": "2021-01-01"});
        for (path, by) in [("/v1/offenders/s-1/addresses", other_manager()), ("/v1/offenders/n-1/addresses", manager())]
        {
            let reply = service.act(&by, path, None, &address);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), ("wrong_state", &json!("/ref")), "{path}");
            assert_eq!(reply.json()["changed"], Value::Null);
        }
        // The offender's record was taken out of the records system: their reference is not to be had either.
        let gone = json!({"type": "records.offender.v1", "subject": "n-2", "reason": "invented"});
        let gone = event(WESSEX, "deleted", "n-2", "2021-04-01T09:00:00Z", &gone);
        assert_eq!(import(store, &lines(&[gone])).accepted, 1);
        let entered = service.act(&other_supervisor(), "/v1/offenders", None, &newcomer("n-2", "south"));
        assert_eq!((entered.code().as_str(), &entered.json()["pointer"]), ("wrong_state", &json!("/ref")));
    });
}

#[test]
fn an_act_that_a_rule_refuses_is_on_record_with_its_code_and_place_and_nothing_of_what_was_sent() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let bulk = json!({"items": [{"offender_ref": "s-1", "officer_ref": "om-n"}], "reason": "a secret"});
        let reply = service.act(&supervisor(), "/v1/allocations/bulk", None, &bulk);
        assert!((400..500).contains(&reply.status), "{}", reply.text);
        restrict(&service, &["om-s"]);
        let stale = json!({"restricted_to": [], "excluded": [], "reason": "a secret"});
        assert_eq!(service.act(&inspector(), RESTRICTION, None, &stale).status, 412);
        let refused = recorded(store, "act.refused");
        let last = refused.last().unwrap();
        assert_eq!(last.actor, "detective_inspector:invented-di");
        assert_eq!(last.subject, Some(("offender".to_owned(), "n-1".to_owned())));
        assert_eq!(last.detail, json!({"act": "access_restriction.decide", "why": "changed"}));
        assert!(refused.iter().all(|entry| !entry.detail.to_string().contains("secret")));
    });
}

#[test]
fn a_request_sent_again_answers_nothing_that_has_passed_out_of_reach() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let entered = newcomer("n-9", "north");
        let token = format!("Bearer {}", service.token(&supervisor()));
        let send = || {
            let headers =
                [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", "k-1")];
            service.request("POST", "/v1/offenders", &headers, entered.to_string().as_bytes())
        };
        let first = send();
        assert_eq!(first.status, 201, "{}", first.text);
        assert_eq!((send().status, send().header("idempotency-replayed")), (201, Some("true")));
        let body = json!({"restricted_to": [], "excluded": ["sup-n"], "reason": "invented"});
        let hidden = service.act(&inspector(), "/v1/offenders/n-9/access-restriction", None, &body);
        assert_eq!(hidden.status, 200, "{}", hidden.text);
        let again = send();
        assert_eq!((again.status, again.code().as_str()), (404, "not_found"), "{}", again.text);
        assert!(!again.text.contains("Nadir"));
    });
}

#[test]
fn a_name_in_a_filter_stays_out_of_the_audit() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        for path in [
            "/v1/offenders?officer=",
            "/v1/flags?officer=",
            "/v1/plan-actions?owner=",
            "/v1/worklists/overdue-visits?officer=",
        ] {
            assert_eq!(service.get(&supervisor(), &format!("{path}Victoria%20Inventia")).status, 200, "{path}");
        }
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert!(entries.iter().all(|entry| !entry.detail.to_string().contains("Victoria")));
    });
}
