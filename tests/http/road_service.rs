//! Schedules planned with a road service; without it, and said so; and an administrator's approval of its host.

use std::net::TcpListener;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::planning::checker::check;
use mosovo_visits::planning::proposal::{Proposal, propose};
use mosovo_visits::planning::road_matrix;
use mosovo_visits::planning::search::Budget;
use mosovo_visits::planning::snapshot::Snapshot;
use mosovo_visits::store::{Store, audit, schedule};
use serde_json::{Value, json};

use crate::support::caseload::event;
use crate::support::http::{Running, persona, run_with_roads};
use crate::support::osrm::{Behaviour, Osrm, road_service};
use crate::support::{casework, fixture, import, on_both_databases, scenario_clock};

fn of_dorset(role: Role, teams: &[&str]) -> Grants {
    Grants { force: Some("dorset".to_owned()), ..persona(role, teams) }
}

/// A proposal for the team west, asked for and read once it is planned.
fn plan(service: &Running, seed: u64) -> Value {
    let supervisor = of_dorset(Role::Supervisor, &["west"]);
    let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": seed, "iterations": 20 });
    let asked = service.act(&supervisor, "/v1/schedules", None, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let location = asked.header("location").unwrap();
    let read = || service.get(&supervisor, location).json();
    (0..100_000).map(|_| read()).find(|read| read["state"] != "planning").unwrap()
}

fn snapshot(store: &Store, sha256: &str) -> Snapshot {
    let text = store.transaction(|connection| schedule::snapshot(connection, sha256)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn details(store: &Store, act: &str) -> Vec<Value> {
    let recorded = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
    recorded.into_iter().filter(|entry| entry.act == act).map(|entry| entry.detail).collect()
}

#[test]
fn a_schedule_is_planned_by_the_road_times_that_are_kept_with_it() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let osrm = Osrm::start(Behaviour::Tells(Some("2021-04-01")));
        let service = run_with_roads(store, road_service(&osrm.url()));
        let planned = plan(&service, 1);
        let source = json!({ "model": "osrm", "data_version": "2021-04-01", "pairs_by_built_in": 0 });
        assert_eq!(planned["roads"], source);
        assert!(!planned["visits"].as_array().unwrap().is_empty() && !osrm.asked().is_empty());
        let snapshot = snapshot(store, planned["snapshot_sha256"].as_str().unwrap());
        assert_eq!(road_matrix::check(&snapshot), Ok(()));
        let rows = snapshot.roads.as_ref().unwrap().matrix.as_ref().unwrap().0.len();
        assert_eq!(rows, road_matrix::places(&snapshot).len());

        // Made again from what is kept alone, years later, when the service is gone.
        drop(osrm);
        let again = propose(&snapshot, Budget { seed: 1, iterations: 20 }, |_| {}).unwrap();
        assert_eq!(check(&snapshot, &again), vec![]);
        let again = serde_json::to_value(&again).unwrap();
        assert_eq!((&again["visits"], &again["roads"]), (&planned["visits"], &source));
        // Other roads than the map's, and so other hours.
        let by_map =
            propose(&Snapshot { roads: None, ..snapshot }, Budget { seed: 1, iterations: 20 }, |_| {}).unwrap();
        assert_ne!(again["summary"]["travel_seconds"], json!(by_map.summary.travel_seconds));

        assert_eq!(details(store, "schedule.propose")[0]["roads"], source);
        assert!(details(store, "road_service.ask").is_empty(), "nothing left the private network");
        let ready = service.request("GET", "/readyz", &[], b"").json();
        assert_eq!(ready.get("warnings"), None);
    });
}

#[test]
fn where_the_service_is_down_the_schedule_is_planned_all_the_same_and_says_so() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let service = run_with_roads(store, road_service(&format!("http://{closed}")));
        let planned = plan(&service, 1);
        let source = json!({ "model": "built_in", "fall_back": "unreachable" });
        assert_eq!((planned["state"].as_str(), &planned["roads"]), (Some("proposed"), &source));
        assert!(!planned["visits"].as_array().unwrap().is_empty());
        let snapshot = snapshot(store, planned["snapshot_sha256"].as_str().unwrap());
        assert!(snapshot.roads.as_ref().is_some_and(|roads| roads.matrix.is_none()));
        assert_eq!(details(store, "schedule.propose")[0]["roads"], source);
        let ready = service.request("GET", "/readyz", &[], b"").json();
        assert!(ready["warnings"][0].as_str().unwrap().contains("(unreachable)"), "{ready}");
        let administrator = of_dorset(Role::Administrator, &[]);
        let status = service.get(&administrator, "/v1/road-service").json();
        assert_eq!((&status["host"], &status["last_fall_back"]), (&json!("127.0.0.1"), &json!("unreachable")));

        // No service at all is no fall-back.
        let plain = crate::support::http::run(store);
        assert_eq!(plan(&plain, 1)["roads"], json!({ "model": "built_in" }));
    });
}

#[test]
fn the_nights_proposals_are_planned_with_the_service_too() {
    on_both_databases(|store| {
        import(store, &casework::feed());
        let home = json!({
            "offender_ref": "n-1", "kind": "main", "lines": ["1 Invented Row"], "resident_from": "2018-01-01",
            "child_in_household": false, "latitude": 51.02, "longitude": -2.03,
        });
        import(store, &event("/records/wessex/invented", "address", "a-1", "2021-02-01T09:00:00Z", &home).to_string());
        let osrm = Osrm::start(Behaviour::Tells(None));
        let nightly = Entry::new(JobName::NightlyProposal, "0 0 2 * * *").unwrap();
        let registry = Registry::new(&Timetable::new(vec![nightly]));
        let worker = Worker::new(store.clone(), scenario_clock(), Policies::built_in().unwrap(), registry);
        let ran = worker.with_roads(road_service(&osrm.url())).run_due(JobName::NightlyProposal).unwrap().unwrap();
        assert!(ran.outcome.is_ok());
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let north =
            recorded.iter().find(|entry| entry.act == "schedule.propose" && entry.detail["team_ref"] == "north");
        assert_eq!(north.unwrap().detail["roads"], json!({ "model": "osrm", "pairs_by_built_in": 0 }));
        assert!(!osrm.asked().is_empty());
    });
}

#[test]
fn a_host_outside_is_asked_only_while_an_administrators_approval_holds() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        // In the clear, so that the approval alone sends nothing either.
        let service = run_with_roads(store, road_service("http://203.0.113.7:5000"));
        let reason = |seed| plan(&service, seed)["roads"]["fall_back"].clone();
        assert_eq!(reason(1), "host_not_private");
        let administrator = of_dorset(Role::Administrator, &[]);
        let approvals = "/v1/road-service/approvals";
        let body =
            |host: &str, expires_on: &str| json!({ "host": host, "reason": "invented", "expires_on": expires_on });
        let good = body("203.0.113.7", "2021-05-15");
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
            assert_eq!(service.act(&of_dorset(role, &["west"]), approvals, None, &good).code(), "forbidden");
        }
        for (body, pointer) in [
            (body("203.0.113.8", "2021-05-15"), "/host"),
            (body("203.0.113.7", "2021-04-14"), "/expires_on"),
            (body("203.0.113.7", "2022-04-17"), "/expires_on"),
        ] {
            let refused = service.act(&administrator, approvals, None, &body);
            assert_eq!((refused.code().as_str(), &refused.json()["pointer"]), ("not_acceptable", &json!(pointer)));
        }
        let nameless = json!({ "host": "203.0.113.7", "reason": " ", "expires_on": "2021-05-15" });
        assert_eq!(service.act(&administrator, approvals, None, &nameless).status, 400);
        assert_eq!(reason(2), "host_not_private");

        let approved = service.act(&administrator, approvals, None, &good);
        assert_eq!((approved.status, &approved.json()["holds"]), (201, &json!(true)), "{}", approved.text);
        assert_eq!(service.act(&administrator, approvals, None, &good).code(), "wrong_state");
        assert_eq!(reason(3), "not_encrypted");
        let status = service.get(&administrator, "/v1/road-service").json();
        assert_eq!(status["approvals"][0]["approved_by"], "administrator:invented-administrator");

        let withdraw = format!("{approvals}/{}/withdraw", approved.json()["id"].as_str().unwrap());
        let why = json!({ "reason": "invented" });
        let of_wessex = persona(Role::Administrator, &[]);
        assert_eq!(service.act(&of_wessex, &withdraw, None, &why).code(), "not_found", "another force's");
        assert_eq!(service.get(&of_wessex, "/v1/road-service").json()["approvals"], json!([]));
        let withdrawn = service.act(&administrator, &withdraw, None, &why);
        assert_eq!((withdrawn.status, &withdrawn.json()["holds"]), (200, &json!(false)), "{}", withdrawn.text);
        assert_eq!(service.act(&administrator, &withdraw, None, &why).code(), "wrong_state");
        assert_eq!(reason(4), "host_not_private");
        assert_eq!(service.act(&administrator, approvals, None, &good).status, 201, "and may be given again");

        let on_record = |act| details(store, act);
        assert_eq!(on_record("road_service.approve")[0], json!({ "host": "203.0.113.7", "expires_on": "2021-05-15" }));
        assert_eq!(on_record("road_service.withdraw"), [json!({ "host": "203.0.113.7" })]);
        assert_eq!(on_record("act.refused").len(), 5);
        assert!(on_record("road_service.ask").is_empty(), "nothing was sent");
    });
}

#[test]
fn an_approved_host_outside_is_asked_and_that_is_on_record_as_a_disclosure() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let osrm = Osrm::start(Behaviour::Tells(None));
        // No private address, and one that reaches this machine: nothing leaves it.
        let clear = run_with_roads(store, road_service(&format!("http://0.0.0.0:{}", osrm.port())));
        assert_eq!(plan(&clear, 1)["roads"]["fall_back"], "host_not_private");
        drop(clear);
        let service = run_with_roads(store, road_service(&format!("https://0.0.0.0:{}", osrm.port())));
        assert_eq!(plan(&service, 2)["roads"]["fall_back"], "host_not_private");
        assert_eq!((osrm.reached(), details(store, "road_service.ask")), (0, vec![]), "nothing was sent");

        let administrator = of_dorset(Role::Administrator, &[]);
        let body = json!({ "host": "0.0.0.0", "reason": "invented", "expires_on": "2021-05-15" });
        assert_eq!(service.act(&administrator, "/v1/road-service/approvals", None, &body).status, 201);
        let planned = plan(&service, 3);
        assert_eq!(planned["roads"]["model"], "built_in", "it is connected to, and cannot prove who it is");
        assert!(osrm.reached() > 0 && osrm.asked().is_empty(), "no place went over the line in the clear");
        let places = road_matrix::places(&snapshot(store, planned["snapshot_sha256"].as_str().unwrap())).len();
        assert_eq!(details(store, "road_service.ask"), [json!({ "host": "0.0.0.0", "places": places })]);
    });
}

#[test]
fn an_approval_ends_with_its_last_day() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run_with_roads(store, road_service("http://203.0.113.7:5000"));
        let administrator = of_dorset(Role::Administrator, &[]);
        let body = json!({ "host": "203.0.113.7", "reason": "invented", "expires_on": "2021-04-15" });
        assert_eq!(service.act(&administrator, "/v1/road-service/approvals", None, &body).status, 201);
        assert_eq!(plan(&service, 1)["roads"]["fall_back"], "not_encrypted");
        drop(service);
        let service = crate::support::http::run_at_with_roads(
            store,
            "2021-04-15T23:30:00Z",
            road_service("http://203.0.113.7:5000"),
        );
        assert_eq!(plan(&service, 2)["roads"]["fall_back"], "host_not_private", "the next day in London");
        let status = service.get(&administrator, "/v1/road-service").json();
        assert_eq!(status["approvals"][0]["holds"], false);
    });
}

/// What a stored proposal of before reads as: the road times came in later.
#[test]
fn a_proposal_without_road_times_still_reads() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = crate::support::http::run(store);
        let mut planned = plan(&service, 1);
        let members = planned.as_object_mut().unwrap();
        members.remove("state");
        members.remove("version");
        members.remove("records_as_of");
        members.remove("roads");
        let read: Proposal = serde_json::from_value(planned.clone()).unwrap();
        assert_eq!((&read.roads, serde_json::to_value(&read).unwrap()), (&None, planned));
    });
}
