//! `plan` and `check` on the command line: the same seed gives the same bytes, on either database and
//! from a snapshot alone; the checker condemns what is broken.

use std::process::Output;

use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::roads::RoadService;
use mosovo_visits::casework::schedules::ScheduleError;
use mosovo_visits::casework::schedules::accept::accept;
use mosovo_visits::casework::schedules::propose::{PlanRequest, carry_out, request, snapshots};
use mosovo_visits::domain::calendar::CivilDate;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::planning::search::Budget;
use mosovo_visits::planning::take::Stay;
use mosovo_visits::store::scope::Scope;
use serde_json::Value;

use crate::support::osrm::{Behaviour, Osrm};
use crate::support::{Scratch, holding_dorset, import, on_both_databases_by_url, program};

/// Runs a command on a database, on the day of the scenario.
fn run(url: &str, arguments: &[&str]) -> Output {
    program(url, arguments).env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00").output().unwrap()
}

fn printed(url: &str, arguments: &[&str]) -> String {
    let output = run(url, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_forecast_is_the_same_from_the_database_and_of_the_days_of_a_snapshot_alone() {
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let snapshots = Scratch::new();
        printed(
            url,
            &["plan", "--days", "14", "--team", "west", "--iterations", "0", "--snapshot-out", snapshots.path()],
        );
        let json = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let asked = ["--iterations", "10", "--seed", "4", "--format", "json"];
        let from_database = ["forecast", "--team", "west", "--weeks", "2", "--force", "dorset"];
        let told = json(printed(url, &[&from_database[..], &asked].concat()));
        let nowhere = "sqlite:///nowhere/at/all.sqlite";
        let alone = ["forecast", "--snapshot", snapshots.path()];
        assert_eq!(told, json(printed(nowhere, &[&alone[..], &asked].concat())));
        assert!(told["teams"][0]["baseline"]["weeks"][1]["all"]["planned"].as_i64().unwrap() > 0);

        let changes = Scratch::holding(r#"[{"change": "vacancy_filled", "from": "2021-04-19"}]"#);
        let changed = json(printed(nowhere, &[&alone[..], &["--changes", changes.path()], &asked].concat()));
        let more = |week: usize| changed["teams"][0]["difference"][week]["crew_days_available"].as_i64().unwrap();
        assert!(more(0) + more(1) >= 0 && changed["teams"][0]["changed"] != changed["teams"][0]["baseline"]);
        let text = printed(nowhere, &[&alone[..], &["--changes", changes.path(), "--iterations", "10"]].concat());
        assert!(text.contains("under the changes") && text.contains("2021-04-16"), "{text}");
        let wrong = Scratch::holding(
            r#"[{"change": "absent", "officer_ref": "x", "from": "2021-04-19", "until": "2021-04-19"}]"#,
        );
        let refused = run(nowhere, &[&alone[..], &["--changes", wrong.path()]].concat());
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && told.contains("/changes/0/officer_ref"), "{told}");
    });
}

const PLAN: [&str; 7] = ["plan", "--days", "28", "--iterations", "60", "--format", "json"];

#[test]
fn the_same_seed_gives_the_same_bytes_and_the_checker_finds_nothing() {
    let mut all = Vec::new();
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let snapshots = Scratch::new();
        let plan = printed(url, &[&PLAN[..], &["--snapshot-out", snapshots.path()]].concat());
        assert_eq!(plan, printed(url, &PLAN));
        let replayed = ["plan", "--snapshot", snapshots.path(), "--iterations", "60", "--format", "json"];
        assert_eq!(plan, printed("sqlite:///nowhere/at/all.sqlite", &replayed));
        let proposal = Scratch::holding(&plan);
        let checked = printed(url, &["check", "--snapshot", snapshots.path(), proposal.path()]);
        assert!(
            checked.starts_with("3 proposals checked, no rule broken\nHow unannounced visits could be guessed:\n"),
            "{checked}"
        );
        all.push(plan);
    });
    assert!(all.iter().all(|plan| Some(plan) == all.first()), "the two databases plan alike");

    let plan: Value = serde_json::from_str(&all[0]).unwrap();
    let (mut due, mut planned) = (0, 0);
    for proposal in plan["proposals"].as_array().unwrap() {
        let (visits, unplaced) = (proposal["visits"].as_array().unwrap(), proposal["unplaced"].as_array().unwrap());
        due += visits.len() + unplaced.len();
        planned += visits.len();
        for visit in visits {
            let text = |pointer: &str| visit.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            assert!(text("/date") >= text("/window/earliest"), "{visit}");
            let counted = matches!(text("/why/rule").as_str(), "plan_interval" | "plan_step" | "after_planned_visit");
            assert_eq!(visit.pointer("/why/plan_ref").unwrap().is_string(), counted, "{visit}");
            assert!(!text("/why/fact").is_empty() && text("/why/counted_from") <= text("/date"));
        }
        for row in unplaced {
            assert!(row["detail"].is_string() && row["smallest_change"]["text"].is_string(), "{row}");
        }
    }
    assert_eq!((plan["summary"]["due"].clone(), plan["summary"]["planned"].clone()), (due.into(), planned.into()));
    assert!(planned > 100, "{planned}");
}

#[test]
fn the_checker_exits_1_with_a_list_and_2_where_it_cannot_judge() {
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let snapshot = Scratch::new();
        let team =
            ["plan", "--team", "west", "--iterations", "0", "--format", "json", "--snapshot-out", snapshot.path()];
        let mut plan: Value = serde_json::from_str(&printed(url, &team)).unwrap();
        assert_eq!(plan["team_ref"], "west", "one team alone is one proposal");
        plan["visits"][0]["date"] = "2021-07-01".into();
        let broken = Scratch::holding(&plan.to_string());
        let output = run(url, &["check", "--snapshot", snapshot.path(), broken.path()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stdout).unwrap().contains("window: "));
        let nonsense = Scratch::holding("{}");
        assert_eq!(run(url, &["check", "--snapshot", snapshot.path(), nonsense.path()]).status.code(), Some(2));
        assert_eq!(run(url, &["plan", "--team", "nowhere"]).status.code(), Some(2));
        assert_eq!(run(url, &["plan", "--force", "nowhere"]).status.code(), Some(2));
        let nothing = Scratch::holding(
            r#"{"proposals": [], "summary": {"due": 0, "planned": 0, "unplaced": 0,
            "unplaced_by_reason": {}, "overdue": 0, "with_own_manager": 0, "crew_days": 0, "travel_seconds": 0}}"#,
        );
        assert_eq!(run(url, &["check", "--snapshot", snapshot.path(), nothing.path()]).status.code(), Some(1));
    });
}

#[test]
fn a_plan_with_a_road_service_is_made_again_from_its_snapshot_and_other_road_times_are_refused() {
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let osrm = Osrm::start(Behaviour::Tells(Some("map-1")));
        let with_roads = |arguments: &[&str]| {
            let output = program(url, arguments)
                .env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00")
                .env("MOSOVO__ROADS__URL", osrm.url())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let kept = Scratch::new();
        let plan = ["plan", "--team", "west", "--iterations", "20", "--format", "json", "--snapshot-out", kept.path()];
        let planned = with_roads(&plan);
        let proposal: Value = serde_json::from_str(&planned).unwrap();
        assert_eq!(proposal["roads"]["model"], "osrm");
        assert!(!osrm.asked().is_empty());
        let replayed = ["plan", "--snapshot", kept.path(), "--iterations", "20", "--format", "json"];
        assert_eq!(planned, printed("sqlite:///nowhere/at/all.sqlite", &replayed));
        assert_eq!(osrm.asked(), [""; 0]);

        let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(kept.path()).unwrap()).unwrap();
        snapshot["roads"]["matrix"].as_array_mut().unwrap().pop();
        let broken = Scratch::holding(&snapshot.to_string());
        let refused = run(url, &["plan", "--snapshot", broken.path()]);
        assert_eq!(refused.status.code(), Some(2));
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains("team west") && told.contains("/roads/matrix: has "), "{told}");

        osrm.behave(Behaviour::Says("500 Internal Server Error", ""));
        let told = with_roads(&["plan", "--team", "west", "--iterations", "0"]);
        assert!(told.contains("the road service could not be used (service_error)"), "{told}");
    });
}

#[test]
fn every_planned_visit_is_explained_from_files_alone() {
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let snapshots = Scratch::new();
        let plan = printed(url, &[&PLAN[..], &["--snapshot-out", snapshots.path()]].concat());
        let proposals = Scratch::holding(&plan);
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let nowhere = "sqlite:///nowhere/at/all.sqlite";
        let explain = ["explain", "--snapshot", snapshots.path(), proposals.path()];
        let told = printed(nowhere, &explain);
        assert_eq!(told.lines().count().to_string(), plan["summary"]["planned"].to_string());
        let offender = plan["proposals"][0]["visits"][0]["offender_ref"].as_str().unwrap();
        let one = printed(nowhere, &[&explain[..], &["--offender", offender, "--format", "json"]].concat());
        let one: Value = serde_json::from_str(&one).unwrap();
        let explained = one["explanations"].as_array().unwrap();
        assert!(!explained.is_empty() && explained.iter().all(|choice| choice["offender_ref"] == offender), "{one}");
        for reason in ["/day_chosen/reason", "/crew_chosen/reason", "/hour_chosen/reason"] {
            assert!(explained[0].pointer(reason).is_some_and(Value::is_string), "{reason}: {one}");
        }
        assert_eq!(run(nowhere, &[&explain[..], &["--offender", "nobody"]].concat()).status.code(), Some(2));
        let mut other = plan;
        other["proposals"][0]["snapshot_sha256"] = "0".into();
        let other = Scratch::holding(&other.to_string());
        assert_eq!(run(nowhere, &["explain", "--snapshot", snapshots.path(), other.path()]).status.code(), Some(2));
    });
}

#[test]
fn a_proposal_accepted_on_the_command_line_is_the_parent_of_the_next() {
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let plan = ["plan", "--team", "west", "--iterations", "5", "--format", "json", "--accept"];
        let first: Value = serde_json::from_str(&printed(url, &plan)).unwrap();
        let second: Value = serde_json::from_str(&printed(url, &plan)).unwrap();
        assert_eq!((&first["parent_id"], &second["parent_id"]), (&Value::Null, &first["id"]));
    });
}

#[test]
fn a_visit_planned_for_today_is_counted_on_when_the_days_after_are_planned() {
    on_both_databases_by_url(|url| {
        let store = holding_dorset(url);
        let team = Ref::new("west").unwrap();
        let at = |instant: &str| Clock::FixedAt(instant.parse().unwrap());
        let plan = |from: &str| PlanRequest {
            from: from.parse().unwrap(),
            days: 14,
            budget: Budget { seed: 1, iterations: 20 },
            stay: Stay::Near,
        };
        let (evening, operator) = (at("2021-04-15T20:00:00Z"), Actor::Operator);
        let scope = Scope::whole("dorset");
        let asked =
            request(&store, evening, &RoadService::default(), &operator, &scope, Some(&team), plan("2021-04-16"))
                .unwrap();
        let proposal = carry_out(&store, evening, &operator, &asked, |_, _| {}).unwrap().remove(0);
        accept(&store, evening, &operator, &scope, proposal.id, None).unwrap();

        let night = at("2021-04-16T01:00:00Z");
        let snapshot = snapshots(&store, night, &RoadService::default(), &scope, Some(&team), plan("2021-04-17"))
            .unwrap()
            .remove(0);
        let friday: CivilDate = "2021-04-16".parse().unwrap();
        let today: Vec<_> = proposal.visits.iter().filter(|visit| visit.date == friday).collect();
        assert!(!today.is_empty());
        for visit in today {
            let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == visit.offender_ref);
            assert!(demand.is_none_or(|demand| demand.why.counted_from == friday && demand.window.earliest > friday));
        }
        let refused = |id, at| accept(&store, at, &operator, &scope, id, None).err().unwrap();
        let propose = |days| {
            let plan = PlanRequest { days, ..plan("2021-04-17") };
            let asked = request(&store, night, &RoadService::default(), &operator, &scope, Some(&team), plan).unwrap();
            carry_out(&store, night, &operator, &asked, |_, _| {}).unwrap().remove(0).id
        };
        let short = propose(3);
        assert!(matches!(refused(short, night), ScheduleError::EndsTooEarly(_)), "later visits would be lost");
        let long = propose(14);
        assert!(matches!(refused(long, at("2021-04-18T09:00:00Z")), ScheduleError::OutOfDate));
        accept(&store, night, &operator, &scope, long, None).unwrap();

        // A visit of this morning that failed is due again, not counted on.
        let failed = proposal.visits.iter().find(|visit| visit.date == friday).unwrap();
        let visit = serde_json::json!({
            "specversion": "1.0", "id": "failed-1", "source": "/records/dorset", "type": "records.visit.v1",
            "subject": "failed-1", "time": "2021-04-16T10:00:00Z", "data": {
                "offender_ref": failed.offender_ref, "attempted_at": "2021-04-16T10:00:00Z", "mode": "home",
                "outcome": "no_reply", "officer_refs": failed.crew, "address_ref": failed.address_ref,
            },
        });
        import(&store, &visit.to_string());
        let noon = at("2021-04-16T12:00:00Z");
        let snapshot = snapshots(&store, noon, &RoadService::default(), &scope, Some(&team), plan("2021-04-17"))
            .unwrap()
            .remove(0);
        let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == failed.offender_ref).unwrap();
        assert_ne!(demand.why.counted_from, friday);
        let past = snapshots(&store, night, &RoadService::default(), &scope, Some(&team), plan("2021-04-15"));
        assert!(matches!(past, Err(ScheduleError::InThePast)));
    });
}
