//! Senders known by name: by a client certificate at a door of its own, by types that they may send, by a signature over what they send.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::senders::{Sender, Senders};
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::settings::MutualTlsSettings;
use mosovo_visits::store::{Store, audit};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::support::http::{Reply, Running, of_force, persona, run_with_senders, webhooks};
use crate::support::{Scratch, on_both_databases};

const ONE: &str = "application/cloudevents+json";

fn records_system() -> Grants {
    persona(Role::RecordsSystem, &[])
}

fn sender(name: &str, kinds: Option<&[RecordKind]>) -> Sender {
    let kinds = kinds.map(|kinds| kinds.iter().copied().collect());
    Sender {
        name: name.to_owned(),
        force: "wessex".to_owned(),
        kinds,
        is_signed: false,
        key_number: 1,
        by_certificate: false,
    }
}

/// An event that invents a team, or a neighbourhood.
fn event(kind: &str, id: &str) -> String {
    let base = json!({ "name": "Invented", "latitude": 50.7, "longitude": -2.4 });
    let data = match kind {
        "team" => json!({ "name": "Invented", "force": "wessex", "base": base }),
        _ => json!({ "name": "Invented", "force": "wessex" }),
    };
    json!({
        "specversion": "1.0", "id": id, "source": "/records/wessex", "type": format!("records.{kind}.v1"),
        "subject": format!("{kind}-{id}"), "time": "2021-04-01T09:00:00Z", "data": data,
    })
    .to_string()
}

/// Why what was refused at the door was refused, as the audit of Wessex has it.
fn refused(store: &Store) -> Vec<String> {
    let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
    let refused = entries.iter().filter(|entry| entry.act == "access.refused");
    refused.map(|entry| entry.detail["why"].as_str().unwrap().to_owned()).collect()
}

/// An issuer of certificates, invented for a test.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate of these names, and its key, as PEM.
    fn vouch(&self, names: &[&str]) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// Somebody who calls with a certificate.
struct Caller {
    agent: ureq::Agent,
    at: SocketAddr,
}

impl Caller {
    fn with(authority: &Authority, at: SocketAddr, shown: Option<(String, String)>) -> Self {
        let roots = RootCerts::new_with_certs(&[Certificate::from_pem(authority.pem.as_bytes()).unwrap()]);
        let shown = shown.map(|(certificate, key)| {
            let certificate = Certificate::from_pem(certificate.as_bytes()).unwrap();
            ClientCert::new_with_certs(&[certificate], PrivateKey::from_pem(key.as_bytes()).unwrap())
        });
        let tls = TlsConfig::builder().root_certs(roots).client_cert(shown).build();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls).build().new_agent();
        Self { agent, at }
    }

    fn send(&self, body: &str) -> Result<(u16, Value), ureq::Error> {
        let url = format!("https://localhost:{}/v1/records", self.at.port());
        let mut response = self.agent.post(url).header("content-type", ONE).send(body)?;
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap()))
    }

    fn read(&self, path: &str) -> u16 {
        self.agent.get(format!("https://localhost:{}{path}", self.at.port())).call().unwrap().status().as_u16()
    }
}

#[test]
fn a_certificate_speaks_for_the_sender_that_it_names_and_for_its_types_alone() {
    on_both_databases(|store| {
        let (authority, other) = (Authority::new(), Authority::new());
        let (certificate, key) = authority.vouch(&["localhost"]);
        let files = [certificate, key, authority.pem.clone()].map(|pem| Scratch::holding(&pem));
        let [certificate_file, key_file, client_ca_file] = files.each_ref().map(|file| file.path().into());
        let bind = "127.0.0.1:0".parse().unwrap();
        let door = MutualTlsSettings { bind, certificate_file, key_file, client_ca_file }.open().unwrap();
        let at = door.listener.local_addr().unwrap();
        let senders = Senders::of(vec![sender("records.wessex.example", Some(&[RecordKind::Team]))]);
        let service = run_with_senders(store, senders, Some(door));

        let known = Caller::with(&authority, at, Some(authority.vouch(&["records.wessex.example"])));
        let (status, report) = known.send(&event("team", "1")).unwrap();
        assert_eq!((status, &report["accepted"]), (200, &json!(1)), "{report}");
        let (status, report) = known.send(&event("neighbourhood", "2")).unwrap();
        assert_eq!((status, &report["errors"][0]["code"]), (200, &json!("type_not_permitted")), "{report}");
        assert_eq!((known.read("/v1/events"), known.read("/v1/offenders"), known.read("/healthz")), (403, 403, 200));

        for names in [&["records.dorset.example"][..], &["*.wessex.example"], &[]] {
            let unknown = Caller::with(&authority, at, Some(authority.vouch(names)));
            let (status, problem) = unknown.send(&event("team", "3")).unwrap();
            assert_eq!((status, &problem["code"]), (403, &json!("unknown_certificate")), "{names:?}");
        }
        let unknown = "unknown_certificate";
        assert_eq!(refused(store), ["type_not_permitted", "forbidden", "forbidden", unknown, unknown, unknown]);
        let forged = Caller::with(&authority, at, Some(other.vouch(&["records.wessex.example"])));
        assert!(forged.send(&event("team", "4")).is_err(), "nobody of the settings vouches for it");
        assert!(Caller::with(&authority, at, None).send(&event("team", "5")).is_err());

        // At the other door a token that names none of the senders is nobody's.
        let sent = service.send(&records_system(), ONE, &event("neighbourhood", "6"));
        assert_eq!((sent.status, sent.code().as_str()), (403, "forbidden"));
    });
}

#[test]
fn a_token_may_send_the_types_that_its_sender_is_named_with() {
    on_both_databases(|store| {
        let named = sender("invented-records_system", Some(&[RecordKind::Team]));
        let service = run_with_senders(store, Senders::of(vec![named]), None);
        for (kind, accepted) in [("team", 1), ("neighbourhood", 0)] {
            let report = service.send(&records_system(), ONE, &event(kind, "1"));
            assert_eq!(report.json()["accepted"], accepted, "{}", report.text);
        }
        assert_eq!(service.get(&records_system(), "/v1/events").status, 403, "it sends, and is told of nothing");
        assert_eq!(refused(store), ["type_not_permitted", "forbidden"]);
    });
}

#[test]
fn a_force_that_names_senders_takes_no_token_of_another_and_none_of_who_comes_by_certificate() {
    on_both_databases(|store| {
        let closed =
            [sender("another", None), Sender { by_certificate: true, ..sender("invented-records_system", None) }];
        for sender in closed {
            let service = run_with_senders(store, Senders::of(vec![sender.clone()]), None);
            assert_eq!(
                service.send(&records_system(), ONE, &event("team", "1")).code(),
                "forbidden",
                "{}",
                sender.name
            );
            let elsewhere = of_force(records_system(), "mercia");
            assert_eq!(service.get(&elsewhere, "/v1/events").status, 200, "another force has named nobody");
        }
        let named = sender("invented-records_system", None);
        let service = run_with_senders(store, Senders::of(vec![named]), None);
        assert_eq!(service.get(&records_system(), "/v1/events").status, 200);
    });
}

/// Records signed with a key, by the machine's clock but for so many seconds.
fn signed(service: &Running, secret: &str, (id, seconds): (&str, i64), (signed, sent): (&str, &str)) -> Reply {
    let now: DateTime<Utc> = Clock::System.now();
    let timestamp = now.timestamp() + seconds;
    let signature = Webhook::new(secret).unwrap().sign(id, timestamp, signed.as_bytes()).unwrap();
    send_signed(service, (id, &timestamp.to_string(), &signature), sent)
}

fn send_signed(service: &Running, (id, timestamp, signature): (&str, &str, &str), body: &str) -> Reply {
    let token = format!("Bearer {}", service.token(&records_system()));
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", ONE),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ];
    service.request("POST", "/v1/records", &headers, body.as_bytes())
}

#[test]
fn a_sender_who_signs_is_taken_once_and_each_refusal_has_its_code_and_goes_on_record() {
    on_both_databases(|store| {
        let named = Sender { is_signed: true, key_number: 2, ..sender("invented-records_system", None) };
        let first = Sender { key_number: 1, ..named.clone() };
        let keys = [&named, &first].map(|sender| sender.secret(webhooks().keys()));
        let service = run_with_senders(store, Senders::of(vec![named.clone()]), None);
        let (one, two) = (event("team", "1"), event("team", "2"));

        assert_eq!(service.send(&records_system(), ONE, &one).code(), "signature_missing");
        let token = format!("Bearer {}", service.token(&records_system()));
        let headers = [("authorization", token.as_str()), ("content-type", "application/x-ndjson")];
        let digests = service.request("POST", "/v1/drift/digests", &headers, b"");
        assert_eq!(digests.code(), "signature_missing", "what is there is compared with what the sender says alone");
        let stranger = Sender { name: "stranger".to_owned(), ..named }.secret(webhooks().keys());
        assert_eq!(signed(&service, &stranger, ("m-1", 0), (&one, &one)).code(), "signature_wrong");
        assert_eq!(signed(&service, &keys[0], ("m-1", 0), (&one, &two)).code(), "signature_wrong", "of another body");
        for seconds in [-400, 400] {
            assert_eq!(signed(&service, &keys[0], ("m-1", seconds), (&one, &one)).code(), "signature_out_of_time");
        }
        let timestamp = Clock::System.now().timestamp();
        let signature = Webhook::new(&keys[0]).unwrap().sign("m-1", timestamp, one.as_bytes()).unwrap();
        let message = ("m-1", timestamp.to_string());
        let taken = send_signed(&service, (message.0, &message.1, &signature), &one);
        assert_eq!(taken.json()["accepted"], 1, "{}", taken.text);
        let again = send_signed(&service, (message.0, &message.1, &signature), &one);
        assert_eq!((again.status, again.code().as_str()), (409, "signature_replayed"));
        let anew = signed(&service, &keys[0], ("m-1", 30), (&one, &one));
        assert_eq!(anew.json()["duplicates"], 1, "sent again it is signed anew: {}", anew.text);
        let older = signed(&service, &keys[1], ("m-2", 0), (&two, &two));
        assert_eq!(older.json()["accepted"], 1, "the key before is taken too: {}", older.text);
        let large = "x".repeat(1_100_000);
        assert_eq!(signed(&service, &keys[0], ("m-3", 0), (&large, &large)).code(), "payload_too_large");
        assert_eq!(
            refused(store),
            [
                "signature_missing",
                "signature_missing",
                "signature_wrong",
                "signature_wrong",
                "signature_out_of_time",
                "signature_out_of_time",
                "signature_replayed",
                "payload_too_large",
            ]
        );
    });
}
