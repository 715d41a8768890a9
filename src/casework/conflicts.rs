//! Where the records system and people here differ: shown to a person, and settled by one.

use serde_json::json;

use super::acting::{ActError, Acting, Basis, Draft, Written, on_case};
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::claim::{Difference, Prevailing};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry::{self, OwnChange};

/// A member of a record on which the two differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// The member, and what each says.
    pub difference: Difference,
}

/// The conflicts in a case that the reader may see; nothing where there is no such case.
///
/// # Errors
/// When the store fails.
pub fn conflicts(store: &Store, reader: &Reader, offender: &Ref) -> Result<Option<Vec<Conflict>>, StoreError> {
    let act = "conflict.list";
    store.transaction_that_writes(|connection| {
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let mut found = Vec::new();
        for (kind, subject) in own_entry::spoken_of_twice(connection, force, offender)? {
            for difference in own_entry::differences_of(connection, force, kind, &subject)? {
                found.push(Conflict { kind, subject: subject.clone(), difference });
            }
        }
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": found.len() }))?;
        Ok(Some(found))
    })
}

/// How a conflict is settled.
#[derive(Debug, Clone)]
pub struct Settling {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// The member.
    pub member: String,
    /// Whose word holds from now on.
    pub take: Prevailing,
}

/// Settles one conflict: the feed's word is taken, or the claim is made anew over it.
///
/// # Errors
/// See [`ActError`].
pub fn settle(store: &Store, acting: &Acting<'_>, offender: &Ref, settling: &Settling) -> Result<Written, ActError> {
    let found = conflicts(store, acting.reader, offender)?.ok_or(ActError::NotFound)?;
    let conflict = found.into_iter().find(|conflict| {
        conflict.kind == settling.kind
            && conflict.subject == settling.subject
            && conflict.difference.member == settling.member
    });
    on_case(store, acting, "conflict.settle", offender, |_| {
        let conflict = conflict.ok_or_else(|| {
            Refusal::new(RefusalCode::WrongState, "the records system and what was entered here do not differ there")
        })?;
        let member = conflict.difference.member;
        let change = match settling.take {
            Prevailing::Feed => OwnChange::GiveUp(vec![member]),
            Prevailing::Claim => OwnChange::Claim([(member, conflict.difference.claim)].into_iter().collect()),
        };
        Ok(vec![Draft { kind: conflict.kind, subject: conflict.subject, change, basis: Basis::Loaded }])
    })
}
