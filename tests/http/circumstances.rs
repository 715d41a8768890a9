//! Circumstances: entered with their source, confirmed, ended; and flagged where nobody has confirmed them.

use serde_json::{Value, json};

use crate::support::casework::{colleague, evaluate, inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Running, run};
use crate::support::on_both_databases;

const OF_N1: &str = "/v1/offenders/n-1/circumstances";

fn relationship() -> Value {
    json!({"kind": "relationship", "description": "Invented friendship", "partner": "A friend",
        "children": [{"label": "first child", "born_year": 2015}, {"label": "second child", "age": 4}],
        "since": "2021-03-01", "source": "open_source", "on_national_record": false})
}

fn enter(service: &Running, body: &Value) -> String {
    let made = service.act(&manager(), OF_N1, None, body);
    assert_eq!(made.status, 201, "{}", made.text);
    made.header("location").unwrap().to_owned()
}

#[test]
fn a_relationship_is_entered_with_its_children_changed_confirmed_and_ended() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = enter(&service, &relationship());
        let read = service.get(&supervisor(), &path);
        assert_eq!(
            (&read.json()["children"][1]["age"], &read.json()["recorded_on"], &read.json()["confirmed_on"]),
            (&json!(4), &json!("2021-04-15"), &Value::Null)
        );
        let body = json!({"identifiers": ["invented"], "on_national_record": true});
        let changed = service.patch(&manager(), &path, read.header("etag"), &body);
        assert_eq!((changed.status, &changed.json()["on_national_record"]), (200, &json!(true)));
        assert_eq!(service.patch(&colleague(), &path, read.header("etag"), &body).status, 412);
        let confirmed =
            service.act(&colleague(), &format!("{path}/confirm"), None, &json!({"confirmed_on": "2021-04-14"}));
        assert_eq!(
            (&confirmed.json()["confirmed_on"], &confirmed.json()["confirmed_by"]),
            (&json!("2021-04-14"), &json!("om-n2")),
            "{}",
            confirmed.text
        );
        let earlier =
            service.act(&colleague(), &format!("{path}/confirm"), None, &json!({"confirmed_on": "2021-04-13"}));
        assert_eq!(earlier.code(), "wrong_state");
        let early = service.act(&manager(), &format!("{path}/end"), None, &json!({"until": "2021-02-28"}));
        assert_eq!((early.code().as_str(), &early.json()["pointer"]), ("not_acceptable", &json!("/until")));
        let ended = service.act(&manager(), &format!("{path}/end"), None, &json!({"until": "2021-04-15"}));
        assert_eq!((ended.status, &ended.json()["until"]), (200, &json!("2021-04-15")));
        assert_eq!(service.get(&manager(), OF_N1).refs().len(), 1);
        let timeline = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=5").json();
        assert_eq!(
            (&timeline["items"][0]["kind"], &timeline["items"][3]["kind"]),
            (&json!("circumstance"), &json!("circumstance"))
        );
    });
}

#[test]
fn what_contradicts_itself_and_what_is_out_of_scope_is_refused() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let with = |member: &str, value: Value| {
            let mut body = relationship();
            body[member] = value;
            body
        };
        for (body, code, pointer) in [
            (with("until", json!("2021-02-01")), "not_acceptable", "/until"),
            (with("confirmed_on", json!("2021-04-16")), "not_acceptable", "/confirmed_on"),
            (with("kind", json!("device")), "not_acceptable", "/partner"),
            (with("description", json!(" ")), "invalid_body", "/description"),
            (with("kind", json!("pet")), "invalid_body", "/kind"),
        ] {
            let reply = service.act(&manager(), OF_N1, None, &body);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{body}");
        }
        let path = enter(&service, &relationship());
        assert_eq!(service.act(&other_supervisor(), OF_N1, None, &relationship()).status, 404);
        assert_eq!(service.get(&other_supervisor(), &path).status, 404);
        let confirm = json!({"confirmed_on": "2021-04-14"});
        assert_eq!(service.act(&other_supervisor(), &format!("{path}/confirm"), None, &confirm).status, 404);
        let hidden = json!({"restricted_to": [], "excluded": ["om-n2"], "reason": "x"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &hidden).status, 200);
        assert_eq!(service.get(&colleague(), &path).status, 404);
        assert_eq!(service.act(&colleague(), &format!("{path}/confirm"), None, &confirm).status, 404);
    });
}

#[test]
fn an_old_circumstance_is_flagged_until_it_is_confirmed() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let old = json!({"kind": "vehicle", "description": "Invented car", "source": "visit", "confirmed_on": "2020-10-14",
            "on_national_record": true});
        let path = enter(&service, &old);
        evaluate(store);
        let flags = || {
            let found = service.get(&supervisor(), "/v1/flags?code=circumstances_unconfirmed").json();
            found["items"].as_array().unwrap().clone()
        };
        assert_eq!(flags().len(), 1);
        let wanting = &flags()[0]["evidence"]["circumstances"][0];
        assert_eq!((&wanting["confirm_by"], &wanting["record_by"]), (&json!("2021-04-14"), &Value::Null));
        assert_eq!(
            service.act(&manager(), &format!("{path}/confirm"), None, &json!({"confirmed_on": "2021-04-15"})).status,
            200
        );
        evaluate(store);
        assert_eq!(flags(), Vec::<Value>::new());
    });
}
