//! Breaches without a crime report, or without a decision and its reason; and suspected ones that nobody decided.
//!
//! Every breach gets a crime record, an investigative step and a recorded rationale if no further
//! action is taken (HMICFRS, Dorset 2021).

use chrono::TimeDelta;
use serde_json::json;

use super::{Case, Finding};
use crate::domain::breach::{Breach, BreachDecision};
use crate::domain::breach_crime::{crime_report_due_at, decision_taken, is_decided_no_crime, live_crime_report};
use crate::domain::calendar::{london_date, plus_days};
use crate::domain::record::Held;

/// The breach of a managed offender has no live crime report, more than 24 hours have passed since
/// it was discovered, and no supervisor or detective inspector decided, with a rationale, that
/// there was no crime.
pub(super) fn without_crime_report(case: Case<'_>, breach: &Held<Breach>) -> Option<Finding> {
    let due = crime_report_due_at(&breach.record, case.policy);
    (case.file.is_managed(case.at)
        && case.at.now() > due
        && live_crime_report((&breach.subject, &breach.record), &case.force.crime_reports, case.at).is_none()
        && !is_decided_no_crime(&breach.record, case.force, case.at))
    .then(|| Finding::of(json!({ "discovered_at": breach.record.discovered_at, "crime_report_due_at": due })))
}

/// The breach of a managed offender has no decision, or a blank rationale, more than 7 days after
/// it was discovered.
pub(super) fn without_decision(case: Case<'_>, breach: &Held<Breach>) -> Option<Finding> {
    let due = plus_days(london_date(breach.record.discovered_at), case.policy.breach_decision_days);
    let decided = decision_taken(&breach.record, case.at).is_some_and(BreachDecision::has_rationale);
    (case.file.is_managed(case.at) && case.at.is_overdue(due) && !decided)
        .then(|| Finding::of(json!({ "discovered_at": breach.record.discovered_at, "decision_due_on": due })))
}

/// A breach of a managed offender is still only suspected, more than 24 hours after the suspicion.
pub(super) fn undecided(case: Case<'_>, breach: &Held<Breach>) -> Option<Finding> {
    let hours = TimeDelta::hours(i64::from(case.policy.suspected_breach_hours));
    let due = breach.record.discovered_at.checked_add_signed(hours)?;
    let lapse = &breach.record.casework.suspicion;
    (case.file.is_managed(case.at) && case.at.now() > due).then(|| {
        Finding::of(json!({ "suspected_at": breach.record.discovered_at, "decision_due_at": due, "lapse": lapse }))
    })
}
