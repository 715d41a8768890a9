//! Reactive management: who is in it without meeting the criteria, whose review is due, who might
//! be considered. In the inspected force people were in it who were not eligible, and a breach
//! prompted no review (HMICFRS, Dorset 2021).

use serde_json::json;

use super::criteria::{Outcome, criteria};
use super::{Case, Finding};
use crate::domain::calendar::{london_date, plus_months};
use crate::domain::reactive_suspension::{Suspension, suspended};

/// Reactive, and a criterion fails or is unknown.
pub(super) fn reactive_ineligible(case: Case<'_>) -> Option<Finding> {
    case.file.reactive_spell(case.at)?;
    let unmet: Vec<_> = criteria(case).into_iter().filter(|result| result.outcome != Outcome::Pass).collect();
    (!unmet.is_empty()).then(|| Finding::of(json!({ "criteria": unmet })))
}

/// Reactive, and the yearly review is overdue, or since the last one (strictly after its day) a
/// breach was discovered, risk-relevant intelligence received, an order made or a new address
/// taken up. Here a breach counts whatever was decided.
pub(super) fn reactive_review_due(case: Case<'_>) -> Option<Finding> {
    let spell = case.file.reactive_spell(case.at)?;
    let reviewed = spell.last_reviewed_on.filter(|day| case.at.has_come(*day)).unwrap_or(spell.entered_on);
    let due = plus_months(reviewed, case.policy.reactive_review_months);
    let records = &case.file.records;
    let since = |at| case.at.has_happened(at) && london_date(at) > reviewed;
    let mut causes = Vec::new();
    if case.at.is_overdue(due) {
        causes.push("yearly_review");
    }
    if case.file.confirmed_breaches().any(|held| since(held.record.discovered_at)) {
        causes.push("breach");
    }
    if records.intelligence.iter().any(|held| held.record.risk_relevant && since(held.record.received_at)) {
        causes.push("intelligence");
    }
    if records.orders.iter().any(|held| case.at.has_come(held.record.made_on) && held.record.made_on > reviewed) {
        causes.push("order");
    }
    if case.file.current_address(case.at).is_some_and(|held| held.record.resident_from > reviewed) {
        causes.push("new_address");
    }
    let first = *causes.first()?;
    Some(Finding {
        reason: Some(first),
        evidence: json!({ "last_reviewed_on": reviewed, "due_on": due, "causes": causes }),
    })
}

/// Reactive management is suspended, and the last day for an inspector's decision has passed.
pub(super) fn suspension_undecided(case: Case<'_>) -> Option<Finding> {
    let suspension = suspended(case.file, case.at, case.policy).filter(|suspension| suspension.overdue)?;
    let Suspension { since, decide_by, triggers, .. } = suspension;
    Some(Finding::of(json!({ "suspended_since": since, "decision_due_on": decide_by, "triggers": triggers })))
}

/// In the community, not reactive, and every criterion but the approval passes.
pub(super) fn reactive_candidate(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_in_community(case.at) || case.file.reactive_spell(case.at).is_some() {
        return None;
    }
    let results = criteria(case);
    results.iter().all(|result| result.outcome == Outcome::Pass).then(|| Finding::of(json!({ "criteria": results })))
}
