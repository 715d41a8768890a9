//! Which members of a record are personal data, and how they are set apart from the rest.
//!
//! Names, addresses, dates of birth, identifiers and free text are kept in a column of their own, so
//! that they can be encrypted under a key per person without touching the history around them.

use serde_json::{Map, Value};

use super::record::{Record, RecordKind};
use super::reference::Ref;

/// The members that are personal data, at whatever depth they stand in a record of that kind.
#[must_use]
pub const fn personal_members(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::Officer => &["name"],
        RecordKind::Offender => &[
            "given_name",
            "family_name",
            "aliases",
            "alias_details",
            "date_of_birth",
            "external_refs",
            "warning_markers",
            "status_reason",
        ],
        RecordKind::Address => &["lines", "postcode", "latitude", "longitude"],
        RecordKind::Order => &["conditions", "checkable_conditions", "discharge_reason"],
        RecordKind::ArmsAssessment => &["rationale", "reason"],
        RecordKind::RiskManagementPlan => &[
            "contingency",
            "description",
            "pillars",
            "licence_conditions",
            "interval_reason",
            "single_crew_risk_assessment",
            "evidence",
            "reason",
        ],
        RecordKind::Visit => &[
            "summary",
            "observations",
            "risk_factors",
            "protective_factors",
            "present",
            "devices_seen",
            "condition",
            "note",
            "next_steps",
            "reason",
        ],
        RecordKind::Intelligence => &["summary", "children"],
        RecordKind::Notification => &["detail", "periodic_date_reason"],
        RecordKind::OtherAssessment => &["rationale", "why_not_arms", "reason"],
        RecordKind::Circumstance => &["description", "identifiers", "partner", "children"],
        RecordKind::Handover => &["note", "finding"],
        RecordKind::Post => &["title"],
        RecordKind::Breach => &["summary", "rationale", "reason", "children"],
        RecordKind::CrimeReport => &["reason"],
        RecordKind::Merge => &["reason", "undone_reason"],
        RecordKind::ReactiveManagement => &["rationale"],
        RecordKind::AccessRestriction | RecordKind::LegalHold => &["reason"],
        RecordKind::Allocation => &["reason"],
        RecordKind::DipSampleGrade => &["findings"],
        RecordKind::ReactivePlacement => &["rationale", "reason"],
        RecordKind::ReactiveReview => &["reason", "checks"],
        RecordKind::ReactiveDecision => &["reason"],
        RecordKind::Arrest => &["detail"],
        RecordKind::SafeguardingReferral => &["children", "recipient", "reference", "text"],
        RecordKind::SafeguardingDecision => &["children", "reason"],
        RecordKind::DisclosureDecision => &["to", "reason"],
        RecordKind::Disposal => &["reason"],
        RecordKind::NotifiableChange => &["detail", "notification_reason", "periodic_date_reason"],
        RecordKind::ForeignTravel => &["late_notice_excuse", "return_point"],
        RecordKind::Team
        | RecordKind::Neighbourhood
        | RecordKind::ProgrammedVisits
        | RecordKind::DipSample
        | RecordKind::VisitAttendance => &[],
    }
}

/// The offender a record is about, where it is about one.
#[must_use]
pub fn offender_of<'a>(subject: &'a Ref, record: &'a Record) -> Option<&'a Ref> {
    match record {
        Record::Offender(_) | Record::Allocation(_) | Record::ProgrammedVisits(_) | Record::ReactiveManagement(_) => {
            Some(subject)
        }
        Record::Address(record) => Some(&record.offender_ref),
        Record::Order(record) => Some(&record.offender_ref),
        Record::ArmsAssessment(record) => Some(&record.offender_ref),
        Record::RiskManagementPlan(record) => Some(&record.offender_ref),
        Record::Visit(record) => Some(&record.offender_ref),
        Record::Notification(record) => Some(&record.offender_ref),
        Record::Intelligence(record) => Some(&record.offender_ref),
        Record::Breach(record) => Some(&record.offender_ref),
        Record::AccessRestriction(record) => Some(&record.offender_ref),
        Record::Circumstance(record) => Some(&record.offender_ref),
        Record::Handover(record) => Some(&record.offender_ref),
        Record::DipSampleGrade(record) => Some(&record.offender_ref),
        Record::ReactivePlacement(record) => Some(&record.offender_ref),
        Record::ReactiveReview(record) => Some(&record.offender_ref),
        Record::ReactiveDecision(record) => Some(&record.offender_ref),
        Record::Arrest(record) => Some(&record.offender_ref),
        Record::SafeguardingReferral(record) => Some(&record.offender_ref),
        Record::SafeguardingDecision(record) => Some(&record.offender_ref),
        Record::DisclosureDecision(record) => Some(&record.offender_ref),
        Record::Disposal(record) => Some(&record.offender_ref),
        Record::NotifiableChange(record) => Some(&record.offender_ref),
        Record::ForeignTravel(record) => Some(&record.offender_ref),
        Record::OtherAssessment(record) => Some(&record.offender_ref),
        Record::VisitAttendance(record) => Some(&record.offender_ref),
        Record::LegalHold(record) => Some(&record.offender_ref),
        Record::Merge(record) => Some(&record.kept_ref),
        Record::CrimeReport(record) => record.offender_ref.as_ref(),
        Record::Team(_) | Record::Neighbourhood(_) | Record::Officer(_) | Record::DipSample(_) | Record::Post(_) => {
            None
        }
    }
}

/// Takes the personal members out of a record's JSON and gives them back in the same shape.
/// Nothing when there are none.
pub fn set_apart(kind: RecordKind, record: &mut Value) -> Option<Value> {
    take(personal_members(kind), record)
}

fn take(members: &[&str], value: &mut Value) -> Option<Value> {
    match value {
        Value::Object(object) => {
            let mut apart = Map::new();
            for member in members {
                if let Some(personal) = object.remove(*member) {
                    apart.insert((*member).to_owned(), personal);
                }
            }
            for (name, nested) in object.iter_mut() {
                if let Some(personal) = take(members, nested) {
                    apart.insert(name.clone(), personal);
                }
            }
            (!apart.is_empty()).then_some(Value::Object(apart))
        }
        Value::Array(items) => {
            let apart: Vec<Option<Value>> = items.iter_mut().map(|item| take(members, item)).collect();
            apart
                .iter()
                .any(Option::is_some)
                .then(|| Value::Array(apart.into_iter().map(Option::unwrap_or_default).collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Puts back what [`set_apart`] took out.
pub fn bring_together(record: &mut Value, apart: Value) {
    match (record, apart) {
        (Value::Object(object), Value::Object(apart)) => {
            for (name, personal) in apart {
                match object.get_mut(&name) {
                    Some(nested) => bring_together(nested, personal),
                    None => {
                        object.insert(name, personal);
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(apart)) => {
            for (item, personal) in items.iter_mut().zip(apart) {
                bring_together(item, personal);
            }
        }
        (_, _) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_set_apart_comes_together_again_at_every_depth() {
        let whole = json!({
            "contingency": "text",
            "review_on": "2021-01-01",
            "actions": [{"ref": "a", "description": "one"}, {"ref": "b", "description": "two"}],
        });
        let mut rest = whole.clone();
        let apart = set_apart(RecordKind::RiskManagementPlan, &mut rest).unwrap();
        assert_eq!(rest, json!({"review_on": "2021-01-01", "actions": [{"ref": "a"}, {"ref": "b"}]}));
        assert_eq!(apart, json!({"contingency": "text", "actions": [{"description": "one"}, {"description": "two"}]}));
        bring_together(&mut rest, apart);
        assert_eq!(rest, whole);
    }

    #[test]
    fn a_record_without_personal_members_is_left_whole() {
        let mut team = json!({"name": "West", "base": {"name": "Station"}});
        assert_eq!(set_apart(RecordKind::Team, &mut team), None);
        assert_eq!(team["name"], "West");
    }
}
