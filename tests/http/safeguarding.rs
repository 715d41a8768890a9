//! Safeguarding: contact with a child is referred, or decided not to be, and disclosure is decided.

use mosovo_visits::api::auth::token::Grants;
use serde_json::{Value, json};

use crate::support::casework::{evaluate_at, inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, run, run_at};
use crate::support::on_both_databases;

const CASE: &str = "/v1/offenders/n-1/safeguarding";

/// Intelligence of contact with two children; its name as a concern.
fn concern(service: &Running) -> Value {
    let intelligence = json!({"received_at": "2021-04-15T07:00:00Z", "summary": "invented", "risk_relevant": true,
        "source": "neighbourhood", "shows_child_contact": true, "children": ["Child A", "Child B"]});
    let reply = service.act(&manager(), "/v1/offenders/n-1/intelligence", None, &intelligence);
    assert_eq!(reply.status, 201, "{}", reply.text);
    json!({"kind": "intelligence", "ref": reply.json()["ref"]})
}

fn refer(service: &Running, concern: &Value, children: &[&str], sent_at: &str) -> Reply {
    let body = json!({"concerns": [concern], "children": children, "recipient": "Wessex children's social care",
        "reference": "INV-1", "sent_at": sent_at});
    service.act(&manager(), "/v1/offenders/n-1/safeguarding-referrals", None, &body)
}

fn the_concern(service: &Running) -> Value {
    service.get(&supervisor(), CASE).json()["concerns"][0].clone()
}

#[test]
fn a_concern_is_answered_once_each_child_is_referred_and_disclosure_is_decided_apart() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(service.get(&supervisor(), CASE).json()["concerns"], json!([]));
        let named = concern(&service);
        let shown = the_concern(&service);
        assert_eq!((&shown["ref"], &shown["due_at"]), (&named["ref"], &json!("2021-04-16T07:00:00Z")));
        assert_eq!(shown["prompts"], json!(["refer_to_childrens_social_care", "decide_on_disclosure"]));
        for (reply, code, pointer) in [
            (
                refer(&service, &json!({"kind": "visit", "ref": "v-1"}), &[], "2021-04-15T07:30:00Z"),
                "unknown_reference",
                "/concerns/0/ref",
            ),
            (refer(&service, &named, &["Child A"], "2021-04-15T06:59:59Z"), "not_acceptable", "/sent_at"),
            (refer(&service, &named, &["Child A"], "2021-04-15T08:00:01Z"), "not_acceptable", "/sent_at"),
        ] {
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{}", reply.text);
        }
        let first = refer(&service, &named, &["Child A"], "2021-04-15T07:30:00Z");
        assert_eq!(first.status, 201, "{}", first.text);
        let partly = the_concern(&service);
        assert_eq!((&partly["answered"], &partly["children_unanswered"]), (&json!(false), &json!(["Child B"])));
        assert_eq!(refer(&service, &named, &["child b"], "2021-04-15T07:45:00Z").status, 201);
        let referred = the_concern(&service);
        assert_eq!((&referred["answered"], &referred["prompts"]), (&json!(true), &json!(["decide_on_disclosure"])));

        let path = first.header("location").unwrap();
        let reply = |at: &str| {
            let body = json!({"replied_at": at, "reply": "invented"});
            service.act(&manager(), &format!("{path}/reply"), first.header("etag"), &body)
        };
        assert_eq!(reply("2021-04-15T07:29:59Z").code(), "not_acceptable");
        assert_eq!(reply("2021-04-15T07:50:00Z").json()["reply"]["text"], "invented");
        assert_eq!(service.get(&supervisor(), path).json()["reply"]["entered_by"], "om-n");

        let disclose = |who: &Grants, disclose: bool, to: Value| {
            let body = json!({"concerns": [named], "disclose": disclose, "to": to, "reason": "invented"});
            service.act(who, "/v1/offenders/n-1/disclosure-decisions", None, &body)
        };
        assert_eq!(disclose(&manager(), true, json!("the mother")).code(), "forbidden");
        assert_eq!(disclose(&supervisor(), true, Value::Null).json()["pointer"], "/to");
        assert_eq!(disclose(&supervisor(), false, json!("the mother")).json()["pointer"], "/to");
        assert_eq!(disclose(&supervisor(), true, json!("the mother")).json()["decided_by"], "sup-n");
        assert_eq!(the_concern(&service)["prompts"], json!([]));
    });
}

#[test]
fn what_is_not_answered_within_a_day_is_flagged_to_the_supervisor_and_no_other_team() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let named = concern(&service);
        let missing = |reader: &Grants| {
            let flags = service.get(reader, "/v1/flags?code=safeguarding_referral_missing").json();
            flags["items"].as_array().unwrap().len()
        };
        evaluate_at(store, "2021-04-16T07:00:00Z");
        assert_eq!(missing(&supervisor()), 0, "24 hours have just passed");
        evaluate_at(store, "2021-04-16T07:00:01Z");
        assert_eq!((missing(&supervisor()), missing(&inspector()), missing(&other_supervisor())), (1, 1, 0));
        let later = run_at(store, "2021-04-16T08:00:00Z");
        assert_eq!(the_concern(&later)["referral_overdue"], true);
        assert_eq!(the_concern(&later)["disclosure_overdue"], true);
        let body = json!({"concerns": [named], "reason": "both live abroad with their mother"});
        let path = format!("{CASE}/not-needed");
        assert_eq!(later.act(&manager(), &path, None, &body).code(), "forbidden");
        assert_eq!(later.act(&other_supervisor(), &path, None, &body).code(), "not_found");
        assert_eq!(later.act(&supervisor(), &path, None, &body).json()["decided_by"], "sup-n");
        assert_eq!(the_concern(&later)["answered"], true);
        evaluate_at(store, "2021-04-16T08:00:00Z");
        assert_eq!(missing(&supervisor()), 0);
        assert_eq!(service.get(&other_supervisor(), CASE).code(), "not_found");
    });
}

#[test]
fn intelligence_of_an_arrest_or_of_a_child_bears_on_risk() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let enter = |change: &Value| {
            let mut body = json!({"received_at": "2021-04-15T07:00:00Z", "summary": "invented", "risk_relevant": false,
                "source": "team"});
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            service.act(&manager(), "/v1/offenders/n-1/intelligence", None, &body)
        };
        for (change, pointer) in [
            (json!({"shows_arrest": true}), "/risk_relevant"),
            (json!({"shows_child_contact": true}), "/risk_relevant"),
            (json!({"children": ["Child A"]}), "/children"),
            (json!({"received_at": "2021-04-15T08:00:01Z"}), "/received_at"),
        ] {
            let reply = enter(&change);
            assert_eq!(
                (reply.code().as_str(), &reply.json()["pointer"]),
                ("not_acceptable", &json!(pointer)),
                "{change}"
            );
        }
        let entered = enter(&json!({}));
        let location = entered.header("location").unwrap();
        assert_eq!(service.get(&supervisor(), location).json()["entered_by"], "om-n");
        assert_eq!(service.get(&other_supervisor(), location).code(), "not_found");
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1/intelligence").refs().len(), 1);
    });
}
