//! A supervisor moves a planned visit: told what speaks against it, refused, kept with a reason, and free again.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::planning::checker::{Rule, judge};
use mosovo_visits::planning::proposal::Proposal;
use mosovo_visits::planning::snapshot::Snapshot;
use mosovo_visits::store::scope::Scope;
use mosovo_visits::store::{Store, audit, schedule};
use serde_json::{Value, json};

use crate::support::http::{Reply, Running, persona, run};
use crate::support::{fixture, import, on_both_databases};

fn of_dorset(role: Role, teams: &[&str]) -> Grants {
    let officer_ref = (role == Role::Supervisor).then(|| "ds-west".to_owned().try_into().unwrap());
    Grants { force: Some("dorset".to_owned()), officer_ref, ..persona(role, teams) }
}

fn supervisor() -> Grants {
    of_dorset(Role::Supervisor, &["west"])
}

/// A proposal for west, once it is planned.
fn propose(service: &Running, seed: u64) -> Reply {
    let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": seed, "iterations": 20 });
    let asked = service.act(&supervisor(), "/v1/schedules", None, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let location = asked.header("location").unwrap().to_owned();
    (0..100_000).map(|_| service.get(&supervisor(), &location)).find(|read| read.json()["state"] != "planning").unwrap()
}

fn path(read: &Reply, act: &str) -> String {
    format!("/v1/schedules/{}/{act}", read.json()["id"].as_str().unwrap())
}

/// Something done to a schedule as it was read.
fn act_on(service: &Running, read: &Reply, act: &str, body: &Value) -> Reply {
    service.act(&supervisor(), &path(read, act), read.header("etag"), body)
}

fn visits(read: &Reply) -> Vec<Value> {
    read.json()["visits"].as_array().unwrap().clone()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

/// So many minutes after the end of a visit.
fn after(visit: &Value, minutes: u32) -> String {
    let (hours, past) = text(visit, "end").split_once(':').unwrap();
    let minutes = hours.parse::<u32>().unwrap() * 60 + past.parse::<u32>().unwrap() + minutes;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn codes(advice: &Value) -> Vec<&str> {
    advice["broken"].as_array().unwrap().iter().map(|broken| text(broken, "rule")).collect()
}

/// A move that breaks these rules and no others, as the checks of the service tell.
fn a_move(service: &Running, read: &Reply, rules: &[&str]) -> (Value, Value) {
    let all = visits(read);
    let asks_two = |visit: &&Value| visit["crew"].as_array().unwrap().len() == 2;
    let read_as = read.json();
    let latest = |visit: &Value| visit["window"]["latest"].as_str().unwrap().to_owned();
    // A window that has passed already is kept on any day.
    let is_open = |visit: &&Value| latest(visit).as_str() >= text(&read_as["horizon"], "from");
    let is_late = |visit: &Value, other: &Value| *text(other, "date") > *latest(visit);
    let pairs = all
        .iter()
        .filter(asks_two)
        .filter(is_open)
        .flat_map(|visit| all.iter().filter(asks_two).map(move |other| (visit, other)));
    pairs
        .filter(|(visit, other)| {
            visit["offender_ref"] != other["offender_ref"] && is_late(visit, other) != rules.is_empty()
        })
        .map(|(visit, other)| {
            json!({
                "offender_ref": visit["offender_ref"], "from_date": visit["date"],
                "to": { "date": other["date"], "start": after(other, 45), "crew": other["crew"] },
            })
        })
        .take(300)
        .find_map(|body| {
            let checked = service.act(&supervisor(), &path(read, "moves/check"), None, &body);
            assert_eq!(checked.status, 200, "{}", checked.text);
            let advice = checked.json();
            (codes(&advice) == rules).then_some((body, advice))
        })
        .unwrap()
}

fn is_where_put(visit: &Value, body: &Value) -> bool {
    visit["offender_ref"] == body["offender_ref"]
        && ["date", "start", "crew"].iter().all(|member| visit[member] == body["to"][member])
}

/// What is stored of a schedule.
fn stored(store: &Store, read: &Reply) -> (Snapshot, Proposal) {
    let id = text(&read.json(), "id").parse().unwrap();
    store
        .transaction(|connection| -> Result<_, mosovo_visits::store::error::StoreError> {
            let stored = schedule::proposal(connection, &Scope::whole("dorset"), id)?.unwrap();
            Ok((schedule::snapshot(connection, &stored.snapshot_sha256)?, stored.document.unwrap()))
        })
        .map(|(snapshot, document)| {
            (serde_json::from_str(&snapshot).unwrap(), serde_json::from_str(&document).unwrap())
        })
        .unwrap()
}

#[test]
fn a_move_out_of_its_window_is_advised_against_and_kept_with_a_reason_until_it_is_lifted() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let first = propose(&service, 1);
        let (body, advice) = a_move(&service, &first, &["window"]);
        assert_eq!(advice["broken"][0]["may_be_set_aside"], true);
        assert!(advice["before"]["lateness"].is_u64() && advice["after"]["lateness"].is_u64(), "{advice}");
        assert!(advice["window"].is_object(), "{advice}");

        let refused = act_on(&service, &first, "moves", &body);
        assert_eq!((refused.status, refused.code().as_str()), (409, "advised_against"));
        assert_eq!(refused.json()["rules"], json!(["window"]));
        let mut kept = body.clone();
        kept["keep_against_advice"] = json!({ "reason": "Invented: away at a funeral" });
        assert_eq!(service.act(&supervisor(), &path(&first, "moves"), None, &kept).code(), "precondition_required");
        assert_eq!(
            service.act(&supervisor(), &path(&first, "moves"), Some("\"9\""), &kept).code(),
            "precondition_failed"
        );
        let made = act_on(&service, &first, "moves", &kept);
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.header("location").unwrap(), path(&made, "").trim_end_matches('/'));
        assert_eq!((&made.json()["parent_id"], &made.json()["state"]), (&Value::Null, &json!("proposed")));
        let moved = visits(&made).into_iter().find(|visit| is_where_put(visit, &body)).unwrap();
        assert_eq!(moved["pinned"]["by"], "supervisor:invented-supervisor");
        assert_eq!(moved["pinned"]["against_advice"]["rules"], json!(["window"]));
        assert_eq!(moved["pinned"]["against_advice"]["reason"], "Invented: away at a funeral");
        let others = advice["others"].as_array().unwrap();
        for before in visits(&first) {
            let stays = visits(&made).iter().any(|after| {
                ["offender_ref", "date", "start", "crew"].iter().all(|member| after[member] == before[member])
            });
            let is_told = others.iter().any(|other| other["offender_ref"] == before["offender_ref"]);
            assert!(stays || is_told || before["offender_ref"] == body["offender_ref"], "{before}");
        }
        let (snapshot, proposal) = stored(store, &made);
        let judged = judge(&snapshot, &proposal);
        let told: Vec<Rule> = judged.kept_against_advice.iter().map(|kept| kept.rule).collect();
        assert_eq!((judged.violations, told), (vec![], vec![Rule::Window]));

        let explained = |query: &str| service.get(&supervisor(), &path(&made, &format!("explanations{query}"))).json();
        assert_eq!(explained("")["items"].as_array().unwrap().len(), visits(&made).len());
        let query = format!("?offender_ref={}&date={}", text(&moved, "offender_ref"), text(&moved, "date"));
        let told = &explained(&query)["items"][0];
        for chosen in ["day_chosen", "crew_chosen", "hour_chosen"] {
            assert_eq!(told[chosen]["reason"], "pinned", "{told}");
        }
        assert!(text(told, "text").contains("supervisor:invented-supervisor"));

        let accepted = act_on(&service, &made, "accept", &json!({}));
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        assert_eq!(act_on(&service, &first, "moves", &kept).code(), "stale_parent");
        let list =
            format!("/v1/officers/{}/daily-list?date={}", moved["crew"][0].as_str().unwrap(), text(&moved, "date"));
        let listed = service.get(&supervisor(), &list).json();
        assert!(
            listed["visits"].as_array().unwrap().iter().any(|visit| visit["pinned"] == moved["pinned"]),
            "{listed}"
        );

        // Planned anew it stays, until the person lets it go.
        let next = propose(&service, 7);
        assert!(visits(&next).iter().any(|visit| is_where_put(visit, &body) && visit["pinned"] == moved["pinned"]));
        let pin = json!({ "offender_ref": body["offender_ref"], "date": moved["date"] });
        let lifted = act_on(&service, &accepted, "lift-pin", &pin);
        assert_eq!((lifted.status, &lifted.json()["parent_id"]), (201, &accepted.json()["id"]), "{}", lifted.text);
        assert!(visits(&lifted).iter().all(|visit| visit["pinned"].is_null() && !is_where_put(visit, &body)));
        assert_eq!(act_on(&service, &lifted, "accept", &json!({})).status, 200);
        assert!(visits(&propose(&service, 8)).iter().all(|visit| visit["pinned"].is_null()));
        let current = service.get(&supervisor(), path(&lifted, "").trim_end_matches('/'));
        let other = visits(&current).into_iter().next().unwrap();
        let pin = json!({ "offender_ref": other["offender_ref"], "date": other["date"] });
        assert_eq!(act_on(&service, &current, "lift-pin", &pin).code(), "wrong_state");

        let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
        let of = |act: &str| entries.iter().filter(|entry| entry.act == act).collect::<Vec<_>>();
        assert_eq!((of("schedule.move").len(), of("schedule.lift_pin").len()), (1, 1));
        assert_eq!(of("schedule.move")[0].detail["rules"], json!(["window"]));
        assert_eq!(of("act.refused")[0].detail["why"], "advised_against");
        assert!(entries.iter().all(|entry| !entry.detail.to_string().contains("funeral")), "no words in the audit");
    });
}

#[test]
fn what_nobody_may_set_aside_is_refused_and_another_teams_visits_are_not_there() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let first = propose(&service, 1);
        let (body, advice) = a_move(&service, &first, &[]);
        assert!(advice["after"].is_object() && advice["window"].is_object(), "{advice}");
        let with = |member: &str, value: Value| {
            let mut body = body.clone();
            body["to"][member] = value;
            body["keep_against_advice"] = json!({ "reason": "invented" });
            act_on(&service, &first, "moves", &body)
        };
        let rules = |refused: &Reply| {
            assert_eq!(refused.code(), "move_refused");
            refused.json()["rules"]
                .as_array()
                .unwrap()
                .iter()
                .map(|rule| rule.as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(rules(&with("crew", json!([body["to"]["crew"][0]]))).contains(&"single_crew".to_owned()));
        let strangers = json!([body["to"]["crew"][0], "om-nobody"]);
        assert!(rules(&with("crew", strangers)).contains(&"officer_not_on_duty".to_owned()));
        assert!(rules(&with("date", json!("2021-05-20"))).contains(&"outside_horizon".to_owned()));
        assert!(rules(&with("start", json!("02:00"))).contains(&"crew_day_full".to_owned()));
        let twice = with("crew", json!([body["to"]["crew"][0], body["to"]["crew"][0]]));
        assert_eq!((twice.code().as_str(), &twice.json()["pointer"]), ("invalid_body", &json!("/to/crew")));
        let mut wordless = body.clone();
        wordless["keep_against_advice"] = json!({ "reason": "  " });
        assert_eq!(act_on(&service, &first, "moves", &wordless).code(), "invalid_body");
        let mut nobody = body.clone();
        nobody["offender_ref"] = json!("rso-nobody");
        let unknown = act_on(&service, &first, "moves", &nobody);
        assert_eq!((unknown.code().as_str(), &unknown.json()["pointer"]), ("not_found", &json!("/offender_ref")));

        let other = of_dorset(Role::Supervisor, &["poole"]);
        for act in ["moves", "moves/check"] {
            assert_eq!(service.act(&other, &path(&first, act), first.header("etag"), &body).code(), "not_found");
        }
        assert_eq!(service.get(&other, &path(&first, "explanations")).code(), "not_found");
        let manager = of_dorset(Role::OffenderManager, &["west"]);
        assert_eq!(service.act(&manager, &path(&first, "moves"), first.header("etag"), &body).code(), "forbidden");

        // What nothing speaks against needs no reason. An officer who falls ill makes it impossible: that is told.
        let made = act_on(&service, &first, "moves", &body);
        assert_eq!(made.status, 201, "{}", made.text);
        assert!(
            visits(&made).iter().any(|visit| is_where_put(visit, &body) && visit["pinned"]["against_advice"].is_null())
        );
        assert_eq!(act_on(&service, &made, "accept", &json!({})).status, 200);
        let away = json!({ "from": body["to"]["date"], "until": body["to"]["date"], "reason": "sickness" });
        let officer = body["to"]["crew"][0].as_str().unwrap();
        assert_eq!(service.act(&supervisor(), &format!("/v1/officers/{officer}/absences"), None, &away).status, 200);
        let next = propose(&service, 3).json();
        let dropped = &next["dropped_pins"][0];
        assert_eq!(
            (&dropped["pin"]["offender_ref"], &dropped["rules"]),
            (&body["offender_ref"], &json!(["officer_not_on_duty"]))
        );
        assert_eq!(
            next["summary"]["due"],
            next["summary"]["planned"].as_u64().unwrap() + next["summary"]["unplaced"].as_u64().unwrap()
        );
    });
}

#[test]
fn an_officer_whom_a_case_shuts_out_since_it_was_planned_is_not_sent_to_it() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let read = propose(&service, 1);
        let inspector = Grants {
            officer_ref: Some("di-1".to_owned().try_into().unwrap()),
            ..of_dorset(Role::DetectiveInspector, &[])
        };
        let excludes = |visit: &Value, officer: &Value| {
            let path = format!("/v1/offenders/{}/access-restriction", text(visit, "offender_ref"));
            let body = json!({ "restricted_to": [], "excluded": [officer], "reason": "invented" });
            service.act(&inspector, &path, None, &body).status == 200
        };
        // Nobody is shut out of the cases that they manage.
        let (visit, officer) = visits(&read)
            .into_iter()
            .filter(|visit| visit["crew"].as_array().unwrap().len() == 2)
            .find_map(|visit| {
                let crew = visit["crew"].as_array().unwrap().clone();
                let officer = crew.into_iter().find(|officer| excludes(&visit, officer))?;
                Some((visit, officer.as_str().unwrap().to_owned()))
            })
            .unwrap();
        let accepted = act_on(&service, &read, "accept", &json!({}));
        assert_eq!((accepted.status, accepted.code().as_str()), (409, "access_changed"), "{}", accepted.text);
        let body = json!({
            "offender_ref": visit["offender_ref"], "from_date": visit["date"],
            "to": { "date": visit["date"], "start": visit["start"], "crew": visit["crew"] },
        });
        let checked = service.act(&supervisor(), &path(&read, "moves/check"), None, &body).json();
        assert!(codes(&checked).contains(&"limited_access"), "{checked}");
        assert_eq!(act_on(&service, &read, "moves", &body).code(), "move_refused");
        // A new proposal keeps the officer from the case, and is accepted.
        let anew = propose(&service, 1);
        let is_sent =
            |of: &Value| of["offender_ref"] == visit["offender_ref"] && of["crew"].to_string().contains(&officer);
        assert!(!visits(&anew).iter().any(is_sent));
        assert_eq!(act_on(&service, &anew, "accept", &json!({})).status, 200);
    });
}
