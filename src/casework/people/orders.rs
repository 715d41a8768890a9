//! Court orders: entered, changed, discharged; with the conditions that a visit can check.

use serde_json::json;
use uuid::Uuid;

use super::check_has_come;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_case};
use crate::casework::merged::{Changed, merged};
use crate::casework::record_act::{held_in_case, on_record};
use crate::domain::calendar::CivilDate;
use crate::domain::order::Order;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters an order.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    reference: Option<Ref>,
    entered: Order,
) -> Result<Written, ActError> {
    on_case(store, acting, "order.enter", offender, |in_hand| {
        check_has_come(in_hand, entered.made_on, "/made_on")?;
        entered.check()?;
        let reference = reference.unwrap_or_else(|| Uuid::now_v7().into());
        Ok(vec![Draft::new(reference, entered)])
    })
}

/// Changes plain members of an order.
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
    on_record(store, acting, "order.change", (RecordKind::Order, subject), |in_hand| {
        let known = held_in_case(&in_hand.case.records.orders, subject)?;
        merged(&known.record, &changed)?.check()?;
        Ok(vec![Draft::claim(RecordKind::Order, subject.clone(), changed, Basis::Read(read))])
    })
}

/// Says that a court discharged an order.
///
/// # Errors
/// See [`ActError`].
pub fn discharge(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    discharged_on: CivilDate,
    reason: &Words,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "order.discharge", (RecordKind::Order, subject), |in_hand| {
        check_has_come(in_hand, discharged_on, "/discharged_on")?;
        let known = &held_in_case(&in_hand.case.records.orders, subject)?.record;
        if known.discharged_on.is_some() {
            return Err(Refusal::new(RefusalCode::WrongState, "the order was discharged already"));
        }
        if discharged_on < known.made_on || known.ends_on.is_some_and(|ends| ends < discharged_on) {
            let detail = "an order is discharged while it is in force";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/discharged_on"));
        }
        let claimed = [("discharged_on", json!(discharged_on)), ("discharge_reason", json!(reason))];
        Ok(vec![Draft::claim(RecordKind::Order, subject.clone(), claimed, Basis::Read(read))])
    })
}
