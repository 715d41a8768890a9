//! Handing a case over: the new manager does the items, says that all is done, and the supervisor checks it.

use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::handover::{Handover, HandoverCheck, HandoverStep};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters items of a handover that its receiver has done.
///
/// # Errors
/// See [`ActError`].
pub fn enter_steps(
    store: &Store,
    acting: &Acting<'_>,
    handover: &Ref,
    steps: Vec<HandoverStep>,
    read: RecordTag,
) -> Result<Written, ActError> {
    change(store, acting, "handover.enter", handover, read, |handover, in_hand| {
        handover.with_steps(steps, in_hand.acting_officer()?.0, in_hand.at.today())
    })
}

/// Its receiver says that all is done.
///
/// # Errors
/// See [`ActError`].
pub fn complete(store: &Store, acting: &Acting<'_>, handover: &Ref, read: RecordTag) -> Result<Written, ActError> {
    change(store, acting, "handover.complete", handover, read, |handover, in_hand| {
        handover.completed(in_hand.acting_officer()?.0, in_hand.at.today())
    })
}

/// What a supervisor finds.
#[derive(Debug, Clone)]
pub struct Checking {
    /// Whether the handover stands.
    pub accepted: bool,
    /// What was found.
    pub finding: Words,
}

/// A supervisor checks a handover: it stands, or is open again.
///
/// # Errors
/// See [`ActError`].
pub fn check(
    store: &Store,
    acting: &Acting<'_>,
    handover: &Ref,
    checking: Checking,
    read: RecordTag,
) -> Result<Written, ActError> {
    change(store, acting, "handover.check", handover, read, |handover, in_hand| {
        let (officer_ref, officer) = in_hand.acting_officer()?;
        if !officer.role.supervises() {
            let detail = "a handover is checked by a supervisor or detective inspector in post";
            return Err(Refusal::new(RefusalCode::NotQualified, detail));
        }
        handover.checked(HandoverCheck {
            checked_by: officer_ref.clone(),
            checked_on: in_hand.at.today(),
            accepted: checking.accepted,
            finding: checking.finding.into(),
        })
    })
}

fn change(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    handover: &Ref,
    read: RecordTag,
    decide: impl FnOnce(Handover, &CaseInHand<'_>) -> Result<Handover, Refusal>,
) -> Result<Written, ActError> {
    on_record(store, acting, act, (RecordKind::Handover, handover), |in_hand| {
        let changed = decide(in_case(&in_hand.case.records.handovers, handover)?.clone(), in_hand)?;
        Ok(vec![Draft::whole(handover.clone(), changed, Basis::Read(read))])
    })
}
