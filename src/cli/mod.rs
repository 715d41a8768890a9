//! The command line: the operator's way in.

pub mod flags;
pub mod import;
pub mod serve;
pub mod token;
pub mod work;

use std::io::{self, Write};

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};

use crate::settings::Settings;
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
    /// Brings the database up to date.
    Migrate,
    /// Imports a records feed: one event a line.
    Import(import::Arguments),
    /// Evaluates the flags.
    Flags(flags::Arguments),
    /// Serves HTTP.
    Serve(serve::Arguments),
    /// Runs the service's own jobs in the background, without HTTP.
    Work(work::WorkArguments),
    /// Lists the service's own jobs: how they stand, their last run and their next.
    Jobs(work::JobsArguments),
    /// Prints a token signed with the local development key; refused in production.
    Token(token::Arguments),
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

/// Carries out a command.
///
/// # Errors
/// Whatever stops it, with what to do next. The caller exits with 2.
pub fn run(arguments: Arguments, settings: &Settings) -> anyhow::Result<()> {
    let store = Store::open(&settings.database_url()?)?;
    match arguments.command {
        Command::Migrate => {
            let done = store.migrate()?;
            say(&format!("{} migrations run; the database is up to date", done.len()))
        }
        Command::Import(arguments) => {
            store.migrate()?;
            import::run(&arguments, &store, settings.clock())
        }
        Command::Flags(arguments) => {
            store.require_current()?;
            flags::run(&arguments, &store, settings.clock())
        }
        Command::Work(arguments) => {
            store.require_current()?;
            work::work(&arguments, store, settings)
        }
        Command::Jobs(arguments) => {
            store.require_current()?;
            work::jobs(&arguments, store, settings)
        }
        Command::Serve(arguments) => serve::run(&arguments, settings, store),
        Command::Token(arguments) => token::run(&arguments, settings, &store),
        Command::Digest => {
            store.require_current()?;
            say_json(&store.transaction(records_digest)?)
        }
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{line}").context("cannot write to standard output")
}

fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?)
}
