//! The command line: the operator's way in.

pub mod audit;
pub mod check;
pub mod compare_grid;
pub mod demo;
pub mod explain;
mod extract;
pub mod first_noticed;
pub mod flags;
pub mod forecast;
pub mod generate;
pub mod import;
pub mod inspection_pack;
pub mod plan;
pub mod plot;
mod progress;
pub mod pull;
pub mod replay;
pub mod schema;
pub mod sender_key;
pub mod serve;
pub mod token;
pub mod work;

use std::cell::RefCell;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand, ValueEnum};

use crate::casework::flags::forces;
use crate::settings::Settings;
use crate::startup;
use crate::store::Store;
use crate::store::digest::records_digest;

/// Visit planning, flags and casework for MOSOVO teams. It advises; named people decide.
#[derive(Debug, Parser)]
#[command(name = "mosovo-visits", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the main job on an embedded database made from nothing, and serves it on the loopback interface.
    Demo(demo::Arguments),
    /// Brings the database up to date.
    Migrate,
    /// Imports a records feed, one event a line; or an extract, CSV or XLSX, by its mapping.
    Import(import::Arguments),
    /// Pulls the records of a force from the system that is asked for them, now.
    Pull(pull::Arguments),
    /// Invents a caseload and writes it as a records feed; needs no database.
    Generate(generate::Arguments),
    /// Evaluates the flags.
    Flags(flags::Arguments),
    /// Looks at the flags day by day over what is on file: when each finding would first have been seen.
    FirstNoticed(first_noticed::Arguments),
    /// Proposes a schedule of visits for a team, or for every team.
    Plan(plan::Arguments),
    /// Looks weeks ahead: what is overdue by risk, under changes; the moves that clear the backlog; how many officers it takes.
    Forecast(forecast::Arguments),
    /// Judges a proposal with the independent checker; exit 1 and a list where a hard rule is broken.
    Check(check::Arguments),
    /// Plans by each person's own plan and by the old grid by risk level, with the same officers, and compares the two.
    CompareGrid(compare_grid::Arguments),
    /// Draws a proposal as SVG: a map of a day or of all days, or a week by crews; needs no database.
    Plot(plot::Arguments),
    /// Plans a stored proposal again and compares it byte for byte; exit 1 where it differs or a hard rule is broken.
    Replay(replay::Arguments),
    /// Prints the JSON Schema of a snapshot, a proposal or a mapping of extracts.
    Schema(schema::Arguments),
    /// Says why each planned visit of a proposal has its day, its crew and its hour.
    Explain(explain::Arguments),
    /// Proves the audit; exports a span of it.
    Audit(audit::Arguments),
    /// Makes a team's inspection pack: figures, flags, dip samples, policies and proof of the audit in one zip file.
    InspectionPack(inspection_pack::Arguments),
    /// Serves HTTP.
    Serve(serve::Arguments),
    /// Runs the service's own jobs in the background, without HTTP.
    Work(work::WorkArguments),
    /// Lists the service's own jobs: how they stand, their last run and their next.
    Jobs(work::JobsArguments),
    /// Prints a token signed with the local development key; refused in production.
    Token(token::Arguments),
    /// Prints the key with which a sender of the settings signs its records.
    SenderKey(sender_key::Arguments),
    /// Prints one number for the state and one for the history of all records: equal contents give
    /// equal digests, however they came.
    Digest,
}

/// How a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A judgement went against what was judged.
const CONDEMNED: u8 = 1;

/// Carries out a command.
///
/// # Errors
/// Whatever stops it, with what to do next. The caller exits with 2.
pub fn run(arguments: Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let opened = RefCell::new(None);
    let open = || -> anyhow::Result<Store> {
        let store = startup::open_store(settings)?;
        opened.replace(Some(store.clone()));
        Ok(store)
    };
    let open_current = || -> anyhow::Result<Store> {
        let store = open()?;
        store.require_current()?;
        Ok(store)
    };
    let clock = settings.clock();
    let mut is_good = true;
    match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments, settings)?,
        Command::Generate(arguments) => generate::run(&arguments, clock)?,
        Command::Migrate => {
            let done = open()?.migrate()?;
            say(&format!("{} migrations run; the database is up to date", done.len()))?;
        }
        Command::Import(arguments) => {
            let store = open()?;
            store.migrate()?;
            import::run(&arguments, &store, clock)?;
        }
        Command::Pull(arguments) => pull::run(&arguments, &open_current()?, settings)?,
        Command::Flags(arguments) => flags::run(&arguments, &open_current()?, clock)?,
        Command::FirstNoticed(arguments) => first_noticed::run(&arguments, &open_current()?, clock)?,
        Command::Plan(arguments) => match &arguments.snapshot {
            Some(path) => plan::run_snapshot(&arguments, path)?,
            None => plan::run(&arguments, &open_current()?, clock, &settings.road_service()?)?,
        },
        Command::Check(arguments) => is_good = check::run(&arguments)?,
        Command::CompareGrid(arguments) => compare_grid::run(&arguments, &open_current()?, clock)?,
        Command::Plot(arguments) => plot::run(&arguments)?,
        Command::Replay(arguments) => is_good = replay::run(&arguments, &open_current()?, clock)?,
        Command::Schema(arguments) => schema::run(&arguments)?,
        Command::Explain(arguments) => explain::run(&arguments)?,
        Command::Audit(arguments) => is_good = audit::run(&arguments, settings)?,
        Command::Forecast(arguments) => match &arguments.snapshot {
            Some(path) => forecast::run_snapshot(&arguments, path)?,
            None => forecast::run(&arguments, &open_current()?, clock)?,
        },
        Command::InspectionPack(arguments) => inspection_pack::run(&arguments, &open_current()?, clock)?,
        Command::Work(arguments) => work::work(&arguments, open_current()?, settings)?,
        Command::Jobs(arguments) => work::jobs(&arguments, open_current()?, settings)?,
        Command::Serve(arguments) => serve::run(&arguments, settings, open()?)?,
        Command::Token(arguments) => token::run(&arguments, settings, &Store::open(&settings.database_url()?)?)?,
        Command::SenderKey(arguments) => sender_key::run(&arguments, settings)?,
        Command::Digest => say_json(&open_current()?.transaction(records_digest)?)?,
    }
    if let Some(failure) = opened.take().map(|store| store.heads_failure()).transpose()?.flatten() {
        writeln!(io::stderr().lock(), "mosovo-visits: warning: {failure}; see docs/AUDIT.md")?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(CONDEMNED) })
}

/// The force asked for, which must have records, or every force.
fn forces_asked(store: &Store, asked: Option<&String>) -> anyhow::Result<Vec<String>> {
    let known = forces(store)?;
    match asked {
        None => Ok(known),
        Some(force) if known.contains(force) => Ok(vec![force.clone()]),
        Some(force) => bail!("there are no records of a force {force}; there are of: {}", known.join(", ")),
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{line}").context("cannot write to standard output")
}

fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?)
}
