//! What the record of a visit must say, and who may confirm it.
//!
//! Two officers visit; a lone visit is an exception that a supervisor approved beforehand (APP, by way of HMICFRS) `[S]`.
//! One that was made without is recorded all the same, for a fact is never lost, and is marked.

use std::collections::BTreeSet;

use super::calendar::london_date;
use super::case_file::CaseFile;
use super::moment::Moment;
use super::policy::Policy;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::visit::{Visit, VisitMode};

fn not_acceptable(detail: &str, at: &str) -> Refusal {
    Refusal::new(RefusalCode::NotAcceptable, detail).at(at)
}

/// The record of a visit contradicts neither itself nor the case.
///
/// # Errors
/// The first thing that does.
pub fn is_sound(visit: &Visit, case: &CaseFile, at: Moment) -> Result<(), Refusal> {
    if !at.has_happened(visit.attempted_at) {
        return Err(not_acceptable("what has not happened cannot be recorded", "/attempted_at"));
    }
    let officers: BTreeSet<&Ref> = visit.officer_refs.iter().collect();
    if officers.is_empty() || officers.len() != visit.officer_refs.len() {
        return Err(not_acceptable("names one officer or more, each once", "/officer_refs"));
    }
    if visit.home_inspected == Some(true) && visit.mode != VisitMode::Home {
        return Err(not_acceptable("the home is seen in a visit at home alone", "/home_inspected"));
    }
    let sought = visit.entry_sought_for_risk_assessment == Some(true);
    if sought && visit.address_ref.is_none() {
        return Err(not_acceptable("name the premises to which entry was sought", "/address_ref"));
    }
    if sought && !matches!(visit.mode, VisitMode::Home | VisitMode::Doorstep) {
        let detail = "entry is sought at the premises; a contact of another mode seeks none";
        return Err(not_acceptable(detail, "/entry_sought_for_risk_assessment"));
    }
    let is_theirs = |address: &Ref| case.records.addresses.iter().any(|held| held.subject == *address);
    if visit.address_ref.as_ref().is_some_and(|address| !is_theirs(address)) {
        let detail = "names no address of this offender";
        return Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/address_ref"));
    }
    conditions_are_the_orders(visit, case)
}

/// Each condition that was checked is one of an order of this offender that was in force that day.
fn conditions_are_the_orders(visit: &Visit, case: &CaseFile) -> Result<(), Refusal> {
    let checks = visit.write_up.iter().flat_map(|write_up| &write_up.conditions_checked);
    for (index, check) in checks.enumerate() {
        let under = format!("/conditions_checked/{index}");
        let order = case.records.orders.iter().find(|held| held.subject == check.order_ref);
        let order = order.filter(|held| held.record.is_in_force(london_date(visit.attempted_at))).ok_or_else(|| {
            let detail = "names no order of this offender in force that day";
            Refusal::new(RefusalCode::UnknownReference, detail).at(format!("{under}/order_ref"))
        })?;
        if !order.record.conditions.iter().any(|condition| condition.trim() == check.condition.as_str()) {
            return Err(not_acceptable("is not a condition of that order", &format!("{under}/condition")));
        }
    }
    Ok(())
}

/// Made at home by too few officers, with no approval on the visit or in the current plan: as `visit_made_alone`.
#[must_use]
pub fn was_alone_without_approval(visit: &Visit, case: &CaseFile, at: Moment, policy: &Policy) -> bool {
    let approved = visit.single_crew_approved_by.is_some()
        || case.visit_requirement(at).is_some_and(|requirement| requirement.single_crew_approved_by.is_some());
    visit.mode == VisitMode::Home && visit.officer_refs.len() < policy.crew_min && !approved
}

/// An officer named on the visit confirms that they were there, once, and not what they recorded themselves.
///
/// # Errors
/// When they may not.
pub fn may_confirm(visit: &Visit, officer: &Ref) -> Result<(), Refusal> {
    let Some(write_up) = &visit.write_up else {
        return Err(Refusal::new(
            RefusalCode::WrongState,
            "the visit was not recorded here; there is nobody to second",
        ));
    };
    if !visit.officer_refs.contains(officer) {
        return Err(Refusal::new(
            RefusalCode::NotQualified,
            "attendance is confirmed by an officer whom the visit names",
        ));
    }
    if write_up.recorded_by == *officer {
        return Err(Refusal::new(
            RefusalCode::OwnWork,
            "whoever recorded the visit has said so; the other officer confirms",
        ));
    }
    if write_up.confirmed_by.iter().any(|confirmed| confirmed.by == *officer) {
        return Err(Refusal::new(RefusalCode::WrongState, "the officer has confirmed the visit already"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind::{Address, Order, RiskManagementPlan};

    fn visit(members: Value) -> Visit {
        let mut all = json!({ "offender_ref": "o", "attempted_at": "2021-04-14T10:00:00Z", "mode": "home",
            "outcome": "seen", "officer_refs": ["om", "sup"], "address_ref": "a", "home_inspected": true,
            "write_up": { "recorded_by": "om", "recorded_at": "2021-04-14T12:00:00Z", "observations": "invented",
                "shows_child_contact": false } });
        for (name, value) in members.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn checked(order: &str, condition: &str) -> Value {
        json!({ "write_up": { "recorded_by": "om", "recorded_at": "2021-04-14T12:00:00Z", "observations": "invented",
            "shows_child_contact": false,
            "conditions_checked": [{ "order_ref": order, "condition": condition, "finding": "kept" }] } })
    }

    #[test]
    fn a_visit_is_sound_or_says_where_it_is_not() {
        let world = World::in_order()
            .set(Order, "s", json!({ "conditions": ["No device unseen "] }))
            .set(Order, "x", json!({ "conditions": ["No device unseen"], "ends_on": "2021-04-13" }))
            .set(Address, "b", json!({ "offender_ref": "p" }));
        let force = world.force_file();
        let case = force.cases.values().next().unwrap();
        for (members, pointer) in [
            (json!({}), None),
            (json!({ "attempted_at": "2021-04-15T08:00:00Z" }), None),
            (json!({ "attempted_at": "2021-04-15T08:00:01Z" }), Some("/attempted_at")),
            (json!({ "officer_refs": [] }), Some("/officer_refs")),
            (json!({ "officer_refs": ["om", "om"] }), Some("/officer_refs")),
            (json!({ "mode": "doorstep" }), Some("/home_inspected")),
            (json!({ "mode": "doorstep", "home_inspected": false }), None),
            (json!({ "address_ref": "b" }), Some("/address_ref")),
            (json!({ "address_ref": null }), None),
            (json!({ "address_ref": null, "entry_sought_for_risk_assessment": true }), Some("/address_ref")),
            (
                json!({ "mode": "phone", "home_inspected": null, "entry_sought_for_risk_assessment": true }),
                Some("/entry_sought_for_risk_assessment"),
            ),
            (checked("s", "No device unseen"), None),
            (checked("s", "No unseen device"), Some("/conditions_checked/0/condition")),
            (checked("x", "No device unseen"), Some("/conditions_checked/0/order_ref")),
            (checked("z", "No device unseen"), Some("/conditions_checked/0/order_ref")),
        ] {
            let refused = is_sound(&visit(members.clone()), case, world.moment()).err();
            assert_eq!(refused.as_ref().map(|refusal| refusal.pointer.as_str()), pointer, "{members}");
        }
    }

    #[test]
    fn a_lone_visit_at_home_needs_an_approval() {
        let policies = Policies::built_in().unwrap();
        let requirement = json!({ "visit_requirement": { "interval_days": 90, "earliest_after_days": 60,
            "latest_after_days": 120, "duration_minutes": 60, "crew": 1, "unannounced": true, "time_windows": [],
            "required_skills": [], "single_crew_approved_by": "sup", "steps": [] } });
        let (plain, approved) = (World::in_order(), World::in_order().set(RiskManagementPlan, "p", requirement));
        for (world, members, alone) in [
            (&plain, json!({}), false),
            (&plain, json!({ "officer_refs": ["om"] }), true),
            (&plain, json!({ "officer_refs": ["om"], "single_crew_approved_by": "sup" }), false),
            (&plain, json!({ "officer_refs": ["om"], "mode": "phone" }), false),
            (&approved, json!({ "officer_refs": ["om"] }), false),
        ] {
            let (force, at) = (world.force_file(), world.moment());
            let policy = policies.in_force(at.today()).unwrap();
            let case = force.cases.values().next().unwrap();
            let found = was_alone_without_approval(&visit(members.clone()), case, at, policy);
            assert_eq!(found, alone, "{members}");
        }
    }

    #[test]
    fn the_other_named_officer_confirms_once() {
        let named = |name: &str| Ref::new(name).unwrap();
        let mut made = visit(json!({}));
        let code = |visit: &Visit, by: &str| may_confirm(visit, &named(by)).err().map(|refusal| refusal.code);
        assert_eq!(code(&made, "sup"), None);
        assert_eq!(code(&made, "om"), Some(RefusalCode::OwnWork));
        assert_eq!(code(&made, "di"), Some(RefusalCode::NotQualified));
        assert!(!made.is_confirmed());
        let write_up = made.write_up.as_mut().unwrap();
        write_up.confirmed_by.push(crate::domain::visit::Confirmation { by: named("sup"), at: made.attempted_at });
        assert!(made.is_confirmed());
        assert_eq!(code(&made, "sup"), Some(RefusalCode::WrongState));
        made.write_up = None;
        assert_eq!(code(&made, "sup"), Some(RefusalCode::WrongState));
    }
}
