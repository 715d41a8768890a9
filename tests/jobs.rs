//! The service's own jobs, on both databases: run once whoever runs them, taken over, retried, seen.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use chrono::TimeDelta;
use mosovo_visits::casework::actor::{Actor, Person, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flag_list::summary;
use mosovo_visits::casework::forecasts;
use mosovo_visits::casework::forecasts::ask::Days;
use mosovo_visits::casework::job_status::{JobState, JobStatus, job_statuses};
use mosovo_visits::casework::reading::Reader;
use mosovo_visits::casework::roads::RoadService;
use mosovo_visits::casework::schedules::propose::{PlanRequest, request};
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::drive::drive;
use mosovo_visits::jobs::worker::{LEASE, RETRIES, Worker};
use mosovo_visits::jobs::{JobContext, JobError, Registry, Task};
use mosovo_visits::planning::forecast::Asked;
use mosovo_visits::planning::search::Budget;
use mosovo_visits::planning::take::Stay;
use mosovo_visits::store::Store;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::forecast as stored;
use mosovo_visits::store::job_run::{self, ABANDONED, JobRun, RunState};
use mosovo_visits::store::scope::Scope;
use serde_json::{Value, json};

use crate::support::{import, on_both_databases, on_both_databases_by_url};

/// In London, 09:00 on the day after the night of 15 April 2021.
const MORNING: &str = "2021-04-15T08:00:00Z";

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

fn timetable() -> Timetable {
    let schedules = ["0 30 1 * * *", "0 * * * * *", "0 0 3 * * *", "30 * * * * *", "45 * * * * *"];
    Timetable::new(JobName::ALL.into_iter().zip(schedules).map(|(job, text)| Entry::new(job, text).unwrap()).collect())
}

/// A job that counts how often it was run, and fails the first few times.
struct Counting {
    runs: Arc<AtomicUsize>,
    failures: usize,
}

impl Task for Counting {
    fn run(&self, _: &JobContext<'_>) -> Result<Value, JobError> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst);
        if run < self.failures { Err(JobError::Forces { failed: 1, of: 2 }) } else { Ok(json!({ "run": run })) }
    }
}

fn worker_with(store: &Store, now: Instant, task: impl Task + 'static) -> Worker {
    let registry = Registry::default().with(&timetable(), JobName::NightlyFlags, task);
    Worker::new(store.clone(), Clock::FixedAt(now), Policies::built_in().unwrap(), registry)
}

fn counting(store: &Store, now: Instant, runs: &Arc<AtomicUsize>, failures: usize) -> Worker {
    worker_with(store, now, Counting { runs: Arc::clone(runs), failures })
}

fn run_of(store: &Store, key: &str) -> Option<JobRun> {
    store.transaction(|connection| job_run::one(connection, "nightly_flags", key)).unwrap()
}

fn status(store: &Store, now: Instant) -> JobStatus {
    let timetable = Registry::new(&timetable()).timetable();
    let statuses = job_statuses(store, Clock::FixedAt(now), &Actor::Operator, &timetable).unwrap();
    statuses.into_iter().find(|status| status.name == "nightly_flags").unwrap()
}

#[test]
fn two_workers_at_the_same_time_run_a_job_once() {
    on_both_databases_by_url(|url| {
        Store::open(&url.parse().unwrap()).unwrap().migrate().unwrap();
        let runs = Arc::new(AtomicUsize::new(0));
        let together = Barrier::new(2);
        let ran: usize = std::thread::scope(|scope| {
            let threads = [0, 1].map(|_| {
                scope.spawn(|| {
                    let store = Store::open(&url.parse().unwrap()).unwrap();
                    let worker = counting(&store, instant(MORNING), &runs, 0);
                    together.wait();
                    worker.tick().unwrap().len()
                })
            });
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!((ran, runs.load(Ordering::SeqCst)), (1, 1));
    });
}

#[test]
fn a_night_that_was_missed_is_made_up_for_once_and_only_the_latest() {
    on_both_databases(|store| {
        let runs = Arc::new(AtomicUsize::new(0));
        let ticks = |now: &str| {
            let ran = counting(store, instant(now), &runs, 0).tick().unwrap();
            ran.into_iter().map(|ran| ran.lease.run_key).collect::<Vec<_>>()
        };
        assert_eq!(ticks("2021-04-12T12:00:00Z"), ["2021-04-12"]);
        assert_eq!(ticks("2021-04-12T23:00:00Z"), Vec::<String>::new());
        assert_eq!(status(store, instant("2021-04-15T08:00:00Z")).state, JobState::Due);
        assert_eq!(ticks("2021-04-15T08:00:00Z"), ["2021-04-15"]);
        assert_eq!(ticks("2021-04-15T08:01:00Z"), Vec::<String>::new());
        assert!(run_of(store, "2021-04-14").is_none());
    });
}

#[test]
fn a_lease_that_ran_out_is_taken_over_and_the_one_who_lost_it_can_end_nothing() {
    on_both_databases(|store| {
        let began = instant(MORNING);
        let lease = |owner: &str, now: Instant| {
            store
                .transaction_that_writes(|c| {
                    job_run::lease(c, "nightly_flags", "2021-04-15", owner, now, now + LEASE, RETRIES)
                })
                .unwrap()
        };
        let change = |work: &dyn Fn(&mut mosovo_visits::store::backend::AnyConnection) -> Result<bool, StoreError>| {
            store.transaction_that_writes(|connection| work(connection)).unwrap()
        };
        let first = lease("first", began).unwrap();
        assert_eq!(lease("second", began + LEASE - TimeDelta::seconds(1)), None);
        assert!(change(&|c| job_run::renew(c, &first, began + LEASE * 2)));
        assert_eq!(lease("second", began + LEASE), None, "it was renewed");
        let second = lease("second", began + LEASE * 2).unwrap();
        assert_eq!(second.attempt, 2);
        assert!(!change(&|c| job_run::renew(c, &first, began + LEASE * 9)));
        assert!(!change(&|c| job_run::end(c, &first, began, Ok(json!({})))));
        assert_eq!(run_of(store, "2021-04-15").unwrap().state, RunState::Running);
        assert!(change(&|c| job_run::end(c, &second, began + LEASE * 2, Ok(json!({ "n": 1 })))));
        let run = run_of(store, "2021-04-15").unwrap();
        assert_eq!((run.state, run.owner.as_str(), run.attempt), (RunState::Succeeded, "second", 2));
        assert_eq!(lease("third", began + LEASE * 9), None, "what is done is not done again");
    });
}

#[test]
fn a_run_whose_process_keeps_dying_is_given_up_and_shown_as_failed() {
    on_both_databases(|store| {
        let mut now = instant(MORNING);
        for attempt in 1..=RETRIES.attempts {
            let lease = store
                .transaction_that_writes(|c| {
                    job_run::lease(c, "nightly_flags", "2021-04-15", "dying", now, now + LEASE, RETRIES)
                })
                .unwrap();
            assert_eq!(lease.unwrap().attempt, attempt);
            assert_eq!(status(store, now).state, JobState::Running);
            now += LEASE;
            assert_eq!(status(store, now).state, JobState::Failed);
        }
        let runs = Arc::new(AtomicUsize::new(0));
        assert!(counting(store, now, &runs, 0).tick().unwrap().is_empty());
        let run = run_of(store, "2021-04-15").unwrap();
        assert_eq!((run.state, run.error_code.as_deref()), (RunState::Failed, Some(ABANDONED)));
    });
}

#[test]
fn a_job_that_fails_is_seen_and_tried_again_after_a_while_and_not_for_ever() {
    on_both_databases(|store| {
        let runs = Arc::new(AtomicUsize::new(0));
        let tick = |now: Instant, failures| counting(store, now, &runs, failures).tick().unwrap().len();
        let first = instant(MORNING);
        assert_eq!(tick(first, 1), 1);
        let seen = status(store, first);
        assert_eq!(seen.state, JobState::Failed);
        let run = seen.last_run.unwrap();
        assert_eq!((run.error_code.as_deref(), run.ended_at), (Some("forces_failed"), Some(first)));
        assert_eq!(tick(first + RETRIES.delay - TimeDelta::seconds(1), 1), 0);
        assert_eq!(tick(first + RETRIES.delay, 1), 1);
        let seen = status(store, first + RETRIES.delay);
        assert_eq!(seen.state, JobState::Succeeded);
        let run = seen.last_run.unwrap();
        assert_eq!((run.attempt, run.error_code, run.report), (2, None, Some(json!({ "run": 1 }))));

        let next_day = first + TimeDelta::days(1);
        let attempts: usize = (0..9).map(|n| tick(next_day + RETRIES.delay * n, usize::MAX)).sum();
        assert_eq!(attempts, usize::try_from(RETRIES.attempts).unwrap());
        assert_eq!(status(store, next_day + TimeDelta::hours(2)).state, JobState::Failed);
        assert_eq!(tick(next_day + TimeDelta::days(1), 0), 1, "the next night is a run of its own");
    });
}

struct Panicking;

impl Task for Panicking {
    fn run(&self, _: &JobContext<'_>) -> Result<Value, JobError> {
        panic!("on purpose, in a test")
    }
}

#[test]
fn a_job_that_panics_fails_and_takes_nothing_with_it() {
    on_both_databases(|store| {
        let ran = worker_with(store, instant(MORNING), Panicking).tick().unwrap();
        assert!(matches!(ran.as_slice(), [ran] if matches!(ran.outcome, Err(JobError::Panicked))));
        assert_eq!(run_of(store, "2021-04-15").unwrap().error_code.as_deref(), Some("panicked"));
    });
}

#[test]
fn a_job_run_by_hand_runs_now_beside_its_schedule() {
    on_both_databases(|store| {
        let runs = Arc::new(AtomicUsize::new(0));
        let worker = counting(store, instant(MORNING), &runs, 0);
        for _ in 0..2 {
            worker.run_by_hand(JobName::NightlyFlags, &Actor::Operator).unwrap().unwrap().outcome.unwrap();
        }
        assert_eq!(worker.tick().unwrap().len(), 1, "the night's own run is still due");
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        assert!(worker.run_by_hand(JobName::NightlyProposal, &Actor::Operator).unwrap().is_none());
    });
}

fn offender() -> String {
    json!({
        "specversion": "1.0", "id": "e1", "source": "/records/wessex", "type": "records.offender.v1",
        "subject": "o-1", "time": "2021-01-01T00:00:00Z", "data": {
            "given_name": "Invented", "family_name": "Person", "status": "community", "status_since": "2015-01-01",
            "team_ref": "north", "lead_agency": "police", "lead_agency_since": "2015-01-01",
            "community_since": "2021-04-01", "mappa": {"category": 1, "level": 1},
            "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": "annual",
                             "under_18_at_relevant_date": false},
        },
    })
    .to_string()
}

fn flags_open(store: &Store) -> i64 {
    let inspector = Person {
        subject: "invented-person".to_owned(),
        role: Role::DetectiveInspector,
        force: "wessex".to_owned(),
        teams: std::collections::BTreeSet::new(),
        officer_ref: None,
        neighbourhoods: std::collections::BTreeSet::new(),
        sends: None,
        reason: None,
    };
    summary(store, &Reader { person: inspector, clock: Clock::FixedAt(instant(MORNING)) }).unwrap().open
}

fn own_jobs(store: &Store, now: Instant) -> Worker {
    let registry = Registry::new(&timetable());
    Worker::new(store.clone(), Clock::FixedAt(now), Policies::built_in().unwrap(), registry)
}

#[test]
fn the_night_raises_the_flags_of_every_force() {
    on_both_databases(|store| {
        import(store, &offender());
        let ran = own_jobs(store, instant(MORNING)).run_due(JobName::NightlyFlags).unwrap().unwrap();
        let open = flags_open(store);
        assert!(open > 0);
        assert_eq!(ran.outcome.unwrap().pointer("/flags/raised"), Some(&json!(open)));
    });
}

#[test]
fn records_that_changed_are_evaluated_once_they_have_been_quiet() {
    on_both_databases(|store| {
        import(store, &offender());
        let imported = instant(MORNING);
        let minute = |n| own_jobs(store, imported + TimeDelta::seconds(n)).run_due(JobName::PendingFlags).unwrap();
        assert_eq!(minute(0).unwrap().outcome.unwrap().pointer("/forces"), Some(&json!(0)));
        assert!(minute(30).is_none(), "the same minute's run");
        assert_eq!(flags_open(store), 0);
        assert_eq!(minute(60).unwrap().outcome.unwrap().pointer("/forces"), Some(&json!(1)));
        assert!(flags_open(store) > 0);
        assert_eq!(minute(120).unwrap().outcome.unwrap().pointer("/forces"), Some(&json!(0)));
    });
}

#[test]
fn the_runs_of_a_frequent_job_are_not_kept_for_ever_unless_they_failed() {
    on_both_databases(|store| {
        let first = instant(MORNING);
        own_jobs(store, first).run_due(JobName::PendingFlags).unwrap().unwrap();
        let later = first + TimeDelta::days(8);
        own_jobs(store, later).run_due(JobName::PendingFlags).unwrap().unwrap();
        let kept = |key: &str| store.transaction(|c| job_run::one(c, "pending_flags", key)).unwrap().is_some();
        assert!(!kept("2021-04-15T08:00:00Z"));
        assert!(kept("2021-04-23T08:00:00Z"));
    });
}

#[test]
fn the_night_proposes_the_schedule_of_every_team() {
    on_both_databases(|store| {
        import(store, &offender());
        let ran = own_jobs(store, instant(MORNING)).run_due(JobName::NightlyProposal).unwrap().unwrap();
        assert_eq!(ran.outcome.unwrap(), json!({ "proposals": 1 }));
    });
}

#[test]
fn a_proposal_that_nobody_finished_is_planned_after_a_while() {
    on_both_databases(|store| {
        import(store, &offender());
        let asked_at = instant(MORNING);
        let scope = Scope::whole("wessex");
        let budget = Budget { seed: 1, iterations: 10 };
        let plan = PlanRequest { from: "2021-04-16".parse().unwrap(), days: 7, budget, stay: Stay::Near };
        request(store, Clock::FixedAt(asked_at), &RoadService::default(), &Actor::Operator, &scope, None, plan)
            .unwrap();
        let finished = |minutes| {
            let worker = own_jobs(store, asked_at + TimeDelta::minutes(minutes));
            worker.run_due(JobName::PendingProposals).unwrap().unwrap().outcome.unwrap()
        };
        assert_eq!(finished(9), json!({ "proposals": 0 }));
        assert_eq!(finished(11), json!({ "proposals": 1 }));
        assert_eq!(finished(12), json!({ "proposals": 0 }));
    });
}

#[test]
fn a_forecast_that_nobody_is_at_is_made_after_a_while_and_one_whose_maker_is_gone_once_the_lease_is_out() {
    on_both_databases(|store| {
        import(store, &offender());
        let asked_at = instant(MORNING);
        let ask = || {
            let days = Days { from: "2021-04-16".parse().unwrap(), weeks: 1 };
            let asked = Asked { changes: vec![], clear_backlog: true, staffing: false, seed: 1, iterations: 10 };
            let (clock, scope) = (Clock::FixedAt(asked_at), Scope::whole("wessex"));
            forecasts::ask::request(store, clock, &Actor::Operator, &scope, None, (days, asked)).unwrap()
        };
        let after = |minutes| asked_at + TimeDelta::minutes(minutes);
        let made = |minutes| {
            let worker = own_jobs(store, after(minutes));
            worker.run_due(JobName::PendingForecasts).unwrap().unwrap().outcome.unwrap()
        };
        ask();
        assert_eq!(made(1), json!({ "forecasts": 0 }));
        assert_eq!(made(3), json!({ "forecasts": 1 }));
        assert_eq!(made(4), json!({ "forecasts": 0 }));
        let id = ask();
        let lease = |now, until| {
            store.transaction_that_writes(|connection| stored::lease(connection, id, "somebody who dies", (now, until)))
        };
        assert!(lease(after(5), after(15)).unwrap().is_some());
        assert!(lease(after(6), after(16)).unwrap().is_none(), "somebody is at it");
        assert_eq!(made(14), json!({ "forecasts": 0 }));
        assert_eq!(made(16), json!({ "forecasts": 1 }));
        let lost =
            store.transaction_that_writes(|connection| stored::finish(connection, (id, "somebody who dies"), Ok("{}")));
        assert!(!lost.unwrap(), "whoever lost the lease keeps nothing");
        let scope = Scope::whole("wessex");
        let read = forecasts::read::read(store, Clock::FixedAt(after(20)), &Actor::Operator, &scope, id).unwrap();
        assert_eq!(read.stored.state, stored::ForecastState::Done);
        assert!(read.result.unwrap()["teams"][0]["backlog"].is_object());
    });
}

#[test]
fn the_loop_runs_what_is_due_and_ends_what_it_began_when_told_to_stop() {
    on_both_databases(|store| {
        let runs = Arc::new(AtomicUsize::new(0));
        let worker = Arc::new(counting(store, instant(MORNING), &runs, 0));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Told to stop from the start: it still carries out what it finds due.
        runtime.block_on(drive(worker, async {}));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(run_of(store, "2021-04-15").unwrap().state, RunState::Succeeded);
    });
}
