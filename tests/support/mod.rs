//! Databases of the tests' own: a fresh one a test, on both backends.

pub mod both_sides;
pub mod caseload;
pub mod casework;
pub mod http;
pub mod osrm;
mod postgres;
pub mod receiver;
pub mod records_feed;
pub mod waiting;
pub mod workbook;

use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::process::Command;

use flate2::read::GzDecoder;
use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::audit::verify::verify;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flags::evaluate_force;
use mosovo_visits::casework::import::ImportReport;
use mosovo_visits::domain::audit_act::is_known;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::head::HeadKey;
use mosovo_visits::store::audit::heads::{HeadFiles, Heads};
use mosovo_visits::store::audit::list::acts;

/// A file of the test's own, gone when the test ends.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        Self(std::env::temp_dir().join(format!("mosovo-visits-{}.json", uuid::Uuid::now_v7())))
    }

    pub fn holding(text: &str) -> Self {
        let scratch = Self::new();
        std::fs::write(&scratch.0, text).unwrap();
        scratch
    }

    pub fn named(ending: &str, bytes: &[u8]) -> Self {
        let scratch = Self(std::env::temp_dir().join(format!("mosovo-visits-{}.{ending}", uuid::Uuid::now_v7())));
        std::fs::write(&scratch.0, bytes).unwrap();
        scratch
    }

    pub fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The clock of the dorset-2021 scenario.
pub fn scenario_clock() -> Clock {
    Clock::FixedAt("2021-04-15T08:00:00Z".parse().unwrap())
}

/// A fixture's text.
pub fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// A database made ready at its URL, with the scenario's caseload.
pub fn holding_dorset(url: &str) -> Store {
    let store = Store::open(&url.parse().unwrap()).unwrap();
    store.migrate().unwrap();
    import(&store, &fixture("dorset-2021.feed.ndjson.gz"));
    store
}

/// Imports a feed.
pub fn import(store: &Store, feed: &str) -> ImportReport {
    import_by(store, scenario_clock(), feed)
}

/// Imports a feed that the service learns of at an instant, and all of it.
pub fn learn(store: &Store, now: &str, feed: &str) {
    let report = import_by(store, Clock::FixedAt(now.parse().unwrap()), feed);
    assert_eq!((report.refused, report.errors.len()), (0, 0), "{report:?}");
}

fn import_by(store: &Store, clock: Clock, feed: &str) -> ImportReport {
    import_lines(store, clock, &Actor::Operator, "test", BufReader::new(feed.as_bytes()), |_| {}).unwrap()
}

/// Evaluates a force's flags at the scenario's time, and keeps what is found.
pub fn evaluate(store: &Store, force: &str) {
    let policies = Policies::built_in().unwrap();
    evaluate_force(store, scenario_clock(), &Actor::Operator, force, &policies).unwrap();
}

/// Runs a test on an empty, migrated database of each backend. Whatever the test did, the audit is whole at
/// its end and every act in it is one that the table knows.
pub fn on_both_databases(test: impl Fn(&Store)) {
    on_both_empty_databases(|store| audited(store, &test));
}

/// The same, with a key that signs the heads of the audit and what is handed out.
pub fn on_both_signing_databases(test: impl Fn(&Store)) {
    on_both_databases_by_url(|url| {
        let heads = Heads::open(proof_of(url).1, proof_key(), || scenario_clock().now()).unwrap();
        audited(&Store::open(&url.parse().unwrap()).unwrap().with_heads(heads), &test);
    });
}

fn audited(store: &Store, test: impl Fn(&Store)) {
    store.migrate().unwrap();
    test(store);
    let unsigned = verify(store, &HeadFiles::default(), &proof_key().public(), None).unwrap();
    for chain in unsigned.chains {
        assert_eq!(chain.findings, [], "{}", chain.chain);
    }
    let acts: Vec<String> = store.transaction(acts).unwrap();
    assert_eq!(acts.iter().find(|act| !is_known(act)), None, "src/domain/audit_act.rs lacks an act");
}

/// A key that signs heads of the tests.
pub fn proof_key() -> HeadKey {
    HeadKey::from_seed(&"1f".repeat(32)).unwrap()
}

/// Where the program keeps the proof of a database's audit, in the tests: gone when the test ends.
pub fn proof_of(url: &str) -> (PathBuf, PathBuf) {
    let name = url.rsplit('/').next().unwrap().trim_end_matches(".sqlite");
    let base = std::env::temp_dir().join(format!("{name}.proof"));
    (base.join("key"), base.join("heads"))
}

/// The program with some arguments, on a database of the tests.
pub fn program(url: &str, arguments: &[&str]) -> Command {
    let (key, heads) = proof_of(url);
    std::fs::create_dir_all(&heads).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mosovo-visits"));
    command.args(arguments).env("MOSOVO__DATABASE__URL", url);
    command.env("MOSOVO__WEBHOOKS__KEY_FILE", key.with_extension("webhook-key"));
    command.env("MOSOVO__AUDIT__SIGNING_KEY_FILE", key).env("MOSOVO__AUDIT__HEADS_DIR", heads);
    command
}

/// Runs a test on an empty database of each backend, not yet migrated.
pub fn on_both_empty_databases(test: impl Fn(&Store)) {
    on_both_databases_by_url(|url| test(&Store::open(&url.parse().unwrap()).unwrap()));
}

/// Hands a test the URL of an empty database of each backend.
pub fn on_both_databases_by_url(mut test: impl FnMut(&str)) {
    let path = std::env::temp_dir().join(format!("mosovo-visits-{}.sqlite", uuid::Uuid::now_v7()));
    let mut run = |url: &str| {
        test(url);
        let _ = std::fs::remove_dir_all(proof_of(url).0.parent().unwrap());
    };
    run(&format!("sqlite://{}", path.display()));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
    if let Some(url) = postgres::fresh_database() {
        run(&url);
    }
}
