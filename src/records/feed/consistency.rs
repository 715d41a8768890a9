//! Events that contradict themselves, beyond what the schema can say: `inconsistent_dates`.
//! Equal times are accepted; an overnight spell is sent as two.

use super::fault::{Fault, FaultCode};
use crate::domain::record::Record;
use crate::domain::risk_management_plan::VisitInterval;

/// Refuses a record that contradicts itself.
///
/// # Errors
/// The first contradiction, at the member that ends before another begins.
pub fn check(record: &Record) -> Result<(), Fault> {
    match record {
        Record::ReactiveManagement(spell) => in_order(Some(spell.entered_on), spell.left_on, || "/data/left_on".into()),
        Record::Address(address) => {
            in_order(Some(address.resident_from), address.resident_until, || "/data/resident_until".into())
        }
        Record::Officer(officer) => {
            in_order(Some(officer.in_post_from), officer.in_post_until, || "/data/in_post_until".into())?;
            for (index, absence) in officer.absences.iter().enumerate() {
                in_order(Some(absence.from), Some(absence.until), || format!("/data/absences/{index}/until"))?;
            }
            for (index, shift) in officer.shifts.iter().enumerate() {
                in_order(Some(shift.start), Some(shift.end), || format!("/data/shifts/{index}/end"))?;
            }
            Ok(())
        }
        Record::RiskManagementPlan(plan) => {
            let Some(requirement) = &plan.visit_requirement else { return Ok(()) };
            interval(requirement.interval, "/data/visit_requirement")?;
            for (index, step) in requirement.steps.iter().enumerate() {
                interval(step.interval, &format!("/data/visit_requirement/steps/{index}"))?;
            }
            for (index, window) in requirement.time_windows.iter().enumerate() {
                in_order(Some(window.from), Some(window.until), || {
                    format!("/data/visit_requirement/time_windows/{index}/until")
                })?;
            }
            Ok(())
        }
        Record::Team(_)
        | Record::Neighbourhood(_)
        | Record::Offender(_)
        | Record::Order(_)
        | Record::Allocation(_)
        | Record::ArmsAssessment(_)
        | Record::ProgrammedVisits(_)
        | Record::Visit(_)
        | Record::Notification(_)
        | Record::Intelligence(_)
        | Record::Breach(_)
        | Record::CrimeReport(_) => Ok(()),
    }
}

fn interval(interval: VisitInterval, pointer: &str) -> Result<(), Fault> {
    let VisitInterval { interval_days, earliest_after_days, latest_after_days } = interval;
    in_order(Some(earliest_after_days), Some(interval_days), || format!("{pointer}/earliest_after_days"))?;
    in_order(Some(interval_days), Some(latest_after_days), || format!("{pointer}/latest_after_days"))
}

fn in_order<T: PartialOrd>(first: Option<T>, second: Option<T>, pointer: impl Fn() -> String) -> Result<(), Fault> {
    match (first, second) {
        (Some(first), Some(second)) if second < first => {
            let detail = "ends before it begins, or is out of order with the member it belongs to";
            Err(Fault::new(FaultCode::InconsistentDates, pointer(), detail))
        }
        (_, _) => Ok(()),
    }
}
