//! The rules on what the service itself records, at their boundaries.

use serde_json::json;

use super::*;
use crate::domain::calendar::plus_days;
use crate::domain::exchange::{Channel, LastExchange, SUCCEEDED};
use crate::domain::flag::tests::World;
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::working_time::TimeOfDay;

fn reference(text: &str) -> Ref {
    Ref::new(text).unwrap()
}

/// The reason of each flag of a code, or that there is none.
fn raised(world: &World, facts: &ServiceFacts, code: FlagCode) -> Vec<Option<&'static str>> {
    let at = world.moment();
    let policies = Policies::built_in().unwrap();
    let flags = evaluate(&world.force_file(), facts, at, policies.in_force(at.today()).unwrap());
    flags.into_iter().filter(|flag| flag.code == code).map(|flag| flag.reason).collect()
}

const VISIT: Uuid = Uuid::from_u128(7);

/// A visit of `o` at `a` by `om` on a day.
fn planned(date: &str) -> ServiceFacts {
    let visit = PlannedVisit {
        id: VISIT,
        proposal_id: Uuid::nil(),
        team_ref: reference("t"),
        offender_ref: reference("o"),
        address_ref: reference("a"),
        date: date.parse().unwrap(),
        crew: vec![reference("om")],
    };
    ServiceFacts { planned_visits: vec![visit], ..ServiceFacts::default() }
}

#[test]
fn a_planned_visit_is_in_doubt_from_today_on_by_its_first_doubt() {
    let custody = || World::in_order().set(RecordKind::Offender, "o", json!({ "status": "custody" }));
    let gone = || World::in_order().without(RecordKind::Offender, "o");
    for (what, world, date, reason) in [
        ("as arranged", World::in_order(), "2021-04-15", None),
        ("today", custody(), "2021-04-15", Some("not_in_community")),
        ("to come", custody(), "2021-05-15", Some("not_in_community")),
        ("past", custody(), "2021-04-14", None),
        ("no case any more", gone(), "2021-04-15", Some("no_longer_in_this_team")),
    ] {
        let found = raised(&world, &planned(date), FlagCode::PlannedVisitInDoubt);
        assert_eq!(found, reason.map(Some).into_iter().collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn a_planned_visit_concerns_the_team_whose_schedule_it_is() {
    let world = World::in_order().set(RecordKind::Offender, "o", json!({ "team_ref": "u" }));
    let at = world.moment();
    let policies = Policies::built_in().unwrap();
    let policy = policies.in_force(at.today()).unwrap();
    let flags = evaluate(&world.force_file(), &planned("2021-04-20"), at, policy);
    let flag = flags.into_iter().find(|flag| flag.code == FlagCode::PlannedVisitInDoubt).unwrap();
    assert_eq!((flag.team_ref, flag.offender_ref), (Some(reference("t")), Some(reference("o"))));
    assert_eq!(flag.subject, Ref::from(VISIT));
}

#[test]
fn an_outcome_is_missing_from_the_day_after_until_a_visit_at_the_door_says_what_came_of_it() {
    let visited = |members| World::in_order().set(RecordKind::Visit, "w", members);
    let linked = json!({ "attempted_at": "2021-04-12T10:00:00Z", "mode": "other", "write_up": {
        "recorded_by": "om", "recorded_at": "2021-04-12T12:00:00Z", "planned_visit_id": VISIT,
        "observations": "invented", "shows_child_contact": false } });
    for (what, world, date, missing) in [
        ("today", World::in_order(), "2021-04-15", false),
        ("yesterday", World::in_order(), "2021-04-14", true),
        ("visited that day", visited(json!({ "attempted_at": "2021-04-13T23:30:00Z" })), "2021-04-14", false),
        ("visited the day before", visited(json!({ "attempted_at": "2021-04-13T22:30:00Z" })), "2021-04-14", true),
        (
            "nobody was in",
            visited(json!({ "attempted_at": "2021-04-14T10:00:00Z", "outcome": "no_reply" })),
            "2021-04-14",
            false,
        ),
        (
            "a telephone call that day",
            visited(json!({ "attempted_at": "2021-04-14T10:00:00Z", "mode": "phone" })),
            "2021-04-14",
            true,
        ),
        ("recorded as its outcome", visited(linked), "2021-04-14", false),
        ("no case any more", World::in_order().without(RecordKind::Offender, "o"), "2021-04-14", false),
    ] {
        let found = raised(&world, &planned(date), FlagCode::VisitOutcomeMissing);
        assert_eq!(!found.is_empty(), missing, "{what}");
    }
}

#[test]
fn an_unplaced_visit_is_unscheduled_while_it_is_still_due() {
    let visited = |day: &str| World::in_order().set(RecordKind::Visit, "v", json!({ "attempted_at": day }));
    let offender = |members| World::in_order().set(RecordKind::Offender, "o", members);
    let reactive = || World::in_order().set(RecordKind::ReactiveManagement, "o", json!({}));
    let arrested = json!({ "offender_ref": "o", "arrested_at": "2021-04-01T10:00:00Z" });
    let unvisited = || World::in_order().without(RecordKind::Visit, "v");
    for (what, world, follows, due) in [
        ("no visit since", visited("2021-03-01T10:00:00Z"), Some("2021-03-01"), true),
        ("visited since", visited("2021-03-02T10:00:00Z"), Some("2021-03-01"), false),
        ("follows one that is planned", visited("2021-03-02T10:00:00Z"), Some("2021-04-20"), true),
        ("never visited", unvisited(), None, true),
        ("the first visit was made", visited("2021-03-01T10:00:00Z"), None, false),
        ("in custody", offender(json!({ "status": "custody" })), Some("2021-04-20"), false),
        ("another team's now", offender(json!({ "team_ref": "u" })), Some("2021-04-20"), false),
        ("in reactive management", reactive(), Some("2021-04-20"), false),
        ("suspended from it", reactive().set(RecordKind::Arrest, "x", arrested), Some("2021-04-20"), true),
    ] {
        let unplaced = UnplacedVisit {
            proposal_id: Uuid::nil(),
            team_ref: reference("t"),
            offender_ref: reference("o"),
            reason: "no_capacity_in_window",
            due_on: "2021-04-30".parse().unwrap(),
            follows: follows.map(|day| day.parse().unwrap()),
        };
        let facts = ServiceFacts { unplaced_visits: vec![unplaced], ..ServiceFacts::default() };
        let found = raised(&world, &facts, FlagCode::UnscheduledDueVisit);
        assert_eq!(found, due.then_some(Some("no_capacity_in_window")).into_iter().collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn a_neighbourhood_is_not_briefed_when_nobody_read_within_28_days() {
    let living = |world: World, subject: &str, members: serde_json::Value| {
        let world = world.set(RecordKind::Offender, subject, json!({ "neighbourhood_ref": "nb" }));
        world.set(RecordKind::Offender, subject, members)
    };
    let base = || living(World::in_order(), "o", json!({}));
    let access = |members| base().set(RecordKind::AccessRestriction, "o", members);
    for (what, world, read_at, flags) in [
        ("never read", base(), None, 1),
        ("read 28 days ago", base(), Some("2021-03-18T00:00:00Z"), 0),
        ("read 29 days ago", base(), Some("2021-03-17T23:59:59Z"), 1),
        ("read in a while", base(), Some("2021-04-15T08:00:01Z"), 1),
        (
            "nobody lives there",
            World::in_order().set(RecordKind::Offender, "o", json!({ "neighbourhood_ref": null })),
            None,
            0,
        ),
        ("in custody", living(World::in_order(), "o", json!({ "status": "custody" })), None, 0),
        ("only named officers may see the case", access(json!({ "restricted_to": ["om"] })), None, 0),
        ("one officer may not", access(json!({ "excluded": ["om"] })), None, 1),
        ("two of one team", living(base(), "p", json!({})), None, 1),
        ("two teams", living(base(), "p", json!({ "team_ref": "u" })), None, 2),
    ] {
        let read = read_at.map(|at: &str| (reference("nb"), at.parse().unwrap()));
        let facts = ServiceFacts { briefings_read_at: read.into_iter().collect(), ..ServiceFacts::default() };
        assert_eq!(raised(&world, &facts, FlagCode::NeighbourhoodNotBriefed).len(), flags, "{what}");
    }
}

#[test]
fn the_flags_of_two_teams_in_one_neighbourhood_are_two_flags() {
    let key = |code, team| super::super::FlagKey::of(code, "subject", Some(team));
    assert_ne!(key(FlagCode::NeighbourhoodNotBriefed, "t"), key(FlagCode::NeighbourhoodNotBriefed, "u"));
    assert_eq!(key(FlagCode::HomeVisitOverdue, "t"), key(FlagCode::HomeVisitOverdue, "u"));
}

#[test]
fn last_months_sample_is_due_until_it_is_complete() {
    let sample = |world: World, subject: &str, month: &str| {
        let cases = json!([{ "offender_ref": "o", "stratum": "medium", "second_grader": false }]);
        world.set(RecordKind::DipSample, subject, json!({ "month": month, "cases": cases }))
    };
    let graded = |world: World, grader: &str| {
        world.set(RecordKind::DipSampleGrade, grader, json!({ "sample_ref": "march", "grader_ref": grader }))
    };
    let drawn = || sample(World::in_order(), "march", "2021-03-01");
    for (what, world, reason) in [
        ("not drawn", World::in_order(), Some("not_drawn")),
        ("not drawn, and this month's is", sample(World::in_order(), "april", "2021-04-01"), None),
        ("not graded", drawn(), Some("not_complete")),
        ("not graded, and this month's is drawn", sample(drawn(), "april", "2021-04-01"), Some("not_complete")),
        ("graded by a supervisor alone", graded(drawn(), "sup"), Some("not_complete")),
        ("graded by an inspector", graded(drawn(), "di"), None),
        ("nobody to sample", World::in_order().set(RecordKind::Offender, "o", json!({ "status": "custody" })), None),
        // February's was not drawn, and March's is.
        ("still March", drawn().at("2021-03-31T22:59:59Z"), None),
        ("April", drawn().at("2021-03-31T23:00:00Z"), Some("not_complete")),
    ] {
        let found = raised(&world, &ServiceFacts::default(), FlagCode::DipSampleDue);
        assert_eq!(found, reason.map(Some).into_iter().collect::<Vec<_>>(), "{what}");
    }
}

/// Visits of `o` to come, so many days apart, each with ten days of room to either side of the thirtieth day after the one before.
fn expected(gaps: impl Iterator<Item = u32>) -> ServiceFacts {
    let first: CivilDate = "2021-04-20".parse().unwrap();
    let mut before = first;
    let mut visits = vec![];
    for gap in gaps {
        let on = |days| plus_days(before, days);
        let window = GuessedWindow { earliest: on(20), ideal: on(30), latest: on(40), event_on: None };
        let came = SeenVisit { date: on(gap), start: TimeOfDay::NOON };
        before = came.date;
        visits.push(ExpectedVisit {
            team_ref: reference("t"),
            offender_ref: reference("o"),
            came,
            window,
            schedule_from: first,
            schedule_until: plus_days(first, 9_999),
        });
    }
    ServiceFacts { expected_visits: visits, ..ServiceFacts::default() }
}

#[test]
fn a_schedule_that_can_be_guessed_is_flagged_and_one_drawn_by_chance_is_not() {
    // Multiples of 8 modulo 21 visit every day of the window in turn.
    let drawn = || (0..42).map(|at| 20 + at * 8 % 21);
    for (what, facts, found) in [
        ("as the grid has it", expected((0..42).map(|_| 30)), vec![Some("median_interval")]),
        ("always when the window opens", expected((0..42).map(|_| 21)), vec![Some("median_interval")]),
        ("drawn", expected(drawn()), vec![]),
        ("too few to tell", expected((0..19).map(|_| 30)), vec![]),
        ("nothing planned", ServiceFacts::default(), vec![]),
    ] {
        let raised = raised(&World::in_order(), &facts, FlagCode::PredictableVisits);
        assert_eq!(raised, found, "{what}");
    }
}

#[test]
fn a_records_system_is_stale_once_nothing_has_come_for_a_day_by_whichever_channel() {
    let exchange = |channel, outcome: &str, last_success_at: Option<&str>| LastExchange {
        channel,
        began_at: "2021-04-15T07:00:00Z".parse().unwrap(),
        ended_at: "2021-04-15T07:00:00Z".parse().unwrap(),
        outcome: outcome.to_owned(),
        events: Some(0),
        last_success_at: last_success_at.map(|at| at.parse().unwrap()),
    };
    let (a_day, longer) = (Some("2021-04-14T08:00:00Z"), Some("2021-04-14T07:59:59Z"));
    let (push, pull) = (Channel::Push, Channel::Pull);
    for (what, exchanges, found) in [
        ("a day ago", vec![exchange(push, SUCCEEDED, a_day)], None),
        ("longer ago", vec![exchange(push, SUCCEEDED, longer)], Some("silent")),
        ("one of two", vec![exchange(push, SUCCEEDED, longer), exchange(pull, SUCCEEDED, a_day)], None),
        ("failing for an hour", vec![exchange(pull, "timeout", a_day)], None),
        ("failing for a day", vec![exchange(pull, "timeout", longer)], Some("failing")),
        ("never succeeded", vec![exchange(pull, "status_401", None)], Some("failing")),
    ] {
        let system = RecordsSystem { force: reference("wessex"), exchanges };
        let facts = ServiceFacts { records_system: Some(system), ..ServiceFacts::default() };
        let raised = raised(&World::in_order(), &facts, FlagCode::RecordsSystemStale);
        assert_eq!(raised, found.map(Some).into_iter().collect::<Vec<_>>(), "{what}");
    }
    let nothing_ever = raised(&World::in_order(), &ServiceFacts::default(), FlagCode::RecordsSystemStale);
    assert_eq!(nothing_ever, Vec::<Option<&str>>::new());
}
