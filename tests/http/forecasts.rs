//! A supervisor looks weeks ahead, as things stand and under changes; who may not see a case learns nothing of it.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::{Actor, Role};
use mosovo_visits::casework::forecasts::make::make;
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::store::forecast::{self, NewForecast};
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::casework::{inspector, other_inspector, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, persona, run};
use crate::support::{fixture, import, on_both_databases, scenario_clock};

fn of_dorset(role: Role, teams: &[&str]) -> Grants {
    Grants { force: Some("dorset".to_owned()), ..persona(role, teams) }
}

impl Running {
    fn ask(&self, grants: &Grants, body: &Value) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        self.request("POST", "/v1/forecasts", &headers, body.to_string().as_bytes())
    }

    /// Asks for a forecast and reads it once it is made.
    fn foresee(&self, grants: &Grants, body: &Value) -> Value {
        let asked = self.ask(grants, body);
        assert_eq!((asked.status, &asked.json()["state"]), (202, &json!("waiting")), "{}", asked.text);
        let location = asked.header("location").unwrap().to_owned();
        let is_over = |read: &Value| read["state"] != "waiting" && read["state"] != "running";
        (0..100_000).map(|_| self.get(grants, &location).json()).find(is_over).unwrap()
    }
}

fn sum(outlook: &Value, member: &str) -> i64 {
    let weeks = outlook["weeks"].as_array().unwrap().iter();
    weeks.map(|week| week.pointer(member).unwrap().as_i64().unwrap()).sum()
}

#[test]
fn a_supervisor_looks_two_weeks_ahead_as_things_stand_and_under_leave_and_a_release() {
    on_both_databases(|store| {
        let feed = fixture("dorset-2021.feed.ndjson.gz");
        import(store, &feed);
        let (service, supervisor) = (run(store), of_dorset(Role::Supervisor, &["west"]));
        let body = json!({
            "team_ref": "west", "from": "2021-04-16", "weeks": 2, "seed": 3, "iterations": 20,
            "changes": [
                { "change": "absent", "officer_ref": "om-002", "from": "2021-04-26", "until": "2021-05-13" },
                { "change": "absent", "officer_ref": "om-012", "from": "2021-04-26", "until": "2021-05-13" },
                { "change": "released", "offender_ref": "v-00851", "on": "2021-04-20" },
                { "change": "releases", "count": 5, "from": "2021-04-19", "until": "2021-04-23" },
            ],
        });
        let read = service.foresee(&supervisor, &body);
        assert_eq!((&read["state"], &read["team_refs"]), (&json!("done"), &json!(["west"])), "{read}");
        assert_eq!((&read["progress"]["done"], &read["progress"]["of"]), (&json!(2), &json!(2)));
        let team = &read["result"]["teams"][0];
        let (baseline, changed) = (&team["baseline"], &team["changed"]);
        assert_eq!(baseline["weeks"].as_array().unwrap().len(), 2);
        assert!(sum(baseline, "/all/planned") > 0);
        assert!(sum(changed, "/crew_days_available") < sum(baseline, "/crew_days_available"), "two of three are away");
        assert!(sum(changed, "/all/due") > sum(baseline, "/all/due"), "six more come to the community");
        let difference: i64 =
            team["difference"].as_array().unwrap().iter().map(|week| week["all"]["due"].as_i64().unwrap()).sum();
        assert_eq!(difference, sum(changed, "/all/due") - sum(baseline, "/all/due"));
        // Told again from the same facts and seed it is the same, whoever of the team asks.
        assert_eq!(service.foresee(&of_dorset(Role::Supervisor, &["west", "poole"]), &body)["result"], read["result"]);

        let path = format!("/v1/forecasts/{}", read["id"].as_str().unwrap());
        assert_eq!(service.get(&of_dorset(Role::DetectiveInspector, &[]), &path).json()["result"], read["result"]);
        for other in [of_dorset(Role::Supervisor, &["poole"]), persona(Role::DetectiveInspector, &[])] {
            assert_eq!(service.get(&other, &path).code(), "not_found");
        }
        assert_eq!(service.get(&of_dorset(Role::OffenderManager, &["west"]), &path).code(), "forbidden");
        // Who has passed to another team is no longer named.
        let named = |read: &Value| -> Vec<Value> {
            let rows = read["result"]["teams"][0]["baseline"]["not_plannable"].as_array().unwrap().iter();
            rows.map(|row| row["offender_ref"].clone()).collect()
        };
        let gone = named(&read)[0].clone();
        let mut moved = feed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|event| event["type"] == "records.offender.v1" && event["subject"] == gone)
            .unwrap();
        (moved["id"], moved["time"]) = (json!("moved"), json!("2021-04-15T06:00:00Z"));
        moved["data"]["team_ref"] = json!("poole");
        import(store, &moved.to_string());
        let now = service.get(&supervisor, &path).json();
        assert_eq!(named(&now), named(&read)[1..]);
        let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
        let told = |act: &str| entries.iter().filter(|entry| entry.act == act).count();
        assert_eq!((told("forecast.request"), told("forecast.made")), (2, 2));
        assert!(told("forecast.read") >= 3);
        let refused = entries.iter().find(|entry| entry.act == "access.refused").unwrap();
        assert_eq!(refused.detail, json!({ "act": "forecast.read", "why": "out_of_scope" }));
    });
}

#[test]
fn an_inspector_asks_of_every_team_what_clears_the_backlog_and_how_many_officers_it_takes() {
    on_both_databases(|store| {
        set_up(store);
        let body = json!({ "weeks": 2, "seed": 1, "iterations": 5, "clear_backlog": true, "staffing": true });
        let read = run(store).foresee(&inspector(), &body);
        let teams = read["result"]["teams"].as_array().unwrap();
        assert!(
            ["north", "south"].iter().all(|team| read["team_refs"].as_array().unwrap().contains(&json!(team))),
            "{read}"
        );
        assert_eq!(teams.len(), read["team_refs"].as_array().unwrap().len());
        for team in teams {
            // Nobody of the caseload's officers has shifts: nothing is planned, and no number of such officers would help.
            assert_eq!(sum(&team["baseline"], "/all/planned"), 0, "{team}");
            assert_eq!((&team["staffing"]["present"], &team["backlog"]["moves"]), (&json!(0), &json!([])), "{team}");
            let is_missed = team["backlog"]["visits"].as_i64().unwrap() > 0;
            assert_eq!(
                team["staffing"]["undisturbed"]["least"],
                if is_missed { Value::Null } else { json!(0) },
                "{team}"
            );
            let sources: Vec<&Value> =
                team["staffing"]["assumptions"].as_array().unwrap().iter().map(|one| &one["source"]).collect();
            assert!(sources.contains(&&json!("policy")) && sources.contains(&&json!("design")), "{team}");
        }
    });
}

#[test]
fn what_cannot_be_foreseen_is_refused_with_its_place() {
    on_both_databases(|store| {
        set_up(store);
        let (service, supervisor) = (run(store), supervisor());
        let change = |change: Value| json!({ "team_ref": "north", "changes": [change] });
        let days = json!({ "from": "2021-04-20", "until": "2021-04-21" });
        let absent = |officer: &str| json!({ "change": "absent", "officer_ref": officer, "from": days["from"], "until": days["until"] });
        let released = |count: u32| json!({ "change": "releases", "count": count, "from": "2021-04-20" });
        for (body, code, pointer) in [
            (json!({ "team_ref": "north", "weeks": 0 }), "invalid_body", Some("/weeks")),
            (json!({ "team_ref": "north", "weeks": 14 }), "invalid_body", Some("/weeks")),
            (json!({ "team_ref": "north", "iterations": 20_001 }), "invalid_body", Some("/iterations")),
            (json!({ "team_ref": "north", "seed": u64::MAX }), "invalid_body", Some("/seed")),
            (json!({ "team_ref": "north", "from": "2021-04-14" }), "invalid_body", Some("/from")),
            (json!({ "team_ref": "north", "from": "2023-04-14" }), "invalid_body", Some("/from")),
            (json!({ "team_ref": "north", "until": "2021-05-01" }), "unknown_member", None),
            (json!({ "team_ref": "nowhere" }), "not_found", Some("/team_ref")),
            (json!({ "team_ref": "south" }), "not_found", Some("/team_ref")),
            (change(json!({ "change": "moved_on" })), "invalid_body", None),
            (change(absent("om-s")), "unknown_reference", Some("/changes/0/officer_ref")),
            (
                change(json!({ "change": "released", "offender_ref": "n-1", "on": "2021-04-20" })),
                "unknown_reference",
                Some("/changes/0/offender_ref"),
            ),
            (
                change(json!({ "change": "leaves", "officer_ref": "om-n", "last_day": "2021-04-01" })),
                "not_acceptable",
                Some("/changes/0/last_day"),
            ),
            // So many people make each plan as long as those of several forces.
            (
                json!({ "team_ref": "north", "changes": [released(300), released(201)] }),
                "not_acceptable",
                Some("/changes/1/count"),
            ),
            (json!({ "team_ref": "north", "changes": vec![released(1); 101] }), "not_acceptable", Some("/changes")),
        ] {
            let refused = service.ask(&supervisor, &body);
            assert_eq!(refused.code(), code, "{body}: {}", refused.text);
            assert_eq!(refused.json().get("pointer").and_then(Value::as_str), pointer, "{body}");
        }
        let nowhere = "/v1/forecasts/01900000-0000-7000-8000-000000000000";
        assert_eq!(service.get(&supervisor, nowhere).code(), "not_found");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let last = entries.iter().rfind(|entry| entry.act == "access.refused").unwrap();
        assert_eq!(last.detail, json!({ "act": "forecast.read", "why": "not_known" }));
    });
}

/// Keeps a forecast of north that somebody asked for and nobody is at.
fn waiting(store: &Store, by: &str) -> Uuid {
    let (id, at) = (Uuid::now_v7(), instant("2021-04-15T08:00:00Z"));
    let (teams, offenders) = (["north".to_owned().try_into().unwrap()].into(), [].into());
    let new = NewForecast {
        id,
        force: "wessex",
        teams: &teams,
        offenders: &offenders,
        input: "{}",
        steps: 1,
        requested_at: at,
        requested_by: by,
    };
    store.transaction_that_writes(|connection| forecast::request(connection, &new)).unwrap();
    id
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

#[test]
fn no_more_forecasts_are_asked_for_than_may_be_waiting_at_a_time() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({ "team_ref": "north", "weeks": 1, "iterations": 0 });
        let asked_by = service.foresee(&supervisor(), &body)["requested_by"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            waiting(store, &asked_by);
        }
        let refused = service.ask(&supervisor(), &body);
        assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_forecasts"));
        assert_eq!(service.foresee(&inspector(), &body)["state"], "done", "another person may ask");
        for _ in 2..8 {
            waiting(store, "person:somebody");
        }
        assert_eq!(service.ask(&inspector(), &body).code(), "too_many_forecasts");
    });
}

#[test]
fn a_forecast_over_which_a_process_died_three_times_is_given_up() {
    on_both_databases(|store| {
        set_up(store);
        let (id, service) = (waiting(store, "person:somebody"), run(store));
        let (now, until) = (instant("2021-04-15T07:00:00Z"), instant("2021-04-15T07:10:00Z"));
        for minutes in 0..3 {
            let later = chrono::TimeDelta::minutes(minutes * 11);
            let died = store
                .transaction_that_writes(|connection| {
                    forecast::lease(connection, id, "dead", (now + later, until + later))
                })
                .unwrap();
            assert!(died.is_some());
        }
        assert!(make(store, scenario_clock(), &Actor::Operator, id, &|_, _| {}).unwrap().is_none());
        let read = service.get(&supervisor(), &format!("/v1/forecasts/{id}")).json();
        assert_eq!((&read["state"], &read["error_code"]), (&json!("failed"), &json!("forecast_failed")));
    });
}

#[test]
fn figures_tell_nothing_of_a_case_that_is_hidden() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({ "team_ref": "north", "weeks": 13, "seed": 1, "iterations": 0, "clear_backlog": true, "staffing": true });
        let due = |read: &Value| {
            let team = &read["result"]["teams"][0];
            sum(&team["baseline"], "/all/due")
                + i64::try_from(team["baseline"]["not_plannable"].as_array().unwrap().len()).unwrap()
        };
        let before = service.foresee(&supervisor(), &body);
        let earlier = format!("/v1/forecasts/{}", before["id"].as_str().unwrap());
        assert_eq!(service.get(&other_supervisor(), &earlier).code(), "not_found");

        let restriction = json!({ "restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented" });
        let reply = service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &restriction);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let (hidden, whole) = (service.foresee(&supervisor(), &body), service.foresee(&inspector(), &body));
        assert!(due(&hidden) < due(&before) && due(&whole) == due(&before), "{hidden} {before}");
        assert!(!hidden["result"].to_string().contains("\"n-1\""), "{hidden}");

        // What counts the case is found by nobody who may not see it; what does not, by both.
        let path = |read: &Value| format!("/v1/forecasts/{}", read["id"].as_str().unwrap());
        assert_eq!(service.get(&supervisor(), &path(&whole)).code(), "not_found");
        assert_eq!(service.get(&other_inspector(), &path(&whole)).code(), "not_found");
        assert_eq!(
            service.get(&supervisor(), &earlier).code(),
            "not_found",
            "it was made before the case was restricted"
        );
        assert_eq!(service.get(&inspector(), &path(&hidden)).json()["result"], hidden["result"]);
        // A change that names the case is refused as one that names nobody.
        let level = |offender: &str| {
            let interval = json!({ "interval_days": 30, "earliest_after_days": 20, "latest_after_days": 40 });
            let change = json!({ "change": "level", "offender_ref": offender, "risk": "high", "interval": interval });
            let refused = service.ask(&supervisor(), &json!({ "team_ref": "north", "changes": [change] }));
            let told = refused.json();
            [&told["code"], &told["detail"], &told["pointer"]].map(ToString::to_string)
        };
        assert_eq!(level("n-1"), level("n-99"));
        assert_eq!(level("n-1")[0], "\"unknown_reference\"");
    });
}
