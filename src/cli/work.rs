//! `work` and `jobs`: the service's own jobs, without HTTP, and how they stand.

use anyhow::{Context, bail};
use chrono::SecondsFormat;
use chrono_tz::Europe::London;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Format, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::job_status::{JobStatus, job_statuses};
use crate::casework::timetable::JobName;
use crate::domain::calendar::Instant;
use crate::jobs::worker::Ran;
use crate::settings::Settings;
use crate::startup;
use crate::store::Store;

/// What `work` is told.
#[derive(Debug, Args)]
pub struct WorkArguments {
    /// Run what is due, once, and stop.
    #[arg(long)]
    once: bool,
}

/// What `jobs` is told.
#[derive(Debug, Args)]
pub struct JobsArguments {
    #[command(subcommand)]
    act: Option<Act>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Runs one job now, whatever its schedule says.
    Run {
        /// The job's name, as `jobs` lists it.
        name: String,
    },
}

pub(super) fn work(arguments: &WorkArguments, store: Store, settings: &Settings) -> anyhow::Result<()> {
    if !arguments.once {
        return startup::work(settings, store);
    }
    let ran = startup::worker(settings, store, settings.road_service()?)?.tick()?;
    ran.iter().try_for_each(|run| say(&line(run)))?;
    let failed = ran.iter().filter(|run| run.outcome.is_err()).count();
    if failed > 0 {
        bail!("{failed} of {} jobs failed; they are tried again at the next run", ran.len());
    }
    Ok(())
}

pub(super) fn jobs(arguments: &JobsArguments, store: Store, settings: &Settings) -> anyhow::Result<()> {
    match &arguments.act {
        None => list(arguments.format, &store, settings.clock(), settings),
        Some(Act::Run { name }) => run(name, arguments.format, store, settings),
    }
}

fn run(name: &str, format: Format, store: Store, settings: &Settings) -> anyhow::Result<()> {
    let known = JobName::ALL.map(JobName::as_str).join(", ");
    let job = JobName::named(name).with_context(|| format!("there is no job {name}; the jobs are {known}"))?;
    let Some(ran) = startup::worker(settings, store, settings.road_service()?)?.run_by_hand(job, &Actor::Operator)?
    else {
        bail!("this program does not run {job} by itself");
    };
    match &ran.outcome {
        Ok(report) => match format {
            Format::Json => say_json(&json!({ "job": job.as_str(), "run": ran.lease.run_key, "report": report })),
            Format::Text => say(&line(&ran)),
        },
        Err(_) => bail!("{}", line(&ran)),
    }
}

fn line(ran: &Ran) -> String {
    let (job, key) = (ran.lease.job, &ran.lease.run_key);
    match &ran.outcome {
        Ok(report) => format!("{job} ({key}) succeeded: {report}"),
        Err(error) => format!("{job} ({key}) failed, {}: {error}", error.code()),
    }
}

fn list(format: Format, store: &Store, clock: Clock, settings: &Settings) -> anyhow::Result<()> {
    let timetable = startup::registry(settings)?.timetable();
    let statuses = job_statuses(store, clock, &Actor::Operator, &timetable)?;
    match format {
        Format::Json => say_json(&json!({ "jobs": statuses })),
        Format::Text => statuses.iter().try_for_each(|status| say(&describe(status))),
    }
}

fn describe(status: &JobStatus) -> String {
    let wall = |at: Instant| at.with_timezone(&London).to_rfc3339_opts(SecondsFormat::Secs, true);
    let last = status.last_run.as_ref().map_or_else(
        || "never run".to_owned(),
        |run| {
            let why = run.error_code.as_ref().map(|code| format!(", {code}")).unwrap_or_default();
            format!("last run {} began {}, attempt {}{why}", run.run_key, wall(run.started_at), run.attempt)
        },
    );
    let next = status.next_run_at.map_or_else(|| "no next run".to_owned(), |at| format!("next run {}", wall(at)));
    format!("{} ({}): {}; {last}; {next}", status.name, status.does, status.state.as_str())
}
