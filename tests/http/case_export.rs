//! The export of a whole case: sealed, verified without the database, and on record as a disclosure.

use std::fs;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::case_export::proof::{CaseProofError, verify};
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::head::HeadKey;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::caseload::lines;
use crate::support::casework::{inspector, manager, other_inspector, set_up, supervisor};
use crate::support::http::{Reply, Running, run, run_at};
use crate::support::{import, on_both_databases, on_both_signing_databases, program, proof_key};

const EXPORT: &str = "/v1/offenders/n-1/export";

fn export(service: &Running, who: &Grants, query: &str) -> Reply {
    let token = format!("Bearer {}", service.token(who));
    let headers = [("authorization", token.as_str()), ("reading-reason", "disclosure")];
    service.request("GET", &format!("{EXPORT}{query}"), &headers, b"")
}

fn exported(service: &Running, query: &str) -> String {
    let reply = export(service, &inspector(), query);
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.text
}

fn recorded(store: &Store) -> Vec<StoredAuditEntry> {
    store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap()
}

/// What does not fit in a file: which parts.
fn found(text: &str) -> Vec<String> {
    let proof = verify(text, Some(&proof_key().public())).unwrap();
    proof.findings.into_iter().map(|finding| finding.part).collect()
}

#[test]
fn the_whole_case_is_in_it_and_it_proves_itself() {
    on_both_signing_databases(|store| {
        set_up(store);
        let service = run(store);
        let sent = json!({"received_at": "2021-04-15T07:00:00Z", "summary": "invented words", "risk_relevant": true,
            "source": "team"});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/intelligence", None, &sent).status, 201);
        let flag = service.get(&supervisor(), "/v1/flags?limit=200").json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|flag| flag["offender_ref"] == "n-1")
            .unwrap()
            .clone();
        let acknowledged = service.act(
            &supervisor(),
            &format!("/v1/flags/{}/acknowledge", flag["id"].as_str().unwrap()),
            Some(&format!("\"{}\"", flag["version"])),
            &json!({"reason": "invented", "review_on": "2021-05-01"}),
        );
        assert_eq!(acknowledged.status, 200, "{}", acknowledged.text);
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").status, 200);
        let text = exported(&service, "?recipient=Invented%20reviewer");
        assert_eq!(found(&text), Vec::<String>::new());

        let file: Value = serde_json::from_str(&text).unwrap();
        let document = &file["document"];
        assert_eq!(
            (&document["offender_ref"], &document["exported_by"], &document["reason"], &document["recipient"]),
            (
                &json!("n-1"),
                &json!("detective_inspector:invented-di"),
                &json!("disclosure"),
                &json!("Invented reviewer")
            )
        );
        let kinds: Vec<&str> =
            document["records"].as_array().unwrap().iter().map(|record| record["kind"].as_str().unwrap()).collect();
        assert_eq!(
            kinds,
            [
                "offender",
                "address",
                "allocation",
                "arms_assessment",
                "risk_management_plan",
                "visit",
                "intelligence",
                "breach"
            ]
        );
        let timeline = document["timeline"].as_array().unwrap();
        let item = timeline.iter().find(|version| version["kind"] == "intelligence").unwrap();
        assert_eq!((&item["act"], &item["import_id"]), (&json!("intelligence.enter"), &Value::Null));
        assert_eq!(item["entered_by"], "offender_manager:invented-om-n");
        assert_eq!(item["content"]["summary"], "invented words");
        let sent = timeline.iter().find(|version| version["kind"] == "visit").unwrap();
        assert_eq!((&sent["source"], &sent["entered_by"]), (&json!("/records/wessex/invented"), &Value::Null));
        assert!(sent["import_id"].is_string() && sent["event_id"].is_string());
        let flags = document["flags"].as_array().unwrap();
        let same = flags.iter().find(|known| known["id"] == flag["id"]).unwrap();
        assert_eq!(same["acknowledgements"][0]["by"], "supervisor:invented-sup-n");
        let policy = &document["policies"][0]["version"];
        assert_eq!(same["policy_version"], *policy);

        let entries = document["audit"]["entries"].as_array().unwrap();
        let acts: Vec<&str> = entries.iter().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["intelligence.enter", "offender.read"]);
        let recorded = recorded(store);
        let (disclosed, before) = recorded.split_last().unwrap();
        assert_eq!(document["audit"]["hash"], json!(before.last().unwrap().hash), "the chain as it then stood");
        assert_eq!((disclosed.act.as_str(), disclosed.operation.as_str()), ("offender.export", "disclosure"));
        assert_eq!(
            (disclosed.reason.as_deref(), &disclosed.detail["recipient"]),
            (Some("disclosure"), &json!("Invented reviewer"))
        );
        // Whoever has the file without the program: the digest is over the document as it stands in it.
        let inside = text.strip_prefix("{\"document\":").unwrap().split_once(",\"seal\":{").unwrap().0;
        let digest: String = Sha256::digest(inside).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (json!(digest), &file["seal"]["sha256"]),
            (file["seal"]["sha256"].clone(), &disclosed.detail["sha256"])
        );
    });
}

#[test]
fn one_changed_byte_is_found_and_the_part_named() {
    on_both_signing_databases(|store| {
        set_up(store);
        let text = exported(&run(store), "");
        for (changed, parts) in [
            (text.replacen("Invented Row", "Invented Rov", 1), vec!["records", "document"]),
            (text.replacen("\"legal_hold\":false", "\"legal_hold\":true", 1), vec!["legal_hold", "document"]),
            (text.replacen("\"marking\":\"OFFICIAL-SENSITIVE\",", "", 1), vec!["marking", "document"]),
            (text.replacen("\"document\":{", "\"document\":{\"aa\":1,", 1), vec!["aa", "document"]),
            (text.replacen("\"signature\":\"", "\"signature\":\"00", 1), vec!["seal"]),
            (text.replacen(",\"offender_ref\"", ", \"offender_ref\"", 1), vec!["file"]),
            (text.replacen("\"marking\"", "\"marking\":\"SECRET\",\"marking\"", 1), vec!["file"]),
        ] {
            assert_ne!(changed, text);
            assert_eq!(found(&changed), parts);
        }
        // Every byte counts, wherever it stands.
        for at in (0..text.len()).step_by(701) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let is_found = String::from_utf8(bytes).map_or(true, |changed| {
                verify(&changed, Some(&proof_key().public())).map_or(true, |proof| !proof.findings.is_empty())
            });
            assert!(is_found, "byte {at}");
        }
    });
}

#[test]
fn whoever_seals_it_with_another_key_is_found() {
    on_both_signing_databases(|store| {
        set_up(store);
        let text = exported(&run(store), "");
        let other = HeadKey::from_seed(&"2e".repeat(32)).unwrap().public();
        let named = proof_key().public().to_text();
        assert_eq!(verify(&text, Some(&other)), Err(CaseProofError::AnotherKey { named: named.clone() }));
        assert_eq!(verify(&text, None).unwrap().public_key, named);
        let forged = text.replacen(&named, &other.to_text(), 1);
        assert!(forged != text && found_by(&forged).contains(&"seal".to_owned()));
        assert_eq!(verify("{}", None), Err(CaseProofError::Malformed));
        assert_eq!(verify(&text[..text.len() / 2], None), Err(CaseProofError::Malformed));
    });
}

/// The same as [`found`], with whatever key the file names.
fn found_by(text: &str) -> Vec<String> {
    verify(text, None).unwrap().findings.into_iter().map(|finding| finding.part).collect()
}

#[test]
fn the_command_line_says_whether_it_is_valid_and_what_is_not() {
    on_both_signing_databases(|store| {
        set_up(store);
        let text = exported(&run(store), "");
        let file = std::env::temp_dir().join(format!("mosovo-visits-{}.json", uuid::Uuid::now_v7()));
        let key = proof_key().public().to_text();
        let verified = |text: &str, more: &[&str]| {
            fs::write(&file, text).unwrap();
            let arguments = [&["audit", "verify-export", file.to_str().unwrap()][..], more].concat();
            let output = program("sqlite:///none.sqlite", &arguments).output().unwrap();
            (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, said) = verified(&text, &["--key", &key]);
        assert_eq!((code, said.starts_with("valid: n-1 of wessex, exported 2021-04-15T08:00:00")), (0, true), "{said}");
        let (code, said) = verified(&text.replacen("Invented Row", "Invented Rov", 1), &["--key", &key]);
        assert_eq!((code, said.starts_with("records: is not what was sealed\n")), (1, true), "{said}");
        let (code, said) = verified(&text.replacen("Invented Row", "Invented Rov", 1), &["--format", "json"]);
        let told: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((code, &told["findings"][0]["part"]), (1, &json!("records")));
        assert_eq!(verified(&text, &["--key", &HeadKey::from_seed(&"2e".repeat(32)).unwrap().public().to_text()]).0, 1);
        assert_eq!(verified("nothing", &[]).0, 1);
        fs::remove_file(&file).unwrap();
    });
}

#[test]
fn an_inspector_who_sees_the_case_and_says_why_and_nobody_else() {
    on_both_signing_databases(|store| {
        set_up(store);
        let service = run(store);
        for who in [manager(), supervisor()] {
            assert_eq!(export(&service, &who, "").code(), "forbidden");
        }
        let silent = service.get(&inspector(), EXPORT);
        assert_eq!((silent.status, silent.code().as_str()), (400, "reason_needed"));
        assert_eq!(export(&service, &inspector(), "?known_at=2031-01-01T00:00:00Z").code(), "invalid_query");
        assert_eq!(export(&service, &inspector(), "?recipient=%20").code(), "invalid_query");
        let only = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &only).status, 200);
        let hold = json!({"ground": "litigation", "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/legal-holds", None, &hold).status, 201);
        let before = recorded(store).len();
        let hidden = export(&service, &other_inspector(), "");
        assert_eq!((hidden.status, hidden.code().as_str()), (404, "not_found"));
        let recorded = recorded(store);
        assert_eq!((recorded.len(), recorded[before].act.as_str()), (before + 1, "access.refused"));
        assert_eq!(export(&service, &inspector(), "").status, 200);
    });
}

#[test]
fn without_a_key_nothing_is_disclosed() {
    on_both_databases(|store| {
        set_up(store);
        let reply = export(&run(store), &inspector(), "");
        assert_eq!((reply.status, reply.code().as_str()), (503, "signing_key_missing"));
        assert!(recorded(store).iter().all(|entry| entry.act != "offender.export"));
    });
}

#[test]
fn it_shows_the_records_as_they_stood_at_the_hold_whatever_came_after() {
    on_both_signing_databases(|store| {
        set_up(store);
        let service = run(store);
        let hold = json!({"ground": "serious_further_offence", "reason": "invented"});
        let placed = service.act(&inspector(), "/v1/offenders/n-1/legal-holds", None, &hold).json();
        let at = format!("?known_at={}", placed["placed_at"].as_str().unwrap());
        let before: Value = serde_json::from_str(&exported(&service, &at)).unwrap();
        drop(service);
        let withdrawn = json!({"specversion": "1.0", "id": "gone", "source": "/records/wessex/invented",
            "type": "records.deleted.v1", "subject": "n-1", "time": "2021-04-20T09:00:00Z",
            "data": {"type": "records.offender.v1", "subject": "n-1", "reason": "invented"}});
        let service = run_at(store, "2021-04-20T10:00:00Z");
        let records_system = crate::support::http::persona(mosovo_visits::casework::actor::Role::RecordsSystem, &[]);
        let reply = service.send(&records_system, "application/x-ndjson", &lines(&[withdrawn]));
        assert_eq!((reply.status, &reply.json()["accepted"]), (200, &json!(1)), "{}", reply.text);
        assert_eq!(service.get(&inspector(), "/v1/offenders/n-1").code(), "not_found");

        let now: Value = serde_json::from_str(&exported(&service, "")).unwrap();
        let kinds = |file: &Value| file["document"]["records"].to_string();
        assert!(!kinds(&now).contains("\"kind\":\"offender\"") && kinds(&now).contains("\"kind\":\"visit\""));
        let timeline = now["document"]["timeline"].as_array().unwrap();
        assert!(timeline.iter().any(|version| version["withdrawn"] == true && version["kind"] == "offender"));
        assert!(timeline.iter().any(|version| version["content"]["given_name"] == "Nestor"));
        let then: Value = serde_json::from_str(&exported(&service, &at)).unwrap();
        assert_eq!(kinds(&then), kinds(&before));
        assert_eq!(import(store, "").errors, vec![]);
    });
}
