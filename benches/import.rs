//! `cargo bench --bench import`: the import of a records feed and the flags over it, with the real
//! program on each database. Prints the figures beside their bars; fails only when it cannot run.

mod support;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use mosovo_visits::records::generate::{CaseloadSpec, generate};
use support::database::{Server, servers};
use support::program::{Ran, run};
use support::{SCENARIO_EVENTS, Workspace, say};

/// Runs of each measurement, each on a fresh database.
const RUNS: usize = 5;

/// The bars: seconds for the scenario's feed, seconds for its flags, memory whatever the length.
const IMPORT_SECONDS: f64 = 5.0;
const FLAGS_SECONDS: f64 = 1.0;
const MEMORY_MIB: f64 = 200.0;

/// Offenders in the long feed: ten times Dorset's, in one force.
const LONG_FEED_OFFENDERS: u32 = 10_830;

fn main() -> anyhow::Result<()> {
    let workspace = Workspace::new()?;
    let scenario = workspace.scenario()?;
    let (long, long_events) = long_feed(workspace.path())?;
    say(&format!("{:<52} {:>7} {:>7} {:>7} {:>9}", "", "min s", "median", "max", "peak MiB"))?;
    for server in servers()? {
        let name = server.name();
        let (imports, flags) = scenario_runs(&server, &scenario, workspace.path())?;
        report(&format!("{name}: import of {SCENARIO_EVENTS} events"), &imports, Some(IMPORT_SECONDS))?;
        report(&format!("{name}: flags over its 1,083 cases"), &flags, Some(FLAGS_SECONDS))?;
        let database = server.fresh(workspace.path())?;
        let ran = import(&long, long_events, &database, workspace.path())?;
        report(&format!("{name}: import of {long_events} generated events"), &[ran], None)?;
    }
    Ok(())
}

fn scenario_runs(server: &Server, feed: &Path, workspace: &Path) -> anyhow::Result<(Vec<Ran>, Vec<Ran>)> {
    let (mut imports, mut flags) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let database = server.fresh(workspace)?;
        imports.push(import(feed, SCENARIO_EVENTS, &database, workspace)?);
        flags.push(run(&["flags", "--format", "json"], &database, workspace)?);
    }
    Ok((imports, flags))
}

fn import(feed: &Path, events: u64, database: &support::database::Database, workspace: &Path) -> anyhow::Result<Ran> {
    let feed = feed.to_str().context("the path of the feed is not UTF-8")?;
    let ran = run(&["import", feed, "--format", "json"], database, workspace)?;
    let accepted = ran.printed.get("accepted").and_then(serde_json::Value::as_u64);
    ensure!(accepted == Some(events), "the import took {accepted:?} of {events} events");
    Ok(ran)
}

/// A long feed of the generator's, and how many of its events become current state.
fn long_feed(workspace: &Path) -> anyhow::Result<(PathBuf, u64)> {
    let path = workspace.join("long.feed.ndjson");
    let mut file = BufWriter::new(File::create(&path)?);
    let spec = CaseloadSpec::of_size(1, "2021-04-15".parse()?, 1, LONG_FEED_OFFENDERS);
    let events = generate(&spec, |event| writeln!(file, "{event}"))?;
    file.flush()?;
    Ok((path, events))
}

fn report(what: &str, runs: &[Ran], seconds_bar: Option<f64>) -> anyhow::Result<()> {
    let mut seconds: Vec<f64> = runs.iter().map(|ran| ran.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let (Some(min), Some(median), Some(max)) = (seconds.first(), seconds.get(seconds.len() / 2), seconds.last()) else {
        return Ok(());
    };
    let peak = runs.iter().filter_map(|ran| ran.peak_mib).max_by(f64::total_cmp);
    let shown = peak.map_or_else(|| "unknown".to_owned(), |peak| format!("{peak:.0}"));
    say(&format!("{what:<52} {min:>7.2} {median:>7.2} {max:>7.2} {shown:>9}"))?;
    if let Some(bar) = seconds_bar {
        say(&format!("    at most {bar:.0} s: {}", verdict(*max <= bar)))?;
    }
    if let Some(peak) = peak {
        say(&format!("    under {MEMORY_MIB:.0} MiB: {}", verdict(peak < MEMORY_MIB)))?;
    }
    Ok(())
}

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}
