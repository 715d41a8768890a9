//! `explain`: why each planned visit of a proposal has its day, its crew and its hour; from its snapshot alone.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::check::read_proposals;
use super::plan::read_snapshots;
use super::{Format, say, say_json};
use crate::domain::reference::Ref;
use crate::planning::explain::choice::{Choice, choices};

/// What `explain` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the proposal was made from.
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The proposal, as `plan --format json` prints it; `-` for standard input.
    proposal: PathBuf,
    /// Only the visits of this offender.
    #[arg(long, value_name = "REF")]
    offender: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let snapshots = read_snapshots(&arguments.snapshot)?;
    let offender = arguments.offender.clone().map(Ref::new).transpose().context("--offender")?;
    let mut explained: Vec<Choice> = Vec::new();
    for proposal in read_proposals(&arguments.proposal)?.proposals {
        let its_own = snapshots
            .iter()
            .find(|snapshot| snapshot.sha256().is_ok_and(|sha256| sha256 == proposal.snapshot_sha256))
            .with_context(|| format!("the snapshot of proposal {} is not in the file", proposal.id))?;
        let wanted = |of: &Ref, _| offender.as_ref().is_none_or(|asked| asked == of);
        let choices = choices(its_own, &proposal, wanted)
            .with_context(|| format!("proposal {} does not follow from its snapshot; see `check`", proposal.id))?;
        explained.extend(choices);
    }
    if let (Some(offender), true) = (&offender, explained.is_empty()) {
        bail!("no visit of {offender} is planned");
    }
    match arguments.format {
        Format::Json => say_json(&json!({ "explanations": explained })),
        Format::Text => explained.iter().try_for_each(|choice| {
            let Choice { offender_ref, date, start, text, .. } = choice;
            say(&format!("{date} {start} {offender_ref}: {text}"))
        }),
    }
}
