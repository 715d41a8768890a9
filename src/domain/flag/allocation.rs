//! Cases that nobody manages. In the inspected force more than 100 were parked with a supervisor
//! after officers left, and changes to their records went unseen (HMICFRS, Dorset 2021).

use serde_json::json;

use super::{Case, Finding};
use crate::domain::allocation_gap::{self, Gap};
use crate::domain::calendar::london_date;

/// The gap in the case's allocation.
fn gap(case: Case<'_>) -> Option<Gap> {
    allocation_gap::gap(case.file, case.force, case.at, case.policy)
}

/// Managed, and no current allocation to an offender manager in post on D and not on long absence.
pub(super) fn unallocated(case: Case<'_>) -> Option<Finding> {
    let Gap { reason, since } = gap(case)?;
    let holder = case.file.current_allocation(case.at).and_then(|allocation| allocation.officer_ref.as_ref());
    Some(Finding { reason: Some(reason), evidence: json!({ "unallocated_since": since, "holder_ref": holder }) })
}

/// Unallocated, and intelligence was received or a breach discovered on or after the day the case
/// became so.
pub(super) fn record_changed_while_unallocated(case: Case<'_>) -> Option<Finding> {
    let Gap { reason, since } = gap(case)?;
    let records = &case.file.records;
    let happened_since = |at| case.at.has_happened(at) && london_date(at) >= since;
    let intelligence: Vec<_> = records
        .intelligence
        .iter()
        .filter(|held| happened_since(held.record.received_at))
        .map(|held| &held.subject)
        .collect();
    let breaches: Vec<_> = case
        .file
        .confirmed_breaches()
        .filter(|held| happened_since(held.record.discovered_at))
        .map(|held| &held.subject)
        .collect();
    (!intelligence.is_empty() || !breaches.is_empty()).then(|| Finding {
        reason: Some(reason),
        evidence: json!({ "unallocated_since": since, "intelligence": intelligence, "breaches": breaches }),
    })
}
