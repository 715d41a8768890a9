//! A supervisor has a proposal drawn, and takes what it was made from to plan it again; what is hidden from them is in neither.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::planning::proposal::propose;
use mosovo_visits::planning::search::Budget;
use mosovo_visits::planning::snapshot::Snapshot;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};

use crate::support::http::{Reply, Running, of_force, persona, run};
use crate::support::{fixture, import, on_both_databases};

fn of_dorset(role: Role, teams: &[&str], officer: &str) -> Grants {
    let officer_ref = Some(officer.to_owned().try_into().unwrap());
    Grants { officer_ref, ..of_force(persona(role, teams), "dorset") }
}

fn supervisor() -> Grants {
    of_dorset(Role::Supervisor, &["west"], "ds-west")
}

/// Asks for a proposal of the team west, and reads it once it is planned.
fn planned(service: &Running) -> Value {
    let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": 7, "iterations": 20 });
    let asked = service.act(&supervisor(), "/v1/schedules", None, &body);
    let location = asked.header("location").unwrap().to_owned();
    let mut reads = (0..100_000).map(|_| service.get(&supervisor(), &location).json());
    reads.find(|read| read["state"] != "planning").unwrap()
}

fn part(service: &Running, reader: &Grants, proposal: &Value, part: &str) -> Reply {
    service.get(reader, &format!("/v1/schedules/{}/{part}", proposal["id"].as_str().unwrap()))
}

fn drawn(service: &Running, reader: &Grants, proposal: &Value, of: &str) -> String {
    let reply = part(service, reader, proposal, of);
    assert_eq!(reply.status, 200, "{of}: {}", reply.text);
    assert_eq!(reply.header("content-type"), Some("image/svg+xml"), "{of}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply.text
}

/// Whether a plot tells of an offender.
fn tells(svg: &str, offender: &str) -> bool {
    svg.contains(&format!("<title>{offender}, "))
}

/// The acts on record of the force, with whom they were done to and their detail.
fn on_record(store: &Store, act: &str) -> Vec<Value> {
    let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
    entries.into_iter().filter(|entry| entry.act == act).map(|entry| entry.detail).collect()
}

#[test]
fn a_proposal_is_drawn_day_by_day_and_week_by_week_and_that_is_on_record() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let proposal = planned(&service);
        let visits = proposal["visits"].as_array().unwrap();
        let (map, reader) = (drawn(&service, &supervisor(), &proposal, "map.svg"), supervisor());
        let text = |visit: &Value, member: &str| visit[member].as_str().unwrap().to_owned();
        assert!(visits.len() > 20 && visits.iter().all(|visit| tells(&map, &text(visit, "offender_ref"))));
        let day = text(&visits[0], "date");
        let map = drawn(&service, &reader, &proposal, &format!("map.svg?date={day}"));
        let week = drawn(&service, &reader, &proposal, &format!("week.svg?week={day}"));
        for visit in visits.iter().filter(|visit| text(visit, "date") == day) {
            for svg in [&map, &week] {
                let begins = format!("<title>{}, ", text(visit, "offender_ref"));
                assert!(svg.matches(&begins).count() >= 1, "{visit}");
            }
            assert!(week.contains(&format!("{} to {}", text(visit, "start"), text(visit, "end"))));
        }
        assert_eq!(drawn(&service, &reader, &proposal, "week.svg"), week, "the first week planned");
        let names: Vec<Value> = fixture("dorset-2021.feed.ndjson.gz")
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|event| event["type"] == "records.offender.v1")
            .map(|event| event["data"]["family_name"].clone())
            .collect();
        let is_named =
            |svg: &str| names.iter().filter_map(Value::as_str).any(|name| name.len() > 3 && svg.contains(name));
        assert!(names.len() > 100 && ![&map, &week].into_iter().any(|svg| is_named(svg)));

        for (of, code) in [
            ("map.svg?date=2021-04-15", "invalid_query"),
            ("map.svg?date=tomorrow", "invalid_query"),
            ("map.svg?week=2021-04-16", "invalid_query"),
            ("week.svg?week=2021-05-03", "invalid_query"),
            ("week.svg?date=2021-04-16", "invalid_query"),
        ] {
            assert_eq!(part(&service, &reader, &proposal, of).code(), code, "{of}");
        }
        let told: Vec<Value> =
            on_record(store, "schedule.read").into_iter().map(|detail| detail["plot"].clone()).collect();
        assert_eq!(told.iter().filter(|plot| *plot == "map").count(), 3, "two drawn, and one read and not drawn");
        assert_eq!(told.iter().filter(|plot| *plot == "week").count(), 3);
    });
}

#[test]
fn a_snapshot_is_given_byte_for_byte_and_leads_to_the_same_proposal() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let proposal = planned(&service);
        let given = part(&service, &supervisor(), &proposal, "snapshot");
        assert_eq!((given.status, given.header("content-type")), (200, Some("application/json")), "{}", given.text);
        let snapshot: Snapshot = serde_json::from_str(&given.text).unwrap();
        assert_eq!(snapshot.to_json().unwrap(), given.text);
        let sha256 = snapshot.sha256().unwrap();
        assert_eq!(given.header("etag"), Some(format!("\"{sha256}\"").as_str()));
        assert_eq!(proposal["snapshot_sha256"], sha256);
        let budget = Budget { seed: proposal["seed"].as_u64().unwrap(), iterations: 20 };
        let again = serde_json::to_value(propose(&snapshot, budget, |_| {}).unwrap()).unwrap();
        for member in again.as_object().unwrap().keys() {
            assert_eq!(again[member], proposal[member], "{member}");
        }
        let other = of_dorset(Role::Supervisor, &["poole"], "ds-poole");
        let manager = of_dorset(Role::OffenderManager, &["west"], "om-001");
        for of in ["snapshot", "map.svg", "week.svg"] {
            assert_eq!(part(&service, &other, &proposal, of).code(), "not_found", "{of}");
            assert_eq!(part(&service, &manager, &proposal, of).code(), "forbidden", "{of}");
            assert_eq!(
                part(&service, &persona(Role::DetectiveInspector, &[]), &proposal, of).code(),
                "not_found",
                "{of}"
            );
        }
        assert_eq!(on_record(store, "schedule.snapshot").len(), 1);
    });
}

#[test]
fn a_hidden_case_is_on_no_plot_and_what_holds_it_is_not_given() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let proposal = planned(&service);
        let inspector = of_dorset(Role::DetectiveInspector, &[], "di-1");
        let visit = &proposal["visits"][0];
        let offender = visit["offender_ref"].as_str().unwrap();
        let shut_out = of_dorset(Role::Supervisor, &["west"], visit["crew"][0].as_str().unwrap());
        let case = service.get(&inspector, &format!("/v1/offenders/{offender}")).json();
        let not_the_manager = visit["crew"]
            .as_array()
            .unwrap()
            .iter()
            .find(|officer| Some(*officer) != case.pointer("/manager/officer_ref"));
        let shut_out = Grants {
            officer_ref: Some(not_the_manager.unwrap().as_str().unwrap().to_owned().try_into().unwrap()),
            ..shut_out
        };
        let parts =
            ["map.svg".to_owned(), "week.svg".to_owned(), format!("map.svg?date={}", visit["date"].as_str().unwrap())];
        let is_shown = |reader: &Grants| {
            parts.iter().filter(|of| tells(&drawn(&service, reader, &proposal, of), offender)).count()
        };
        assert_eq!((is_shown(&supervisor()), is_shown(&shut_out)), (3, 3));
        assert_eq!(part(&service, &shut_out, &proposal, "snapshot").status, 200);

        let body = json!({"restricted_to": [], "excluded": [not_the_manager.unwrap()], "reason": "invented"});
        let restricted = service.act(&inspector, &format!("/v1/offenders/{offender}/access-restriction"), None, &body);
        assert_eq!(restricted.status, 200, "{}", restricted.text);
        assert_eq!((is_shown(&supervisor()), is_shown(&shut_out)), (3, 0));
        let refused = part(&service, &shut_out, &proposal, "snapshot");
        assert_eq!((refused.status, refused.code().as_str()), (403, "holds_hidden_cases"));
        assert!(!refused.text.contains(offender));
        assert_eq!(part(&service, &supervisor(), &proposal, "snapshot").status, 200);
        assert_eq!(
            part(&service, &of_force(persona(Role::Supervisor, &["west"]), "dorset"), &proposal, "snapshot").status,
            403,
            "who names no officer may be the one who is shut out"
        );
        let on_record: Vec<Value> = on_record(store, "access.refused");
        assert_eq!(on_record.iter().filter(|detail| detail["act"] == "schedule.snapshot").count(), 2);
    });
}
