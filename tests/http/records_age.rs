//! How old the records are: told with what is read of them, flagged once nothing has come for a day, and not any more once something comes.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::timetable::JobName;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::casework::{inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Running, of_force, persona, run, run_at, timetable};
use crate::support::on_both_databases;

const CODE: &str = "records_system_stale";

/// A day after the caseload came, and a second.
const STALE: &str = "2021-04-16T08:00:01Z";

fn flags(service: &Running, reader: &Grants, filter: &str) -> Vec<Value> {
    service.get(reader, &format!("/v1/flags?code={CODE}{filter}")).json()["items"].as_array().unwrap().clone()
}

/// Runs the job that brings flags up to date, at a time.
fn pending_flags(store: &Store, now: &str) {
    let (clock, policies) = (Clock::FixedAt(now.parse().unwrap()), Policies::built_in().unwrap());
    let worker = Worker::new(store.clone(), clock, policies, Registry::new(&timetable()));
    worker.run_due(JobName::PendingFlags).unwrap().unwrap().outcome.unwrap();
}

#[test]
fn whatever_is_read_says_how_old_the_records_are() {
    on_both_databases(|store| {
        set_up(store);
        let (fresh, later) = (run(store), run_at(store, STALE));
        let told_in_the_body = [
            (supervisor(), "/v1/offenders/n-1"),
            (supervisor(), "/v1/dashboards/team/north"),
            (inspector(), "/v1/dashboards/force"),
        ];
        let told_at_the_head = [
            (supervisor(), "/v1/officers/om-n/daily-list?date=2021-04-16"),
            (supervisor(), "/v1/worklists/overdue-visits"),
            (supervisor(), "/v1/worklists/overdue-assessments"),
            (supervisor(), "/v1/worklists/breaches-without-crime-report"),
        ];
        let came_at = "2021-04-15T08:00:00Z";
        for (reader, path) in told_in_the_body.iter().chain(&told_at_the_head) {
            let (now, then) = (fresh.get(reader, path), later.get(reader, path));
            assert_eq!((now.status, then.status), (200, 200), "{path}");
            assert_eq!((now.header("records-as-of"), now.header("records-stale")), (Some(came_at), None), "{path}");
            assert_eq!((then.header("records-as-of"), then.header("records-stale")), (Some(came_at), Some("true")));
        }
        for (reader, path) in &told_in_the_body {
            let age = |service: &Running| service.get(reader, path).json()["records"].clone();
            assert_eq!(age(&fresh), json!({ "last_exchange_at": came_at, "is_stale": false }), "{path}");
            assert_eq!(age(&later), json!({ "last_exchange_at": came_at, "is_stale": true }), "{path}");
            let back = later.get(reader, &format!("{path}?known_at=2021-04-15T09:00:00Z"));
            assert_eq!(
                (back.status, back.header("records-as-of"), back.json().get("records")),
                (200, None, None),
                "{path}"
            );
        }
    });
}

#[test]
fn the_flag_comes_when_nothing_has_come_for_a_day_and_goes_when_something_does() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        pending_flags(store, "2021-04-16T08:00:00Z");
        pending_flags(store, "2021-04-16T08:01:00Z");
        assert_eq!(flags(&service, &inspector(), ""), Vec::<Value>::new(), "asked for a minute after the day");
        pending_flags(store, "2021-04-16T08:02:00Z");
        for reader in [supervisor(), other_supervisor(), manager(), inspector()] {
            let [flag] = flags(&service, &reader, "").try_into().unwrap();
            assert_eq!((&flag["subject"], &flag["subject_kind"]), (&json!("wessex"), &json!("force")));
            assert_eq!((&flag["reason"], &flag["severity"]), (&json!("silent"), &json!("high")));
            assert_eq!((&flag["team_ref"], &flag["offender_ref"]), (&Value::Null, &Value::Null));
            assert_eq!(flag["evidence"]["last_exchange_at"], "2021-04-15T08:00:00Z");
        }
        assert_eq!(flags(&service, &supervisor(), "&team=north").len(), 1, "it concerns every team");
        let without_a_team = persona(Role::Supervisor, &[]);
        for reader in [without_a_team, of_force(inspector(), "dorset")] {
            assert_eq!(flags(&service, &reader, ""), Vec::<Value>::new(), "{reader:?}");
        }

        // A report without anything new is heard all the same.
        let later = run_at(store, "2021-04-16T09:00:00Z");
        let sent = later.send(&persona(Role::RecordsSystem, &[]), "application/x-ndjson", "");
        assert_eq!((sent.status, &sent.json()["accepted"]), (200, &json!(0)), "{}", sent.text);
        assert_eq!(later.get(&supervisor(), "/v1/offenders/n-1").header("records-stale"), None);
        pending_flags(store, "2021-04-16T09:00:00Z");
        pending_flags(store, "2021-04-16T09:01:00Z");
        assert_eq!(flags(&service, &inspector(), ""), Vec::<Value>::new());
        assert_eq!(flags(&service, &inspector(), "&state=cleared").len(), 1);
    });
}

#[test]
fn a_push_of_which_all_is_refused_or_that_breaks_off_is_not_taken_for_news() {
    on_both_databases(|store| {
        set_up(store);
        let later = run_at(store, STALE);
        let refused = later.send(&persona(Role::RecordsSystem, &[]), "application/x-ndjson", "{}\n{}");
        assert_eq!((refused.status, &refused.json()["refused"]), (200, &json!(2)));
        let case = later.get(&supervisor(), "/v1/offenders/n-1");
        assert_eq!(case.header("records-stale"), Some("true"));
        assert_eq!(case.json()["records"]["last_exchange_at"], "2021-04-15T08:00:00Z");
    });
}

#[test]
fn a_proposal_says_of_when_the_records_were_and_planning_goes_on_regardless() {
    on_both_databases(|store| {
        set_up(store);
        let later = run_at(store, STALE);
        let body = json!({ "team_ref": "north", "from": "2021-04-17", "days": 14, "seed": 1, "iterations": 20 });
        let asked = later.act(&supervisor(), "/v1/schedules", None, &body);
        assert_eq!(asked.status, 202, "{}", asked.text);
        let location = asked.header("location").unwrap().to_owned();
        let read =
            (0..100_000).map(|_| later.get(&supervisor(), &location)).find(|it| it.json()["state"] != "planning");
        assert_eq!(read.unwrap().json()["records_as_of"], "2021-04-15T08:00:00Z");
    });
}
