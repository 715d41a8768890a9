//! Allocation, assessments, plans, notification, the record and breaches.

use serde_json::json;

use super::{FlagCode, RecordKind, World, action, table};

#[test]
fn a_case_is_unallocated_for_the_first_reason_that_applies() {
    let om = |members| World::in_order().set(RecordKind::Officer, "om", members);
    let away =
        |from: &str, until: &str| om(json!({ "absences": [{ "from": from, "until": until, "reason": "sickness" }] }));
    let base = || World::in_order().unallocated();
    let rows = [
        (base(), Some("never_allocated")),
        (base().allocate("2021-04-15", Some("om"), "2021-01-01T00:00:00Z", "e"), None),
        (base().allocate("2021-04-16", Some("om"), "2021-01-01T00:00:00Z", "e"), Some("never_allocated")),
        (base().allocate("2020-01-01", None, "2021-01-01T00:00:00Z", "e"), Some("never_allocated")),
        (base().allocate("2020-01-01", Some("ghost"), "2021-01-01T00:00:00Z", "e"), Some("manager_unknown")),
        (base().allocate("2020-01-01", Some("di"), "2021-01-01T00:00:00Z", "e"), Some("held_by_supervisor")),
        (om(json!({ "role": "supervisor", "in_post_until": "2021-01-01" })), Some("held_by_supervisor")),
        (om(json!({ "in_post_until": "2021-04-15" })), None),
        (om(json!({ "in_post_until": "2021-04-14" })), Some("manager_left")),
        (om(json!({ "in_post_from": "2021-04-15" })), None),
        (om(json!({ "in_post_from": "2021-04-16" })), Some("manager_not_yet_in_post")),
        (away("2021-04-15", "2021-05-12"), None),
        (away("2021-04-15", "2021-05-13"), Some("manager_absent")),
        (away("2021-03-17", "2021-04-14"), None),
    ];
    for (row, (world, reason)) in rows.into_iter().enumerate() {
        assert_eq!(world.reason(FlagCode::Unallocated), reason, "row {row}");
    }
}

#[test]
fn the_newest_version_that_has_begun_is_the_current_allocation() {
    let base = || World::in_order().unallocated().allocate("2020-01-01", Some("om"), "2021-01-01T00:00:00Z", "b");
    let rows = [
        (
            "a future version does not end today's",
            base().allocate("2021-04-16", None, "2021-02-01T00:00:00Z", "c"),
            false,
        ),
        ("the event time counts, not the date", base().allocate("2019-01-01", None, "2021-02-01T00:00:00Z", "c"), true),
        ("an older version that came late", base().allocate("2021-04-01", None, "2020-02-01T00:00:00Z", "c"), false),
        ("equal times: the greater id", base().allocate("2020-01-01", None, "2021-01-01T00:00:00Z", "c"), true),
        ("equal times: the lesser id", base().allocate("2020-01-01", None, "2021-01-01T00:00:00Z", "B"), false),
    ];
    for (what, world, raised) in rows {
        assert_eq!(world.raised(FlagCode::Unallocated).is_some(), raised, "{what}");
    }
}

#[test]
fn a_record_changed_from_the_day_the_case_became_unallocated() {
    let code = FlagCode::RecordChangedWhileUnallocated;
    let left = World::in_order().set(RecordKind::Officer, "om", json!({ "in_post_until": "2021-03-31" }));
    let rows = [
        (json!({ "received_at": "2021-03-31T22:59:59Z", "risk_relevant": false }), false),
        (json!({ "received_at": "2021-03-31T23:00:00Z", "risk_relevant": false }), true),
        (json!({ "received_at": "2021-04-15T08:00:00Z" }), true),
        (json!({ "received_at": "2021-04-15T08:00:01Z" }), false),
    ];
    table(code, &left, RecordKind::Intelligence, "i", &rows);
    let never = World::in_order().unallocated().set(RecordKind::Offender, "o", json!({ "status_since": "2021-04-01" }));
    for (discovered_at, raised) in [("2021-03-31T22:59:59Z", false), ("2021-04-01T10:00:00Z", true)] {
        table(code, &never, RecordKind::Breach, "b", &[(json!({ "discovered_at": discovered_at }), raised)]);
    }
    let nobody = never.allocate("2021-04-05", None, "2021-01-01T00:00:00Z", "e");
    table(code, &nobody, RecordKind::Breach, "b", &[(json!({ "discovered_at": "2021-04-04T10:00:00Z" }), false)]);
    table(code, &World::in_order(), RecordKind::Breach, "b", &[(json!({}), false)]);
}

#[test]
fn an_assessment_is_reviewed_by_the_earlier_date() {
    let world = World::in_order();
    let rows = [
        (json!({ "assessed_on": "2020-04-15" }), false),
        (json!({ "assessed_on": "2020-04-14" }), true),
        (json!({ "next_review_on": "2021-04-15" }), false),
        (json!({ "next_review_on": "2021-04-14" }), true),
        (json!({ "assessed_on": "2020-04-14", "next_review_on": "2022-01-01" }), true),
        (json!({ "assessed_on": "2021-04-16" }), false),
    ];
    table(FlagCode::ArmsReviewOverdue, &world, RecordKind::ArmsAssessment, "s", &rows);
    let leap = json!({ "assessed_on": "2020-02-29" });
    for (now, raised) in [("2021-02-28T12:00:00Z", false), ("2021-03-01T12:00:00Z", true)] {
        let world = world.clone().at(now);
        table(FlagCode::ArmsReviewOverdue, &world, RecordKind::ArmsAssessment, "s", &[(leap.clone(), raised)]);
    }
    let rows = [(json!({ "assessed_on": "2021-04-15" }), false), (json!({ "assessed_on": "2021-04-16" }), true)];
    table(FlagCode::NoArmsAssessment, &world, RecordKind::ArmsAssessment, "s", &rows);
    let probation = world.set(RecordKind::Offender, "o", json!({ "lead_agency": "probation" }));
    table(FlagCode::NoArmsAssessment, &probation, RecordKind::ArmsAssessment, "s", &[(rows[1].0.clone(), false)]);
}

#[test]
fn of_two_assessments_on_one_day_the_one_sent_last_and_then_the_greater_subject_is_current() {
    let due = json!({ "next_review_on": "2021-04-01" });
    let rows = [
        ("2020-12-31T00:00:00Z", "t", false),
        ("2021-01-02T00:00:00Z", "r", true),
        (super::SENT, "t", true),
        (super::SENT, "r", false),
    ];
    for (time, subject, raised) in rows {
        let world = World::in_order().set_at(time, RecordKind::ArmsAssessment, subject, due.clone());
        assert_eq!(world.raised(FlagCode::ArmsReviewOverdue).is_some(), raised, "{time} {subject}");
    }
}

#[test]
fn a_plan_is_current_once_approved_and_in_effect() {
    let world = World::in_order();
    let plan = |code, rows: &[_]| table(code, &world, RecordKind::RiskManagementPlan, "p", rows);
    plan(
        FlagCode::NoRiskManagementPlan,
        &[
            (json!({ "approved_on": null, "approved_by": "di" }), true),
            (json!({ "approved_on": "2021-04-15" }), false),
            (json!({ "approved_on": "2021-04-16" }), true),
            (json!({ "effective_from": "2021-04-16" }), true),
        ],
    );
    plan(
        FlagCode::PlanReviewOverdue,
        &[(json!({ "review_on": "2021-04-15" }), false), (json!({ "review_on": "2021-04-14" }), true)],
    );
    plan(FlagCode::NoVisitRequirement, &[(json!({ "visit_requirement": null }), true)]);
    plan(FlagCode::NoPlanActions, &[(json!({ "actions": [] }), true)]);
    plan(
        FlagCode::PlanActionOverdue,
        &[
            (json!({ "actions": [action("2021-04-15", None)] }), false),
            (json!({ "actions": [action("2021-04-14", None)] }), true),
            (json!({ "actions": [action("2021-04-14", Some("2021-04-15"))] }), false),
            (json!({ "actions": [action("2021-04-14", Some("2021-04-16"))] }), true),
        ],
    );
    let assessed = |on: &str| json!({ "assessed_on": on });
    let rows = [(assessed("2021-04-01"), false), (assessed("2021-03-31"), true), (assessed("2020-10-02"), false)];
    table(FlagCode::PlanOlderThanAssessment, &world, RecordKind::ArmsAssessment, "s", &rows);
    let probation = world.clone().set(RecordKind::Offender, "o", json!({ "lead_agency": "probation" }));
    assert!(probation.without(RecordKind::RiskManagementPlan, "p").raised(FlagCode::NoRiskManagementPlan).is_some());
}

#[test]
fn the_periodic_confirmation_is_due_on_its_date_and_late_the_day_after() {
    let world = World::in_order();
    let at = |text: &str| json!({ "notified_at": text });
    let rows = [
        (at("2020-04-15T10:00:00Z"), false),
        (at("2020-04-14T22:59:59Z"), true),
        (at("2020-04-14T23:00:00Z"), false),
        (json!({ "moves_periodic_date": false }), true),
        (at("2021-04-15T08:00:01Z"), true),
    ];
    table(FlagCode::PeriodicNotificationOverdue, &world, RecordKind::Notification, "n", &rows);
    let since = |on: &str, status: &str| json!({ "status": status, "status_since": on });
    let late = world.clone().set(RecordKind::Notification, "n", at("2019-04-14T10:00:00Z"));
    let rows = [
        (since("2021-04-13", "community"), false),
        (since("2021-04-12", "community"), true),
        (since("2021-04-12", "missing"), true),
        (since("2021-04-12", "custody"), false),
    ];
    table(FlagCode::PeriodicNotificationOverdue, &late, RecordKind::Offender, "o", &rows);
    let none = world.clone().without(RecordKind::Notification, "n");
    table(FlagCode::PeriodicNotificationOverdue, &none, RecordKind::Offender, "o", &rows);
    let period = json!({ "relevant_date": "2015-06-01", "regime": "weekly", "under_18_at_relevant_date": false });
    let weekly = world.set(RecordKind::Offender, "o", json!({ "notification": period }));
    let rows = [(at("2021-04-08T10:00:00Z"), false), (at("2021-04-07T10:00:00Z"), true)];
    table(FlagCode::PeriodicNotificationOverdue, &weekly, RecordKind::Notification, "n", &rows);
}

#[test]
fn the_end_of_notification_is_announced_and_then_noticed() {
    let ends = |on: &str, status: &str| {
        json!({ "status": status, "notification": { "relevant_date": "2015-06-01", "ends_on": on, "regime": "annual",
            "under_18_at_relevant_date": false } })
    };
    let rows = [("2021-04-14", false), ("2021-04-15", true), ("2021-06-14", true), ("2021-06-15", false)];
    let rows = rows.map(|(on, raised)| (ends(on, "community"), raised));
    table(FlagCode::NotificationEndsSoon, &World::in_order(), RecordKind::Offender, "o", &rows);
    let rows = [
        (ends("2021-04-15", "community"), false),
        (ends("2021-04-14", "missing"), true),
        (ends("2021-04-14", "period_ended"), false),
        (ends("2021-04-14", "deported"), false),
    ];
    table(FlagCode::NotificationEnded, &World::in_order(), RecordKind::Offender, "o", &rows);
    let rows = [(ends("2021-04-15", "missing"), true), (ends("2021-04-14", "missing"), false)];
    table(FlagCode::WhereaboutsUnknown, &World::in_order(), RecordKind::Offender, "o", &rows);
}

#[test]
fn a_record_is_incomplete_without_what_every_record_needs() {
    for member in ["date_of_birth", "static_risk", "neighbourhood_ref"] {
        table(
            FlagCode::RecordIncomplete,
            &World::in_order(),
            RecordKind::Offender,
            "o",
            &[(json!({ member: null }), true)],
        );
    }
    let rows = [
        (json!({ "resident_until": "2021-04-15" }), false),
        (json!({ "resident_until": "2021-04-14" }), true),
        (json!({ "resident_from": "2021-04-16" }), true),
        (json!({ "kind": "no_fixed_abode" }), false),
        (json!({ "kind": "other" }), true),
    ];
    table(FlagCode::RecordIncomplete, &World::in_order(), RecordKind::Address, "a", &rows);
}

#[test]
fn a_breach_needs_a_live_crime_report_within_a_day() {
    let code = FlagCode::BreachWithoutCrimeReport;
    let own = |number: &str, at: &str| json!({ "crime": { "ref": number, "recorded_at": at } });
    let no_crime = |by: &str, why: &str, at: &str| {
        json!({ "decision": { "kind": "no_crime", "rationale": why, "decided_by": by,
            "decided_at": at } })
    };
    let before = "2021-04-02T10:00:00Z";
    let rows = [
        (json!({ "discovered_at": "2021-04-14T08:00:00Z" }), false),
        (json!({ "discovered_at": "2021-04-14T07:59:59Z" }), true),
        (own("C1", before), false),
        (own("C1", "2021-04-15T08:00:01Z"), true),
        (no_crime("sup", "why", before), false),
        (no_crime("di", "why", before), false),
        (no_crime("om", "why", before), true),
        (no_crime("ghost", "why", before), true),
        (no_crime("sup", " \u{2003}", before), true),
        (no_crime("sup", "why", "2021-04-15T08:00:01Z"), true),
    ];
    table(code, &World::in_order(), RecordKind::Breach, "b", &rows);
    let left = World::in_order().set(RecordKind::Officer, "sup", json!({ "in_post_until": "2016-01-01" }));
    table(code, &left, RecordKind::Breach, "b", &[(no_crime("sup", "why", before), false)]);
    let breach = World::in_order().set(RecordKind::Breach, "b", json!({}));
    let rows = [
        (json!({}), false),
        (json!({ "breach_ref": "another" }), true),
        (json!({ "breach_ref": null, "offender_ref": "o" }), true),
        (json!({ "recorded_at": "2021-04-15T08:00:01Z" }), true),
        (json!({ "state": "cancelled" }), true),
    ];
    table(code, &breach, RecordKind::CrimeReport, "r", &rows);
    let own = breach.clone().set(RecordKind::Breach, "b", own("C1", before));
    let rows = [
        (json!({ "state": "cancelled", "breach_ref": null, "cancelled_at": "2099-01-01T00:00:00Z" }), true),
        (json!({ "ref": "C2", "state": "cancelled" }), false),
    ];
    table(code, &own, RecordKind::CrimeReport, "r", &rows);
    let both = breach.set(RecordKind::CrimeReport, "r", json!({}));
    table(code, &both, RecordKind::CrimeReport, "q", &[(json!({ "state": "cancelled", "breach_ref": null }), true)]);
}

#[test]
fn a_breach_needs_a_decision_with_a_reason_within_a_week() {
    let decided = |why: &str, at: &str| {
        json!({ "decision": { "kind": "no_further_action", "rationale": why, "decided_by": "ghost",
            "decided_at": at } })
    };
    let rows = [
        (json!({ "discovered_at": "2021-04-08T10:00:00Z" }), false),
        (json!({ "discovered_at": "2021-04-07T22:59:59Z" }), true),
        (json!({ "discovered_at": "2021-04-07T23:00:00Z" }), false),
        (decided("why", "2021-04-14T10:00:00Z"), false),
        (decided("\t ", "2021-04-14T10:00:00Z"), true),
        (decided("why", "2021-04-15T08:00:01Z"), true),
    ];
    table(FlagCode::BreachWithoutDecision, &World::in_order(), RecordKind::Breach, "b", &rows);
    let gone = World::in_order().set(RecordKind::Offender, "o", json!({ "status": "transferred_out" }));
    table(FlagCode::BreachWithoutDecision, &gone, RecordKind::Breach, "b", &[(json!({}), false)]);
}

#[test]
fn a_suspected_breach_counts_in_no_rule_and_is_flagged_until_somebody_decides() {
    let world = |state: &str, at: &str| {
        World::in_order().set(RecordKind::Breach, "b", json!({ "state": state, "discovered_at": at }))
    };
    let codes = |world: &World| world.flags().iter().map(|flag| flag.code).collect::<Vec<_>>();
    let (then, just) = ("2021-04-01T10:00:00Z", "2021-04-14T08:00:00Z");
    assert_eq!(codes(&world("confirmed", then)), [FlagCode::BreachWithoutCrimeReport, FlagCode::BreachWithoutDecision]);
    assert_eq!(codes(&world("suspected", then)), [FlagCode::SuspectedBreachUndecided]);
    assert_eq!(codes(&world("suspected", just)), [], "24 hours have just passed");
    assert_eq!(codes(&world("suspected", "2021-04-14T07:59:59Z")), [FlagCode::SuspectedBreachUndecided]);
    assert_eq!(codes(&world("discounted", then)), []);
    let deceased = world("suspected", then).set(RecordKind::Offender, "o", json!({ "status": "deceased" }));
    assert_eq!(codes(&deceased), []);
}

#[test]
fn only_confirmed_breaches_stand_against_reactive_management_and_count_while_nobody_manages() {
    for (state, counts) in [("confirmed", true), ("suspected", false), ("discounted", false)] {
        let breach = json!({ "state": state, "discovered_at": "2021-04-15T07:00:00Z" });
        let unallocated = World::in_order().unallocated().set(RecordKind::Breach, "b", breach.clone());
        assert_eq!(unallocated.raised(FlagCode::RecordChangedWhileUnallocated).is_some(), counts, "{state}");
        let placed =
            World::in_order().set(RecordKind::ReactiveManagement, "o", json!({})).set(RecordKind::Breach, "b", breach);
        assert_eq!(placed.raised(FlagCode::ReactiveReviewDue).is_some(), counts, "{state}");
        let ineligible = placed.raised(FlagCode::ReactiveIneligible).unwrap();
        assert_eq!(ineligible.evidence.to_string().contains("no_recent_breach"), counts, "{state}");
    }
}
