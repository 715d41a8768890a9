//! Records from a watched folder, on both databases: taken whole, put away with their reports, and nothing that does not belong there.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::exchange::{Channel, LastExchange};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::records::RecordsSources;
use mosovo_visits::records::folder::{Taken, WatchedFolder, take};
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, audit, exchange, record};
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, offender};
use crate::support::waiting::until;
use crate::support::{on_both_databases, scenario_clock};

/// How long a file of these tests may be, unpacked.
const MOST_BYTES: u64 = 100_000;

/// A watched folder of the test's own, gone when the test ends.
struct Watched(WatchedFolder);

impl Watched {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("mosovo-visits-{}.records", uuid::Uuid::now_v7()));
        fs::create_dir_all(path.join("inbox")).unwrap();
        Self(WatchedFolder { force: "wessex".to_owned(), path, most_bytes: MOST_BYTES })
    }

    fn inbox(&self, name: &str) -> PathBuf {
        self.0.path.join("inbox").join(name)
    }

    fn put(&self, name: &str, content: &[u8]) {
        fs::write(self.inbox(name), content).unwrap();
    }

    fn take(&self, store: &Store) -> Taken {
        take(store, scenario_clock(), &self.0, &|| true).unwrap()
    }

    /// The names in a part of the folder, without the ids that they were given.
    fn names(&self, part: &str) -> Vec<String> {
        let mut names: Vec<String> = files(&self.0.path.join(part)).iter().map(|path| name(path)).collect();
        names.sort();
        names
    }

    /// The report of the file of that name.
    fn report(&self, part: &str, of: &str) -> Value {
        let all = files(&self.0.path.join(part));
        let path = all.iter().find(|path| name(path) == format!("{of}.json")).unwrap();
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0.path);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// A name without the id before it: 36 characters and a hyphen.
fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().chars().skip(37).collect()
}

fn one(subject: &str, time: &str, status: &str) -> String {
    event("/records/wessex/invented", "offender", subject, time, &offender("Invented", "north", status)).to_string()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn last_exchange(store: &Store) -> LastExchange {
    let system = store.transaction(|connection| exchange::records_system(connection, "wessex")).unwrap().unwrap();
    let [last] = system.exchanges.try_into().unwrap();
    last
}

fn digest(store: &Store) -> Value {
    serde_json::to_value(store.transaction(records_digest).unwrap()).unwrap()
}

#[test]
fn files_are_taken_by_their_names_and_put_away_with_their_reports() {
    on_both_databases(|store| {
        let folder = Watched::new();
        folder.put("2-later.ndjson.gz", &packed(&format!("{}\n{{}}\n", one("o-2", RECORDED, "community"))));
        folder.put("1-first.ndjson", one("o-1", RECORDED, "community").as_bytes());
        folder.put("3-being-written.ndjson.part", b"half a");
        folder.put(".4-hidden.ndjson", b"half a");
        folder.put("5-other.txt", b"nobody's business");
        assert_eq!(folder.take(store), Taken { done: 2, failed: 0 });
        let done = ["1-first.ndjson", "1-first.ndjson.json", "2-later.ndjson.gz", "2-later.ndjson.gz.json"];
        assert_eq!(folder.names("done"), done);
        assert_eq!(
            files(&folder.0.path.join("inbox")).len(),
            3,
            "what is still written, hidden or something else stays"
        );
        let report = folder.report("done", "2-later.ndjson.gz");
        assert_eq!((&report["accepted"], &report["refused"]), (&json!(1), &json!(1)));
        assert_eq!(report["errors"][0]["index"], 2);
        let last = last_exchange(store);
        assert_eq!((last.channel, last.outcome.as_str(), last.events), (Channel::Folder, "succeeded", Some(2)));
        assert_eq!(folder.take(store), Taken::default());
    });
}

#[test]
fn a_file_taken_twice_comes_to_the_same() {
    on_both_databases(|store| {
        let folder = Watched::new();
        let text = one("o-1", RECORDED, "community");
        folder.put("a.ndjson", text.as_bytes());
        assert_eq!(folder.take(store), Taken { done: 1, failed: 0 });
        let before = digest(store);
        // As if the process had died before the file was moved.
        folder.put("a.ndjson", text.as_bytes());
        assert_eq!(folder.take(store), Taken { done: 1, failed: 0 });
        assert_eq!(digest(store), before);
        assert_eq!(folder.names("done").len(), 4, "neither is written over");
    });
}

#[test]
fn a_file_put_in_under_the_same_name_during_an_import_is_taken_after_it() {
    on_both_databases(|store| {
        let watched = Watched::new();
        let folder = &watched;
        folder.put("feed.ndjson", one("o-1", RECORDED, "community").as_bytes());
        let taken = thread::scope(|scope| {
            // Until this ends nobody else changes records: the import is under way.
            let taking = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
                record::take_turn(connection)?;
                let taking = scope.spawn(move || folder.take(store));
                until(|| !folder.inbox("feed.ndjson").exists());
                folder.put("feed.ndjson", one("o-2", RECORDED, "community").as_bytes());
                Ok(taking)
            });
            taking.unwrap().join().unwrap()
        });
        assert_eq!(taken, Taken { done: 1, failed: 0 });
        assert!(folder.inbox("feed.ndjson").exists(), "it waits for its turn");
        assert_eq!(folder.take(store), Taken { done: 1, failed: 0 });
        assert_eq!(digest(store)["records"], 2);
        assert_eq!(folder.names("done").len(), 4);
        assert_eq!(folder.names("taking"), Vec::<String>::new());
    });
}

#[test]
fn what_a_process_that_died_had_begun_with_is_taken_first() {
    on_both_databases(|store| {
        let folder = Watched::new();
        let taking = folder.0.path.join("taking");
        fs::create_dir(&taking).unwrap();
        let begun = taking.join(format!("{}-2-begun.ndjson", uuid::Uuid::now_v7()));
        fs::write(begun, one("o-1", RECORDED, "community")).unwrap();
        fs::write(taking.join("put-in-here.ndjson"), one("o-3", RECORDED, "community")).unwrap();
        folder.put("1-waits.ndjson", one("o-2", RECORDED, "community").as_bytes());
        assert_eq!(take(store, scenario_clock(), &folder.0, &|| false).unwrap(), Taken { done: 1, failed: 0 });
        assert_eq!(folder.names("done"), ["2-begun.ndjson", "2-begun.ndjson.json"]);
        assert!(folder.inbox("1-waits.ndjson").exists());
        assert_eq!(folder.take(store), Taken { done: 1, failed: 1 });
        assert_eq!(folder.report("failed", "unnamed")["code"], "name_not_allowed", "it was never put in");
        assert_eq!(digest(store)["records"], 2);
    });
}

#[test]
fn a_file_that_another_process_has_taken_is_left_to_it() {
    on_both_databases(|store| {
        let folder = Watched::new();
        for (name, subject) in [("1.ndjson", "o-1"), ("2.ndjson", "o-2"), ("3.ndjson", "o-3")] {
            folder.put(name, one(subject, RECORDED, "community").as_bytes());
        }
        let another_takes_the_second = || {
            let _ = fs::remove_file(folder.inbox("2.ndjson"));
            true
        };
        let taken = take(store, scenario_clock(), &folder.0, &another_takes_the_second).unwrap();
        assert_eq!(taken, Taken { done: 2, failed: 0 });
        assert_eq!(folder.names("done"), ["1.ndjson", "1.ndjson.json", "3.ndjson", "3.ndjson.json"]);
        assert_eq!(folder.names("failed"), Vec::<String>::new());
    });
}

#[test]
fn what_does_not_belong_there_is_refused_with_its_code_and_on_record() {
    on_both_databases(|store| {
        let folder = Watched::new();
        let outside = std::env::temp_dir().join(format!("mosovo-visits-{}.ndjson", uuid::Uuid::now_v7()));
        fs::write(&outside, one("o-9", RECORDED, "community")).unwrap();
        std::os::unix::fs::symlink(&outside, folder.inbox("1-link.ndjson")).unwrap();
        fs::create_dir(folder.inbox("2-folder.ndjson")).unwrap();
        folder.put("3 Nestor's.ndjson", one("o-3", RECORDED, "community").as_bytes());
        folder.put("4-long.ndjson", &vec![b' '; 100_001]);
        folder.put("5-bomb.ndjson.gz", &packed(&" ".repeat(10_000_000)));
        folder.put("6-none.ndjson.gz", b"no gzip at all");
        let whole = packed(&one("o-7", RECORDED, "community"));
        folder.put("7-half.ndjson.gz", &whole[..whole.len() / 2]);
        assert_eq!(folder.take(store), Taken { done: 0, failed: 7 });
        for (name, code) in [
            ("1-link.ndjson", "not_a_regular_file"),
            ("2-folder.ndjson", "not_a_regular_file"),
            ("unnamed", "name_not_allowed"),
            ("4-long.ndjson", "too_large"),
            ("5-bomb.ndjson.gz", "unpacked_too_large"),
            ("6-none.ndjson.gz", "cannot_be_unpacked"),
            ("7-half.ndjson.gz", "cannot_be_unpacked"),
        ] {
            assert_eq!(folder.report("failed", name)["code"], code, "{name}");
        }
        assert_eq!(files(&folder.0.path.join("inbox")), Vec::<PathBuf>::new());
        assert!(fs::read_to_string(&outside).unwrap().contains("o-9"), "what a link leads to is left alone");
        fs::remove_file(&outside).unwrap();
        assert_eq!(store.transaction(record::forces).unwrap(), Vec::<String>::new(), "nothing of any was taken");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let refused: Vec<&str> = entries.iter().map(|entry| entry.detail["refused"].as_str().unwrap()).collect();
        assert_eq!((refused.len(), refused[4]), (7, "unpacked_too_large"));
        assert!(entries.iter().all(|entry| entry.act == "records.folder" && entry.actor == "job:records_folder"));
        assert!(!entries.iter().any(|entry| entry.detail.to_string().contains("Nestor")));
        let last = last_exchange(store);
        assert_eq!((last.outcome.as_str(), last.last_success_at), ("cannot_be_unpacked", None));
    });
}

#[test]
fn a_file_of_another_force_fails_and_of_its_own_what_is_good_is_taken() {
    on_both_databases(|store| {
        let folder = Watched::new();
        let theirs = event("/records/mercia", "offender", "o-1", RECORDED, &offender("Invented", "north", "community"))
            .to_string();
        folder.put("1-theirs.ndjson", theirs.as_bytes());
        let cut_short = format!("{}\n{}", one("o-1", RECORDED, "community"), &theirs[..40]);
        folder.put("2-cut-short.ndjson", cut_short.as_bytes());
        assert_eq!(folder.take(store), Taken { done: 1, failed: 1 });
        assert_eq!(folder.report("failed", "1-theirs.ndjson")["errors"][0]["code"], "source_not_permitted");
        assert_eq!(folder.report("done", "2-cut-short.ndjson")["refused"], 1);
        assert_eq!(store.transaction(record::forces).unwrap(), ["wessex"]);
    });
}

#[test]
fn the_job_takes_the_files_of_each_folder_and_one_that_cannot_be_worked_with_stops_no_other() {
    on_both_databases(|store| {
        let (folder, broken) = (Watched::new(), Watched::new());
        folder.put("a.ndjson", one("o-1", RECORDED, "community").as_bytes());
        let in_the_way = broken.0.path.join("a-file");
        fs::write(&in_the_way, "no folder").unwrap();
        let not_a_folder = WatchedFolder { path: in_the_way, ..broken.0.clone() };
        let timetable = Timetable::new(vec![Entry::new(JobName::RecordsFolder, "20 * * * * *").unwrap()]);
        let ran = |folders: Vec<WatchedFolder>, now: &str| {
            let (clock, policies) = (Clock::FixedAt(now.parse().unwrap()), Policies::built_in().unwrap());
            let worker = Worker::new(store.clone(), clock, policies, Registry::new(&timetable));
            let worker = worker.with_records(RecordsSources { feeds: Vec::new(), folders });
            worker.run_due(JobName::RecordsFolder).unwrap().unwrap().outcome
        };
        let failed = ran(vec![not_a_folder, folder.0.clone()], "2021-04-15T08:00:20Z").unwrap_err();
        assert_eq!(failed.code(), "forces_failed");
        assert_eq!(folder.names("done").len(), 2);
        let next = ran(vec![folder.0.clone()], "2021-04-15T08:01:20Z").unwrap();
        assert_eq!(next, json!({ "folders": 1, "done": 0, "failed": 0 }));
    });
}
