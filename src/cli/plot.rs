//! `plot`: a proposal drawn as SVG, from files alone.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::check::read_proposals;
use super::plan::read_snapshots;
use super::say;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::CivilDate;
use crate::planning::plot::{map, week};

/// What `plot` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the proposal was made from.
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The proposal, as `plan --format json` prints it; `-` for standard input.
    proposal: PathBuf,
    /// What to draw.
    #[arg(long, value_enum)]
    kind: Kind,
    /// Of several proposals, this team's.
    #[arg(long, value_name = "REF")]
    team: Option<String>,
    /// The day of the map; all days planned where it is not given.
    #[arg(long, value_name = "DATE", conflicts_with = "week")]
    date: Option<CivilDate>,
    /// A day of the week to draw; the first day planned where it is not given.
    #[arg(long, value_name = "DATE")]
    week: Option<CivilDate>,
    /// Where to write it; to standard output where it is not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Homes and routes.
    Map,
    /// Crews, hour by hour.
    Week,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match (arguments.kind, arguments.date, arguments.week) {
        (Kind::Map, _, Some(_)) => bail!("--week is for --kind week; a map takes --date"),
        (Kind::Week, Some(_), _) => bail!("--date is for --kind map; a week takes --week"),
        (Kind::Map | Kind::Week, _, _) => {}
    }
    let mut proposals = read_proposals(&arguments.proposal)?.proposals;
    if let Some(team) = &arguments.team {
        proposals.retain(|proposal| proposal.team_ref.as_str() == team);
    }
    let proposal = match proposals.as_slice() {
        [proposal] => proposal,
        [] => bail!("there is no such proposal in the file"),
        several => {
            let teams: Vec<String> = several.iter().map(|proposal| proposal.team_ref.to_string()).collect();
            bail!("there are proposals of several teams; name one with --team: {}", teams.join(", "))
        }
    };
    let snapshot = read_snapshots(&arguments.snapshot)?
        .into_iter()
        .find(|snapshot| snapshot.sha256().is_ok_and(|sha256| sha256 == proposal.snapshot_sha256))
        .context("the snapshot file does not hold what the proposal was made from")?;
    let svg = match arguments.kind {
        Kind::Map => map::map(&snapshot, proposal, arguments.date)?,
        Kind::Week => week::week(&snapshot, proposal, &BankHolidays::built_in()?, arguments.week)?,
    };
    match &arguments.out {
        Some(path) => fs::write(path, svg).with_context(|| format!("cannot write {}", path.display())),
        None => say(svg.trim_end()),
    }
}
