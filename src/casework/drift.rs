//! Drift: what the records system says that it holds is compared with what it told here, and where the two differ is kept until they do not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::actor::Actor;
use super::note::note;
use super::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::drift::{Difference, Digested, Drifted, compare};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::drift::{self, KeptDrift};
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

/// Compares what a force's records system holds with what it told here, kind by kind, in one transaction.
///
/// # Errors
/// When the store fails; nothing of it is kept then.
pub fn compare_with(
    store: &Store,
    (now, actor): (Instant, &Actor),
    force: &str,
    there: &HeldThere,
) -> Result<Vec<Compared>, StoreError> {
    store.transaction_that_writes(|connection| {
        let mut compared = Vec::with_capacity(there.len());
        for (kind, there) in there {
            let here = drift::digests_here(connection, force, *kind)?;
            let drifted = compare(there, &here);
            drift::keep(connection, force, *kind, now, &drifted)?;
            compared.push(Compared { kind: *kind, there: there.len(), here: here.len(), drifted });
        }
        let told: serde_json::Map<String, Value> =
            compared.iter().map(|compared| (compared.kind.name().to_owned(), compared.words())).collect();
        note(connection, (now, actor), "drift.compare", (force, None), json!({ "kinds": told }))?;
        Ok(compared)
    })
}

/// Where the two sides differ, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// When each kind was last compared; a kind that is not among them never was.
    pub checks: Vec<(RecordKind, Instant)>,
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
        let checks = drift::checks(connection, &scope.force)?;
        let refs: Vec<Value> =
            drifting.iter().map(|kept| json!({ "kind": kept.kind, "ref": kept.drifted.subject })).collect();
        reader.note(connection, "drift.read", None, json!({ "count": refs.len(), "records": refs }))?;
        Ok(DriftReport { checks, drifting, goes_on })
    })
}
