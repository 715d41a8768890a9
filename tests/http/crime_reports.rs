//! Crime reports and breaches find one another in whatever order they come, and a report that is cancelled leaves the breach without one.

use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{evaluate, manager, set_up, supervisor};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";
const CRIME: &str = "/records/wessex/crime";

fn breach(members: &Value) -> Value {
    let mut data = json!({"offender_ref": "n-1", "kind": "notification", "provision": "SOA 2003 s.91", "summary": "invented",
        "first_failure_on": "2021-04-01", "discovered_at": "2021-04-10T10:00:00Z"});
    data.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    event(WESSEX, "breach", "b-n", "2021-04-10T11:00:00Z", &data)
}

/// The report C-1 of the breach b-n: that it was recorded, or, later, that it was cancelled.
fn report(state: &str, breach_ref: Option<&str>) -> Value {
    let recorded_at = "2021-04-10T12:00:00Z";
    let mut data = json!({"ref": "C-1", "state": state, "recorded_at": recorded_at, "breach_ref": breach_ref});
    if state == "recorded" {
        return event(CRIME, "crime_report", "C-1", recorded_at, &data);
    }
    let cancelled_at = "2021-04-12T12:00:00Z";
    data["cancelled_at"] = json!(cancelled_at);
    data["reason"] = json!("recorded twice");
    event(CRIME, "crime_report", "C-1", cancelled_at, &data)
}

/// Takes these in, one after the other, each as a feed of its own, and brings the flags up to date after each.
fn take(store: &Store, events: &[&Value]) {
    for event in events {
        let report = import(store, &lines(&[(*event).clone()]));
        assert_eq!((report.refused, &report.errors), (0, &vec![]));
        evaluate(store);
    }
}

/// Whether the breach b-n wants a crime report: by its flag, its worklist and what it obliges, which say the same.
fn wants_report(service: &Running) -> bool {
    let path = "/v1/flags?code=breach_without_crime_report&limit=200";
    let flags = service.get(&supervisor(), path).json()["items"].as_array().unwrap().clone();
    let is_flagged = flags.iter().any(|flag| flag["subject"] == "b-n");
    let worklist = service.get(&supervisor(), "/v1/worklists/breaches-without-crime-report");
    assert_eq!((worklist.status, worklist.text.contains("\"b-n\"")), (200, is_flagged), "{}", worklist.text);
    let obliged = service.get(&manager(), "/v1/breaches/b-n/obligations").json();
    let of_report = obliged["obligations"].as_array().unwrap().iter().find(|it| it["obligation"] == "crime_report");
    assert_eq!(of_report.unwrap()["done"], !is_flagged, "{obliged}");
    is_flagged
}

#[test]
fn a_breach_and_its_crime_report_are_matched_whichever_comes_first() {
    let (by_its_breach, by_its_number) = (report("recorded", Some("b-n")), report("recorded", None));
    let numbered = breach(&json!({"crime": {"ref": "C-1", "recorded_at": "2021-04-10T12:00:00Z"}}));
    let bare = breach(&json!({}));
    for (breach, report) in [(&bare, &by_its_breach), (&numbered, &by_its_number)] {
        for order in [[breach, report], [report, breach]] {
            on_both_databases(|store| {
                set_up(store);
                take(store, &order);
                assert!(!wants_report(&run(store)), "{order:?}");
            });
        }
    }
    on_both_databases(|store| {
        set_up(store);
        take(store, &[&bare, &by_its_number]);
        assert!(wants_report(&run(store)), "neither names the other");
    });
}

#[test]
fn a_cancelled_report_opens_the_breach_again_also_where_the_cancellation_comes_first() {
    let numbered = breach(&json!({"crime": {"ref": "C-1", "recorded_at": "2021-04-10T12:00:00Z"}}));
    for breach in [breach(&json!({})), numbered] {
        let (recorded, cancelled) = (report("recorded", Some("b-n")), report("cancelled", Some("b-n")));
        for order in [
            [&breach, &recorded, &cancelled],
            [&breach, &cancelled, &recorded],
            [&cancelled, &breach, &recorded],
            [&cancelled, &recorded, &breach],
            [&recorded, &cancelled, &breach],
            [&recorded, &breach, &cancelled],
        ] {
            on_both_databases(|store| {
                set_up(store);
                take(store, &order);
                let service = run(store);
                assert!(wants_report(&service), "{order:?}");
                // Another report closes it.
                let again = json!({"ref": "C-2", "state": "recorded", "recorded_at": "2021-04-13T12:00:00Z",
                    "breach_ref": "b-n"});
                take(store, &[&event(CRIME, "crime_report", "C-2", "2021-04-13T12:00:00Z", &again)]);
                assert!(!wants_report(&service));
            });
        }
    }
}

#[test]
fn a_report_of_the_records_system_answers_a_breach_that_was_entered_here_until_it_is_cancelled() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let entered = json!({"state": "confirmed", "provision": "s.91", "first_failure_on": "2021-04-01",
            "discovered_at": "2021-04-13T09:00:00Z", "source": "visit", "summary": "invented"});
        let made = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &entered);
        let subject = made.json()["ref"].as_str().unwrap().to_owned();
        let is_flagged = || {
            let path = "/v1/flags?code=breach_without_crime_report&limit=200";
            let flags = service.get(&supervisor(), path).json()["items"].as_array().unwrap().clone();
            flags.iter().any(|flag| flag["subject"] == subject.as_str())
        };
        evaluate(store);
        assert!(is_flagged());
        take(store, &[&report("recorded", Some(&subject))]);
        assert!(!is_flagged(), "the records system was asked for it, and names the breach by its reference here");
        take(store, &[&report("cancelled", Some(&subject))]);
        assert!(is_flagged());
    });
}
