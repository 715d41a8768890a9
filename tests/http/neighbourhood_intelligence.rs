//! Intelligence back from neighbourhood officers: into the case of somebody in their briefing, and nothing of it out.

use std::collections::BTreeSet;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{evaluate, inspector, manager, set_up, supervisor};
use crate::support::http::{Reply, Running, persona, run};
use crate::support::{import, on_both_databases};

const SEND: &str = "/v1/neighbourhoods/nb-1/intelligence";
const WESSEX: &str = "/records/wessex/invented";

fn constable(officer: &str, areas: &[&str]) -> Grants {
    let neighbourhoods = areas.iter().map(|area| (*area).to_owned().try_into().unwrap()).collect();
    let officer_ref = Some(officer.to_owned().try_into().unwrap());
    let sub = format!("invented-{officer}");
    Grants { neighbourhoods, officer_ref, sub, ..persona(Role::NeighbourhoodOfficer, &[]) }
}

/// n-1 lives in the area, in reactive management; n-2, in custody, did; s-1 lives in another.
fn living_there() -> String {
    let there = |name: &str, team: &str, status: &str, area: &str| {
        let mut data = offender(name, team, status);
        data["neighbourhood_ref"] = json!(area);
        data
    };
    let time = "2021-02-01T09:00:00Z";
    lines(&[
        event(WESSEX, "neighbourhood", "nb-2", time, &json!({"name": "Hillside", "force": "Wessex"})),
        event(WESSEX, "offender", "n-1", time, &there("Nestor", "north", "community", "nb-1")),
        event(WESSEX, "offender", "n-2", time, &there("Nemo", "north", "custody", "nb-1")),
        event(WESSEX, "offender", "s-1", time, &there("Silvan", "south", "community", "nb-2")),
        event(
            WESSEX,
            "reactive_management",
            "n-1",
            time,
            &json!({"entered_on": "2021-02-01", "left_on": null,
            "approved_by": "di", "rationale": "invented"}),
        ),
        event(
            WESSEX,
            "officer",
            "no-2",
            time,
            &json!({"name": "Nia Invented", "role": "neighbourhood_officer",
            "team_ref": "north", "in_post_from": "2015-01-01"}),
        ),
    ])
}

fn seen(offender: &str) -> Value {
    json!({"offender_ref": offender, "observed_at": "2021-04-14T15:30:00Z", "summary": "seen with a boy at the shop",
        "risk_relevant": true, "shows_child_contact": true, "children": ["Child A"]})
}

fn keyed(service: &Running, key: &str) -> Reply {
    let token = format!("Bearer {}", service.token(&constable("no-1", &["nb-1"])));
    let headers = [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    service.request("POST", SEND, &headers, seen("n-1").to_string().as_bytes())
}

#[test]
fn what_an_officer_saw_comes_into_the_case_and_they_get_a_receipt_and_no_more() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let (first, second) = (keyed(&service, "k-1"), keyed(&service, "k-1"));
        assert_eq!((first.status, second.status), (201, 201), "{} {}", first.text, second.text);
        assert_eq!((second.header("idempotency-replayed"), &first.text), (Some("true"), &second.text));
        let receipt = first.json();
        let told: BTreeSet<&str> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(told, BTreeSet::from(["ref", "received_at"]));
        assert_eq!((&receipt["received_at"], first.header("location")), (&json!("2021-04-15T08:00:00Z"), None));

        let items = service.get(&manager(), "/v1/offenders/n-1/intelligence");
        assert_eq!(items.refs(), [receipt["ref"].as_str().unwrap()]);
        let item = &items.json()["items"][0];
        assert_eq!((&item["source"], &item["entered_by"]), (&json!("neighbourhood"), &json!("no-1")));
        assert_eq!(item["sighting"], json!({"neighbourhood_ref": "nb-1", "observed_at": "2021-04-14T15:30:00Z"}));
        let timeline = service.get(&manager(), "/v1/offenders/n-1/timeline").json();
        let newest = &timeline["items"][0];
        assert_eq!((&newest["kind"], &newest["subject"]), (&json!("intelligence"), &receipt["ref"]));
        assert_eq!(newest["entered_by"], "neighbourhood_officer:invented-no-1");

        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let sent: Vec<_> = recorded.iter().filter(|entry| entry.act == "neighbourhood_intelligence.send").collect();
        assert_eq!((sent.len(), sent[0].operation.as_str()), (1, "collection"));
        assert_eq!(sent[0].subject.as_ref().unwrap().1, receipt["ref"].as_str().unwrap());
    });
}

#[test]
fn it_has_the_consequences_of_any_intelligence() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        evaluate(store);
        let service = run(store);
        let reactive = |service: &Running| service.get(&manager(), "/v1/offenders/n-1/reactive-management").json();
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1/safeguarding").json()["concerns"], json!([]));
        let before = reactive(&service);
        assert_eq!(service.act(&constable("no-1", &["nb-1"]), SEND, None, &seen("n-1")).status, 201);
        evaluate(store);
        let concern = service.get(&supervisor(), "/v1/offenders/n-1/safeguarding").json()["concerns"][0].clone();
        assert_eq!((&concern["kind"], &concern["due_at"]), (&json!("intelligence"), &json!("2021-04-16T08:00:00Z")));
        let after = reactive(&service);
        assert_ne!(before, after, "{after}");
        assert!(after.to_string().contains(concern["ref"].as_str().unwrap()), "the review names it: {after}");
    });
}

#[test]
fn only_of_ones_own_area_and_of_whom_its_briefing_tells() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let own = constable("no-1", &["nb-1"]);
        for (who, path, offender) in [
            (&constable("no-1", &["nb-2"]), SEND, "n-1"),
            (&constable("no-1", &[]), SEND, "n-1"),
            (&constable("no-1", &["nb-9"]), "/v1/neighbourhoods/nb-9/intelligence", "n-1"),
            (&own, SEND, "s-1"),
            (&own, SEND, "n-2"),
            (&own, SEND, "n-9"),
        ] {
            let before = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap().len();
            let reply = service.act(who, path, None, &seen(offender));
            assert_eq!((reply.status, reply.code().as_str()), (404, "not_found"), "{path} {offender}");
            let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
            assert_eq!((recorded.len(), recorded[before].act.as_str()), (before + 1, "access.refused"));
        }
        let only = json!({"restricted_to": [], "excluded": ["no-1"], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &only).status, 200);
        assert_eq!(
            service.act(&own, SEND, None, &seen("n-1")).code(),
            "not_found",
            "a limited-access case is not there"
        );
        assert_eq!(service.act(&constable("no-2", &["nb-1"]), SEND, None, &seen("n-1")).status, 201);
        for who in [manager(), supervisor(), inspector()] {
            assert_eq!(service.act(&who, SEND, None, &seen("n-1")).code(), "forbidden");
        }
    });
}

#[test]
fn what_contradicts_itself_or_names_nobody_is_refused() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let own = constable("no-1", &["nb-1"]);
        let with = |changes: Value| {
            let mut body = seen("n-1");
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            body
        };
        for (who, body, code, pointer) in [
            (&own, with(json!({"observed_at": "2021-04-15T08:00:01Z"})), "not_acceptable", json!("/observed_at")),
            (&own, with(json!({"shows_child_contact": false})), "not_acceptable", json!("/children")),
            (&own, with(json!({"risk_relevant": false})), "not_acceptable", json!("/risk_relevant")),
            (&own, with(json!({"summary": " "})), "invalid_body", json!("/summary")),
            (&own, with(json!({"source": "public"})), "unknown_member", json!("/source")),
            (&constable("nobody", &["nb-1"]), seen("n-1"), "officer_needed", Value::Null),
        ] {
            let reply = service.act(who, SEND, None, &body);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &pointer), "{}", reply.text);
        }
    });
}

#[test]
fn an_officer_lists_what_they_sent_themselves() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let (own, other) = (constable("no-1", &["nb-1", "nb-2"]), constable("no-2", &["nb-1"]));
        let sent = service.act(&own, SEND, None, &seen("n-1")).json();
        assert_eq!(service.act(&other, SEND, None, &seen("n-1")).status, 201);
        let elsewhere = "/v1/neighbourhoods/nb-2/intelligence";
        assert_eq!(service.act(&own, elsewhere, None, &seen("s-1")).status, 201);
        let listed = service.get(&own, SEND);
        assert_eq!(listed.json(), json!({"items": [sent]}));
        assert_eq!(service.get(&own, elsewhere).refs().len(), 1);
        assert_eq!(service.get(&other, elsewhere).code(), "not_found");
        assert_eq!(service.get(&manager(), SEND).code(), "forbidden");
    });
}
