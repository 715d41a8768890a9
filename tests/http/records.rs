//! The records system sends records, in each of the three ways, and asks what came of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use mosovo_visits::api::records::feeds::Feeds;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::senders::{Sender, Senders};
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::http::{Running, of_force, persona, run, run_with_feeds, run_with_feeds_of};
use crate::support::{caseload, fixture, import, on_both_databases, on_both_empty_databases};

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
const LINES: &str = "application/x-ndjson";
const WESSEX: &str = "/records/wessex";

fn events(subjects: &[&str]) -> Vec<Value> {
    let event =
        |subject: &&str| event(WESSEX, "offender", subject, RECORDED, &offender("Invented", "north", "community"));
    subjects.iter().map(event).collect()
}

fn counts(report: &Value) -> [u64; 4] {
    ["accepted", "duplicates", "stale", "refused"].map(|count| report[count].as_u64().unwrap())
}

/// Why what was sent was refused at the door, as the audit of Wessex has it.
fn refused(store: &Store) -> Vec<String> {
    let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
    let refused = entries.iter().filter(|entry| entry.act == "access.refused" && entry.detail["act"] == "records.send");
    refused.map(|entry| entry.detail["why"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_three_ways_are_one_and_repetition_changes_nothing() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let all = events(&["a", "b", "c"]);
        let sent = [
            service.send(&system, ONE, &all[0].to_string()),
            service.send(&system, BATCH, &json!(all).to_string()),
            service.send(&system, "application/x-ndjson; charset=utf-8", &lines(&events(&["a", "b", "c", "d"]))),
            service.send(&system, LINES, &lines(&all)),
        ];
        let told: Vec<_> = sent.iter().map(|reply| (reply.status, counts(&reply.json()))).collect();
        assert_eq!(told, [(200, [1, 0, 0, 0]), (200, [2, 1, 0, 0]), (200, [1, 3, 0, 0]), (200, [0, 3, 0, 0])]);
        assert_eq!(sent[3].json()["state"], "completed");
        assert_eq!(sent[3].json()["dangling"], 4);
        assert_eq!(store.transaction(records_digest).unwrap().records, 4);
    });
}

#[test]
fn a_bad_event_among_good_ones_is_listed_by_its_index_and_stops_nothing() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let mut all = events(&["a", "b", "c"]);
        all[1]["data"]["status"] = json!("at large");
        let refused = json!([{"code": "not_allowed", "event_id": all[1]["id"], "pointer": "/data/status"}]);
        for (media_type, body, index) in [(BATCH, json!(all).to_string(), 1), (LINES, lines(&all), 2)] {
            let report = service.send(&system, media_type, &body).json();
            assert_eq!((report["refused"].clone(), report["state"].clone()), (json!(1), json!("completed")));
            let mut errors = report["errors"].clone();
            assert_eq!(errors[0]["index"], index);
            let error = errors[0].as_object_mut().unwrap();
            assert!(error.remove("detail").is_some_and(|detail| !detail.as_str().unwrap().contains("at large")));
            error.remove("index");
            assert_eq!(errors, refused);
        }
        let one = service.send(&system, ONE, &all[1].to_string()).json();
        assert_eq!((one["errors"][0]["index"].clone(), counts(&one)), (json!(0), [0, 0, 0, 1]));
    });
}

#[test]
fn an_event_that_no_parser_takes_stops_none_of_its_batch() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let good = events(&["a", "b"]);
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let bad = [
            r#"{"id": "\ud800"}"#,
            r#"{"id": "\ud800\u0041"}"#,
            r#"{"id": 1e999}"#,
            &deep,
            "null",
            "1e999",
            r#""\udfff""#,
        ];
        let batch = format!("[{}, {}, {}]", good[0], bad.join(", "), good[1]);
        let report = service.send(&system, BATCH, &batch).json();
        assert_eq!(counts(&report), [2, 0, 0, 7], "{report}");
        let told: Vec<_> =
            report["errors"].as_array().unwrap().iter().map(|error| (&error["index"], &error["code"])).collect();
        let (not_json, no_object) = (json!("invalid_json"), json!("not_an_object"));
        let codes = [&not_json, &not_json, &not_json, &not_json, &no_object, &not_json, &not_json];
        let expected: Vec<_> = (1..=7).map(|index| json!(index)).collect();
        assert_eq!(told, expected.iter().zip(codes).collect::<Vec<_>>());
        let lines = service.send(&system, LINES, &bad.join("\n")).json();
        let as_lines: Vec<_> = lines["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
        assert_eq!(as_lines, codes, "a line and an item are read alike");
        assert_eq!(counts(&service.send(&system, ONE, bad[2]).json()), [0, 0, 0, 1]);
    });
}

#[test]
fn an_event_that_speaks_for_another_force_is_refused() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let mut all = events(&["a", "b", "c"]);
        all[0]["source"] = json!("/records/mercia/niche");
        all[1]["source"] = json!("/records/wessex/niche");
        for (media_type, body, index) in
            [(BATCH, json!(all).to_string(), 0), (LINES, lines(&all), 1), (ONE, all[0].to_string(), 0)]
        {
            let report = service.send(&system, media_type, &body).json();
            assert_eq!(report["refused"], 1, "{report}");
            let error = &report["errors"][0];
            assert_eq!((&error["code"], &error["pointer"]), (&json!("source_not_permitted"), &json!("/source")));
            assert_eq!((&error["index"], &error["event_id"]), (&json!(index), &all[0]["id"]));
        }
        let accepted = service.send(&of_force(system, "mercia"), ONE, &all[0].to_string()).json();
        assert_eq!(counts(&accepted), [1, 0, 0, 0]);
    });
}

#[test]
fn a_body_that_is_not_what_it_says_is_refused_whole() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let subjects: Vec<String> = (0..1_001).map(|number| format!("o-{number}")).collect();
        let many = events(&subjects.iter().map(String::as_str).collect::<Vec<_>>());
        let padded = format!("{}{}", " ".repeat(1024 * 1024), many[0]);
        let huge = format!("[{}]", " ".repeat(16 * 1024 * 1024));
        for (media_type, body, status, code) in [
            (BATCH, json!(many).to_string(), 413, "batch_too_large"),
            (BATCH, huge, 413, "payload_too_large"),
            (ONE, padded, 413, "payload_too_large"),
            (ONE, "not json".to_owned(), 400, "malformed_json"),
            (ONE, String::new(), 400, "malformed_json"),
            (BATCH, format!("[{},", many[0]), 400, "malformed_json"),
            (BATCH, many[0].to_string(), 400, "invalid_body"),
            (BATCH, "7".to_owned(), 400, "invalid_body"),
            (BATCH, format!("[{}", "[".repeat(200)), 400, "malformed_json"),
            (BATCH, format!("[{}] {{}}", many[0]), 400, "malformed_json"),
            (BATCH, format!("[{}]", vec!["1e999"; 1_001].join(",")), 413, "batch_too_large"),
            (ONE, format!("[{}]", many[0]), 400, "invalid_body"),
            ("application/json", many[0].to_string(), 415, "unsupported_media_type"),
            ("text/plain", many[0].to_string(), 415, "unsupported_media_type"),
        ] {
            let reply = service.send(&system, media_type, &body);
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{media_type}");
            assert_eq!(refused(store).last().map(String::as_str), Some(code), "on record");
        }
        let token = format!("Bearer {}", service.token(&system));
        let headers = [("authorization", token.as_str()), ("content-type", LINES), ("content-encoding", "gzip")];
        assert_eq!(service.request("POST", "/v1/records", &headers, b"").status, 415);
        assert_eq!(store.transaction(records_digest).unwrap().versions, 0);
        let most = service.send(&system, BATCH, &json!(many[..1_000]).to_string());
        assert_eq!(counts(&most.json()), [1_000, 0, 0, 0]);
    });
}

#[test]
fn a_feed_of_any_length_is_taken_as_a_stream() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    on_both_databases(|store| {
        let service = run(store);
        let system = of_force(persona(Role::RecordsSystem, &[]), "dorset");
        let report = service.send(&system, LINES, &feed).json();
        assert_eq!(counts(&report), [18_013, 0, 0, 0]);
        let metrics = service.request("GET", "/metrics", &[], b"").text;
        assert!(metrics.contains("mosovo_import_events_total{outcome=\"accepted\"} 18013"), "{metrics}");
        assert!(metrics.contains("mosovo_imports_total{state=\"completed\"} 1"), "{metrics}");
    });
}

#[test]
fn case_files_are_read_while_records_come_in() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        let system = of_force(persona(Role::RecordsSystem, &[]), "dorset");
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| service.send(&system, LINES, &feed).status);
            let mut read = 0;
            while !sending.is_finished() {
                assert_eq!(service.get(&supervisor, "/v1/offenders/n-1").status, 200);
                read += 1;
            }
            assert_eq!(sending.join().unwrap(), 200);
            assert!(read > 0);
        });
    });
}

/// A feed that has begun: what was sent of it, and the connection on which the rest may come.
fn begun(service: &Running, announced: usize, sent: &str) -> TcpStream {
    let mut connection = TcpStream::connect(service.address()).unwrap();
    write!(
        connection,
        "POST /v1/records HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {LINES}\r\nContent-Length: {announced}\r\n\r\n{sent}",
        service.token(&persona(Role::RecordsSystem, &[])),
    )
    .unwrap();
    connection
}

/// What the service answers on a connection until it closes it.
fn answer(mut connection: TcpStream) -> String {
    let mut answer = String::new();
    let _ = connection.read_to_string(&mut answer);
    answer
}

/// Waits until the metrics have a line.
fn until_counted(service: &Running, line: &str) {
    let soon = Instant::now() + Duration::from_secs(30);
    while !service.request("GET", "/metrics", &[], b"").text.lines().any(|counted| counted == line) {
        assert!(Instant::now() < soon, "{line} never came");
        std::thread::yield_now();
    }
}

#[test]
fn a_feed_that_breaks_off_ends_as_failed_and_what_was_taken_is_kept() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let all = events(&["a", "b", "c"]);
        let body = format!("{}\n{}\n{{\"specv", all[0], all[1]);
        let connection = begun(&service, body.len() + 100, &body);
        connection.shutdown(Shutdown::Write).unwrap();
        answer(connection);
        until_counted(&service, "mosovo_imports_total{state=\"failed\"} 1");
        assert_eq!(store.transaction(records_digest).unwrap().versions, 2);
        let again = service.send(&system, LINES, &lines(&all)).json();
        assert_eq!(counts(&again), [1, 2, 0, 0]);
    });
}

#[test]
fn a_feed_that_breaks_off_tells_where_the_report_of_what_was_taken_is() {
    on_both_databases(|store| {
        let service = run_with_feeds(store, Feeds::default().with_silence(Duration::ZERO));
        let answer = answer(begun(&service, 1_000, "{\"specversion\": "));
        assert!(answer.contains("\"code\":\"feed_broken_off\""), "{answer}");
        let location = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
        let report = service.get(&persona(Role::RecordsSystem, &[]), location).json();
        assert_eq!((&report["state"], &report["accepted"]), (&json!("failed"), &json!(0)));
    });
}

#[test]
fn an_import_that_the_store_ends_is_counted_as_failed() {
    on_both_empty_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        assert_eq!(service.send(&system, LINES, "").code(), "internal");
        until_counted(&service, "mosovo_imports_total{state=\"failed\"} 1");
    });
}

#[test]
fn a_feed_too_many_is_told_to_come_again_and_readers_and_batches_are_not() {
    on_both_databases(|store| {
        let service = run_with_feeds(store, Feeds::new(1, Duration::ZERO));
        let system = persona(Role::RecordsSystem, &[]);
        let feed = lines(&events(&["a", "b"]));
        let (half, rest) = feed.split_at(feed.len() / 2);
        let mut first = begun(&service, feed.len(), half);
        until_counted(&service, "mosovo_feeds{state=\"under_way\"} 1");
        let second = service.send(&system, LINES, &feed);
        assert_eq!((second.status, second.code().as_str()), (503, "unavailable"));
        assert_eq!(second.header("retry-after"), Some("5"));
        assert_eq!(counts(&service.send(&system, BATCH, &json!(events(&["c"])).to_string()).json()), [1, 0, 0, 0]);
        assert_eq!(service.get(&persona(Role::Supervisor, &["north"]), "/v1/offenders").refs(), ["c"]);
        first.write_all(rest.as_bytes()).unwrap();
        assert!(answer(first).starts_with("HTTP/1.1 200 "));
        assert_eq!(counts(&service.send(&system, LINES, &feed).json()), [0, 2, 0, 0]);
    });
}

#[test]
fn whatever_may_be_large_and_is_held_whole_waits_for_its_turn_too() {
    on_both_databases(|store| {
        let (system, supervisor) = (persona(Role::RecordsSystem, &[]), persona(Role::Supervisor, &["north"]));
        let signs = Sender {
            name: system.sub.clone(),
            force: "wessex".to_owned(),
            kinds: None,
            is_signed: true,
            key_number: 1,
            by_certificate: false,
        };
        let service = run_with_feeds_of(store, Feeds::new(0, Duration::ZERO), Senders::of(vec![signs]));
        for (who, path, media_type) in [
            (&system, "/v1/records", LINES),
            (&system, "/v1/drift/digests", LINES),
            (&supervisor, "/v1/transfers/received?team_ref=north", "application/zip"),
        ] {
            let token = format!("Bearer {}", service.token(who));
            let headers = [("authorization", token.as_str()), ("content-type", media_type)];
            let reply = service.request("POST", path, &headers, b"");
            assert_eq!((reply.status, reply.code().as_str()), (503, "unavailable"), "{path}");
        }
        assert_eq!(service.send(&system, BATCH, "[]").code(), "signature_missing", "a batch waits for nobody");
    });
}

#[test]
fn a_feed_too_many_waits_for_its_turn() {
    on_both_databases(|store| {
        let service = run_with_feeds(store, Feeds::new(1, Duration::from_secs(60)));
        let feed = lines(&events(&["a", "b"]));
        let (half, rest) = feed.split_at(feed.len() / 2);
        let mut first = begun(&service, feed.len(), half);
        until_counted(&service, "mosovo_feeds{state=\"under_way\"} 1");
        let second = begun(&service, feed.len(), &feed);
        until_counted(&service, "mosovo_feeds{state=\"waiting\"} 1");
        first.write_all(rest.as_bytes()).unwrap();
        for connection in [first, second] {
            assert!(answer(connection).starts_with("HTTP/1.1 200 "));
        }
        until_counted(&service, "mosovo_feeds{state=\"under_way\"} 0");
    });
}

#[test]
fn what_came_of_an_import_is_its_forces_to_read() {
    on_both_databases(|store| {
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let sent = service.send(&system, BATCH, &json!(events(&["a", "b"])).to_string());
        let location = sent.header("location").unwrap();
        assert_eq!(location, format!("/v1/imports/{}", sent.json()["id"].as_str().unwrap()));
        let read = service.get(&system, location);
        assert_eq!(read.status, 200);
        let mut stored = read.json();
        for added in ["started_at", "ended_at"] {
            assert!(stored.as_object_mut().unwrap().remove(added).is_some());
        }
        assert_eq!(stored, sent.json());
        assert_eq!(service.get(&persona(Role::Administrator, &[]), location).status, 200);
        assert_eq!(service.get(&of_force(system.clone(), "mercia"), location).code(), "not_found");
        let operators = import(store, &caseload::feed());
        assert_eq!(service.get(&system, &format!("/v1/imports/{}", operators.id)).status, 404);
        assert_eq!(service.get(&system, "/v1/imports/7").code(), "invalid_path");
    });
}
