//! `cargo bench --bench soak -- --events 50000 --seed 1`: the service and a records system (`tests/records-system`), two processes on this machine
//! that tell each other of what is entered at either, both ways that the service takes records in (sent and pulled at once), through faults at random
//! and with either killed (SIGKILL) at random. At the end both must hold the same, each event once, each record's events in order, and the audit must
//! prove. Prints one table; exit 1 where they are not equal. All chance is drawn from the seed.

#[path = "../../tests/support/both_sides.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared with the tests, which stop at the first thing that is not as it should be"
)]
mod both_sides;
mod judge;
mod load;
mod run;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with the other benchmarks")]
mod support;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, ValueEnum};

use both_sides::Programs;
use support::database::{Server, servers};
use support::{Workspace, say};

/// How the soak is told how long and how hard to be.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// Events both ways in all: one in ten is entered at the service, the others come from the records system.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(500..=1_000_000))]
    events: u32,
    /// What all chance is drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times each side is killed.
    #[arg(long, default_value_t = 12)]
    kills: u32,
    /// After how many minutes it is given up.
    #[arg(long, default_value_t = 120)]
    minutes: u64,
    /// On which database; both where it is left out and there is PostgreSQL.
    #[arg(long)]
    database: Option<Wanted>,
    /// The service's program, where it is another than the one built with this.
    #[arg(long)]
    service: Option<PathBuf>,
    /// The records system's.
    #[arg(long)]
    records_system: Option<PathBuf>,
    /// Cargo says so to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wanted {
    Sqlite,
    Postgres,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let built = Programs::default();
    let programs = Programs {
        service: arguments.service.clone().unwrap_or(built.service),
        records_system: arguments.records_system.clone().unwrap_or(built.records_system),
    };
    let is_wanted = |server: &Server| match arguments.database {
        None => true,
        Some(Wanted::Sqlite) => matches!(server, Server::Sqlite),
        Some(Wanted::Postgres) => matches!(server, Server::Postgres(_)),
    };
    let mut are_equal = true;
    let wanted: Vec<Server> = servers()?.into_iter().filter(is_wanted).collect();
    wanted.first().context("there is no such database on this machine")?;
    for server in wanted {
        let workspace = Workspace::new()?;
        say(&format!("{}: {} events, seed {}", server.name(), arguments.events, arguments.seed))?;
        are_equal &= run::soak(&server, workspace.path(), &programs, &arguments)?;
    }
    Ok(if are_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
