//! The records system sends extracts, tries them out, and reads what came of them.

use std::fmt::Write as _;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::senders::{Sender, Senders};
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::support::http::{Reply, Running, of_force, persona, run_with_senders, webhooks};
use crate::support::workbook::{Shown, bomb, workbook};
use crate::support::{caseload, import, on_both_databases};

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn system() -> Grants {
    persona(Role::RecordsSystem, &[])
}

fn mapping() -> Value {
    json!({
        "format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche",
        "code_lists": {"kind": {"M": "main", "O": "other"}},
        "records": [{
            "type": "records.address.v1", "subject": {"column": "Id"},
            "data": {
                "offender_ref": {"column": "Nominal"},
                "kind": {"column": "Kind", "code_list": "kind"},
                "lines": {"columns": ["Line 1", "Line 2"]},
                "resident_from": {"column": "From", "as": "date", "format": "%d/%m/%Y"},
            },
        }],
    })
}

fn set_up(store: &Store) -> Running {
    set_up_with(store, Senders::default())
}

fn set_up_with(store: &Store, senders: Senders) -> Running {
    import(store, &caseload::feed());
    let service = run_with_senders(store, senders, None);
    let administrator = persona(Role::Administrator, &[]);
    let saved = service.put(&administrator, "/v1/extract-mappings/addresses", None, &mapping());
    assert_eq!(saved.status, 200, "{}", saved.text);
    service
}

fn send(service: &Running, query: &str, media_type: &str, body: &[u8]) -> Reply {
    let token = format!("Bearer {}", service.token(&system()));
    let headers = [("authorization", token.as_str()), ("content-type", media_type)];
    service.request("POST", &format!("/v1/extracts?mapping=addresses{query}"), &headers, body)
}

fn csv(rows: &[&str]) -> Vec<u8> {
    format!("Id,Nominal,Kind,Line 1,Line 2,From\n{}\n", rows.join("\n")).into_bytes()
}

fn counts(report: &Value) -> Vec<i64> {
    let counts = &report["extract"]["records"]["records.address.v1"];
    ["new", "changed", "unchanged", "stale", "refused"].map(|count| counts[count].as_i64().unwrap()).to_vec()
}

#[test]
fn an_extract_is_tried_out_taken_and_told_of() {
    on_both_databases(|store| {
        let service = set_up(store);
        let file = csv(&["x-1,n-1,M,2 Invented Row,,01/02/2020", "x-2,n-1,Z,3 Invented Row,,01/02/2020"]);
        let before = store.transaction(records_digest).unwrap();
        let dry = send(&service, "&as_of=2021-04-14T06:00:00Z&dry_run=true", CSV, &file);
        assert_eq!((dry.status, dry.header("location")), (200, None), "{}", dry.text);
        assert_eq!((counts(&dry.json()), &dry.json()["state"]), (vec![1, 0, 0, 0, 1], &json!("dry_run")));
        assert_eq!(store.transaction(records_digest).unwrap(), before);
        let sent = send(&service, "&as_of=2021-04-14T06:00:00Z&dry_run=false", CSV, &file);
        let report = sent.json();
        assert_eq!((counts(&report), &report["errors"]), (counts(&dry.json()), &dry.json()["errors"]));
        let error = &report["errors"][0];
        assert_eq!(
            [&error["row"], &error["column"], &error["code"]],
            [&json!(3), &json!("Kind"), &json!("unknown_code")]
        );
        assert_eq!(
            (&report["extract"]["mapping"], &report["extract"]["mapping_version"]),
            (&json!("addresses"), &json!(1))
        );

        let mut stored = service.get(&system(), sent.header("location").unwrap()).json();
        for added in ["started_at", "ended_at"] {
            assert!(stored.as_object_mut().unwrap().remove(added).is_some());
        }
        assert_eq!(stored, report);
        assert_eq!(counts(&send(&service, "&as_of=2021-04-14T06:00:00Z", CSV, &file).json()), [0, 0, 1, 0, 1]);
        let changed = csv(&["x-1,n-1,O,2 Invented Row,,01/02/2020"]);
        let foretold = send(&service, "&as_of=2021-04-15T06:00:00Z&dry_run=true", CSV, &changed).json();
        let told = json!([{"type": "records.address.v1", "subject": "x-1", "members": ["kind"]}]);
        assert_eq!(foretold["extract"]["changed_records"], told);
        assert_eq!(counts(&send(&service, "&as_of=2021-04-15T06:00:00Z", CSV, &changed).json()), counts(&foretold));
        assert_eq!(send(&service, "&as_of=2021-04-14T06:00:00Z", CSV, &changed).code(), "older_extract");
        let case = service.get(&persona(Role::Supervisor, &["north"]), "/v1/offenders/n-1").text;
        assert!(case.contains("2 Invented Row"), "{case}");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let count = |act: &str| entries.iter().filter(|entry| entry.act == act).count();
        assert_eq!((count("extract.dry_run"), count("extract.import")), (2, 3));
    });
}

#[test]
fn what_a_faulty_mapping_made_of_an_extract_is_put_right_by_the_next_version_of_it() {
    let rows: Vec<String> =
        (0..8).map(|number| format!("x-{number},n-1,M,{number} Invented Row,,01/02/2020")).collect();
    let file = csv(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let as_of = "&as_of=2021-04-14T06:00:00Z";
    on_both_databases(|store| {
        let service = set_up(store);
        let sent = |more: &str| counts(&send(&service, &format!("{as_of}{more}"), CSV, &file).json());
        assert_eq!(sent(""), [8, 0, 0, 0, 0]);
        let mut right = mapping();
        right["code_lists"]["kind"]["M"] = json!("other");
        let path = "/v1/extract-mappings/addresses";
        let saved = service.put(&persona(Role::Administrator, &[]), path, Some("\"1\""), &right);
        assert_eq!(saved.header("etag"), Some("\"2\""), "{}", saved.text);
        assert_eq!(sent("&dry_run=true"), [0, 8, 0, 0, 0]);
        assert_eq!(sent(""), [0, 8, 0, 0, 0]);
        assert_eq!(sent(""), [0, 0, 8, 0, 0], "the same again");
        assert_eq!(sent("&version=1"), [0, 0, 8, 0, 0], "the earlier version brings nothing back");
        assert_eq!(sent("&dry_run=true"), [0, 0, 8, 0, 0], "it stands as the later version has it");
    });
}

#[test]
fn rows_of_many_batches_come_to_what_was_foretold() {
    let mut rows = String::from("Id,Nominal,Kind,Line 1,Line 2,From\n");
    for number in 0..1_700 {
        let kind = if number % 97 == 0 { "Z" } else { "M" };
        writeln!(rows, "x-{},n-1,{kind},{number} Invented Row,,01/02/2020", number % 1_650).unwrap();
    }
    on_both_databases(|store| {
        let service = set_up(store);
        let dry = send(&service, "&as_of=2021-04-14T06:00:00Z&dry_run=true", CSV, rows.as_bytes()).json();
        let done = send(&service, "&as_of=2021-04-14T06:00:00Z", CSV, rows.as_bytes()).json();
        assert_eq!((counts(&dry), &dry["errors"]), (counts(&done), &done["errors"]));
        for count in ["accepted", "duplicates", "stale", "refused"] {
            assert_eq!(dry[count], done[count], "{count}");
        }
        // 18 rows have a code that there is not; of the 50 that say otherwise of an earlier row's record, one has such a code as well,
        // and one an earlier row that had.
        assert_eq!(counts(&done).iter().sum::<i64>(), 1_700);
    });
}

#[test]
fn a_workbook_is_sent_whole_and_one_that_would_fill_the_memory_is_refused() {
    use Shown::{Moment, Nothing, Text};
    let header = ["Id", "Nominal", "Kind", "Line 1", "Line 2", "From"].map(Text);
    let row = [Text("x-1"), Text("n-1"), Text("M"), Text("2 Invented Row"), Nothing, Moment(43_862.0)];
    let file = workbook(&[("Old", &[&header]), ("Addresses", &[&header, &row])]);
    let bomb = bomb(257);
    assert!(bomb.len() < 1024 * 1024);
    on_both_databases(|store| {
        let service = set_up(store);
        let query = "&as_of=2021-04-14T06:00:00Z&sheet=Addresses";
        assert_eq!(counts(&send(&service, query, XLSX, &file).json()), [1, 0, 0, 0, 0]);
        let same = csv(&["x-1,n-1,M,2 Invented Row,,01/02/2020"]);
        assert_eq!(counts(&send(&service, "&as_of=2021-04-14T06:00:00Z", CSV, &same).json()), [0, 0, 1, 0, 0]);
        let refused = send(&service, query, XLSX, &bomb);
        assert_eq!((refused.status, refused.code().as_str()), (413, "extract_unpacks_too_large"));
        let without = send(&service, "&as_of=2021-04-14T06:00:00Z", XLSX, &file);
        assert_eq!((without.status, without.code().as_str()), (400, "extract_unreadable"));
    });
}

#[test]
fn an_extract_that_cannot_be_taken_is_refused_whole() {
    on_both_databases(|store| {
        let service = set_up(store);
        let file = csv(&["x-1,n-1,M,2 Invented Row,,01/02/2020"]);
        let as_of = "&as_of=2021-04-14T06:00:00Z";
        let huge = vec![b' '; 32 * 1024 * 1024 + 1];
        let before = store.transaction(records_digest).unwrap();
        for (query, media_type, body, status, code) in [
            ("", CSV, &file[..], 400, "as_of_needed"),
            ("&as_of=2021-04-16T06:00:00Z", CSV, &file, 400, "as_of_needed"),
            ("&as_of=yesterday", CSV, &file, 400, "invalid_query"),
            ("&colour=red", CSV, &file, 400, "invalid_query"),
            ("&as_of=2021-04-14T06:00:00Z&version=2", CSV, &file, 404, "not_found"),
            (as_of, "application/json", &file, 415, "unsupported_media_type"),
            (as_of, CSV, b"Id,Nominal\nx-1,n-1\n", 400, "extract_unreadable"),
            (as_of, CSV, b"", 400, "extract_unreadable"),
            (as_of, XLSX, &file, 400, "extract_unreadable"),
            (as_of, XLSX, &huge, 413, "extract_too_large"),
        ] {
            let reply = send(&service, query, media_type, body);
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{query} {media_type}");
        }
        assert_eq!(store.transaction(records_digest).unwrap(), before);
        let token = format!("Bearer {}", service.token(&of_force(system(), "mercia")));
        let headers = [("authorization", token.as_str()), ("content-type", CSV)];
        let theirs = service.request("POST", &format!("/v1/extracts?mapping=addresses{as_of}"), &headers, &file);
        assert_eq!(theirs.code(), "not_found");
    });
}

#[test]
fn a_sender_known_by_name_is_held_to_its_types_and_its_signature() {
    let named = Sender {
        name: "invented-records_system".to_owned(),
        force: "wessex".to_owned(),
        kinds: Some([RecordKind::Offender].into()),
        is_signed: false,
        key_number: 1,
        by_certificate: false,
    };
    let file = csv(&["x-1,n-1,M,2 Invented Row,,01/02/2020"]);
    let as_of = "&as_of=2021-04-14T06:00:00Z";
    on_both_databases(|store| {
        let service = set_up_with(store, Senders::of(vec![named.clone()]));
        let report = send(&service, as_of, CSV, &file).json();
        assert_eq!(
            (counts(&report), &report["errors"][0]["code"]),
            (vec![0, 0, 0, 0, 1], &json!("type_not_permitted"))
        );
    });
    let signing = Sender { kinds: None, is_signed: true, ..named };
    let secret = signing.secret(webhooks().keys());
    on_both_databases(|store| {
        let service = set_up_with(store, Senders::of(vec![signing.clone()]));
        let before = store.transaction(records_digest).unwrap();
        assert_eq!(send(&service, as_of, CSV, &file).code(), "signature_missing");
        let timestamp = Clock::System.now().timestamp();
        let signed = |body: &[u8], sent: &[u8]| {
            let signature = Webhook::new(&secret).unwrap().sign("m-1", timestamp, body).unwrap();
            let (token, timestamp) = (format!("Bearer {}", service.token(&system())), timestamp.to_string());
            let headers = [
                ("authorization", token.as_str()),
                ("content-type", CSV),
                ("webhook-id", "m-1"),
                ("webhook-timestamp", &timestamp),
                ("webhook-signature", &signature),
            ];
            service.request("POST", &format!("/v1/extracts?mapping=addresses{as_of}"), &headers, sent)
        };
        assert_eq!(signed(b"another", &file).code(), "signature_wrong");
        assert_eq!(store.transaction(records_digest).unwrap(), before);
        assert_eq!(counts(&signed(&file, &file).json()), [1, 0, 0, 0, 0]);
        assert_eq!(signed(&file, &file).code(), "signature_replayed");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let refused =
            entries.iter().filter(|entry| entry.act == "access.refused" && entry.detail["act"] == "extracts.send");
        assert_eq!(refused.count(), 3);
    });
}
