//! Databases of the tests' own: a fresh one a test, on both backends.

pub mod caseload;
pub mod http;
mod postgres;

use std::io::{BufReader, Read};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flags::evaluate_force;
use mosovo_visits::casework::import::ImportReport;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;

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

/// Imports a feed.
pub fn import(store: &Store, feed: &str) -> ImportReport {
    let feed = BufReader::new(feed.as_bytes());
    import_lines(store, scenario_clock(), &Actor::Operator, "test", feed, |_| {}).unwrap()
}

/// Evaluates a force's flags at the scenario's time, and keeps what is found.
pub fn evaluate(store: &Store, force: &str) {
    let policies = Policies::built_in().unwrap();
    evaluate_force(store, scenario_clock(), &Actor::Operator, force, &policies).unwrap();
}

/// Runs a test on an empty, migrated database of each backend.
pub fn on_both_databases(test: impl Fn(&Store)) {
    on_both_empty_databases(|store| {
        store.migrate().unwrap();
        test(store);
    });
}

/// Runs a test on an empty database of each backend, not yet migrated.
pub fn on_both_empty_databases(test: impl Fn(&Store)) {
    on_both_databases_by_url(|url| test(&Store::open(&url.parse().unwrap()).unwrap()));
}

/// Hands a test the URL of an empty database of each backend.
pub fn on_both_databases_by_url(mut test: impl FnMut(&str)) {
    let path = std::env::temp_dir().join(format!("mosovo-visits-{}.sqlite", uuid::Uuid::now_v7()));
    test(&format!("sqlite://{}", path.display()));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
    if let Some(url) = postgres::fresh_database() {
        test(&url);
    }
}
