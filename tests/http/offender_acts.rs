//! What people enter of offenders: who they are, where they stand, where they live, what binds them.

use mosovo_visits::api::auth::token::Grants;
use serde_json::{Value, json};

use crate::support::casework::{colleague, evaluate, inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, run};
use crate::support::on_both_databases;

fn etag(service: &Running, by: &Grants, path: &str) -> String {
    service.get(by, path).header("etag").unwrap().to_owned()
}

fn told(reply: &Reply) -> (u16, String, Value) {
    (reply.status, reply.code(), reply.json()["pointer"].clone())
}

fn transferred_in() -> Value {
    json!({"ref": "n-9", "given_name": "Nadir", "family_name": "Inventio", "status": "community", "status_since": "2021-04-10",
        "community_since": "2021-04-10", "reason": "transferred in", "authority": "Mercia", "team_ref": "north",
        "lead_agency": "police", "lead_agency_since": "2021-04-10", "mappa": {"category": 1, "level": 1},
        "date_of_birth": "1980-02-03", "notification": {"relevant_date": "2018-04-10", "ends_on": null, "regime": "annual",
        "under_18_at_relevant_date": false}, "static_risk": {"tool": "RM2000", "band": "medium", "assessed_on": "2018-05-01"}})
}

#[test]
fn an_offender_entered_here_is_a_case_with_its_flags_until_they_are_answered() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let made = service.act(&supervisor(), "/v1/offenders", None, &transferred_in());
        assert_eq!((made.status, made.header("location")), (201, Some("/v1/offenders/n-9")), "{}", made.text);
        evaluate(store);
        let holds = |code: &str| service.get(&supervisor(), &format!("/v1/offenders?flag={code}")).refs();
        assert!(holds("unallocated").contains(&"n-9".to_owned()));
        assert!(holds("record_incomplete").contains(&"n-9".to_owned()));
        let address = json!({"kind": "main", "lines": ["9 Invented Row"], "resident_from": "2021-04-10",
            "child_in_household": false});
        let address = service.act(&supervisor(), "/v1/offenders/n-9/addresses", None, &address);
        assert_eq!(address.status, 201, "{}", address.text);
        let read = etag(&service, &supervisor(), "/v1/offenders/n-9/identity");
        let neighbourhood = json!({"neighbourhood_ref": "nb-1"});
        assert_eq!(service.patch(&manager(), "/v1/offenders/n-9", Some(&read), &neighbourhood).status, 200);
        let to = json!({"officer_ref": "om-n", "reason": "invented"});
        assert_eq!(service.act(&supervisor(), "/v1/offenders/n-9/allocations", None, &to).status, 201);
        evaluate(store);
        assert!(!holds("unallocated").contains(&"n-9".to_owned()));
        assert!(!holds("record_incomplete").contains(&"n-9".to_owned()));
        let file = service.get(&manager(), "/v1/offenders/n-9").json();
        assert_eq!(
            (&file["manager"]["officer_ref"], &file["offender"]["status_authority"]),
            (&json!("om-n"), &json!("Mercia"))
        );
    });
}

#[test]
fn an_offender_is_entered_for_ones_own_team_under_a_free_reference() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let with = |member: &str, value: Value| {
            let mut body = transferred_in();
            body[member] = value;
            body
        };
        let period = json!({"relevant_date": "2018-04-10", "ends_on": "2018-04-09", "regime": "annual",
            "under_18_at_relevant_date": false});
        for (by, body, status, code, pointer) in [
            (supervisor(), with("ref", json!("n-1")), 409, "wrong_state", "/ref"),
            (supervisor(), with("ref", json!("s-1")), 409, "wrong_state", "/ref"),
            (supervisor(), with("team_ref", json!("south")), 403, "not_qualified", "/team_ref"),
            (inspector(), with("team_ref", json!("nowhere")), 400, "unknown_reference", "/team_ref"),
            (supervisor(), with("status_since", json!("2021-04-16")), 400, "not_acceptable", "/status_since"),
            (supervisor(), with("notification", period), 400, "not_acceptable", "/notification/ends_on"),
            (supervisor(), with("mappa", json!({"category": 5, "level": 1})), 400, "not_acceptable", "/mappa"),
            (supervisor(), with("neighbourhood_ref", json!("nowhere")), 400, "unknown_reference", "/neighbourhood_ref"),
        ] {
            let reply = service.act(&by, "/v1/offenders", None, &body);
            assert_eq!(told(&reply), (status, code.to_owned(), json!(pointer)), "{body}");
        }
        assert_eq!(service.act(&manager(), "/v1/offenders", None, &transferred_in()).status, 403);
    });
}

#[test]
fn an_identity_changes_on_the_version_that_was_read() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (identity, path) = ("/v1/offenders/n-1/identity", "/v1/offenders/n-1");
        let read = etag(&service, &manager(), identity);
        let body = json!({"family_name": "Inventius", "warning_markers": ["dog"], "date_of_birth": null});
        let changed = service.patch(&manager(), path, Some(&read), &body);
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!(changed.json()["date_of_birth"], Value::Null);
        assert_eq!(etag(&service, &manager(), identity), changed.header("etag").unwrap());
        let stale = service.patch(&colleague(), path, Some(&read), &json!({"family_name": "Other"}));
        assert_eq!(
            (stale.status, &stale.json()["changed"]["entries"][0]["by"]),
            (412, &json!("offender_manager:invented-om-n"))
        );
        assert_eq!(stale.json()["changed"]["members"], json!(["date_of_birth", "family_name", "warning_markers"]));
        let unborn = service.patch(&manager(), path, changed.header("etag"), &json!({"date_of_birth": "2021-04-16"}));
        assert_eq!(told(&unborn), (400, "not_acceptable".to_owned(), json!("/date_of_birth")));
        assert_eq!(service.patch(&other_supervisor(), path, Some(&read), &body).status, 404);
        assert_eq!(service.get(&supervisor(), "/v1/offenders?search=inventius").refs(), ["n-1"]);
    });
}

#[test]
fn an_alias_that_was_not_notified_is_advised_on_and_no_breach_is_entered_by_itself() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/offenders/n-1/aliases";
        let found = |notified: bool| {
            json!({"name": "Nightfall", "kind": "online_identity", "found": "social media",
            "notified": notified})
        };
        let made = service.act(&manager(), path, None, &found(false));
        assert_eq!(made.status, 200, "{}", made.text);
        let advice = &made.json()["advice"][0];
        assert_eq!(
            (&advice["code"], &advice["facts"]["provision"]),
            (&json!("possible_breach"), &json!("SOA 2003 s.84(1)(a)"))
        );
        assert_eq!(made.json()["alias_details"][0]["recorded_on"], "2021-04-15");
        let case = service.get(&supervisor(), "/v1/offenders/n-1").json();
        // What the service suspects by itself is of the yearly confirmation and of the home, never of the alias.
        let breaches = case["breaches"].as_array().unwrap();
        assert!(breaches.iter().all(|breach| breach["suspicion"]["duty"] != "name_used"), "{breaches:?}");
        assert_eq!(case["offender"]["aliases"], json!(["Nestor Fictus", "Nightfall"]));
        assert_eq!(service.get(&supervisor(), "/v1/offenders?search=nightfall").refs(), ["n-1"]);
        let later = service.act(&manager(), path, None, &found(true));
        assert_eq!((&later.json()["advice"], later.json()["alias_details"].as_array().unwrap().len()), (&json!([]), 1));
        assert_eq!(service.act(&other_supervisor(), path, None, &found(true)).status, 404);
    });
}

#[test]
fn a_change_of_status_tells_what_it_does_and_the_flags_follow() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (identity, path) = ("/v1/offenders/n-1/identity", "/v1/offenders/n-1/status");
        let change = |by: &Grants, body: Value| service.act(by, path, Some(&etag(&service, by, identity)), &body);
        let to = |status: &str, since: &str| json!({"status": status, "since": since, "reason": "invented"});
        let missing = change(&manager(), to("missing", "2021-04-14"));
        assert_eq!(missing.status, 200, "{}", missing.text);
        let effects: Vec<_> = missing.json()["effects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{}: {}", it["on"].as_str().unwrap(), it["effect"].as_str().unwrap()))
            .collect();
        assert_eq!(
            effects,
            [
                "duties: duties_run",
                "visits: visit_demand_stops",
                "visits: planned_visits_in_doubt",
                "flags: whereabouts_unknown_raised",
                "allocation: manager_stays"
            ]
        );
        evaluate(store);
        let holds = |code: &str| service.get(&supervisor(), &format!("/v1/offenders?flag={code}")).refs();
        assert_eq!(holds("whereabouts_unknown"), ["n-1"]);
        let back = change(&manager(), to("community", "2021-04-15"));
        assert_eq!(
            back.json()["effects"][1],
            json!({"on": "visits", "effect": "first_visit_due", "due_on": "2021-04-30"})
        );
        assert_eq!(back.json()["community_since"], "2021-04-15");
        evaluate(store);
        assert_eq!(holds("whereabouts_unknown"), Vec::<String>::new());
        let stale = service.act(&manager(), path, missing.header("etag"), &to("custody", "2021-04-15"));
        assert_eq!(stale.status, 412);
    });
}

#[test]
fn impossible_changes_of_status_are_refused_and_an_end_is_a_supervisors() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (identity, path) = ("/v1/offenders/n-1/identity", "/v1/offenders/n-1/status");
        let change = |by: &Grants, body: &Value| service.act(by, path, Some(&etag(&service, by, identity)), body);
        let to = |status: &str, since: &str| json!({"status": status, "since": since, "reason": "invented"});
        let with_authority = |status: &str| {
            let mut body = to(status, "2021-04-15");
            body["authority"] = json!("invented");
            body
        };
        for (by, body, status, code, pointer) in [
            (manager(), to("deceased", "2021-04-15"), 403, "not_qualified", "/status"),
            (manager(), with_authority("period_ended"), 403, "not_qualified", "/status"),
            (supervisor(), to("transferred_out", "2021-04-15"), 400, "reason_needed", "/authority"),
            (supervisor(), with_authority("period_ended"), 409, "wrong_state", "/since"),
            (supervisor(), with_authority("transferred_in"), 409, "wrong_state", "/status"),
            (supervisor(), to("custody", "2021-04-16"), 400, "not_acceptable", "/since"),
            (supervisor(), to("custody", "2019-12-31"), 400, "not_acceptable", "/since"),
            (supervisor(), to("community", "2021-04-15"), 409, "wrong_state", "/status"),
        ] {
            assert_eq!(told(&change(&by, &body)), (status, code.to_owned(), json!(pointer)), "{body}");
        }
        let out = change(&supervisor(), &with_authority("transferred_out"));
        assert_eq!(out.status, 200, "{}", out.text);
        evaluate(store);
        let flags = service.get(&supervisor(), "/v1/flags?limit=200").json();
        assert!(!flags["items"].as_array().unwrap().iter().any(|flag| flag["offender_ref"] == "n-1"));
        assert_eq!(change(&supervisor(), &with_authority("transferred_in")).status, 200);
        assert_eq!(change(&supervisor(), &to("deceased", "2021-04-15")).status, 200);
        assert_eq!(change(&supervisor(), &to("community", "2021-04-15")).code(), "wrong_state");
    });
}

#[test]
fn an_address_is_changed_and_verified_while_the_offender_lives_there() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/addresses/a-1";
        let read = etag(&service, &manager(), path);
        let moved = service.patch(&manager(), path, Some(&read), &json!({"resident_until": "2021-04-10"}));
        assert_eq!((moved.status, &moved.json()["resident_until"]), (200, &json!("2021-04-10")), "{}", moved.text);
        assert_eq!(service.patch(&colleague(), path, Some(&read), &json!({"postcode": "IN1 1IN"})).status, 412);
        let before = service.patch(&manager(), path, moved.header("etag"), &json!({"resident_until": "2017-12-31"}));
        assert_eq!(told(&before), (400, "not_acceptable".to_owned(), json!("/resident_until")));
        let verify = |day: &str| {
            service.act(&manager(), "/v1/addresses/a-1/verify", None, &json!({"verified_on": day, "how": "visit"}))
        };
        assert_eq!(told(&verify("2021-04-11")).2, json!("/verified_on"));
        let verified = verify("2021-04-01");
        assert_eq!(
            (&verified.json()["verified_by"], &verified.json()["verified_how"]),
            (&json!("om-n"), &json!("visit")),
            "{}",
            verified.text
        );
        assert_eq!(verify("2021-03-31").code(), "wrong_state");
        let new = json!({"ref": "a-2", "kind": "main", "lines": ["2 Invented Row"], "resident_from": "2021-04-11",
            "latitude": 51.0, "longitude": -2.0});
        let made = service.act(&manager(), "/v1/offenders/n-1/addresses", None, &new);
        assert_eq!((made.status, made.header("location")), (201, Some("/v1/addresses/a-2")));
        assert_eq!(told(&service.act(&manager(), "/v1/offenders/n-1/addresses", None, &new)).1, "wrong_state");
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1/addresses").refs(), ["a-1", "a-2"]);
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").json()["current_address_ref"], "a-2");
        assert_eq!(service.get(&other_supervisor(), path).status, 404);
        let theirs = json!({"verified_on": "2021-04-01", "how": "visit"});
        assert_eq!(service.act(&other_supervisor(), "/v1/addresses/a-1/verify", None, &theirs).status, 404);
    });
}

#[test]
fn an_order_has_conditions_that_can_be_checked_and_is_discharged_by_a_court() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let conditions = |second: &str| {
            json!([{"ref": "c-1", "text": "No device without notice", "how_to_check": "Count the devices"},
                {"ref": second, "text": "No contact with a child", "how_to_check": "Ask who was there"}])
        };
        let body = |second: &str| {
            json!({"ref": "o-9", "kind": "shpo", "made_on": "2021-04-01", "ends_on": "2031-04-01",
                "conditions": ["No device without notice"], "checkable_conditions": conditions(second)})
        };
        let path = "/v1/offenders/n-1/orders";
        let twice = service.act(&manager(), path, None, &body("c-1"));
        assert_eq!(told(&twice), (400, "not_acceptable".to_owned(), json!("/checkable_conditions/1/ref")));
        let made = service.act(&manager(), path, None, &body("c-2"));
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(service.get(&manager(), "/v1/orders/o-9").json()["checkable_conditions"][1]["ref"], "c-2");
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").json()["orders_in_force"], json!(["o-9"]));
        let changed = service.patch(&manager(), "/v1/orders/o-9", made.header("etag"), &json!({"ends_on": null}));
        assert_eq!((changed.status, &changed.json()["ends_on"]), (200, &Value::Null));
        let discharge = |on: &str, version: &Reply| {
            let body = json!({"discharged_on": on, "reason": "invented"});
            service.act(&manager(), "/v1/orders/o-9/discharge", version.header("etag"), &body)
        };
        assert_eq!(discharge("2021-04-14", &made).status, 412);
        assert_eq!(told(&discharge("2021-03-31", &changed)).2, json!("/discharged_on"));
        let discharged = discharge("2021-04-14", &changed);
        assert_eq!((discharged.status, &discharged.json()["discharged_on"]), (200, &json!("2021-04-14")));
        assert_eq!(discharge("2021-04-15", &discharged).code(), "wrong_state");
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").json()["orders_in_force"], json!([]));
        assert_eq!(service.get(&other_supervisor(), "/v1/orders/o-9").status, 404);
        assert_eq!(
            service.get(&other_supervisor(), "/v1/orders/o-1").json()["conditions"],
            json!(["No contact with a child"])
        );
    });
}
