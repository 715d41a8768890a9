//! Reactive management: the criteria, the candidates and the reviews.

use serde_json::{Value, json};

use super::{FlagCode, RecordKind, World, action, table};

/// Somebody who meets every criterion but the approval, low for exactly three years.
fn candidate() -> World {
    World::in_order().set(RecordKind::ArmsAssessment, "s", json!({ "overall": "low" })).set(
        RecordKind::ArmsAssessment,
        "r",
        json!({ "overall": "low", "assessed_on": "2018-04-15" }),
    )
}

/// The same, placed with a detective inspector's approval.
fn placed() -> World {
    candidate().set(RecordKind::ReactiveManagement, "o", json!({}))
}

#[test]
fn who_meets_every_criterion_is_a_candidate_and_once_placed_in_order() {
    assert_eq!(candidate().flags().iter().map(|flag| flag.code).collect::<Vec<_>>(), [FlagCode::ReactiveCandidate]);
    assert_eq!(placed().flags(), []);
}

#[test]
fn each_criterion_at_its_boundary() {
    let period = |born: &str| json!({ "date_of_birth": born });
    let rows: [(RecordKind, &str, Value, bool); 36] = [
        (RecordKind::ArmsAssessment, "r", json!({ "assessed_on": "2018-04-16" }), false),
        (RecordKind::ArmsAssessment, "q", json!({ "overall": "high", "assessed_on": "2019-01-01" }), false),
        (RecordKind::ArmsAssessment, "q", json!({ "overall": "high", "assessed_on": "2018-04-14" }), true),
        (RecordKind::ArmsAssessment, "q", json!({ "overall": "high", "assessed_on": "2021-04-16" }), true),
        (RecordKind::ArmsAssessment, "s", json!({ "next_review_on": "2021-04-14" }), false),
        (RecordKind::Offender, "o", json!({ "lead_agency": "probation" }), false),
        (RecordKind::Offender, "o", json!({ "lead_agency_since": "2018-04-15" }), true),
        (RecordKind::Offender, "o", json!({ "lead_agency_since": "2018-04-16" }), false),
        (RecordKind::Offender, "o", json!({ "community_since": "2018-04-16" }), false),
        (RecordKind::Offender, "o", json!({ "community_since": null }), false),
        (RecordKind::Breach, "b", json!({ "discovered_at": "2018-04-14T22:59:59Z" }), true),
        (RecordKind::Breach, "b", json!({ "discovered_at": "2018-04-14T23:00:00Z" }), false),
        (RecordKind::Breach, "b", json!({ "discovered_at": "2021-04-15T08:00:01Z" }), true),
        (RecordKind::Order, "d", json!({}), false),
        (RecordKind::Order, "d", json!({ "kind": "notification_order" }), true),
        (RecordKind::Order, "d", json!({ "ends_on": "2021-04-15" }), false),
        (RecordKind::Order, "d", json!({ "ends_on": "2021-04-14" }), true),
        (RecordKind::Order, "d", json!({ "discharged_on": "2021-04-15" }), true),
        (RecordKind::Order, "d", json!({ "discharged_on": "2021-04-16" }), false),
        (RecordKind::Intelligence, "i", json!({ "received_at": "2020-04-15T10:00:00Z" }), false),
        (RecordKind::Intelligence, "i", json!({ "received_at": "2020-04-14T10:00:00Z" }), true),
        (RecordKind::Intelligence, "i", json!({ "risk_relevant": false }), true),
        (RecordKind::Offender, "o", json!({ "mappa": { "category": 1, "level": 2 } }), false),
        (RecordKind::Offender, "o", json!({ "licence_until": "2021-04-15" }), false),
        (RecordKind::Offender, "o", json!({ "licence_until": "2021-04-14" }), true),
        (RecordKind::Address, "a", json!({ "child_in_household": null }), false),
        (RecordKind::Address, "a", json!({ "child_in_household": true }), false),
        (RecordKind::Address, "a", json!({ "kind": "no_fixed_abode" }), false),
        (RecordKind::Offender, "o", period("2003-04-15"), true),
        (RecordKind::Offender, "o", period("2003-04-16"), false),
        (RecordKind::Offender, "o", json!({ "date_of_birth": null }), false),
        (RecordKind::RiskManagementPlan, "p", json!({ "actions": [action("2021-04-14", None)] }), false),
        (RecordKind::RiskManagementPlan, "p", json!({ "actions": [], "visit_requirement": null }), true),
        (RecordKind::RiskManagementPlan, "p", json!({ "approved_on": null }), false),
        (RecordKind::Visit, "v", json!({ "attempted_at": "2020-04-15T10:00:00Z" }), true),
        (RecordKind::Visit, "v", json!({ "attempted_at": "2020-04-14T10:00:00Z" }), false),
    ];
    for (kind, subject, members, passes) in rows {
        let candidate = candidate().set(kind, subject, members.clone());
        assert_eq!(candidate.raised(FlagCode::ReactiveCandidate).is_some(), passes, "{kind} {members}");
        let placed = placed().set(kind, subject, members.clone());
        // The day of entry, not today, bounds the last visit of somebody placed.
        let passes_placed = passes || members["attempted_at"] == "2020-04-14T10:00:00Z";
        assert_eq!(placed.raised(FlagCode::ReactiveIneligible).is_none(), passes_placed, "{kind} {members}");
    }
}

#[test]
fn a_breach_that_was_no_crime_does_not_bar_whoever_decided_it() {
    let no_crime = |by: &str, at: &str| {
        json!({ "decision": { "kind": "no_crime", "rationale": "", "decided_by": by,
            "decided_at": at } })
    };
    let rows = [(no_crime("ghost", "2021-04-02T10:00:00Z"), true), (no_crime("di", "2021-04-15T08:00:01Z"), false)];
    table(FlagCode::ReactiveCandidate, &candidate(), RecordKind::Breach, "b", &rows);
}

#[test]
fn somebody_placed_was_seen_before_entry_and_approved_by_a_detective_inspector() {
    let rows = [
        (json!({ "approved_by": "sup" }), true),
        (json!({ "approved_by": "ghost" }), true),
        (json!({ "approved_by": null }), true),
        (json!({ "entered_on": "2021-02-01" }), false),
        (json!({ "entered_on": "2021-01-31" }), true),
        (json!({ "entered_on": "2021-04-16", "approved_by": null }), false),
        (json!({ "left_on": "2021-04-15", "approved_by": null }), false),
        (json!({ "left_on": "2021-04-16", "approved_by": null }), true),
    ];
    table(FlagCode::ReactiveIneligible, &placed(), RecordKind::ReactiveManagement, "o", &rows);
    let former = json!({ "in_post_until": "2016-01-01" });
    table(FlagCode::ReactiveIneligible, &placed(), RecordKind::Officer, "di", &[(former, false)]);
    let rows = [(json!({ "status": "custody" }), true), (json!({ "status": "deceased" }), false)];
    table(FlagCode::ReactiveIneligible, &placed(), RecordKind::Offender, "o", &rows);
}

#[test]
fn the_review_is_due_yearly_and_after_a_change() {
    let code = FlagCode::ReactiveReviewDue;
    let spell = |entered: &str, reviewed: Option<&str>| json!({ "entered_on": entered, "last_reviewed_on": reviewed });
    let rows = [
        (spell("2020-04-15", None), false),
        (spell("2020-04-14", None), true),
        (spell("2019-01-01", Some("2020-04-15")), false),
        (spell("2019-01-01", Some("2021-04-16")), true),
    ];
    table(code, &placed(), RecordKind::ReactiveManagement, "o", &rows);
    let no_crime =
        json!({ "kind": "no_crime", "rationale": "why", "decided_by": "di", "decided_at": "2021-04-02T10:00:00Z" });
    let rows: [(RecordKind, &str, Value, bool); 12] = [
        (RecordKind::Breach, "b", json!({ "decision": no_crime }), true),
        (RecordKind::Breach, "b", json!({ "discovered_at": "2021-02-10T12:00:00Z" }), false),
        (RecordKind::Breach, "b", json!({ "discovered_at": "2021-02-11T00:00:00Z" }), true),
        (RecordKind::Intelligence, "i", json!({}), true),
        (RecordKind::Intelligence, "i", json!({ "risk_relevant": false }), false),
        (RecordKind::Intelligence, "i", json!({ "received_at": "2021-04-15T08:00:01Z" }), false),
        (RecordKind::Order, "d", json!({ "kind": "other", "made_on": "2021-04-15" }), true),
        (RecordKind::Order, "d", json!({ "made_on": "2021-02-10" }), false),
        (RecordKind::Order, "d", json!({ "made_on": "2021-04-16" }), false),
        (RecordKind::Address, "c", json!({ "resident_from": "2021-02-11" }), true),
        (RecordKind::Address, "c", json!({ "resident_from": "2021-02-10" }), false),
        (RecordKind::Address, "c", json!({ "resident_from": "2021-02-11", "kind": "other" }), false),
    ];
    for (kind, subject, members, raised) in rows {
        table(code, &placed(), kind, subject, &[(members, raised)]);
    }
}
