//! Drift, where records are pulled: the other side is asked for what it holds, by digest, and for the records on which the two sides differ.
//!
//! Each kind is compared by itself, once all of its digests have come: what was compared before the other side failed stands, and so does what
//! was compared on another night.

mod again;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use self::again::ask_again;
use self::page::digests_there;
use super::pull::PulledFeed;
use super::pull::line::{Failed, Line};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::drift::compare_with;
use crate::domain::drift::ComparedBy;
use crate::domain::exchange::SUCCEEDED;
use crate::domain::record::RecordKind;
use crate::store::Store;
use crate::store::drift_run::{self, DriftRun};
use crate::store::error::StoreError;

/// The digests in a page that are asked for, at most: about a megabyte. `[I]`
pub const PAGE_DIGESTS: usize = 5_000;

/// The job that compares, as the audit names it.
const JOB: &str = "nightly_drift";

/// The code where the time of a run was over before all was compared.
const OUT_OF_TIME: &str = "out_of_time";

/// How what a feed's other side holds is compared with what it told here.
#[derive(Debug, Clone)]
pub struct DriftLines {
    /// The line to what it holds, by digest.
    pub digests: Line,
    /// The line to single records; nothing where it hands none out, and nothing is asked for again.
    pub records: Option<Line>,
    /// The kinds that are compared.
    pub kinds: BTreeSet<RecordKind>,
    /// Digests in a page, at most.
    pub page_digests: usize,
    /// Records asked for again in one run, at most.
    pub most_again: usize,
}

/// What came of comparing with one force's records system. How many records differ is not among it, for that may be of cases that are hidden
/// from whoever reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Night {
    /// Kinds compared.
    pub kinds: usize,
    /// The code of what failed first; nothing where nothing did.
    pub stopped: Option<String>,
}

/// Compares with the records system of a feed, kind by kind, then asks it again for what it has and this service has not, or has otherwise. Nothing for a
/// feed that is not compared with.
///
/// # Errors
/// When the store fails. What was compared and asked for before stays.
pub fn compare_and_ask_again(
    store: &Store,
    clock: Clock,
    feed: &PulledFeed,
    goes_on: &dyn Fn() -> bool,
) -> Result<Option<Night>, StoreError> {
    let Some(lines) = &feed.drift else { return Ok(None) };
    let (began_at, actor) = (clock.now(), Actor::ForceJob { job: JOB, force: feed.force.clone() });
    let (mut night, mut is_line_well) = (Night::default(), true);
    for kind in &lines.kinds {
        let there = if goes_on() { digests_there(lines, *kind) } else { Err(Failed::because(OUT_OF_TIME)) };
        match there {
            Ok(there) => {
                let there = BTreeMap::from([(*kind, there)]);
                compare_with(store, (clock.now(), &actor), (&feed.force, ComparedBy::Service), &there)?;
                night.kinds += 1;
            }
            Err(failed) => {
                is_line_well = !failed.is_of_the_line() && failed.code != OUT_OF_TIME;
                night.stopped.get_or_insert(failed.code);
                if !is_line_well {
                    break;
                }
            }
        }
    }
    if is_line_well {
        let failed = ask_again(store, clock, &actor, (&feed.force, lines), goes_on)?;
        night.stopped = night.stopped.or(failed);
    }
    let outcome = night.stopped.clone().unwrap_or_else(|| SUCCEEDED.to_owned());
    let run = DriftRun { began_at, ended_at: clock.now(), outcome };
    store.transaction_that_writes(|connection| drift_run::keep_run(connection, &feed.force, &run))?;
    Ok(Some(night))
}
