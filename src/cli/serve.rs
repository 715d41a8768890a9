//! `serve`: the HTTP service.

use clap::Args;

use crate::settings::Settings;
use crate::startup;
use crate::store::Store;

/// What `serve` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Brings the database up to date first; without it, one that is behind is refused.
    #[arg(long)]
    migrate: bool,
    /// Leaves the service's own jobs to `work`, in another process.
    #[arg(long)]
    no_jobs: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, store: Store) -> anyhow::Result<()> {
    if arguments.migrate {
        store.migrate()?;
    }
    store.require_current()?;
    startup::serve(settings, store, !arguments.no_jobs)
}
