//! Whether a breach has a live crime report, and by when it needs one.
//!
//! Every breach gets a crime record (HMICFRS, Dorset 2021), within 24 ⚙ hours (national crime recording rules `[M]`).

use chrono::TimeDelta;

use super::breach::{Breach, BreachDecision, BreachDecisionKind};
use super::calendar::Instant;
use super::case_file::ForceFile;
use super::crime_report::{CrimeReport, CrimeReportState};
use super::moment::Moment;
use super::officer::OfficerRole;
use super::policy::Policy;
use super::reference::Ref;

/// The instant after which a breach without a crime report is late.
#[must_use]
pub fn crime_report_due_at(breach: &Breach, policy: &Policy) -> Instant {
    let hours = TimeDelta::hours(i64::from(policy.breach_crime_hours));
    breach.discovered_at.checked_add_signed(hours).unwrap_or(Instant::MAX_UTC)
}

/// The live crime report of a breach: recorded, the breach's own or one that names it, and its number called
/// cancelled by nobody.
#[must_use]
pub fn live_crime_report<'a>(
    (subject, breach): (&Ref, &'a Breach),
    reports: &'a [CrimeReport],
    at: Moment,
) -> Option<&'a Ref> {
    let own = breach.crime.as_ref();
    let is_cancelled = |number: &Ref| {
        let here = own.is_some_and(|crime| crime.cancellation.is_some() && crime.reference == *number);
        here || reports.iter().any(|report| report.state == CrimeReportState::Cancelled && report.reference == *number)
    };
    let own = own.filter(|crime| at.has_happened(crime.recorded_at)).map(|crime| &crime.reference);
    let of_others = reports
        .iter()
        .filter(|report| report.state == CrimeReportState::Recorded)
        .filter(|report| report.breach_ref.as_ref() == Some(subject) && at.has_happened(report.recorded_at))
        .map(|report| &report.reference);
    own.into_iter().chain(of_others).find(|number| !is_cancelled(number))
}

/// The decision, once it has been taken.
#[must_use]
pub fn decision_taken(breach: &Breach, at: Moment) -> Option<&BreachDecision> {
    breach.decision.as_ref().filter(|decision| at.has_happened(decision.decided_at))
}

/// True once a supervisor or a detective inspector, in post or not, decided with a rationale that there was no crime.
#[must_use]
pub fn is_decided_no_crime(breach: &Breach, force: &ForceFile, at: Moment) -> bool {
    decision_taken(breach, at).is_some_and(|decision| {
        let decider = force.officers.get(&decision.decided_by).map(|officer| officer.role);
        decision.kind == BreachDecisionKind::NoCrime
            && decision.has_rationale()
            && matches!(decider, Some(OfficerRole::Supervisor | OfficerRole::DetectiveInspector))
    })
}
