//! `inspection-pack`: a team's inspection pack, as the operator hands it out: nothing is hidden from it.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;

use super::{forces_asked, say};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::inspection_pack::{PackRequest, inspection_pack};
use crate::domain::policy::Policies;
use crate::domain::reading_reason::ReadingReason;
use crate::domain::reference::Ref;
use crate::settings::secret_file;
use crate::store::Store;

/// What `inspection-pack` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which force.
    #[arg(long, value_name = "NAME")]
    force: String,
    /// Which team.
    #[arg(long, value_name = "REF", value_parser = team)]
    team: Ref,
    /// The first day.
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    /// Why it is made, by a code such as `lawfulness_check`: is kept in the audit.
    #[arg(long, value_name = "CODE", value_parser = reason)]
    reason: Option<ReadingReason>,
    /// To whom it goes: is kept in the audit.
    #[arg(long, value_name = "WHO")]
    recipient: Option<String>,
    /// Where to write it: a file that there is not yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let shown = arguments.out.display();
    forces_asked(store, Some(&arguments.force))?;
    let request = PackRequest {
        force: &arguments.force,
        team: &arguments.team,
        from: arguments.from,
        until: arguments.until,
        reason: arguments.reason,
        recipient: arguments.recipient.as_deref(),
    };
    let mut file =
        secret_file::new_for_its_owner_alone(&arguments.out).with_context(|| format!("{shown} cannot be made anew"))?;
    let made = inspection_pack(store, clock, &Actor::Operator, &Policies::built_in()?, &request)
        .map_err(anyhow::Error::from)
        .and_then(|pack| Ok(file.write_all(&pack.bytes).map(|()| pack)?));
    if made.is_err() {
        fs::remove_file(&arguments.out).with_context(|| format!("{shown} is not whole and cannot be taken away"))?;
    }
    say(&format!("{shown}: the audit has its manifest as {}", made?.manifest_sha256))
}

fn team(text: &str) -> Result<Ref, String> {
    Ref::new(text).map_err(|error| error.to_string())
}

fn reason(text: &str) -> Result<ReadingReason, String> {
    let codes = ReadingReason::ALL.map(ReadingReason::as_str).join(", ");
    ReadingReason::named(text).ok_or_else(|| format!("one of {codes}"))
}
