//! `sender-key`: the key with which a sender signs its records.

use anyhow::{Context, bail};
use clap::Args;

use super::say;
use crate::settings::Settings;
use crate::startup::webhook_keys;

/// What `sender-key` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The sender, as `records.senders` in the settings names it.
    name: String,
    /// Its force, where senders of several have that name.
    #[arg(long)]
    force: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<()> {
    let keys = webhook_keys(settings)?.context("there is no key to derive it from; set webhooks.key_file")?;
    let senders = settings.senders()?;
    let is_asked_for = |force: &String| arguments.force.as_ref().is_none_or(|asked| asked == force);
    let mut found = senders.all_named(&arguments.name).filter(|sender| is_asked_for(&sender.force));
    match (found.next(), found.next()) {
        (Some(sender), None) => say(&sender.secret(&keys)),
        (None, _) => bail!("no sender of that name is among records.senders in the settings"),
        (Some(_), Some(_)) => bail!("senders of several forces have that name; say which with --force"),
    }
}
