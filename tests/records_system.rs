//! The service and the other side, as two programs: what is entered at either comes to both, whatever goes wrong between them.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

use crate::support::both_sides::{BothSides, Setting, Side, free_port, waited};
use crate::support::{casework, on_both_databases_by_url};

const FORCE: &str = "wessex";

/// A directory of a test's own, gone when the test ends.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let directory = Self(std::env::temp_dir().join(format!("mosovo-visits-{}", uuid::Uuid::now_v7())));
        std::fs::create_dir(&directory.0).unwrap();
        directory
    }

    fn keep(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the records system of Wessex holds.
fn caseload() -> String {
    let feed = casework::feed();
    feed.lines().filter(|line| line.contains("/records/wessex")).collect::<Vec<_>>().join("\n")
}

/// Further visits of n-1, so many.
fn visits(count: usize) -> Vec<String> {
    let one = |n: usize| {
        let data = json!({
            "offender_ref": "n-1", "attempted_at": "2020-12-02T10:00:00Z", "mode": "phone", "outcome": "seen",
            "officer_refs": ["om-n"], "summary": format!("invented {n}"),
        });
        json!({ "id": format!("typed-{n}"), "type": "records.visit.v1", "subject": format!("typed-{}", n % 100), "data": data })
            .to_string()
    };
    (0..count).map(one).collect()
}

/// Nora, who manages n-1, records that she telephoned; the reference of it.
fn telephone(sides: &BothSides, token: &str, key: &str) -> String {
    let body = json!({
        "attempted_at": "2021-04-14T09:00:00Z", "mode": "phone", "outcome": "seen", "officer_refs": ["om-n"],
        "observations": "invented", "shows_child_contact": false,
    });
    let recorded = || sides.act(token, "/v1/offenders/n-1/visits", key, &body).filter(|(status, _)| *status < 500);
    let (status, made) = waited("the visit to be recorded", recorded);
    assert_eq!(status, 201, "{made}");
    made["ref"].as_str().unwrap().to_owned()
}

fn manager(sides: &BothSides) -> String {
    sides.token("offender_manager", &["--team", "north", "--officer", "om-n"])
}

#[test]
fn what_is_typed_there_is_sent_and_both_hold_the_same() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let sides = BothSides::start(url, FORCE, &directory.0, Setting::default());
        let typed = sides.tell_system("/control/records", &caseload()).unwrap();
        let again = sides.tell_system("/control/records", &caseload()).unwrap();
        assert_eq!((&typed["known"], &again["taken"]), (&json!(0), &json!(0)));
        let state = sides.wait_for_quiet(0);
        assert_eq!((&state["counts"]["events"], &state["counts"]["refused_events"]), (&typed["taken"], &json!(0)));
        assert_eq!(sides.differing(), 0);
        assert_eq!(sides.read(&manager(&sides), "/v1/offenders/n-1/visits")["items"].as_array().unwrap().len(), 1);
    });
}

/// An issuer with a certificate for this machine and one for a caller: paths of the issuer, and of certificate and key of each.
fn certificates(directory: &Directory, caller: &str) -> [String; 5] {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let ca = directory.keep("ca.pem", &params.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(params, key);
    let vouch = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        [
            directory.keep(&format!("{name}.pem"), &certificate.pem()),
            directory.keep(&format!("{name}.key"), &key.serialize_pem()),
        ]
    };
    let ([certificate, key], [of_caller, key_of_caller]) = (vouch("localhost"), vouch(caller));
    [ca, certificate, key, of_caller, key_of_caller]
}

#[test]
fn what_it_only_offers_is_pulled_over_mutual_tls() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let [ca, certificate, key, of_service, key_of_service] = certificates(&directory, "service.example");
        let port = free_port();
        let feed = format!(
            "[{{force=\"{FORCE}\",url=\"https://localhost:{port}/feed\",ca_file=\"{ca}\",page_events=7,\
             client_certificate_file=\"{of_service}\",client_key_file=\"{key_of_service}\"}}]"
        );
        let door = ["--door-address", &format!("127.0.0.1:{port}"), "--door-certificate-file", &certificate];
        let door = [&door[..], &["--door-key-file", &key, "--door-client-ca-file", &ca, "--feed-only"]].concat();
        let setting = Setting {
            service: vec![("MOSOVO__RECORDS__PULL", feed)],
            records_system: door.into_iter().map(str::to_owned).collect(),
            ..Setting::default()
        };
        let sides = BothSides::start(url, FORCE, &directory.0, setting);
        sides.tell_system("/control/records", &caseload()).unwrap();
        let pulled = sides.service_command(&["pull", "--force", FORCE]).output().unwrap();
        assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
        assert_eq!(sides.differing(), 0);
        assert_eq!(sides.state()["counts"]["sent"], 0, "nothing came otherwise");
        let without = ureq::get(format!("https://localhost:{port}/feed?limit=1")).call();
        assert!(without.is_err(), "nobody is let in without a certificate");
    });
}

#[test]
fn records_are_sent_and_called_back_for_through_the_services_own_door_for_certificates() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let [ca, certificate, key, of_system, key_of_system] = certificates(&directory, "records.wessex.example");
        let port = free_port();
        let door = format!(
            "{{bind=\"127.0.0.1:{port}\",certificate_file=\"{certificate}\",key_file=\"{key}\",client_ca_file=\"{ca}\"}}"
        );
        let senders = format!("[{{name=\"records.wessex.example\",force=\"{FORCE}\"}}]");
        let service = format!("https://localhost:{port}");
        let line =
            ["--service", &service, "--ca-file", &ca, "--certificate-file", &of_system, "--key-file", &key_of_system];
        let setting = Setting {
            service: vec![("MOSOVO__RECORDS__MUTUAL_TLS", door), ("MOSOVO__RECORDS__SENDERS", senders)],
            records_system: line.into_iter().map(str::to_owned).collect(),
            ..Setting::default()
        };
        let sides = BothSides::start(url, FORCE, &directory.0, setting);
        sides.tell_system("/control/records", &caseload()).unwrap();
        sides.wait_for_quiet(0);
        sides.subscribe(&["mosovo.visit_outcome.v1"]);
        telephone(&sides, &manager(&sides), "one");
        sides.wait_for_quiet(1);
        assert_eq!(sides.differing(), 0);
    });
}

#[test]
fn what_is_entered_at_the_service_is_told_called_back_for_and_told_of_in_turn_with_no_twin_and_no_conflict() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let sides = BothSides::start(url, FORCE, &directory.0, Setting::default());
        sides.tell_system("/control/records", &caseload()).unwrap();
        let before = sides.wait_for_quiet(0);
        sides.subscribe(&["mosovo.visit_outcome.v1", "mosovo.breach.v1", "mosovo.crime_report_request.v1"]);
        let nora = manager(&sides);
        let entered = telephone(&sides, &nora, "one");
        let breach = json!({
            "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
            "discovered_at": "2021-04-15T07:00:00Z", "summary": "invented",
        });
        assert_eq!(sides.act(&nora, "/v1/offenders/n-1/breaches", "two", &breach).unwrap().0, 201);
        let state = sides.wait_for_quiet(3);
        let more =
            |member: &str| state["counts"][member].as_u64().unwrap() - before["counts"][member].as_u64().unwrap();
        assert_eq!((more("records"), more("events")), (2, 2), "of what was told twice it tells once");
        assert_eq!((sides.differing(), &state["counts"]["refused_events"]), (0, &json!(0)));
        let listed = sides.read(&nora, "/v1/offenders/n-1/visits")["items"].clone();
        let twins = listed.as_array().unwrap().iter().filter(|visit| visit["ref"] == entered.as_str()).count();
        assert_eq!((twins, listed.as_array().unwrap().len()), (1, 2));
        assert_eq!(sides.read(&nora, "/v1/offenders/n-1/conflicts")["items"], json!([]));
    });
}

#[test]
fn whatever_goes_wrong_once_both_end_with_the_same() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let key = directory.keep("sender-key", "");
        let senders = format!("[{{name=\"records_system\",force=\"{FORCE}\",signed=true}}]");
        let setting = Setting {
            service: vec![("MOSOVO__RECORDS__SENDERS", senders)],
            records_system: ["--sender-key-file", &key].map(str::to_owned).into(),
            ..Setting::default()
        };
        let sides = BothSides::start(url, FORCE, &directory.0, setting);
        let printed = sides.service_command(&["sender-key", "records_system"]).output().unwrap();
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        directory.keep("sender-key", String::from_utf8(printed.stdout).unwrap().trim());
        let every = ["slow", "error", "too_many", "cut", "twice", "out_of_order", "wrong_signature"];
        let probabilities: serde_json::Map<_, _> =
            every.iter().map(|fault| ((*fault).to_owned(), json!(1.0))).collect();
        let orders = json!({ "seed": 1, "times": 1, "slow_milliseconds": 200, "probabilities": probabilities });
        sides.tell_system("/control/faults", &orders.to_string());
        sides.tell_system("/control/records", &caseload()).unwrap();
        sides.wait("everything to be sent", |counts| counts["to_be_sent"] == 0);
        sides.subscribe(&["mosovo.visit_outcome.v1"]);
        let nora = manager(&sides);
        for n in 0..5 {
            telephone(&sides, &nora, &format!("act-{n}"));
        }
        let state = sides.wait_for_quiet(5);
        assert!(every.iter().all(|fault| state["faults"][fault] == 1), "{state}");
        assert_eq!((sides.differing(), &state["counts"]["order_violations"]), (0, &json!(0)));
    });
}

#[test]
fn either_side_is_killed_in_the_middle_and_both_end_with_the_same_once_each_and_in_order() {
    on_both_databases_by_url(|url| {
        let directory = Directory::new();
        let sides = BothSides::start(url, FORCE, &directory.0, Setting::default());
        sides.tell_system("/control/records", &caseload()).unwrap();
        sides.wait_for_quiet(0);
        sides.subscribe(&["mosovo.visit_outcome.v1"]);
        let nora = manager(&sides);
        let (typed, mut entered) = (visits(600), Vec::new());
        for (round, chunk) in typed.chunks(100).enumerate() {
            sides.tell_system("/control/records", &chunk.join("\n")).unwrap();
            let side = if round % 2 == 0 { Side::Service } else { Side::RecordsSystem };
            for n in 0..3 {
                entered.push(telephone(&sides, &nora, &format!("act-{round}-{n}")));
            }
            sides.kill(side);
            sides.start_again(side);
        }
        let state = sides.wait_for_quiet(18);
        assert_eq!((sides.differing(), &state["counts"]["order_violations"]), (0, &json!(0)), "{state}");
        let listed = sides.read(&nora, "/v1/offenders/n-1/visits")["items"].clone();
        for one in &entered {
            let found = listed.as_array().unwrap().iter().filter(|visit| visit["ref"] == one.as_str()).count();
            assert_eq!(found, 1, "{one}");
        }
        let digest = sides.service_command(&["digest"]).output().unwrap();
        let digest: Value = serde_json::from_slice(&digest.stdout).unwrap();
        assert_eq!(digest["versions"], state["counts"]["events"], "each event once");
        assert!(sides.service_command(&["audit", "verify"]).output().unwrap().status.success());
    });
}
