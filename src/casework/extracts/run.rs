//! An extract under way: taken in batch by batch, or tried out without a trace but that it was.

use std::collections::BTreeSet;

use serde_json::json;
use thiserror::Error;

use super::report::{ChangedRecord, ExtractOutcome, RecordCounts};
use super::weigh::{Brought, Weight, weigh};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::import::{Import, ImportReport, MAX_LISTED, RefusedEvent};
use crate::casework::note::note;
use crate::domain::calendar::Instant;
use crate::domain::record::RecordKind;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::extract::{self, UsedMapping};
use crate::store::record::{NewVersion, take_turn};

pub use super::weigh::Incoming;

/// Where such an import comes from.
const ORIGIN: &str = "extract";

/// What an extract is, and how it is taken.
#[derive(Debug, Clone)]
pub struct Extract {
    /// By which mapping it is read.
    pub used: UsedMapping,
    /// The kinds of record whose time is that of the extract.
    pub kinds_as_of: BTreeSet<RecordKind>,
    /// The types of the events that its rows give.
    pub event_types: Vec<String>,
    /// True where nothing of it is to be kept.
    pub is_dry_run: bool,
}

/// Why an extract is not begun, or not gone on with.
#[derive(Debug, Error)]
pub enum RunError {
    /// A newer one of the same records was taken.
    #[error("an extract of this records system as of a later instant was taken already")]
    OlderExtract {
        /// As of when that was.
        newest: Instant,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for RunError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// An extract under way.
#[derive(Debug)]
pub struct ExtractRun {
    import: Import,
    extract: Extract,
    outcome: ExtractOutcome,
    brought: Brought,
}

impl ExtractRun {
    /// Begins an extract, and puts on record that it is taken or tried out, and by which mapping.
    ///
    /// # Errors
    /// When a newer one was taken of records that have no time of their own, or the store fails.
    pub fn start(store: &Store, clock: Clock, actor: &Actor, extract: &Extract) -> Result<Self, RunError> {
        let import = store.transaction_that_writes(|connection| -> Result<Import, RunError> {
            // Of two that begin at once, one sees what the other began.
            if !extract.is_dry_run {
                take_turn(connection)?;
            }
            if let Some(newest) = newer(connection, extract)? {
                return Err(RunError::OlderExtract { newest });
            }
            let import = if extract.is_dry_run {
                Import::dry(clock, actor)
            } else {
                let import = Import::start_within(connection, clock, actor, ORIGIN)?;
                keep(connection, &import, extract)?;
                import
            };
            let used = &extract.used;
            let (name, version) = used.saved.clone().unzip();
            let detail = json!({
                "import": import.report().id, "mapping": name, "version": version, "sha256": used.sha256, "as_of": used.as_of,
            });
            let act = if extract.is_dry_run { "extract.dry_run" } else { "extract.import" };
            note(connection, (clock.now(), actor), act, (&used.force, None), detail)?;
            Ok(import)
        })?;
        let (mapping, mapping_version) = extract.used.saved.clone().unzip();
        let outcome = ExtractOutcome {
            mapping,
            mapping_version,
            mapping_sha256: extract.used.sha256.clone(),
            as_of: extract.used.as_of,
            rows: 0,
            unreadable_rows: 0,
            records: extract.event_types.iter().map(|name| (name.clone(), RecordCounts::default())).collect(),
            changed_records: Vec::new(),
        };
        Ok(Self { import, extract: extract.clone(), outcome, brought: Brought::default() })
    }

    /// Counts a row.
    pub const fn count_row(&mut self) {
        self.outcome.rows += 1;
    }

    /// Notes a refused record, or a row that is none where no type is given.
    pub fn refuse(&mut self, event_type: Option<&str>, refused: RefusedEvent) {
        match event_type {
            None => self.outcome.unreadable_rows += 1,
            Some(event_type) => self.counts(event_type).refused += 1,
        }
        self.import.refuse(refused);
    }

    fn counts(&mut self, event_type: &str) -> &mut RecordCounts {
        self.outcome.records.entry(event_type.to_owned()).or_default()
    }

    /// Takes a batch in one transaction, in the order given; of a dry run, only looks at it.
    ///
    /// # Errors
    /// When a newer extract of the same records has begun since this one did, or the store fails; nothing of the batch is kept then.
    pub fn take(&mut self, store: &Store, batch: Vec<Incoming>) -> Result<(), RunError> {
        if batch.is_empty() {
            return Ok(());
        }
        let about: Vec<(RecordKind, String)> =
            batch.iter().map(|incoming| (incoming.version.kind, incoming.version.subject.to_string())).collect();
        let weighed = if self.extract.is_dry_run {
            let brought = &mut self.brought;
            store.transaction(|connection| weigh(connection, &batch, brought))?
        } else {
            self.apply(store, batch)?
        };
        for ((kind, subject), weight) in about.into_iter().zip(weighed) {
            self.count(kind, subject, weight);
        }
        Ok(())
    }

    /// Where a newer extract has begun meanwhile, it may have found a record unchanged that this batch would change behind it: so
    /// the batch asks again, in its own transaction.
    fn apply(&mut self, store: &Store, batch: Vec<Incoming>) -> Result<Vec<Weight>, RunError> {
        let (mut weighed, mut overtaken_by) = (Vec::new(), None);
        let versions = batch.iter().map(|incoming| incoming.version.clone()).collect();
        let extract = &self.extract;
        self.import.apply_what(store, versions, |connection, versions: Vec<NewVersion>| {
            overtaken_by = newer(connection, extract)?;
            if overtaken_by.is_some() {
                return Ok(Vec::new());
            }
            weighed = weigh(connection, &batch, &mut Brought::default())?;
            let says_something =
                |(version, weight): (NewVersion, &Weight)| (*weight != Weight::Unchanged).then_some(version);
            Ok(versions.into_iter().zip(&weighed).filter_map(says_something).collect())
        })?;
        overtaken_by.map_or(Ok(weighed), |newest| Err(RunError::OlderExtract { newest }))
    }

    fn count(&mut self, kind: RecordKind, subject: String, weight: Weight) {
        let event_type = format!("records.{kind}.v1");
        let is_dry_run = self.extract.is_dry_run;
        let counts = self.counts(&event_type);
        match &weight {
            Weight::New => counts.new += 1,
            Weight::Changed(_) => counts.changed += 1,
            Weight::Unchanged => counts.unchanged += 1,
            Weight::Stale => counts.stale += 1,
        }
        let report = self.import.report_mut();
        match weight {
            // What was not handed to the import is counted here, as it counts what it knows.
            Weight::Unchanged => report.duplicates += 1,
            Weight::New if is_dry_run => report.accepted += 1,
            Weight::Stale if is_dry_run => report.stale += 1,
            Weight::Changed(members) if is_dry_run => {
                report.accepted += 1;
                if self.outcome.changed_records.len() < MAX_LISTED {
                    self.outcome.changed_records.push(ChangedRecord { event_type, subject, members });
                } else {
                    report.truncated = true;
                }
            }
            Weight::New | Weight::Stale | Weight::Changed(_) => {}
        }
    }

    /// Closes the extract: an import keeps its report, a dry run gives it alone.
    ///
    /// # Errors
    /// When the store fails.
    pub fn finish(mut self, store: &Store, read_to_its_end: bool) -> Result<ImportReport, StoreError> {
        self.import.report_mut().extract = Some(self.outcome);
        if self.extract.is_dry_run { Ok(self.import.ended_dry()) } else { self.import.finish(store, read_to_its_end) }
    }
}

/// As of when a newer extract of the same records is that was begun already; none where there is none.
fn newer(connection: &mut AnyConnection, extract: &Extract) -> Result<Option<Instant>, StoreError> {
    let (used, kinds) = (&extract.used, &extract.kinds_as_of);
    let newest = extract::newest_taken(connection, (&used.force, &used.source), kinds)?;
    Ok(newest.filter(|newest| used.as_of.is_some_and(|as_of| as_of < *newest)))
}

fn keep(connection: &mut AnyConnection, import: &Import, extract: &Extract) -> Result<(), StoreError> {
    let used = &extract.used;
    extract::keep_use(connection, import.report().id, used)?;
    match used.as_of {
        Some(as_of) => extract::keep_taken(connection, (&used.force, &used.source), &extract.kinds_as_of, as_of),
        None => Ok(()),
    }
}
