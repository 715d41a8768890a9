//! What the benchmarks share: fresh databases, and the real program run as a process of its own.

pub mod database;
#[path = "../../tests/support/postgres.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "shared with the tests, which stop at the first thing that is not as it should be"
)]
mod postgres;
pub mod program;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::read::GzDecoder;

/// The feed of the dorset-2021 scenario, and the events in it.
pub const SCENARIO: &str = "tests/fixtures/dorset-2021.feed.ndjson.gz";
pub const SCENARIO_EVENTS: u64 = 18_013;

/// The clock of that scenario.
pub const SCENARIO_CLOCK: &str = "2021-04-15T09:00:00+01:00";

/// Prints a line.
pub fn say(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{line}").context("cannot write to standard output")
}

/// A directory of the benchmark's own, taken away at the end.
pub struct Workspace(PathBuf);

impl Workspace {
    pub fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("mosovo-visits-bench-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The scenario's feed, unpacked.
    pub fn scenario(&self) -> anyhow::Result<PathBuf> {
        let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCENARIO);
        let mut feed = String::new();
        GzDecoder::new(File::open(packed)?).read_to_string(&mut feed)?;
        let path = self.0.join("dorset-2021.feed.ndjson");
        std::fs::write(&path, feed)?;
        Ok(path)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What stays behind in the directory for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
