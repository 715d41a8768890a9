//! The audit as its auditor reads it.

use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};

use crate::support::http::{Running, of_force, persona, run};
use crate::support::{caseload, import, on_both_databases};

fn items(service: &Running, query: &str) -> Vec<Value> {
    let reply = service.get(&persona(Role::Auditor, &[]), &format!("/v1/audit{query}"));
    assert_eq!(reply.status, 200, "{query}: {}", reply.text);
    reply.json()["items"].as_array().unwrap().clone()
}

/// Some reading in Wessex: seven entries.
fn readings(service: &Running) {
    let supervisor = persona(Role::Supervisor, &["north"]);
    for path in ["/v1/offenders", "/v1/offenders/n-1", "/v1/offenders/n-1/timeline", "/v1/offenders/s-1", "/v1/teams"] {
        service.get(&supervisor, path);
    }
    service.get(&persona(Role::DetectiveInspector, &[]), "/v1/offenders/n-1");
    service.get(&persona(Role::Administrator, &[]), "/v1/offenders/n-1");
}

#[test]
fn an_auditor_reads_who_did_what_the_newest_first_and_is_on_record_too() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        readings(&service);
        let all = items(&service, "");
        let sequences: Vec<i64> = all.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect();
        assert_eq!(sequences, [7, 6, 5, 4, 3, 2, 1]);
        let read = &all[5];
        assert_eq!((&read["act"], &read["operation"]), (&json!("offender.read"), &json!("consultation")));
        assert_eq!((&read["subject_kind"], &read["subject"]), (&json!("offender"), &json!("n-1")));
        assert_eq!(read["actor"], "supervisor:invented-supervisor");
        assert_eq!(read["previous_hash"], all[6]["hash"]);
        let again = items(&service, "?limit=1");
        assert_eq!((&again[0]["act"], &again[0]["detail"]["count"]), (&json!("audit.read"), &json!(7)));
    });
}

#[test]
fn filters_narrow_it() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        readings(&service);
        let count = |query: &str| items(&service, query).len();
        assert_eq!(count("?act=offender.read"), 2);
        assert_eq!(count("?subject_kind=offender&subject=n-1&operation=consultation"), 3);
        assert_eq!(count("?operation=refusal"), 2);
        assert_eq!(count("?actor=detective_inspector:invented-detective_inspector"), 1);
        assert_eq!(count("?subject_kind=team&subject=n-1"), 0);
        let now = "2021-04-15T08:00:00Z";
        assert_eq!(count(&format!("?act=offender.read&from={now}")), 2);
        assert_eq!(count(&format!("?act=offender.read&until={now}")), 0);
        assert_eq!(count("?act=offender.read&until=2021-04-15T09:00:00.000001%2B01:00"), 2);
        let auditor = persona(Role::Auditor, &[]);
        for wrong in ["from=2021-04-15", "until=yesterday", "operation=reading", "limit=0", "colour=red", "actor=a%00b"]
        {
            assert_eq!(service.get(&auditor, &format!("/v1/audit?{wrong}")).code(), "invalid_query", "{wrong}");
        }
        for wrong in ["6100", "30", "2d31", "zz"] {
            assert_eq!(service.get(&auditor, &format!("/v1/audit?cursor={wrong}")).code(), "invalid_cursor", "{wrong}");
        }
        items(&service, "?subject=Nestor%20Inventio&actor=n-1");
        let told = &items(&service, "?limit=1")[0]["detail"]["filter"];
        assert_eq!((&told["subject"], &told["actor"]), (&json!("given"), &json!("n-1")), "a name is not put on record");
    });
}

#[test]
fn it_comes_in_pages_that_later_entries_do_not_disturb() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        readings(&service);
        let auditor = persona(Role::Auditor, &[]);
        let (mut path, mut seen) = (Some("/v1/audit?limit=3".to_owned()), Vec::new());
        while let Some(next) = path {
            let reply = service.get(&auditor, &next);
            let page = reply.json()["items"].as_array().unwrap().clone();
            seen.extend(page.iter().map(|entry| entry["sequence"].as_i64().unwrap()));
            let link = reply.header("link").map(ToOwned::to_owned);
            path = link.map(|link| link.trim_start_matches('<').split('>').next().unwrap().to_owned());
        }
        assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    });
}

#[test]
fn another_forces_audit_and_the_services_own_are_not_shown() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        readings(&service);
        let mercian = service.get(&of_force(persona(Role::Auditor, &[]), "mercia"), "/v1/audit");
        assert_eq!((mercian.status, mercian.json()["items"].as_array().unwrap().len()), (200, 0));
        let nowhere = service.get(&of_force(persona(Role::Auditor, &[]), "service"), "/v1/audit");
        assert_eq!(nowhere.json()["items"], json!([]), "a force of that name has a chain of its own");
    });
}

#[test]
fn why_somebody_reads_is_kept_and_a_code_that_there_is_not_is_refused() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        let token = format!("Bearer {}", service.token(&supervisor));
        let ask = |path: &str, reason: &str| {
            service.request("GET", path, &[("authorization", &token), ("reading-reason", reason)], b"")
        };
        assert_eq!(ask("/v1/offenders/n-1", "safeguarding").status, 200);
        assert_eq!(ask("/v1/schedules", "supervision").status, 200);
        assert_eq!(ask("/v1/offenders/s-1", "visit").status, 404);
        let refused = ask("/v1/offenders/n-1", "curiosity");
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid_reading_reason"));
        assert!(!refused.text.contains("curiosity") && refused.text.contains("case_management"));
        assert_eq!(service.get(&supervisor, "/v1/offenders/n-1").status, 200);
        let forbidden = format!("Bearer {}", service.token(&persona(Role::Auditor, &[])));
        let headers = [("authorization", forbidden.as_str()), ("reading-reason", "curiosity")];
        assert_eq!(service.request("GET", "/v1/offenders/n-1", &headers, b"").code(), "forbidden");
        let entries: Vec<StoredAuditEntry> =
            store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let told: Vec<_> = entries.iter().map(|entry| (entry.act.as_str(), entry.reason.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("offender.read", Some("safeguarding")),
                ("schedule.list", Some("supervision")),
                ("access.refused", Some("visit")),
                ("offender.read", None),
                ("access.refused", None),
            ]
        );
    });
}
