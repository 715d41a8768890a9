//! Records that contradict themselves: `inconsistent_dates` of the records feed, version 1, and merges of a record into itself.
//!
//! Equal dates and times are accepted. The fault points at the member that should be the later,
//! or the greater, of the two.

use super::fault::{Fault, FaultCode};
use super::fields::Reading;
use crate::domain::address::Address;
use crate::domain::merge::Merge;
use crate::domain::officer::{Absence, Officer, Shift};
use crate::domain::reactive_management::ReactiveManagement;
use crate::domain::risk_management_plan::{TimeWindow, VisitInterval, VisitRequirement, VisitStep};

/// Refuses `later` below `earlier`; an empty end contradicts nothing.
fn in_order<T: PartialOrd>((low, earlier): (&str, T), (high, later): (&str, impl Into<Option<T>>)) -> Reading<()> {
    if later.into().is_some_and(|later| later < earlier) {
        let detail = format!("must not be before or below {low}; correct whichever is wrong");
        return Err(Fault::here(FaultCode::InconsistentDates, detail).under(high));
    }
    Ok(())
}

pub(super) fn officer(officer: &Officer) -> Reading<()> {
    in_order(("in_post_from", officer.in_post_from), ("in_post_until", officer.in_post_until))
}

pub(super) fn absence(absence: &Absence) -> Reading<()> {
    in_order(("from", absence.from), ("until", absence.until))
}

pub(super) fn shift(shift: &Shift) -> Reading<()> {
    in_order(("start", shift.start), ("end", shift.end))
}

pub(super) fn time_window(window: &TimeWindow) -> Reading<()> {
    in_order(("from", window.from), ("until", window.until))
}

pub(super) fn address(address: &Address) -> Reading<()> {
    in_order(("resident_from", address.resident_from), ("resident_until", address.resident_until))
}

pub(super) fn reactive_management(spell: &ReactiveManagement) -> Reading<()> {
    in_order(("entered_on", spell.entered_on), ("left_on", spell.left_on))
}

/// A record is not merged into itself.
pub(super) fn merge(merge: &Merge) -> Reading<()> {
    if merge.kept_ref == merge.merged_ref {
        let detail = "must be another record than kept_ref; correct whichever is wrong";
        return Err(Fault::here(FaultCode::MergedIntoItself, detail).under("merged_ref"));
    }
    Ok(())
}

pub(super) fn visit_requirement(requirement: &VisitRequirement) -> Reading<()> {
    visit_interval(requirement.interval)
}

pub(super) fn visit_step(step: &VisitStep) -> Reading<()> {
    visit_interval(step.interval)
}

fn visit_interval(interval: VisitInterval) -> Reading<()> {
    let ideal = ("interval_days", interval.interval_days);
    in_order(("earliest_after_days", interval.earliest_after_days), ideal)?;
    in_order(ideal, ("latest_after_days", interval.latest_after_days))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fault::FaultCode;
    use super::super::read::read_record;
    use crate::domain::record::RecordKind;

    fn officer(name: &str, value: &Value) -> Value {
        let mut data = json!({"name": "A", "role": "supervisor", "team_ref": null, "in_post_from": "2021-01-02"});
        data[name] = value.clone();
        data
    }

    fn address(until: &str) -> Value {
        json!({"offender_ref": "O", "kind": "main", "lines": ["1 Road"], "resident_from": "2021-01-02",
            "resident_until": until})
    }

    fn plan(interval: [u32; 3], step: [u32; 3], window: [&str; 2]) -> Value {
        json!({"offender_ref": "O", "effective_from": "2021-01-01", "review_on": "2021-01-01", "actions": [],
            "visit_requirement": {
                "earliest_after_days": interval[0], "interval_days": interval[1], "latest_after_days": interval[2],
                "duration_minutes": 30, "crew": 2, "unannounced": true, "required_skills": [],
                "time_windows": [{"weekdays": ["mon"], "from": window[0], "until": window[1]}],
                "steps": [{"until": "2021-02-01", "earliest_after_days": step[0], "interval_days": step[1],
                    "latest_after_days": step[2]}]}})
    }

    #[test]
    fn a_record_is_not_merged_into_itself() {
        let merge = |merged: &str| {
            let data = json!({"kept_ref": "O", "merged_ref": merged, "merged_on": "2021-01-01", "reason": "", "undone": false});
            read_record(RecordKind::Merge, data)
        };
        assert!(merge("P").is_ok());
        let fault = merge("O").unwrap_err();
        assert_eq!((fault.code, fault.pointer.as_str()), (FaultCode::MergedIntoItself, "/data/merged_ref"));
    }

    #[test]
    fn a_record_that_contradicts_itself_is_refused_at_the_later_member() {
        use RecordKind::{Address, Officer, ReactiveManagement, RiskManagementPlan};
        let shift = |end: &str| officer("shifts", &json!([{"weekday": "mon", "start": "09:00", "end": end}]));
        let absence =
            |until: &str| officer("absences", &json!([{"from": "2021-01-02", "until": until, "reason": "leave"}]));
        let spell = |left: &str| json!({"entered_on": "2021-01-02", "left_on": left});
        let same = [7, 7, 7];
        let requirement = "/data/visit_requirement";
        for (kind, data, pointer) in [
            (Officer, officer("in_post_until", &json!("2021-01-01")), Some("/data/in_post_until".to_owned())),
            (Officer, officer("in_post_until", &json!("2021-01-02")), None),
            (Officer, shift("08:59"), Some("/data/shifts/0/end".to_owned())),
            (Officer, shift("09:00"), None),
            (Officer, absence("2021-01-01"), Some("/data/absences/0/until".to_owned())),
            (Officer, absence("2021-01-02"), None),
            (Address, address("2021-01-01"), Some("/data/resident_until".to_owned())),
            (Address, address("2021-01-02"), None),
            (ReactiveManagement, spell("2021-01-01"), Some("/data/left_on".to_owned())),
            (ReactiveManagement, spell("2021-01-02"), None),
            (RiskManagementPlan, plan(same, same, ["10:00", "10:00"]), None),
            (
                RiskManagementPlan,
                plan([8, 7, 9], same, ["10:00", "11:00"]),
                Some(format!("{requirement}/interval_days")),
            ),
            (
                RiskManagementPlan,
                plan([6, 7, 6], same, ["10:00", "11:00"]),
                Some(format!("{requirement}/latest_after_days")),
            ),
            (
                RiskManagementPlan,
                plan(same, [8, 7, 9], ["10:00", "11:00"]),
                Some(format!("{requirement}/steps/0/interval_days")),
            ),
            (
                RiskManagementPlan,
                plan(same, [6, 7, 6], ["10:00", "11:00"]),
                Some(format!("{requirement}/steps/0/latest_after_days")),
            ),
            (
                RiskManagementPlan,
                plan(same, same, ["10:00", "09:59"]),
                Some(format!("{requirement}/time_windows/0/until")),
            ),
        ] {
            let fault = read_record(kind, data.clone()).err();
            assert_eq!(fault.as_ref().map(|fault| fault.pointer.clone()), pointer, "{data}");
            assert!(fault.is_none_or(|fault| fault.code == FaultCode::InconsistentDates), "{data}");
        }
    }
}
