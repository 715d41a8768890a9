//! Limited-access cases: hidden from whoever is not admitted, wherever cases are asked for.

use mosovo_visits::api::auth::token::Grants;
use serde_json::json;

use crate::support::casework::{
    colleague, evaluate, inspector, manager, other_inspector, other_supervisor, set_up, supervisor,
};
use crate::support::http::{Running, run};
use crate::support::on_both_databases;

const RESTRICTION: &str = "/v1/offenders/n-1/access-restriction";

fn open_flags(service: &Running, reader: &Grants) -> i64 {
    service.get(reader, "/v1/flags/summary").json()["open"].as_i64().unwrap()
}

fn counted(service: &Running, reader: &Grants) -> i64 {
    service.get(reader, "/v1/dashboards/team/north").json()["register"]["size"].as_i64().unwrap()
}

#[test]
fn a_restricted_case_is_hidden_from_whoever_is_not_named_wherever_cases_are_asked_for() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let on_the_case = service.get(&colleague(), "/v1/flags?limit=200").json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|flag| flag["offender_ref"] == "n-1")
            .count();
        assert!(on_the_case > 0);
        let (before, seen_before) = (open_flags(&service, &colleague()), open_flags(&service, &manager()));
        evaluate(store);
        let register = counted(&service, &supervisor());
        let body = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        let reply = service.act(&inspector(), RESTRICTION, None, &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
        evaluate(store);
        let registers = [supervisor(), other_inspector(), inspector()].map(|reader| counted(&service, &reader));
        assert_eq!(registers, [register - 1, register - 1, register]);
        for hidden_from in [colleague(), supervisor(), other_inspector()] {
            assert!(!service.get(&hidden_from, "/v1/offenders").refs().contains(&"n-1".to_owned()));
            assert!(service.get(&hidden_from, "/v1/offenders?search=Nestor").refs().is_empty());
            for path in ["", "/timeline", "/reactive-eligibility", "/conflicts"] {
                let reply = service.get(&hidden_from, &format!("/v1/offenders/n-1{path}"));
                assert_eq!((reply.status, reply.code().as_str()), (404, "not_found"), "{path}");
            }
            assert!(!service.get(&hidden_from, "/v1/flags?limit=200").text.contains("n-1"));
        }
        assert_eq!(open_flags(&service, &colleague()), before - i64::try_from(on_the_case).unwrap());
        assert_eq!(open_flags(&service, &manager()), seen_before);
        for seen_by in [manager(), inspector()] {
            assert!(service.get(&seen_by, "/v1/offenders").refs().contains(&"n-1".to_owned()));
            assert_eq!(service.get(&seen_by, "/v1/offenders/n-1").status, 200);
        }
    });
}

#[test]
fn an_excluded_officer_alone_does_not_see_the_case() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({"restricted_to": [], "excluded": ["om-n2"], "reason": "invented"});
        assert_eq!(service.act(&inspector(), RESTRICTION, None, &body).status, 200);
        assert_eq!(service.get(&colleague(), "/v1/offenders/n-1").status, 404);
        for seen_by in [manager(), supervisor(), other_inspector()] {
            assert_eq!(service.get(&seen_by, "/v1/offenders/n-1").status, 200);
        }
    });
}

#[test]
fn a_restriction_leaves_the_manager_and_an_inspector_and_names_officers_that_there_are() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        for (body, code, pointer) in [
            (json!({"restricted_to": ["om-n"], "excluded": [], "reason": "x"}), "not_acceptable", "/restricted_to"),
            (json!({"restricted_to": ["di"], "excluded": [], "reason": "x"}), "not_acceptable", "/restricted_to"),
            (json!({"restricted_to": [], "excluded": ["nobody"], "reason": "x"}), "unknown_reference", "/excluded"),
            (json!({"restricted_to": [], "excluded": [], "reason": "  "}), "invalid_body", "/reason"),
        ] {
            let reply = service.act(&inspector(), RESTRICTION, None, &body);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{body}");
        }
        for reader in [supervisor(), other_supervisor()] {
            assert_eq!(service.get(&reader, RESTRICTION).status, 404);
        }
    });
}
