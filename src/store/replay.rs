//! A force's records told one after another, in the order in which they came to be: what the service would have held
//! day by day, had it listened from the start.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec;

use super::as_at::{EntryRow, VersionRow, Whose, entries, versions};
use super::backend::AnyConnection;
use super::error::StoreError;
use super::own_entry::StoredClaims;
use super::record::{Age, StoredVersion, stored_ref, unreadable};
use super::told::{Told, age_of, age_of_entry};
use crate::domain::allocation::Allocation;
use crate::domain::as_at::AsAt;
use crate::domain::calendar::Instant;
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::record::{Held, Record, RecordKind};

/// The history of a force, and where it stands as far as it has been told.
#[derive(Debug)]
pub struct Replay {
    untold: Peekable<vec::IntoIter<Change>>,
    told: BTreeMap<(RecordKind, String), Standing>,
    allocations: BTreeMap<String, Vec<Held<Allocation>>>,
}

/// What was said of a record so far, and what it comes to.
#[derive(Debug, Default)]
struct Standing {
    told: Told,
    held: Option<Held<Record>>,
}

/// One version of a record, or one entry of it.
#[derive(Debug)]
struct Change {
    age: Age,
    kind: RecordKind,
    subject: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Version { withdrawn: bool, version: StoredVersion },
    Entry { withdrawn: bool, claims: StoredClaims },
}

impl Replay {
    /// The history of a force, none of it told yet.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn of(connection: &mut AnyConnection, force: &str) -> Result<Self, StoreError> {
        let whose = Whose { force, offenders: None };
        let mut changes = Vec::new();
        for kind in RecordKind::ALL.iter().copied() {
            changes.extend(versions(connection, whose, kind, AsAt::Now)?.into_iter().map(|row| of_version(kind, row)));
            changes.extend(entries(connection, whose, kind, AsAt::Now)?.into_iter().map(|row| of_entry(kind, row)));
        }
        changes.sort_by(|a, b| a.age.cmp(&b.age));
        Ok(Self { untold: changes.into_iter().peekable(), told: BTreeMap::new(), allocations: BTreeMap::new() })
    }

    /// Tells all that had come to be by an instant.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn tell_until(&mut self, until: Instant) -> Result<(), StoreError> {
        while let Some(change) = self.untold.next_if(|change| change.age.event_time <= until) {
            if change.kind == RecordKind::Allocation {
                self.allocate(change)?;
            } else {
                let Change { age, kind, subject, what } = change;
                let Standing { told, held } = self.told.entry((kind, subject.clone())).or_default();
                match what {
                    What::Version { withdrawn, version } => told.hear(age, withdrawn, version),
                    What::Entry { withdrawn, claims } => told.hear_entry(withdrawn, claims),
                }
                *held = told.clone().into_held(kind, subject)?;
            }
        }
        Ok(())
    }

    /// The force as it stands on what has been told.
    #[must_use]
    pub fn force_file(&self) -> ForceFile {
        let mut builder = ForceFileBuilder::default();
        for held in self.told.values().filter_map(|standing| standing.held.as_ref()) {
            builder.add(held.clone());
        }
        for version in self.allocations.values().flatten() {
            builder.add_allocation(version.clone());
        }
        builder.build()
    }

    /// Every version of an allocation counts, until the records system withdraws it.
    fn allocate(&mut self, change: Change) -> Result<(), StoreError> {
        let Change { age, subject, what, .. } = change;
        let content = match what {
            What::Version { withdrawn: false, version: (_, _, Some(content), _) } => content,
            What::Version { .. } => {
                self.allocations.remove(&subject);
                return Ok(());
            }
            What::Entry { withdrawn: true, .. } => return Ok(()),
            What::Entry { claims: (_, _, _, content, _, _), .. } => content,
        };
        let record = serde_json::from_value(content.0).map_err(unreadable)?;
        let Age { event_time, event_id, .. } = age;
        let held = Held { subject: stored_ref(subject.clone())?, event_time, event_id, record };
        self.allocations.entry(subject).or_default().push(held);
        Ok(())
    }
}

fn of_version(kind: RecordKind, row: VersionRow) -> Change {
    let age = age_of(&row);
    let (subject, _, withdrawn, version) = row;
    Change { age, kind, subject, what: What::Version { withdrawn, version } }
}

fn of_entry(kind: RecordKind, row: EntryRow) -> Change {
    let age = age_of_entry(&row);
    let (subject, withdrawn, claims) = row;
    Change { age, kind, subject, what: What::Entry { withdrawn, claims } }
}
