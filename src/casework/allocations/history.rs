//! Who has managed a case, manages it, and is to manage it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::offenders::may_see;
use crate::casework::reading::Reader;
use crate::domain::allocation::{Allocation, spells};
use crate::domain::calendar::CivilDate;
use crate::domain::officer::Officer;
use crate::domain::record::{Held, Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::allocation::live_allocation_versions_of;
use crate::store::current::one;
use crate::store::error::StoreError;
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
}

/// Everybody who has managed, manages or is to manage a case.
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
            });
        }
        managers.reverse();
        let tag = current_tag(connection, force, RecordKind::Allocation, offender)?;
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": managers.len() }))?;
        Ok(Some(Managers { spells: managers, tag }))
    })
}
