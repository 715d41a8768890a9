//! `cargo bench --bench kill`: the import of the whole scenario, killed (SIGKILL) at random moments
//! and run again, on each database. Every time it must end in the same digest of state and history;
//! fails when it does not.

mod support;

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde_json::Value;
use support::database::{Database, Server, servers};
use support::program::{run, start};
use support::{SCENARIO_EVENTS, Workspace, say};

/// How often the import is begun and killed on each database.
const KILLS: u32 = 20;

/// What the moments are drawn from.
const SEED: u64 = 2_021;

fn main() -> anyhow::Result<()> {
    let workspace = Workspace::new()?;
    let scenario = workspace.scenario()?;
    let feed = scenario.to_str().context("the path of the feed is not UTF-8")?;
    let mut expected = None;
    for server in servers()? {
        let digest = kills(&server, feed, &workspace)?;
        ensure!(*expected.get_or_insert_with(|| digest.clone()) == digest, "the databases differ in their digests");
    }
    Ok(())
}

/// Kills imports on one server; gives the digest in which all of them end.
fn kills(server: &Server, feed: &str, workspace: &Workspace) -> anyhow::Result<Value> {
    let import = ["import", feed, "--format", "json"];
    let untouched = server.fresh(workspace.path())?;
    let whole = run(&import, &untouched, workspace.path())?;
    let expected = digest(&untouched, workspace)?;
    say(&format!(
        "{}: whole import {:.2} s, {:.0} MiB",
        server.name(),
        whole.seconds,
        whole.peak_mib.unwrap_or(f64::NAN)
    ))?;
    let mut chance = Pcg32::seed_from_u64(SEED);
    let mut in_the_middle = 0;
    for kill in 1..=KILLS {
        let database = server.fresh(workspace.path())?;
        let moment = whole.seconds * chance.random_range(0.02..1.0);
        let mut child = start(&import, &database, Stdio::null())?;
        std::thread::sleep(Duration::from_secs_f64(moment));
        child.kill()?;
        child.wait()?;
        let kept = versions(&database, workspace);
        in_the_middle += u32::from(kept > 0 && kept < SCENARIO_EVENTS);
        run(&import, &database, workspace.path())?;
        let same = digest(&database, workspace)? == expected;
        say(&format!("    kill {kill:>2} after {moment:.2} s: {kept:>5} events kept, then the same digest: {same}"))?;
        ensure!(same, "an import that was killed and run again ended in another digest");
    }
    ensure!(in_the_middle > 0, "no kill fell in the middle of an import");
    say(&format!("{}: {KILLS} kills, {in_the_middle} in the middle, one digest", server.name()))?;
    Ok(expected)
}

fn digest(database: &Database, workspace: &Workspace) -> anyhow::Result<Value> {
    Ok(run(&["digest"], database, workspace.path())?.printed)
}

/// Versions kept; none where the process died before the database was up to date.
fn versions(database: &Database, workspace: &Workspace) -> u64 {
    digest(database, workspace)
        .ok()
        .and_then(|digest| digest.get("versions").and_then(Value::as_u64))
        .unwrap_or_default()
}
