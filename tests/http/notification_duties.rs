//! The notification duties over HTTP, as far as the records feed tells of them.

use mosovo_visits::casework::actor::Role;
use mosovo_visits::domain::notification_duty::DutyCode;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::http::{Running, of_force, persona, run};
use crate::support::{caseload, fixture, import, on_both_databases};

const WESSEX: &str = "/records/wessex";

fn notification(offender: &str, kind: &str, at: &str) -> Value {
    json!({"offender_ref": offender, "kind": kind, "notified_at": at, "moves_periodic_date": kind != "travel"})
}

fn duties(service: &Running, path: &str) -> Value {
    let reply = service.get(&persona(Role::OffenderManager, &["north"]), path);
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// Each duty in short: code, last day, state.
fn told(duties: &Value) -> Vec<(String, Value, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let duties = duties["duties"].as_array().unwrap().iter();
    duties.map(|duty| (text(&duty["code"]), duty["last_day"].clone(), text(&duty["state"]))).collect()
}

fn expect(code: &str, last_day: &str, state: &str) -> (String, Value, String) {
    (code.to_owned(), json!(last_day), state.to_owned())
}

#[test]
fn a_case_shows_each_duty_with_its_rule_and_its_arithmetic() {
    on_both_databases(|store| {
        let someone = json!({"relevant_date": "2020-01-01", "ends_on": "2027-01-01", "regime": "annual",
            "under_18_at_relevant_date": false});
        let mut offender = offender("Nestor", "north", "community");
        offender["notification"] = someone;
        let address =
            |from: &str| json!({"offender_ref": "n-1", "kind": "main", "lines": ["Invented"], "resident_from": from});
        import(
            store,
            &lines(&[
                event(WESSEX, "offender", "n-1", caseload::RECORDED, &offender),
                event(
                    WESSEX,
                    "notification",
                    "n-1-a",
                    "2020-01-02T10:00:00Z",
                    &notification("n-1", "initial", "2020-01-02T10:00:00Z"),
                ),
                event(WESSEX, "address", "home-1", "2020-01-02T10:00:00Z", &address("2020-01-01")),
                event(WESSEX, "address", "home-2", "2020-06-10T10:00:00Z", &address("2020-06-10")),
                event(
                    WESSEX,
                    "notification",
                    "n-1-b",
                    "2020-06-13T10:00:00Z",
                    &notification("n-1", "change", "2020-06-13T10:00:00Z"),
                ),
                event(
                    WESSEX,
                    "notification",
                    "n-1-c",
                    "2020-06-20T10:00:00Z",
                    &notification("n-1", "travel", "2020-06-20T10:00:00Z"),
                ),
            ]),
        );
        let service = run(store);
        let path = "/v1/offenders/n-1/notification-duties";
        let case = duties(&service, path);
        assert_eq!((&case["offender_ref"], &case["as_at"]), (&json!("n-1"), &json!("2021-04-15")));
        assert_eq!(
            told(&case),
            [
                expect("initial_notification", "2020-01-03", "met_on"),
                expect("periodic_confirmation", "2021-01-02", "met_on"),
                expect("home_address_changed", "2020-06-12", "met_late"),
                expect("periodic_confirmation", "2021-06-13", "not_yet_due"),
            ]
        );
        let moved = &case["duties"][2];
        assert_eq!(moved["rule"]["provision"], "SOA 2003 s.84(1)(b)");
        assert_eq!((&moved["rule"]["mark"], &moved["rule"]["effective_from"]), (&json!("S"), &json!("2004-05-01")));
        assert_eq!((&moved["met_by"], &moved["first_failure_on"]), (&json!("n-1-b"), &json!("2020-06-13")));
        let dates: Vec<&Value> = moved["arithmetic"].as_array().unwrap().iter().map(|step| &step["date"]).collect();
        assert_eq!(dates, ["2020-06-10", "2020-06-13", "2020-06-10", "2020-06-12"]);
        assert_eq!(case["suspected_breaches"], json!([]), "met long ago");
        assert_eq!(case["end_of_notification"]["recorded_ends_on"], "2027-01-01");
        assert_eq!(case["review"], json!(null));
        let year_later = duties(&service, &format!("{path}?at=2021-06-14"));
        assert_eq!(told(&year_later)[3], expect("periodic_confirmation", "2021-06-13", "lapsed_since"));
        let before = duties(&service, &format!("{path}?at=2020-06-12"));
        assert_eq!(told(&before)[2], expect("home_address_changed", "2020-06-12", "due"));
        for at in ["2020-06-13", "2020-07-11"] {
            let suspected = duties(&service, &format!("{path}?at={at}"))["suspected_breaches"].clone();
            assert_eq!(suspected.as_array().unwrap().len(), 1, "{at}");
            assert_eq!(suspected[0]["key"], "home_address_changed:home-2:2020-06-10", "the same, gone on or met");
        }
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let read: Vec<_> = recorded.iter().filter(|entry| entry.act == "offender.notification_duties.read").collect();
        assert_eq!(read.len(), 5);
        assert_eq!(read[1].detail, json!({"as_at": "2021-06-14"}));
    });
}

#[test]
fn custody_over_the_annual_date_is_read_off_the_versions_of_the_record_in_whatever_order_they_came() {
    let status = |status: &str, since: &str| {
        let mut someone = offender("Nestor", "north", status);
        someone["status_since"] = json!(since);
        event(WESSEX, "offender", "n-1", &format!("{since}T12:00:00Z"), &someone)
    };
    let events = [
        status("community", "2015-01-01"),
        status("custody", "2020-12-01"),
        status("community", "2021-04-14"),
        event(
            WESSEX,
            "notification",
            "n-1-a",
            "2015-01-02T10:00:00Z",
            &notification("n-1", "initial", "2015-01-02T10:00:00Z"),
        ),
        event(
            WESSEX,
            "notification",
            "n-1-b",
            "2020-01-01T10:00:00Z",
            &notification("n-1", "periodic", "2020-01-01T10:00:00Z"),
        ),
    ];
    for shift in 0..events.len() {
        on_both_databases(|store| {
            let mut events = events.to_vec();
            events.rotate_left(shift);
            import(store, &lines(&events));
            let service = run(store);
            let case = duties(&service, "/v1/offenders/n-1/notification-duties");
            let released = expect("released", "2021-04-16", "due");
            assert_eq!(told(&case).last(), Some(&released));
            let last = told(&case).into_iter().rfind(|(code, ..)| code == "periodic_confirmation");
            assert_eq!(
                last,
                Some(expect("periodic_confirmation", "2021-04-16", "due")),
                "three days beginning with release"
            );
            let statuses: Vec<&Value> =
                case["statuses"].as_array().unwrap().iter().map(|spell| &spell["status"]).collect();
            assert_eq!(statuses, ["community", "custody", "community"]);
        });
    }
}

#[test]
fn duties_are_in_scope_with_the_case_and_the_day_must_be_one() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        for (reference, status) in [("n-1", 200), ("s-1", 404), ("nobody", 404)] {
            let reply = service.get(&supervisor, &format!("/v1/offenders/{reference}/notification-duties"));
            assert_eq!(reply.status, status, "{reference}");
        }
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert_eq!(recorded.iter().filter(|entry| entry.act == "access.refused").count(), 2);
        for query in ["at=tomorrow", "at=2021-02-30", "at=", "on=2021-04-15", "at=2021-04-15&at=2021-04-16"] {
            let reply = service.get(&supervisor, &format!("/v1/offenders/n-1/notification-duties?{query}"));
            assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_query"), "{query}");
        }
        let weekly = json!({"relevant_date": "2015-01-01", "ends_on": null, "regime": "weekly", "under_18_at_relevant_date": false});
        let mut someone = offender("Nestor", "north", "community");
        someone["notification"] = weekly;
        import(
            store,
            &lines(&[
                event(WESSEX, "offender", "n-1", "2021-02-01T09:00:00Z", &someone),
                event(
                    WESSEX,
                    "notification",
                    "w",
                    "2021-04-07T09:00:00Z",
                    &notification("n-1", "weekly", "2021-04-07T09:00:00Z"),
                ),
            ]),
        );
        let case = duties(&service, "/v1/offenders/n-1/notification-duties");
        assert_eq!(told(&case).last(), Some(&expect("weekly_confirmation", "2021-04-14", "lapsed_since")));
        assert_eq!(
            case["review"]["eligible_from"],
            json!(null),
            "indefinite, and the first notification is not on record"
        );
    });
}

#[test]
fn on_the_shipped_caseload_the_duty_and_the_flag_agree_offender_by_offender() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    let kinds = ["records.offender.v1", "records.notification.v1"];
    let feed: Vec<&str> = feed.lines().filter(|line| kinds.iter().any(|kind| line.contains(kind))).collect();
    let expected: Value = serde_json::from_str(&fixture("dorset-2021.expected.json.gz")).unwrap();
    let flagged: Vec<&str> = expected["flags"]["periodic_notification_overdue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flag| flag.as_str().unwrap())
        .collect();
    let all = feed.iter().filter(|line| line.contains("records.offender.v1"));
    let refs: Vec<String> =
        all.map(|line| serde_json::from_str::<Value>(line).unwrap()["subject"].as_str().unwrap().to_owned()).collect();
    on_both_databases(|store| {
        import(store, &feed.join("\n"));
        let service = run(store);
        let inspector = of_force(persona(Role::DetectiveInspector, &[]), "dorset");
        let confirms = [DutyCode::PeriodicConfirmation, DutyCode::WeeklyConfirmation, DutyCode::InitialNotification]
            .map(DutyCode::as_str);
        let mut lapsed: Vec<&str> = Vec::new();
        // Everyone flagged, and every fifth of the others.
        for reference in refs
            .iter()
            .enumerate()
            .filter(|(index, reference)| index % 5 == 0 || flagged.contains(&reference.as_str()))
            .map(|(_, reference)| reference)
        {
            let reply = service.get(&inspector, &format!("/v1/offenders/{reference}/notification-duties"));
            assert_eq!(reply.status, 200, "{}", reply.text);
            let case = reply.json();
            let duties = case["duties"].as_array().unwrap().iter();
            let open = duties
                .filter(|duty| duty["state"] == "lapsed_since" && confirms.contains(&duty["code"].as_str().unwrap()));
            if open.count() > 0 {
                lapsed.push(reference);
            }
        }
        lapsed.sort_unstable();
        assert_eq!(lapsed, flagged);
    });
}
