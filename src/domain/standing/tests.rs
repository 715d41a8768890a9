//! Standings at their boundaries: one case in good order, changed in one way at a time.

use serde_json::{Value, json};

use super::{Bucket, CaseStanding, standings};
use crate::domain::flag::tests::World;
use crate::domain::flag::{FlagCode, evaluate};
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::visit::VisitMode;

fn only(world: &World) -> CaseStanding {
    let (file, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
    let policy = policies.in_force(at.today()).unwrap();
    let mut found = standings(&file, at, policy, &evaluate(&file, at, policy));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// A way in which a case may want something.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanting {
    Custody,
    NotificationEnded,
    Manager,
    Plan,
    Requirement,
    Reactive,
}

fn wanting(what: &[Wanting]) -> World {
    what.iter().fold(World::in_order(), |world, what| match what {
        Wanting::Custody => world.set(RecordKind::Offender, "o", json!({ "status": "custody" })),
        Wanting::NotificationEnded => {
            let ended = json!({ "relevant_date": "2015-06-01", "ends_on": "2021-04-14", "regime": "annual",
                "under_18_at_relevant_date": false });
            world.set(RecordKind::Offender, "o", json!({ "notification": ended }))
        }
        Wanting::Manager => world.unallocated(),
        Wanting::Plan => world.without(RecordKind::RiskManagementPlan, "p"),
        Wanting::Requirement => world.set(RecordKind::RiskManagementPlan, "p", json!({ "visit_requirement": null })),
        Wanting::Reactive => world.set(RecordKind::ReactiveManagement, "o", json!({})),
    })
}

#[test]
fn a_case_is_in_the_first_bucket_that_names_what_it_wants() {
    use Wanting::{Custody, Manager, NotificationEnded, Plan, Reactive, Requirement};
    let rows: [(&[Wanting], Bucket); 14] = [
        (&[], Bucket::Managed),
        (&[Reactive], Bucket::Reactive),
        (&[Requirement], Bucket::PlanIncomplete),
        (&[Plan], Bucket::PlanIncomplete),
        (&[Manager], Bucket::Unallocated),
        (&[Custody], Bucket::Outside),
        (&[NotificationEnded], Bucket::Outside),
        (&[Reactive, Requirement], Bucket::Reactive),
        (&[Reactive, Plan], Bucket::PlanIncomplete),
        (&[Reactive, Manager], Bucket::Unallocated),
        (&[Plan, Manager], Bucket::Unallocated),
        (&[Reactive, Plan, Manager], Bucket::Unallocated),
        (&[Reactive, Plan, Manager, Custody], Bucket::Outside),
        (&[Manager, NotificationEnded], Bucket::Outside),
    ];
    for (what, bucket) in rows {
        assert_eq!(only(&wanting(what)).standing.bucket, bucket, "{what:?}");
    }
}

#[test]
fn whoever_is_not_in_the_community_is_outside() {
    for status in
        ["custody", "hospital", "abroad", "missing", "deported", "transferred_out", "deceased", "period_ended"]
    {
        let world = World::in_order().set(RecordKind::Offender, "o", json!({ "status": status }));
        let standing = only(&world).standing;
        assert_eq!((standing.bucket, standing.in_community), (Bucket::Outside, false), "{status}");
    }
}

#[test]
fn every_flag_with_a_date_gives_it_to_the_standing() {
    let overdue = World::in_order()
        .set(RecordKind::Visit, "v", json!({ "attempted_at": "2020-10-01T10:00:00Z" }))
        .set(RecordKind::ArmsAssessment, "s", json!({ "assessed_on": "2020-01-31" }))
        .set(
            RecordKind::RiskManagementPlan,
            "p",
            json!({ "review_on": "2021-03-01", "actions": [
            { "ref": "x", "pillar": "supervision", "description": "", "due_on": "2021-03-02", "completed_on": null,
              "owner_ref": "om" }] }),
        );
    let standing = only(&overdue).standing;
    let day = |text: &str| text.parse().ok();
    assert_eq!(standing.visit_due_on, day("2021-01-29"));
    assert_eq!(standing.assessment_due_on, day("2021-01-31"));
    assert_eq!(standing.plan_review_due_on, day("2021-03-01"));
    let actions: Vec<_> = standing
        .overdue_actions
        .iter()
        .map(|it| (it.action_ref.as_str(), Some(it.due_on), it.owner_ref.as_ref().unwrap().as_str()))
        .collect();
    assert_eq!(actions, [("x", day("2021-03-02"), "om")]);

    let in_order = only(&World::in_order()).standing;
    assert_eq!((in_order.visit_due_on, in_order.assessment_due_on, in_order.plan_review_due_on), (None, None, None));
    assert_eq!((in_order.flags.as_slice(), in_order.interval_days), ([].as_slice(), Some(90)));
}

#[test]
fn an_unallocated_case_says_why_since_when_and_in_whose_name() {
    let left = World::in_order().set(RecordKind::Officer, "om", json!({ "in_post_until": "2021-03-31" }));
    let gap = only(&left).standing.unallocated.unwrap();
    assert_eq!((gap.reason.as_str(), gap.since.to_string().as_str()), ("manager_left", "2021-04-01"));
    assert_eq!(gap.holder_ref.unwrap().as_str(), "om");
    assert_eq!(only(&World::in_order().unallocated()).standing.unallocated.unwrap().holder_ref, None);
}

#[test]
fn a_breach_stands_once_with_what_it_wants() {
    let breach = |members: Value| only(&World::in_order().set(RecordKind::Breach, "b", members)).standing;
    let both = breach(json!({}));
    assert_eq!(both.flags, [FlagCode::BreachWithoutCrimeReport, FlagCode::BreachWithoutDecision]);
    let [both] = both.breaches.as_slice() else { panic!("{both:?}") };
    assert!(both.crime_report_due_at.is_some() && both.decision_due_on.is_some());
    let recorded = breach(json!({ "crime": { "ref": "C1", "recorded_at": "2021-04-01T12:00:00Z" } }));
    assert_eq!(recorded.breaches.len(), 1);
    assert_eq!(recorded.breaches[0].crime_report_due_at, None);
    let two = World::in_order().set(RecordKind::Breach, "b", json!({})).set(RecordKind::Breach, "a", json!({}));
    let two = only(&two).standing;
    assert_eq!(two.flags.len(), 2, "each code once");
    assert_eq!(two.breaches.iter().map(|it| it.breach_ref.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_reactive_case_says_what_is_not_met_and_why_it_is_reviewed() {
    let world = World::in_order().set(RecordKind::ReactiveManagement, "o", json!({ "entered_on": "2020-03-01" })).set(
        RecordKind::Breach,
        "b",
        json!({ "discovered_at": "2021-01-01T10:00:00Z" }),
    );
    let standing = only(&world).standing;
    assert!(standing.reactive);
    assert!(standing.unmet_criteria.iter().any(|unmet| unmet == "no_recent_breach"), "{standing:?}");
    let review = standing.reactive_review.unwrap();
    assert_eq!(review.causes, ["yearly_review", "breach"]);
    assert_eq!(review.due_on.to_string(), "2021-03-01");
}

#[test]
fn a_suspended_reactive_case_says_since_when_and_by_when_to_decide() {
    let arrested = |at: &str| {
        let world = World::in_order().set(RecordKind::ReactiveManagement, "o", json!({}));
        world.set(RecordKind::Arrest, "x", json!({ "arrested_at": at }))
    };
    for (section, at, decide_by, overdue) in [
        ("4", "2021-04-14T10:00:00Z", "2021-04-15", false),
        ("4", "2021-04-13T10:00:00Z", "2021-04-14", true),
        ("4", "2021-04-01T10:00:00Z", "2021-04-06", true),
    ] {
        let standing = only(&arrested(at)).standing;
        let suspended = standing.suspended.unwrap();
        assert_eq!(suspended.since.to_string(), at[..10], "section {section}");
        assert_eq!((suspended.decide_by.to_string().as_str(), suspended.overdue), (decide_by, overdue), "{at}");
        assert_eq!(standing.has(FlagCode::ReactiveSuspensionUndecided), overdue, "section {section}: {at}");
        assert_eq!((standing.bucket, standing.reactive), (Bucket::Reactive, true));
    }
    let decision = json!({ "answers": [{ "kind": "arrest", "ref": "x" }] });
    let decided = arrested("2021-04-13T10:00:00Z").set(RecordKind::ReactiveDecision, "d", decision);
    let standing = only(&decided).standing;
    assert_eq!((standing.suspended, standing.has(FlagCode::ReactiveSuspensionUndecided)), (None, false));
    assert_eq!(only(&World::in_order()).standing.suspended, None);
}

#[test]
fn contacts_of_the_last_year_are_counted_by_how_and_the_last_one_is_told() {
    let seen = |mode: &str, at: &str, inspected: Value| json!({ "mode": mode, "attempted_at": at, "home_inspected": inspected });
    let world = World::in_order()
        .set(RecordKind::Visit, "v", seen("home", "2020-04-15T10:00:00Z", json!(true)))
        .set(RecordKind::Visit, "w", seen("home", "2020-04-14T10:00:00Z", json!(true)))
        .set(RecordKind::Visit, "x", seen("home", "2020-12-01T10:00:00Z", json!(false)))
        .set(RecordKind::Visit, "y", seen("phone", "2021-04-01T10:00:00Z", json!(null)))
        .set(RecordKind::Visit, "z", seen("video", "2021-04-16T10:00:00Z", json!(null)))
        .set(RecordKind::Visit, "q", json!({ "mode": "phone", "outcome": "no_reply" }));
    let standing = only(&world).standing;
    let contacts = standing.contacts;
    assert_eq!((contacts.home_inspected, contacts.home_not_inspected, contacts.phone, contacts.video), (1, 1, 1, 0));
    assert_eq!(contacts.remote(), 1);
    let last = standing.last_contact.unwrap();
    assert_eq!((last.on.to_string().as_str(), last.mode), ("2021-04-01", VisitMode::Phone));
    assert_eq!(standing.last_home_visit_on.unwrap().to_string(), "2020-04-15");
}

#[test]
fn what_is_stored_reads_back_the_same_and_names_nobody() {
    for what in [&[][..], &[Wanting::Manager], &[Wanting::Plan, Wanting::Reactive]] {
        let standing = only(&wanting(what).set(RecordKind::Breach, "b", json!({}))).standing;
        let stored = serde_json::to_value(&standing).unwrap();
        assert_eq!(serde_json::from_value::<super::Standing>(stored.clone()).unwrap(), standing);
        assert!(!stored.to_string().contains("Invented"), "{stored}");
    }
    for bucket in Bucket::ALL {
        assert_eq!(Bucket::named(bucket.as_str()), Some(bucket));
    }
}
