//! `cargo bench --bench dashboard`: a team's dashboard and the force's over HTTP on the scenario's
//! caseload, on each database, and the evaluation that stores what they count. Times are taken at the
//! caller on the same machine, audit entry and all: a little more than the server's own. Prints the
//! figures beside their bar; fails only when it cannot run.

#[path = "../tests/support/http.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared with the tests, which stop at the first thing that is not as it should be"
)]
mod http;
mod support;

use std::time::Instant;

use anyhow::{Context, ensure};
use mosovo_visits::casework::actor::{Actor, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flags::evaluate_force;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::store::Store;
use support::database::{Server, servers};
use support::program::run;
use support::{SCENARIO_CLOCK, SCENARIO_EVENTS, Workspace, say};

/// Readings of each dashboard, after a few that warm it up.
const READINGS: usize = 200;
const WARM_UP: usize = 10;

/// Evaluations that are timed.
const EVALUATIONS: usize = 10;

/// The bar of a team's dashboard, in milliseconds.
const TEAM_MILLISECONDS: f64 = 50.0;

/// The clock of the scenario, as the service under measurement is told it.
fn scenario_clock() -> Clock {
    SCENARIO_CLOCK.parse().map_or(Clock::System, Clock::FixedAt)
}

fn main() -> anyhow::Result<()> {
    let workspace = Workspace::new()?;
    let feed = workspace.scenario()?;
    say(&format!("{:<44} {:>9} {:>9} {:>9} {:>9}", "milliseconds", "min", "median", "95 %", "max"))?;
    for server in servers()? {
        measure(&server, &feed, &workspace)?;
    }
    Ok(())
}

fn measure(server: &Server, feed: &std::path::Path, workspace: &Workspace) -> anyhow::Result<()> {
    let (name, database) = (server.name(), server.fresh(workspace.path())?);
    let feed = feed.to_str().context("the path of the feed is not UTF-8")?;
    let ran = run(&["import", feed, "--format", "json"], &database, workspace.path())?;
    ensure!(
        ran.printed.get("accepted").and_then(serde_json::Value::as_u64) == Some(SCENARIO_EVENTS),
        "the import did not take {SCENARIO_EVENTS} events"
    );
    let (seconds, peak) = (ran.seconds, ran.peak_mib.unwrap_or(f64::NAN));
    say(&format!("{name}: import and first evaluation {seconds:.2} s, {peak:.0} MiB"))?;
    let store = Store::open(&database.url.parse()?)?;
    let policies = Policies::built_in()?;
    let evaluate = || evaluate_force(&store, scenario_clock(), &Actor::Operator, "dorset", &policies);
    let again = (0..EVALUATIONS).map(|_| Ok(timed(|| Ok(evaluate()?))?.0)).collect::<anyhow::Result<Vec<_>>>()?;
    report_times(&format!("{name}: evaluation, nothing changed"), again, None)?;

    let service = http::run(&store);
    let inspector = http::of_force(http::persona(Role::DetectiveInspector, &[]), "dorset");
    for (what, path, bar) in [
        ("largest team", "/v1/dashboards/team/bournemouth", Some(TEAM_MILLISECONDS)),
        ("smallest team", "/v1/dashboards/team/west", Some(TEAM_MILLISECONDS)),
        ("force", "/v1/dashboards/force", None),
        ("overdue visits of the force", "/v1/worklists/overdue-visits", None),
    ] {
        let read = || {
            let reply = service.get(&inspector, path);
            ensure!(reply.status == 200, "{path}: {}", reply.text);
            Ok(())
        };
        let mut times = Vec::new();
        for reading in 0..WARM_UP + READINGS {
            let (milliseconds, ()) = timed(read)?;
            if reading >= WARM_UP {
                times.push(milliseconds);
            }
        }
        report_times(&format!("{name}: {what}"), times, bar)?;
    }
    Ok(())
}

/// How many milliseconds a piece of work took.
fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let began = Instant::now();
    let done = work()?;
    Ok((began.elapsed().as_secs_f64() * 1_000.0, done))
}

fn report_times(what: &str, mut times: Vec<f64>, bar: Option<f64>) -> anyhow::Result<()> {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied();
    let (min, median) = (at(0).context("nothing was timed")?, at(50).context("nothing was timed")?);
    let (most, max) = (at(95).context("nothing was timed")?, at(100).context("nothing was timed")?);
    say(&format!("{what:<44} {min:>9.1} {median:>9.1} {most:>9.1} {max:>9.1}"))?;
    if let Some(bar) = bar {
        say(&format!("    at most {bar:.0} ms: {}", if most <= bar { "met" } else { "NOT MET" }))?;
    }
    Ok(())
}
