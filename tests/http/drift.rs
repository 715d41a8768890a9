//! Drift: the records system says what it holds, is told where this service holds something else, and sends that again.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use mosovo_visits::store::drift::digest;
use serde_json::{Value, json};

use crate::support::casework::{held_by_wessex, inspector, manager, other_inspector, set_up};
use crate::support::http::{Reply, Running, of_force, persona, run, run_at};
use crate::support::{import, on_both_databases};

fn records_system() -> Grants {
    persona(Role::RecordsSystem, &[])
}

fn administrator() -> Grants {
    persona(Role::Administrator, &[])
}

fn lines(events: &[Value]) -> String {
    let line = |event: &Value| {
        let (kind, subject, time) = (&event["type"], &event["subject"], &event["time"]);
        json!({"type": kind, "subject": subject, "digest": digest(event["data"].clone()), "time": time}).to_string()
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn compare(service: &Running, who: &Grants, body: &str) -> Reply {
    let token = format!("Bearer {}", service.token(who));
    let headers = [("authorization", token.as_str()), ("content-type", "application/x-ndjson")];
    service.request("POST", "/v1/drift/digests", &headers, body.as_bytes())
}

fn again(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = |it: &Value| format!("{} {}", it["subject"].as_str().unwrap(), it["difference"].as_str().unwrap());
    reply.json()["send_again"].as_array().unwrap().iter().map(told).collect()
}

fn drifting(service: &Running, reader: &Grants) -> Vec<String> {
    let reply = service.get(reader, "/v1/drift");
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = |it: &Value| format!("{} {}", it["subject"].as_str().unwrap(), it["since"].as_str().unwrap());
    reply.json()["items"].as_array().unwrap().iter().map(told).collect()
}

/// What the records system holds, with a visit changed, another it alone has, and an address that it has no more.
fn drifted() -> Vec<Value> {
    let mut events = held_by_wessex();
    events.retain(|event| event["subject"] != "a-1");
    for event in &mut events {
        if event["subject"] == "v-1" {
            event["data"]["summary"] = json!("put right there");
        }
    }
    let mut missed = events.iter().find(|event| event["subject"] == "v-1").unwrap().clone();
    missed["subject"] = json!("v-2");
    events.push(missed);
    // Something of the type must be there, or it is not compared.
    let mut address = held_by_wessex().into_iter().find(|event| event["subject"] == "a-1").unwrap();
    address["subject"] = json!("a-2");
    events.push(address);
    events
}

#[test]
fn both_sides_hold_the_same_however_the_records_system_writes_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let reply = compare(&service, &records_system(), &lines(&held_by_wessex()));
        assert_eq!(again(&reply), Vec::<String>::new(), "{}", reply.text);
        let types = reply.json()["types"].as_array().unwrap().clone();
        assert!(types.iter().all(|it| it["there"] == it["here"]), "{types:?}");
        assert!(types.iter().any(|it| it["type"] == "records.risk_management_plan.v1" && it["here"] == 1));
        let report = service.get(&administrator(), "/v1/drift").json();
        assert_eq!((report["items"].clone(), report["checks"].as_array().unwrap().len()), (json!([]), types.len()));
        assert_eq!((&report["checks"][0]["compared_by"], &report["nightly"]), (&json!("records_system"), &Value::Null));
    });
}

#[test]
fn what_differs_is_told_kept_since_when_and_gone_once_it_was_sent_again() {
    on_both_databases(|store| {
        set_up(store);
        let expected = ["a-1 only_here", "a-2 only_there", "v-1 differs", "v-2 only_there"];
        let reply = compare(&run(store), &records_system(), &lines(&drifted()));
        assert_eq!(again(&reply), expected);

        let service = run_at(store, "2021-04-16T08:00:00Z");
        assert_eq!(again(&compare(&service, &records_system(), &lines(&drifted()))), expected);
        let since = "2021-04-15T08:00:00Z";
        let kept = ["a-1", "a-2", "v-1", "v-2"].map(|subject| format!("{subject} {since}"));
        assert_eq!(drifting(&service, &inspector()), kept, "since it was first seen");

        let mut events: Vec<Value> = drifted();
        events.retain(|event| ["v-1", "v-2", "a-2"].iter().any(|subject| event["subject"] == *subject));
        for event in &mut events {
            event["id"] = json!(format!("again-{}", event["subject"].as_str().unwrap()));
            event["time"] = json!("2021-04-16T07:00:00Z");
        }
        events.push(json!({"specversion": "1.0", "id": "gone", "source": "/records/wessex/invented",
            "type": "records.deleted.v1", "subject": "a-1", "time": "2021-04-16T07:00:00Z",
            "data": {"type": "records.address.v1", "subject": "a-1", "reason": ""}}));
        let body = events.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(import(store, &body).accepted, 4);
        assert_eq!(again(&compare(&service, &records_system(), &lines(&drifted()))), Vec::<String>::new());
        assert_eq!(drifting(&service, &inspector()), Vec::<String>::new());
    });
}

#[test]
fn what_was_entered_here_is_no_drift_and_a_type_that_is_not_named_is_not_compared() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let identity = service.get(&manager(), "/v1/offenders/n-1/identity");
        let changed =
            service.patch(&manager(), "/v1/offenders/n-1", identity.header("etag"), &json!({"given_name": "Nix"}));
        assert_eq!(changed.status, 200, "{}", changed.text);
        let notified = json!({"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/notifications", None, &notified).status, 201);
        let offenders: Vec<Value> =
            held_by_wessex().into_iter().filter(|event| event["type"] == "records.offender.v1").collect();
        let reply = compare(&service, &records_system(), &lines(&offenders));
        assert_eq!(again(&reply), Vec::<String>::new());
        assert_eq!(reply.json()["types"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_list_that_cannot_be_read_is_refused_whole_with_its_line_and_repeats_nothing() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let good = lines(&drifted());
        for (line, pointer) in [
            (
                r#"{"type": "records.visit.v1", "subject": "Nestor", "digest": "xx", "time": "2021-04-16T07:00:00Z"}"#,
                json!("/digest"),
            ),
            (r#"{"type": "records.visit.v1", "subject": "Nestor"}"#, json!("/digest")),
            ("Nestor", Value::Null),
        ] {
            let reply = compare(&service, &records_system(), &format!("{good}\n{line}"));
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), ("invalid_body", &pointer));
            let number = good.lines().count() + 1;
            assert!(
                reply.json()["detail"].as_str().unwrap().starts_with(&format!("line {number}: ")),
                "{}",
                reply.text
            );
            assert!(!reply.text.contains("Nestor"));
        }
        assert_eq!(service.get(&administrator(), "/v1/drift").json()["checks"], json!([]));
        let token = format!("Bearer {}", service.token(&records_system()));
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let reply = service.request("POST", "/v1/drift/digests", &headers, b"");
        assert_eq!(reply.code(), "unsupported_media_type");
        let too_long = compare(&service, &records_system(), &" ".repeat(32 * 1024 * 1024 + 1));
        assert_eq!((too_long.status, too_long.code().as_str()), (413, "payload_too_large"));
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let refused: Vec<&str> = entries
            .iter()
            .filter(|entry| entry.act == "access.refused")
            .map(|entry| entry.detail["why"].as_str().unwrap())
            .collect();
        let unread = "invalid_body";
        assert_eq!(refused, [unread, unread, unread, "unsupported_media_type", "payload_too_large"]);
    });
}

#[test]
fn the_report_leaves_out_what_is_of_a_case_that_is_hidden_from_its_reader_and_of_other_forces() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let mut events = drifted();
        for event in &mut events {
            if event["subject"] == "n-1" && event["type"] == "records.offender.v1" {
                event["data"]["aliases"] = json!([]);
            }
        }
        compare(&service, &records_system(), &lines(&events));
        let subjects = |reader: &Grants| {
            let report = service.get(reader, "/v1/drift").json();
            let items = report["items"].as_array().unwrap().clone();
            items.iter().map(|it| it["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(subjects(&administrator()), ["a-1", "a-2", "n-1", "v-1", "v-2"]);
        let only = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &only).status, 200);
        assert_eq!(subjects(&inspector()).len(), 5);
        for hidden_from in [administrator(), other_inspector()] {
            assert_eq!(subjects(&hidden_from), ["a-2", "v-2"], "of which nobody here knows whose they are");
        }
        assert!(subjects(&of_force(administrator(), "mercia")).is_empty());
        assert_eq!(service.get(&manager(), "/v1/drift").code(), "forbidden");
        assert_eq!(compare(&service, &administrator(), "").code(), "forbidden");

        let (mut path, mut seen) = ("/v1/drift?limit=2".to_owned(), Vec::new());
        loop {
            let part = service.get(&inspector(), &path);
            let items = part.json()["items"].as_array().unwrap().clone();
            seen.extend(items.iter().map(|it| it["subject"].as_str().unwrap().to_owned()));
            let Some(link) = part.header("link") else { break };
            path = link[1..link.find('>').unwrap()].to_owned();
        }
        assert_eq!(seen, ["a-1", "a-2", "n-1", "v-1", "v-2"]);
    });
}
