//! What is told when a request cannot be carried out, and what every answer carries.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::api::dates::NOT_A_DATE;
use mosovo_visits::api::error::ErrorCode;
use mosovo_visits::api::paging::cursor;
use mosovo_visits::api::routes::{ROUTES, Verb};
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::json;

use crate::support::http::{of_force, persona, run};
use crate::support::{caseload, import, on_both_databases, on_both_empty_databases};

#[test]
fn the_table_of_problems() {
    let table: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| json!({"code": code.code, "status": code.status.as_u16(), "title": code.title, "help": code.help}))
        .collect();
    let mut codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ErrorCode::ALL.len(), "a code is in the table twice");
    insta::assert_json_snapshot!(table);
}

#[test]
fn the_document_has_the_table() {
    let lines = ErrorCode::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} | {} |", code.code, code.status.as_u16(), code.title, code.help));
    let table = lines.collect::<Vec<_>>().join("\n");
    assert!(include_str!("../../docs/API.md").contains(&table), "docs/API.md needs these rows:\n\n{table}\n");
}

#[test]
fn a_route_that_there_is_not_and_a_method_that_it_does_not_take() {
    on_both_databases(|store| {
        let service = run(store);
        let lost = service.request("GET", "/v1/nothing/here", &[], b"");
        assert_eq!((lost.status, lost.code().as_str()), (404, "route_not_found"));
        let wrong = service.request("DELETE", "/v1/records", &[], b"");
        assert_eq!(
            (wrong.status, wrong.code().as_str(), wrong.header("allow")),
            (405, "method_not_allowed", Some("POST"))
        );
        let wrong = service.request("POST", "/v1/teams", &[], b"");
        assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, HEAD")));
        assert_eq!(service.request("HEAD", "/healthz", &[], b"").status, 200);
        let blank = service.get(&persona(Role::Supervisor, &[]), "/v1/offenders/%20");
        assert_eq!((blank.status, blank.code().as_str()), (400, "invalid_path"));
    });
}

#[test]
fn a_character_that_cannot_be_stored_is_the_callers_problem_wherever_it_comes() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let inspector = persona(Role::DetectiveInspector, &[]);
        let refused = |path: &str, code: &str| {
            let reply = service.get(&inspector, path);
            assert_eq!((reply.status, reply.code().as_str()), (400, code), "{path}");
        };
        for endpoint in ROUTES.iter().filter(|endpoint| endpoint.verb == Verb::Get && endpoint.path.contains('{')) {
            let Some(act) = endpoint.act else { continue };
            let path = endpoint.path.replace("{ref}", "n-1%00").replace("{name}", "%00").replace("{id}", "%00");
            let reply = service.get(&persona(act.roles[0], &[]), &path);
            assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_path"), "{path}");
        }
        for (path, parameters) in [
            ("/v1/offenders", &["team", "officer", "status", "search", "limit", "colour%00"][..]),
            ("/v1/flags", &["code", "team", "officer", "severity", "state"]),
            ("/v1/schedules", &["team", "state"]),
            ("/v1/officers/om-n/daily-list", &["date"]),
        ] {
            for parameter in parameters {
                refused(&format!("{path}?{parameter}=a%00b"), "invalid_query");
            }
        }
        for path in ["/v1/offenders", "/v1/offenders/n-1/timeline", "/v1/flags", "/v1/schedules"] {
            refused(&format!("{path}?cursor=6100"), "invalid_cursor");
            refused(&format!("{path}?cursor=%00"), "invalid_cursor");
        }
        let flag = service.get(&inspector, "/v1/flags/01900000-0000-7000-8000-000000000000");
        assert_eq!(flag.code(), "not_found");
        let acknowledge = "/v1/flags/01900000-0000-7000-8000-000000000000/acknowledge";
        let said = service.act(
            &inspector,
            acknowledge,
            Some("\"1\""),
            &json!({"reason": "a\u{0}b", "review_on": "2021-04-20"}),
        );
        assert_eq!((said.code().as_str(), &said.json()["pointer"]), ("invalid_body", &json!("/reason")));
        let body = json!({"team_ref": "north\u{0}", "from": "2021-04-16", "days": 7});
        assert_eq!(service.act(&inspector, "/v1/schedules", None, &body).code(), "invalid_body");
        let nobody = Grants { sub: "a\u{0}".to_owned(), ..persona(Role::Auditor, &[]) };
        assert_eq!(service.get(&nobody, "/v1/teams").code(), "unauthorized");
        assert_eq!(service.get(&of_force(inspector, "wessex\u{0}"), "/v1/teams").code(), "unauthorized");
        let auditor = persona(Role::Auditor, &[]);
        assert_eq!(service.get(&auditor, "/v1/offenders/n-1%00").code(), "forbidden");
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert!(recorded.iter().any(|entry| entry.actor.starts_with("auditor") && entry.act == "access.refused"));
    });
}

#[test]
fn a_date_of_no_year_that_a_database_knows_is_the_callers_problem() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let inspector = persona(Role::DetectiveInspector, &[]);
        for date in ["%2B262000-01-01", "-262000-01-01", "-4800-01-01", "0000-01-01", "2021-4-1", "tomorrow", ""] {
            let reply = service.get(&inspector, &format!("/v1/officers/om-n/daily-list?date={date}"));
            assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_query"), "{date}");
            assert_eq!(reply.json()["detail"], NOT_A_DATE, "{date}");
        }
        for date in ["0001-01-01", "9999-12-31"] {
            assert_eq!(service.get(&inspector, &format!("/v1/officers/om-n/daily-list?date={date}")).status, 200);
        }
        let acknowledge = "/v1/flags/01900000-0000-7000-8000-000000000000/acknowledge";
        let body = json!({"reason": "Invented.", "review_on": "+262000-01-01"});
        let said = service.act(&inspector, acknowledge, Some("\"1\""), &body);
        assert_eq!((said.status, said.code().as_str()), (400, "invalid_body"));
        assert!(said.json()["detail"].as_str().unwrap().starts_with(NOT_A_DATE), "{}", said.text);
        let place = |at: &str| cursor(&format!("high {at} 01900000-0000-7000-8000-000000000000"));
        assert_eq!(service.get(&inspector, &format!("/v1/flags?cursor={}", place("2021-04-15T08:00:00Z"))).status, 200);
        for at in ["+262000-01-01T00:00:00Z", "-262000-01-01T00:00:00Z"] {
            assert_eq!(
                service.get(&inspector, &format!("/v1/flags?cursor={}", place(at))).code(),
                "invalid_cursor",
                "{at}"
            );
        }
    });
}

#[test]
fn every_answer_says_that_it_is_not_to_be_kept_framed_or_guessed() {
    on_both_databases(|store| {
        let service = run(store);
        for path in ["/v1/teams", "/healthz", "/nowhere", "/openapi.json"] {
            let reply = service.request("GET", path, &[], b"");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
            assert!(reply.header("x-request-id").is_some_and(|id| id.len() == 36), "{path}");
        }
    });
}

#[test]
fn the_metrics_name_routes_and_nobody() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        service.get(&supervisor, "/v1/offenders/n-1");
        service.get(&supervisor, "/v1/offenders?search=Nestor");
        let metrics = service.request("GET", "/metrics", &[], b"").text;
        let counted =
            "mosovo_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/offenders/{ref}\",status=\"200\"} 1";
        assert!(metrics.contains(counted), "{metrics}");
        for personal in ["n-1", "Nestor", "search"] {
            assert!(!metrics.contains(personal), "{personal}");
        }
    });
}

#[test]
fn a_database_that_is_behind_is_not_ready_and_says_so() {
    on_both_empty_databases(|store| {
        let service = run(store);
        assert_eq!(service.request("GET", "/healthz", &[], b"").status, 200);
        let reply = service.request("GET", "/readyz", &[], b"");
        assert_eq!((reply.status, reply.code().as_str()), (503, "not_ready"));
        assert!(reply.text.contains("mosovo-visits migrate"));
        let failed = service.get(&persona(Role::Supervisor, &["north"]), "/v1/teams");
        assert_eq!((failed.status, failed.code().as_str()), (500, "internal"));
        for inside in ["current_record", "audit_entry", "relation", "no such table"] {
            assert!(!failed.text.contains(inside), "{}", failed.text);
        }
        store.migrate().unwrap();
        assert_eq!(service.request("GET", "/readyz", &[], b"").status, 200);
    });
}
