//! Random histories of one case: the order in which events arrive never counts, and what is asked as at an instant is answered
//! as it was then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::force_file::{load_as_at, open_case_as_at};
use mosovo_visits::domain::as_at::AsAt;
use mosovo_visits::domain::bank_holidays::BankHolidays;
use mosovo_visits::domain::case_file::ForceFile;
use mosovo_visits::domain::flag::evaluate;
use mosovo_visits::domain::moment::Moment;
use mosovo_visits::domain::notification_duty::period::end_of_notification;
use mosovo_visits::domain::notification_duty::suspicion::suspected_breaches;
use mosovo_visits::domain::notification_duty::{DutyFacts, NotificationRules, duties};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::domain::status_history::{StatusVersion, status_history};
use mosovo_visits::planning::due::{DueContext, due};
use mosovo_visits::planning::snapshot::Horizon;
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::own_entry::{NewEntry, OwnChange, append};
use mosovo_visits::store::status::{status_versions, status_versions_of_force};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::caseload::lines;
use crate::support::on_both_databases;

type At = DateTime<Utc>;

fn day(days: u32) -> String {
    let first: chrono::NaiveDate = "2020-01-01".parse().unwrap();
    (first + chrono::Days::new(u64::from(days))).to_string()
}

fn instant(hours: u32) -> String {
    let first: At = "2020-01-01T00:00:00Z".parse().unwrap();
    (first + TimeDelta::hours(i64::from(hours))).to_rfc3339()
}

/// An event about the case o-1, or about the officer who manages it.
#[derive(Debug, Clone)]
struct Said {
    kind: &'static str,
    subject: String,
    /// Hours after the first day.
    time: u32,
    data: Value,
}

fn said(kind: &'static str, subject: impl Into<String>, time: u32, data: Value) -> Said {
    Said { kind, subject: subject.into(), time, data }
}

fn offender(status: &str, since: u32, regime: &str) -> Value {
    json!({
        "given_name": "Invented", "family_name": "Person", "status": status, "status_since": day(since),
        "team_ref": "north", "lead_agency": "police", "lead_agency_since": "2015-01-01",
        "community_since": "2015-01-01", "date_of_birth": "1970-02-03", "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": regime,
                         "under_18_at_relevant_date": false},
    })
}

fn plan(from: u32, approved: bool, interval: u32) -> Value {
    json!({
        "offender_ref": "o-1", "effective_from": day(from), "review_on": day(from + 200),
        "approved_by": "sup", "approved_on": approved.then(|| day(from)),
        "visit_requirement": {"interval_days": interval, "earliest_after_days": interval - 2,
            "latest_after_days": interval + 5, "duration_minutes": 45, "crew": 2, "unannounced": true,
            "time_windows": [], "required_skills": []},
        "actions": [{"ref": "x", "pillar": "supervision", "description": "", "due_on": day(from + 30)}],
    })
}

/// Anything that the records system may say of the case, within four hundred days.
fn anything() -> impl Strategy<Value = Said> {
    let time = 0..9_600_u32;
    let number = 0..3_u32;
    prop_oneof![
        (time.clone(), prop::sample::select(vec!["community", "custody", "missing", "abroad"]), any::<bool>())
            .prop_map(|(time, status, weekly)| {
                said("offender", "o-1", time, offender(status, time / 24, if weekly { "weekly" } else { "annual" }))
            }),
        (time.clone(), number.clone(), any::<bool>()).prop_map(|(time, number, child)| said(
            "address",
            format!("a-{number}"),
            time,
            json!({"offender_ref": "o-1", "kind": "main", "lines": ["1 Invented Row"],
                "resident_from": day(time / 24), "child_in_household": child})
        )),
        (time.clone(), prop::option::of(prop::sample::select(vec!["om", "sup"]))).prop_map(|(time, officer)| said(
            "allocation",
            "o-1",
            time,
            json!({"officer_ref": officer, "from": day(time / 24)})
        )),
        (time.clone(), number.clone(), prop::sample::select(vec!["low", "medium", "high"])).prop_map(
            |(time, number, level)| said(
                "arms_assessment",
                format!("r-{number}"),
                time,
                json!({"offender_ref": "o-1", "assessed_on": day(time / 24), "overall": level, "factors": {}})
            )
        ),
        (time.clone(), number.clone(), any::<bool>(), 5..120_u32).prop_map(|(time, number, approved, interval)| {
            said("risk_management_plan", format!("p-{number}"), time, plan(time / 24, approved, interval))
        }),
        (time.clone(), number.clone(), prop::sample::select(vec!["seen", "no_reply"]), any::<bool>()).prop_map(
            |(time, number, outcome, inspected)| said(
                "visit",
                format!("v-{number}"),
                time,
                json!({"offender_ref": "o-1", "attempted_at": instant(time), "mode": "home", "outcome": outcome,
                    "home_inspected": inspected, "officer_refs": ["om"], "address_ref": "a-1",
                    "entry_sought_for_risk_assessment": true})
            )
        ),
        (time.clone(), number.clone(), any::<bool>()).prop_map(|(time, number, moves)| said(
            "notification",
            format!("n-{number}"),
            time,
            json!({"offender_ref": "o-1", "kind": "periodic", "notified_at": instant(time),
                "moves_periodic_date": moves})
        )),
        (time.clone(), number.clone(), any::<bool>()).prop_map(|(time, number, relevant)| said(
            "intelligence",
            format!("i-{number}"),
            time,
            json!({"offender_ref": "o-1", "received_at": instant(time), "risk_relevant": relevant, "summary": ""})
        )),
        (time.clone(), number.clone()).prop_map(|(time, number)| said(
            "breach",
            format!("b-{number}"),
            time,
            json!({"offender_ref": "o-1", "kind": "notification", "provision": "SOA 2003 s.91", "summary": "",
                "first_failure_on": day(time / 24), "discovered_at": instant(time)})
        )),
        (time.clone(), number).prop_map(|(time, number)| said(
            "order",
            format!("c-{number}"),
            time,
            json!({"offender_ref": "o-1", "kind": "shpo", "made_on": day(time / 24), "conditions": []})
        )),
        (time.clone(), any::<bool>()).prop_map(|(time, left)| said(
            "reactive_management",
            "o-1",
            time,
            json!({"entered_on": day(time / 24), "left_on": left.then(|| day(time / 24 + 10)), "approved_by": "sup"})
        )),
        (
            time,
            prop::sample::select(vec![("visit", "v-1"), ("allocation", "o-1"), ("breach", "b-1"), ("address", "a-1")])
        )
            .prop_map(|(time, (kind, subject))| said(
                "deleted",
                subject,
                time,
                json!({"type": format!("records.{kind}.v1"), "subject": subject, "reason": ""})
            )),
    ]
}

/// Each event with an id of its own.
fn events(force: &str, said: &[Said]) -> Vec<Value> {
    said.iter()
        .enumerate()
        .map(|(at, Said { kind, subject, time, data })| {
            json!({
                "specversion": "1.0", "id": format!("e-{at:04}"), "source": format!("/records/{force}/invented"),
                "type": format!("records.{kind}.v1"), "subject": subject, "time": instant(*time), "data": data,
            })
        })
        .collect()
}

/// The staff, and the case as it begins.
fn beginning(force: &str) -> Vec<Value> {
    let officer = |role: &str| json!({"name": "Invented Officer", "role": role, "team_ref": "north", "in_post_from": "2015-01-01"});
    events(
        force,
        &[
            said("officer", "om", 0, officer("offender_manager")),
            said("officer", "sup", 0, officer("supervisor")),
            said("offender", "o-1", 0, offender("community", 0, "annual")),
        ],
    )
    .into_iter()
    .map(|mut event| {
        event["id"] = json!(format!("begin-{}", event["subject"]));
        event
    })
    .collect()
}

fn import_at(store: &Store, clock: Clock, events: &[Value]) {
    let feed = lines(events);
    let report = import_lines(store, clock, &Actor::Operator, "test", feed.as_bytes(), |_| {}).unwrap();
    assert_eq!(report.errors, vec![]);
}

/// Flags with their facts, the window of the next visit and the notification duties, in words.
fn answer(Known(force, statuses): &Known, at: Moment) -> Value {
    let policies = Policies::built_in().unwrap();
    let policy = policies.in_force(at.today()).unwrap();
    let bank_holidays = BankHolidays::built_in().unwrap();
    let flags: Vec<Value> = evaluate(force, at, policy)
        .into_iter()
        .map(|flag| json!([flag.code, flag.subject, flag.reason, flag.evidence]))
        .collect();
    let horizon = Horizon { from: at.today(), until: at.today() + chrono::Days::new(400) };
    let context = DueContext { at, horizon, policy, bank_holidays: &bank_holidays };
    let windows: Vec<String> = force.cases.values().map(|case| format!("{:?}", due(case, context))).collect();
    let rules = NotificationRules::built_in().unwrap();
    let owed = force.cases.iter().map(|(offender, case)| {
        let spells = statuses.get(offender).map(|versions| status_history(versions)).unwrap_or_default();
        let facts = DutyFacts::of_case(case, &spells);
        let end = end_of_notification(facts, at, &rules.periods);
        json!([spells, duties(facts, at, &rules), suspected_breaches(facts, at, &rules), end])
    });
    let owed: Vec<Value> = owed.collect();
    json!([flags, windows, owed])
}

/// What is known of a force or of a case in it: the files, and where the offenders stood over time.
struct Known(ForceFile, BTreeMap<Ref, Vec<StatusVersion>>);

fn force_at(store: &Store, force: &str, as_at: AsAt) -> Known {
    store
        .transaction(|connection| -> Result<_, StoreError> {
            Ok(Known(load_as_at(connection, force, as_at)?, status_versions_of_force(connection, force, as_at)?))
        })
        .unwrap()
}

fn case_at(store: &Store, force: &str, as_at: AsAt) -> Known {
    let offender = Ref::new("o-1").unwrap();
    store
        .transaction(|connection| -> Result<_, StoreError> {
            let statuses = status_versions(connection, force, &offender, as_at)?;
            let file = open_case_as_at(connection, force, &offender, as_at)?;
            Ok(Known(file, [(offender.clone(), statuses)].into()))
        })
        .unwrap()
}

/// The instant at which a batch is learned: a day apart, after all that the events tell of.
fn learned(batch: usize) -> At {
    let first: At = "2021-04-01T09:00:00Z".parse().unwrap();
    first + TimeDelta::days(i64::try_from(batch).unwrap())
}

/// A force of its own for each history.
fn a_force() -> String {
    format!("wessex-{}", uuid::Uuid::now_v7().simple())
}

/// A person changes the offender's status, or a plan's approval, whatever is known of it.
fn enter(store: &Store, force: &str, at: At, status: &str) {
    let subject = Ref::new("o-1").unwrap();
    let claimed = [("status".to_owned(), json!(status))].into_iter().collect();
    store
        .transaction(|connection| {
            let entry = NewEntry {
                force,
                kind: RecordKind::Offender,
                subject: &subject,
                change: OwnChange::Claim(claimed),
                act: "test.status",
                entered_at: at,
                entered_by: "supervisor:invented",
            };
            append(connection, entry)
        })
        .unwrap();
}

#[test]
fn flags_windows_and_duties_are_the_same_in_whatever_order_events_arrive() {
    on_both_databases(|store| {
        let cases = if store.url().to_string().starts_with("sqlite") { 40 } else { 8 };
        let strategy = vec(anything(), 1..40).prop_flat_map(|said| {
            let order: Vec<usize> = (0..said.len()).collect();
            (Just(said), Just(order).prop_shuffle(), 1..6_usize)
        });
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        runner
            .run(&strategy, |(said, order, batches)| {
                let now = Clock::FixedAt(learned(0));
                let force = a_force();
                import_at(store, now, &beginning(&force));
                import_at(store, now, &events(&force, &said));
                let expected = answer(&force_at(store, &force, AsAt::Now), now.moment());
                let force = a_force();
                let in_order = events(&force, &said);
                let shuffled: Vec<Value> = order.into_iter().map(|at| in_order[at].clone()).collect();
                for batch in shuffled.chunks(shuffled.len().div_ceil(batches)) {
                    import_at(store, now, batch);
                }
                import_at(store, now, &beginning(&force));
                prop_assert_eq!(&answer(&force_at(store, &force, AsAt::Now), now.moment()), &expected);
                // Folded from the history it is the same.
                let known = AsAt::Known(learned(0));
                prop_assert_eq!(&answer(&force_at(store, &force, known), now.moment()), &expected);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn what_is_asked_as_at_an_instant_is_answered_as_it_was_then() {
    on_both_databases(|store| {
        let cases = if store.url().to_string().starts_with("sqlite") { 25 } else { 5 };
        let step = (vec(anything(), 0..8), prop::option::of(prop::sample::select(vec!["custody", "community"])));
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        runner
            .run(&vec(step, 1..7), |steps| {
                let force = a_force();
                import_at(store, Clock::FixedAt(learned(0)), &beginning(&force));
                let mut answered =
                    vec![(learned(0), answer(&force_at(store, &force, AsAt::Now), Moment::at(learned(0))))];
                let mut taken = 0;
                for (number, (said, entered)) in steps.into_iter().enumerate() {
                    let at = learned(number + 1);
                    let mut events = events(&force, &said);
                    for event in &mut events {
                        taken += 1;
                        event["id"] = json!(format!("e-{taken:04}"));
                    }
                    import_at(store, Clock::FixedAt(at), &events);
                    if let Some(status) = entered {
                        enter(store, &force, at, status);
                    }
                    answered.push((at, answer(&force_at(store, &force, AsAt::Now), Moment::at(at))));
                }
                for (at, then) in &answered {
                    prop_assert_eq!(&answer(&force_at(store, &force, AsAt::Known(*at)), Moment::at(*at)), then);
                    let of_case = |known: &Known| answer(known, Moment::at(*at));
                    prop_assert_eq!(
                        of_case(&case_at(store, &force, AsAt::Known(*at))),
                        of_case(&force_at(store, &force, AsAt::Known(*at)))
                    );
                }
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn what_is_now_known_to_have_been_true_takes_in_what_was_learned_later() {
    on_both_databases(|store| {
        let force = "wessex";
        let then: At = "2020-06-01T09:00:00Z".parse().unwrap();
        let visit = said(
            "visit",
            "v-1",
            3_700,
            json!({"offender_ref": "o-1", "attempted_at": "2020-05-20T10:00:00Z", "mode": "home", "outcome": "seen",
                "home_inspected": true, "officer_refs": ["om"]}),
        );
        let moved = said("offender", "o-1", 9_000, offender("custody", 375, "annual"));
        import_at(store, Clock::FixedAt("2020-01-02T09:00:00Z".parse().unwrap()), &beginning(force));
        import_at(store, Clock::FixedAt(learned(0)), &events(force, &[visit, moved]));
        let seen = |as_at: AsAt| {
            let Known(force, _) = case_at(store, force, as_at);
            let case = force.cases.values().next().unwrap();
            (case.last_qualifying_visit(Moment::at(then)).is_some(), case.is_in_community(Moment::at(then)))
        };
        assert_eq!(seen(AsAt::Known(then)), (false, true), "it was not known then");
        assert_eq!(seen(AsAt::True(then)), (true, true), "the visit had been made, and custody was to come");
        assert_eq!(seen(AsAt::Now), (true, false));
        let codes = |as_at| -> BTreeSet<String> {
            let policies = Policies::built_in().unwrap();
            let at = Moment::at(then);
            let flags = evaluate(&case_at(store, force, as_at).0, at, policies.in_force(at.today()).unwrap());
            flags.into_iter().map(|flag| flag.code.to_string()).collect()
        };
        assert!(codes(AsAt::Known(then)).contains("home_visit_overdue"));
        assert!(!codes(AsAt::True(then)).contains("home_visit_overdue"));
    });
}
