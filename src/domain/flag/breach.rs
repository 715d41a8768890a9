//! Breaches without a crime report, or without a decision and its reason.
//!
//! Every breach gets a crime record, an investigative step and a recorded rationale if no further
//! action is taken (HMICFRS, Dorset 2021).

use chrono::TimeDelta;
use serde_json::json;

use super::{Case, Finding};
use crate::domain::breach::{Breach, BreachDecision, BreachDecisionKind};
use crate::domain::calendar::{london_date, plus_days};
use crate::domain::crime_report::CrimeReportState;
use crate::domain::officer::OfficerRole;
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// The breach of a managed offender has no live crime report, more than 24 hours have passed since
/// it was discovered, and no supervisor or detective inspector decided, with a rationale, that
/// there was no crime.
pub(super) fn without_crime_report(case: Case<'_>, breach: &Held<Breach>) -> Option<Finding> {
    let due =
        breach.record.discovered_at.checked_add_signed(TimeDelta::hours(i64::from(case.policy.breach_crime_hours)))?;
    (case.file.is_managed(case.at)
        && case.at.now() > due
        && !has_live_crime_report(case, breach)
        && !is_decided_no_crime(case, &breach.record))
    .then(|| Finding::of(json!({ "discovered_at": breach.record.discovered_at, "crime_report_due_at": due })))
}

/// The breach of a managed offender has no decision, or a blank rationale, more than 7 days after
/// it was discovered.
pub(super) fn without_decision(case: Case<'_>, breach: &Held<Breach>) -> Option<Finding> {
    let due = plus_days(london_date(breach.record.discovered_at), case.policy.breach_decision_days);
    let decided = decision(case, &breach.record).is_some_and(BreachDecision::has_rationale);
    (case.file.is_managed(case.at) && case.at.is_overdue(due) && !decided)
        .then(|| Finding::of(json!({ "discovered_at": breach.record.discovered_at, "decision_due_on": due })))
}

/// A crime report is live when it has been recorded, is the breach's own or names the breach, and
/// no crime report calls its number cancelled.
fn has_live_crime_report(case: Case<'_>, breach: &Held<Breach>) -> bool {
    let reports = &case.force.crime_reports;
    let is_cancelled = |number: &Ref| {
        reports.iter().any(|report| report.state == CrimeReportState::Cancelled && report.reference == *number)
    };
    let own = breach
        .record
        .crime
        .as_ref()
        .is_some_and(|crime| case.at.has_happened(crime.recorded_at) && !is_cancelled(&crime.reference));
    own || reports.iter().any(|report| {
        report.state == CrimeReportState::Recorded
            && report.breach_ref.as_ref() == Some(&breach.subject)
            && case.at.has_happened(report.recorded_at)
            && !is_cancelled(&report.reference)
    })
}

fn is_decided_no_crime(case: Case<'_>, breach: &Breach) -> bool {
    decision(case, breach).is_some_and(|decision| {
        let decider = case.force.officers.get(&decision.decided_by).map(|officer| officer.role);
        decision.kind == BreachDecisionKind::NoCrime
            && decision.has_rationale()
            && matches!(decider, Some(OfficerRole::Supervisor | OfficerRole::DetectiveInspector))
    })
}

/// The decision, once it has been taken.
fn decision<'a>(case: Case<'_>, breach: &'a Breach) -> Option<&'a BreachDecision> {
    breach.decision.as_ref().filter(|decision| case.at.has_happened(decision.decided_at))
}
