//! `pull`: records of one force, from the system that is asked for them, now.

use anyhow::{Context, bail};
use clap::Args;

use super::say;
use crate::records::pull::{go_on_from, pull};
use crate::settings::Settings;
use crate::store::Store;

/// What `pull` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The force, as `records.pull` names it.
    #[arg(long)]
    force: String,
    /// Go on from this cursor of the other side's; an empty one is the beginning. Without it, from where the last pull ended.
    #[arg(long)]
    from: Option<String>,
}

pub(super) fn run(arguments: &Arguments, store: &Store, settings: &Settings) -> anyhow::Result<()> {
    let Arguments { force, from } = arguments;
    let (sources, clock) = (settings.records_sources()?, settings.clock());
    let feed = sources.feeds.iter().find(|feed| feed.force == *force);
    let feed = feed.with_context(|| format!("no feed of a force {force} is set; name one in records.pull"))?;
    go_on_from(store, clock, force, from.as_deref())?;
    let pulled = pull(store, clock, feed, &|| true)?;
    say(&format!(
        "pages {}, taken {}, duplicates {}, refused {}",
        pulled.pages, pulled.taken, pulled.duplicates, pulled.refused
    ))?;
    match pulled.stopped {
        None => Ok(()),
        Some(code) => {
            bail!("the pull stopped before the end of the feed: {code}; see docs/INTEGRATION.md, \"What can go wrong\"")
        }
    }
}
