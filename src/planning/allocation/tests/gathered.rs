//! What is gathered from the records: which cases need a manager, who is put forward, and who is not.

use serde_json::{Value, json};

use crate::domain::allocating::check;
use crate::domain::flag::tests::World;
use crate::domain::record::RecordKind;
use crate::planning::allocation::proposal::propose;
use crate::planning::allocation::question::{Asked, Question, gather};
use crate::planning::allocation::worlds::{named, policy};

/// A force with a second manager, who holds the courses of the post.
fn two_managers() -> World {
    let course = |course: &str| json!({ "course": course, "completed_on": "2016-01-01", "expires_on": null });
    let training = [course("visor_user"), course("arms_assessor")];
    World::in_order().set(RecordKind::Officer, "om2", json!({ "training": training }))
}

fn set_place(world: &World) -> World {
    world.clone().set(RecordKind::Address, "a", json!({ "latitude": 50.7, "longitude": -1.9 }))
}

fn set(world: &World, officer: &str, members: Value) -> World {
    world.clone().set(RecordKind::Officer, officer, members)
}

fn asked(world: &World, leavers: &[&str], shows: bool) -> Question {
    let (leavers, team): (Vec<_>, _) = (leavers.iter().map(|leaver| named(*leaver)).collect(), named("t"));
    let asked = Asked { team: &team, leavers: &leavers };
    gather(&world.force_file(), |_| shows, asked, (world.moment(), &policy())).unwrap()
}

/// The cases, the managers with what they hold, and those not put forward.
fn told(question: &Question) -> String {
    let cases = question.cases.iter().map(|case| {
        let place = if case.facts.in_community { "" } else { " elsewhere" };
        format!("{} {} {} from {}{place}", case.facts.offender_ref, case.facts.reason, case.facts.days, case.from)
    });
    let managers = question.managers.iter().map(|it| format!("{} {}", it.officer_ref, it.held.load.cases));
    let absent = question.absent.iter().map(|it| format!("{} {:?}", it.officer_ref, it.reason));
    let joined = |parts: Vec<String>| parts.join(", ");
    format!("{} | {} | {}", joined(cases.collect()), joined(managers.collect()), joined(absent.collect()))
}

#[test]
fn the_cases_that_need_a_manager_are_those_of_the_flag_and_of_leavers() {
    let world = two_managers();
    let left = set(&world, "om", json!({"in_post_until": "2021-04-05"}));
    let leaves = set(&world, "om", json!({"in_post_until": "2021-04-30"}));
    for (world, leavers, expected) in [
        (world.clone(), &[][..], " | om 1, om2 0 | "),
        (left.clone(), &[], "o manager_left 9 from 2021-04-15 | om2 0 | "),
        (world.clone(), &["om"], "o manager_leaves 0 from 2021-04-15 | om2 0 | om Leaver"),
        (leaves.clone(), &["om"], "o manager_leaves 0 from 2021-05-01 | om2 0 | om Leaver"),
        (leaves, &[], " | om2 0 | om LeavesSoon"),
        (
            world.clone().unallocated().set(RecordKind::Offender, "o", json!({"status": "custody"})),
            &[],
            "o never_allocated 2145 from 2021-04-15 elsewhere | om 0, om2 0 | ",
        ),
        (
            world.clone().allocate("2021-04-10", Some("sup"), "2021-04-10T00:00:00Z", "e2"),
            &[],
            "o held_by_supervisor 5 from 2021-04-15 | om 0, om2 0 | ",
        ),
        // What is decided already for a day to come is counted where it goes, unless that is a leaver.
        (left.clone().allocate("2021-05-01", Some("om2"), "2021-04-10T00:00:00Z", "e2"), &[], " | om2 1 | "),
        (
            left.clone().allocate("2021-05-01", Some("om2"), "2021-04-10T00:00:00Z", "e2"),
            &["om2"],
            "o manager_left 9 from 2021-04-15 |  | om2 Leaver",
        ),
        (
            world.clone().allocate("2021-05-01", Some("om2"), "2021-04-10T00:00:00Z", "e2"),
            &["om2"],
            "o manager_leaves 0 from 2021-04-15 | om 0 | om2 Leaver",
        ),
        (left.set(RecordKind::Offender, "o", json!({"team_ref": "other"})), &[], " | om2 0 | "),
        (world.set(RecordKind::Offender, "o", json!({"status": "deceased"})).unallocated(), &[], " | om 0, om2 0 | "),
    ] {
        assert_eq!(told(&asked(&world, leavers, true)), expected);
    }
}

#[test]
fn whoever_is_put_forward_is_there_stays_and_holds_the_courses_of_the_post() {
    let world = set(&two_managers(), "om", json!({"in_post_until": "2021-04-05"}));
    let away = |until: &str| json!({"absences": [{"from": "2021-04-01", "until": until, "reason": "sickness"}]});
    let lent =
        |until: &str| json!({"loans": [{"team_ref": "u", "from": "2021-04-01", "until": until, "approved_by": "sup"}]});
    for (members, expected) in [
        (json!({"in_post_from": "2021-04-16"}), "om2 NotInPost"),
        (away("2021-04-28"), ""),
        (away("2021-04-29"), "om2 LongAbsent"),
        (json!({"in_post_until": "2021-07-14"}), ""),
        (json!({"in_post_until": "2021-07-13"}), "om2 LeavesSoon"),
        (lent("2021-04-28"), ""),
        (lent("2021-04-29"), "om2 Lent"),
        (json!({"training": []}), "om2 CourseMissing"),
    ] {
        let world = set(&world, "om2", members.clone());
        let question = asked(&world, &[], true);
        let absent: Vec<String> =
            question.absent.iter().map(|it| format!("{} {:?}", it.officer_ref, it.reason)).collect();
        assert_eq!(absent.join(", "), expected, "{members}");
        // Whoever is proposed may be named by the act that allocates.
        let force = world.force_file();
        for line in propose(&question).lines {
            let passes = (&line.manager.officer_ref, line.from);
            check(force.cases.get("o").unwrap(), &force, passes, (world.moment(), &policy())).unwrap();
        }
    }
    let elsewhere = set(&world, "om2", json!({"team_ref": "u"}));
    let question = asked(&elsewhere, &[], true);
    assert_eq!(
        (question.managers.len(), question.absent.len()),
        (0, 0),
        "another team's officers are no concern of it"
    );
}

#[test]
fn part_time_skills_earlier_managers_and_limited_access_come_from_the_records() {
    let shift = |weekday: &str, end: &str| json!({"weekday": weekday, "start": "08:00", "end": end});
    let world = set(
        &two_managers(),
        "om2",
        json!({"shifts": [shift("mon", "16:00"), shift("tue", "16:00"), shift("wed", "12:00")], "skills": ["triage"],
            "max_caseload": 12}),
    );
    let world = world.allocate("2020-01-01", Some("om2"), "2020-01-01T00:00:00Z", "e2").allocate(
        "2021-04-10",
        Some("sup"),
        "2021-04-10T00:00:00Z",
        "e3",
    );
    let question = asked(&world, &[], true);
    let om2 = &question.managers[1];
    assert_eq!((om2.capacity_percent, om2.limit, om2.skills.as_slice()), (50, 12, &["triage".to_owned()][..]));
    let case = &question.cases[0];
    let earlier: Vec<&str> = case.earlier.iter().map(|officer| officer.as_str()).collect();
    assert_eq!((earlier, case.is_limited), (vec!["om", "om2", "sup"], false));
    let access = json!({"restricted_to": ["om", "sup"], "excluded": []});
    let limited = world.set(RecordKind::AccessRestriction, "o", access);
    let question = asked(&limited, &[], true);
    let shut_out: Vec<&str> = question.cases[0].shut_out.iter().map(|officer| officer.as_str()).collect();
    assert_eq!((shut_out, question.cases[0].is_limited), (vec!["om2"], true));
    assert_eq!(propose(&question).lines[0].manager.officer_ref, named("om"));
    assert_eq!(told(&asked(&limited, &[], false)), " | om 0, om2 0 | ", "what is hidden is neither listed nor counted");
}

#[test]
fn a_distance_is_to_no_home_that_limited_access_hides() {
    let homes = |world: &World| asked(world, &[], true).managers[0].homes.len();
    let access = json!({"restricted_to": ["om", "sup"], "excluded": []});
    let world = set_place(&two_managers());
    assert_eq!((homes(&world), homes(&world.clone().set(RecordKind::AccessRestriction, "o", access))), (1, 0));
}

#[test]
fn leavers_are_officers_of_the_team() {
    let world = two_managers().set(RecordKind::Officer, "x", json!({"team_ref": "other"}));
    let team = named("t");
    for leavers in [["om", "nobody"], ["om", "x"]] {
        let leavers = leavers.map(named);
        let asked = Asked { team: &team, leavers: &leavers };
        let refused = gather(&world.force_file(), |_| true, asked, (world.moment(), &policy())).unwrap_err();
        assert_eq!(refused.pointer, "/leavers/1");
    }
}
