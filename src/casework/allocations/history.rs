//! Who has managed a case, manages it, and is to manage it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::offenders::may_see;
use crate::casework::reading::Reader;
use crate::domain::allocation::{Allocation, spells};
use crate::domain::calendar::{CivilDate, minus_days};
use crate::domain::merge::Resolved;
use crate::domain::officer::Officer;
use crate::domain::record::{Held, Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::allocation::live_allocation_versions_of;
use crate::store::backend::AnyConnection;
use crate::store::current::one;
use crate::store::error::StoreError;
use crate::store::merge::resolved;
use crate::store::own_entry::{RecordTag, current_tag};
use crate::store::timeline::contents;

/// A spell of somebody's management.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagerSpell {
    /// The officer; nobody where it names none.
    pub officer_ref: Option<Ref>,
    /// The officer's name; not known where empty.
    pub name: Option<String>,
    /// First day.
    pub from: CivilDate,
    /// Last day; empty where nothing follows.
    pub until: Option<CivilDate>,
    /// Who decided it; of what was decided here.
    pub allocated_by: Option<Ref>,
    /// Why; of what was decided here.
    pub reason: Option<String>,
    /// The record that was merged into this case's, where it is of that one.
    pub merged_ref: Option<Ref>,
}

/// Everybody who has managed, manages or is to manage a case. Who managed a record that was merged into it is past.
#[derive(Debug, Clone, PartialEq)]
pub struct Managers {
    /// The latest first.
    pub spells: Vec<ManagerSpell>,
    /// The version of the allocation, where there is one.
    pub tag: Option<RecordTag>,
}

/// The managers of a case that the reader may see; nothing where there is no such case.
///
/// # Errors
/// When the store fails.
pub fn managers(store: &Store, reader: &Reader, offender: &Ref) -> Result<Option<Managers>, StoreError> {
    let act = "allocation.list";
    store.transaction_that_writes(|connection| {
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let mut managers = spells_of(connection, force, offender)?;
        for (merged, merged_on) in merged_into(connection, force, offender)? {
            let of_merged = spells_of(connection, force, &merged)?.into_iter().filter(|spell| spell.from < merged_on);
            managers.extend(of_merged.map(|spell| ManagerSpell {
                until: spell.until.filter(|until| *until < merged_on).or_else(|| Some(minus_days(merged_on, 1))),
                merged_ref: Some(merged.clone()),
                ..spell
            }));
        }
        managers.sort_by(|a, b| (b.from, &a.merged_ref).cmp(&(a.from, &b.merged_ref)));
        let tag = current_tag(connection, force, RecordKind::Allocation, offender)?;
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": managers.len() }))?;
        Ok(Some(Managers { spells: managers, tag }))
    })
}

/// The records merged into a case's, each with the day on which it was.
fn merged_into(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
) -> Result<Vec<(Ref, CivilDate)>, StoreError> {
    let (merges, Resolved { homes, faults }) = resolved(connection, force)?;
    let holding = merges.into_iter().filter(|held| !held.record.undone && !faults.contains_key(&held.subject));
    let of_case = holding.filter(|held| homes.get(&held.record.merged_ref) == Some(offender));
    Ok(of_case.map(|held| (held.record.merged_ref, held.record.merged_on)).collect())
}

/// Who has managed somebody by the allocations of one record, the oldest spell first.
fn spells_of(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<Vec<ManagerSpell>, StoreError> {
    let mut versions: Vec<Held<Allocation>> = Vec::new();
    live_allocation_versions_of(connection, force, &[offender], |held| versions.push(held))?;
    let mut managers = Vec::new();
    for spell in spells(&versions) {
        let Held { event_id, record, .. } = spell.allocation;
        let name = match &record.officer_ref {
            Some(officer) => one(connection, force, RecordKind::Officer, officer)?
                .and_then(|held| Officer::of(held.record))
                .map(|officer| officer.name),
            None => None,
        };
        let entry: Option<Uuid> = record.allocated_by.as_ref().and_then(|_| event_id.parse().ok());
        let said = contents(connection, entry.as_slice())?.into_values().next();
        managers.push(ManagerSpell {
            officer_ref: record.officer_ref.clone(),
            name,
            from: spell.from,
            until: spell.until,
            allocated_by: record.allocated_by.clone(),
            reason: said.as_ref().and_then(|said| said.get("reason")).and_then(Value::as_str).map(str::to_owned),
            merged_ref: None,
        });
    }
    Ok(managers)
}
