//! `replay` on the command line: what is stored is planned again, and what differs is told apart from what is broken.

use std::process::Output;

use diesel::connection::SimpleConnection;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, audit};
use serde_json::Value;

use crate::support::{holding_dorset, on_both_databases_by_url, program};

fn run(url: &str, arguments: &[&str]) -> Output {
    program(url, arguments).env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00").output().unwrap()
}

/// A database with one proposal of the team west, and the proposal's id.
fn with_a_proposal(url: &str) -> (Store, String) {
    let store = holding_dorset(url);
    let planned =
        run(url, &["plan", "--team", "west", "--days", "7", "--iterations", "30", "--seed", "5", "--format", "json"]);
    let proposal: Value = serde_json::from_slice(&planned.stdout).unwrap();
    (store, proposal["id"].as_str().unwrap().to_owned())
}

/// Changes what is stored behind the service's back.
fn tamper(store: &Store, statements: &str) {
    let done: Result<(), StoreError> =
        store.transaction(|connection: &mut AnyConnection| Ok(connection.batch_execute(statements)?));
    done.unwrap();
}

/// What `replay` prints, as text and as data, and with which code it ends.
fn replay(url: &str, id: &str) -> (String, Value, Option<i32>) {
    let (text, data) = (run(url, &["replay", id]), run(url, &["replay", id, "--format", "json"]));
    assert_eq!(text.status.code(), data.status.code(), "{}", String::from_utf8_lossy(&text.stderr));
    let data = serde_json::from_slice(&data.stdout).unwrap_or_default();
    (String::from_utf8(text.stdout).unwrap(), data, text.status.code())
}

#[test]
fn what_is_stored_is_planned_again_to_the_byte() {
    on_both_databases_by_url(|url| {
        let (store, id) = with_a_proposal(url);
        let (text, data, code) = replay(url, &id);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("the same, byte for byte") && text.contains("nothing broken"), "{text}");
        assert_eq!(
            (&data["verdict"], &data["is_same"], &data["engine"]),
            (&"same".into(), &true.into(), &data["engine_here"])
        );
        assert_eq!(data["visits"], data["visits_alike"]);
        let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
        let replays = entries.iter().filter(|entry| entry.act == "schedule.replay");
        assert!(replays.clone().all(|entry| entry.actor == "operator"));
        assert_eq!(replays.count(), 2);

        let nothing = run(url, &["replay", "01900000-0000-7000-8000-000000000000"]);
        assert_eq!(nothing.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&nothing.stderr).contains("there is none"));
    });
}

#[test]
fn a_release_that_plans_differently_is_told_apart_from_a_broken_proposal() {
    on_both_databases_by_url(|url| {
        let (store, id) = with_a_proposal(url);
        // As if another engine had counted the travel otherwise: no rule looks at that component of the score.
        let other = "UPDATE schedule_proposal_document SET document = replace(document, '\"drift\":', '\"drift\":1')";
        tamper(&store, &format!("{other}, engine = '0';"));
        let (text, data, code) = replay(url, &id);
        assert_eq!((code, &data["verdict"]), (Some(1), &"plans_otherwise".into()), "{text}");
        assert_eq!((&data["differs_in"], &data["violations"]), (&serde_json::json!(["score"]), &serde_json::json!([])));
        assert!(text.contains("this release plans differently: engine 0 planned it"), "{text}");
        tamper(&store, "UPDATE schedule_proposal_document SET engine = NULL;");
        assert!(replay(url, &id).0.contains("which engine planned it was not kept"));

        let moved = "UPDATE schedule_proposal_document SET document = replace(document, '\"date\":\"2021-04-1', '\"date\":\"2021-07-1');";
        tamper(&store, moved);
        let (text, data, code) = replay(url, &id);
        assert_eq!((code, &data["verdict"]), (Some(1), &"broken".into()), "{text}");
        assert!(!data["violations"].as_array().unwrap().is_empty() && text.contains("window: "), "{text}");
        assert!(text.contains("what is stored is broken") && !text.contains("plans differently"), "{text}");
    });
}

#[test]
fn a_snapshot_that_is_not_what_was_planned_from_is_found() {
    on_both_databases_by_url(|url| {
        let (store, id) = with_a_proposal(url);
        tamper(
            &store,
            "UPDATE schedule_snapshot SET content = replace(content, '\"town_kmh\":25', '\"town_kmh\":26');",
        );
        let (text, data, code) = replay(url, &id);
        assert_eq!(
            (code, &data["verdict"], &data["is_snapshot_whole"]),
            (Some(1), &"broken".into(), &false.into()),
            "{text}"
        );
        assert!(text.contains("its hash is another") && text.contains("identity: "), "{text}");
        tamper(&store, "UPDATE schedule_snapshot SET content = '{}';");
        assert_eq!(run(url, &["replay", &id]).status.code(), Some(2), "what cannot be read cannot be judged");
    });
}
