//! A case passes from Wessex to Dorset with its whole history: made, handed out, taken in, receipted; and nothing of it is lost,
//! doubled, or taken for what it is not.

use std::io::{Cursor, Write};

use diesel::connection::SimpleConnection;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::transfers::manifest::{Manifest, listed, opened, sealed};
use mosovo_visits::casework::transfers::package::{Files, LARGEST_PACKAGE, MOST_UNPACKED, read, written};
use mosovo_visits::casework::transfers::receipt::{SignedReceipt, signed};
use mosovo_visits::store::audit::head::HeadKey;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, own_entry};
use serde_json::{Value, json};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::casework::{inspector, manager, other_inspector, set_up, supervisor};
use crate::support::http::{Reply, Running, of_force, persona, run, run_at};
use crate::support::{import, on_both_signing_databases, proof_key};

/// When Dorset takes the case in.
pub(super) const LATER: &str = "2021-04-20T09:00:00Z";

/// The case as Dorset has it.
pub(super) const CASE: &str = "/v1/offenders/wessex%3An-1";

fn of_dorset(role: Role, teams: &[&str], officer: &str) -> Grants {
    let officer_ref = Some(officer.to_owned().try_into().unwrap());
    Grants { sub: format!("invented-{officer}"), officer_ref, ..of_force(persona(role, teams), "dorset") }
}

/// The supervisor of Dorset's team west.
pub(super) fn taker() -> Grants {
    of_dorset(Role::Supervisor, &["west"], "sup-d")
}

pub(super) fn their_inspector() -> Grants {
    of_dorset(Role::DetectiveInspector, &[], "di-d")
}

/// Dorset's own om-n, who is nobody that Wessex knows.
fn their_manager() -> Grants {
    of_dorset(Role::OffenderManager, &["west"], "om-n")
}

fn administrator(force: &str) -> Grants {
    of_force(persona(Role::Administrator, &[]), force)
}

/// Dorset, with references that Wessex has too.
fn dorset() -> String {
    let source = "/records/dorset/invented";
    let officer = |name: &str, role: &str| {
        let course = |course: &str| json!({"course": course, "completed_on": "2019-01-01"});
        json!({"name": name, "role": role, "team_ref": "west", "in_post_from": "2015-01-01", "constable": true,
            "training": [course("visor_user"), course("arms_assessor"), course("mosovo_supervisor")]})
    };
    let base = json!({"name": "Base", "latitude": 50.7, "longitude": -2.4});
    lines(&[
        event(source, "team", "west", RECORDED, &json!({"name": "West", "force": "Dorset", "base": base})),
        event(source, "team", "east", RECORDED, &json!({"name": "East", "force": "Dorset", "base": base})),
        event(source, "officer", "om-n", RECORDED, &officer("Dora Invented", "offender_manager")),
        event(source, "officer", "sup-d", RECORDED, &officer("Dana Invented", "supervisor")),
        event(source, "officer", "di-d", RECORDED, &officer("Dirk Invented", "detective_inspector")),
        event(source, "offender", "n-1", RECORDED, &offender("Dorian", "west", "community")),
        event(source, "allocation", "n-1", RECORDED, &json!({"officer_ref": "om-n", "from": "2020-01-01"})),
    ])
}

/// Both forces with their caseloads, each of which trusts the other's key.
pub(super) fn set_up_both(store: &Store) -> Running {
    set_up(store);
    let report = import(store, &dorset());
    assert_eq!((report.refused, &report.errors), (0, &vec![]));
    let service = run(store);
    for (own, other) in [("wessex", "dorset"), ("dorset", "wessex")] {
        let key = service.get(&administrator(own), "/v1/transfer-keys").json()["own_public_key"].clone();
        assert_eq!(key, proof_key().public().to_text());
        let body =
            json!({"force": other, "public_key": key, "reason": "compared by telephone", "expires_on": "2021-12-31"});
        let registered = service.act(&administrator(own), "/v1/transfer-keys", None, &body);
        assert_eq!((registered.status, &registered.json()["holds"]), (201, &json!(true)), "{}", registered.text);
    }
    service
}

pub(super) fn make(service: &Running, who: &Grants) -> Reply {
    let body = json!({"receiving_force": "dorset", "reason": "moved to Dorset"});
    service.act(who, "/v1/offenders/n-1/transfers", None, &body)
}

/// The path of a transfer that the inspector has made.
pub(super) fn made(service: &Running) -> String {
    let reply = make(service, &inspector());
    assert_eq!((reply.status, &reply.json()["state"]), (201, &json!("made")), "{}", reply.text);
    reply.header("location").unwrap().to_owned()
}

pub(super) fn package(service: &Running, transfer: &str) -> Vec<u8> {
    let reply = service.get(&inspector(), &format!("{transfer}/package"));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/zip")), "{}", reply.text);
    reply.bytes
}

pub(super) fn take_in(service: &Running, who: &Grants, team: &str, bytes: &[u8]) -> Reply {
    let token = format!("Bearer {}", service.token(who));
    let headers = [("authorization", token.as_str()), ("content-type", "application/zip")];
    service.request("POST", &format!("/v1/transfers/received?team_ref={team}"), &headers, bytes)
}

pub(super) fn taken(store: &Store, bytes: &[u8]) -> Running {
    let service = run_at(store, LATER);
    let reply = take_in(&service, &taker(), "west", bytes);
    assert_eq!((reply.status, reply.json()["offender_ref"].as_str()), (201, Some("wessex:n-1")), "{}", reply.text);
    service
}

pub(super) fn items(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["items"].as_array().unwrap().clone()
}

pub(super) fn recorded(store: &Store, force: &str) -> Vec<StoredAuditEntry> {
    store.transaction(|connection| audit::of_force(connection, force)).unwrap()
}

/// A package made anew with something changed, and signed.
fn resealed(bytes: &[u8], key: &HeadKey, change: impl Fn(&mut Manifest, &mut Files)) -> Vec<u8> {
    let (mut manifest, mut files) = (opened(bytes).unwrap().manifest, read(bytes).unwrap());
    change(&mut manifest, &mut files);
    manifest.files = listed(&files);
    sealed(files, &manifest, key).unwrap()
}

fn zip_of(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file(name, options).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

/// A breach of n-1 that the manager enters; its reference.
fn breach(service: &Running, summary: &str) -> String {
    let body = json!({
        "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
        "discovered_at": "2021-04-15T07:00:00Z", "summary": summary,
    });
    let reply = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &body);
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["ref"].as_str().unwrap().to_owned()
}

/// Every version of a case's history as it was known in Wessex: by what Wessex says, or by what Dorset says that Wessex knew.
pub(super) fn known_in_wessex(items: &[Value]) -> Vec<String> {
    let mut told: Vec<String> = items
        .iter()
        .filter_map(|item| {
            let there = if item["source"].as_str().is_some_and(|source| source.starts_with("/transfers/")) {
                item.get("came_from")?
            } else {
                item
            };
            let members = ["subject", "learned_at", "source", "event_id", "entered_by"].map(|member| &there[member]);
            Some(format!("{} {} {} {members:?}", item["kind"], item["event_time"], item["withdrawn"]))
        })
        .collect();
    told.sort();
    told
}

#[test]
fn a_case_passes_with_its_whole_history_and_stands_in_the_queue_at_once() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let (reported, open) = (breach(&wessex, "one"), breach(&wessex, "two"));
        let report =
            json!({"ref": "55/1", "state": "recorded", "recorded_at": "2021-04-15T07:30:00Z", "breach_ref": reported});
        let late = json!({"offender_ref": "n-1", "assessed_on": "2019-06-01", "overall": "medium", "factors": {}});
        import(
            store,
            &lines(&[
                event("/records/wessex/crime", "crime_report", "cr-1", "2021-04-15T07:31:00Z", &report),
                event("/records/wessex/invented", "arms_assessment", "r-1", "2020-01-01T09:00:00Z", &late),
            ]),
        );
        let before = items(&wessex.get(&inspector(), "/v1/offenders/n-1/timeline?limit=200"));
        let transfer = made(&wessex);
        let bytes = package(&wessex, &transfer);
        assert_eq!(package(&wessex, &transfer), bytes, "the same package every time");
        let dorset = taken(store, &bytes);

        let after = items(&dorset.get(&their_inspector(), &format!("{CASE}/timeline?limit=200")));
        let entered_here: Vec<&Value> = after.iter().filter(|item| item["source"] == "casework").collect();
        assert_eq!(entered_here.len(), 2, "its team and that nobody manages it: {entered_here:?}");
        let came: Vec<Value> = after.iter().filter(|item| item["source"] != "casework").cloned().collect();
        assert_eq!(known_in_wessex(&came), known_in_wessex(&before));
        for item in &came {
            assert_eq!((&item["came_from"]["force"], &item["learned_at"]), (&json!("wessex"), &json!(LATER)), "{item}");
        }

        let case = dorset.get(&taker(), CASE).json();
        assert_eq!(
            (&case["team_ref"], &case["managed"], &case["manager"]),
            (&json!("west"), &json!(true), &Value::Null)
        );
        assert_eq!(
            (&case["offender"]["community_since"], &case["offender"]["given_name"]),
            (&json!("2021-04-20"), &json!("Nestor"))
        );
        assert_eq!(case["current_assessment"]["ref"], "wessex:r-1");
        assert_eq!(case["current_assessment"]["overall"], "low", "what came late was older");
        assert_eq!(case["last_qualifying_visit"]["officer_refs"], json!(["wessex:om-n", "wessex:om-s"]));
        let queue = dorset.get(&taker(), "/v1/allocations/unallocated").json();
        let group = &queue["groups"][0];
        assert_eq!((&queue["total"], &group["came_from"]["officer_ref"]), (&json!(1), &json!("wessex:om-n")));
        assert_eq!(
            (&group["cases"][0]["offender_ref"], &group["cases"][0]["since"]),
            (&json!("wessex:n-1"), &json!("2021-04-20"))
        );
        let flags = items(&dorset.get(&taker(), "/v1/flags?limit=200"));
        let on = |code: &str| -> Vec<String> {
            let found = flags.iter().filter(|flag| flag["code"] == code && flag["offender_ref"] == "wessex:n-1");
            found.map(|flag| flag["subject"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(on("unallocated"), ["wessex:n-1"]);
        assert_eq!(on("breach_without_crime_report"), [format!("wessex:{open}")], "the other's report came along");

        // What this force has itself is what it was.
        assert_eq!(dorset.get(&taker(), "/v1/offenders/n-1").json()["offender"]["given_name"], "Dorian");
        assert_eq!(dorset.get(&taker(), "/v1/officers").refs(), ["di-d", "om-n", "sup-d"]);
        let again = import(store, &self::dorset());
        let dangling = again.dangling_references.iter().filter(|dangling| dangling.force == "dorset");
        assert_eq!(dangling.count(), 0);

        // It knew nothing before, and knows now what was true.
        assert_eq!(dorset.get(&taker(), &format!("{CASE}?known_at=2021-04-20T08:59:59Z")).status, 404);
        let then = dorset.get(&taker(), &format!("{CASE}?true_at=2021-04-10T09:00:00Z"));
        assert_eq!((then.status, &then.json()["team_ref"]), (200, &json!("wessex:north")), "{}", then.text);
    });
}

#[test]
fn the_receipt_closes_the_transfer_and_the_person_takes_the_case_off() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let transfer = made(&wessex);
        let bytes = package(&wessex, &transfer);
        let reply = take_in(&run_at(store, LATER), &taker(), "west", &bytes);
        let receipt = reply.json()["receipt"].clone();
        let give = |receipt: &Value| wessex.act(&inspector(), &format!("{transfer}/receipt"), None, receipt);
        let genuine: SignedReceipt = serde_json::from_value(receipt.clone()).unwrap();
        let other_key = HeadKey::from_seed(&"2e".repeat(32)).unwrap();
        let mut wrong = genuine.receipt.clone();
        wrong.versions.insert("visit".to_owned(), 0);
        let mut forged = genuine.clone();
        forged.receipt.received_by.push('x');
        let mut format = genuine.receipt.clone();
        format.format.push('x');
        for (receipt, status, code) in [
            (json!(signed(genuine.receipt.clone(), &other_key)), 403, "unknown_signer"),
            (json!(forged), 403, "wrong_signature"),
            (json!(signed(wrong, &proof_key())), 409, "receipt_differs"),
            (json!(signed(format, &proof_key())), 400, "unknown_format"),
        ] {
            let refused = give(&receipt);
            assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text);
            let entries = recorded(store, "wessex");
            let last = entries.last().unwrap();
            assert_eq!(
                (last.act.as_str(), &last.detail),
                ("act.refused", &json!({"act": "transfer.take_receipt", "why": code}))
            );
        }
        let closed = give(&receipt);
        assert_eq!((closed.status, &closed.json()["state"]), (200, &json!("received")), "{}", closed.text);
        assert_eq!(closed.json()["receipt"], receipt);
        assert_eq!(give(&receipt).json()["ended_at"], closed.json()["ended_at"], "the same again changes nothing");
        let listed = items(&wessex.get(&supervisor(), "/v1/transfers"));
        assert_eq!((listed.len(), &listed[0]["known_since"]), (1, &json!(0)));
        assert_eq!(
            wessex.get(&inspector(), "/v1/offenders/n-1").json()["managed"],
            true,
            "that is a person's to change"
        );
        assert_eq!(transferred_out(&wessex).status, 200);
        let listed = items(&wessex.get(&supervisor(), "/v1/transfers"));
        assert_eq!(
            (&listed[0]["left_without_receipt"], &listed[0]["overdue"], &listed[0]["known_since"]),
            (&json!(false), &json!(false), &json!(1))
        );
        let acts: Vec<String> = recorded(store, "wessex")
            .into_iter()
            .filter(|entry| entry.subject == Some(("offender".to_owned(), "n-1".to_owned())))
            .map(|entry| format!("{} {}", entry.act, entry.operation))
            .filter(|act| act.starts_with("transfer."))
            .collect();
        assert_eq!(
            acts,
            ["transfer.make combination", "transfer.disclose disclosure", "transfer.take_receipt alteration"]
        );
    });
}

fn transferred_out(service: &Running) -> Reply {
    let read = service.get(&supervisor(), "/v1/offenders/n-1/identity").header("etag").unwrap().to_owned();
    let body = json!({"status": "transferred_out", "since": "2021-04-15", "reason": "moved", "authority": "Dorset"});
    service.act(&supervisor(), "/v1/offenders/n-1/status", Some(&read), &body)
}

#[test]
fn the_same_package_again_gives_the_same_receipt_and_doubles_nothing() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let bytes = package(&wessex, &made(&wessex));
        let service = run_at(store, LATER);
        let first = take_in(&service, &taker(), "west", &bytes);
        let count = || {
            let timeline = items(&service.get(&their_inspector(), &format!("{CASE}/timeline?limit=200"))).len();
            (timeline, store.transaction(|connection| own_entry::count(connection, "dorset")).unwrap())
        };
        let before = count();
        let second = take_in(&service, &their_inspector(), "west", &bytes);
        assert_eq!((first.status, second.status), (201, 200), "{}", second.text);
        assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
        assert_eq!(first.json(), second.json());
        assert_eq!(count(), before);
        assert_eq!(items(&service.get(&taker(), "/v1/transfers/received")).len(), 1);

        // Another package of the case, or another under its id, is told apart and taken for neither.
        for changed in [
            resealed(&bytes, &proof_key(), |manifest, _| manifest.reason.push('x')),
            resealed(&bytes, &proof_key(), |manifest, _| manifest.transfer_id = Uuid::from_u128(7)),
        ] {
            let refused = take_in(&service, &taker(), "west", &changed);
            assert_eq!((refused.status, refused.code().as_str()), (409, "case_known"), "{}", refused.text);
        }
        assert_eq!(count(), before);
        for statement in [
            "UPDATE received_version SET event_id = 'x'",
            "DELETE FROM received_version",
            "DELETE FROM received_transfer",
            "UPDATE transfer_package SET content = ''",
        ] {
            let changed: Result<(), StoreError> =
                store.transaction(|connection: &mut AnyConnection| Ok(connection.batch_execute(statement)?));
            assert!(format!("{:?}", changed.unwrap_err()).contains("append-only"), "{statement}");
        }
    });
}

#[test]
fn whatever_is_wrong_with_a_package_is_refused_with_its_code_and_on_record_and_nothing_is_kept() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let bytes = package(&wessex, &made(&wessex));
        let service = run_at(store, LATER);
        let other_key = HeadKey::from_seed(&"2e".repeat(32)).unwrap();
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        let mut reworded = read(&bytes).unwrap();
        let manifest = reworded.get_mut("manifest.json").unwrap();
        *manifest =
            String::from_utf8(manifest.clone()).unwrap().replace("moved to Dorset", "moved to Devon!").into_bytes();
        let same = |_: &mut Manifest, _: &mut Files| {};
        let longer = |_: &mut Manifest, files: &mut Files| files.get_mut("history.ndjson").unwrap().extend(b"{}\n");
        let elsewhere = |manifest: &mut Manifest, _: &mut Files| manifest.receiving_force = "mercia".to_owned();
        let newer = |manifest: &mut Manifest, _: &mut Files| manifest.format = "mosovo-visits transfer 2".to_owned();
        let half = vec![0; MOST_UNPACKED + 1];
        for (package, status, code) in [
            (flipped, 400, "damaged_package"),
            (bytes[..bytes.len() - 7].to_vec(), 400, "damaged_package"),
            (b"no zip file".to_vec(), 400, "damaged_package"),
            (zip_of("../manifest.json", b"{}"), 400, "unsafe_file_name"),
            (zip_of("C:\\manifest.json", b"{}"), 400, "unsafe_file_name"),
            (zip_of("malware.exe", b"MZ"), 400, "unknown_file"),
            (zip_of("history.ndjson", &half), 413, "unpacked_too_large"),
            (vec![0; LARGEST_PACKAGE + 1], 413, "payload_too_large"),
            (resealed(&bytes, &proof_key(), newer), 400, "unknown_format"),
            (resealed(&bytes, &proof_key(), elsewhere), 403, "wrong_force"),
            (resealed(&bytes, &other_key, same), 403, "unknown_signer"),
            (written(&reworded).unwrap(), 403, "wrong_signature"),
            (resealed(&bytes, &proof_key(), longer), 400, "unreadable_history"),
            // What nobody trusted has signed is not looked into.
            (resealed(&bytes, &other_key, longer), 403, "unknown_signer"),
            (resealed(&bytes, &other_key, elsewhere), 403, "unknown_signer"),
        ] {
            let refused = take_in(&service, &taker(), "west", &package);
            assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text);
            let entries = recorded(store, "dorset");
            let last = entries.last().unwrap();
            let told = json!({"act": "transfer.take_in", "why": code});
            assert_eq!((last.act.as_str(), &last.detail), ("act.refused", &told));
            assert_eq!(last.actor, "supervisor:invented-sup-d");
        }
        let elsewhere = take_in(&service, &taker(), "east", &bytes);
        assert_eq!(
            (elsewhere.code().as_str(), &elsewhere.json()["pointer"]),
            ("unknown_reference", &json!("/team_ref"))
        );
        let nobody = Grants { officer_ref: None, ..taker() };
        assert_eq!(take_in(&service, &nobody, "west", &bytes).code(), "officer_needed");
        let posted_otherwise = Grants { officer_ref: their_manager().officer_ref, ..taker() };
        assert_eq!(take_in(&service, &posted_otherwise, "west", &bytes).code(), "not_qualified");
        let expired = run_at(store, "2022-01-01T09:00:00Z");
        assert_eq!(take_in(&expired, &taker(), "west", &bytes).code(), "unknown_signer");
        let keys = items(&service.get(&administrator("dorset"), "/v1/transfer-keys"));
        let withdraw = format!("/v1/transfer-keys/{}/withdraw", keys[0]["id"].as_str().unwrap());
        let withdrawn = service.act(&administrator("dorset"), &withdraw, None, &json!({"reason": "lost"}));
        assert_eq!((withdrawn.status, &withdrawn.json()["holds"]), (200, &json!(false)), "{}", withdrawn.text);
        assert_eq!(take_in(&service, &taker(), "west", &bytes).code(), "unknown_signer");
        let again = service.act(&administrator("dorset"), &withdraw, None, &json!({"reason": "lost"}));
        assert_eq!(again.code(), "wrong_state");

        assert_eq!(store.transaction(|connection| own_entry::count(connection, "dorset")).unwrap(), 0);
        assert!(items(&service.get(&their_inspector(), "/v1/transfers/received")).is_empty());
        assert_eq!(service.get(&their_inspector(), CASE).status, 404);
    });
}

#[test]
fn a_package_is_handed_to_whoever_made_it_and_a_transfer_that_nobody_answers_for_is_seen_and_withdrawn() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let transfer = made(&wessex);
        let path = format!("{transfer}/package");
        assert_eq!(wessex.get(&other_inspector(), &path).code(), "not_qualified");
        assert_eq!(wessex.get(&supervisor(), &path).code(), "forbidden", "it says why a case is held");
        assert_eq!(make(&wessex, &other_inspector()).code(), "wrong_state", "one at a time");
        let posted_otherwise = Grants { officer_ref: supervisor().officer_ref, ..inspector() };
        assert_eq!(make(&wessex, &posted_otherwise).code(), "not_qualified");
        let own = json!({"receiving_force": "wessex", "reason": "x"});
        let refused = wessex.act(&inspector(), "/v1/offenders/n-2/transfers", None, &own);
        assert_eq!(
            (refused.code().as_str(), &refused.json()["pointer"]),
            ("not_acceptable", &json!("/receiving_force"))
        );

        let bytes = package(&wessex, &transfer);
        assert_eq!(transferred_out(&wessex).status, 200);
        let shown = |service: &Running| {
            let listed = items(&service.get(&supervisor(), "/v1/transfers"));
            ["state", "overdue", "left_without_receipt", "known_since"].map(|member| listed[0][member].clone())
        };
        assert_eq!(shown(&wessex), [json!("made"), json!(false), json!(true), json!(1)]);
        assert_eq!(shown(&run_at(store, "2021-04-30T09:00:00Z")), [json!("made"), json!(true), json!(true), json!(1)]);

        let read = wessex.get(&other_inspector(), &transfer).header("etag").unwrap().to_owned();
        let withdraw = |etag: &str| {
            wessex.act(
                &other_inspector(),
                &format!("{transfer}/withdraw"),
                Some(etag),
                &json!({"reason": "went astray"}),
            )
        };
        assert_eq!(withdraw("\"7\"").code(), "precondition_failed");
        let withdrawn = withdraw(&read);
        assert_eq!((withdrawn.status, &withdrawn.json()["state"]), (200, &json!("withdrawn")), "{}", withdrawn.text);
        assert_eq!(withdraw(withdrawn.header("etag").unwrap()).code(), "wrong_state");
        assert_eq!(wessex.get(&inspector(), &path).code(), "wrong_state");
        made(&wessex);

        // It had not gone astray after all: the receipt is told apart, and somebody has to settle it.
        let receipt = take_in(&run_at(store, LATER), &taker(), "west", &bytes).json()["receipt"].clone();
        let given = wessex.act(&inspector(), &format!("{transfer}/receipt"), None, &receipt);
        assert_eq!((given.status, given.code().as_str()), (409, "wrong_state"), "{}", given.text);
    });
}

#[test]
fn whoever_is_shut_out_of_a_case_sees_nothing_of_its_transfer_at_either_force() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let restriction = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        let path = "/v1/offenders/n-1/access-restriction";
        assert_eq!(wessex.act(&inspector(), path, None, &restriction).status, 200);
        assert_eq!(make(&wessex, &other_inspector()).status, 404);
        let transfer = made(&wessex);
        for shut_out in [other_inspector(), supervisor()] {
            assert!(items(&wessex.get(&shut_out, "/v1/transfers")).is_empty());
            assert_eq!(wessex.get(&shut_out, &transfer).code(), "not_found");
        }
        let receipt = json!(signed(
            serde_json::from_value(json!({"format": "x", "transfer_id": Uuid::nil(), "sending_force": "x",
                "receiving_force": "x", "offender_ref": "x", "package_sha256": "x", "manifest_sha256": "x",
                "versions": {}, "history_sha256": "x", "received_at": LATER, "received_by": "x"}))
            .unwrap(),
            &proof_key()
        ));
        let shut_out = other_inspector();
        assert_eq!(wessex.get(&shut_out, &format!("{transfer}/package")).code(), "not_found");
        assert_eq!(wessex.act(&shut_out, &format!("{transfer}/receipt"), None, &receipt).code(), "not_found");
        let withdrawing =
            wessex.act(&shut_out, &format!("{transfer}/withdraw"), Some("\"1\""), &json!({"reason": "x"}));
        assert_eq!(withdrawing.code(), "not_found");
        assert_eq!(items(&wessex.get(&inspector(), "/v1/transfers")).len(), 1);

        let (bytes, dorset) = (package(&wessex, &transfer), run_at(store, LATER));
        let refused = take_in(&dorset, &taker(), "west", &bytes);
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (403, "not_qualified"),
            "an inspector decides who sees it"
        );
        assert_eq!(take_in(&dorset, &their_inspector(), "west", &bytes).status, 201);
        assert_eq!(dorset.get(&taker(), CASE).code(), "not_found");
        assert!(items(&dorset.get(&taker(), "/v1/transfers/received")).is_empty());
        assert_eq!(take_in(&dorset, &taker(), "west", &bytes).code(), "not_found");
        assert_eq!(dorset.get(&taker(), "/v1/allocations/unallocated").json()["total"], 0);
        assert!(!dorset.get(&taker(), "/v1/flags?limit=200").text.contains("wessex:n-1"));
        assert_eq!(dorset.get(&their_inspector(), CASE).status, 200);
        let access = dorset.get(&their_inspector(), &format!("{CASE}/access-restriction")).json();
        assert_eq!((&access["restricted_to"], &access["excluded"]), (&json!(["di-d"]), &json!([])));
    });
}

#[test]
fn a_case_on_legal_hold_passes_and_is_held_there_until_somebody_there_releases_it() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let hold = json!({"ground": "litigation", "reason": "invented"});
        assert_eq!(wessex.act(&inspector(), "/v1/offenders/n-1/legal-holds", None, &hold).status, 201);
        let dorset = taken(store, &package(&wessex, &made(&wessex)));
        assert_eq!(dorset.get(&taker(), CASE).json()["legal_hold"], true);
        let held = items(&dorset.get(&their_inspector(), &format!("{CASE}/legal-holds")));
        assert_eq!(held[0]["placed_by"], "wessex:di");
        let path = format!("/v1/legal-holds/{}", held[0]["ref"].as_str().unwrap().replace(':', "%3A"));
        let read = dorset.get(&their_inspector(), &path).header("etag").unwrap().to_owned();
        let release = format!("{path}/release");
        let released = dorset.act(&their_inspector(), &release, Some(&read), &json!({"reason": "settled"}));
        assert_eq!(released.status, 200, "{}", released.text);
        assert_eq!(dorset.get(&taker(), CASE).json()["legal_hold"], false);
    });
}

#[test]
fn a_case_that_came_is_not_said_to_be_gone_from_a_records_system_that_never_had_it() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let dorset = taken(store, &package(&wessex, &made(&wessex)));
        let records_system = of_dorset(Role::RecordsSystem, &[], "records");
        let token = format!("Bearer {}", dorset.token(&records_system));
        let headers = [("authorization", token.as_str()), ("content-type", "application/x-ndjson")];
        let line = json!({"type": "records.offender.v1", "subject": "d-new", "digest": "0".repeat(64), "time": LATER});
        let compared = dorset.request("POST", "/v1/drift/digests", &headers, line.to_string().as_bytes());
        assert_eq!(compared.status, 200, "{}", compared.text);
        assert!(compared.text.contains("d-new") && !compared.text.contains("wessex:n-1"), "{}", compared.text);
    });
}

#[test]
fn work_on_a_case_that_came_goes_on() {
    on_both_signing_databases(|store| {
        let wessex = set_up_both(store);
        let custody = json!({"status": "custody", "since": "2021-04-12", "reason": "recalled"});
        let etag = wessex.get(&manager(), "/v1/offenders/n-1/identity").header("etag").unwrap().to_owned();
        assert_eq!(wessex.act(&manager(), "/v1/offenders/n-1/status", Some(&etag), &custody).status, 200);
        let dorset = taken(store, &package(&wessex, &made(&wessex)));
        let case = dorset.get(&taker(), CASE).json();
        assert_eq!(
            (&case["offender"]["status"], &case["offender"]["status_since"]),
            (&json!("custody"), &json!("2021-04-12")),
            "who is in custody stays there"
        );
        let allocation = json!({"officer_ref": "om-n", "reason": "invented"});
        let allocated = dorset.act(&taker(), &format!("{CASE}/allocations"), None, &allocation);
        assert_eq!(allocated.status, 201, "{}", allocated.text);
        let done = json!({"completed_on": "2021-04-19", "evidence": "invented"});
        let action = "/v1/risk-management-plans/wessex%3Ap-1/actions/act-1/complete";
        let completed = dorset.act(&their_manager(), action, None, &done);
        assert_eq!(completed.status, 200, "{}", completed.text);
        let verified = json!({"verified_on": "2021-04-19", "how": "visit"});
        let verifying = dorset.act(&their_manager(), "/v1/addresses/wessex%3Aa-1/verify", None, &verified);
        assert_eq!((verifying.status, &verifying.json()["verified_by"]), (200, &json!("om-n")), "{}", verifying.text);

        // And on to a third force, with what Wessex knew.
        let body = json!({"receiving_force": "mercia", "reason": "moved on"});
        let passed_on = dorset.act(&their_inspector(), &format!("{CASE}/transfers"), None, &body);
        assert_eq!(passed_on.status, 201, "{}", passed_on.text);
        let path = format!("{}/package", passed_on.header("location").unwrap());
        let files = read(&dorset.get(&their_inspector(), &path).bytes).unwrap();
        let history = String::from_utf8(files["history.ndjson"].clone()).unwrap();
        let lines: Vec<Value> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let visit = lines.iter().find(|line| line["ref"] == "wessex:v-1").unwrap();
        assert_eq!(
            (&visit["came_from"]["ref"], &visit["came_from"]["content"]["officer_refs"]),
            (&json!("v-1"), &json!(["om-n", "om-s"]))
        );
    });
}

#[test]
fn a_package_is_written_as_it_has_always_been() {
    let names = [
        "manifest.json",
        "signature.json",
        "README.txt",
        "history.ndjson",
        "flags.json",
        "planned_visits.json",
        "audit.json",
    ];
    let files: Files = names.into_iter().map(|name| (name, format!("{name}\n").into_bytes())).collect();
    let bytes = written(&files).unwrap();
    let lines: Vec<String> =
        bytes.chunks(32).map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    insta::assert_json_snapshot!("the_bytes_of_a_package", lines);
}
