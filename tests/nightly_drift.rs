//! What a records system that is pulled holds is compared every night with what it told here, and it is asked again for what differs; on both databases.

use std::fs::File;
use std::sync::Mutex;

use chrono::TimeDelta;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::{Actor, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::job_status::job_statuses;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::domain::exchange::Channel;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::records::RecordsSources;
use mosovo_visits::records::drift::{Night, compare_and_ask_again};
use mosovo_visits::records::pull::PulledFeed;
use mosovo_visits::store::drift::{digest, digest_here};
use mosovo_visits::store::{Store, audit, exchange};
use serde_json::{Value, json};
use tracing::Level;

use crate::support::casework::{held_by_wessex, inspector, set_up};
use crate::support::http::{persona, run, run_at};
use crate::support::records_feed::{Answer, Asked, RecordsFeed, digests_of, event_of};
use crate::support::{Scratch, import, on_both_databases, on_both_databases_by_url, program, scenario_clock};

const NOW: &str = "2021-04-15T08:00:00Z";

fn administrator() -> Grants {
    persona(Role::Administrator, &[])
}

fn kinds() -> usize {
    RecordKind::OF_FEED.len()
}

fn well() -> Night {
    Night { kinds: kinds(), stopped: None }
}

fn answer_from(events: &[Value], asked: &Asked) -> Answer {
    if asked.path == "/digests" { digests_of(events, asked) } else { event_of(events, asked) }
}

/// A records system that holds these events, the newest of each record.
fn holding(events: Vec<Value>) -> RecordsFeed {
    let system = RecordsFeed::start(Vec::new());
    system.answer(move |asked| answer_from(&events, asked));
    system
}

/// Compares, so many days after the scenario's instant.
fn night(store: &Store, feed: &PulledFeed, days: i64) -> Night {
    let now: Instant = NOW.parse().unwrap();
    compare_and_ask_again(store, Clock::FixedAt(now + TimeDelta::days(days)), feed, &|| true).unwrap().unwrap()
}

fn of<'a>(events: &'a mut [Value], subject: &str) -> &'a mut Value {
    events.iter_mut().find(|event| event["subject"] == subject).unwrap()
}

/// A visit that was told as another was.
fn visit_like_the_first(subject: &str) -> Value {
    let mut visit = held_by_wessex().into_iter().find(|event| event["subject"] == "v-1").unwrap();
    visit["subject"] = json!(subject);
    visit["id"] = json!(format!("visit-{subject}"));
    visit
}

/// That a record was withdrawn.
fn withdrawal(kind: &str, subject: &str) -> Value {
    json!({"specversion": "1.0", "id": format!("gone-{subject}"), "source": "/records/wessex/invented",
        "type": "records.deleted.v1", "subject": subject, "time": "2021-04-14T07:00:00Z",
        "data": {"type": format!("records.{kind}.v1"), "subject": subject, "reason": ""}})
}

/// What the report lists: key, difference and what came of asking again.
fn drifting(store: &Store) -> Vec<String> {
    let reply = run(store).get(&inspector(), "/v1/drift");
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = |it: &Value| {
        let answer = it["answer"].as_str().unwrap_or("-");
        format!("{} {} {answer}", it["subject"].as_str().unwrap(), it["difference"].as_str().unwrap())
    };
    reply.json()["items"].as_array().unwrap().iter().map(told).collect()
}

/// When a type was last compared, and by whom.
fn check(store: &Store, of_type: &str) -> Value {
    let checks = run(store).get(&inspector(), "/v1/drift").json()["checks"].clone();
    checks.as_array().unwrap().iter().find(|check| check["type"] == of_type).cloned().unwrap_or_default()
}

fn nightly(store: &Store) -> Value {
    run(store).get(&inspector(), "/v1/drift").json()["nightly"].clone()
}

fn digest_of(store: &Store, kind: RecordKind, subject: &str) -> Option<String> {
    let subject = Ref::new(subject).unwrap();
    store
        .transaction(|connection| digest_here(connection, "wessex", kind, &subject))
        .unwrap()
        .map(|digested| digested.digest)
}

/// Which records were asked for again, and forgets it.
fn asked_again(system: &RecordsFeed) -> Vec<String> {
    system.asked().into_iter().filter_map(|asked| asked.subject).collect()
}

/// What the records system holds where the two sides differ in every way.
fn holding_otherwise() -> Vec<Value> {
    let mut events = held_by_wessex();
    // It is not there any more, and its withdrawal never came.
    events.retain(|event| event["subject"] != "a-1");
    // Put right there, by an event that never came; and changed there without one.
    let corrected = of(&mut events, "v-1");
    corrected["data"]["summary"] = json!("put right there");
    corrected["id"] = json!("visit-v-1-corrected");
    corrected["time"] = json!("2021-04-14T07:00:00Z");
    of(&mut events, "r-1")["data"]["overall"] = json!("high");
    // Never came; would be refused; is gone, or has been withdrawn, by the time that it is asked for.
    events.extend(["v-2", "v-3", "v-4", "v-5"].map(visit_like_the_first));
    of(&mut events, "v-3")["data"]["outcome"] = json!("unheard of");
    events
}

fn answer_otherwise(events: &[Value], asked: &Asked) -> Answer {
    match (asked.path.as_str(), asked.subject.as_deref()) {
        ("/records", Some("v-4")) => Answer::of("204 No Content", ""),
        ("/records", Some("v-5")) => Answer::event(&withdrawal("visit", "v-5")),
        _ => answer_from(events, asked),
    }
}

#[test]
fn what_differs_is_asked_for_again_and_settled_but_for_what_only_somebody_can_settle() {
    on_both_databases(|store| {
        set_up(store);
        // Withdrawn here, and there it is as it was.
        assert_eq!(import(store, &withdrawal("order", "o-1").to_string()).accepted, 1);
        let events = holding_otherwise();
        let corrected = digest(events.iter().find(|event| event["subject"] == "v-1").unwrap()["data"].clone());
        let mut later = events.clone();
        later.retain(|event| event["subject"] != "v-5");
        let system = RecordsFeed::start(Vec::new());
        system.answer(move |asked| answer_otherwise(&events, asked));
        let feed = system.compared(200);

        assert_eq!(night(store, &feed, 0), well());
        assert_eq!(asked_again(&system), ["r-1", "o-1", "v-1", "v-2", "v-3", "v-4", "v-5"], "and never a-1");
        let left = [
            "a-1 only_here -",
            "r-1 differs unchanged",
            "o-1 only_there unchanged",
            "v-3 only_there refused",
            "v-4 only_there gone",
        ];
        assert_eq!(drifting(store), left);
        assert_eq!(digest_of(store, RecordKind::Visit, "v-1"), Some(corrected));
        assert!(digest_of(store, RecordKind::Visit, "v-2").is_some());
        for (kind, subject) in [(RecordKind::Visit, "v-3"), (RecordKind::Visit, "v-5"), (RecordKind::Order, "o-1")] {
            assert_eq!(digest_of(store, kind, subject), None, "{subject}");
        }
        assert!(digest_of(store, RecordKind::Address, "a-1").is_some(), "nothing is deleted by a comparison");
        assert_eq!(check(store, "records.visit.v1")["compared_by"], "service");
        let ended = json!({"began_at": NOW, "ended_at": NOW, "outcome": "succeeded", "failed": false});
        assert_eq!(nightly(store), ended);

        // It is as if it had been pulled, but says nothing of how far the feed has come.
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let of_job: Vec<_> = entries.iter().filter(|entry| entry.actor == "job:nightly_drift").collect();
        let count = |act: &str| of_job.iter().filter(|entry| entry.act == act).count();
        assert_eq!((count("drift.compare"), count("records.apply"), count("drift.repair")), (kinds(), 1, 1));
        let repair = of_job.iter().find(|entry| entry.act == "drift.repair").unwrap();
        let of_v_1 = json!({"kind": "visit", "ref": "v-1", "answer": "settled"});
        assert!(repair.detail["records"].as_array().unwrap().contains(&of_v_1), "{}", repair.detail);
        let known = store.transaction(|connection| exchange::records_system(connection, "wessex")).unwrap().unwrap();
        assert!(known.exchanges.iter().all(|exchange| exchange.channel != Channel::Pull));

        // The next night: the rest differs as before, since the first.
        system.answer(move |asked| answer_otherwise(&later, asked));
        assert_eq!(night(store, &feed, 1), well());
        assert_eq!(drifting(store), left);
        let items = run(store).get(&inspector(), "/v1/drift").json()["items"].clone();
        assert!(items.as_array().unwrap().iter().all(|it| it["since"] == NOW), "{items}");
        assert_eq!((&items[0]["asked_at"], &items[1]["asked_at"]), (&Value::Null, &json!("2021-04-16T08:00:00Z")));
        assert_eq!(asked_again(&system), ["r-1", "o-1", "v-3", "v-4"]);

        // Who can settle it does: the withdrawals are sent, and what was changed is told by an event of its own.
        let mut events = held_by_wessex();
        events.retain(|event| event["subject"] != "a-1");
        let mut told = of(&mut events, "o-1").clone();
        told["id"] = json!("order-o-1-again");
        told["time"] = json!("2021-04-15T07:00:00Z");
        *of(&mut events, "o-1") = told;
        events.push(visit_like_the_first("v-2"));
        *of(&mut events, "v-1") = {
            let mut first = visit_like_the_first("v-1");
            first["data"]["summary"] = json!("put right there");
            first
        };
        assert_eq!(import(store, &withdrawal("address", "a-1").to_string()).accepted, 1);
        system.answer(move |asked| answer_from(&events, asked));
        assert_eq!(night(store, &feed, 2), well());
        assert_eq!(asked_again(&system), ["o-1"]);
        assert_eq!(drifting(store), Vec::<String>::new());
    });
}

#[test]
fn where_the_line_breaks_the_last_good_comparison_of_each_type_stands() {
    on_both_databases(|store| {
        set_up(store);
        let mut events = held_by_wessex();
        events.retain(|event| event["subject"] != "a-1");
        events.extend(["v-2", "v-3"].map(visit_like_the_first));
        let system = holding(events.clone());
        assert_eq!(night(store, &system.compared(0), 0), well());
        let all = ["a-1 only_here -", "v-2 only_there -", "v-3 only_there -"];
        assert_eq!(drifting(store), all);
        assert_eq!(asked_again(&system), Vec::<String>::new());

        // The second page of the visits breaks off; what else there is comes whole.
        let whole = held_by_wessex();
        let mut visits = whole.clone();
        visits.extend(["v-2", "v-3"].map(visit_like_the_first));
        system.answer(move |asked| {
            if asked.of_type.as_deref() != Some("records.visit.v1") {
                return answer_from(&whole, asked);
            }
            let page = digests_of(&visits, asked);
            if asked.after.is_none() { page } else { Answer { body: page.body[..20].to_owned(), ..page } }
        });
        let broken = Night { kinds: kinds() - 1, stopped: Some("cut_short".to_owned()) };
        assert_eq!(night(store, &system.compared(0), 1), broken);
        assert_eq!(drifting(store), ["v-2 only_there -", "v-3 only_there -"]);
        let next_day = "2021-04-16T08:00:00Z";
        assert_eq!(check(store, "records.visit.v1")["checked_at"], NOW);
        assert_eq!(check(store, "records.address.v1")["checked_at"], next_day);
        let told = nightly(store);
        assert_eq!(
            (&told["outcome"], &told["failed"], &told["ended_at"]),
            (&json!("cut_short"), &json!(true), &json!(next_day))
        );

        // It is not there at all: it is asked once, and everything stands.
        system.asked();
        system.answer(|_| Answer::of("503 Service Unavailable", ""));
        let away = Night { kinds: 0, stopped: Some("status_503".to_owned()) };
        assert_eq!(night(store, &system.compared(200), 2), away);
        assert_eq!(system.asked().len(), 1);
        assert_eq!(drifting(store), ["v-2 only_there -", "v-3 only_there -"]);
        assert_eq!(check(store, "records.address.v1")["checked_at"], next_day);

        // It goes away while it is asked again: what was compared and what had come is kept, and told the next night.
        let flaky = events.clone();
        system.answer(move |asked| match (asked.path.as_str(), asked.subject.as_deref()) {
            ("/records", Some("v-3")) => Answer::of("503 Service Unavailable", ""),
            _ => answer_from(&flaky, asked),
        });
        let half = Night { kinds: kinds(), stopped: Some("status_503".to_owned()) };
        assert_eq!(night(store, &system.compared(200), 3), half);
        assert_eq!(drifting(store), ["a-1 only_here -", "v-3 only_there status_503"]);
        assert!(digest_of(store, RecordKind::Visit, "v-2").is_some());
        system.answer(move |asked| answer_from(&events, asked));
        assert_eq!(night(store, &system.compared(200), 4), well());
        assert_eq!(drifting(store), ["a-1 only_here -"]);
        assert_eq!(nightly(store)["failed"], false);
    });
}

#[test]
fn so_many_are_asked_for_a_night_and_those_first_that_were_not_yet() {
    on_both_databases(|store| {
        set_up(store);
        let mut events = held_by_wessex();
        events.extend(["v-2", "v-3"].map(visit_like_the_first));
        let system = RecordsFeed::start(Vec::new());
        system.answer(move |asked| match asked.path.as_str() {
            "/records" => Answer::event(&visit_like_the_first("v-9")),
            _ => answer_from(&events, asked),
        });
        for (day, subject) in [(0, "v-2"), (1, "v-3"), (2, "v-2")] {
            let night = night(store, &system.compared(1), day);
            assert_eq!(night, Night { stopped: Some("another_record".to_owned()), ..well() });
            assert_eq!(asked_again(&system), [subject]);
        }
        assert_eq!(drifting(store), ["v-2 only_there another_record", "v-3 only_there another_record"]);
        assert_eq!(digest_of(store, RecordKind::Visit, "v-9"), None, "what was not asked for is not taken");
    });
}

fn entry() -> Entry {
    Entry::new(JobName::NightlyDrift, "0 40 0 * * *").unwrap()
}

fn worker(store: &Store, feeds: Vec<PulledFeed>) -> Worker {
    let registry = Registry::new(&Timetable::new(vec![entry()]));
    let worker = Worker::new(store.clone(), scenario_clock(), Policies::built_in().unwrap(), registry);
    worker.with_records(RecordsSources { feeds, folders: Vec::new() })
}

#[test]
fn a_feed_that_does_not_say_where_its_digests_are_is_left_alone() {
    on_both_databases(|store| {
        set_up(store);
        let (system, away) = (holding(held_by_wessex()), RecordsFeed::start(Vec::new()));
        let ran = worker(store, vec![system.of_wessex()]).run_due(JobName::NightlyDrift).unwrap().unwrap();
        assert_eq!(ran.outcome.unwrap(), json!({"forces": 0, "types": 0, "stopped": {}}));
        assert!(system.asked().is_empty());
        assert_eq!((nightly(store), check(store, "records.visit.v1")), (Value::Null, Value::Null));

        // One of another force that is away stops nothing.
        away.answer(|_| Answer::of("401 Unauthorized", "no"));
        let other = PulledFeed { force: "mercia".to_owned(), ..away.compared(200) };
        let by_hand = worker(store, vec![other, system.compared(200)]);
        let ran = by_hand.run_by_hand(JobName::NightlyDrift, &Actor::Operator).unwrap().unwrap();
        let report = json!({"forces": 2, "types": kinds(), "stopped": {"mercia": "status_401"}});
        assert_eq!(ran.outcome.unwrap(), report);
        assert_eq!(nightly(store)["outcome"], "succeeded");
    });
}

#[test]
fn neither_job_nor_log_nor_report_tells_of_a_case_that_is_hidden() {
    on_both_databases(|store| {
        set_up(store);
        let only = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        let kept = run(store).act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &only);
        assert_eq!(kept.status, 200, "{}", kept.text);
        let same = holding(held_by_wessex());
        let ran = worker(store, vec![same.compared(200)]).run_by_hand(JobName::NightlyDrift, &Actor::Operator);
        let of_nothing = ran.unwrap().unwrap().outcome.unwrap();

        let mut events = held_by_wessex();
        let changed = of(&mut events, "v-1");
        changed["data"]["summary"] = json!("Nestor was seen");
        changed["id"] = json!("visit-v-1-corrected");
        changed["time"] = json!("2021-04-14T07:00:00Z");
        of(&mut events, "r-1")["data"]["overall"] = json!("high");
        let there = digest(of(&mut events, "v-1")["data"].clone());
        let system = holding(events);
        let ran = worker(store, vec![system.compared(200)]).run_due(JobName::NightlyDrift).unwrap().unwrap();
        assert_eq!(ran.outcome.unwrap(), of_nothing, "the same as where nothing differs");
        assert_eq!(digest_of(store, RecordKind::Visit, "v-1"), Some(there), "it was settled all the same");

        let statuses = job_statuses(store, scenario_clock(), &Actor::Operator, &Timetable::new(vec![entry()])).unwrap();
        let log = Scratch::holding("");
        let writer = Mutex::new(File::create(log.path()).unwrap());
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(writer).finish();
        tracing::subscriber::with_default(subscriber, || night(store, &system.compared(200), 1));
        let told = format!(
            "{}{}{}",
            serde_json::to_string(&statuses).unwrap(),
            std::fs::read_to_string(log.path()).unwrap(),
            run_at(store, "2021-04-16T08:00:00Z").get(&administrator(), "/v1/drift").text
        );
        for secret in ["v-1", "r-1", "n-1", "Nestor", "http://", "unchanged"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert_eq!(drifting(store), ["r-1 differs unchanged"], "who may see the case is told");
    });
}

#[test]
fn an_operator_runs_it_by_hand_with_what_is_set() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        let system = holding(held_by_wessex());
        let feed = |members: &str| format!("[{{force=\"wessex\",url=\"{}\"{members}}}]", system.url());
        let at = |path: &str| system.url().replace("feed", path);
        let run = |feed: String| {
            let mut command = program(url, &["jobs", "run", "nightly_drift", "--format", "json"]);
            command.env("MOSOVO__RECORDS__PULL", feed).output().unwrap()
        };
        let types = "digest_types=[\"records.team.v1\",\"records.officer.v1\"]";
        let (digests, records) = (at("digests"), at("records"));
        let output = run(feed(&format!(",digests_url=\"{digests}\",records_url=\"{records}\",{types}")));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        assert_eq!(told["report"], json!({"forces": 1, "types": 2, "stopped": {}}));
        let staff = held_by_wessex();
        let staff = staff.iter().filter(|it| it["type"] == "records.team.v1" || it["type"] == "records.officer.v1");
        let mut expected: Vec<&str> = staff.map(|it| it["subject"].as_str().unwrap()).collect();
        expected.sort_unstable();
        let mut asked = asked_again(&system);
        asked.sort();
        assert_eq!(asked, expected, "nothing was here, and each was asked for");
        let without = run(feed(",records_url=\"https://records.example/secret\""));
        let told = String::from_utf8_lossy(&without.stderr).into_owned();
        assert!(told.contains("records.pull[0].records_url") && !told.contains("secret"), "{told}");
    });
}
