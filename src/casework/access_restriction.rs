//! Deciding who may see a limited-access case.

use std::collections::BTreeSet;

use serde_json::json;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use crate::domain::access_restriction::AccessRestriction;
use crate::domain::officer::OfficerRole;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What a detective inspector decides.
#[derive(Debug, Clone)]
pub struct Restricting {
    /// The officers who alone may see the case; everybody in scope, where it is empty.
    pub restricted_to: BTreeSet<Ref>,
    /// The officers who may not.
    pub excluded: BTreeSet<Ref>,
    /// Why.
    pub reason: Words,
    /// The version of the restriction that was read, where there is one.
    pub read: Option<RecordTag>,
}

/// Decides who may see a case: of each record merged into it that has a restriction, too. Somebody must be left who manages it and somebody who supervises it: the present
/// manager, and a detective inspector in post `[I]`.
///
/// # Errors
/// See [`ActError`].
pub fn restrict(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    restricting: Restricting,
) -> Result<Written, ActError> {
    let basis = restricting.read.map_or(Basis::New, Basis::Read);
    on_case(store, acting, "access_restriction.decide", offender, |in_hand| {
        let (decided_by, _) = in_hand.acting_officer()?;
        let restriction = AccessRestriction {
            offender_ref: offender.clone(),
            restricted_to: restricting.restricted_to,
            excluded: restricting.excluded,
            reason: restricting.reason.into(),
            decided_by: decided_by.clone(),
        };
        leaves_somebody(in_hand, &restriction)?;
        let merged = in_hand.case.records.access_of_merged.iter();
        let of_merged: Vec<Draft> = merged.map(|merged| as_decided(&merged.offender_ref, &restriction)).collect();
        Ok([Draft::whole(offender.clone(), restriction, basis)].into_iter().chain(of_merged).collect())
    })
}

/// The same decision on a record that was merged into the case's.
fn as_decided(merged: &Ref, decided: &AccessRestriction) -> Draft {
    let AccessRestriction { restricted_to, excluded, reason, decided_by, .. } = decided;
    let claimed = [
        ("restricted_to", json!(restricted_to)),
        ("excluded", json!(excluded)),
        ("reason", json!(reason)),
        ("decided_by", json!(decided_by)),
    ];
    Draft::claim(RecordKind::AccessRestriction, merged.clone(), claimed, Basis::Loaded)
}

fn leaves_somebody(in_hand: &CaseInHand<'_>, restriction: &AccessRestriction) -> Result<(), Refusal> {
    let refused = |detail: &str, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
    let mut inspectors = in_hand.force.officers.iter().filter(|(_, officer)| {
        officer.role == OfficerRole::DetectiveInspector && officer.is_in_post(in_hand.at.today())
    });
    if !inspectors.any(|(inspector, _)| restriction.admits(Some(inspector))) {
        return refused("no detective inspector in post could see the case; admit one", "/restricted_to");
    }
    let manager = in_hand.case.current_allocation(in_hand.at).and_then(|allocation| allocation.officer_ref.as_ref());
    if manager.is_some_and(|manager| !restriction.admits(Some(manager))) {
        return refused(
            "the case's manager could not see it; admit them, or reallocate the case first",
            "/restricted_to",
        );
    }
    Ok(())
}
