//! What records of the feed name.

use serde_json::{Value, json};

use super::read::read_record;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::references::references;

fn named(kind: RecordKind, data: Value) -> Vec<(String, RecordKind, String)> {
    let record = read_record(kind, data).unwrap();
    references(kind, &Ref::new("S").unwrap(), &record)
        .into_iter()
        .map(|found| (found.pointer, found.to, found.to_ref.to_string()))
        .collect()
}

fn at(pointer: &str, to: RecordKind, to_ref: &str) -> (String, RecordKind, String) {
    (pointer.to_owned(), to, to_ref.to_owned())
}

#[test]
fn records_about_their_subject_name_it() {
    use RecordKind::{Allocation, Offender, Officer, ProgrammedVisits, ReactiveManagement};
    let offender = at("/subject", Offender, "S");
    assert_eq!(
        named(Allocation, json!({"officer_ref": "P", "from": "2021-01-01"})),
        [offender.clone(), at("/data/officer_ref", Officer, "P")]
    );
    assert_eq!(named(Allocation, json!({"officer_ref": null, "from": "2021-01-01"})), std::slice::from_ref(&offender));
    assert_eq!(named(ProgrammedVisits, json!({"dates": []})), std::slice::from_ref(&offender));
    assert_eq!(
        named(ReactiveManagement, json!({"entered_on": "2021-01-01", "left_on": null, "approved_by": "P"})),
        [offender, at("/data/approved_by", Officer, "P")]
    );
}

#[test]
fn each_place_is_pointed_at() {
    use RecordKind::{Address, Breach, Offender, Officer, Order, Visit};
    let visit = json!({"offender_ref": "O", "attempted_at": "2021-01-01T10:00:00Z", "mode": "home",
        "outcome": "seen", "officer_refs": ["P", "Q"], "address_ref": "A", "single_crew_approved_by": "R"});
    assert_eq!(
        named(Visit, visit),
        [
            at("/data/offender_ref", Offender, "O"),
            at("/data/officer_refs/0", Officer, "P"),
            at("/data/officer_refs/1", Officer, "Q"),
            at("/data/address_ref", Address, "A"),
            at("/data/single_crew_approved_by", Officer, "R"),
        ]
    );
    let breach = json!({"offender_ref": "O", "kind": "order", "provision": "s.103I", "summary": "",
        "first_failure_on": "2021-01-01", "discovered_at": "2021-01-01T10:00:00Z", "order_ref": "C",
        "crime": {"ref": "55", "recorded_at": "2021-01-01T10:00:00Z"},
        "decision": {"kind": "charge", "rationale": "", "decided_by": "P", "decided_at": "2021-01-01T10:00:00Z"}});
    assert_eq!(
        named(Breach, breach),
        [
            at("/data/offender_ref", Offender, "O"),
            at("/data/order_ref", Order, "C"),
            at("/data/decision/decided_by", Officer, "P"),
        ]
    );
}
