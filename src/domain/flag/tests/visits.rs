//! Visits: the clock, who went, where, and the grid.

use serde_json::{Value, json};

use super::{FlagCode, RecordKind, World, good, table};

fn visited(at: &str) -> Value {
    json!({ "attempted_at": at })
}

/// The plan with members of its requirement changed.
fn requirement(members: &Value) -> Value {
    let mut requirement = good(RecordKind::RiskManagementPlan)["visit_requirement"].clone();
    for (name, value) in members.as_object().unwrap() {
        requirement.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    json!({ "visit_requirement": requirement })
}

#[test]
fn the_home_visit_is_late_the_day_after_its_last_day() {
    let world = World::in_order();
    let code = FlagCode::HomeVisitOverdue;
    let rows = [
        (visited("2020-12-16T10:00:00Z"), false),
        (visited("2020-12-15T10:00:00Z"), true),
        (visited("2021-04-15T08:00:01Z"), true),
        (json!({ "mode": "doorstep" }), true),
        (json!({ "outcome": "abandoned" }), true),
        (json!({ "home_inspected": null }), true),
    ];
    table(code, &world, RecordKind::Visit, "v", &rows);
    let step = |until: &str, latest: u32| {
        json!({ "until": until, "interval_days": 7, "earliest_after_days": 1,
            "latest_after_days": latest })
    };
    let plan = [
        (requirement(&json!({ "steps": [step("2021-04-15", 72)] })), true),
        (requirement(&json!({ "steps": [step("2021-04-15", 73)] })), false),
        (requirement(&json!({ "steps": [step("2021-04-14", 72)] })), false),
        (requirement(&json!({ "steps": [step("2021-05-01", 72), step("2021-04-20", 80)] })), false),
        (requirement(&json!({ "steps": [step("2021-04-20", 72), step("2021-04-20", 80)] })), true),
        (json!({ "visit_requirement": null }), false),
    ];
    table(code, &world, RecordKind::RiskManagementPlan, "p", &plan);
    let never = world.without(RecordKind::Visit, "v").without(RecordKind::RiskManagementPlan, "p");
    let rows = [
        (json!({ "community_since": "2021-03-31" }), false),
        (json!({ "community_since": "2021-03-30" }), true),
        (json!({ "community_since": null, "status_since": "2021-03-31" }), false),
        (json!({ "community_since": null, "status_since": "2021-03-30" }), true),
    ];
    table(code, &never, RecordKind::Offender, "o", &rows);
    let rows =
        [(json!({}), false), (json!({ "left_on": "2021-04-15" }), true), (json!({ "entered_on": "2021-04-16" }), true)];
    table(code, &never, RecordKind::ReactiveManagement, "o", &rows);
}

#[test]
fn a_step_is_counted_from_the_last_qualifying_visit() {
    let flag = World::in_order()
        .set(RecordKind::Visit, "v", visited("2020-12-05T23:30:00Z"))
        .raised(FlagCode::HomeVisitOverdue);
    let evidence = flag.unwrap().evidence;
    assert_eq!((&evidence["due_on"], &evidence["days_overdue"]), (&json!("2021-04-04"), &json!(11)));
    assert_eq!(evidence["arms_level"], "medium");
}

#[test]
fn remote_contact_replaces_no_visit() {
    let overdue = World::in_order().set(RecordKind::Visit, "v", visited("2020-12-01T10:00:00Z"));
    let remote = |mode: &str, outcome: &str, at: &str| json!({ "mode": mode, "outcome": outcome, "attempted_at": at });
    let rows = [
        (remote("phone", "seen", "2021-03-01T10:00:00Z"), true),
        (remote("doorstep", "seen", "2020-12-01T10:00:01Z"), true),
        (remote("phone", "seen", "2020-12-01T10:00:00Z"), false),
        (remote("phone", "no_reply", "2021-03-01T10:00:00Z"), false),
        (remote("other", "seen", "2021-03-01T10:00:00Z"), false),
        (remote("video", "seen", "2021-04-15T08:00:01Z"), false),
    ];
    table(FlagCode::RemoteContactOnly, &overdue, RecordKind::Visit, "w", &rows);
    let rows = [
        (remote("phone", "seen", "2020-04-15T10:00:00Z"), true),
        (remote("phone", "seen", "2020-04-14T10:00:00Z"), false),
    ];
    let never = overdue.without(RecordKind::Visit, "v");
    table(FlagCode::RemoteContactOnly, &never, RecordKind::Visit, "w", &rows);
    table(FlagCode::RemoteContactOnly, &World::in_order(), RecordKind::Visit, "w", &[(rows[0].0.clone(), false)]);
}

#[test]
fn two_officers_visit_unless_a_supervisor_agreed() {
    let world = World::in_order();
    let rows = [
        (json!({ "officer_refs": ["om"] }), true),
        (json!({ "officer_refs": [], "outcome": "no_reply" }), true),
        (json!({ "officer_refs": ["om"], "mode": "doorstep" }), false),
        (json!({ "officer_refs": ["om"], "single_crew_approved_by": "sup" }), false),
        (json!({ "officer_refs": ["om"], "attempted_at": "2020-04-15T10:00:00Z" }), true),
        (json!({ "officer_refs": ["om"], "attempted_at": "2020-04-14T10:00:00Z" }), false),
        (json!({ "officer_refs": ["om"], "attempted_at": "2021-04-15T08:00:01Z" }), false),
    ];
    table(FlagCode::VisitMadeAlone, &world, RecordKind::Visit, "w", &rows);
    let approved = requirement(&json!({ "single_crew_approved_by": "sup" }));
    let approved = world.clone().set(RecordKind::RiskManagementPlan, "p", approved);
    table(FlagCode::VisitMadeAlone, &approved, RecordKind::Visit, "w", &[(rows[0].0.clone(), false)]);
    let custody = world.set(RecordKind::Offender, "o", json!({ "status": "custody" }));
    table(FlagCode::VisitMadeAlone, &custody, RecordKind::Visit, "w", &[(rows[0].0.clone(), true)]);
}

#[test]
fn a_new_address_is_visited_within_its_days() {
    let code = FlagCode::AddressNotVisited;
    let rows = [
        (json!({ "resident_from": "2021-03-31" }), false),
        (json!({ "resident_from": "2021-03-30" }), true),
        (json!({ "resident_from": "2021-02-01" }), false),
        (json!({ "resident_from": "2021-02-02" }), true),
        (json!({ "resident_from": "2021-03-30", "kind": "no_fixed_abode" }), false),
    ];
    table(code, &World::in_order(), RecordKind::Address, "a", &rows);
    let rows = [(json!({ "address_ref": null }), true), (json!({ "address_ref": "b" }), true)];
    table(code, &World::in_order(), RecordKind::Visit, "v", &rows);
}

#[test]
fn two_failed_entries_prompt_thought_of_a_warrant() {
    let tried = |at: &str| {
        json!({ "attempted_at": at, "outcome": "no_reply", "home_inspected": null,
            "entry_sought_for_risk_assessment": true })
    };
    let once = World::in_order().set(RecordKind::Visit, "w", tried("2021-03-01T10:00:00Z"));
    let with = |mut members: Value, name: &str, value: Value| {
        members.as_object_mut().unwrap().insert(name.into(), value);
        members
    };
    let second = tried("2021-03-01T10:00:00Z");
    let rows = [
        (second.clone(), true),
        (with(second.clone(), "outcome", json!("refused_entry")), true),
        (with(second.clone(), "outcome", json!("not_resident")), false),
        (with(second.clone(), "entry_sought_for_risk_assessment", json!(null)), false),
        (with(second.clone(), "address_ref", json!(null)), false),
        (with(second, "address_ref", json!("b")), false),
        (tried("2021-02-01T10:00:00Z"), false),
        (tried("2021-02-01T10:00:01Z"), true),
        (tried("2021-04-15T08:00:01Z"), false),
    ];
    table(FlagCode::WarrantConsideration, &once, RecordKind::Visit, "x", &rows);
    let never = once.without(RecordKind::Visit, "v");
    let rows = [(tried("2020-10-17T10:00:00Z"), true), (tried("2020-10-16T10:00:00Z"), false)];
    table(FlagCode::WarrantConsideration, &never, RecordKind::Visit, "x", &rows);
}

#[test]
fn a_rigid_pattern_is_four_dates_in_five_on_the_grid() {
    let rows = [
        (json!({ "dates": ["2021-05-15", "2021-06-15"] }), false),
        (json!({ "dates": ["2021-04-15", "2021-05-15", "2021-06-15"] }), false),
        (json!({ "dates": ["2021-07-15", "2021-05-15", "2021-06-15"] }), true),
        (json!({ "dates": ["2021-05-15", "2021-06-18", "2021-07-15"] }), true),
        (json!({ "dates": ["2021-05-15", "2021-06-19", "2021-07-16"] }), false),
        (json!({ "dates": ["2022-08-31", "2022-11-30", "2023-02-28"] }), true),
        (
            json!({ "dates": ["2021-05-01", "2021-06-01", "2021-07-01", "2021-08-01", "2021-09-01", "2021-09-12"] }),
            true,
        ),
        (json!({ "dates": ["2021-05-01", "2021-06-01", "2021-07-01", "2021-08-01", "2021-08-12"] }), false),
        (json!({ "dates": ["2021-05-15", "2021-07-15", "2021-09-15"] }), false),
    ];
    table(FlagCode::RigidVisitPattern, &World::in_order(), RecordKind::ProgrammedVisits, "o", &rows);
}
