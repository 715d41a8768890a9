//! Drift: what the records system says that it holds is compared with what it told here, and where the two differ is kept until they do not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::actor::Actor;
use super::note::note;
use super::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::drift::{ComparedBy, Difference, Digested, Drifted, Unsettled, compare};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::drift::{self, KeptDrift};
use crate::store::drift_run::{self, Check, DriftRun};
use crate::store::error::StoreError;

/// What the records system holds: every record of each kind that it names, by key.
pub type HeldThere = BTreeMap<RecordKind, BTreeMap<Ref, Digested>>;

/// What came of comparing the records of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The kind.
    pub kind: RecordKind,
    /// How many there are in the records system.
    pub there: usize,
    /// How many there are here, of those that it told of.
    pub here: usize,
    /// Where the two differ, by key.
    pub drifted: Vec<Drifted>,
}

impl Compared {
    /// How many differ in a way.
    #[must_use]
    pub fn count(&self, difference: Difference) -> usize {
        self.drifted.iter().filter(|drifted| drifted.difference == difference).count()
    }

    fn words(&self) -> Value {
        let counts = Difference::ALL.map(|difference| (difference.as_str().to_owned(), json!(self.count(difference))));
        let sizes = [("there", self.there), ("here", self.here)].map(|(side, size)| (side.to_owned(), json!(size)));
        Value::Object(sizes.into_iter().chain(counts).collect())
    }
}

/// Compares what a force's records system holds with what it told here, kind by kind, and keeps what came of it in one transaction. What is here
/// is read before, so that nobody waits meanwhile.
///
/// # Errors
/// When the store fails; nothing of it is kept then.
pub fn compare_with(
    store: &Store,
    (now, actor): (Instant, &Actor),
    (force, by): (&str, ComparedBy),
    there: &HeldThere,
) -> Result<Vec<Compared>, StoreError> {
    let compared = store.transaction(|connection| -> Result<Vec<Compared>, StoreError> {
        let one = |(kind, there): (&RecordKind, &BTreeMap<Ref, Digested>)| {
            let here = drift::digests_here(connection, force, *kind)?;
            Ok(Compared { kind: *kind, there: there.len(), here: here.len(), drifted: compare(there, &here) })
        };
        there.iter().map(one).collect()
    })?;
    store.transaction_that_writes(|connection| -> Result<(), StoreError> {
        for Compared { kind, drifted, .. } in &compared {
            drift::keep(connection, (force, *kind), (now, by), drifted)?;
        }
        let told: serde_json::Map<String, Value> =
            compared.iter().map(|compared| (compared.kind.name().to_owned(), compared.words())).collect();
        note(connection, (now, actor), "drift.compare", (force, None), json!({ "by": by.as_str(), "kinds": told }))
    })?;
    Ok(compared)
}

/// What came of asking the records system for a record again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// An event came, and was imported: the digest of what the record says by it; nothing where it withdraws the record.
    Came(Option<String>),
    /// An event came, and was refused.
    Refused,
    /// The records system has it no more.
    Gone,
    /// Nothing came whole: a code.
    Failed(String),
}

/// Keeps what came of asking for records again, in the transaction that imports what came. What is here as it is there by now differs no more;
/// the others stay, each with the code of what came of it.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn settle(
    connection: &mut AnyConnection,
    (now, actor): (Instant, &Actor),
    force: &str,
    answers: &[(RecordKind, Ref, Again)],
) -> Result<(), StoreError> {
    let mut told = Vec::with_capacity(answers.len());
    for (kind, subject, again) in answers {
        let answer = match again {
            Again::Came(there) => {
                let here = drift::digest_here(connection, force, *kind, subject)?.map(|here| here.digest);
                (here != *there).then_some(Unsettled::Unchanged.as_str())
            }
            Again::Refused => Some(Unsettled::Refused.as_str()),
            Again::Gone => Some(Unsettled::Gone.as_str()),
            Again::Failed(code) => Some(code.as_str()),
        };
        match answer {
            None => drift_run::forget(connection, force, (*kind, subject))?,
            Some(answer) => drift_run::keep_answer(connection, force, (*kind, subject), (now, answer))?,
        }
        told.push(json!({ "kind": kind, "ref": subject, "answer": answer.unwrap_or("settled") }));
    }
    note(connection, (now, actor), "drift.repair", (force, None), json!({ "count": told.len(), "records": told }))
}

/// Where the two sides differ, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// The last comparison of each kind; a kind that is not among them never was compared.
    pub checks: Vec<Check>,
    /// How the last run ended that asked the records system for what it holds; nothing where there was none.
    pub last_run: Option<DriftRun>,
    /// What differs, by kind and key.
    pub drifting: Vec<KeptDrift>,
    /// True where there is more.
    pub goes_on: bool,
}

/// Where the records system of the reader's force and this service differ: so many after a place, without what is of cases that
/// are hidden from the reader.
///
/// # Errors
/// When the store fails.
pub fn report(
    store: &Store,
    reader: &Reader,
    (after, limit): (Option<&(String, String)>, usize),
) -> Result<DriftReport, StoreError> {
    let scope = reader.person.case_scope();
    store.transaction_that_writes(|connection| {
        let mut drifting = drift::drifting(connection, &scope, (after, limit.saturating_add(1)))?;
        let goes_on = drifting.len() > limit;
        drifting.truncate(limit);
        let checks = drift_run::checks(connection, &scope.force)?;
        let last_run = drift_run::last_run(connection, &scope.force)?;
        let refs: Vec<Value> =
            drifting.iter().map(|kept| json!({ "kind": kept.kind, "ref": kept.drifted.subject })).collect();
        reader.note(connection, "drift.read", None, json!({ "count": refs.len(), "records": refs }))?;
        Ok(DriftReport { checks, last_run, drifting, goes_on })
    })
}
