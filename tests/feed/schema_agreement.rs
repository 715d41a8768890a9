//! The parser and the contract's own JSON Schema judge the same events alike.
//!
//! Every sample is mutated at every depth; the schema and the parser must agree on each mutant but
//! for the refusals that the contract adds to its schema.

use std::sync::LazyLock;

use mosovo_visits::domain::record::Record;
use mosovo_visits::records::feed::event::{Change, read_event};
use mosovo_visits::records::feed::fault::{Fault, FaultCode};
use mosovo_visits::store::drift::digest;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::schema::SCHEMA;

/// One event of each of the 17 types, with all its members.
static SAMPLES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let parts: Vec<Value> = serde_json::from_str(include_str!("samples.json")).unwrap();
    let event = |part: Value| {
        json!({"specversion": "1.0", "id": "e1", "source": "/records/dorset/niche", "type": part["type"],
            "subject": "S1", "time": "2021-05-01T10:00:00+01:00", "datacontenttype": "application/json",
            "data": part["data"]})
    };
    parts.into_iter().map(event).collect()
});

/// What stands in for any value.
static STAND_INS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let texts = [
        "",
        "  ",
        "\u{2003}\t",
        "x",
        "a\u{0}b",
        "mon",
        "low",
        "other",
        "1.0",
        "0.3",
        "text/plain",
        "2021-02-28",
        "2021-02-29",
        "2021-2-1",
        "20210201",
        "0000-01-01",
        "2021-05-01 ",
        "2021-05-01T10:00:00Z",
        "2021-05-01t10:00:00z",
        "2021-05-01T10:00:00",
        "2021-05-01 10:00:00Z",
        "2021-05-01T10:00:00.123456789012+23:59",
        "2021-05-01T10:00:00+24:00",
        "2021-05-01T10:00:00-00:00",
        "2021-05-01T24:00:00Z",
        "2021-05-01T10:00Z",
        "2021-05-01T10:00:00.Z",
        "2021-05-01T10:00:00+0100",
        "2016-12-31T23:59:60Z",
        "2021-05-01T10:00:60Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "00:00",
        "23:59",
        "24:00",
        "9:00",
        "09:60",
        "09:00:00",
        "09:00\n",
        "records.visit.v1",
        "records.deleted.v1",
        "records.visit.v2",
        "/records/dorset",
    ];
    let lengths = [200, 201, 10_000, 10_001].map(|length| json!("é".repeat(length)));
    let numbers = [
        "0",
        "-0.0",
        "1",
        "3",
        "4",
        "5",
        "7",
        "30.0",
        "3e1",
        "30.5",
        "90.0",
        "90.1",
        "180",
        "-181",
        "500",
        "501",
        "1100",
        "1101",
        "-1",
        "1e300",
        "18446744073709551615",
    ];
    let numbers = numbers.map(|number| serde_json::from_str(number).unwrap());
    let others =
        [json!(null), json!(true), json!(false), json!([]), json!({}), json!([null]), json!(["x"]), json!(["x", "x"])];
    texts.into_iter().map(Value::from).chain(lengths).chain(numbers).chain(others).collect()
});

#[derive(Debug, Clone)]
enum Mutation {
    Replace(Value),
    Drop,
    AddMember(&'static str),
    RepeatFirst,
}

/// Every value of an event by its pointer, the event itself included.
fn places(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, format!("{pointer}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, format!("{pointer}/{index}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found.push(pointer);
}

fn mutations(event: &Value) -> Vec<(String, Mutation)> {
    let mut pointers = Vec::new();
    places(event, String::new(), &mut pointers);
    let of_place = |pointer: String| {
        let replaced = STAND_INS.iter().cloned().map(Mutation::Replace);
        let others =
            [Mutation::Drop, Mutation::AddMember("extra"), Mutation::AddMember("opportunity"), Mutation::RepeatFirst];
        replaced.chain(others).map(move |mutation| (pointer.clone(), mutation)).collect::<Vec<_>>()
    };
    pointers.into_iter().flat_map(of_place).collect()
}

/// The event after a mutation; unchanged where the mutation does not fit the place.
fn mutant(event: &Value, pointer: &str, mutation: &Mutation) -> Value {
    let mut event = event.clone();
    match (mutation, event.pointer_mut(pointer)) {
        (Mutation::Replace(stand_in), Some(place)) => *place = stand_in.clone(),
        (Mutation::AddMember(name), Some(Value::Object(members))) => {
            members.insert((*name).to_owned(), json!("low"));
        }
        (Mutation::RepeatFirst, Some(Value::Array(items))) => items.extend(items.first().cloned()),
        (Mutation::Drop, Some(_)) => {
            let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
            match event.pointer_mut(parent) {
                Some(Value::Object(members)) => drop(members.remove(name)),
                Some(Value::Array(items)) => drop(items.pop()),
                _ => {}
            }
        }
        _ => {}
    }
    event
}

/// Refusals that the contract, or the store, adds to the schema.
fn is_beyond_the_schema(fault: &Fault, event: &Value) -> bool {
    const ADDED: [FaultCode; 5] = [
        FaultCode::Blank,
        FaultCode::InconsistentDates,
        FaultCode::InvalidSource,
        FaultCode::SubjectMismatch,
        FaultCode::NulCharacter,
    ];
    let text = event.pointer(&fault.pointer).and_then(Value::as_str);
    let is_leap_second = fault.code == FaultCode::BadInstant && text.is_some_and(|text| text.contains(":60"));
    ADDED.contains(&fault.code) || is_leap_second
}

/// True when the event is accepted; fails where the parser and the schema disagree.
fn judge(event: &Value) -> bool {
    let by_schema = SCHEMA.is_valid(event);
    match read_event(event.clone()) {
        Ok(read) => {
            assert!(by_schema, "only the parser accepts {event}");
            if let Change::Put(record) = read.change {
                let stored = record.to_json().unwrap();
                assert_eq!(Record::from_json(read.kind, stored).unwrap(), *record, "{event}");
            }
            true
        }
        Err(refused) => {
            let fault = refused.fault;
            let known = !by_schema || is_beyond_the_schema(&fault, event);
            assert!(known, "only the schema accepts ({fault}) {event}");
            let there = fault.code == FaultCode::MissingMember || event.pointer(&fault.pointer).is_some();
            assert!(there, "{fault} points at nothing in {event}");
            false
        }
    }
}

#[test]
fn every_sample_is_accepted() {
    assert_eq!(SAMPLES.len(), 17);
    assert!(SAMPLES.iter().all(judge));
}

#[test]
fn what_is_kept_of_a_sample_has_the_digest_of_what_was_sent() {
    for sample in SAMPLES.iter() {
        if let Change::Put(record) = read_event(sample.clone()).unwrap().change {
            assert_eq!(digest(record.to_json().unwrap()), digest(sample["data"].clone()), "{sample}");
        }
    }
}

#[test]
fn every_mutant_is_judged_alike() {
    let mut judged = [0_u32; 2];
    for sample in SAMPLES.iter() {
        for (pointer, mutation) in mutations(sample) {
            judged[usize::from(judge(&mutant(sample, &pointer, &mutation)))] += 1;
        }
    }
    assert!(judged.iter().all(|count| *count > 1_000), "refused and accepted: {judged:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pairs_of_mutations_are_judged_alike(sample: Index, first: Index, second: Index) {
        let once = {
            let sample = sample.get(&SAMPLES);
            let choices = mutations(sample);
            let (pointer, mutation) = first.get(&choices);
            mutant(sample, pointer, mutation)
        };
        let choices = mutations(&once);
        let (pointer, mutation) = second.get(&choices);
        judge(&mutant(&once, pointer, mutation));
    }

    #[test]
    fn instants_are_judged_alike(
        date in "(2021|0000|9999)-(02-2[89]|1[0-3]-[0-3][0-9])",
        clock in "[Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{0,12})?",
        offset in "([Zz]|[+-][0-2][0-9]:?[0-6][0-9])?",
    ) {
        let mut event = SAMPLES[1].clone();
        event["time"] = json!(format!("{date}{clock}{offset}"));
        judge(&event);
    }
}
