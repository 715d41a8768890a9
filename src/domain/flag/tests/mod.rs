//! The rules at their boundaries. Every table starts from a case in good order that raises nothing,
//! changes one record, and says whether the flag is raised.

mod casework;
mod reactive;
mod staff;
mod visits;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Flag, FlagCode, evaluate};
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::moment::Moment;
use crate::domain::policy::Policies;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

/// 09:00 in London on 15 April 2021.
const NOW: &str = "2021-04-15T08:00:00Z";

/// The event time of every record for which none is given.
const SENT: &str = "2021-01-01T00:00:00Z";

/// A force with one offender `o`, whose records the tests change.
#[derive(Clone)]
pub(crate) struct World {
    now: &'static str,
    records: BTreeMap<(RecordKind, String), (String, Value)>,
    allocations: Vec<(String, String, Value)>,
}

impl World {
    /// A case in good order: in the community, police lead, medium risk, managed by `om`.
    pub(crate) fn in_order() -> Self {
        let world = Self { now: NOW, records: BTreeMap::new(), allocations: vec![] };
        let course = |course: &str| json!({ "course": course, "completed_on": "2016-01-01", "expires_on": null });
        let officer = |role: &str, training: Vec<Value>| json!({ "role": role, "training": training });
        world
            .set(
                RecordKind::Officer,
                "om",
                officer("offender_manager", vec![course("visor_user"), course("arms_assessor")]),
            )
            .set(
                RecordKind::Officer,
                "sup",
                officer("supervisor", vec![course("visor_user"), course("mosovo_supervisor")]),
            )
            .set(RecordKind::Officer, "di", officer("detective_inspector", vec![course("mosovo_supervisor")]))
            .set(RecordKind::Offender, "o", json!({}))
            .set(RecordKind::Address, "a", json!({}))
            .set(RecordKind::ArmsAssessment, "s", json!({}))
            .set(RecordKind::RiskManagementPlan, "p", json!({}))
            .set(RecordKind::Visit, "v", json!({}))
            .set(RecordKind::Notification, "n", json!({}))
            .allocate("2015-06-01", Some("om"), SENT, "e1")
    }

    /// Changes members of a record, or adds one with these members and the rest in good order.
    pub(crate) fn set(self, kind: RecordKind, subject: &str, members: Value) -> Self {
        self.set_at(SENT, kind, subject, members)
    }

    /// The same, sent at a time.
    pub(crate) fn set_at(mut self, time: &str, kind: RecordKind, subject: &str, members: Value) -> Self {
        let entry = self.records.entry((kind, subject.into())).or_insert_with(|| (time.into(), good(kind)));
        entry.0 = time.into();
        for (name, value) in members.as_object().unwrap() {
            entry.1.as_object_mut().unwrap().insert(name.clone(), value.clone());
        }
        self
    }

    pub(crate) fn without(mut self, kind: RecordKind, subject: &str) -> Self {
        self.records.remove(&(kind, subject.to_owned()));
        self
    }

    pub(crate) fn allocate(mut self, from: &str, officer: Option<&str>, time: &str, id: &str) -> Self {
        self.allocations.push((time.into(), id.into(), json!({ "officer_ref": officer, "from": from })));
        self
    }

    pub(crate) fn unallocated(mut self) -> Self {
        self.allocations.clear();
        self
    }

    pub(crate) fn at(mut self, now: &'static str) -> Self {
        self.now = now;
        self
    }

    pub(crate) fn force_file(&self) -> ForceFile {
        let mut builder = ForceFileBuilder::default();
        for ((kind, subject), (time, value)) in &self.records {
            let record = Record::from_json(*kind, value.clone()).unwrap();
            builder.add(held(subject, time, subject, record));
        }
        for (time, id, value) in &self.allocations {
            builder.add_allocation(held("o", time, id, serde_json::from_value(value.clone()).unwrap()));
        }
        builder.build()
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment::at(self.now.parse().unwrap())
    }

    fn flags(&self) -> Vec<Flag> {
        let at = self.moment();
        evaluate(&self.force_file(), at, Policies::built_in().unwrap().in_force(at.today()).unwrap())
    }

    pub(crate) fn raised(&self, code: FlagCode) -> Option<Flag> {
        self.flags().into_iter().find(|flag| flag.code == code)
    }

    fn reason(&self, code: FlagCode) -> Option<&'static str> {
        self.raised(code).and_then(|flag| flag.reason)
    }
}

pub(crate) fn held<T>(subject: &str, time: &str, id: &str, record: T) -> Held<T> {
    Held { subject: Ref::new(subject).unwrap(), event_time: time.parse().unwrap(), event_id: id.into(), record }
}

/// A record of a kind in good order.
pub(crate) fn good(kind: RecordKind) -> Value {
    let interval = json!({ "interval_days": 90, "earliest_after_days": 60, "latest_after_days": 120,
        "duration_minutes": 60, "crew": 2, "unannounced": true, "time_windows": [], "required_skills": [],
        "joint_agency": null, "single_crew_approved_by": null, "steps": [] });
    match kind {
        RecordKind::Team | RecordKind::Neighbourhood | RecordKind::Allocation => json!({}),
        RecordKind::Officer => json!({ "name": "Invented Officer", "role": "offender_manager", "team_ref": "t",
            "in_post_from": "2015-01-01", "skills": [], "training": [], "shifts": [], "absences": [] }),
        RecordKind::Offender => json!({ "given_name": "Invented", "family_name": "Person", "status": "community",
            "status_since": "2015-06-01", "team_ref": "t", "lead_agency": "police",
            "lead_agency_since": "2015-06-01", "mappa": { "category": 1, "level": 1 },
            "notification": { "relevant_date": "2015-06-01", "ends_on": null, "regime": "annual",
                "under_18_at_relevant_date": false },
            "external_refs": [], "aliases": [], "date_of_birth": "1980-01-01", "community_since": "2015-06-01",
            "static_risk": { "tool": "RM2000", "band": "low", "assessed_on": "2015-06-01" },
            "neighbourhood_ref": "n", "warning_markers": [] }),
        RecordKind::Address => json!({ "offender_ref": "o", "kind": "main", "lines": ["1 Invented Street"],
            "resident_from": "2015-06-01", "child_in_household": false }),
        RecordKind::Order => json!({ "offender_ref": "o", "kind": "shpo", "made_on": "2016-01-01", "conditions": [] }),
        RecordKind::ArmsAssessment => json!({ "offender_ref": "o", "assessed_on": "2020-10-01", "overall": "medium",
            "factors": {} }),
        RecordKind::RiskManagementPlan => json!({ "offender_ref": "o", "effective_from": "2020-10-02",
            "review_on": "2021-10-02", "visit_requirement": interval, "actions": [action("2021-12-01", None)],
            "approved_on": "2020-10-02" }),
        RecordKind::ProgrammedVisits => json!({ "dates": [] }),
        RecordKind::Visit => json!({ "offender_ref": "o", "attempted_at": "2021-02-01T10:00:00Z", "mode": "home",
            "outcome": "seen", "officer_refs": ["om", "sup"], "address_ref": "a", "home_inspected": true }),
        RecordKind::Notification => json!({ "offender_ref": "o", "kind": "periodic",
            "notified_at": "2020-06-01T10:00:00Z", "moves_periodic_date": true }),
        RecordKind::Intelligence => json!({ "offender_ref": "o", "received_at": "2021-04-01T10:00:00Z",
            "risk_relevant": true, "summary": "" }),
        RecordKind::Breach => json!({ "offender_ref": "o", "kind": "notification", "provision": "s.91",
            "first_failure_on": "2021-04-01", "discovered_at": "2021-04-01T10:00:00Z", "summary": "" }),
        RecordKind::CrimeReport => json!({ "ref": "C1", "state": "recorded", "recorded_at": "2021-04-01T12:00:00Z",
            "breach_ref": "b" }),
        RecordKind::ReactiveManagement => json!({ "entered_on": "2021-02-10", "approved_by": "di" }),
        RecordKind::DipSample => json!({ "team_ref": "t", "month": "2021-03-01", "seed": 1, "drawn_on": "2021-03-02",
            "drawn_by": "sup", "policy_version": "test", "cases": [] }),
        RecordKind::DipSampleGrade => json!({ "sample_ref": "t:2021-03", "offender_ref": "o", "grader_ref": "sup",
            "graded_on": "2021-03-20", "answers": {}, "overall": "good", "findings": "" }),
        RecordKind::ReactivePlacement => json!({ "offender_ref": "o", "proposed_by": "om",
            "proposed_at": "2021-02-09T10:00:00Z", "rationale": "", "criteria": [] }),
        RecordKind::ReactiveReview => json!({ "offender_ref": "o", "reviewed_by": "sup", "reviewed_on": "2021-03-01",
            "outcome": "retain", "reason": "", "checks": [] }),
        RecordKind::ReactiveDecision => json!({ "offender_ref": "o", "decided_by": "di",
            "decided_at": "2021-04-14T10:00:00Z", "outcome": "retain", "reason": "", "answers": [] }),
        RecordKind::Arrest => json!({ "offender_ref": "o", "arrested_at": "2021-04-01T10:00:00Z", "detail": "",
            "entered_by": "om" }),
        RecordKind::SafeguardingReferral => json!({ "offender_ref": "o", "concerns": [], "children": [],
            "recipient": "", "sent_at": "2021-04-01T12:00:00Z", "sent_by": "om" }),
        RecordKind::SafeguardingDecision => json!({ "offender_ref": "o", "concerns": [], "children": [], "reason": "",
            "decided_by": "sup", "decided_at": "2021-04-01T12:00:00Z" }),
        RecordKind::DisclosureDecision => json!({ "offender_ref": "o", "concerns": [], "disclose": false, "reason": "",
            "decided_by": "sup", "decided_at": "2021-04-01T12:00:00Z" }),
        RecordKind::AccessRestriction => json!({ "offender_ref": "o", "restricted_to": [], "excluded": [],
            "reason": "", "decided_by": "di" }),
        RecordKind::Disposal => json!({ "offender_ref": "o", "basis": "conviction", "sentence": { "kind": "other" },
            "relevant_date": "2015-06-01", "under_18_at_relevant_date": false }),
        RecordKind::NotifiableChange => json!({ "offender_ref": "o", "kind": "bank_account_opened",
            "occurred_on": "2021-04-14", "how_known": "offender_said", "known_on": "2021-04-14" }),
        RecordKind::ForeignTravel => json!({ "offender_ref": "o", "departs_on": "2021-05-01" }),
        RecordKind::OtherAssessment => json!({ "offender_ref": "o", "tool": "Invented tool", "version": "1",
            "band": "amber", "assessed_on": "2020-10-01", "next_review_on": "2021-10-01", "assessor_ref": "om",
            "why_not_arms": "invented", "rationale": "invented" }),
        RecordKind::VisitAttendance => json!({ "offender_ref": "o",
            "planned_visit_id": "01900000-0000-7000-8000-000000000000", "officer_refs": ["om"],
            "started_at": "2021-04-15T07:00:00Z", "started_by": "om", "expected_finish": "2021-04-15T07:30:00Z" }),
        RecordKind::Handover => json!({ "offender_ref": "o", "from_ref": null, "to_ref": "om", "from": "2021-04-01",
            "items": [] }),
        RecordKind::LegalHold => json!({ "offender_ref": "o", "ground": "litigation", "reason": "invented",
            "placed_by": "di", "placed_at": "2021-04-01T12:00:00Z" }),
        RecordKind::Merge => json!({ "kept_ref": "o", "merged_ref": "p", "merged_on": "2021-04-01", "reason": "",
            "undone": false }),
        RecordKind::Post => json!({ "team_ref": "t", "role": "offender_manager", "title": "Invented post" }),
        RecordKind::Circumstance => {
            json!({ "offender_ref": "o", "kind": "device", "description": "", "identifiers": [],
            "children": [], "source": "visit", "recorded_on": "2021-01-10", "confirmed_on": "2021-01-10",
            "on_national_record": true })
        }
    }
}

fn action(due_on: &str, completed_on: Option<&str>) -> Value {
    json!({ "ref": "x", "pillar": "supervision", "description": "", "due_on": due_on, "completed_on": completed_on })
}

/// Changes one record in each way of the table, and asks each time whether the flag is raised.
fn table(code: FlagCode, world: &World, kind: RecordKind, subject: &str, rows: &[(Value, bool)]) {
    for (members, raised) in rows {
        let changed = world.clone().set(kind, subject, members.clone());
        assert_eq!(changed.raised(code).is_some(), *raised, "{code}: {members}");
    }
}

#[test]
fn a_case_in_good_order_raises_nothing() {
    assert_eq!(World::in_order().flags(), []);
}

#[test]
fn records_of_an_unknown_offender_make_no_case() {
    let world = World::in_order().set(RecordKind::Breach, "b", json!({ "offender_ref": "nobody" }));
    assert_eq!(world.flags(), []);
}

#[test]
fn flags_come_by_code_and_then_subject() {
    let world = World::in_order().set(RecordKind::Breach, "z", json!({})).set(RecordKind::Breach, "B", json!({}));
    let order: Vec<_> = world.flags().iter().map(|flag| (flag.code.as_str(), flag.subject.to_string())).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!((order.len(), &order), (4, &sorted));
}

#[test]
fn codes_are_distinct_and_written_in_snake_case() {
    let codes: std::collections::BTreeSet<_> = FlagCode::ALL.into_iter().map(FlagCode::as_str).collect();
    assert_eq!(codes.len(), FlagCode::ALL.len());
    assert!(codes.iter().all(|code| code.chars().all(|it| it.is_ascii_lowercase() || it == '_')));
}
