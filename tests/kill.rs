//! An import that is killed at any moment and run again ends as if it had never been killed.

use std::io::Write;
use std::process::{Child, Stdio};

use mosovo_visits::store::Store;
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::url::DatabaseUrl;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;

use crate::support::{fixture, import, on_both_databases, on_both_databases_by_url, program};

/// How often the import is killed, each time at another moment.
const KILLS: usize = 20;

/// Events in the feed.
const EVENTS: usize = 2_000;

fn start_import(url: &str) -> Child {
    program(url, &["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn an_import_killed_at_any_moment_and_run_again_ends_in_the_same_state_and_history() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    let lines: Vec<&str> = feed.lines().take(EVENTS).collect();
    let expected = std::cell::RefCell::new(Vec::new());
    on_both_databases(|store| {
        import(store, &lines.join("\n"));
        expected.borrow_mut().push(store.transaction(records_digest).unwrap());
    });
    let expected = expected.into_inner();
    let mut chance = Pcg32::seed_from_u64(2_021);
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse::<DatabaseUrl>().unwrap()).unwrap();
        let mut partial = 0;
        for _ in 0..KILLS {
            store.revert_all().unwrap();
            store.migrate().unwrap();
            let mut child = start_import(url);
            let mut stdin = child.stdin.take().unwrap();
            for line in lines.iter().take(chance.random_range(1..=EVENTS)) {
                writeln!(stdin, "{line}").unwrap();
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let taken = store.transaction(records_digest).unwrap().versions;
            partial += usize::from(taken > 0 && taken < EVENTS);
            import(&store, &lines.join("\n"));
            assert_eq!(Some(&store.transaction(records_digest).unwrap()), expected.first());
        }
        assert!(partial > 0, "no kill fell in the middle of an import");
    });
}
