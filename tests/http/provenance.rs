//! Where the members of a case's records come from.

use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{colleague, inspector, manager, other_supervisor, set_up};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const PATH: &str = "/v1/offenders/n-1/provenance";

fn change(service: &Running, body: &Value) {
    let identity = service.get(&manager(), "/v1/offenders/n-1/identity");
    let reply = service.patch(&manager(), "/v1/offenders/n-1", identity.header("etag"), body);
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// The members of the offender's record that were entered here: name, act, whether each holds.
fn entered(service: &Running) -> Vec<(String, String, bool)> {
    let reply = service.get(&inspector(), PATH);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let items = reply.json()["items"].as_array().unwrap().clone();
    let Some(of_offender) = items.iter().find(|item| item["kind"] == "offender") else { return Vec::new() };
    assert_eq!(of_offender["ref"], "n-1");
    let told = |it: &Value| {
        let text = |member: &str| it[member].as_str().unwrap().to_owned();
        (text("member"), text("act"), it["holds"].as_bool().unwrap())
    };
    of_offender["entered_here"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn each_member_entered_here_says_who_entered_it_and_whether_it_holds() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(entered(&service), vec![]);
        change(&service, &json!({"given_name": "Nix"}));
        let first = service.get(&inspector(), PATH).json()["items"][0]["entered_here"][0].clone();
        assert_eq!(
            (&first["by"], &first["at"]),
            (&json!("offender_manager:invented-om-n"), &json!("2021-04-15T08:00:00Z"))
        );
        change(&service, &json!({"date_of_birth": "1971-02-03"}));
        let held = |member: &str, holds: bool| (member.to_owned(), "offender.change".to_owned(), holds);
        assert_eq!(entered(&service), [held("date_of_birth", true), held("given_name", true)]);

        let mut said = offender("Nestorius", "north", "community");
        said["date_of_birth"] = json!("1970-02-03");
        import(store, &lines(&[event("/records/wessex/invented", "offender", "n-1", "2021-04-15T07:00:00Z", &said)]));
        assert_eq!(
            entered(&service),
            [held("date_of_birth", true), held("given_name", false)],
            "the feed said another name since"
        );
        for reader in [manager(), colleague()] {
            assert_eq!(service.get(&reader, PATH).status, 200);
        }
        assert_eq!(service.get(&other_supervisor(), PATH).code(), "not_found");
    });
}
