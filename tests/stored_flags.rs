//! Stored flags, on both databases: raised, held, cleared, raised again, acknowledged, in scope.

use std::collections::BTreeSet;

use mosovo_visits::casework::actor::{Actor, Person, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flag_list::{AcknowledgeError, Acknowledging, acknowledge, list, one, summary};
use mosovo_visits::casework::flags::{EvaluationReport, evaluate_asking, evaluate_force};
use mosovo_visits::casework::reading::Reader;
use mosovo_visits::domain::flag::{FlagCode, Severity};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::store::flag_list::{FlagFilter, FlagState, StoredFlag};
use mosovo_visits::store::{Store, evaluation};
use serde_json::{Value, json};

use crate::support::{learn, on_both_databases};

/// Takes a feed in at the time at which the tests evaluate first, so that the records system is heard of then.
fn import(store: &Store, feed: &str) {
    learn(store, "2021-04-20T08:00:00Z", feed);
}

fn policies() -> Policies {
    Policies::built_in().unwrap()
}

fn reading(now: &str, person: &Person) -> Reader {
    Reader { person: person.clone(), clock: at(now) }
}

fn at(instant: &str) -> Clock {
    Clock::FixedAt(instant.parse().unwrap())
}

fn event(force: &str, id: &str, kind: &str, subject: &str, data: &Value) -> String {
    json!({
        "specversion": "1.0", "id": id, "source": format!("/records/{force}"), "type": format!("records.{kind}.v1"),
        "subject": subject, "time": format!("2021-01-01T00:00:{:0>2}Z", id.trim_start_matches('e')), "data": data,
    })
    .to_string()
}

/// An offender of a team, in the community or elsewhere, of whom little else is known.
fn offender(force: &str, id: &str, subject: &str, team: &str, status: &str) -> String {
    let data = json!({
        "given_name": "Invented", "family_name": "Person", "status": status, "status_since": "2015-01-01",
        "team_ref": team, "lead_agency": "police", "lead_agency_since": "2015-01-01",
        "community_since": "2021-04-01", "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": "annual",
                         "under_18_at_relevant_date": false},
    });
    event(force, id, "offender", subject, &data)
}

fn allocation(force: &str, id: &str, subject: &str, officer: &str) -> String {
    event(force, id, "allocation", subject, &json!({"officer_ref": officer, "from": "2021-01-01"}))
}

fn person(role: Role, force: &str, teams: &[&str]) -> Person {
    Person {
        subject: "invented-person".to_owned(),
        role,
        force: force.to_owned(),
        teams: teams.iter().map(|team| Ref::new(*team).unwrap()).collect(),
        officer_ref: None,
        neighbourhoods: BTreeSet::new(),
        sends: None,
        reason: None,
    }
}

fn inspector() -> Person {
    person(Role::DetectiveInspector, "wessex", &[])
}

fn evaluated(store: &Store, now: &str, force: &str) -> EvaluationReport {
    evaluate_force(store, at(now), &Actor::Job("nightly_flags"), force, &policies()).unwrap()
}

fn found(store: &Store, now: &str, person: &Person, code: FlagCode, state: FlagState) -> Vec<StoredFlag> {
    let filter = FlagFilter { code: Some(code), state, ..FlagFilter::default() };
    list(store, &reading(now, person), &filter, None, 200).unwrap().flags
}

fn asking(store: &Store) -> Vec<String> {
    store.transaction(evaluation::forces_asking).unwrap()
}

#[test]
fn a_flag_keeps_its_since_while_it_holds_and_says_what_changed() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        let first = evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        assert!(first.raised > 3 && first.cleared + first.changed + first.unchanged == 0, "{first:?}");
        let again = evaluated(store, "2021-04-20T09:00:00Z", "wessex");
        assert_eq!(again, EvaluationReport { unchanged: first.raised, ..EvaluationReport::default() });
        let next_day = evaluated(store, "2021-04-21T08:00:00Z", "wessex");
        assert_eq!((next_day.raised, next_day.cleared), (0, 0));
        assert!(next_day.changed > 0 && next_day.unchanged > 0, "{next_day:?}");

        let now = "2021-04-21T08:00:00Z";
        let overdue = found(store, now, &inspector(), FlagCode::HomeVisitOverdue, FlagState::Open);
        let [overdue] = overdue.as_slice() else { panic!("{overdue:?}") };
        assert_eq!(overdue.raised_at.to_rfc3339(), "2021-04-20T08:00:00+00:00");
        assert_eq!(overdue.changed_at.to_rfc3339(), "2021-04-21T08:00:00+00:00");
        assert_eq!((overdue.version, overdue.subject.as_str()), (2, "o-1"));
        assert_eq!(overdue.evidence.get("days_overdue"), Some(&json!(5)));
        assert_eq!(overdue.severity, Severity::High);
    });
}

#[test]
fn a_flag_clears_when_the_facts_change_and_raised_again_it_is_a_new_one() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        let raised = evaluated(store, "2021-04-20T08:00:00Z", "wessex").raised;
        learn(store, "2021-04-21T08:00:00Z", &offender("wessex", "e2", "o-1", "north", "deported"));
        assert_eq!(evaluated(store, "2021-04-21T08:00:00Z", "wessex").cleared, raised);
        learn(store, "2021-04-22T08:00:00Z", &offender("wessex", "e3", "o-1", "north", "community"));
        // One more: the breach that was suspected on the 20th, and that nobody has decided on.
        assert_eq!(evaluated(store, "2021-04-22T08:00:00Z", "wessex").raised, raised + 1);

        let now = "2021-04-22T08:00:00Z";
        let code = FlagCode::Unallocated;
        let cleared = found(store, now, &inspector(), code, FlagState::Cleared);
        let open = found(store, now, &inspector(), code, FlagState::Open);
        let ([cleared], [open]) = (cleared.as_slice(), open.as_slice()) else { panic!("{cleared:?} {open:?}") };
        assert_eq!(cleared.cleared_at.unwrap().to_rfc3339(), "2021-04-21T08:00:00+00:00");
        assert_eq!(open.raised_at.to_rfc3339(), "2021-04-22T08:00:00+00:00");
        assert_ne!(cleared.id, open.id);
    });
}

#[test]
fn the_flags_of_a_case_name_its_current_manager_and_the_list_is_narrowed_by_it() {
    on_both_databases(|store| {
        let feed = [
            offender("wessex", "e1", "o-1", "north", "community"),
            offender("wessex", "e2", "o-2", "north", "community"),
            allocation("wessex", "e3", "o-1", "om-1"),
        ];
        import(store, &feed.join("\n"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        let filter = FlagFilter { officer: Some(Ref::new("om-1").unwrap()), ..FlagFilter::default() };
        let flags = list(store, &reading("2021-04-20T08:00:00Z", &inspector()), &filter, None, 200).unwrap().flags;
        assert!(!flags.is_empty());
        assert!(flags.iter().all(|flag| flag.offender_ref.as_deref() == Some("o-1")), "{flags:?}");
    });
}

#[test]
fn a_list_is_paged_the_gravest_first_and_nothing_is_left_out_or_told_twice() {
    on_both_databases(|store| {
        let feed: Vec<String> =
            (1..=5).map(|n| offender("wessex", &format!("e{n}"), &format!("o-{n}"), "north", "community")).collect();
        import(store, &feed.join("\n"));
        let raised = evaluated(store, "2021-04-20T08:00:00Z", "wessex").raised;
        let (mut after, mut read) = (None, Vec::new());
        loop {
            let reader = reading("2021-04-20T08:00:00Z", &inspector());
            let page = list(store, &reader, &FlagFilter::default(), after, 3).unwrap();
            read.extend(page.flags);
            after = page.goes_on_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read.len(), raised);
        assert_eq!(read.iter().map(|flag| flag.id).collect::<BTreeSet<_>>().len(), raised);
        assert!(read.is_sorted_by_key(|flag| std::cmp::Reverse(flag.severity)));
    });
}

#[test]
fn a_person_sees_the_flags_of_their_teams_alone_and_counts_of_nothing_else() {
    on_both_databases(|store| {
        let feed = [
            offender("wessex", "e1", "o-1", "north", "community"),
            offender("wessex", "e2", "o-2", "south", "community"),
        ];
        import(store, &feed.join("\n"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        let now = "2021-04-20T08:00:00Z";
        let of = |person: &Person| {
            let flags = list(store, &reading(now, person), &FlagFilter::default(), None, 200).unwrap().flags;
            let subjects: BTreeSet<String> = flags.into_iter().map(|flag| flag.subject).collect();
            let counts = summary(store, &reading(now, person)).unwrap();
            (subjects.into_iter().collect::<Vec<_>>(), counts.by_team.into_keys().collect::<Vec<_>>(), counts.open)
        };
        let north = of(&person(Role::Supervisor, "wessex", &["north"]));
        assert_eq!(
            (north.0.as_slice(), north.1.as_slice()),
            (["north".to_owned(), "o-1".to_owned()].as_slice(), ["north".to_owned()].as_slice())
        );
        let all = of(&inspector());
        assert_eq!((all.0.len(), all.2), (4, north.2 * 2));
        for nobody in [
            person(Role::Supervisor, "mercia", &["north"]),
            person(Role::DetectiveInspector, "mercia", &[]),
            person(Role::Supervisor, "wessex", &[]),
            person(Role::Auditor, "wessex", &["north"]),
        ] {
            assert_eq!(of(&nobody), (vec![], vec![], 0), "{nobody:?}");
        }
    });
}

#[test]
fn a_flag_goes_with_its_offender_to_another_team_cleared_or_not() {
    on_both_databases(|store| {
        let shift =
            json!({"name": "Invented", "role": "offender_manager", "team_ref": "north", "in_post_from": "2015-01-01"});
        let feed = [
            offender("wessex", "e1", "o-1", "north", "community"),
            offender("wessex", "e2", "o-2", "north", "community"),
            event("wessex", "e3", "officer", "om-1", &shift),
        ];
        import(store, &feed.join("\n"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        import(store, &offender("wessex", "e4", "o-1", "south", "deported"));
        let (north, south) =
            (person(Role::Supervisor, "wessex", &["north"]), person(Role::Supervisor, "wessex", &["south"]));
        let now = "2021-04-20T09:00:00Z";
        let subjects = |person: &Person, filter: FlagFilter| {
            let flags = list(store, &reading(now, person), &filter, None, 200).unwrap().flags;
            flags.into_iter().map(|flag| flag.subject).collect::<BTreeSet<String>>()
        };
        let of = |state| FlagFilter { state, ..FlagFilter::default() };
        let (o_1, o_2) = (BTreeSet::from(["o-1".to_owned()]), BTreeSet::from(["o-2".to_owned()]));
        assert_eq!(subjects(&south, of(FlagState::Open)), o_1, "before the next evaluation");
        assert_eq!(
            summary(store, &reading(now, &south)).unwrap().open,
            i64::try_from(found_of(store, now, &south)).unwrap()
        );
        evaluated(store, now, "wessex");
        assert_eq!(subjects(&south, of(FlagState::Cleared)), o_1);
        assert_eq!(subjects(&north, of(FlagState::Cleared)), BTreeSet::new());
        assert!(subjects(&north, of(FlagState::Open)).is_superset(&o_2));
        let cleared_of = |team: &str| FlagFilter { team: Some(Ref::new(team).unwrap()), ..of(FlagState::Cleared) };
        assert_eq!(subjects(&inspector(), cleared_of("south")), o_1);
        assert_eq!(subjects(&inspector(), cleared_of("north")), BTreeSet::new());
        let cleared = found(store, now, &inspector(), FlagCode::NoArmsAssessment, FlagState::Cleared).remove(0);
        assert_eq!(one(store, &reading(now, &north), cleared.id).unwrap(), None);
        assert_eq!(one(store, &reading(now, &south), cleared.id).unwrap().map(|flag| flag.id), Some(cleared.id));
    });
}

/// How many flags somebody finds open.
fn found_of(store: &Store, now: &str, person: &Person) -> usize {
    list(store, &reading(now, person), &FlagFilter::default(), None, 200).unwrap().flags.len()
}

fn saying(reason: &str, review_on: &str, version: i32) -> Acknowledging {
    Acknowledging { reason: reason.to_owned(), review_on: review_on.parse().unwrap(), version }
}

#[test]
fn an_acknowledgement_hides_nothing_and_lapses_after_its_day_of_review() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        let (code, supervisor) = (FlagCode::NoArmsAssessment, person(Role::Supervisor, "wessex", &["north"]));
        let now = "2021-04-20T09:00:00Z";
        let flag = found(store, now, &supervisor, code, FlagState::Open).remove(0);
        let said = saying(" Assessor on leave until Friday. ", "2021-04-27", flag.version);
        let after = acknowledge(store, &reading(now, &supervisor), flag.id, &said, &policies()).unwrap();
        let acknowledgement = after.acknowledgement.unwrap();
        assert_eq!(acknowledgement.reason, "Assessor on leave until Friday.");
        assert_eq!(acknowledgement.by, "supervisor:invented-person");
        assert!(acknowledgement.counts);
        assert_eq!(after.version, flag.version + 1);

        let states = |now: &str| {
            let state = |state| found(store, now, &supervisor, code, state).len();
            (state(FlagState::Open), state(FlagState::Acknowledged))
        };
        assert_eq!(states("2021-04-27T12:00:00Z"), (1, 1));
        assert_eq!(states("2021-04-28T12:00:00Z"), (1, 0));
        assert_eq!(summary(store, &reading("2021-04-27T12:00:00Z", &supervisor)).unwrap().acknowledged, 1);
        let lapsed = found(store, "2021-04-28T12:00:00Z", &supervisor, code, FlagState::Open).remove(0);
        assert!(!lapsed.acknowledgement.unwrap().counts);
    });
}

#[test]
fn an_acknowledgement_ends_when_the_flag_gives_another_reason_and_not_when_a_day_passes() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        let now = "2021-04-20T09:00:00Z";
        for code in [FlagCode::Unallocated, FlagCode::HomeVisitOverdue] {
            let flag = found(store, now, &inspector(), code, FlagState::Open).remove(0);
            let said = saying("Known to the inspector.", "2021-05-20", flag.version);
            acknowledge(store, &reading(now, &inspector()), flag.id, &said, &policies()).unwrap();
        }
        import(store, &allocation("wessex", "e2", "o-1", "nobody-knows"));
        evaluated(store, "2021-04-21T08:00:00Z", "wessex");
        let now = "2021-04-21T09:00:00Z";
        let acknowledged = |code| found(store, now, &inspector(), code, FlagState::Acknowledged).len();
        assert_eq!(acknowledged(FlagCode::Unallocated), 0, "never_allocated became manager_unknown");
        assert_eq!(acknowledged(FlagCode::HomeVisitOverdue), 1, "one more day overdue is the same flag");
        let flag = found(store, now, &inspector(), FlagCode::Unallocated, FlagState::Open).remove(0);
        assert!(!flag.acknowledgement.unwrap().counts);
    });
}

#[test]
fn an_acknowledgement_is_refused_without_a_reason_a_day_in_range_the_right_person_or_the_version_read() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        evaluated(store, "2021-04-20T08:00:00Z", "wessex");
        let now = "2021-04-20T22:59:00Z";
        let flag = found(store, now, &inspector(), FlagCode::NoArmsAssessment, FlagState::Open).remove(0);
        let attempt = |person: &Person, said: &Acknowledging| {
            acknowledge(store, &reading(now, person), flag.id, said, &policies()).unwrap_err()
        };
        let good = || saying("Reason.", "2021-07-21", flag.version);
        let blank = saying(" \u{2003}\n", "2021-04-27", flag.version);
        assert!(matches!(attempt(&inspector(), &blank), AcknowledgeError::BlankReason));
        for out_of_range in ["2021-04-20", "2021-07-22"] {
            let said = saying("Reason.", out_of_range, flag.version);
            assert!(matches!(attempt(&inspector(), &said), AcknowledgeError::ReviewOutOfRange { .. }));
        }
        for role in [Role::OffenderManager, Role::NeighbourhoodOfficer, Role::RecordsSystem, Role::Administrator] {
            let somebody = person(role, "wessex", &["north"]);
            assert!(matches!(attempt(&somebody, &good()), AcknowledgeError::NotPermitted), "{role:?}");
        }
        for elsewhere in
            [person(Role::Supervisor, "wessex", &["south"]), person(Role::DetectiveInspector, "mercia", &[])]
        {
            assert!(matches!(attempt(&elsewhere, &good()), AcknowledgeError::NotFound));
        }
        let stale = saying("Reason.", "2021-04-27", flag.version + 1);
        assert!(
            matches!(attempt(&inspector(), &stale), AcknowledgeError::Changed { version } if version == flag.version)
        );
        acknowledge(store, &reading(now, &inspector()), flag.id, &good(), &policies()).unwrap();
        assert!(matches!(attempt(&inspector(), &good()), AcknowledgeError::Changed { .. }));
        import(store, &offender("wessex", "e2", "o-1", "north", "deceased"));
        evaluated(store, "2021-04-20T23:30:00Z", "wessex");
        assert!(matches!(attempt(&inspector(), &good()), AcknowledgeError::Cleared));
    });
}

#[test]
fn what_asks_for_an_evaluation_is_kept_until_one_succeeds_and_only_news_asks() {
    on_both_databases(|store| {
        let feed = offender("wessex", "e1", "o-1", "north", "community");
        import(store, &feed);
        assert_eq!(asking(store), ["wessex"]);
        let no_policy: Policies = serde_json::from_str("[]").unwrap();
        let clock = at("2021-04-20T08:00:00Z");
        let failed = evaluate_asking(store, clock, &Actor::Operator, &no_policy, None).unwrap();
        assert!(matches!(failed.as_slice(), [(force, Err(_))] if force == "wessex"));
        assert_eq!(asking(store), ["wessex"]);
        let done = evaluate_asking(store, clock, &Actor::Operator, &policies(), None).unwrap();
        assert!(matches!(done.as_slice(), [(_, Ok(report))] if report.raised > 0));
        assert!(asking(store).is_empty());
        import(store, &feed);
        assert!(asking(store).is_empty(), "a duplicate changes nothing");
        import(store, &offender("wessex", "e0", "o-1", "north", "custody"));
        assert_eq!(asking(store), ["wessex"], "a late version is news to the history");
    });
}

#[test]
fn records_that_change_while_an_evaluation_runs_ask_for_another() {
    on_both_databases(|store| {
        import(store, &offender("wessex", "e1", "o-1", "north", "community"));
        let read = store.transaction(|connection| evaluation::requests(connection, "wessex")).unwrap();
        import(store, &offender("wessex", "e2", "o-1", "north", "custody"));
        store.transaction_that_writes(|connection| evaluation::answered(connection, &read)).unwrap();
        assert_eq!((read.len(), asking(store)), (1, vec!["wessex".to_owned()]));
    });
}

#[test]
fn two_forces_with_the_same_references_are_evaluated_apart() {
    on_both_databases(|store| {
        let ours = offender("wessex", "e1", "o-1", "north", "community");
        let theirs = offender("mercia", "e1", "o-1", "north", "community");
        import(store, &format!("{ours}\n{theirs}"));
        assert_eq!(asking(store), ["mercia", "wessex"]);
        let only_ours = BTreeSet::from(["wessex".to_owned()]);
        let clock = at("2021-04-20T08:00:00Z");
        let outcomes = evaluate_asking(store, clock, &Actor::Operator, &policies(), Some(&only_ours)).unwrap();
        assert_eq!(outcomes.len(), 1);
        assert_eq!(asking(store), ["mercia"]);
        let now = "2021-04-20T08:00:00Z";
        let mercian = person(Role::DetectiveInspector, "mercia", &[]);
        assert_eq!(found(store, now, &mercian, FlagCode::Unallocated, FlagState::Open).len(), 0);
        evaluated(store, now, "mercia");
        let theirs = found(store, now, &mercian, FlagCode::Unallocated, FlagState::Open);
        let ours = found(store, now, &inspector(), FlagCode::Unallocated, FlagState::Open);
        assert_eq!((theirs.len(), ours.len()), (1, 1));
        import(store, &offender("mercia", "e2", "o-1", "north", "deceased"));
        evaluated(store, "2021-04-21T08:00:00Z", "mercia");
        assert_eq!(found(store, now, &mercian, FlagCode::Unallocated, FlagState::Open).len(), 0);
        assert_eq!(found(store, now, &inspector(), FlagCode::Unallocated, FlagState::Open), ours);
    });
}

#[test]
fn evaluations_at_the_same_time_raise_every_flag_once() {
    on_both_databases(|store| {
        let feed: Vec<String> =
            (1..=9).map(|n| offender("wessex", &format!("e{n}"), &format!("o-{n}"), "north", "community")).collect();
        import(store, &feed.join("\n"));
        let reports: Vec<EvaluationReport> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| evaluated(store, "2021-04-20T08:00:00Z", "wessex"))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let raised: Vec<usize> = reports.iter().map(|report| report.raised).filter(|raised| *raised > 0).collect();
        let [raised] = raised.as_slice() else { panic!("{reports:?}") };
        assert_eq!(reports.iter().map(|report| report.unchanged).sum::<usize>(), raised * 3);
    });
}
