//! Merging two offender records that are of one person, and undoing it.
//!
//! A supervisor or detective inspector who sees both cases merges them; a detective inspector undoes it. Nothing is moved by
//! either: see [`crate::domain::merge`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force};
use super::case_records::is_in_scope;
use super::offenders::may_see;
use super::reading::Reader;
use super::record_act::{held_in_case, new_reference, on_record};
use crate::domain::merge::{Merge, MergeFault};
use crate::domain::moment::Moment;
use crate::domain::offender::Offender;
use crate::domain::record::{Held, Kept, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, one, records_in_scope};
use crate::store::error::StoreError;
use crate::store::own_entry::RecordTag;
use crate::store::scope::Scope;
use crate::store::timeline::{VersionMark, contents};
use crate::store::{limited_access, merge};

/// Merges another offender's record into this one's.
///
/// # Errors
/// See [`ActError`].
pub fn merge(
    store: &Store,
    acting: &Acting<'_>,
    kept: &Ref,
    (merged, reason): (&Ref, Words),
) -> Result<Written, ActError> {
    on_force(store, acting, "merge.decide", (RecordKind::Offender, kept), |in_hand| {
        let decided_by = in_hand.acting_supervisor()?;
        let merge = Merge::decided((kept, merged), in_hand.at.today(), (decided_by, reason))?;
        check_both(in_hand, kept, merged)?;
        Ok(vec![Draft::new(new_reference("merge")?, merge)])
    })
}

/// Both are cases that the person sees; and nobody drops out of management by it.
fn check_both(in_hand: &ForceInHand<'_>, kept: &Ref, merged: &Ref) -> Result<(), Refusal> {
    let refused = |code, detail: &str| Refusal::new(code, detail).at("/merged_ref");
    let unknown =
        || refused(RefusalCode::UnknownReference, "names no case that you may see, or one that is merged already");
    let merged = in_hand.case(merged).ok_or_else(unknown)?;
    let kept = in_hand.case(kept).ok_or_else(unknown)?;
    if merged.is_managed(in_hand.at) && !kept.is_managed(in_hand.at) {
        let detail =
            "this force manages the record that would be merged and not the one that would be kept; keep the other one";
        return Err(refused(RefusalCode::NotAcceptable, detail));
    }
    Ok(())
}

/// Undoes a merge: each record stands for itself again.
///
/// # Errors
/// See [`ActError`].
pub fn undo(
    store: &Store,
    acting: &Acting<'_>,
    merge: &Ref,
    (reason, read): (Words, RecordTag),
) -> Result<Written, ActError> {
    let kind = RecordKind::Merge;
    on_record(store, acting, "merge.undo", (kind, merge), |in_hand| {
        let inspector = in_hand.acting_inspector("undoing a merge is for a detective inspector in post")?;
        held_in_case(&in_hand.case.records.merges, merge)?.record.check_stands()?;
        let claimed = [("undone", json!(true)), ("undone_by", json!(inspector)), ("undone_reason", json!(reason))];
        Ok(vec![Draft::claim(kind, merge.clone(), claimed, Basis::Read(read))])
    })
}

/// The merges into a case, those undone too, as far as the reader sees both sides of each; nothing where there is no such case.
///
/// # Errors
/// When the store fails.
pub fn merges_of(store: &Store, reader: &Reader, offender: &Ref) -> Result<Option<Vec<Held<Record>>>, StoreError> {
    let act = "merge.list";
    store.transaction_that_writes(|connection| {
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let refs: BTreeSet<String> = merge::refs_of_case(connection, force, offender)?.into_iter().collect();
        let mut found = Vec::new();
        for held in records_in_scope(connection, Wanted::all(RecordKind::Merge, &Scope::whole(force)))? {
            let Record::Merge(Merge { kept_ref, merged_ref, .. }) = &held.record else { continue };
            let is_of_case = refs.contains(kept_ref.as_str()) || refs.contains(merged_ref.as_str());
            if is_of_case && sees(connection, reader, kept_ref)? && sees(connection, reader, merged_ref)? {
                found.push(held);
            }
        }
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": found.len() }))?;
        Ok(Some(found))
    })
}

/// Under which offender somebody's case goes on whose record is merged, where the reader may see that case; nothing otherwise.
///
/// # Errors
/// When the store fails.
pub fn moved_to(store: &Store, reader: &Reader, offender: &Ref) -> Result<Option<Ref>, StoreError> {
    store.transaction_that_writes(|connection| {
        let home = merge::home_of(connection, &reader.person.force, offender)?;
        let is_shown = is_in_scope(connection, reader, &home)? && home != *offender;
        if is_shown {
            let detail = json!({ "merged_ref": offender });
            reader.note(connection, "merge.follow", Some((RecordKind::Offender, &home)), detail)?;
        }
        Ok(is_shown.then_some(home))
    })
}

/// Whether a reader may see the case of an offender, under whichever record it goes on. Where the record was withdrawn, whether
/// they would not be shut out.
pub(super) fn sees(connection: &mut AnyConnection, reader: &Reader, offender: &Ref) -> Result<bool, StoreError> {
    let force = &reader.person.force;
    let home = merge::home_of(connection, force, offender)?;
    if is_in_scope(connection, reader, &home)? {
        return Ok(true);
    }
    let is_gone = !exists(connection, force, RecordKind::Offender, &home)?;
    Ok(is_gone && !limited_access::is_hidden(connection, &reader.person.case_scope(), &home)?)
}

/// True of a record that the reader may see in a case of theirs: of a merge, where they see both sides.
pub(super) fn sees_record(
    connection: &mut AnyConnection,
    reader: &Reader,
    kind: RecordKind,
    subject: &Ref,
) -> Result<bool, StoreError> {
    if kind != RecordKind::Merge {
        return Ok(true);
    }
    let held = one(connection, &reader.person.force, kind, subject)?;
    let Some(Merge { kept_ref, merged_ref, .. }) = held.and_then(|held| Merge::of(held.record)) else {
        return Ok(false);
    };
    Ok(sees(connection, reader, &kept_ref)? && sees(connection, reader, &merged_ref)?)
}

/// Leaves out of a history the merges of which the reader does not see both sides: what was merged by mistake and stands for itself
/// again may be a case that is none of theirs.
pub(super) fn leave_out_unseen(
    connection: &mut AnyConnection,
    reader: &Reader,
    versions: &mut Vec<VersionMark>,
) -> Result<(), StoreError> {
    let merges = versions.iter().filter(|version| version.kind == RecordKind::Merge);
    let subjects: BTreeMap<Uuid, Ref> = merges.map(|version| (version.id, version.subject.clone())).collect();
    let ids: Vec<Uuid> = subjects.keys().copied().collect();
    let mut unseen: BTreeSet<&Ref> = BTreeSet::new();
    for (id, said) in contents(connection, &ids)? {
        let Some(subject) = subjects.get(&id) else { continue };
        for member in ["kept_ref", "merged_ref"] {
            let named = said.get(member).and_then(serde_json::Value::as_str).map(Ref::new).transpose();
            let named = named.map_err(|error| StoreError::Unreadable { what: "merge", detail: error.to_string() })?;
            if let Some(named) = named
                && !sees(connection, reader, &named)?
            {
                unseen.insert(subject);
            }
        }
    }
    versions.retain(|version| version.kind != RecordKind::Merge || !unseen.contains(&version.subject));
    Ok(())
}

/// A merge that stands and does not hold, or holds and wants looking at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultyMerge {
    /// The force.
    pub force: String,
    /// The merge.
    pub merge_ref: String,
    /// The record that it keeps.
    pub kept_ref: String,
    /// The record that it merges.
    pub merged_ref: String,
    /// What is the matter, by a stable code: see [`MergeFault`].
    pub code: String,
}

/// The merges of a force that do not hold or want looking at, by reference.
///
/// # Errors
/// When the store fails.
pub(super) fn faults(connection: &mut AnyConnection, force: &str, at: Moment) -> Result<Vec<FaultyMerge>, StoreError> {
    let (mut merges, resolved) = merge::resolved(connection, force)?;
    merges.sort_by(|a, b| a.subject.cmp(&b.subject));
    let merged = merge::merged_offenders(connection, force)?;
    let mut found = Vec::new();
    for Held { subject, record, .. } in &merges {
        let fault = match resolved.faults.get(subject) {
            Some(fault) => Some(*fault),
            None if !record.undone && drops_out(connection, force, record, &merged, at)? => {
                Some(MergeFault::KeptNotManaged)
            }
            None => None,
        };
        found.extend(fault.map(|fault| FaultyMerge {
            force: force.to_owned(),
            merge_ref: subject.to_string(),
            kept_ref: record.kept_ref.to_string(),
            merged_ref: record.merged_ref.to_string(),
            code: fault.as_str().to_owned(),
        }));
    }
    Ok(found)
}

/// True where this force manages the record that was merged and not the one under which the case goes on.
fn drops_out(
    connection: &mut AnyConnection,
    force: &str,
    merge: &Merge,
    merged: &BTreeMap<Ref, Vec<(Ref, Offender)>>,
    at: Moment,
) -> Result<bool, StoreError> {
    let is_managed = |offender: &Offender| offender.is_managed(at.today());
    let of_home = merged.iter().find_map(|(home, merged)| {
        let is_it = |(of, offender): &(Ref, Offender)| *of == merge.merged_ref && is_managed(offender);
        merged.iter().any(is_it).then_some(home)
    });
    let Some(home) = of_home else { return Ok(false) };
    let kept = one(connection, force, RecordKind::Offender, home)?.and_then(|held| Offender::of(held.record));
    Ok(kept.is_some_and(|kept| !is_managed(&kept)))
}
