//! Records that are pulled, on both databases: in pages, through faults of the other side, at crashes between.

use std::sync::{Arc, mpsc};
use std::thread;

use chrono::TimeDelta;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::domain::exchange::{Channel, LastExchange};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::records::RecordsSources;
use mosovo_visits::records::pull::{Pulled, PulledFeed, go_on_from, pull};
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::pull_place::{self, PullPlace};
use mosovo_visits::store::{Store, audit, exchange, import, record};
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, offender};
use crate::support::records_feed::{Answer, Asked, RecordsFeed, page_of};
use crate::support::waiting::until_somebody_waits;
use crate::support::{Scratch, on_both_databases, on_both_databases_by_url, program};

const WESSEX: &str = "/records/wessex/invented";

fn now() -> Instant {
    "2021-04-15T08:00:00Z".parse().unwrap()
}

fn events(count: usize) -> Vec<Value> {
    let one =
        |n: usize| event(WESSEX, "offender", &format!("o-{n}"), RECORDED, &offender("Invented", "north", "community"));
    (1..=count).map(one).collect()
}

/// Pulls so many seconds after the scenario's instant.
fn pulled(store: &Store, feed: &PulledFeed, seconds: i64) -> Pulled {
    pull(store, Clock::FixedAt(now() + TimeDelta::seconds(seconds)), feed, &|| true).unwrap()
}

fn taken(pages: u64, taken: u64) -> Pulled {
    Pulled { pages, taken, ..Pulled::default() }
}

fn stopped(code: &str) -> Pulled {
    Pulled { stopped: Some(code.to_owned()), ..Pulled::default() }
}

fn place(store: &Store) -> PullPlace {
    store.transaction(|connection| pull_place::of_force(connection, "wessex")).unwrap()
}

fn last_exchange(store: &Store) -> LastExchange {
    let system = store.transaction(|connection| exchange::records_system(connection, "wessex")).unwrap().unwrap();
    let [last] = system.exchanges.try_into().unwrap();
    last
}

fn digest(store: &Store) -> Value {
    serde_json::to_value(store.transaction(records_digest).unwrap()).unwrap()
}

/// How many references dangle, by the report of each page.
fn dangling(store: &Store) -> Vec<i64> {
    let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
    let pages = entries.iter().filter(|entry| entry.act == "records.apply");
    let reported = pages.map(|entry| {
        let id = entry.detail["import"].as_str().unwrap().parse().unwrap();
        let kept = store.transaction(|connection| import::sent_by(connection, "wessex", id)).unwrap().unwrap();
        kept.report.unwrap()["dangling"].as_i64().unwrap()
    });
    reported.collect()
}

#[test]
fn a_feed_is_pulled_page_by_page_and_gone_on_with_where_it_ended() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(5));
        let token = Scratch::holding(" a token of the tests\n");
        let feed = system.with_token(Some(token.path()));
        assert_eq!(pulled(store, &feed, 0), taken(3, 5));
        let asked = system.asked();
        assert!(
            asked.iter().all(|it| it.limit == 2 && it.authorization.as_deref() == Some("Bearer a token of the tests"))
        );
        let after: Vec<Option<&str>> = asked.iter().map(|it| it.after.as_deref()).collect();
        assert_eq!(after, [None, Some("2"), Some("4")]);
        assert_eq!(place(store), PullPlace { cursor: Some("5".to_owned()), failures: 0, not_before: None });

        // Nothing new is an exchange too.
        assert_eq!(pulled(store, &feed, 300), taken(1, 0));
        let last = last_exchange(store);
        assert_eq!((last.channel, last.outcome.as_str(), last.events), (Channel::Pull, "succeeded", Some(0)));
        assert_eq!(last.last_success_at, Some(now() + TimeDelta::seconds(300)));
        system.answer(|asked| page_of(&events(6), asked));
        assert_eq!(pulled(store, &feed, 600), taken(1, 1));
        assert_eq!(system.cursors(), [Some("5".to_owned()), Some("5".to_owned())]);
        assert_eq!(last_exchange(store).events, Some(1));
        let nowhere = Scratch::new();
        let without = system.with_token(Some(nowhere.path()));
        assert_eq!(pulled(store, &without, 900), stopped("token_unreadable"));
        assert_eq!(system.cursors(), Vec::<Option<String>>::new(), "nothing is asked without it");
    });
}

#[test]
fn a_refused_event_is_in_the_stored_report_and_stops_nothing() {
    on_both_databases(|store| {
        let mut all = events(4);
        all[1]["data"]["status"] = json!("unheard of");
        all[2]["source"] = json!("/records/mercia");
        let system = RecordsFeed::start(all);
        assert_eq!(pulled(store, &system.of_wessex(), 0), Pulled { refused: 2, ..taken(2, 2) });
        assert_eq!(place(store).cursor.as_deref(), Some("4"));
        assert_eq!(store.transaction(record::forces).unwrap(), ["wessex"], "of no other force");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert!(entries.iter().all(|entry| entry.actor == "job:pull_records"), "{entries:?}");
        let acts: Vec<&str> = entries.iter().map(|entry| entry.act.as_str()).collect();
        assert_eq!(acts, ["records.apply", "records.apply", "access.refused"], "that it spoke for another force");
        assert_eq!(entries[2].detail["why"], "source_not_permitted");
        assert_eq!(last_exchange(store).outcome, "succeeded");

        // A page of which all is refused says nothing of how things stand.
        system.answer(|asked| {
            let mut all = events(5);
            all[4]["data"] = json!({});
            page_of(&all, asked)
        });
        assert_eq!(pulled(store, &system.of_wessex(), 300), Pulled { refused: 1, ..taken(1, 0) });
        let last = last_exchange(store);
        assert_eq!((last.outcome.as_str(), last.last_success_at), ("all_refused", Some(now())));
        assert_eq!(place(store).cursor.as_deref(), Some("5"));
    });
}

#[test]
fn what_dangles_is_told_once_by_the_page_that_ends_the_feed() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(3));
        assert_eq!(pulled(store, &system.of_wessex(), 0), taken(2, 3));
        assert_eq!(dangling(store), [0, 3], "nobody has sent the team");
        system.answer(|asked| {
            let is_last = asked.after.as_deref() == Some("5");
            let page: Value = serde_json::from_str(&page_of(&events(5), asked).body).unwrap();
            Answer::page(&json!({ "events": page["events"], "next": page["next"], "more": !is_last }))
        });
        assert_eq!(pulled(store, &system.of_wessex(), 300), taken(2, 2));
        assert_eq!(dangling(store), [0, 3, 0, 5], "also by a last page with nothing in it");
        assert_eq!(pulled(store, &system.of_wessex(), 600), taken(1, 0));
        assert_eq!(dangling(store).len(), 4, "nothing new is no import");
    });
}

#[test]
fn a_feed_of_which_more_is_to_come_has_not_succeeded_yet() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(3));
        let feed = system.of_wessex();
        let in_part = pull(store, Clock::FixedAt(now()), &feed, &|| false).unwrap();
        assert_eq!(in_part, taken(1, 2));
        let last = last_exchange(store);
        assert_eq!((last.outcome.as_str(), last.last_success_at), ("more_to_come", None));
        assert_eq!(pulled(store, &feed, 300), taken(1, 1));
        let last = last_exchange(store);
        assert_eq!((last.outcome.as_str(), last.last_success_at), ("succeeded", Some(now() + TimeDelta::minutes(5))));
    });
}

type Fault = Box<dyn Fn(&Asked) -> Answer + Send + Sync>;

fn cut_off(asked: &Asked) -> Answer {
    let page = page_of(&events(4), asked);
    Answer { body: page.body[..page.body.len() / 2].to_owned(), ..page }
}

fn cut_and_announced_so(asked: &Asked) -> Answer {
    let page = page_of(&events(4), asked);
    Answer::of(&page.head, &page.body[..page.body.len() / 2])
}

#[test]
fn of_a_page_that_is_not_whole_nothing_is_kept_and_the_next_run_goes_on_at_the_same_cursor() {
    let faults: [(&str, Fault); 11] = [
        ("cut_short", Box::new(cut_off)),
        ("cut_short", Box::new(cut_and_announced_so)),
        ("wrong_media_type", Box::new(|_| Answer::of("200 OK\r\nContent-Type: text/html", "<html>"))),
        ("wrong_media_type", Box::new(|_| Answer::of("200 OK", "{}"))),
        ("invalid_page", Box::new(|_| Answer::page(&json!({ "items": [] })))),
        ("no_cursor", Box::new(|_| Answer::page(&json!({ "events": events(1), "more": false })))),
        ("too_many_events", Box::new(|_| Answer::page(&json!({ "events": events(3), "next": "3", "more": false })))),
        ("cursor_stays", Box::new(|_| Answer::page(&json!({ "events": events(2), "next": "2", "more": true })))),
        ("status_500", Box::new(|_| Answer::of("500 Internal Server Error", "no"))),
        ("status_401", Box::new(|_| Answer::of("401 Unauthorized", "no"))),
        ("status_302", Box::new(|_| Answer::of("302 Found\r\nLocation: http://127.0.0.1:1/elsewhere", ""))),
    ];
    let faults = Arc::new(faults);
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(2));
        let feed = system.of_wessex();
        assert_eq!(pulled(store, &feed, 0), taken(1, 2));
        let before = digest(store);
        let mut seconds = 0;
        for at in 0..faults.len() {
            let theirs = Arc::clone(&faults);
            system.answer(move |asked| theirs[at].1(asked));
            seconds += 3_600;
            let code = faults[at].0;
            assert_eq!(pulled(store, &feed, seconds), stopped(code));
            let (kept, last) = (place(store), last_exchange(store));
            assert_eq!((kept.cursor.as_deref(), usize::try_from(kept.failures)), (Some("2"), Ok(at + 1)), "{code}");
            assert_eq!((last.outcome.as_str(), last.last_success_at), (code, Some(now())));
            assert_eq!(digest(store), before, "{code}");
        }
        system.cursors();
        assert_eq!(pulled(store, &feed, seconds + 60), stopped("waiting"));
        assert_eq!(system.cursors(), Vec::<Option<String>>::new(), "it is left alone");
        system.answer(|asked| page_of(&events(4), asked));
        assert_eq!(pulled(store, &feed, seconds + 3_600), taken(1, 2));
        assert_eq!(system.cursors(), [Some("2".to_owned())]);
        assert_eq!((place(store).failures, last_exchange(store).outcome.as_str()), (0, "succeeded"));
    });
}

#[test]
fn a_page_that_is_longer_than_a_page_may_be_is_not_read_to_its_end() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(Vec::new());
        system.answer(|_| {
            let long = "x".repeat(17 * 1_024 * 1_024);
            Answer::page(&json!({ "events": [long], "next": "1", "more": false }))
        });
        assert_eq!(pulled(store, &system.of_wessex(), 0), stopped("too_large"));
        assert_eq!(place(store).cursor, None);
        let limits: Vec<usize> = system.asked().iter().map(|asked| asked.limit).collect();
        assert_eq!(limits, [2, 1], "one event alone is too long");
    });
}

#[test]
fn a_page_that_is_too_long_is_asked_for_again_with_half_as_many_events() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(Vec::new());
        system.answer(|asked| {
            let long = || Answer::page(&json!({ "events": ["x".repeat(17 * 1_024 * 1_024)], "more": false }));
            if asked.limit > 1 { long() } else { page_of(&events(2), asked) }
        });
        assert_eq!(pulled(store, &system.of_wessex(), 0), taken(2, 2));
        let asked: Vec<_> = system.asked().into_iter().map(|asked| (asked.after, asked.limit)).collect();
        assert_eq!(asked, [(None, 2), (None, 1), (Some("1".to_owned()), 1)]);
        assert_eq!(place(store), PullPlace { cursor: Some("2".to_owned()), failures: 0, not_before: None });
    });
}

#[test]
fn whoever_has_too_much_is_left_alone_for_as_long_as_it_asks() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(1));
        let feed = system.of_wessex();
        system.answer(|_| Answer::of("429 Too Many Requests\r\nRetry-After: 300", ""));
        assert_eq!(pulled(store, &feed, 0), stopped("status_429"));
        system.answer(|asked| page_of(&events(1), asked));
        assert_eq!(pulled(store, &feed, 299), stopped("waiting"));
        assert_eq!(pulled(store, &feed, 300), taken(1, 1));
    });
}

#[test]
fn a_page_taken_twice_comes_to_the_same_and_of_two_that_pull_one_keeps_it() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(events(3));
        let feed = system.of_wessex();
        assert_eq!(pulled(store, &feed, 0), taken(2, 3));
        let before = digest(store);
        // As if the process had died before the cursor was kept.
        go_on_from(store, Clock::FixedAt(now()), "wessex", Some("2")).unwrap();
        assert_eq!(pulled(store, &feed, 0), Pulled { duplicates: 1, ..taken(1, 0) });
        go_on_from(store, Clock::FixedAt(now()), "wessex", Some("")).unwrap();
        assert_eq!(pulled(store, &feed, 0), Pulled { duplicates: 3, ..taken(2, 0) });
        assert_eq!(digest(store), before);

        // Another process takes the page while this one waits for it.
        let theirs = store.clone();
        system.answer(move |asked| {
            let ahead = PullPlace { cursor: Some("4".to_owned()), ..PullPlace::default() };
            theirs.transaction_that_writes(|connection| pull_place::keep(connection, "wessex", &ahead)).unwrap();
            page_of(&events(4), asked)
        });
        assert_eq!(pulled(store, &feed, 60), stopped("overtaken"));
        assert_eq!((digest(store), place(store).cursor.as_deref()), (before, Some("4")));
    });
}

#[test]
fn an_operator_who_sets_the_cursor_while_a_page_waits_for_its_turn_wins() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(Vec::new());
        let theirs = store.clone();
        system.answer(move |asked| {
            let (operator, (has_set, is_set)) = (theirs.clone(), mpsc::channel());
            thread::spawn(move || {
                operator.transaction_that_writes(|connection| -> Result<(), StoreError> {
                    record::take_turn(connection)?;
                    let reset = PullPlace { cursor: Some("1".to_owned()), ..PullPlace::default() };
                    pull_place::keep(connection, "wessex", &reset)?;
                    has_set.send(()).unwrap();
                    until_somebody_waits(connection);
                    Ok(())
                })
            });
            is_set.recv().unwrap();
            page_of(&events(4), asked)
        });
        assert_eq!(pulled(store, &system.of_wessex(), 0), stopped("overtaken"));
        assert_eq!(place(store).cursor.as_deref(), Some("1"));
        assert_eq!(digest(store)["records"], 0);
    });
}

#[test]
fn a_failure_before_the_cursor_was_set_does_not_count_after_it() {
    on_both_databases(|store| {
        let system = RecordsFeed::start(Vec::new());
        let theirs = store.clone();
        system.answer(move |_| {
            go_on_from(&theirs, Clock::FixedAt(now()), "wessex", Some("1")).unwrap();
            Answer::of("500 Internal Server Error", "no")
        });
        assert_eq!(pulled(store, &system.of_wessex(), 0), stopped("overtaken"));
        assert_eq!(place(store), PullPlace { cursor: Some("1".to_owned()), failures: 0, not_before: None });
    });
}

#[test]
fn the_job_pulls_each_feed_and_says_which_stopped() {
    on_both_databases(|store| {
        let (well, unwell) = (RecordsFeed::start(events(1)), RecordsFeed::start(Vec::new()));
        unwell.answer(|_| Answer::of("503 Service Unavailable", ""));
        let other = PulledFeed { force: "mercia".to_owned(), ..unwell.of_wessex() };
        let timetable = Timetable::new(vec![Entry::new(JobName::PullRecords, "0 */5 * * * *").unwrap()]);
        let worker =
            Worker::new(store.clone(), Clock::FixedAt(now()), Policies::built_in().unwrap(), Registry::new(&timetable));
        let worker = worker.with_records(RecordsSources { feeds: vec![other, well.of_wessex()], folders: Vec::new() });
        let ran = worker.run_due(JobName::PullRecords).unwrap().unwrap();
        let report = json!({
            "feeds": 2, "pages": 1, "taken": 1, "duplicates": 0, "refused": 0, "stopped": { "mercia": "status_503" },
        });
        assert_eq!(ran.outcome.unwrap(), report);
        assert_eq!(store.transaction(record::forces).unwrap(), ["wessex"]);
    });
}

#[test]
fn an_operator_pulls_at_once_and_from_where_they_say() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        let system = RecordsFeed::start(events(3));
        let run = |arguments: &[&str]| {
            let mut command = program(url, arguments);
            let feed = format!("[{{force=\"wessex\",url=\"{}\",page_events=2}}]", system.url());
            command.env("MOSOVO__RECORDS__PULL", feed).output().unwrap()
        };
        let output = run(&["pull", "--force", "wessex"]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told.trim(), "pages 2, taken 3, duplicates 0, refused 0", "{output:?}");
        let again = run(&["pull", "--force", "wessex", "--from", "2"]);
        assert!(String::from_utf8_lossy(&again.stdout).contains("taken 0, duplicates 1"), "{again:?}");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let by_hand: Vec<&Value> = entries
            .iter()
            .filter(|entry| entry.act == "records.pull")
            .map(|entry| &entry.detail["cursor_set"])
            .collect();
        assert_eq!(by_hand, [&json!(false), &json!(true)]);
        let elsewhere = run(&["pull", "--force", "mercia"]);
        assert_eq!(elsewhere.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&elsewhere.stderr).contains("records.pull"), "{elsewhere:?}");

        // What others could read on the way is refused before anything is asked.
        let open = program(url, &["pull", "--force", "wessex"])
            .env("MOSOVO__RECORDS__PULL", "[{force=\"wessex\",url=\"http://records.example/feed\"}]")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&open.stderr).into_owned();
        assert!(told.contains("records.pull[0].url") && !told.contains("records.example"), "{told}");
    });
}
