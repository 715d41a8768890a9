//! Circumstances: entered, changed, confirmed, ended.

use serde_json::{Value, json};
use uuid::Uuid;

use super::check_has_come;
use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use crate::casework::merged::{Changed, merged};
use crate::casework::record_act::{held_in_case, on_record};
use crate::domain::calendar::CivilDate;
use crate::domain::circumstance::Circumstance;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters a circumstance; `circumstance` makes it of the day.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    circumstance: impl FnOnce(CivilDate) -> Circumstance,
) -> Result<Written, ActError> {
    on_case(store, acting, "circumstance.enter", offender, |in_hand| {
        let mut entered = circumstance(in_hand.at.today());
        entered.check(in_hand.at.today())?;
        if entered.confirmed_on.is_some() {
            entered.confirmed_by = Some(in_hand.acting_officer()?.0.clone());
        }
        Ok(vec![Draft::new(Uuid::now_v7().into(), entered)])
    })
}

/// Changes plain members of a circumstance.
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
    on_one(store, acting, "circumstance.change", subject, Basis::Read(read), |circumstance, in_hand| {
        merged(circumstance, &changed)?.check(in_hand.at.today())?;
        Ok(changed)
    })
}

/// Says that a circumstance was confirmed on a day by whoever acts.
///
/// # Errors
/// See [`ActError`].
pub fn confirm(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    confirmed_on: CivilDate,
    on_national_record: Option<bool>,
) -> Result<Written, ActError> {
    on_one(store, acting, "circumstance.confirm", subject, Basis::Loaded, |circumstance, in_hand| {
        check_has_come(in_hand, confirmed_on, "/confirmed_on")?;
        if circumstance.confirmed_on.is_some_and(|known| known > confirmed_on) {
            let detail = "it was confirmed on a later day already";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at("/confirmed_on"));
        }
        if circumstance.until.is_some_and(|until| until < confirmed_on) {
            let detail = "it had ended by that day; change its end first";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at("/confirmed_on"));
        }
        let confirmed_by = in_hand.acting_officer()?.0;
        let mut claimed = vec![("confirmed_on", json!(confirmed_on)), ("confirmed_by", json!(confirmed_by))];
        claimed.extend(on_national_record.map(|on| ("on_national_record", json!(on))));
        Ok(claimed)
    })
}

/// Says when a circumstance ended.
///
/// # Errors
/// See [`ActError`].
pub fn end(store: &Store, acting: &Acting<'_>, subject: &Ref, until: CivilDate) -> Result<Written, ActError> {
    on_one(store, acting, "circumstance.end", subject, Basis::Loaded, |circumstance, in_hand| {
        check_has_come(in_hand, until, "/until")?;
        let changed = vec![("until", json!(until))];
        merged(circumstance, &changed)?.check(in_hand.at.today())?;
        Ok(changed)
    })
}

fn on_one(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    subject: &Ref,
    basis: Basis,
    decide: impl FnOnce(&Circumstance, &CaseInHand<'_>) -> Result<Vec<(&'static str, Value)>, Refusal>,
) -> Result<Written, ActError> {
    on_record(store, acting, act, (RecordKind::Circumstance, subject), |in_hand| {
        let known = held_in_case(&in_hand.case.records.circumstances, subject)?;
        let claimed = decide(&known.record, in_hand)?;
        Ok(vec![Draft::claim(RecordKind::Circumstance, subject.clone(), claimed, basis)])
    })
}
