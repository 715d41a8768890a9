//! The real program, run as a process of its own: how long, and how much memory at its peak.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::SCENARIO_CLOCK;
use super::database::Database;

/// How often a running process is asked for its peak memory. The kernel keeps the high-water mark,
/// so that only growth in the last moments could be missed.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A run that ended well.
pub struct Ran {
    pub seconds: f64,
    /// Peak resident memory; not known where there is no `/proc`.
    pub peak_mib: Option<f64>,
    /// What it printed.
    pub printed: Value,
}

/// Starts the program on a database.
pub fn start(arguments: &[&str], database: &Database, printed: Stdio) -> anyhow::Result<Child> {
    Command::new(env!("CARGO_BIN_EXE_mosovo-visits"))
        .args(arguments)
        .env("MOSOVO__DATABASE__URL", &database.url)
        .env("MOSOVO__CLOCK__FIXED_AT", SCENARIO_CLOCK)
        .env("MOSOVO__AUDIT__SIGNING_KEY_FILE", database.proof().with_extension("audit-key"))
        .env("MOSOVO__AUDIT__HEADS_DIR", database.proof().with_extension("audit"))
        .stdin(Stdio::null())
        .stdout(printed)
        .spawn()
        .context("the program cannot be started")
}

/// Runs the program to its end; it must print JSON.
pub fn run(arguments: &[&str], database: &Database, workspace: &Path) -> anyhow::Result<Ran> {
    let output = workspace.join("printed.json");
    let began = Instant::now();
    let mut child = start(arguments, database, File::create(&output)?.into())?;
    let mut peak_mib = None;
    let status = loop {
        peak_mib = peak_of(child.id()).or(peak_mib);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(LOOK_EVERY),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    ensure!(status.success(), "mosovo-visits {} failed: {status}", arguments.join(" "));
    let printed = serde_json::from_reader(File::open(&output)?)?;
    Ok(Ran { seconds, peak_mib, printed })
}

/// `VmHWM` of `/proc/PID/status`.
fn peak_of(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kibibytes) / 1024.0)
}
