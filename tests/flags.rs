//! Boundary days of the flag rules: each case is a caseload of one, built from feed events.

use mosovo_visits::domain::case_file::ForceFileBuilder;
use mosovo_visits::domain::flag::evaluate;
use mosovo_visits::domain::moment::Moment;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::record::{Held, Record};
use mosovo_visits::records::feed::event::{Change, read_event};
use serde_json::{Value, json};

/// Somebody in the community, police-led, of whom nothing else is known.
fn offender() -> Value {
    json!({
        "given_name": "Invented", "family_name": "Person", "status": "community", "status_since": "2015-01-01",
        "team_ref": "team", "lead_agency": "police", "lead_agency_since": "2015-01-01",
        "community_since": "2015-01-01", "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": "annual",
                         "under_18_at_relevant_date": false},
    })
}

fn with(mut record: Value, member: &str, value: Value) -> Value {
    record.as_object_mut().unwrap().insert(member.to_owned(), value);
    record
}

fn plan(latest_after_days: u32) -> Value {
    json!({
        "offender_ref": "o-1", "effective_from": "2020-01-01", "approved_on": "2020-01-01", "review_on": "2030-01-01",
        "actions": [], "visit_requirement": {
            "interval_days": 30, "earliest_after_days": 20, "latest_after_days": latest_after_days,
            "duration_minutes": 30, "crew": 2, "unannounced": true, "time_windows": [], "required_skills": []},
    })
}

fn visit(at: &str, mode: &str) -> Value {
    json!({
        "offender_ref": "o-1", "attempted_at": at, "mode": mode, "outcome": "seen", "home_inspected": mode == "home",
        "officer_refs": ["om-1", "om-2"],
    })
}

fn officer(role: &str, member: &str, value: Value) -> Value {
    let officer = json!({"name": "Invented Officer", "role": role, "team_ref": null, "in_post_from": "2010-01-01"});
    with(officer, member, value)
}

fn breach(crime: Value, decision: Value) -> Value {
    json!({
        "offender_ref": "o-1", "kind": "notification", "provision": "s.91", "first_failure_on": "2021-04-01",
        "discovered_at": "2021-04-08T10:00:00+01:00", "summary": "", "crime": crime, "decision": decision,
    })
}

/// True when the flag is raised at the instant, given these records (kind, subject, data).
fn raised(code: &str, now: &str, records: &[(&str, &str, Value)]) -> bool {
    let mut builder = ForceFileBuilder::default();
    for (index, (kind, subject, data)) in records.iter().enumerate() {
        let event = read_event(json!({
            "specversion": "1.0", "id": format!("e{index}"), "source": "/records/wessex", "subject": subject,
            "type": format!("records.{kind}.v1"), "time": "2021-01-01T00:00:00Z", "data": data,
        }))
        .unwrap();
        let Change::Put(record) = event.change else { panic!("not a record") };
        let held = Held { subject: event.subject, event_time: event.time, event_id: event.id, record: *record };
        if let Record::Allocation(record) = held.record {
            let Held { subject, event_time, event_id, .. } = held;
            builder.add_allocation(Held { subject, event_time, event_id, record });
        } else {
            builder.add(held);
        }
    }
    let at = Moment::at(now.parse().unwrap());
    let policies = Policies::built_in().unwrap();
    evaluate(&builder.build(), at, policies.in_force(at.today()).unwrap()).iter().any(|flag| flag.code.as_str() == code)
}

#[test]
fn a_home_visit_is_overdue_the_day_after_its_latest_day_and_only_a_qualifying_visit_moves_it() {
    let file = |extra: Value| {
        vec![
            ("offender", "o-1", offender()),
            ("risk_management_plan", "p-1", plan(40)),
            ("visit", "v-1", visit("2021-03-01T10:00:00Z", "home")),
            ("visit", "v-2", extra),
        ]
    };
    let phone = || visit("2021-03-20T10:00:00Z", "phone");
    assert!(!raised("home_visit_overdue", "2021-04-10T22:59:00Z", &file(phone())));
    assert!(raised("home_visit_overdue", "2021-04-10T23:00:00Z", &file(phone())), "London's midnight, in summer");
    assert!(raised("remote_contact_only", "2021-04-11T12:00:00Z", &file(phone())));
    assert!(!raised("home_visit_overdue", "2021-04-11T12:00:00Z", &file(visit("2021-03-20T10:00:00Z", "home"))));
    let not_yet = visit("2021-04-11T13:00:00Z", "home");
    assert!(raised("home_visit_overdue", "2021-04-11T12:00:00Z", &file(not_yet)), "a visit to come has not happened");
}

#[test]
fn without_a_qualifying_visit_the_first_is_due_fifteen_days_after_coming_to_the_community() {
    let file = [("offender", "o-1", with(offender(), "community_since", json!("2021-04-01")))];
    assert!(!raised("home_visit_overdue", "2021-04-16T12:00:00Z", &file));
    assert!(raised("home_visit_overdue", "2021-04-17T12:00:00Z", &file));
}

#[test]
fn a_yearly_confirmation_made_on_29_february_falls_due_on_28_february() {
    let made = json!({"offender_ref": "o-1", "kind": "periodic", "notified_at": "2020-02-29T10:00:00Z",
                      "moves_periodic_date": true});
    let file = [("offender", "o-1", offender()), ("notification", "n-1", made)];
    assert!(!raised("periodic_notification_overdue", "2021-02-28T12:00:00Z", &file));
    assert!(raised("periodic_notification_overdue", "2021-03-01T12:00:00Z", &file));
}

#[test]
fn a_breach_needs_a_live_crime_report_within_twenty_four_hours() {
    let crime = || json!({"ref": "C1", "recorded_at": "2021-04-08T11:00:00+01:00"});
    let no_crime = |rationale: &str| json!({"kind": "no_crime", "rationale": rationale, "decided_by": "ds-1", "decided_at": "2021-04-08T12:00:00Z"});
    let report = |state: &str| json!({"ref": "C1", "state": state, "recorded_at": "2021-04-08T11:00:00+01:00", "breach_ref": "b-1"});
    let supervisor = || officer("supervisor", "in_post_until", json!("2020-01-01"));
    let file = |breach: Value, more: Vec<(&'static str, &'static str, Value)>| {
        let mut file =
            vec![("offender", "o-1", offender()), ("breach", "b-1", breach), ("officer", "ds-1", supervisor())];
        file.extend(more);
        file
    };
    let code = "breach_without_crime_report";
    let bare = || breach(Value::Null, Value::Null);
    assert!(!raised(code, "2021-04-09T09:00:00Z", &file(bare(), vec![])), "exactly 24 hours");
    assert!(raised(code, "2021-04-09T09:00:01Z", &file(bare(), vec![])));
    let later = "2021-04-20T09:00:00Z";
    assert!(!raised(code, later, &file(breach(crime(), Value::Null), vec![])));
    assert!(!raised(code, later, &file(bare(), vec![("crime_report", "C1", report("recorded"))])));
    let cancelled = || vec![("crime_report", "C1", report("cancelled"))];
    assert!(raised(code, later, &file(breach(crime(), Value::Null), cancelled())), "a cancelled number is not live");
    assert!(!raised(code, later, &file(breach(Value::Null, no_crime("No offence.")), vec![])));
    assert!(raised(code, later, &file(breach(Value::Null, no_crime(" \u{2003}")), vec![])), "a blank reason is none");
}

#[test]
fn a_case_is_unallocated_when_nobody_in_post_manages_it() {
    let allocated = |from: &str| json!({"officer_ref": "om-1", "from": from});
    let file = |from: &str, manager: Value| {
        vec![("offender", "o-1", offender()), ("allocation", "o-1", allocated(from)), ("officer", "om-1", manager)]
    };
    let now = "2021-04-15T12:00:00Z";
    let managing = |member: &str, value: Value| officer("offender_manager", member, value);
    assert!(!raised("unallocated", now, &file("2021-04-15", managing("in_post_until", json!("2021-04-15")))));
    assert!(raised("unallocated", now, &file("2021-04-16", managing("constable", json!(true)))), "dated in the future");
    assert!(raised("unallocated", now, &file("2021-01-01", managing("in_post_until", json!("2021-04-14")))));
    assert!(raised("unallocated", now, &file("2021-01-01", officer("supervisor", "constable", json!(true)))));
    let away = |until: &str| json!([{"from": "2021-04-01", "until": until, "reason": "sickness"}]);
    assert!(!raised("unallocated", now, &file("2021-01-01", managing("absences", away("2021-04-28")))), "28 days");
    assert!(raised("unallocated", now, &file("2021-01-01", managing("absences", away("2021-04-29")))), "29 days");
}

#[test]
fn reactive_management_without_a_known_criterion_is_ineligible_and_its_review_falls_due_after_a_year() {
    let spell = json!({"entered_on": "2020-04-15", "left_on": null, "approved_by": "di-1"});
    let file = [("offender", "o-1", offender()), ("reactive_management", "o-1", spell)];
    assert!(raised("reactive_ineligible", "2021-04-15T12:00:00Z", &file));
    assert!(!raised("reactive_review_due", "2021-04-15T12:00:00Z", &file));
    assert!(raised("reactive_review_due", "2021-04-16T12:00:00Z", &file));
    assert!(!raised("home_visit_overdue", "2021-04-16T12:00:00Z", &file), "no visits are due in reactive management");
}

#[test]
fn a_day_in_the_community_that_has_not_come_does_not_put_off_the_first_visit() {
    let file = [("offender", "o-1", with(offender(), "community_since", json!("2021-06-01")))];
    assert!(raised("home_visit_overdue", "2021-04-15T12:00:00Z", &file));
}
