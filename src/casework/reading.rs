//! Reading a force's officers, teams and areas: within the reader's scope, and on record.

use serde_json::{Value, json};

use super::access::{is_plain, why};
use super::actor::{Actor, Person};
use super::clock::Clock;
use super::note::note;
use crate::domain::as_at::AsAt;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, records_in_scope};
use crate::store::error::StoreError;
use crate::store::own_entry::{RecordTag, current_tag};

/// Who reads, and when.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Who.
    pub person: Person,
    /// The clock.
    pub clock: Clock,
}

impl Reader {
    /// Puts a reading on record, within the transaction that reads.
    pub(super) fn note(
        &self,
        connection: &mut AnyConnection,
        act: &str,
        subject: Option<(RecordKind, &Ref)>,
        detail: Value,
    ) -> Result<(), StoreError> {
        let (actor, subject) =
            (Actor::Person(self.person.clone()), subject.map(|(kind, subject)| (kind.name(), subject.as_str())));
        note(connection, (self.clock.now(), &actor), act, (&self.person.force, subject), detail)
    }

    /// Puts on record that something was asked for which is out of the reader's scope, or not there at all.
    pub(super) fn note_refusal(
        &self,
        connection: &mut AnyConnection,
        act: &str,
        kind: RecordKind,
        subject: &Ref,
    ) -> Result<(), StoreError> {
        let exists = exists(connection, &self.person.force, kind, subject)?;
        let asked_for = Some((kind, subject)).filter(|_| exists || is_plain(subject));
        self.note(connection, "access.refused", asked_for, json!({ "act": act, "why": why(exists) }))
    }
}

/// As at when something was read, as the audit tells it.
pub(super) fn as_at_detail(as_at: AsAt) -> Value {
    match as_at {
        AsAt::Now => json!({}),
        AsAt::Known(at) => json!({ "known_at": at }),
        AsAt::True(at) => json!({ "true_at": at }),
    }
}

/// The force's current records of a kind that the reader may see.
///
/// # Errors
/// When the store fails.
pub fn records(store: &Store, reader: &Reader, kind: RecordKind) -> Result<Vec<Held<Record>>, StoreError> {
    let scope = reader.person.case_scope();
    store.transaction_that_writes(|connection| {
        let found = records_in_scope(connection, Wanted::all(kind, &scope))?;
        let refs: Vec<&Ref> = found.iter().map(|held| &held.subject).collect();
        reader.note(connection, &format!("{kind}.list"), None, json!({ "count": refs.len(), "refs": refs }))?;
        Ok(found)
    })
}

/// One of them, with its version; nothing where there is none that the reader may see.
///
/// # Errors
/// When the store fails.
pub fn record(
    store: &Store,
    reader: &Reader,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<(Held<Record>, RecordTag)>, StoreError> {
    let (scope, act) = (reader.person.case_scope(), format!("{kind}.read"));
    store.transaction_that_writes(|connection| {
        let found = records_in_scope(connection, Wanted::one(kind, &scope, subject))?.pop();
        let found = found.zip(current_tag(connection, &scope.force, kind, subject)?);
        match found {
            Some(_) => reader.note(connection, &act, Some((kind, subject)), json!({}))?,
            None => reader.note_refusal(connection, &act, kind, subject)?,
        }
        Ok(found)
    })
}
