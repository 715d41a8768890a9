//! What is told when a request cannot be carried out, and what every answer carries.

use mosovo_visits::api::error::ErrorCode;
use mosovo_visits::casework::actor::Role;
use serde_json::json;

use crate::support::http::{persona, run};
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
