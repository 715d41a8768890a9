//! `plan`: proposes a schedule for a team, or for every team; from the database, or from a snapshot
//! alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Format, forces_asked, progress, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::{Clock, seconds_taken};
use crate::casework::roads::RoadService;
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::accept::accept;
use crate::casework::schedules::propose::{MAX_DAYS, PlanRequest, Requested, carry_out, request, snapshots};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::reference::Ref;
use crate::planning::proposal::{Proposal, Summary, propose};
use crate::planning::road_matrix::RoadSource;
use crate::planning::search::{Budget, DEFAULT_ITERATIONS};
use crate::planning::snapshot::Snapshot;
use crate::planning::take::Stay;
use crate::store::Store;
use crate::store::scope::Scope;

/// Iterations by which the pace of the search is taken at first, for a budget in seconds.
const CALIBRATION_ITERATIONS: u32 = 200;

/// The least part of such a budget that the pace is taken over, for a shorter run would tell it less surely. All of that is taken off the
/// budget.
const CALIBRATION_PART: f64 = 0.05;

/// What `plan` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// First day; tomorrow where it is not given.
    #[arg(long, value_name = "DATE", conflicts_with = "snapshot")]
    from: Option<CivilDate>,
    /// How many days.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)), default_value_t = 28, conflicts_with = "snapshot")]
    days: u32,
    /// Only this team; every team otherwise.
    #[arg(long, value_name = "REF", conflicts_with = "snapshot")]
    team: Option<String>,
    /// Only this force; every force otherwise.
    #[arg(long, value_name = "NAME", conflicts_with = "snapshot")]
    force: Option<String>,
    /// What the search's chance is drawn from: the same snapshot, seed and iterations give the same proposal.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX.unsigned_abs()), default_value_t = 1)]
    seed: u64,
    /// The search's budget for each team.
    #[arg(long, default_value_t = DEFAULT_ITERATIONS)]
    iterations: u32,
    /// The budget as seconds for each team: set by calibration, and recorded as the iterations it came to.
    #[arg(long, value_name = "T", conflicts_with = "iterations", value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: Option<u32>,
    /// Repairs the accepted schedule: its visits that still can be made stay as they are, the others find another place.
    #[arg(long, conflicts_with = "snapshot")]
    repair: bool,
    /// Plans from a snapshot alone; no database is opened.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["snapshot_out", "accept"])]
    pub(super) snapshot: Option<PathBuf>,
    /// Writes what the proposal was made from: a snapshot, or an object `{"snapshots":[…]}` of several.
    #[arg(long, value_name = "FILE")]
    snapshot_out: Option<PathBuf>,
    /// Makes the proposals current, as the operator's act.
    #[arg(long)]
    accept: bool,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Several proposals, as they are printed and read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposals {
    /// The proposals, by force and team.
    pub proposals: Vec<Proposal>,
    /// All of them in figures.
    pub summary: Summary,
}

impl Proposals {
    /// Proposals with their sum.
    pub(super) fn of(proposals: Vec<Proposal>) -> Self {
        Self { summary: Summary::of(&proposals), proposals }
    }
}

/// Several snapshots, as a file holds them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshots {
    snapshots: Vec<Snapshot>,
}

/// Faults of a snapshot that are told; a file that is wrong throughout needs no more.
const FAULTS_TOLD: usize = 10;

/// The snapshots of a file.
///
/// # Errors
/// When it cannot be read, holds something else, or holds a snapshot with faults.
pub(super) fn read_snapshots(path: &Path) -> anyhow::Result<Vec<Snapshot>> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the snapshot {shown}"))?;
    let value: serde_json::Value = serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))?;
    let wrong = || format!("{shown} is not a snapshot as `plan --snapshot-out` writes it");
    let (snapshots, is_alone) = if value.get("snapshots").is_some() {
        (serde_json::from_value::<Snapshots>(value).with_context(wrong)?.snapshots, false)
    } else {
        (vec![serde_json::from_value(value).with_context(wrong)?], true)
    };
    for (at, snapshot) in snapshots.iter().enumerate() {
        let faults = snapshot.faults();
        if !faults.is_empty() {
            let place = if is_alone { String::new() } else { format!("/snapshots/{at}") };
            let told =
                faults.iter().take(FAULTS_TOLD).map(|fault| format!("\n  {place}{}: {}", fault.pointer, fault.detail));
            bail!(
                "{shown}: the snapshot of team {} cannot be planned from; what is wrong ({} in all):{}",
                snapshot.team_ref,
                faults.len(),
                told.collect::<String>()
            );
        }
    }
    Ok(snapshots)
}

/// Plans from a snapshot alone.
pub(super) fn run_snapshot(arguments: &Arguments, path: &Path) -> anyhow::Result<()> {
    let snapshots = read_snapshots(path)?;
    let budget = budget(arguments, || Ok(snapshots.clone()))?;
    let progress = Progress::new(snapshots.len(), budget.iterations);
    let proposals: Vec<Proposal> = snapshots
        .par_iter()
        .enumerate()
        .map(|(at, snapshot)| propose(snapshot, budget, |done| progress.tell(at, done)))
        .collect::<Result<_, _>>()?;
    progress.bar.finish_and_clear();
    print(arguments, proposals, snapshots.len() == 1)
}

/// Plans from the database.
pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock, roads: &RoadService) -> anyhow::Result<()> {
    let scopes: Vec<Scope> = forces_asked(store, arguments.force.as_ref())?.into_iter().map(Scope::whole).collect();
    let team = arguments.team.clone().map(Ref::new).transpose().context("--team")?;
    let from = arguments.from.unwrap_or_else(|| plus_days(clock.moment().today(), 1));
    let stay = if arguments.repair { Stay::All } else { Stay::Near };
    let plan = |budget| PlanRequest { from, days: arguments.days, budget, stay };
    // Of several forces, those that have the team.
    let scopes: Vec<Scope> = match &team {
        None => scopes,
        Some(team) => having(store, clock, scopes, team, plan(Budget { seed: 0, iterations: 0 }))?,
    };
    let budget = budget(arguments, || {
        let mut all = Vec::new();
        for scope in &scopes {
            let plan = plan(Budget { seed: 0, iterations: 0 });
            all.extend(snapshots(store, clock, roads, scope, team.as_ref(), plan)?);
        }
        Ok(all)
    })?;
    let mut requested = Vec::new();
    for scope in &scopes {
        requested.extend(request(store, clock, roads, &Actor::Operator, scope, team.as_ref(), plan(budget))?);
    }
    if let Some(path) = &arguments.snapshot_out {
        write_snapshots(path, &requested)?;
    }
    let progress = Progress::new(requested.len(), budget.iterations);
    let proposals = carry_out(store, clock, &Actor::Operator, &requested, |at, done| progress.tell(at, done))?;
    progress.bar.finish_and_clear();
    if arguments.accept {
        for proposal in &proposals {
            let scope = Scope::whole(proposal.force.clone());
            accept(store, clock, &Actor::Operator, &scope, proposal.id, None)
                .with_context(|| format!("the proposal of team {} is not accepted", proposal.team_ref))?;
        }
    }
    print(arguments, proposals, team.is_some() && scopes.len() == 1)
}

/// The scopes in whose force there is such a team.
fn having(
    store: &Store,
    clock: Clock,
    scopes: Vec<Scope>,
    team: &Ref,
    plan: PlanRequest,
) -> anyhow::Result<Vec<Scope>> {
    let mut having = Vec::new();
    for scope in scopes {
        // No road is asked for only to see whether there is the team.
        match snapshots(store, clock, &RoadService::default(), &scope, Some(team), plan) {
            Err(ScheduleError::TeamUnknown) => {}
            taken => {
                taken?;
                having.push(scope);
            }
        }
    }
    if having.is_empty() {
        bail!("there is no team {team} in any force asked for");
    }
    Ok(having)
}

/// The budget asked for; one in seconds is set by the pace of a short run over what will be planned.
fn budget(arguments: &Arguments, of: impl Fn() -> anyhow::Result<Vec<Snapshot>>) -> anyhow::Result<Budget> {
    let seed = arguments.seed;
    let Some(seconds) = arguments.seconds else { return Ok(Budget { seed, iterations: arguments.iterations }) };
    let snapshots = of()?;
    let pace = |iterations| {
        let budget = Budget { seed, iterations };
        let (done, seconds) =
            seconds_taken(|| snapshots.par_iter().try_for_each(|snapshot| propose(snapshot, budget, |_| {}).map(drop)));
        done.map(|()| seconds)
    };
    let seconds = f64::from(seconds);
    let least = CALIBRATION_PART * seconds;
    let (taken, spent) = seconds_taken(|| -> anyhow::Result<(f64, f64)> {
        let construction = pace(0)?;
        let mut tried = CALIBRATION_ITERATIONS;
        let mut searching = pace(tried)? - construction;
        while searching < least && tried < u32::MAX / 8 {
            tried *= if searching < least / 8.0 { 8 } else { 2 };
            searching = pace(tried)? - construction;
        }
        Ok((construction, (searching / f64::from(tried)).max(1e-7)))
    });
    let (construction, an_iteration) = taken?;
    let iterations = ((seconds - spent - construction) / an_iteration).clamp(0.0, f64::from(u32::MAX));
    #[expect(
        clippy::as_conversions,
        reason = "a float has no lossless conversion; the value is within the type's limits"
    )]
    let iterations = iterations as u32;
    Ok(Budget { seed, iterations })
}

fn write_snapshots(path: &Path, requested: &[Requested]) -> anyhow::Result<()> {
    let json = match requested {
        [one] => one.snapshot.to_json()?,
        several => {
            serde_json::to_string(&Snapshots { snapshots: several.iter().map(|one| one.snapshot.clone()).collect() })?
        }
    };
    fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))
}

/// A bar on a terminal, nothing elsewhere; the teams' iterations together.
pub(super) struct Progress {
    pub(super) bar: ProgressBar,
    done: Vec<AtomicU32>,
}

impl Progress {
    pub(super) fn new(teams: usize, iterations: u32) -> Self {
        let length = u64::try_from(teams).unwrap_or_default() * u64::from(iterations);
        let bar = progress::bar(Some(length), "planning {wide_bar} {percent}% {eta}");
        Self { bar, done: (0..teams).map(|_| AtomicU32::new(0)).collect() }
    }

    pub(super) fn tell(&self, team: usize, done: u32) {
        if let Some(counter) = self.done.get(team) {
            let before = counter.swap(done, Ordering::Relaxed);
            self.bar.inc(u64::from(done.saturating_sub(before)));
        }
    }
}

fn print(arguments: &Arguments, mut proposals: Vec<Proposal>, alone: bool) -> anyhow::Result<()> {
    if let Format::Text = arguments.format {
        return proposals.iter().try_for_each(|proposal| say(&text(proposal)));
    }
    if alone {
        let Some(proposal) = proposals.pop() else { bail!("there is no team to plan") };
        return say_json(&proposal);
    }
    say_json(&Proposals::of(proposals))
}

/// A proposal in a few lines.
pub(super) fn text(proposal: &Proposal) -> String {
    let Summary { due, planned, unplaced, unplaced_by_reason, overdue, with_own_manager, crew_days, travel_seconds } =
        &proposal.summary;
    let Proposal { id, force, team_ref, horizon, roads, .. } = proposal;
    let mut lines = vec![
        format!("{force} / {team_ref}, {} to {}, proposal {id}", horizon.from, horizon.until),
        format!("  {due} due = {planned} planned + {unplaced} unplaced"),
        format!("  {overdue} of those planned are overdue already, {with_own_manager} go with the own manager"),
        format!("  {crew_days} crew-days, {} hours on the road", travel_seconds / 3_600),
    ];
    if let Some(RoadSource::BuiltIn { fall_back }) = roads {
        lines.push(format!(
            "  the road service could not be used ({}); times by the built-in model",
            fall_back.as_str()
        ));
    }
    for (reason, count) in unplaced_by_reason {
        let reason = serde_json::to_value(reason).unwrap_or_default();
        lines.push(format!("  {count:>5} unplaced: {}", reason.as_str().unwrap_or_default()));
    }
    lines.join("\n")
}
