//! Taking records in: idempotent, in any order, one transaction a batch.
//!
//! Every version goes to the history; the newest becomes the current state. When the process dies
//! between two batches, the same import run again finds what it already took as duplicates and
//! takes the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::actor::Actor;
use super::clock::Clock;
use super::extracts::report::ExtractOutcome;
use super::merges::{self, FaultyMerge};
use super::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::exchange::{Channel, Ending};
use crate::domain::moment::Moment;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::evaluation;
use crate::store::exchange::{self, Ended};
use crate::store::import::{self, StoredImport};
use crate::store::record::{self, NewVersion};
use crate::store::reference::{self, Dangling};

/// The most errors, and the most dangling references, that a report lists; it counts them all.
/// Memory must not grow with the feed.
pub const MAX_LISTED: usize = 10_000;

/// The codes of events that are refused for who sends them, whatever they say: that they were sent goes on record.
const NOT_PERMITTED: [&str; 2] = ["source_not_permitted", "type_not_permitted"];

/// Events after which a bulk import has the database look at its tables anew; then after four times
/// as many, and so on.
const FIRST_STATISTICS_AFTER: u64 = 2_000;

/// An event that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedEvent {
    /// The line (from 1) of a bulk feed, the index (from 0) in a batch, or the row (from 1) of an extract.
    pub index: u64,
    /// The row of an extract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column of an extract, where one fills what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The event's id, where one could be read.
    pub event_id: Option<String>,
    /// The stable code of the fault.
    pub code: String,
    /// The JSON pointer of the fault.
    pub pointer: String,
    /// What is wrong and what to do; never a value from the event.
    pub detail: String,
}

/// A record that names another which is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DanglingReference {
    /// The force of both.
    pub force: String,
    /// The kind of the record that names the other.
    pub kind: String,
    /// Its key.
    pub subject: String,
    /// Where in it.
    pub pointer: String,
    /// The kind that is named.
    pub to_kind: String,
    /// The key that is named.
    pub to_ref: String,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It has not ended.
    Running,
    /// The feed was read to its end.
    Completed,
    /// The feed could not be read to its end.
    Failed,
    /// It was a dry run: nothing of it is kept.
    DryRun,
}

impl ImportState {
    /// The state as reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::DryRun => "dry_run",
        }
    }
}

impl fmt::Display for ImportState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The import's id.
    pub id: Uuid,
    /// `completed`, `failed` where the feed could not be read to its end, or `dry_run`.
    pub state: ImportState,
    /// Events that became the current state of their record.
    pub accepted: u64,
    /// Events whose id had been taken before.
    pub duplicates: u64,
    /// Events older than the current state; they went to the history alone.
    pub stale: u64,
    /// Events refused.
    pub refused: u64,
    /// References that name no current record. Of a page with more to come none is looked for, and no merge: the report of the page that
    /// ends the feed has them.
    pub dangling: usize,
    /// Whether a list below is cut at [`MAX_LISTED`]: the counts say how many there are.
    pub truncated: bool,
    /// The refused events, at most [`MAX_LISTED`].
    pub errors: Vec<RefusedEvent>,
    /// The dangling references, at most [`MAX_LISTED`].
    pub dangling_references: Vec<DanglingReference>,
    /// The merges that do not hold, or want looking at, at most [`MAX_LISTED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faulty_merges: Vec<FaultyMerge>,
    /// Of an extract: by which mapping it was read, and what came of its records by type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract: Option<ExtractOutcome>,
    /// The forces that the events spoke of.
    #[serde(skip)]
    pub forces: BTreeSet<String>,
}

/// An import under way.
#[derive(Debug)]
pub struct Import {
    clock: Clock,
    actor: Actor,
    /// By which way it came; nothing where it is no exchange with the records system.
    channel: Option<Channel>,
    began_at: Instant,
    /// Events taken, by force: those that were known included.
    taken: BTreeMap<String, u64>,
    /// Events refused for who sent them, by code.
    not_permitted: BTreeMap<&'static str, u64>,
    report: ImportReport,
    statistics_after: u64,
}

impl Import {
    /// Opens an import.
    ///
    /// # Errors
    /// When the store fails.
    pub fn start(store: &Store, clock: Clock, actor: &Actor, origin: &str) -> Result<Self, StoreError> {
        store.transaction(|connection| Self::start_within(connection, clock, actor, origin))
    }

    /// The same, within a transaction.
    pub(super) fn start_within(
        connection: &mut AnyConnection,
        clock: Clock,
        actor: &Actor,
        origin: &str,
    ) -> Result<Self, StoreError> {
        let import = Self::new(clock, actor, Some(Channel::of_origin(origin)));
        import::start(connection, import.report.id, origin, &actor.to_string(), actor.force(), import.began_at)?;
        Ok(import)
    }

    /// An import of which nothing is kept.
    pub(super) fn dry(clock: Clock, actor: &Actor) -> Self {
        Self::new(clock, actor, None)
    }

    fn new(clock: Clock, actor: &Actor, channel: Option<Channel>) -> Self {
        let report = ImportReport {
            id: Uuid::now_v7(),
            state: ImportState::Running,
            accepted: 0,
            duplicates: 0,
            stale: 0,
            refused: 0,
            dangling: 0,
            truncated: false,
            errors: Vec::new(),
            dangling_references: Vec::new(),
            faulty_merges: Vec::new(),
            extract: None,
            forces: BTreeSet::new(),
        };
        let (began_at, taken, not_permitted) = (clock.now(), BTreeMap::new(), BTreeMap::new());
        let statistics_after = FIRST_STATISTICS_AFTER;
        Self { clock, actor: actor.clone(), channel, began_at, taken, not_permitted, report, statistics_after }
    }

    /// What has come of it so far.
    pub(super) const fn report(&self) -> &ImportReport {
        &self.report
    }

    /// The same, to be added to.
    pub(super) const fn report_mut(&mut self) -> &mut ImportReport {
        &mut self.report
    }

    /// Ends a dry run with its report.
    pub(super) fn ended_dry(mut self) -> ImportReport {
        self.report.state = ImportState::DryRun;
        self.report
    }

    /// Takes a feed that is at hand, or a part of one, within a transaction that has its turn, so that what else the transaction does holds
    /// with it or not at all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn whole(
        connection: &mut AnyConnection,
        clock: Clock,
        actor: &Actor,
        origin: &str,
        came: (Vec<NewVersion>, Vec<RefusedEvent>),
        ending: Ending,
    ) -> Result<ImportReport, StoreError> {
        Self::start_within(connection, clock, actor, origin)?.all(connection, came, ending)
    }

    /// The same, of records that were asked for one by one. That says nothing of how far the feed itself has come: it is no exchange.
    ///
    /// # Errors
    /// When the store fails.
    pub fn asked_for(
        connection: &mut AnyConnection,
        clock: Clock,
        actor: &Actor,
        origin: &str,
        came: (Vec<NewVersion>, Vec<RefusedEvent>),
    ) -> Result<ImportReport, StoreError> {
        let import = Self::start_within(connection, clock, actor, origin)?;
        Self { channel: None, ..import }.all(connection, came, Ending::Whole)
    }

    fn all(
        mut self,
        connection: &mut AnyConnection,
        (batch, refused): (Vec<NewVersion>, Vec<RefusedEvent>),
        ending: Ending,
    ) -> Result<ImportReport, StoreError> {
        for refused in refused {
            self.refuse(refused);
        }
        self.take(connection, batch, |_, batch| Ok(batch))?;
        self.close(connection, ending)
    }

    /// Notes a refused event; the import goes on.
    pub fn refuse(&mut self, refused: RefusedEvent) {
        self.report.refused += 1;
        if let Some(code) = NOT_PERMITTED.into_iter().find(|code| *code == refused.code) {
            *self.not_permitted.entry(code).or_default() += 1;
        }
        if self.report.errors.len() < MAX_LISTED {
            self.report.errors.push(refused);
        } else {
            self.report.truncated = true;
        }
    }

    /// Takes a batch in one transaction, in the order given.
    ///
    /// # Errors
    /// When the store fails; nothing of the batch is kept then.
    pub fn apply(&mut self, store: &Store, batch: Vec<NewVersion>) -> Result<(), StoreError> {
        self.apply_what(store, batch, |_, batch| Ok(batch))
    }

    /// The same, of what `sift` leaves of the batch, decided within the transaction.
    pub(super) fn apply_what(
        &mut self,
        store: &Store,
        batch: Vec<NewVersion>,
        sift: impl FnOnce(&mut AnyConnection, Vec<NewVersion>) -> Result<Vec<NewVersion>, StoreError>,
    ) -> Result<(), StoreError> {
        store.transaction_that_writes(|connection| self.take(connection, batch, sift))?;
        if self.report.accepted + self.report.stale >= self.statistics_after {
            self.statistics_after *= 4;
            store.transaction(import::refresh_statistics)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        connection: &mut AnyConnection,
        batch: Vec<NewVersion>,
        sift: impl FnOnce(&mut AnyConnection, Vec<NewVersion>) -> Result<Vec<NewVersion>, StoreError>,
    ) -> Result<(), StoreError> {
        for version in &batch {
            *self.taken.entry(version.force.clone()).or_default() += 1;
        }
        let (id, now) = (self.report.id, self.clock.now());
        let (actor, force) = (self.actor.to_string(), self.actor.force());
        import::take_turn(connection, id)?;
        let batch = sift(connection, batch)?;
        let known = known_events(connection, &batch)?;
        let keys: HashSet<_> = batch.iter().map(key).collect();
        let ages = record::current_ages(connection, keys)?;
        let sorted = sort_out(batch, known, ages);
        for force in sorted.forces() {
            evaluation::request(connection, force, now)?;
        }
        let Counts { accepted, duplicates, stale } = sorted.counts;
        let detail = json!({"import": id, "accepted": accepted, "stale": stale});
        record::apply(connection, id, now, sorted.versions, &sorted.newest)?;
        audit::append(
            connection,
            AuditEntry { at: now, actor: &actor, act: "records.apply", force, subject: None, detail },
        )?;
        self.report.accepted += accepted;
        self.report.duplicates += duplicates;
        self.report.stale += stale;
        Ok(())
    }

    /// Closes the import: looks for dangling references, keeps the report, and notes the exchange that it was.
    ///
    /// # Errors
    /// When the store fails.
    pub fn finish(self, store: &Store, read_to_its_end: bool) -> Result<ImportReport, StoreError> {
        let ending = if read_to_its_end { Ending::Whole } else { Ending::BrokenOff };
        store.transaction_that_writes(|connection| self.close(connection, ending))
    }

    fn close(mut self, connection: &mut AnyConnection, ending: Ending) -> Result<ImportReport, StoreError> {
        self.report.state = match ending {
            Ending::Whole | Ending::MoreToCome => ImportState::Completed,
            Ending::BrokenOff => ImportState::Failed,
        };
        self.report.forces = self.taken.keys().cloned().collect();
        let now = self.clock.now();
        // It takes as long as the force is large: not once for each of a thousand pages.
        if ending != Ending::MoreToCome {
            self.look_over(connection, now)?;
        }
        let stored = serde_json::to_value(&self.report)
            .map_err(|error| StoreError::Unreadable { what: "import report", detail: error.to_string() })?;
        import::finish(connection, self.report.id, self.report.state.name(), stored, now)?;
        self.note_not_permitted(connection)?;
        self.note_exchange(connection, ending)?;
        Ok(self.report)
    }

    /// Looks for what dangles, and for merges that do not hold: reported again until it is put right, whatever this feed spoke of.
    fn look_over(&mut self, connection: &mut AnyConnection, now: Instant) -> Result<(), StoreError> {
        let forces = match self.actor.force() {
            Some(force) => vec![force.to_owned()],
            None => record::forces(connection)?,
        };
        for force in &forces {
            let dangling = reference::dangling_references(connection, force)?;
            self.report.dangling += dangling.len();
            let room = MAX_LISTED.saturating_sub(self.report.dangling_references.len());
            self.report.truncated |= dangling.len() > room;
            self.report
                .dangling_references
                .extend(dangling.into_iter().take(room).map(|dangling| dangling_reference(force, dangling)));
            let faulty = merges::faults(connection, force, Moment::at(now))?;
            let room = MAX_LISTED.saturating_sub(self.report.faulty_merges.len());
            self.report.truncated |= faulty.len() > room;
            self.report.faulty_merges.extend(faulty.into_iter().take(room));
        }
        Ok(())
    }

    /// Puts on record that events were sent which their sender may not send: how many, and why they may not.
    fn note_not_permitted(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let (at, actor, force) = (self.clock.now(), self.actor.to_string(), self.actor.force());
        for (why, events) in &self.not_permitted {
            let detail = json!({ "act": "records.apply", "why": why, "import": self.report.id, "events": events });
            audit::append(
                connection,
                AuditEntry { at, actor: &actor, act: "access.refused", force, subject: None, detail },
            )?;
        }
        Ok(())
    }

    /// An exchange with the records system of the force that sent it; of whoever is not bound to one, with each that the events spoke of.
    fn note_exchange(&self, connection: &mut AnyConnection, ending: Ending) -> Result<(), StoreError> {
        let Some(channel) = self.channel else { return Ok(()) };
        let bound = self.actor.force().map(|force| {
            let taken = self.taken.get(force).copied().unwrap_or_default();
            (force, taken + self.report.refused, taken == 0 && self.report.refused > 0)
        });
        let spoken_of = self.taken.iter().map(|(force, taken)| (force.as_str(), *taken, false));
        let exchanges: Vec<_> = bound.map_or_else(|| spoken_of.collect(), |bound| vec![bound]);
        for (force, events, is_all_refused) in exchanges {
            let outcome = ending.outcome(is_all_refused);
            let (began_at, ended_at) = (self.began_at, self.clock.now());
            exchange::note(connection, force, &Ended { channel, began_at, ended_at, outcome, events })?;
        }
        Ok(())
    }
}

/// An import that the reader's force sent; nothing where there is none.
///
/// # Errors
/// When the store fails.
pub fn read_import(store: &Store, reader: &Reader, id: Uuid) -> Result<Option<StoredImport>, StoreError> {
    store.transaction_that_writes(|connection| {
        let found = import::sent_by(connection, &reader.person.force, id)?;
        reader.note(connection, "import.read", None, json!({ "import": id, "found": found.is_some() }))?;
        Ok(found)
    })
}

#[derive(Debug, Default)]
struct Counts {
    accepted: u64,
    duplicates: u64,
    stale: u64,
}

struct SortedOut {
    versions: Vec<NewVersion>,
    newest: HashSet<usize>,
    counts: Counts,
}

impl SortedOut {
    /// The forces that have something new, be it in their history alone: flags look at the history
    /// of allocations.
    fn forces(&self) -> BTreeSet<&str> {
        self.versions.iter().map(|version| version.force.as_str()).collect()
    }
}

pub(super) fn key(version: &NewVersion) -> record::RecordKey {
    (version.force.clone(), version.kind, version.subject.clone())
}

pub(super) fn known_events(
    connection: &mut AnyConnection,
    batch: &[NewVersion],
) -> Result<HashSet<(String, String)>, StoreError> {
    let mut ids: HashMap<&str, Vec<&str>> = HashMap::new();
    for version in batch {
        ids.entry(&version.source).or_default().push(&version.event_id);
    }
    let mut known = HashSet::new();
    for (source, ids) in ids {
        let taken = record::known_event_ids(connection, source, &ids)?;
        known.extend(taken.into_iter().map(|id| (source.to_owned(), id)));
    }
    Ok(known)
}

/// Tells duplicates from new versions, and among those the newest of each record from stale ones.
fn sort_out(
    batch: Vec<NewVersion>,
    mut known: HashSet<(String, String)>,
    mut ages: HashMap<record::RecordKey, record::Age>,
) -> SortedOut {
    let mut counts = Counts::default();
    let mut versions: Vec<NewVersion> = Vec::with_capacity(batch.len());
    let mut newest_of: HashMap<record::RecordKey, usize> = HashMap::new();
    for version in batch {
        if !known.insert((version.source.clone(), version.event_id.clone())) {
            counts.duplicates += 1;
            continue;
        }
        let (key, age) = (key(&version), version.age());
        if ages.get(&key).is_some_and(|current| *current >= age) {
            counts.stale += 1;
        } else {
            counts.accepted += 1;
            ages.insert(key.clone(), age);
            newest_of.insert(key, versions.len());
        }
        versions.push(version);
    }
    SortedOut { versions, newest: newest_of.into_values().collect(), counts }
}

fn dangling_reference(force: &str, dangling: Dangling) -> DanglingReference {
    DanglingReference {
        force: force.to_owned(),
        kind: dangling.from.0,
        subject: dangling.from.1,
        pointer: dangling.pointer,
        to_kind: dangling.to.0,
        to_ref: dangling.to.1,
    }
}
