//! Where the members of a case's records come from.

use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::casework::{colleague, inspector, manager, other_supervisor, set_up};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const PATH: &str = "/v1/offenders/n-1/provenance";

fn change(service: &Running, body: &Value) {
    let identity = service.get(&manager(), "/v1/offenders/n-1/identity");
    let reply = service.patch(&manager(), "/v1/offenders/n-1", identity.header("etag"), body);
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// What is told of the offender's record.
fn of_offender(service: &Running) -> Value {
    let reply = service.get(&inspector(), PATH);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let items = reply.json()["items"].as_array().unwrap().clone();
    let of_offender = items.into_iter().find(|item| item["kind"] == "offender").unwrap();
    assert_eq!(of_offender["ref"], "n-1");
    of_offender
}

/// The members of the offender's record that were entered here: name, act, whether each holds.
fn entered(service: &Running) -> Vec<(String, String, bool)> {
    let of_offender = of_offender(service);
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
        let first = of_offender(&service)["entered_here"][0].clone();
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

/// The events since which members of the offender's record are as they are, each with its time and some of them.
fn told(service: &Running, members: &[&str]) -> Vec<(String, String, String, Vec<String>)> {
    let of_offender = of_offender(service);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = of_offender["told"].as_array().unwrap().iter().map(|event| {
        let of_event = event["members"].as_array().unwrap().iter().map(text);
        let asked = of_event.filter(|member| members.contains(&member.as_str())).collect();
        (text(&event["event_id"]), text(&event["event_time"]), text(&event["learned_at"]), asked)
    });
    told.collect()
}

#[test]
fn each_member_that_the_records_system_says_names_the_event_since_which_it_is_so() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let asked = ["date_of_birth", "family_name", "given_name", "status"];
        let event_of = |time: &str, members: &[&str]| {
            let members: Vec<String> = members.iter().map(|name| (*name).to_owned()).collect();
            (format!("offender-n-1-{time}"), time.to_owned(), "2021-04-15T08:00:00Z".to_owned(), members)
        };
        assert_eq!(told(&service, &asked), [event_of(RECORDED, &asked)]);

        let send = |time: &str, said: &Value| {
            import(store, &lines(&[event("/records/wessex/invented", "offender", "n-1", time, said)]));
        };
        let mut said = offender("Nestorius", "north", "community");
        let late = said.clone();
        said["family_name"] = json!("Novus");
        send("2021-02-01T09:00:00Z", &said);
        said["date_of_birth"] = json!("1971-02-03");
        send("2021-03-01T09:00:00Z", &said);
        let newest = event_of("2021-03-01T09:00:00Z", &["date_of_birth"]);
        let names = event_of("2021-02-01T09:00:00Z", &["family_name", "given_name"]);
        let first = event_of(RECORDED, &["status"]);
        assert_eq!(told(&service, &asked), [newest.clone(), names, first.clone()]);
        // What was true before that, and is learned only now.
        send("2021-01-15T09:00:00Z", &late);
        let family_name = event_of("2021-02-01T09:00:00Z", &["family_name"]);
        let given_name = event_of("2021-01-15T09:00:00Z", &["given_name"]);
        let now = [newest, family_name, given_name, first];
        assert_eq!(told(&service, &asked), now);

        change(&service, &json!({"given_name": "Nix"}));
        assert_eq!(told(&service, &asked), now, "what is entered here stands beside it");
        let items = service.get(&manager(), PATH).json()["items"].clone();
        let kinds: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
        assert!(kinds.is_sorted() && kinds.contains(&"visit") && kinds.contains(&"risk_management_plan"), "{kinds:?}");
    });
}

#[test]
fn what_both_sides_changed_is_shown_to_a_person_and_stays_so_until_one_settles_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let conflicts = || service.get(&manager(), "/v1/offenders/n-1/conflicts").json()["items"].clone();
        let name = || service.get(&manager(), "/v1/offenders/n-1").json()["offender"]["given_name"].clone();
        change(&service, &json!({"given_name": "Nix"}));
        assert_eq!(conflicts(), json!([]), "the records system has not spoken since");
        let said = offender("Nestorius", "north", "community");
        let send = |time: &str, said: &Value| {
            import(store, &lines(&[event("/records/wessex/invented", "offender", "n-1", time, said)]));
        };
        send("2021-04-15T07:00:00Z", &said);
        let shown = conflicts();
        assert_eq!(
            [&shown[0]["kind"], &shown[0]["ref"], &shown[0]["member"], &shown[0]["holds"]],
            [&json!("offender"), &json!("n-1"), &json!("given_name"), &json!("records_system")]
        );
        assert_eq!(
            (&shown[0]["records_system"], &shown[0]["entered_here"], name()),
            (&json!("Nestorius"), &json!("Nix"), json!("Nestorius"))
        );
        // Said again it is still to be settled; only a person's word ends it.
        send("2021-04-15T07:30:00Z", &said);
        assert_eq!(conflicts(), shown);
        let settle = json!({"kind": "offender", "ref": "n-1", "member": "given_name", "take": "entered_here"});
        let settled = service.act(&manager(), "/v1/offenders/n-1/conflicts/settle", None, &settle);
        assert_eq!(settled.status, 200, "{}", settled.text);
        assert_eq!((conflicts(), name()), (json!([]), json!("Nix")));
        let held = ("given_name".to_owned(), "conflict.settle".to_owned(), true);
        assert_eq!(entered(&service), [held]);
        assert_eq!(told(&service, &["given_name"])[0].0, "offender-n-1-2021-04-15T07:00:00Z");
    });
}
