//! A case whose offender stands on two merged records passes to another force as one case, and can be parted there.

use diesel::connection::SimpleConnection;
use mosovo_visits::store::Store;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use serde_json::{Value, json};

use super::transfers::{
    CASE, LATER, items, known_in_wessex, made, make, package, recorded, set_up_both, take_in, taken, taker,
    their_inspector,
};
use crate::support::caseload::{event, lines};
use crate::support::casework::inspector;
use crate::support::http::{Running, run_at};
use crate::support::{import, on_both_signing_databases};

/// The record that was merged into the case's, as Dorset has it.
const MERGED: &str = "/v1/offenders/wessex%3An-2";

/// Merges n-2 into n-1, in Wessex.
fn merge(service: &Running) {
    let body = json!({"merged_ref": "n-2", "reason": "the same fingerprints"});
    let merged = service.act(&inspector(), "/v1/offenders/n-1/merges", None, &body);
    assert_eq!(merged.status, 201, "{}", merged.text);
}

/// Undoes the one merge of the case, in Dorset.
fn part(service: &Running) {
    let merges = service.get(&their_inspector(), &format!("{CASE}/merges")).refs();
    let path = format!("/v1/merges/{}", merges[0].replace(':', "%3A"));
    let read = service.get(&their_inspector(), &path).header("etag").unwrap().to_owned();
    let reason = json!({"reason": "two people after all"});
    let undone = service.act(&their_inspector(), &format!("{path}/undo"), Some(&read), &reason);
    assert_eq!((undone.status, &undone.json()["undone_by"]), (200, &json!("di-d")), "{}", undone.text);
}

/// A visit and a manager of n-2.
fn import_more(store: &Store) {
    let wessex = "/records/wessex/invented";
    let visit = json!({"offender_ref": "n-2", "attempted_at": "2021-02-01T10:00:00Z", "mode": "home", "outcome": "seen",
        "home_inspected": true, "officer_refs": ["om-n"]});
    let allocation = json!({"officer_ref": "om-n2", "from": "2020-03-01"});
    let events = [
        event(wessex, "visit", "v-9", "2021-02-02T09:00:00Z", &visit),
        event(wessex, "allocation", "n-2", "2021-02-02T09:00:00Z", &allocation),
    ];
    assert_eq!(import(store, &lines(&events)).refused, 0);
}

#[test]
fn a_merged_case_passes_as_one_case_and_can_be_parted_there() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        import_more(store);
        merge(&wessex);
        let before = items(&wessex.get(&inspector(), "/v1/offenders/n-1/timeline?limit=200"));
        let transfer = made(&wessex);
        let manifest = wessex.get(&inspector(), &transfer).json()["manifest"].clone();
        assert_eq!((&manifest["merged"], &manifest["moved"]), (&json!(["n-2"]), &json!([])));
        let bytes = package(&wessex, &transfer);
        let dorset = taken(store, &bytes);

        let case = dorset.get(&taker(), CASE).json();
        assert_eq!(case["merged"][0]["ref"], "wessex:n-2");
        assert_eq!(case["last_qualifying_visit"]["ref"], "wessex:v-9", "the newest of either");
        assert_eq!(dorset.get(&taker(), "/v1/offenders").refs(), ["n-1", "wessex:n-1"]);
        let merged = dorset.get(&taker(), MERGED);
        assert_eq!((merged.code().as_str(), &merged.json()["merged_into"]), ("merged", &json!("wessex:n-1")));
        let after = items(&dorset.get(&their_inspector(), &format!("{CASE}/timeline?limit=200")));
        let came: Vec<Value> = after.into_iter().filter(|item| item["source"] != "casework").collect();
        assert_eq!(known_in_wessex(&came), known_in_wessex(&before));

        let receipt = take_in(&dorset, &taker(), "west", &bytes).json()["receipt"].clone();
        let closed = wessex.act(&inspector(), &format!("{transfer}/receipt"), None, &receipt).json();
        assert_eq!((&closed["state"], &closed["known_since"]), (&json!("received"), &json!(0)), "{closed}");

        part(&dorset);
        assert_eq!(dorset.get(&taker(), "/v1/offenders").refs(), ["n-1", "wessex:n-1", "wessex:n-2"]);
        for (path, name, visit) in [(CASE, "Nestor", "wessex:v-1"), (MERGED, "Nemo", "wessex:v-9")] {
            let case = dorset.get(&taker(), path).json();
            assert_eq!(
                (&case["offender"]["given_name"], &case["last_qualifying_visit"]["ref"]),
                (&json!(name), &json!(visit)),
                "{case}"
            );
            assert_eq!((&case["team_ref"], &case["manager"]), (&json!("west"), &Value::Null), "nobody is left behind");
        }
    });
}

#[test]
fn access_that_was_limited_on_a_merged_record_is_limited_on_it_there_too() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let restriction = json!({"restricted_to": ["di"], "excluded": [], "reason": "invented"});
        let path = "/v1/offenders/n-2/access-restriction";
        assert_eq!(wessex.act(&inspector(), path, None, &restriction).status, 200);
        merge(&wessex);
        let bytes = package(&wessex, &made(&wessex));
        let dorset = run_at(store, LATER);
        assert_eq!(take_in(&dorset, &taker(), "west", &bytes).code(), "not_qualified");
        assert_eq!(take_in(&dorset, &their_inspector(), "west", &bytes).status, 201);
        assert_eq!(dorset.get(&taker(), CASE).code(), "not_found");
        assert_eq!(dorset.get(&their_inspector(), CASE).status, 200);
        part(&dorset);
        assert_eq!((dorset.get(&taker(), CASE).status, dorset.get(&taker(), MERGED).status), (200, 404));
        assert_eq!(dorset.get(&their_inspector(), MERGED).status, 200);
    });
}

#[test]
fn what_the_other_force_could_not_take_in_is_not_signed() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        // As if a merge had been lost: no package says why s-1 is of the case of n-1.
        let statement = "INSERT INTO offender_merge (force, merged_ref, home_ref) VALUES ('wessex', 's-1', 'n-1')";
        let lost =
            |connection: &mut AnyConnection| -> Result<(), StoreError> { Ok(connection.batch_execute(statement)?) };
        store.transaction(lost).unwrap();
        let refused = make(&wessex, &inspector());
        assert_eq!((refused.status, refused.code().as_str()), (409, "wrong_state"), "{}", refused.text);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("the other force could not take the case in"), "{detail}");
        let last = recorded(store, "wessex").pop().unwrap();
        assert_eq!((last.act.as_str(), &last.detail["why"]), ("act.refused", &json!("wrong_state")));
        assert!(items(&wessex.get(&inspector(), "/v1/transfers")).is_empty());
    });
}
