//! The feed's schema as it is shipped: the contract's own, and beyond it the merges.

use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::records::feed::event::parse_event;
use serde_json::{Value, json};

use crate::support::fixture;

const MERGE: &str = "records.merge.v1";

fn shipped() -> Value {
    serde_json::from_str(include_str!("../../docs/schema/records-feed.schema.json")).unwrap()
}

fn event(kind: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "id": "e1", "source": "/records/dorset/niche", "type": kind, "subject": "S1",
        "time": "2021-05-01T10:00:00+01:00", "datacontenttype": "application/json", "data": data})
}

fn without_merges(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| *item != MERGE && item["if"]["properties"]["type"]["const"] != MERGE);
            items.iter_mut().for_each(without_merges);
        }
        Value::Object(members) => members.values_mut().for_each(without_merges),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn but_for_merges_it_is_the_contracts() {
    let mut shipped = shipped();
    without_merges(&mut shipped);
    assert_eq!(shipped, serde_json::from_str::<Value>(&fixture("feed.schema.json.gz")).unwrap());
}

#[test]
fn it_takes_what_the_service_takes_and_refuses_what_it_refuses() {
    let validator = jsonschema::options().should_validate_formats(true).build(&shipped()).unwrap();
    let merge = json!({"kept_ref": "a", "merged_ref": "b", "merged_on": "2021-03-01", "reason": "", "undone": false});
    let with = |member: &str, value: Value| {
        let mut merge = merge.clone();
        merge[member] = value;
        event(MERGE, &merge)
    };
    let mut events: Vec<Value> = serde_json::from_str::<Vec<Value>>(include_str!("samples.json"))
        .unwrap()
        .iter()
        .map(|sample| event(sample["type"].as_str().unwrap(), &sample["data"]))
        .collect();
    events.extend([
        event(MERGE, &merge),
        event("records.deleted.v1", &json!({"type": MERGE, "subject": "S1", "reason": ""})),
        with("undone", json!("no")),
        with("merged_on", json!("yesterday")),
        with("kept_ref", json!("")),
        with("because", json!("the same fingerprints")),
        event(MERGE, &json!({"kept_ref": "a", "merged_ref": "b"})),
    ]);
    for event in &events {
        let taken = parse_event(event.to_string().as_bytes());
        assert_eq!(validator.is_valid(event), taken.is_ok(), "{event}: {taken:?}");
    }
    let sound = events.iter().filter(|event| validator.is_valid(event)).count();
    assert_eq!(sound, events.len() - 5);
}

#[test]
fn each_kind_that_the_feed_has_is_in_it() {
    let types = shipped()["properties"]["type"]["enum"].clone();
    let names: Vec<&str> = types.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for name in names.iter().filter(|name| **name != "records.deleted.v1") {
        let kind = name.trim_start_matches("records.").trim_end_matches(".v1");
        assert!(RecordKind::named(kind).is_some(), "{name}");
    }
    assert_eq!(names.len(), 18);
}
