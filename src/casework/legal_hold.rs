//! Placing a legal hold on a case, and releasing it: two detective inspectors.

use serde_json::json;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::record_act::{in_case, new_reference, on_record};
use crate::domain::legal_hold::{HoldGround, LegalHold};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

fn inspector<'a>(in_hand: &'a CaseInHand<'_>) -> Result<&'a Ref, Refusal> {
    in_hand.acting_inspector("a legal hold is a detective inspector's to place and to release")
}

/// Places a hold on a case. It may have several, each for its own reason.
///
/// # Errors
/// See [`ActError`].
pub fn place(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    (ground, reason): (HoldGround, Words),
) -> Result<Written, ActError> {
    on_case(store, acting, "legal_hold.place", offender, |in_hand| {
        let hold = LegalHold {
            offender_ref: offender.clone(),
            ground,
            reason,
            placed_by: inspector(in_hand)?.clone(),
            placed_at: in_hand.at.now(),
            release: None,
        };
        Ok(vec![Draft::new(new_reference("hold")?, hold)])
    })
}

/// Releases a hold: another detective inspector than the one who placed it.
///
/// # Errors
/// See [`ActError`].
pub fn release(
    store: &Store,
    acting: &Acting<'_>,
    hold: &Ref,
    reason: Words,
    read: RecordTag,
) -> Result<Written, ActError> {
    let kind = RecordKind::LegalHold;
    on_record(store, acting, "legal_hold.release", (kind, hold), |in_hand| {
        let placed = in_case(&in_hand.case.records.legal_holds, hold)?;
        let release = placed.released(inspector(in_hand)?, in_hand.at.now(), reason)?;
        Ok(vec![Draft::claim(kind, hold.clone(), [("release", json!(release))], Basis::Read(read))])
    })
}
