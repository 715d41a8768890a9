//! What a records system takes over of what was entered at the service, and how it then tells of it: under the same key, as an event of its own.

use serde_json::{Map, Value, json};

use crate::ledger::NewEvent;

/// The members of the feed by kind: what only the service keeps of a record is not the records system's.
const MEMBERS: [(&str, &str); 7] = [
    (
        "visit",
        "offender_ref attempted_at mode outcome officer_refs address_ref announced home_inspected \
         entry_sought_for_risk_assessment single_crew_approved_by summary",
    ),
    ("breach", "offender_ref kind provision first_failure_on discovered_at summary order_ref crime decision"),
    (
        "risk_management_plan",
        "offender_ref effective_from review_on visit_requirement actions assessment_ref approved_by approved_on contingency",
    ),
    ("allocation", "officer_ref from"),
    ("arms_assessment", "offender_ref assessed_on overall factors assessor_ref next_review_on rationale"),
    ("reactive_management", "entered_on left_on approved_by rationale last_reviewed_on"),
    ("merge", "kept_ref merged_ref merged_on reason undone"),
];

/// Members that the feed asks for also where there is nothing to say.
const ALWAYS_THERE: [&str; 3] = ["officer_ref", "visit_requirement", "left_on"];

/// The event by which the records system tells that it has taken a record over as it stands; nothing where the record is of a kind that is the
/// service's own affair, or not decided yet.
pub fn of(kind: &str, subject: &str, record: &Value) -> Option<NewEvent> {
    let (_, members) = MEMBERS.iter().find(|(known, _)| *known == kind)?;
    let event_type = format!("records.{kind}.v1");
    if record.is_null() {
        let data = json!({ "type": event_type, "subject": subject, "reason": "withdrawn at the service" });
        return Some(NewEvent::now("records.deleted.v1", subject, data));
    }
    if !is_decided(kind, record) {
        return None;
    }
    let mut data = Map::new();
    for member in members.split(' ') {
        let value = record.get(member).cloned().unwrap_or_default();
        if !value.is_null() || ALWAYS_THERE.contains(&member) {
            data.insert(member.to_owned(), value);
        }
    }
    if let Some(crime) = data.get_mut("crime").and_then(Value::as_object_mut) {
        crime.remove("cancellation");
    }
    Some(NewEvent::now(&event_type, subject, Value::Object(data)))
}

/// A suspicion is no breach yet, and a draft no plan.
fn is_decided(kind: &str, record: &Value) -> bool {
    let says = |member: &str| record.get(member).and_then(Value::as_str);
    match kind {
        "breach" => says("state").is_none_or(|state| state == "confirmed"),
        "risk_management_plan" => says("approved_by").is_some(),
        _ => true,
    }
}
