//! Legal holds: placed by one detective inspector and released by another; what is held is kept, and work goes on.

use diesel::connection::SimpleConnection;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{colleague, inspector, manager, other_inspector, set_up, supervisor};
use crate::support::http::{Reply, Running, persona, run, run_at};
use crate::support::{import, on_both_databases};

const HOLDS: &str = "/v1/offenders/n-1/legal-holds";

fn place(service: &Running, who: &Grants) -> Reply {
    service.act(who, HOLDS, None, &json!({"ground": "serious_further_offence", "reason": "invented"}))
}

/// The path and the version of a hold that the inspector has placed.
fn placed(service: &Running) -> (String, String) {
    let reply = place(service, &inspector());
    assert_eq!(reply.status, 201, "{}", reply.text);
    (reply.header("location").unwrap().to_owned(), reply.header("etag").unwrap().to_owned())
}

fn release(service: &Running, who: &Grants, (path, etag): &(String, String)) -> Reply {
    service.act(who, &format!("{path}/release"), Some(etag), &json!({"reason": "the review is over"}))
}

fn is_held(service: &Running, reader: &Grants) -> Value {
    service.get(reader, "/v1/offenders/n-1").json()["legal_hold"].clone()
}

fn statement(store: &Store, statement: &str) -> Result<(), StoreError> {
    store.transaction(|connection: &mut AnyConnection| Ok(connection.batch_execute(statement)?))
}

#[test]
fn one_inspector_places_a_hold_and_another_releases_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(is_held(&service, &manager()), false);
        for who in [manager(), supervisor()] {
            assert_eq!(place(&service, &who).code(), "forbidden");
        }
        let posted_elsewhere = Grants { officer_ref: supervisor().officer_ref, ..inspector() };
        assert_eq!(place(&service, &posted_elsewhere).code(), "not_qualified");
        let hold = placed(&service);
        for reader in [manager(), supervisor(), inspector()] {
            assert_eq!(is_held(&service, &reader), true, "whoever sees the case sees that it is held");
        }
        let shown = service.get(&other_inspector(), &hold.0).json();
        assert_eq!((&shown["placed_by"], &shown["placed_at"]), (&json!("di"), &json!("2021-04-15T08:00:00Z")));
        assert_eq!((&shown["reason"], &shown["release"]), (&json!("invented"), &Value::Null));
        assert_eq!(service.get(&supervisor(), HOLDS).code(), "forbidden", "why it is held is told to inspectors alone");

        assert_eq!(release(&service, &inspector(), &hold).code(), "own_work");
        assert_eq!(is_held(&service, &manager()), true);
        let released = release(&service, &other_inspector(), &hold);
        assert_eq!(released.status, 200, "{}", released.text);
        assert_eq!(released.json()["release"]["released_by"], "di-2");
        assert_eq!(is_held(&service, &manager()), false);
        let again = (hold.0, released.header("etag").unwrap().to_owned());
        assert_eq!(release(&service, &other_inspector(), &again).code(), "wrong_state");
        assert_eq!(service.get(&inspector(), HOLDS).refs().len(), 1);
    });
}

#[test]
fn a_case_is_held_while_any_of_its_holds_is() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (first, second) = (placed(&service), placed(&service));
        assert_eq!(release(&service, &other_inspector(), &first).status, 200);
        assert_eq!(is_held(&service, &manager()), true);
        assert_eq!(release(&service, &other_inspector(), &second).status, 200);
        assert_eq!(is_held(&service, &manager()), false);
    });
}

/// What would erase something of n-1, or of what came before on the same records, past the service.
const ERASURES: [&str; 11] = [
    "UPDATE record_version_personal_data SET personal_data = '{}' WHERE version_id IN \
        (SELECT id FROM record_version WHERE force = 'wessex' AND kind = 'offender' AND subject = 'n-1')",
    "DELETE FROM record_version_personal_data WHERE version_id IN \
        (SELECT id FROM record_version WHERE force = 'wessex' AND offender_ref = 'n-1')",
    "DELETE FROM record_version WHERE force = 'wessex' AND kind = 'visit' AND subject = 'v-1'",
    "UPDATE record_version SET content = '{}' WHERE force = 'wessex' AND kind = 'arms_assessment' AND subject = 'r-1'",
    "UPDATE record_version SET offender_ref = 's-1' WHERE force = 'wessex' AND offender_ref = 'n-1'",
    "DELETE FROM record_version WHERE force = 'wessex' AND kind = 'address' AND withdrawn",
    "UPDATE own_entry_personal_data SET personal_data = '{}' WHERE entry_id IN \
        (SELECT id FROM own_entry WHERE force = 'wessex' AND kind = 'intelligence')",
    "DELETE FROM own_entry_personal_data",
    "UPDATE own_entry SET entered_by = 'nobody' WHERE force = 'wessex' AND kind = 'intelligence'",
    "DELETE FROM flag WHERE force = 'wessex' AND offender_ref = 'n-1'",
    "DELETE FROM legal_hold",
];

#[test]
fn nothing_of_a_held_case_is_erased_whoever_asks_and_what_is_not_held_may_be() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let intelligence = json!({"received_at": "2021-04-15T07:00:00Z", "summary": "invented", "risk_relevant": true,
            "source": "team"});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/intelligence", None, &intelligence).status, 201);
        // Withdrawn, the address is gone from the case's page; its history is held all the same.
        let withdrawn = json!({"specversion": "1.0", "id": "gone", "source": "/records/wessex/invented",
            "type": "records.deleted.v1", "subject": "a-1", "time": "2021-02-01T09:00:00Z",
            "data": {"type": "records.address.v1", "subject": "a-1", "reason": "invented"}});
        let hold = placed(&service);
        let report = import(store, &lines(&[withdrawn]));
        assert_eq!((report.accepted, report.errors), (1, vec![]));
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").json()["addresses"], json!([]));
        let timeline = service.get(&manager(), "/v1/offenders/n-1/timeline?limit=200").json();
        let timeline = timeline["items"].as_array().unwrap().clone();
        assert!(timeline.iter().any(|version| version["content"]["lines"] == json!(["1 Invented Row"])));
        for erasure in ERASURES {
            let refused = format!("{:?}", statement(store, erasure).expect_err(erasure));
            assert!(refused.contains("on legal hold"), "{erasure}: {refused}");
        }
        if store.url().to_string().starts_with("postgres") {
            let refused = format!("{:?}", statement(store, "TRUNCATE own_entry CASCADE").unwrap_err());
            assert!(refused.contains("on legal hold"), "{refused}");
        } else {
            let replace = "INSERT OR REPLACE INTO record_version_personal_data (version_id, personal_data) \
                SELECT id, '{}' FROM record_version WHERE force = 'wessex' AND subject = 'n-1' AND kind = 'offender'";
            let refused = format!("{:?}", statement(store, replace).unwrap_err());
            assert!(refused.contains("on legal hold"), "{refused}");
        }
        let s_1 = "UPDATE record_version_personal_data SET personal_data = '{}' WHERE version_id IN \
            (SELECT id FROM record_version WHERE force = 'wessex' AND subject = 's-1' AND kind = 'offender')";
        statement(store, s_1).expect("the case of s-1 is not held");
        let mercia = s_1.replace("wessex", "mercia").replace("s-1", "n-1");
        statement(store, &mercia).expect("another force's case of the same reference is not held");
        assert_eq!(release(&service, &other_inspector(), &hold).status, 200);
        statement(store, ERASURES[0]).expect("released, it may be erased again");
    });
}

#[test]
fn work_on_a_held_case_goes_on_and_the_state_at_the_hold_stays() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (_, _) = placed(&service);
        let at_the_hold = "/v1/offenders/n-1?known_at=2021-04-15T08:00:00Z";
        let before = service.get(&manager(), at_the_hold).json();
        drop(service);

        let service = run_at(store, "2021-04-16T08:00:00Z");
        let identity = service.get(&manager(), "/v1/offenders/n-1/identity");
        let changed = json!({"given_name": "Nestorius"});
        let reply = service.patch(&manager(), "/v1/offenders/n-1", identity.header("etag"), &changed);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let sent = json!({"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/notifications", None, &sent).status, 201);
        let sent = json!({"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/s-1/notifications", None, &sent).status, 201);
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").json()["offender"]["given_name"], "Nestorius");
        assert_eq!(service.get(&manager(), at_the_hold).json(), before);

        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let marked: Vec<(&str, bool)> = recorded
            .iter()
            .filter(|entry| entry.detail.get("entered").is_some())
            .map(|entry| (entry.act.as_str(), entry.detail["legal_hold"] == true))
            .collect();
        assert_eq!(
            marked,
            [
                ("legal_hold.place", true),
                ("offender.change", true),
                ("notification.receive", true),
                ("notification.receive", false)
            ]
        );
    });
}

#[test]
fn why_a_case_is_held_is_in_nobodys_timeline_but_the_inspectors() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        placed(&service);
        let kinds = |reader: &Grants| service.get(reader, "/v1/offenders/n-1/timeline?limit=200").text;
        for reader in [manager(), supervisor()] {
            assert!(!kinds(&reader).contains("legal_hold"));
        }
        assert!(kinds(&inspector()).contains("\"kind\":\"legal_hold\""));
    });
}

#[test]
fn a_hidden_case_can_be_neither_held_nor_its_hold_seen() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let hold = placed(&service);
        let only = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &only).status, 200);
        assert_eq!(place(&service, &other_inspector()).code(), "not_found");
        assert_eq!(service.get(&other_inspector(), HOLDS).code(), "not_found");
        assert_eq!(service.get(&other_inspector(), &hold.0).code(), "not_found");
        assert_eq!(release(&service, &other_inspector(), &hold).code(), "not_found");
        assert_eq!(service.get(&persona(Role::DetectiveInspector, &[]), &hold.0).code(), "not_found");
        assert_eq!(service.get(&colleague(), &hold.0).code(), "forbidden");
        let event = event("/records/wessex/invented", "legal_hold", "h", "2021-04-01T09:00:00Z", &json!({}));
        assert_eq!(import(store, &lines(&[event])).refused, 1, "a hold is not the records system's to send");
    });
}
