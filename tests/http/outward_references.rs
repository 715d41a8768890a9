//! What goes out to the records system names records, and nobody: no name, no address, no date of birth, no word that somebody wrote.

use std::collections::BTreeSet;

use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::subscriptions::deliver::deliver;
use mosovo_visits::domain::outward_event::OutwardEvent;
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines};
use crate::support::casework::{feed, manager, plannable, supervisor};
use crate::support::http::{Reply, Running, persona, run, webhooks};
use crate::support::receiver::{Received, Receiver};
use crate::support::{import, on_both_databases, scenario_clock};

const WESSEX: &str = "/records/wessex/invented";
const N1: &str = "/v1/offenders/n-1";

/// The caseload, in which a visit of n-1 can be planned, and n-1 meets the criteria of reactive management.
fn caseload() -> String {
    let low = json!({"offender_ref": "n-1", "assessed_on": "2017-06-01", "overall": "low", "factors": {}});
    let notified = json!({"offender_ref": "n-1", "kind": "periodic", "notified_at": "2021-02-01T10:00:00Z",
        "moves_periodic_date": true});
    let mut events = plannable();
    events.push(event(WESSEX, "arms_assessment", "r-0", RECORDED, &low));
    events.push(event(WESSEX, "notification", "nt", RECORDED, &notified));
    format!("{}\n{}", feed(), lines(&events))
}

/// What is posted of each kind that is told: where, by whom, and with which words in it.
fn entries() -> Vec<(&'static str, Value)> {
    vec![
        ("reactive-management/placements", json!({"rationale": "low for years, says Nora"})),
        (
            "visits",
            json!({"attempted_at": "2021-04-15T07:30:00Z", "mode": "home", "outcome": "seen",
                "officer_refs": ["om-n", "om-n2"], "address_ref": "a-1", "announced": false, "home_inspected": true,
                "observations": "tidy, calm", "risk_factors": "drinks again", "protective_factors": "works nights",
                "present": ["a brother"], "devices_seen": ["one telephone"], "next_steps": "see the employer",
                "shows_child_contact": false}),
        ),
        (
            "breaches",
            json!({"state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
                "discovered_at": "2021-04-15T07:45:00Z", "summary": "another name on social media"}),
        ),
        (
            "risk-management-plans",
            json!({"effective_from": "2021-04-15", "review_on": "2021-10-15", "contingency": "call the duty inspector",
                "pillars": {"supervision": "weekly talks", "monitoring_and_control": "devices looked at",
                    "interventions_and_treatment": "a course in town", "victim_safety": "no contact with her"},
                "assessment_ref": "r-1",
                "visit_requirement": {"interval_days": 50, "earliest_after_days": 40, "latest_after_days": 60,
                    "duration_minutes": 45, "crew": 2, "unannounced": true},
                "actions": [{"pillar": "supervision", "description": "ask at the bakery", "due_on": "2021-05-15",
                    "owner_ref": "om-n"}]}),
        ),
        (
            "other-assessments",
            json!({"tool": "Invented tool", "version": "two", "band": "amber", "assessed_on": "2021-04-14",
                "next_review_on": "2021-10-14", "why_not_arms": "reads poorly", "rationale": "as he told it"}),
        ),
    ]
}

fn done(reply: &Reply) {
    assert!([200, 201].contains(&reply.status), "{}", reply.text);
}

/// A schedule that visits n-1, accepted.
fn accept_a_schedule(service: &Running) {
    let body = json!({ "team_ref": "north", "from": "2021-04-16", "days": 14, "seed": 1, "iterations": 20 });
    let asked = service.act(&supervisor(), "/v1/schedules", None, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let location = asked.header("location").unwrap().to_owned();
    let is_planned = |read: &Reply| read.json()["state"] != "planning";
    let read = (0..100_000).map(|_| service.get(&supervisor(), &location)).find(is_planned).unwrap();
    assert!(
        read.json()["visits"].as_array().unwrap().iter().any(|visit| visit["offender_ref"] == "n-1"),
        "{}",
        read.text
    );
    done(&service.act(&supervisor(), &format!("{location}/accept"), read.header("etag"), &json!({})));
}

/// Every text of these values that a person wrote or that tells of one: whatever has a blank in it, and names, and days of birth.
fn personal(values: &[Value], found: &mut BTreeSet<String>) {
    for value in values {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let is_personal = ["given_name", "family_name", "date_of_birth"].contains(&name.as_str());
                    found.extend(member.as_str().filter(|_| is_personal).map(str::to_owned));
                    personal(std::slice::from_ref(member), found);
                }
            }
            Value::Array(items) => personal(items, found),
            Value::String(text) => found.extend(Some(text.clone()).filter(|text| text.contains(' '))),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn tell(store: &Store) -> Vec<Received> {
    let receiver = Receiver::start();
    let service = run(store);
    let body = json!({ "name": "invented", "url": receiver.url(), "event_types": [] });
    assert_eq!(service.act(&persona(Role::Administrator, &[]), "/v1/subscriptions", None, &body).status, 201);
    for (path, body) in entries() {
        let made = service.act(&manager(), &format!("{N1}/{path}"), None, &body);
        assert_eq!(made.status, 201, "{path}: {}", made.text);
    }
    let allocation = json!({"officer_ref": "om-n2", "reason": "Nora is full"});
    done(&service.act(&supervisor(), "/v1/offenders/n-2/allocations", None, &allocation));
    accept_a_schedule(&service);
    let merge = json!({"merged_ref": "n-2", "reason": "the same fingerprints"});
    done(&service.act(&supervisor(), &format!("{N1}/merges"), None, &merge));
    let delivered = deliver(store, scenario_clock(), &webhooks(), &|| true).unwrap();
    assert_eq!((delivered.failed, delivered.dead), (0, 0));
    let received = receiver.received();
    let listed = service.get(&persona(Role::RecordsSystem, &[]), "/v1/events?limit=200");
    let told: Vec<&str> = received.iter().map(|one| one.body.as_str()).collect();
    assert!(told.iter().all(|body| listed.text.contains(*body)), "the same event is told in either way");
    received
}

#[test]
fn no_event_of_any_type_has_a_name_an_address_or_a_word_of_anybodys() {
    on_both_databases(|store| {
        let report = import(store, &caseload());
        assert_eq!((report.refused, &report.errors), (0, &vec![]));
        let received = tell(store);
        let types: BTreeSet<String> =
            received.iter().map(|one| one.event()["type"].as_str().unwrap().to_owned()).collect();
        let all: BTreeSet<String> = OutwardEvent::ALL.iter().map(|event| event.name().to_owned()).collect();
        assert_eq!(types, all, "each type is told");

        let mut values: Vec<Value> = entries().into_iter().map(|(_, body)| body).collect();
        values.extend(caseload().lines().map(|line| serde_json::from_str(line).unwrap()));
        values.extend([json!("Nora is full"), json!("the same fingerprints")]);
        let mut words = BTreeSet::new();
        personal(&values, &mut words);
        for expected in [
            "Nestor",
            "Inventio",
            "1970-02-03",
            "Nestor Fictus",
            "1 Invented Row",
            "Nora Invented",
            "ask at the bakery",
        ] {
            assert!(words.contains(expected), "{expected}");
        }
        for one in &received {
            let headers = format!("{:?}", one.headers);
            for word in &words {
                assert!(!one.body.contains(word.as_str()) && !headers.contains(word.as_str()), "{word}: {}", one.body);
            }
        }
    });
}
