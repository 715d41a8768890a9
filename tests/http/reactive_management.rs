//! Reactive management: proposed by one and decided by another, suspended by what happens, answered for by a detective
//! inspector.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines};
use crate::support::casework::{colleague, feed, inspector, manager, other_inspector, other_supervisor, supervisor};
use crate::support::http::{Reply, Running, run, run_at};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";
const STATE: &str = "/v1/offenders/n-1/reactive-management";

/// n-1 meets every criterion but the approval.
fn eligible(store: &Store) {
    let low = json!({"offender_ref": "n-1", "assessed_on": "2017-06-01", "overall": "low", "factors": {}});
    let notified = json!({"offender_ref": "n-1", "kind": "periodic", "notified_at": "2021-02-01T10:00:00Z",
        "moves_periodic_date": true});
    let events = [
        event(WESSEX, "arms_assessment", "r-0", RECORDED, &low),
        event(WESSEX, "notification", "nt", RECORDED, &notified),
    ];
    let report = import(store, &format!("{}\n{}", feed(), lines(&events)));
    assert_eq!(report.errors, vec![]);
}

fn post(service: &Running, who: &Grants, path: &str, body: &Value) -> Reply {
    service.act(who, &format!("{STATE}/{path}"), None, body)
}

fn state(service: &Running) -> Value {
    let reply = service.get(&manager(), STATE);
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// The path and the version of a proposal.
fn propose(service: &Running, who: &Grants) -> (String, String) {
    let reply = post(service, who, "placements", &json!({"rationale": "low for years"}));
    assert_eq!(reply.status, 201, "{}", reply.text);
    (reply.header("location").unwrap().to_owned(), reply.header("etag").unwrap().to_owned())
}

fn place(service: &Running) {
    let (path, etag) = propose(service, &manager());
    let reply = service.act(&inspector(), &format!("{path}/approve"), Some(&etag), &json!({"reason": "as proposed"}));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn one_person_proposes_and_a_detective_inspector_decides() {
    on_both_databases(|store| {
        eligible(store);
        let service = run(store);
        let (path, etag) = propose(&service, &manager());
        let again = post(&service, &manager(), "placements", &json!({"rationale": "again"}));
        assert_eq!(again.code(), "wrong_state", "one waits already");
        let proposal = service.get(&supervisor(), &path).json();
        assert_eq!((&proposal["proposed_by"], &proposal["decision"]), (&json!("om-n"), &Value::Null));
        assert_eq!(proposal["criteria"].as_array().unwrap().len(), 11);
        let why = json!({"reason": "invented"});
        for who in [manager(), supervisor()] {
            assert_eq!(service.act(&who, &format!("{path}/approve"), Some(&etag), &why).code(), "forbidden");
        }
        assert_eq!(service.act(&inspector(), &format!("{path}/approve"), None, &why).code(), "precondition_required");
        let in_name_only = Grants { officer_ref: manager().officer_ref, ..inspector() };
        let reply = service.act(&in_name_only, &format!("{path}/approve"), Some(&etag), &why);
        assert_eq!(reply.code(), "not_qualified", "rank is the officer's own");
        assert_eq!((&state(&service)["placed"], &state(&service)["reactive"]), (&json!(false), &json!(false)));
        let approved = service.act(&inspector(), &format!("{path}/approve"), Some(&etag), &why);
        assert_eq!(
            (approved.status, &approved.json()["decision"]["decided_by"]),
            (200, &json!("di")),
            "{}",
            approved.text
        );
        let placed = state(&service);
        assert_eq!(
            (&placed["placed"], &placed["reactive"], &placed["suspended"]),
            (&json!(true), &json!(true), &Value::Null)
        );
        let spell = &placed["spell"];
        assert_eq!((&spell["entered_on"], &spell["approved_by"]), (&json!("2021-04-15"), &json!("di")));
        assert_eq!(placed["unmet_criteria"], json!([]));
        assert_eq!(placed["reviews"]["yearly_due_on"], "2022-04-15");
        let refuse = service.act(&inspector(), &format!("{path}/refuse"), approved.header("etag"), &why);
        assert_eq!(refuse.code(), "wrong_state");
        let reply = post(&service, &manager(), "placements", &json!({"rationale": "again"}));
        assert_eq!(reply.code(), "wrong_state", "placed already");
    });
}

#[test]
fn nobody_decides_on_their_own_proposal_and_a_refusal_places_nobody() {
    on_both_databases(|store| {
        eligible(store);
        let service = run(store);
        // Somebody may hold two roles: the officer is the same.
        let proposer = Grants { officer_ref: inspector().officer_ref, ..supervisor() };
        let (path, etag) = propose(&service, &proposer);
        let why = json!({"reason": "invented"});
        for verb in ["approve", "refuse"] {
            let reply = service.act(&inspector(), &format!("{path}/{verb}"), Some(&etag), &why);
            assert_eq!(reply.code(), "own_work", "{verb}");
        }
        let refused = service.act(&other_inspector(), &format!("{path}/refuse"), Some(&etag), &why);
        assert_eq!((refused.status, &refused.json()["decision"]["approved"]), (200, &json!(false)));
        assert_eq!(state(&service)["placed"], false);
        propose(&service, &manager());
    });
}

#[test]
fn nobody_is_placed_while_a_criterion_is_not_met_or_not_known_or_a_breach_is_suspected() {
    on_both_databases(|store| {
        eligible(store);
        let service = run(store);
        let (path, etag) = propose(&service, &manager());
        let approve =
            || service.act(&inspector(), &format!("{path}/approve"), Some(&etag), &json!({"reason": "invented"}));
        let address = |time: &str, child: Value| {
            let mut data = json!({"offender_ref": "n-1", "kind": "main", "lines": ["1 Invented Row"],
                "resident_from": "2018-01-01", "child_in_household": child});
            if child.is_null() {
                data.as_object_mut().unwrap().remove("child_in_household");
            }
            import(store, &event(WESSEX, "address", "a-1", time, &data).to_string());
        };
        address("2021-03-01T09:00:00Z", json!(true));
        let failing = approve();
        assert_eq!((failing.status, failing.code().as_str()), (409, "not_eligible"));
        assert!(failing.json()["detail"].as_str().unwrap().contains("settled"));
        address("2021-03-02T09:00:00Z", Value::Null);
        assert_eq!(approve().code(), "not_eligible", "not known never lowers supervision");
        address("2021-03-03T09:00:00Z", json!(false));
        let breach = json!({"state": "suspected", "provision": "s.91", "first_failure_on": "2021-04-01",
            "discovered_at": "2021-04-14T09:00:00Z", "source": "other", "summary": "invented"});
        let entered = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &breach);
        assert_eq!(approve().code(), "not_eligible", "a breach is suspected");
        assert_eq!(state(&service)["placed"], false);
        let discount = format!("{}/discount", entered.header("location").unwrap());
        let why = json!({"rationale": "invented"});
        assert_eq!(service.act(&supervisor(), &discount, entered.header("etag"), &why).status, 200);
        assert_eq!(approve().status, 200);
        assert_eq!(state(&service)["placed"], true);
    });
}

#[test]
fn an_arrest_suspends_and_a_detective_inspector_answers_for_what_follows() {
    on_both_databases(|store| {
        eligible(store);
        place(&run(store));
        // Friday; the decision is due on Monday.
        let service = run_at(store, "2021-04-16T09:00:00Z");
        let retain = |answers: &Value| json!({"outcome": "retain", "answers": answers, "reason": "invented"});
        assert_eq!(post(&service, &inspector(), "decisions", &retain(&json!([]))).code(), "wrong_state");
        let arrest =
            |at: &str| post(&service, &colleague(), "triggers", &json!({"arrested_at": at, "detail": "invented"}));
        assert_eq!(arrest("2021-04-16T09:00:01Z").code(), "not_acceptable");
        let arrested = arrest("2021-04-16T08:00:00Z");
        assert_eq!(arrested.status, 200, "{}", arrested.text);
        let arrest_ref = arrested.json()["ref"].clone();
        let intelligence = json!({"received_at": "2021-04-16T08:30:00Z", "summary": "invented", "risk_relevant": true,
            "source": "other_force", "shows_arrest": true});
        let told = service.act(&manager(), "/v1/offenders/n-1/intelligence", None, &intelligence);
        assert_eq!(told.status, 201, "{}", told.text);
        let suspended = state(&service);
        assert_eq!((&suspended["placed"], &suspended["reactive"]), (&json!(true), &json!(false)));
        let why = &suspended["suspended"];
        assert_eq!(
            (&why["since"], &why["decide_by"], &why["overdue"]),
            (&json!("2021-04-16"), &json!("2021-04-19"), &json!(false))
        );
        let kinds: Vec<_> = why["triggers"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["arrest", "intelligence_of_arrest"]);
        assert_eq!(suspended["reviews"]["changes"][0]["kind"], "risk_relevant_intelligence");
        assert_eq!(suspended["reviews"]["changes"][0]["review_by"], "2021-04-23");
        let monday_late = run_at(store, "2021-04-20T09:00:00Z");
        assert_eq!(state(&monday_late)["suspended"]["overdue"], true);

        let named = |kind: &str, reference: &Value| json!([{"kind": kind, "ref": reference}]);
        assert_eq!(post(&service, &supervisor(), "decisions", &retain(&json!([]))).code(), "forbidden");
        for (answers, code, pointer) in [
            (json!([]), "not_acceptable", "/answers"),
            (named("arrest", &json!("arrest-9")), "unknown_reference", "/answers/0"),
            (named("order", &arrest_ref), "unknown_reference", "/answers/0"),
        ] {
            let reply = post(&service, &inspector(), "decisions", &retain(&answers));
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{answers}");
        }
        let review = json!({"outcome": "retain", "checks": ["PNC"], "reason": "invented"});
        assert_eq!(post(&service, &supervisor(), "reviews", &review).status, 200);
        assert_eq!(state(&service)["reactive"], false, "a desk review answers no trigger");
        assert_eq!(post(&service, &inspector(), "decisions", &retain(&named("arrest", &arrest_ref))).status, 200);
        let partly = state(&service);
        assert_eq!(
            (&partly["reactive"], partly["suspended"]["triggers"].as_array().unwrap().len()),
            (&json!(false), 1)
        );
        let rest = named("intelligence_of_arrest", &told.json()["ref"]);
        assert_eq!(post(&service, &inspector(), "decisions", &retain(&rest)).status, 200);
        let retained = state(&service);
        assert_eq!((&retained["reactive"], &retained["suspended"]), (&json!(true), &Value::Null));
        assert_eq!(retained["decisions"]["items"].as_array().unwrap().len(), 2);
        assert_eq!(retained["reviews"]["changes"], json!([]));
    });
}

#[test]
fn a_review_is_a_supervisors_and_whoever_removes_somebody_says_why() {
    on_both_databases(|store| {
        eligible(store);
        let service = run(store);
        let review = |outcome: &str, checks: Value| json!({"outcome": outcome, "checks": checks, "reason": "invented"});
        let retain = review("retain", json!(["PNC", "PND"]));
        assert_eq!(post(&service, &supervisor(), "reviews", &retain).code(), "wrong_state", "not placed");
        place(&service);
        assert_eq!(post(&service, &inspector(), "reviews", &retain).code(), "forbidden");
        let in_name_only = Grants { officer_ref: manager().officer_ref, ..supervisor() };
        assert_eq!(post(&service, &in_name_only, "reviews", &retain).code(), "not_qualified");
        let unchecked = post(&service, &supervisor(), "reviews", &review("retain", json!([])));
        assert_eq!((unchecked.code().as_str(), &unchecked.json()["pointer"]), ("not_acceptable", &json!("/checks")));
        assert_eq!(post(&service, &supervisor(), "reviews", &retain).json()["reviewed_by"], "sup-n");
        assert_eq!(state(&service)["spell"]["last_reviewed_on"], "2021-04-15");
        assert_eq!(post(&service, &manager(), "remove", &json!({"reason": "x"})).code(), "forbidden");
        assert_eq!(post(&service, &supervisor(), "remove", &json!({"reason": " "})).code(), "invalid_body");
        assert_eq!(post(&service, &supervisor(), "remove", &json!({"reason": "moved in with a child"})).status, 200);
        let removed = state(&service);
        assert_eq!((&removed["placed"], &removed["spell"]["left_on"]), (&json!(false), &json!("2021-04-15")));
        assert_eq!(post(&service, &supervisor(), "remove", &json!({"reason": "x"})).code(), "wrong_state");
        assert_eq!(service.get(&other_supervisor(), STATE).code(), "not_found");
        for (path, body) in
            [("placements", json!({"rationale": "x"})), ("reviews", retain), ("remove", json!({"reason": "x"}))]
        {
            assert_eq!(post(&service, &other_supervisor(), path, &body).code(), "not_found", "{path}");
        }
    });
}
