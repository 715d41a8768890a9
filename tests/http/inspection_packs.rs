//! An inspector asks for a team's pack: what is in it, that it can be checked, who gets it, and that it is on record.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::encoding::hex;
use mosovo_visits::store::audit::head::{PublicHeadKey, SignedHead};
use mosovo_visits::store::audit::heads::Heads;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::support::caseload::{self, event, lines};
use crate::support::casework::{self, inspector, manager, other_inspector, other_supervisor, supervisor};
use crate::support::http::{Reply, Running, of_force, persona, run};
use crate::support::{evaluate, learn, on_both_databases, on_both_databases_by_url, program, proof_key, proof_of};

const PACK: &str = "/v1/teams/north/inspection-pack?from=2021-01-05&until=2021-04-15";

fn ask(service: &Running, grants: &Grants, path: &str, why: Option<&str>) -> Reply {
    let token = format!("Bearer {}", service.token(grants));
    let mut headers = vec![("authorization", token.as_str())];
    headers.extend(why.map(|why| ("reading-reason", why)));
    service.request("GET", path, &headers, b"")
}

/// The files of a pack.
fn files(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    files
}

fn pack(service: &Running, grants: &Grants) -> BTreeMap<String, Vec<u8>> {
    let reply = ask(service, grants, PACK, Some("lawfulness_check"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    let named = reply.header("content-disposition").unwrap().to_owned();
    assert_eq!(named, "attachment; filename=\"inspection-pack-2021-01-05-2021-04-15.zip\"");
    files(&reply.bytes)
}

fn json_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap()
}

/// The rows of a table, each by the names of its columns. No cell of these tests has a comma.
fn table(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(files[name].clone()).unwrap();
    let mut rows = text.split_terminator("\r\n").map(|row| row.split(',').map(str::to_owned).collect::<Vec<_>>());
    let columns = rows.next().unwrap();
    rows.map(|row| {
        assert_eq!(row.len(), columns.len(), "{row:?}");
        columns.iter().cloned().zip(row).collect()
    })
    .collect()
}

fn recorded(store: &Store) -> Vec<StoredAuditEntry> {
    store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap()
}

/// A quarter of the team north: n-1 is seen, a breach of n-1 comes and gets its crime report, a case comes whose
/// reference a spreadsheet would take for a formula; and the service evaluates what it knows.
fn quarter(store: &Store) {
    let wessex = "/records/wessex/invented";
    learn(store, "2021-01-10T08:00:00Z", &casework::feed());
    casework::evaluate_at(store, "2021-01-10T08:00:00Z");
    let breach = json!({"offender_ref": "n-1", "kind": "notification", "provision": "SOA 2003 s.91", "summary": "invented",
        "first_failure_on": "2021-02-01", "discovered_at": "2021-02-02T10:00:00Z"});
    let formula = caseload::offender("Nadir", "north", "community");
    learn(
        store,
        "2021-02-02T12:00:00Z",
        &lines(&[
            event(wessex, "breach", "b-n", "2021-02-02T10:00:00Z", &breach),
            event(wessex, "offender", "=n-9", "2021-02-02T10:00:00Z", &formula),
        ]),
    );
    casework::evaluate_at(store, "2021-02-10T08:00:00Z");
    let crime = json!({"breach_ref": "b-n", "ref": "C-1", "state": "recorded", "recorded_at": "2021-03-01T10:00:00Z"});
    learn(
        store,
        "2021-03-01T12:00:00Z",
        &lines(&[event(wessex, "crime_report", "C-1", "2021-03-01T10:00:00Z", &crime)]),
    );
    casework::evaluate_at(store, "2021-03-02T08:00:00Z");
    evaluate(store, "wessex");
}

/// The month's sample of the team north, drawn and graded twice.
fn sample(service: &Running) {
    let drawn = service.act(&supervisor(), "/v1/teams/north/dip-samples", None, &json!({}));
    assert_eq!(drawn.status, 201, "{}", drawn.text);
    let grades = format!("/v1/dip-samples/{}/grades", drawn.json()["ref"].as_str().unwrap());
    let questions = ["assessment", "plan", "visits", "actions", "breaches", "intelligence", "safeguarding", "record"];
    let answers: BTreeMap<&str, &str> = questions.iter().map(|question| (*question, "good")).collect();
    for (grader, overall) in [(inspector(), "good"), (other_inspector(), "inadequate")] {
        let grade =
            json!({"offender_ref": "n-1", "answers": answers, "overall": overall, "findings": "Nestor said so"});
        let graded = service.act(&grader, &grades, None, &grade);
        assert_eq!(graded.status, 201, "{}", graded.text);
    }
}

#[test]
fn a_pack_has_what_was_known_flagged_sampled_and_in_force_and_can_be_checked() {
    on_both_databases_by_url(|url| {
        let heads = Heads::open(proof_of(url).1, proof_key(), || "2021-04-15T08:00:00Z".parse().unwrap()).unwrap();
        let store = Store::open(&url.parse().unwrap()).unwrap().with_heads(heads);
        store.migrate().unwrap();
        quarter(&store);
        let service = run(&store);
        sample(&service);
        let files = pack(&service, &inspector());

        let manifest = json_of(&files, "manifest.json");
        let listed: BTreeMap<&str, &str> = manifest["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (file["name"].as_str().unwrap(), file["sha256"].as_str().unwrap()))
            .collect();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "README.txt",
                "audit.json",
                "figures.csv",
                "figures.json",
                "flags.csv",
                "flags.json",
                "manifest.json",
                "policies.json",
                "samples.csv",
                "samples.json"
            ]
        );
        assert_eq!(listed.len(), names.len() - 1);
        for (name, sha256) in listed {
            assert_eq!(hex(&Sha256::digest(&files[name])), sha256, "{name}");
        }
        assert_eq!(
            (&manifest["made_for"], &manifest["reason"]),
            (&json!("detective_inspector:invented-di"), &json!("lawfulness_check"))
        );
        assert_eq!((&manifest["made_at"], &manifest["team_ref"]), (&json!("2021-04-15T08:00:00Z"), &json!("north")));

        let figures = json_of(&files, "figures.json");
        let days: Vec<&str> = figures.as_array().unwrap().iter().map(|day| day["day"].as_str().unwrap()).collect();
        assert_eq!(days, ["2021-01-05", "2021-01-31", "2021-02-28", "2021-03-31", "2021-04-15"]);
        assert_eq!(figures[0]["dashboard"], json!(null), "nothing was known then");
        let rows = table(&files, "figures.csv");
        for day in figures.as_array().unwrap().iter().skip(1) {
            let known_at = day["known_at"].as_str().unwrap();
            let path = format!("/v1/dashboards/team/north?known_at={known_at}");
            assert_eq!(service.get(&inspector(), &path).json(), day["dashboard"], "{path}");
            let told = rows.iter().find(|row| row["figure"] == "register.size").unwrap();
            let size = day["dashboard"]["register"]["size"].to_string();
            assert_eq!((&told[day["day"].as_str().unwrap()], told["2021-01-05"].as_str()), (&size, ""));
        }
        let register = |place: usize| figures[place]["dashboard"]["register"]["size"].as_u64().unwrap();
        assert_eq!((register(1), register(2)), (2, 3), "a case came in February");
        let mut now = service.get(&inspector(), "/v1/dashboards/team/north").json();
        now["rests_on"] = json!("records_known_then");
        assert!(
            now.as_object_mut().unwrap().remove("records").is_some(),
            "how old the records are is told of now alone"
        );
        assert_eq!(figures[4]["dashboard"], now, "today's is the dashboard of the last evaluation");

        let flags = json_of(&files, "flags.json");
        let unreported: Vec<&Value> =
            flags.as_array().unwrap().iter().filter(|flag| flag["flag"] == "breach_without_crime_report").collect();
        assert_eq!(unreported.len(), 1, "south's breach is not north's");
        let expected = json!({"subject_kind": "breach", "subject": "b-n", "offender_ref": "n-1", "age_days": 20,
            "raised_at": "2021-02-10T08:00:00Z", "cleared_at": "2021-03-02T08:00:00Z", "open_at_start": false,
            "raised_in_span": true, "cleared_in_span": true, "severity": "high"});
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&unreported[0][member], value, "{member}");
        }
        assert_eq!(table(&files, "flags.csv").len(), flags.as_array().unwrap().len());
        assert!(table(&files, "flags.csv").iter().any(|flag| flag["subject"] == "'=n-9"), "no formula");

        let samples = json_of(&files, "samples.json");
        let april = &samples[0];
        assert_eq!((&april["month"], &april["agreement_percent"]), (&json!("2021-04-01"), &json!(0)), "{samples}");
        assert_eq!(april["grades"].as_array().unwrap().len(), 2);
        let graded: Vec<String> = table(&files, "samples.csv").iter().map(|row| row["overall"].clone()).collect();
        assert_eq!(graded, ["", "good", "inadequate"], "a row a grade, and one of the case that has none");

        assert_eq!(json_of(&files, "policies.json")[0]["version"], figures[4]["dashboard"]["policy_version"]);
        let proof = json_of(&files, "audit.json");
        assert_eq!(
            (&proof["verified"], &proof["covered"], &proof["findings"]),
            (&json!(true), &json!(true), &json!([]))
        );
        let key = PublicHeadKey::named(proof["public_key"].as_str().unwrap()).unwrap();
        let heads: Vec<SignedHead> = serde_json::from_value(proof["heads"].clone()).unwrap();
        assert!(!heads.is_empty() && heads.iter().all(|head| key.has_signed(head)), "{proof}");

        for (name, bytes) in &files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            for personal in ["Nestor", "Nadir", "Inventio", "Nora", "Invented Row", "said so", "1970-02-03"] {
                assert!(!text.contains(personal), "{name}: {personal}");
            }
        }
        let entry = recorded(&store).into_iter().rfind(|entry| entry.act == "inspection_pack.disclose").unwrap();
        assert_eq!((entry.operation.as_str(), entry.reason.as_deref()), ("disclosure", Some("lawfulness_check")));
        assert_eq!(entry.subject, Some(("team".to_owned(), "north".to_owned())));
        let sha256 = hex(&Sha256::digest(&files["manifest.json"]));
        let detail = json!({"from": "2021-01-05", "until": "2021-04-15", "recipient": null, "manifest_sha256": sha256});
        assert_eq!(entry.detail, detail);
    });
}

#[test]
fn the_same_pack_at_the_same_instant_is_the_same_bytes() {
    on_both_databases(|store| {
        quarter(store);
        let service = run(store);
        // Until a day before the first entry of these tests' audit about it: the packs themselves are on record.
        let path = "/v1/teams/north/inspection-pack?from=2021-01-31&until=2021-04-14&recipient=HMICFRS";
        let made = || ask(&service, &inspector(), path, Some("disclosure"));
        let (first, second) = (made(), made());
        assert_eq!((first.status, &first.bytes), (200, &second.bytes));
        let files = files(&first.bytes);
        assert_eq!(json_of(&files, "manifest.json")["recipient"], "HMICFRS");
        let proof = json_of(&files, "audit.json");
        assert_eq!((&proof["public_key"], &proof["verified"]), (&json!(null), &json!(false)), "no heads are kept");
        assert_eq!(recorded(store).last().unwrap().detail["recipient"], "HMICFRS");
    });
}

#[test]
fn a_pack_has_nothing_of_a_case_that_whoever_asks_may_not_see() {
    on_both_databases(|store| {
        quarter(store);
        let service = run(store);
        sample(&service);
        let restriction = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        let restricted = service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &restriction);
        assert_eq!(restricted.status, 200, "{}", restricted.text);
        let (admitted, not_admitted) = (pack(&service, &inspector()), pack(&service, &other_inspector()));
        assert!(admitted.values().any(|file| String::from_utf8_lossy(file).contains("n-1")));
        for (name, file) in &not_admitted {
            let text = String::from_utf8_lossy(file);
            let told = text.replace("=n-1", "").contains("n-1") || text.contains("b-n");
            assert!(!told || name == "README.txt", "{name}");
        }
        let size = |files: &BTreeMap<String, Vec<u8>>, place: usize| {
            json_of(files, "figures.json")[place]["dashboard"]["register"]["size"].as_u64().unwrap()
        };
        assert_eq!((size(&admitted, 1), size(&not_admitted, 1)), (2, 1), "as it is now, not as it was then");
        let sample = json_of(&not_admitted, "samples.json")[0].clone();
        assert_eq!((&sample["standing"]["cases"], &sample["grades"]), (&json!(1), &json!([])));
        assert!(json_of(&not_admitted, "manifest.json")["limited_access"].is_string());
    });
}

#[test]
fn a_pack_is_a_detective_inspectors_who_says_why_and_of_a_team_that_there_is() {
    on_both_databases(|store| {
        quarter(store);
        let service = run(store);
        for refused in [manager(), supervisor(), other_supervisor(), persona(Role::Auditor, &[])] {
            assert_eq!(ask(&service, &refused, PACK, Some("supervision")).code(), "forbidden");
        }
        assert_eq!(ask(&service, &inspector(), PACK, None).code(), "reason_needed");
        assert_eq!(ask(&service, &inspector(), PACK, Some("curiosity")).code(), "invalid_reading_reason");
        let elsewhere = of_force(inspector(), "wessex-east");
        let nowhere = PACK.replace("north", "nowhere");
        for (asking, path) in [(&elsewhere, PACK), (&inspector(), nowhere.as_str())] {
            assert_eq!(ask(&service, asking, path, Some("supervision")).code(), "not_found", "{path}");
        }
        let last = recorded(store).pop().unwrap();
        assert_eq!((last.act.as_str(), &last.detail["act"]), ("access.refused", &json!("inspection_pack.disclose")));
        assert!(recorded(store).iter().all(|entry| entry.act != "inspection_pack.disclose"), "nothing was handed out");
        for span in [
            "from=2021-04-02&until=2021-04-01",
            "from=2021-04-02&until=2021-04-16",
            "from=2020-03-11&until=2021-04-15",
            "from=2021-04-02",
            "from=2021-4-2&until=2021-04-15",
            "from=2021-04-02&until=2021-04-15&colour=red",
            "from=2021-04-02&until=2021-04-15&recipient=",
        ] {
            let path = format!("/v1/teams/north/inspection-pack?{span}");
            let reply = ask(&service, &inspector(), &path, Some("supervision"));
            assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_query"), "{span}");
        }
        let longest = "/v1/teams/north/inspection-pack?from=2020-03-12&until=2021-04-15";
        assert_eq!(ask(&service, &inspector(), longest, Some("supervision")).status, 200);
    });
}

#[test]
fn the_operator_makes_the_same_pack() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        quarter(&store);
        let out = proof_of(url).0.with_file_name("pack.zip");
        let made = |team: &str| {
            let out = out.to_str().unwrap();
            let arguments = [
                "inspection-pack",
                "--force",
                "wessex",
                "--team",
                team,
                "--from",
                "2021-01-05",
                "--until",
                "2021-04-15",
                "--out",
                out,
            ];
            program(url, &arguments).env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00").output().unwrap()
        };
        let nowhere = made("nowhere");
        assert_eq!((nowhere.status.code(), out.exists()), (Some(2), false));
        let output = made("north");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let files = files(&std::fs::read(&out).unwrap());
        let service = run(&store);
        let asked = pack(&service, &inspector());
        for same in ["figures.json", "figures.csv", "flags.json", "flags.csv", "samples.json", "policies.json"] {
            assert!(files[same] == asked[same], "{same}");
        }
        let proof = json_of(&files, "audit.json");
        assert_eq!((&proof["verified"], &proof["covered"]), (&json!(true), &json!(true)), "{proof}");
        assert_eq!(json_of(&files, "manifest.json")["made_for"], "operator");
        assert_eq!(made("north").status.code(), Some(2), "a file that is there is not written over");
    });
}
