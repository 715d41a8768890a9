//! The people of Wessex who do casework, and the caseload that they do it on: that of [`super::caseload`] with a plan, an order, a
//! breach and an item of intelligence.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::{Actor, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flags::evaluate_force;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::store::Store;
use mosovo_visits::store::planned_visit::{PlannedVisitRow, replace_visits};
use mosovo_visits::store::schedule::{NewProposal, ProposalState, StoredProposal, request};
use serde_json::{Value, json};
use uuid::Uuid;

use super::caseload::{self, RECORDED, event};
use super::http::persona;
use super::{import, scenario_clock};

fn officer(role: Role, teams: &[&str], officer: &str) -> Grants {
    let officer_ref = Some(officer.to_owned().try_into().unwrap());
    Grants { sub: format!("invented-{officer}"), officer_ref, ..persona(role, teams) }
}

/// Nora, who manages n-1.
pub fn manager() -> Grants {
    officer(Role::OffenderManager, &["north"], "om-n")
}

/// Another offender manager of the team north.
pub fn colleague() -> Grants {
    officer(Role::OffenderManager, &["north"], "om-n2")
}

/// An offender manager of the team north without training in ARMS.
pub fn untrained() -> Grants {
    officer(Role::OffenderManager, &["north"], "om-n3")
}

/// Sam, who manages s-1.
pub fn other_manager() -> Grants {
    officer(Role::OffenderManager, &["south"], "om-s")
}

/// The supervisor of the team north.
pub fn supervisor() -> Grants {
    officer(Role::Supervisor, &["north"], "sup-n")
}

/// The supervisor of the team south.
pub fn other_supervisor() -> Grants {
    officer(Role::Supervisor, &["south"], "sup-s")
}

/// The detective inspector.
pub fn inspector() -> Grants {
    officer(Role::DetectiveInspector, &[], "di")
}

/// Another detective inspector.
pub fn other_inspector() -> Grants {
    officer(Role::DetectiveInspector, &[], "di-2")
}

fn trained(name: &str, role: &str, team: &str, courses: &[&str]) -> Value {
    let training: Vec<Value> =
        courses.iter().map(|course| json!({"course": course, "completed_on": "2019-01-01"})).collect();
    json!({"name": name, "role": role, "team_ref": team, "in_post_from": "2015-01-01", "constable": true,
        "training": training})
}

/// A plan of n-1 that asks for a visit every 60 days, approved by the supervisor.
pub fn plan() -> Value {
    json!({
        "offender_ref": "n-1", "effective_from": "2020-06-10", "review_on": "2021-06-10", "assessment_ref": "r-1",
        "approved_by": "sup-n", "approved_on": "2020-06-10", "contingency": "invented",
        "visit_requirement": {"interval_days": 60, "earliest_after_days": 45, "latest_after_days": 75,
            "duration_minutes": 45, "crew": 2, "unannounced": true, "time_windows": [], "required_skills": []},
        "actions": [{"ref": "act-1", "pillar": "supervision", "description": "invented", "due_on": "2021-05-01",
            "owner_ref": "om-n"}],
    })
}

/// The caseload, with staff who are trained.
pub fn feed() -> String {
    let wessex = "/records/wessex/invented";
    let manager = &["visor_user", "arms_assessor"][..];
    let supervisor = &["visor_user", "mosovo_supervisor", "arms_assessor"][..];
    let staff = [
        ("om-n", trained("Nora Invented", "offender_manager", "north", manager)),
        ("om-n2", trained("Nuala Invented", "offender_manager", "north", manager)),
        ("om-n3", trained("Nye Invented", "offender_manager", "north", &["visor_user"])),
        ("om-s", trained("Sam Invented", "offender_manager", "south", manager)),
        ("sup-n", trained("Sorrel Invented", "supervisor", "north", supervisor)),
        ("sup-s", trained("Sasha Invented", "supervisor", "south", supervisor)),
        ("di", trained("Dara Invented", "detective_inspector", "north", &["mosovo_supervisor", "arms_assessor"])),
        ("no-1", trained("Noel Invented", "neighbourhood_officer", "north", &[])),
        ("di-2", trained("Devi Invented", "detective_inspector", "south", &["mosovo_supervisor"])),
    ];
    // Newer than those of the caseload.
    let later = "2021-01-02T09:00:00Z";
    let mut events: Vec<Value> =
        staff.iter().map(|(subject, data)| event(wessex, "officer", subject, later, data)).collect();
    events.push(event(wessex, "risk_management_plan", "p-1", RECORDED, &plan()));
    events.push(event(
        wessex,
        "order",
        "o-1",
        RECORDED,
        &json!({"offender_ref": "s-1", "kind": "shpo", "made_on": "2019-01-01", "ends_on": "2030-01-01",
            "conditions": ["No contact with a child"]}),
    ));
    events.push(event(
        wessex,
        "breach",
        "b-1",
        RECORDED,
        &json!({"offender_ref": "s-1", "kind": "order", "provision": "SOA 2003 s.103I", "summary": "invented",
            "first_failure_on": "2020-12-01", "discovered_at": "2020-12-02T10:00:00Z", "order_ref": "o-1"}),
    ));
    format!("{}\n{}", caseload::feed(), caseload::lines(&events))
}

/// What planning a visit of n-1 needs beside the caseload: officers with shifts, a home that can be driven to; and dates that the records system
/// has programmed.
pub fn plannable() -> Vec<Value> {
    let (wessex, later) = ("/records/wessex/invented", "2021-01-03T09:00:00Z");
    let shifts: Vec<Value> = ["mon", "tue", "wed", "thu", "fri"]
        .iter()
        .map(|weekday| json!({"weekday": weekday, "start": "08:00", "end": "16:00"}))
        .collect();
    let on_shift = |name: &str| {
        let mut officer = trained(name, "offender_manager", "north", &["visor_user", "arms_assessor"]);
        officer["shifts"] = json!(shifts);
        officer
    };
    let home = json!({"offender_ref": "n-1", "kind": "main", "lines": ["1 Invented Row"], "resident_from": "2018-01-01",
        "child_in_household": false, "latitude": 51.01, "longitude": -2.01});
    vec![
        event(wessex, "officer", "om-n", later, &on_shift("Nora Invented")),
        event(wessex, "officer", "om-n2", later, &on_shift("Nuala Invented")),
        event(wessex, "address", "a-1", later, &home),
        event(wessex, "programmed_visits", "n-1", later, &json!({"dates": ["2021-06-14", "2021-09-13"]})),
    ]
}

/// The newest event of each record of Wessex in the caseload: what its records system holds.
pub fn held_by_wessex() -> Vec<Value> {
    let mut newest: Vec<Value> = Vec::new();
    for event in feed().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        if !event["source"].as_str().unwrap().starts_with("/records/wessex") {
            continue;
        }
        newest.retain(|other| (&other["type"], &other["subject"]) != (&event["type"], &event["subject"]));
        newest.push(event);
    }
    newest
}

/// Takes the caseload in, and evaluates Wessex's flags.
pub fn set_up(store: &Store) {
    let report = import(store, &feed());
    assert_eq!((report.refused, &report.errors), (0, &vec![]));
    evaluate(store);
}

/// Evaluates Wessex's flags, as the service's job does.
pub fn evaluate(store: &Store) {
    evaluate_with(store, scenario_clock());
}

/// The same at another time than the scenario's.
pub fn evaluate_at(store: &Store, now: &str) {
    evaluate_with(store, Clock::FixedAt(now.parse().unwrap()));
}

fn evaluate_with(store: &Store, clock: Clock) {
    let policies = Policies::built_in().unwrap();
    evaluate_force(store, clock, &Actor::Operator, "wessex", &policies).unwrap();
}

/// Puts a visit of n-1 by om-n and om-n2 on the accepted schedule of a day.
pub fn plan_visit(store: &Store, day: &str) -> Uuid {
    let (proposal, id) = (Uuid::now_v7(), Uuid::now_v7());
    let snapshot = proposal.to_string();
    let team = "north".to_owned().try_into().unwrap();
    let day = day.parse().unwrap();
    let new = NewProposal {
        records_as_of: None,
        id: proposal,
        force: "wessex",
        team_ref: &team,
        parent_id: None,
        snapshot_sha256: &snapshot,
        snapshot: "{}",
        seed: 1,
        iterations: 0,
        horizon_from: day,
        horizon_until: day,
        requested_at: "2021-04-01T08:00:00Z".parse().unwrap(),
        requested_by: "operator",
    };
    let stored = StoredProposal {
        records_as_of: None,
        id: proposal,
        force: "wessex".to_owned(),
        team_ref: "north".to_owned(),
        parent_id: None,
        snapshot_sha256: snapshot.clone(),
        seed: 1,
        iterations: 0,
        state: ProposalState::Proposed,
        version: 1,
        document: None,
        engine: None,
    };
    let row = PlannedVisitRow {
        id,
        proposal_id: proposal,
        team_ref: "north".to_owned(),
        offender_ref: "n-1".to_owned(),
        address_ref: "a-1".to_owned(),
        visit_on: day,
        starts_at: "08:30".to_owned(),
        ends_at: "09:15".to_owned(),
        reason: json!({}),
        crew: vec!["om-n".to_owned(), "om-n2".to_owned()],
    };
    store
        .transaction_that_writes(|connection| {
            request(connection, &new)?;
            replace_visits(connection, &stored, day, vec![row])
        })
        .unwrap();
    id
}
