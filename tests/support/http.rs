//! The real server on a free loopback port, one a test, and the personas who call it.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use chrono::TimeDelta;
use mosovo_visits::api::auth::key::VerifyingKey;
use mosovo_visits::api::auth::token::{Grants, Mint, Verifier};
use mosovo_visits::api::metrics::Metrics;
use mosovo_visits::api::records::feeds::Feeds;
use mosovo_visits::api::service::Service;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::roads::RoadService;
use mosovo_visits::casework::senders::Senders;
use mosovo_visits::casework::subscriptions::Webhooks;
use mosovo_visits::casework::subscriptions::key::WebhookKeys;
use mosovo_visits::casework::subscriptions::post::Line;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::settings::{AuthSettings, MutualTls};
use mosovo_visits::startup::{self, Door};
use mosovo_visits::store::Store;
use secrecy::SecretString;
use serde_json::Value;
use ureq::tls::RootCerts;

use super::scenario_clock;

/// Whose tokens the tests' service accepts.
pub fn auth_settings() -> AuthSettings {
    AuthSettings {
        issuer: "https://issuer.invalid".into(),
        audience: "mosovo-visits-test".into(),
        public_keys_file: None,
        development_key: None,
        development_key_file: None,
    }
}

/// A key that signs tokens of the tests.
pub fn signing_key() -> SecretString {
    SecretString::from("a key of the tests, long enough to be one".to_owned())
}

/// When the service's own jobs run, in the tests.
pub fn timetable() -> Timetable {
    let jobs = [(JobName::NightlyFlags, "0 10 0 * * *"), (JobName::PendingFlags, "0 * * * * *")];
    Timetable::new(jobs.into_iter().map(|(job, text)| Entry::new(job, text).unwrap()).collect())
}

/// A service that runs.
pub struct Running {
    address: SocketAddr,
    mint: Mint,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// Runs the service over a database.
pub fn run(store: &Store) -> Running {
    run_with(store, vec![VerifyingKey::development(&signing_key())])
}

/// Runs the service with these keys.
pub fn run_with(store: &Store, keys: Vec<VerifyingKey>) -> Running {
    run_service(&service(store, keys))
}

/// Runs the service at another time than the scenario's.
pub fn run_at(store: &Store, now: &str) -> Running {
    let keys = vec![VerifyingKey::development(&signing_key())];
    run_service(&service_at(store, keys, Clock::FixedAt(now.parse().unwrap())))
}

/// Runs the service with these turns of feeds.
pub fn run_with_feeds(store: &Store, feeds: Feeds) -> Running {
    run_service(&service(store, vec![VerifyingKey::development(&signing_key())]).with_feeds(feeds))
}

/// Runs the service with these turns of feeds, and senders known by name.
pub fn run_with_feeds_of(store: &Store, feeds: Feeds, senders: Senders) -> Running {
    let keys = vec![VerifyingKey::development(&signing_key())];
    run_service(&service(store, keys).with_feeds(feeds).with_senders(senders))
}

/// Runs the service with this road service.
pub fn run_with_roads(store: &Store, roads: RoadService) -> Running {
    run_service(&service(store, vec![VerifyingKey::development(&signing_key())]).with_roads(roads))
}

/// The same at another time than the scenario's.
pub fn run_at_with_roads(store: &Store, now: &str, roads: RoadService) -> Running {
    let keys = vec![VerifyingKey::development(&signing_key())];
    run_service(&service_at(store, keys, Clock::FixedAt(now.parse().unwrap())).with_roads(roads))
}

fn service(store: &Store, keys: Vec<VerifyingKey>) -> Service {
    service_at(store, keys, scenario_clock())
}

fn service_at(store: &Store, keys: Vec<VerifyingKey>, clock: Clock) -> Service {
    let verifier = Verifier::new(keys, &auth_settings());
    let policies = Policies::built_in().unwrap();
    let service = Service::new(store.clone(), clock, policies, verifier, Metrics::new().unwrap());
    service.with_timetable(timetable()).with_webhooks(webhooks())
}

/// What deliveries are made with in tests: a line that waits two seconds, and a key of their own.
pub fn webhooks() -> Webhooks {
    let line = Line::new(Duration::from_secs(2), RootCerts::WebPki);
    Webhooks::new(line, WebhookKeys::of("a key of the tests' own, 32 or more"))
}

/// The service with senders known by name, and a door for those with certificates.
pub fn run_with_senders(store: &Store, senders: Senders, mutual_tls: Option<MutualTls>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let keys = vec![VerifyingKey::development(&signing_key())];
    run_service_at(&service(store, keys).with_senders(senders), listener, mutual_tls)
}

fn run_service(service: &Service) -> Running {
    run_service_at(service, TcpListener::bind("127.0.0.1:0").unwrap(), None)
}

fn run_service_at(service: &Service, listener: TcpListener, mutual_tls: Option<MutualTls>) -> Running {
    let service = service.clone();
    let address = listener.local_addr().unwrap();
    let door = match mutual_tls {
        Some(mutual_tls) => Door::with(listener, mutual_tls),
        None => listener.into(),
    };
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let server = startup::server(door, &service, 1, false).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let server = receiver.recv().unwrap();
    Running { address, mint: Mint::new(&signing_key(), &auth_settings()), server, thread: Some(thread) }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// What a persona is granted: a role in Wessex, with its teams.
pub fn persona(role: Role, teams: &[&str]) -> Grants {
    Grants {
        sub: format!("invented-{}", role.name()),
        role: Some(role.name().to_owned()),
        force: Some("wessex".to_owned()),
        teams: teams.iter().map(|team| (*team).to_owned().try_into().unwrap()).collect(),
        ..Grants::default()
    }
}

/// The same persona in another force.
pub fn of_force(grants: Grants, force: &str) -> Grants {
    Grants { force: Some(force.to_owned()), ..grants }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of the problem that it is.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem["code"].as_str().unwrap().to_owned()
    }

    /// The references of the items of a list.
    pub fn refs(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["items"].as_array().unwrap().iter().map(|item| item["ref"].as_str().unwrap().to_owned()).collect()
    }
}

impl Running {
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token that is valid for an hour.
    pub fn token(&self, grants: &Grants) -> String {
        let now = Clock::System.now();
        self.mint.token(grants, now, now + TimeDelta::hours(1)).unwrap()
    }

    /// A request with these headers.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_vec()).unwrap();
        let mut response = agent.run(request).unwrap();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let bytes = response.body_mut().read_to_vec().unwrap();
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// A reading by somebody.
    pub fn get(&self, grants: &Grants, path: &str) -> Reply {
        self.get_with_token(&self.token(grants), path)
    }

    /// A reading with a token.
    pub fn get_with_token(&self, token: &str, path: &str) -> Reply {
        self.request("GET", path, &[("authorization", &format!("Bearer {token}"))], b"")
    }

    /// Records sent by somebody.
    pub fn send(&self, grants: &Grants, media_type: &str, body: &str) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        self.request("POST", "/v1/records", &[("authorization", &token), ("content-type", media_type)], body.as_bytes())
    }

    /// Something put in the place of what was read at a version, by somebody.
    pub fn put(&self, grants: &Grants, path: &str, version: Option<&str>, body: &Value) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        let mut headers = vec![("authorization", token.as_str()), ("content-type", "application/json")];
        headers.extend(version.map(|version| ("if-match", version)));
        self.request("PUT", path, &headers, body.to_string().as_bytes())
    }

    /// A change of what was read at a version, by somebody.
    pub fn patch(&self, grants: &Grants, path: &str, version: Option<&str>, body: &Value) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        let mut headers = vec![("authorization", token.as_str()), ("content-type", "application/json")];
        headers.extend(version.map(|version| ("if-match", version)));
        self.request("PATCH", path, &headers, body.to_string().as_bytes())
    }

    /// An act on what was read at a version, by somebody.
    pub fn act(&self, grants: &Grants, path: &str, version: Option<&str>, body: &Value) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        let mut headers = vec![("authorization", token.as_str()), ("content-type", "application/json")];
        headers.extend(version.map(|version| ("if-match", version)));
        self.request("POST", path, &headers, body.to_string().as_bytes())
    }
}
