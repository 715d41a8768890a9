//! Cases that nobody manages. In the inspected force more than 100 were parked with a supervisor
//! after officers left, and changes to their records went unseen (HMICFRS, Dorset 2021).

use serde_json::json;

use super::{Case, Finding};
use crate::domain::calendar::{CivilDate, london_date, plus_days};
use crate::domain::officer::OfficerRole;

/// Why a case is unallocated, and since when.
struct Gap {
    reason: &'static str,
    since: CivilDate,
}

/// The gap in a managed offender's allocation on D, by the first reason that applies.
fn gap(case: Case<'_>) -> Option<Gap> {
    if !case.file.is_managed(case.at) {
        return None;
    }
    let today = case.at.today();
    let Some(allocation) = case.file.current_allocation(case.at) else {
        return Some(Gap { reason: "never_allocated", since: case.file.offender.status_since });
    };
    let from = allocation.from;
    let Some(officer_ref) = &allocation.officer_ref else {
        return Some(Gap { reason: "never_allocated", since: from });
    };
    let Some(officer) = case.force.officers.get(officer_ref) else {
        return Some(Gap { reason: "manager_unknown", since: from });
    };
    if officer.role != OfficerRole::OffenderManager {
        return Some(Gap { reason: "held_by_supervisor", since: from });
    }
    if let Some(until) = officer.in_post_until.filter(|until| *until < today) {
        return Some(Gap { reason: "manager_left", since: from.max(plus_days(until, 1)) });
    }
    if officer.in_post_from > today {
        return Some(Gap { reason: "manager_not_yet_in_post", since: from });
    }
    officer
        .long_absence_since(today, case.policy.long_absence_days)
        .map(|absent_from| Gap { reason: "manager_absent", since: from.max(absent_from) })
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
