//! What people enter: once for the same request, on the version that was read, and beside what the records system says.

use mosovo_visits::store::own_entry;
use serde_json::json;

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{inspector, other_inspector, set_up, supervisor};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const RESTRICTION: &str = "/v1/offenders/n-1/access-restriction";

fn body(excluded: &[&str]) -> serde_json::Value {
    json!({"restricted_to": [], "excluded": excluded, "reason": "invented"})
}

fn post_with_key(service: &Running, key: &str, body: &serde_json::Value) -> crate::support::http::Reply {
    let token = format!("Bearer {}", service.token(&inspector()));
    let headers = [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    service.request("POST", RESTRICTION, &headers, body.to_string().as_bytes())
}

#[test]
fn the_same_request_sent_twice_with_its_key_is_carried_out_once() {
    on_both_databases(|store| {
        set_up(store);
        let count = || store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap();
        let before = count();
        let service = run(store);
        let first = post_with_key(&service, "k-1", &body(&["om-s"]));
        let second = post_with_key(&service, "k-1", &body(&["om-s"]));
        assert_eq!((first.status, second.status), (200, 200), "{}", second.text);
        assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
        assert_eq!((first.header("etag"), &first.text), (second.header("etag"), &second.text));
        assert_eq!(count() - before, 1);
        let other = post_with_key(&service, "k-1", &body(&["om-n2"]));
        assert_eq!((other.status, other.code().as_str()), (409, "key_reused"));
        assert_eq!(post_with_key(&service, " ", &body(&[])).code(), "invalid_key");
        assert_eq!(post_with_key(&service, &"k".repeat(201), &body(&[])).code(), "invalid_key");
    });
}

#[test]
fn a_change_decided_on_an_older_version_is_told_what_has_changed_since() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let first = service.act(&inspector(), RESTRICTION, None, &body(&["om-s"]));
        let read = first.header("etag").unwrap().to_owned();
        let blind = service.act(&other_inspector(), RESTRICTION, None, &body(&["om-n2"]));
        assert_eq!((blind.status, blind.code().as_str()), (412, "precondition_failed"));
        let second = service.act(&other_inspector(), RESTRICTION, Some(&read), &body(&["om-n2"]));
        assert_eq!(second.status, 200, "{}", second.text);
        let late = service.act(&inspector(), RESTRICTION, Some(&read), &body(&[]));
        assert_eq!((late.status, late.code().as_str()), (412, "precondition_failed"));
        let changed = &late.json()["changed"];
        assert_eq!(changed["members"], json!(["decided_by", "excluded"]));
        assert_eq!(changed["etag"].as_str(), second.header("etag"));
        assert_eq!(changed["entries"][0]["by"], "detective_inspector:invented-di-2");
        assert_eq!(changed["entries"].as_array().unwrap().len(), 1);
        let again = service.act(&inspector(), RESTRICTION, second.header("etag"), &body(&[]));
        assert_eq!(again.status, 200, "{}", again.text);
    });
}

#[test]
fn what_is_entered_is_in_the_cases_history_and_on_record() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(service.act(&inspector(), RESTRICTION, None, &body(&["om-s"])).status, 200);
        let timeline = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=1").json();
        let entry = &timeline["items"][0];
        assert_eq!((&entry["kind"], &entry["source"]), (&json!("access_restriction"), &json!("casework")), "{entry}");
    });
}

#[test]
fn an_import_leaves_what_was_entered_here() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(service.act(&inspector(), RESTRICTION, None, &body(&["om-s"])).status, 200);
        let wessex = "/records/wessex/invented";
        let moved = event(wessex, "offender", "n-1", "2021-03-01T09:00:00Z", &offender("Nestor", "north", "custody"));
        import(store, &lines(&[moved]));
        assert_eq!(service.get(&supervisor(), RESTRICTION).json()["excluded"], json!(["om-s"]));
    });
}
