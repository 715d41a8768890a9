//! Addresses: entered, changed, verified.

use serde_json::json;
use uuid::Uuid;

use super::check_has_come;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_case};
use crate::casework::merged::{Changed, merged};
use crate::casework::record_act::{held_in_case, on_record};
use crate::domain::address::{Address, Verification};
use crate::domain::calendar::CivilDate;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters an address of an offender.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    reference: Option<Ref>,
    entered: Address,
) -> Result<Written, ActError> {
    on_case(store, acting, "address.enter", offender, |_| {
        entered.check()?;
        let reference = reference.unwrap_or_else(|| Uuid::now_v7().into());
        Ok(vec![Draft::new(reference, entered)])
    })
}

/// Changes plain members of an address.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    changed: Changed,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "address.change", (RecordKind::Address, subject), |in_hand| {
        let known = held_in_case(&in_hand.case.records.addresses, subject)?;
        merged(&known.record, &changed)?.check()?;
        Ok(vec![Draft::claim(RecordKind::Address, subject.clone(), changed, Basis::Read(read))])
    })
}

/// Says that whoever acts has verified that the offender lives at an address.
///
/// # Errors
/// See [`ActError`].
pub fn verify(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    verified_on: CivilDate,
    how: Verification,
) -> Result<Written, ActError> {
    on_record(store, acting, "address.verify", (RecordKind::Address, subject), |in_hand| {
        check_has_come(in_hand, verified_on, "/verified_on")?;
        let known = &held_in_case(&in_hand.case.records.addresses, subject)?.record;
        let is_resident =
            known.resident_from <= verified_on && known.resident_until.is_none_or(|until| until >= verified_on);
        if !is_resident {
            let detail = "the offender did not live there on that day, as far as is recorded";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/verified_on"));
        }
        if known.verified_on.is_some_and(|last| last > verified_on) {
            let detail = "it was verified on a later day already";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at("/verified_on"));
        }
        let verified_by = in_hand.acting_officer()?.0;
        let claimed =
            [("verified_on", json!(verified_on)), ("verified_by", json!(verified_by)), ("verified_how", json!(how))];
        Ok(vec![Draft::claim(RecordKind::Address, subject.clone(), claimed, Basis::Loaded)])
    })
}
