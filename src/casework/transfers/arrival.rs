//! The arrival of a case: what this force itself says of it from the first moment. It belongs to a team, nobody manages it
//! yet, and where access was limited it is limited here too.

use serde_json::{Value, json};

use super::manifest::Manifest;
use super::records::TakenOver;
use super::take_in::ACT;
use crate::casework::actor::Actor;
use crate::casework::reading::Reader;
use crate::domain::access_restriction::AccessRestriction;
use crate::domain::allocation::Allocation;
use crate::domain::calendar::CivilDate;
use crate::domain::claim::Members;
use crate::domain::offender::{Offender, OffenderStatus};
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::limited_access;
use crate::store::own_entry::{self, NewEntry, OwnChange};

/// Enters what is said of a case that arrives in a team, taken in by an officer of this force: of the offender's record and of each that
/// is merged into it, so that nobody is left in a team of the other force when a merge is undone here.
pub(super) fn arrive(
    connection: &mut AnyConnection,
    reader: &Reader,
    manifest: &Manifest,
    over: &TakenOver,
    (team, officer): (&Ref, &Ref),
) -> Result<(), StoreError> {
    let today = reader.clock.moment().today();
    let case = [(&over.offender_ref, &over.offender)];
    for (offender_ref, offender) in case.into_iter().chain(&over.merged) {
        let claimed = arrived(offender, today, manifest, team);
        enter(connection, reader, (RecordKind::Offender, offender_ref), claimed)?;
        let allocation = Allocation {
            officer_ref: None,
            from: today,
            reason: Some("Transferred in; to be allocated.".to_owned()),
            allocated_by: Some(officer.clone()),
        };
        enter(connection, reader, (Allocation::KIND, offender_ref), members(allocation)?)?;
    }
    for offender_ref in &over.limited {
        let restriction = AccessRestriction {
            offender_ref: offender_ref.clone(),
            restricted_to: [officer.clone()].into(),
            excluded: [].into(),
            reason: "Access was limited at the force that sent the case; to be decided here.".to_owned(),
            decided_by: officer.clone(),
        };
        enter(connection, reader, (AccessRestriction::KIND, offender_ref), members(restriction.clone())?)?;
        limited_access::replace(connection, &reader.person.force, &restriction)?;
    }
    Ok(())
}

/// What this force says of an offender's record that arrives.
fn arrived(offender: &Offender, today: CivilDate, manifest: &Manifest, team: &Ref) -> Members {
    let mut claimed = Members::from_iter([
        ("team_ref".to_owned(), json!(team)),
        ("neighbourhood_ref".to_owned(), Value::Null),
        ("status_authority".to_owned(), json!(manifest.sending_force)),
    ]);
    // As the change of status `transferred_in` has it: the first visit is due again. In custody, in hospital, abroad or missing
    // they stay what they are.
    if matches!(offender.status, OffenderStatus::Community | OffenderStatus::TransferredOut) {
        claimed.insert("status".to_owned(), json!(OffenderStatus::Community));
        claimed.insert("status_since".to_owned(), json!(today));
        claimed.insert("community_since".to_owned(), json!(today));
        claimed.insert("status_reason".to_owned(), json!("Transferred in."));
    }
    claimed
}

fn enter(
    connection: &mut AnyConnection,
    reader: &Reader,
    (kind, subject): (RecordKind, &Ref),
    members: Members,
) -> Result<(), StoreError> {
    let entry = NewEntry {
        force: &reader.person.force,
        kind,
        subject,
        change: OwnChange::Claim(members),
        act: ACT,
        entered_at: reader.clock.now(),
        entered_by: &Actor::Person(reader.person.clone()).to_string(),
    };
    own_entry::append(connection, entry).map(drop)
}

/// A record's members.
fn members(record: impl Kept) -> Result<Members, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Unreadable { what: "record", detail: error.to_string() };
    let json = record.into_record().to_json().map_err(unreadable)?;
    Ok(json.as_object().cloned().unwrap_or_default())
}
