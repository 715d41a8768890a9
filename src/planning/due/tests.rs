//! What is due, at its boundaries. Every row starts from a case in good order: last seen at home on
//! 1 February 2021, a plan of 60, 90 and 120 days, today 15 April 2021.

use serde_json::{Value, json};

use super::{Due, DueContext, due};
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::flag::tests::World;
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind::{
    self, Address, ArmsAssessment, Breach, Intelligence, Offender, ReactiveManagement, RiskManagementPlan, Visit,
};
use crate::planning::snapshot::{Demand, DueRule, Horizon};

fn due_in(world: &World, until: &str) -> Option<Due> {
    let (force, policies, at) = (world.force_file(), Policies::built_in().unwrap(), world.moment());
    let context = DueContext {
        at,
        horizon: Horizon { from: at.today(), until: until.parse().unwrap() },
        policy: policies.in_force(at.today()).unwrap(),
        bank_holidays: &BankHolidays::built_in().unwrap(),
    };
    due(force.cases.values().next().unwrap(), context)
}

fn demand(world: &World) -> Demand {
    match due_in(world, "2021-05-12") {
        Some(Due::Visit(demand)) => *demand,
        other => panic!("{other:?}"),
    }
}

/// The rule, and the window's three days.
fn window(world: &World) -> String {
    let demand = demand(world);
    let rule = serde_json::to_value(demand.why.rule).unwrap();
    let window = demand.window;
    format!("{} {} {} {}", rule.as_str().unwrap(), window.earliest, window.ideal, window.latest)
}

/// What it is about, the records that are changed, and the rule and window expected.
type Row = (&'static str, Vec<(RecordKind, &'static str, Value)>, &'static str);

#[test]
fn each_window_is_counted_by_its_rule() {
    let rows: Vec<Row> = vec![
        ("the plan's interval", vec![], "plan_interval 2021-04-02 2021-05-02 2021-06-01"),
        (
            "a step of the plan",
            vec![(
                RiskManagementPlan,
                "p",
                json!({ "visit_requirement": requirement(&json!([
                { "until": "2021-04-15", "interval_days": 30, "earliest_after_days": 20, "latest_after_days": 40 }
            ])) }),
            )],
            "plan_step 2021-02-21 2021-03-03 2021-03-13",
        ),
        (
            "nobody has seen the home, and the days are over",
            vec![(Visit, "v", json!({ "home_inspected": false }))],
            "first_visit 2015-06-16 2015-06-16 2015-06-16",
        ),
        (
            "nobody has seen the home since a release last week",
            vec![
                (Visit, "v", json!({ "home_inspected": false })),
                (Offender, "o", json!({ "community_since": "2021-04-10" })),
            ],
            "first_visit 2021-04-15 2021-04-15 2021-04-25",
        ),
        (
            "returned from custody since",
            vec![(Offender, "o", json!({ "community_since": "2021-04-10" }))],
            "return_to_community 2021-04-15 2021-04-15 2021-04-25",
        ),
        (
            "returned on the day of the visit: seen since",
            vec![(Offender, "o", json!({ "community_since": "2021-02-01" }))],
            "plan_interval 2021-04-02 2021-05-02 2021-06-01",
        ),
        (
            "a new address",
            vec![(Address, "b", json!({ "resident_from": "2021-04-06" }))],
            "new_address 2021-04-15 2021-04-15 2021-04-21",
        ),
        (
            "left reactive management",
            vec![(ReactiveManagement, "o", json!({ "entered_on": "2021-02-10", "left_on": "2021-04-12" }))],
            "return_from_reactive_management 2021-04-15 2021-04-15 2021-04-27",
        ),
        (
            "a breach: five working days, over Good Friday and Easter Monday",
            vec![(Breach, "b", json!({ "discovered_at": "2021-03-31T10:00:00Z" }))],
            "breach 2021-04-09 2021-04-09 2021-04-09",
        ),
        (
            "intelligence, the first since the visit",
            vec![
                (Intelligence, "i", json!({ "received_at": "2021-04-13T10:00:00Z" })),
                (Intelligence, "j", json!({ "received_at": "2021-04-14T10:00:00Z" })),
            ],
            "risk_relevant_intelligence 2021-04-15 2021-04-15 2021-04-20",
        ),
        (
            "the ARMS level raised",
            vec![(ArmsAssessment, "t", json!({ "overall": "high", "assessed_on": "2021-04-14" }))],
            "arms_raised 2021-04-15 2021-04-15 2021-04-21",
        ),
        (
            "a failed attempt: the next within seven days, not the same day",
            vec![
                (Visit, "w", json!({ "attempted_at": "2021-04-12T10:00:00Z", "outcome": "no_reply" })),
                (Visit, "x", json!({ "attempted_at": "2021-04-15T07:00:00Z", "outcome": "refused_entry" })),
            ],
            "failed_attempt 2021-04-16 2021-04-16 2021-04-22",
        ),
        (
            "a failed attempt long ago: overdue",
            vec![(Visit, "w", json!({ "attempted_at": "2021-03-01T10:00:00Z", "outcome": "not_resident" }))],
            "failed_attempt 2021-03-08 2021-03-08 2021-03-08",
        ),
        (
            "nobody on the telephone, or seen at the door: no failed attempt",
            vec![
                (Visit, "w", json!({ "attempted_at": "2021-04-12T10:00:00Z", "outcome": "no_reply", "mode": "phone" })),
                (Visit, "x", json!({ "attempted_at": "2021-04-13T10:00:00Z", "mode": "doorstep" })),
            ],
            "plan_interval 2021-04-02 2021-05-02 2021-06-01",
        ),
        (
            "a failed attempt before the visit that succeeded",
            vec![(Visit, "w", json!({ "attempted_at": "2021-01-31T10:00:00Z", "outcome": "no_reply" }))],
            "plan_interval 2021-04-02 2021-05-02 2021-06-01",
        ),
        (
            "a raise is not forgotten when another assessment follows",
            vec![
                (ArmsAssessment, "t", json!({ "overall": "high", "assessed_on": "2021-04-12" })),
                (ArmsAssessment, "u", json!({ "overall": "high", "assessed_on": "2021-04-14" })),
            ],
            "arms_raised 2021-04-15 2021-04-15 2021-04-19",
        ),
        (
            "a raise taken back before anybody went",
            vec![
                (ArmsAssessment, "t", json!({ "overall": "high", "assessed_on": "2021-04-12" })),
                (ArmsAssessment, "u", json!({ "overall": "medium", "assessed_on": "2021-04-14" })),
            ],
            "plan_interval 2021-04-02 2021-05-02 2021-06-01",
        ),
        (
            "a raise for somebody never visited",
            vec![
                (Visit, "v", json!({ "home_inspected": false })),
                (Offender, "o", json!({ "community_since": "2021-04-10" })),
                (ArmsAssessment, "t", json!({ "overall": "high", "assessed_on": "2021-04-12" })),
            ],
            "arms_raised 2021-04-15 2021-04-15 2021-04-19",
        ),
        (
            "of two windows the one that ends first",
            vec![
                (Address, "b", json!({ "resident_from": "2021-04-06" })),
                (Intelligence, "i", json!({ "received_at": "2021-04-13T10:00:00Z" })),
            ],
            "risk_relevant_intelligence 2021-04-15 2021-04-15 2021-04-20",
        ),
    ];
    for (what, records, expected) in rows {
        let world = records
            .into_iter()
            .fold(World::in_order(), |world, (kind, subject, members)| world.set(kind, subject, members));
        assert_eq!(window(&world), expected, "{what}");
    }
}

#[test]
fn what_does_not_open_a_window() {
    let rows: Vec<(&str, RecordKind, Value)> = vec![
        ("intelligence not relevant to risk", Intelligence, json!({ "risk_relevant": false })),
        ("intelligence before the visit", Intelligence, json!({ "received_at": "2021-02-01T10:00:00Z" })),
        ("intelligence to come", Intelligence, json!({ "received_at": "2021-04-15T08:00:01Z" })),
        (
            "a breach that was no crime",
            Breach,
            json!({ "decision": { "kind": "no_crime", "rationale": "none", "decided_by": "sup",
                "decided_at": "2021-04-02T10:00:00Z" } }),
        ),
        ("an assessment no higher", ArmsAssessment, json!({ "overall": "medium", "assessed_on": "2021-04-14" })),
        ("another address, not the home", Address, json!({ "kind": "other", "resident_from": "2021-04-06" })),
        ("a call since", Visit, json!({ "mode": "phone", "attempted_at": "2021-04-10T10:00:00Z" })),
    ];
    for (what, kind, members) in rows {
        let world = World::in_order().set(kind, "x", members);
        assert_eq!(window(&world), "plan_interval 2021-04-02 2021-05-02 2021-06-01", "{what}");
    }
}

#[test]
fn who_owes_the_horizon_nothing() {
    let reactive = World::in_order().set(ReactiveManagement, "o", json!({}));
    assert_eq!(due_in(&reactive, "2021-05-12"), None);
    let custody = World::in_order().set(Offender, "o", json!({ "status": "custody" }));
    assert_eq!(due_in(&custody, "2021-05-12"), None);
    assert_eq!(due_in(&World::in_order(), "2021-05-01"), None);
    assert!(due_in(&World::in_order(), "2021-05-02").is_some());
}

#[test]
fn nobody_is_due_after_the_end_of_notification() {
    let until = |ends: &str| {
        let mut offender =
            json!({ "relevant_date": "2015-06-01", "regime": "annual", "under_18_at_relevant_date": false });
        offender["ends_on"] = json!(ends);
        World::in_order().set(Offender, "o", json!({ "notification": offender }))
    };
    assert_eq!(due_in(&until("2021-05-01"), "2021-05-31"), None, "the ideal day is the 2nd of May");
    let last = demand(&until("2021-05-02"));
    assert_eq!(last.notification_ends_on, Some("2021-05-02".parse().unwrap()));
}

#[test]
fn a_visit_is_made_where_the_offender_lives_on_its_day() {
    let moving = World::in_order().set(Address, "a", json!({ "resident_until": "2021-04-20" })).set(
        Address,
        "b",
        json!({ "resident_from": "2021-04-21" }),
    );
    // The plan's ideal day is the 2nd of May.
    assert_eq!(demand(&moving).place.unwrap().address_ref.as_str(), "b");
    let warned = moving.set(Intelligence, "i", json!({ "received_at": "2021-04-13T10:00:00Z" }));
    let place = demand(&warned).place.unwrap();
    assert_eq!((place.address_ref.as_str(), place.resident_until), ("a", Some("2021-04-20".parse().unwrap())));
}

#[test]
fn a_window_whose_best_day_lies_after_the_horizon_does_not_hide_one_that_is_open() {
    let soon = requirement(&json!([{ "until": "2021-04-30", "interval_days": 75, "earliest_after_days": 60,
        "latest_after_days": 76 }]));
    let world = World::in_order().set(RiskManagementPlan, "p", json!({ "visit_requirement": soon })).set(
        Breach,
        "b",
        json!({ "discovered_at": "2021-04-14T10:00:00Z" }),
    );
    match due_in(&world, "2021-04-16") {
        Some(Due::Visit(demand)) => assert_eq!(demand.why.rule, DueRule::Breach),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_requirement_only_first_new_and_return_visits_are_due() {
    let bare = World::in_order().set(RiskManagementPlan, "p", json!({ "visit_requirement": null }));
    let told = |world: &World| match due_in(world, "2021-05-12") {
        Some(Due::NoVisitRequirement(offender)) => offender.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&bare), "o");
    assert_eq!(told(&bare.clone().set(Intelligence, "i", json!({}))), "o");
    assert_eq!(told(&World::in_order().without(RiskManagementPlan, "p")), "o");
    let moved = demand(&bare.set(Address, "b", json!({ "resident_from": "2021-04-06" })));
    assert_eq!((moved.needs.crew, moved.needs.duration_minutes, moved.needs.unannounced), (2, 45, true));
    assert_eq!(moved.recurrence, None);
    assert_eq!(moved.place.unwrap().address_ref.as_str(), "b");
}

#[test]
fn one_officer_goes_alone_only_with_the_approval() {
    let plan = |crew: u32, approved: Value| {
        let mut requirement = requirement(&json!([]));
        requirement["crew"] = json!(crew);
        requirement["single_crew_approved_by"] = approved;
        let world = World::in_order().set(RiskManagementPlan, "p", json!({ "visit_requirement": requirement }));
        demand(&world).needs.crew
    };
    assert_eq!((plan(1, json!(null)), plan(1, json!("sup")), plan(3, json!(null))), (2, 1, 3));
}

#[test]
fn a_reason_names_its_plan_or_its_record() {
    let planned = demand(&World::in_order()).why;
    assert_eq!(planned.plan_ref.unwrap().as_str(), "p");
    assert_eq!(planned.interval.unwrap().interval_days, 90);
    let warned = demand(&World::in_order().set(Intelligence, "i", json!({}))).why;
    assert_eq!(warned.record_ref.unwrap().as_str(), "i");
    assert_eq!(warned.last_qualifying_visit_on, Some("2021-02-01".parse().unwrap()));
}

fn requirement(steps: &Value) -> Value {
    json!({ "interval_days": 90, "earliest_after_days": 60, "latest_after_days": 120, "duration_minutes": 60,
        "crew": 2, "unannounced": true, "time_windows": [], "required_skills": [], "joint_agency": null,
        "single_crew_approved_by": null, "steps": steps })
}

#[test]
fn somebody_suspended_from_reactive_management_is_due_within_five_working_days_with_or_without_a_requirement() {
    let reactive = World::in_order().set(ReactiveManagement, "o", json!({}));
    let bare = reactive.clone().set(RiskManagementPlan, "p", json!({ "visit_requirement": null }));
    let breach = |state: &str, at: &str| json!({ "state": state, "discovered_at": at });
    for world in [&reactive, &bare] {
        for state in ["suspected", "confirmed"] {
            let suspended = world.clone().set(Breach, "b", breach(state, "2021-04-13T10:00:00Z"));
            assert_eq!(window(&suspended), "reactive_management_suspended 2021-04-15 2021-04-15 2021-04-20", "{state}");
        }
        let discounted = world.clone().set(Breach, "b", breach("discounted", "2021-04-13T10:00:00Z"));
        assert_eq!(due_in(&discounted, "2021-05-12"), None);
    }
    let suspended = bare.set(Breach, "b", breach("suspected", "2021-04-13T10:00:00Z"));
    assert_eq!(demand(&suspended).needs.crew, 2);
    let seen = |at: &str| {
        let suspended = reactive.clone().set(Breach, "b", breach("suspected", "2021-04-13T10:00:00Z"));
        suspended.set(Visit, "w", json!({ "attempted_at": at }))
    };
    assert!(due_in(&seen("2021-04-13T10:00:01Z"), "2021-05-12").is_none(), "seen since: the plan's interval runs on");
    match due_in(&seen("2021-04-13T10:00:01Z"), "2021-07-12") {
        Some(Due::Visit(demand)) => assert_eq!(demand.why.rule, DueRule::PlanInterval),
        other => panic!("{other:?}"),
    }
    assert!(window(&seen("2021-04-13T10:00:00Z")).starts_with("reactive_management_suspended"));
    let answers = json!({ "answers": [{ "kind": "suspected_breach", "ref": "b" }] });
    let decided = reactive.set(Breach, "b", breach("suspected", "2021-04-13T10:00:00Z")).set(
        RecordKind::ReactiveDecision,
        "d",
        answers,
    );
    assert_eq!(due_in(&decided, "2021-05-12"), None);
}

#[test]
fn removal_from_reactive_management_puts_the_visit_of_its_suspension_off_no_further() {
    // Arrested on Monday 12 April, removed by the inspector on the 13th; no plan asks for visits.
    let removed = |members: Value| {
        World::in_order()
            .set(RiskManagementPlan, "p", json!({ "visit_requirement": null }))
            .set(RecordKind::Arrest, "x", json!({ "arrested_at": "2021-04-12T10:00:00Z" }))
            .set(ReactiveManagement, "o", members)
    };
    let kept = removed(json!({}));
    assert_eq!(window(&kept), "reactive_management_suspended 2021-04-15 2021-04-15 2021-04-19");
    let left = removed(json!({ "left_on": "2021-04-13" }));
    assert_eq!(window(&left), "reactive_management_suspended 2021-04-15 2021-04-15 2021-04-19");
    let before = removed(json!({ "left_on": "2021-04-11" }));
    assert_eq!(window(&before), "return_from_reactive_management 2021-04-15 2021-04-15 2021-04-26");
    let answered = left.clone().set(
        RecordKind::ReactiveDecision,
        "d",
        json!({ "decided_at": "2021-04-12T11:00:00Z", "answers": [{ "kind": "arrest", "ref": "x" }] }),
    );
    assert_eq!(window(&answered), "return_from_reactive_management 2021-04-15 2021-04-15 2021-04-28");
    let seen = left.set(Visit, "w", json!({ "attempted_at": "2021-04-12T12:00:00Z" }));
    assert_eq!(window(&seen), "return_from_reactive_management 2021-04-15 2021-04-15 2021-04-28");
}

#[test]
fn after_a_failed_attempt_another_part_of_the_day_is_asked_for() {
    let tried = |at: &str| {
        let attempt = json!({ "attempted_at": at, "outcome": "no_reply" });
        let times = demand(&World::in_order().set(Visit, "w", attempt)).needs.time_windows;
        times.iter().map(|window| format!("{}-{}", window.from, window.until)).collect::<Vec<_>>().join(" ")
    };
    // Summer time: 10:30 in UTC is 11:30 in London.
    assert_eq!(tried("2021-04-12T10:30:00Z"), "12:00-23:59");
    assert_eq!(tried("2021-04-12T11:30:00Z"), "00:00-12:00 17:00-23:59");
    assert_eq!(demand(&World::in_order()).needs.time_windows, []);
}
