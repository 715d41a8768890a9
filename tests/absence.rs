//! The records system is away for a day and two hours: everybody works on, is told how old the records are, and nothing is lost or told twice.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::timetable::{Entry, JobName, Timetable};
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{colleague, inspector, manager, plannable, set_up, supervisor};
use crate::support::http::{Reply, Running, persona, run_at, webhooks};
use crate::support::receiver::{Received, Receiver};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";

/// When the last records came, before the absence.
const CAME_AT: &str = "2021-04-15T08:00:00Z";

/// How many hours it lasts.
const HOURS: i64 = 26;

fn administrator() -> Grants {
    persona(Role::Administrator, &[])
}

fn records_system() -> Grants {
    persona(Role::RecordsSystem, &[])
}

/// The service's jobs at the times at which they run by default.
fn timetable() -> Timetable {
    let jobs = [
        (JobName::NightlyFlags, "0 10 0 * * *"),
        (JobName::PendingFlags, "0 * * * * *"),
        (JobName::NightlyProposal, "0 0 2 * * *"),
        (JobName::PendingProposals, "30 * * * * *"),
        (JobName::PendingForecasts, "45 * * * * *"),
        (JobName::Deliveries, "*/10 * * * * *"),
    ];
    Timetable::new(jobs.into_iter().map(|(job, schedule)| Entry::new(job, schedule).unwrap()).collect())
}

/// The day as it goes on.
struct Day<'a> {
    store: &'a Store,
    hour: i64,
}

impl Day<'_> {
    fn at(seconds: i64) -> Instant {
        CAME_AT.parse::<Instant>().unwrap() + TimeDelta::seconds(seconds)
    }

    /// Runs whatever is due so many seconds after the last records came. Every job succeeds.
    fn jobs(&self, seconds: i64) {
        let (clock, policies) = (Clock::FixedAt(Self::at(seconds)), Policies::built_in().unwrap());
        let worker = Worker::new(self.store.clone(), clock, policies, Registry::new(&timetable()));
        for ran in worker.with_webhooks(webhooks()).tick().unwrap() {
            let report = ran.outcome.unwrap();
            assert!(ran.lease.job != "deliveries" || report["dead"] == 0, "{report}");
        }
    }

    /// The service two minutes past an hour, its jobs having run every hour until then.
    fn until(&mut self, hour: i64) -> Running {
        while self.hour < hour {
            self.hour += 1;
            self.jobs(self.hour * 3_600);
            self.jobs(self.hour * 3_600 + 60);
        }
        run_at(self.store, &Self::at(hour * 3_600 + 120).to_rfc3339())
    }
}

/// The path and the version of what was done.
fn done(reply: &Reply) -> (String, String) {
    assert!([200, 201].contains(&reply.status), "{}", reply.text);
    let header = |name: &str| reply.header(name).unwrap_or_default().to_owned();
    (header("location"), header("etag"))
}

fn enter_breach(service: &Running, discovered_at: &str) -> (String, String) {
    let body = json!({
        "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
        "discovered_at": discovered_at, "summary": "an invented alias, not notified",
    });
    done(&service.act(&manager(), "/v1/offenders/n-1/breaches", None, &body))
}

fn record_visit(service: &Running) {
    let visit = json!({
        "attempted_at": "2021-04-15T08:30:00Z", "mode": "home", "outcome": "seen", "officer_refs": ["om-n", "om-n2"],
        "address_ref": "a-1", "announced": false, "home_inspected": true, "observations": "tidy, calm",
        "risk_factors": "none new", "protective_factors": "works", "present": [], "devices_seen": [],
        "next_steps": "see the employer", "shows_child_contact": false,
    });
    let (path, _) = done(&service.act(&manager(), "/v1/offenders/n-1/visits", None, &visit));
    done(&service.act(&colleague(), &format!("{path}/confirm"), None, &json!({})));
}

fn deal_with_breach(service: &Running, (path, read): &(String, String)) {
    let crime = json!({"crime_ref": "INV/1", "recorded_at": "2021-04-15T10:30:00Z"});
    let (_, read) = done(&service.act(&manager(), &format!("{path}/crime-report"), Some(read), &crime));
    let step = json!({"kind": "voluntary_interview", "due_on": "2021-05-20"});
    done(&service.act(&manager(), &format!("{path}/investigative-step"), Some(&read), &step));
}

fn draft_plan(service: &Running) -> (String, String) {
    let plan = json!({
        "effective_from": "2021-04-15", "review_on": "2021-10-15", "contingency": "call the duty inspector",
        "pillars": {"supervision": "visits", "monitoring_and_control": "devices",
            "interventions_and_treatment": "none", "victim_safety": "no contact"},
        "assessment_ref": "r-1",
        "visit_requirement": {"interval_days": 50, "earliest_after_days": 40, "latest_after_days": 60,
            "duration_minutes": 45, "crew": 2, "unannounced": true},
        "actions": [{"pillar": "supervision", "description": "see the employer", "due_on": "2021-05-15",
            "owner_ref": "om-n"}],
    });
    done(&service.act(&manager(), "/v1/offenders/n-1/risk-management-plans", None, &plan))
}

fn propose(service: &Running) -> Reply {
    let body = json!({ "team_ref": "north", "from": "2021-04-17", "days": 14, "seed": 1, "iterations": 20 });
    let asked = service.act(&supervisor(), "/v1/schedules", None, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let location = asked.header("location").unwrap().to_owned();
    let is_planned = |read: &Reply| read.json()["state"] != "planning";
    (0..100_000).map(|_| service.get(&supervisor(), &location)).find(is_planned).unwrap()
}

fn flags(service: &Running, filter: &str) -> usize {
    let found = service.get(&supervisor(), &format!("/v1/flags?code=records_system_stale{filter}")).json();
    found["items"].as_array().unwrap().len()
}

/// What is read of the records while they are too old says so, or does not where they are not.
fn says_whether_stale(service: &Running, is_stale: bool) {
    let told_in_the_body = [
        (supervisor(), "/v1/offenders/n-1"),
        (supervisor(), "/v1/dashboards/team/north"),
        (inspector(), "/v1/dashboards/force"),
    ];
    let told_at_the_head = [
        (supervisor(), "/v1/officers/om-n/daily-list?date=2021-04-16"),
        (supervisor(), "/v1/worklists/overdue-visits"),
    ];
    for (reader, path) in &told_in_the_body {
        assert_eq!(service.get(reader, path).json()["records"]["is_stale"], is_stale, "{path}");
    }
    for (reader, path) in told_in_the_body.iter().chain(&told_at_the_head) {
        let reply = service.get(reader, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert_eq!(reply.header("records-stale"), is_stale.then_some("true"), "{path}");
        assert!(!is_stale || reply.header("records-as-of") == Some(CAME_AT), "{path}");
    }
}

fn subscribe(service: &Running, receiver: &Receiver) -> String {
    let body = json!({ "name": "invented", "url": receiver.url(), "event_types": [] });
    let made = service.act(&administrator(), "/v1/subscriptions", None, &body);
    assert_eq!(made.status, 201, "{}", made.text);
    format!("/v1/subscriptions/{}", made.json()["id"].as_str().unwrap())
}

fn ids(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["id"].as_str().unwrap()).collect()
}

/// Of one record's events each has come after those before it.
fn assert_in_order_by_record(received: &[Value]) {
    let number = |event: &Value| event["sequence"].as_str().unwrap().parse::<i64>().unwrap();
    for one in received {
        let of_record = received.iter().filter(|other| other["subject"] == one["subject"]).map(number);
        assert!(of_record.is_sorted(), "{received:?}");
    }
}

/// Nothing that goes out, nor what it leads to, has a day on which somebody is to be visited.
fn assert_no_day_planned(service: &Running, received: &[Received], planned: &BTreeSet<String>) {
    for one in received {
        let href = one.event()["data"]["href"].as_str().unwrap().to_owned();
        let mut back = service.get(&records_system(), &href).json();
        assert_eq!(back["event"], one.event());
        // The day by which, which may be any.
        back["latest_by"] = Value::Null;
        for day in planned {
            assert!(!one.body.contains(day) && !back.to_string().contains(day), "{day}: {back}");
        }
    }
}

#[test]
fn a_day_without_the_records_system_stops_nobody_and_is_made_up_for_within_a_minute() {
    on_both_databases(|store| {
        set_up(store);
        assert_eq!(import(store, &lines(&plannable())).refused, 0);
        let receiver = Receiver::start();
        let mut day = Day { store, hour: 0 };
        let service = day.until(0);
        let subscription = subscribe(&service, &receiver);
        enter_breach(&service, "2021-04-15T07:00:00Z");
        day.jobs(180);
        let before = receiver.received();
        assert_eq!(before.len(), 2, "a breach, and that its crime report is wanted");
        says_whether_stale(&service, false);

        // It answers that it is not well, and after some hours not at all. Nothing comes from it.
        receiver.answer(|_| "503 Service Unavailable".to_owned());
        record_visit(&day.until(1));
        let breach = enter_breach(&day.until(2), "2021-04-15T09:30:00Z");
        deal_with_breach(&day.until(3), &breach);
        let allocation = json!({"officer_ref": "om-n2", "reason": "invented"});
        done(&day.until(4).act(&supervisor(), "/v1/offenders/n-2/allocations", None, &allocation));
        let plan = draft_plan(&day.until(5));
        done(&day.until(6).act(&supervisor(), &format!("{}/approve", plan.0), Some(&plan.1), &json!({})));
        receiver.answer(|_| String::new());
        says_whether_stale(&day.until(23), false);

        // A day is over: whoever reads is told, and planning goes on.
        let service = day.until(25);
        says_whether_stale(&service, true);
        assert_eq!(flags(&service, ""), 1);
        let proposal = propose(&service);
        assert_eq!(
            (&proposal.json()["state"], &proposal.json()["records_as_of"]),
            (&json!("proposed"), &json!(CAME_AT))
        );
        let accept = format!("/v1/schedules/{}/accept", proposal.json()["id"].as_str().unwrap());
        done(&service.act(&supervisor(), &accept, proposal.header("etag"), &json!({})));
        let visits = proposal.json()["visits"].as_array().unwrap().clone();
        let planned: BTreeSet<String> = visits.iter().map(|visit| visit["date"].as_str().unwrap().to_owned()).collect();
        assert!(visits.iter().any(|visit| visit["offender_ref"] == "n-1"), "{}", proposal.text);

        let service = day.until(HOURS);
        let read = service.get(&administrator(), &subscription).json();
        let last = before.last().unwrap().event()["sequence"].as_str().unwrap().to_owned();
        let listed = service.get(&records_system(), &format!("/v1/events?after={last}&limit=200")).json();
        let told = listed["items"].as_array().unwrap();
        assert_eq!((&read["waiting"], &read["delivered"], &read["dead"]), (&json!(told.len()), &json!(2), &json!(0)));
        assert!(read["failing_since"].is_string(), "{read}");
        let types: BTreeSet<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
        for expected in [
            "mosovo.visit_outcome.v1",
            "mosovo.breach.v1",
            "mosovo.crime_report_request.v1",
            "mosovo.allocation.v1",
            "mosovo.risk_management_plan.v1",
            "mosovo.programmed_visits_withdrawal.v1",
        ] {
            assert!(types.contains(expected), "{expected}: {types:?}");
        }

        // It is back, at no time of the timetable: within a minute it has everything, each event once.
        let back = HOURS * 3_600 + 187;
        receiver.received();
        receiver.answer(|_| "204 No Content".to_owned());
        for seconds in (back..=back + 60).filter(|seconds| seconds % 10 == 0) {
            day.jobs(seconds);
        }
        let received = receiver.received();
        let events: Vec<Value> = received.iter().map(Received::event).collect();
        let (mut came, mut expected) = (ids(&events), ids(told));
        came.sort_unstable();
        expected.sort_unstable();
        assert_eq!(came, expected);
        assert_in_order_by_record(&events);
        assert_no_day_planned(&service, &received, &planned);
        let read = service.get(&administrator(), &subscription).json();
        assert_eq!((&read["waiting"], &read["dead"], &read["failing_since"]), (&json!(0), &json!(0), &Value::Null));

        // Records come again: the flag goes, and nobody is told any more that they are old.
        let service = day.until(HOURS + 1);
        assert_eq!(flags(&service, ""), 1, "that it takes what it is told is no news from it");
        let news =
            event(WESSEX, "neighbourhood", "nb-2", "2021-04-16T10:30:00Z", &json!({"name": "Hill", "force": "Wessex"}));
        let sent = service.send(&records_system(), "application/x-ndjson", &news.to_string());
        assert_eq!((sent.status, &sent.json()["accepted"]), (200, &json!(1)), "{}", sent.text);
        says_whether_stale(&service, false);
        let service = day.until(HOURS + 2);
        assert_eq!((flags(&service, ""), flags(&service, "&state=cleared")), (0, 1));
    });
}
