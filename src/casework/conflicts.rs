//! Where the records system and people here differ: shown to a person, and settled by one.

use serde_json::json;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::merges::sees_record;
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::claim::{Difference, Prevailing};
use crate::domain::qualification::supervises;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry::{self, OwnChange, RecordTag};

/// A member of a record on which the two differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// The record's version.
    pub tag: RecordTag,
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
            if !sees_record(connection, reader, kind, &subject)? {
                continue;
            }
            let Some(tag) = own_entry::current_tag(connection, force, kind, &subject)? else { continue };
            for difference in own_entry::differences_of(connection, force, kind, &subject)? {
                found.push(Conflict { kind, subject: subject.clone(), tag, difference });
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

/// Settles one conflict: the feed's word is taken, or the claim is made anew over it. It is for whoever may decide what the
/// member says.
///
/// # Errors
/// See [`ActError`].
pub fn settle(store: &Store, acting: &Acting<'_>, offender: &Ref, settling: &Settling) -> Result<Written, ActError> {
    let Settling { kind, subject, member, take } = settling;
    let found = conflicts(store, acting.reader, offender)?.ok_or(ActError::NotFound)?;
    let is_meant = |conflict: &Conflict| {
        conflict.kind == *kind && conflict.subject == *subject && conflict.difference.member == *member
    };
    let conflict = found.into_iter().find(is_meant);
    on_case(store, acting, "conflict.settle", offender, |in_hand| {
        let Conflict { difference, tag, .. } = conflict.ok_or_else(|| {
            Refusal::new(RefusalCode::WrongState, "the records system and what was entered here do not differ there")
        })?;
        may_settle(in_hand, (*kind, member), *take)?;
        let change = match take {
            Prevailing::Feed => OwnChange::GiveUp(vec![member.clone()]),
            Prevailing::Claim => OwnChange::Claim([(member.clone(), difference.claim)].into_iter().collect()),
        };
        Ok(vec![Draft { kind: *kind, subject: subject.clone(), change, basis: Basis::Read(tag) }])
    })
}

/// To settle what a member says is to decide it: an approval, a decision on a breach and an allocation are a supervisor's, and
/// whether somebody is in reactive management is a detective inspector's.
fn may_settle(in_hand: &CaseInHand<'_>, (kind, member): (RecordKind, &str), take: Prevailing) -> Result<(), Refusal> {
    let (_, officer) = in_hand.acting_officer()?;
    match (kind, member) {
        (RecordKind::Allocation, _) if take == Prevailing::Claim => {
            let detail = "allocate the case anew, so that the checks are made and it is handed over";
            Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/take"))
        }
        (RecordKind::RiskManagementPlan, "approved_by" | "approved_on")
        | (RecordKind::Breach, "decision")
        | (RecordKind::Allocation, _) => supervises(officer, in_hand.at.today()),
        (RecordKind::Merge, _) => {
            in_hand.acting_inspector("whether a merge stands is settled by a detective inspector in post").map(|_| ())
        }
        (RecordKind::ReactiveManagement, _) => {
            let whose = "whether somebody is in reactive management is decided by a detective inspector in post";
            in_hand.acting_inspector(whose).map(|_| ())
        }
        (_, _) => Ok(()),
    }
}
