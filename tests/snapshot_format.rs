//! The files that `plan` and `import` read and write, as documented: their schemas are those of the types, and the shipped example is
//! planned, checked and drawn.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use mosovo_visits::planning::checker::check;
use mosovo_visits::planning::proposal::propose;
use mosovo_visits::planning::schema;
use mosovo_visits::planning::search::Budget;
use mosovo_visits::planning::snapshot::Snapshot;
use mosovo_visits::records::extract::check::Mapping;
use mosovo_visits::records::extract::schema::extract_mapping;
use serde_json::{Value, json};

use crate::support::{Scratch, program};

/// A database that nothing may open.
const NOWHERE: &str = "sqlite:///nowhere/at/all.sqlite";

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file)
}

fn example() -> Value {
    serde_json::from_str(&std::fs::read_to_string(docs("examples/snapshot.json")).unwrap()).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// What `plan` makes of the example.
fn planned() -> Value {
    let snapshot: Snapshot = serde_json::from_value(example()).unwrap();
    let proposal = propose(&snapshot, Budget { seed: 1, iterations: 50 }, |_| {}).unwrap();
    assert_eq!(check(&snapshot, &proposal), []);
    serde_json::to_value(proposal).unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = program(NOWHERE, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_shipped_schemas_are_those_of_the_types() {
    let schemas =
        [("snapshot", schema::snapshot()), ("proposal", schema::proposal()), ("extract-mapping", extract_mapping())];
    for (name, schema) in schemas {
        let file = format!("schema/{name}.schema.json");
        let shipped = std::fs::read_to_string(docs(&file)).unwrap_or_default();
        let made = printed(&["schema", name]);
        assert!(
            shipped == made,
            "docs/{file} is behind the types; write it anew: mosovo-visits schema {name} > docs/{file}"
        );
        assert_eq!(serde_json::from_str::<Value>(&made).unwrap(), schema);
    }
}

#[test]
fn every_member_of_the_schemas_is_described_and_no_other_is_allowed() {
    for (schema, least) in [(schema::snapshot(), 40), (schema::proposal(), 40), (extract_mapping(), 25)] {
        let definitions =
            schema["$defs"].as_object().unwrap().iter().map(|(name, definition)| (name.as_str(), definition));
        let mut members = 0;
        for (name, definition) in definitions.chain([("the document", &schema)]) {
            assert!(definition["description"].is_string(), "{name}");
            for (member, shape) in definition["properties"].as_object().into_iter().flatten() {
                let said = shape["description"].as_str().unwrap_or_default();
                assert!(!said.is_empty() && !said.contains("[`"), "{name}/{member}: {shape}");
                members += 1;
            }
        }
        assert!(members > least, "{members}");
        assert_eq!(schema["additionalProperties"], false);
    }
}

#[test]
fn the_example_and_what_is_planned_from_it_pass_their_schemas_and_what_is_wrong_does_not() {
    let (snapshot, proposal) = (validator(&schema::snapshot()), validator(&schema::proposal()));
    let faults = |validator: &Validator, document: &Value| -> Vec<String> {
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    };
    assert_eq!(faults(&snapshot, &example()), Vec::<String>::new());
    assert_eq!(faults(&proposal, &planned()), Vec::<String>::new());
    assert!(!snapshot.is_valid(&planned()) && !proposal.is_valid(&example()));
    for (pointer, wrong) in [
        ("/format", json!("mosovo-visits/snapshot/0")),
        ("/as_of", json!("7 May 2021")),
        ("/as_of", json!("2021-02-30")),
        ("/horizon", json!({"from": "2021-05-10"})),
        ("/base/latitude", json!("north")),
        ("/officers/0/officer_ref", json!("")),
        ("/officers/0/duties/0/from", json!("8:00")),
        ("/officers/0/duties/0/from", json!("24:00")),
        ("/demands/0/risk", json!("grave")),
        ("/demands/0/needs/crew", json!(-2)),
        ("/demands/0/needs/duration_minutes", json!(45.5)),
        ("/demands/0/why/rule", json!("because")),
        ("/demands/0/place/address_ref", json!(null)),
        ("/policy/risk_weights", json!({})),
        ("/parent", json!({"proposal_id": "the last one", "visits": []})),
    ] {
        let mut document = example();
        *document.pointer_mut(pointer).unwrap() = wrong.clone();
        assert!(!snapshot.is_valid(&document), "{pointer}: {wrong}");
        // The program is of one mind with the schema, but for the name of the format, which the commands look at.
        let is_read = serde_json::from_value::<Snapshot>(document).is_ok();
        assert_eq!(is_read, pointer == "/format", "{pointer}: {wrong}");
    }
    for pointer in ["", "/horizon", "/demands/0", "/demands/0/needs", "/policy/travel", "/officers/0/duties/0"] {
        let mut document = example();
        document.pointer_mut(pointer).unwrap()["colour"] = json!("red");
        assert!(!snapshot.is_valid(&document) && serde_json::from_value::<Snapshot>(document).is_err(), "{pointer}");
    }
    for (pointer, wrong) in [
        ("/id", json!("not an id")),
        ("/visits/0/date", json!("2021-5-1")),
        ("/visits/0/overdue_days", json!(-1)),
        ("/unplaced/0/reason", json!("none")),
        ("/unplaced/0/smallest_change/change", json!("wait")),
        ("/summary/unplaced_by_reason", json!({"none": 1})),
        ("/score", json!({})),
    ] {
        let mut document = planned();
        *document.pointer_mut(pointer).unwrap() = wrong.clone();
        assert!(!proposal.is_valid(&document), "{pointer}: {wrong}");
    }
}

#[test]
fn the_schema_and_the_program_are_of_one_mind_on_mappings() {
    let schema = validator(&extract_mapping());
    let example = || -> Value {
        serde_json::from_str(&std::fs::read_to_string(docs("examples/extract/mapping.json")).unwrap()).unwrap()
    };
    assert!(schema.is_valid(&example()) && Mapping::read(&example()).is_ok());
    for (pointer, wrong) in [
        ("/source", json!(null)),
        ("/file", json!({"encoding": "utf-16"})),
        ("/file", json!({"colour": "red"})),
        ("/code_lists/status", json!({"COMM": [1]})),
        ("/code_lists/status", json!({"COMM": 1.5})),
        ("/records/0/subject", json!("Nominal ID")),
        ("/records/0/data/status", json!({"column": "Status", "as": "colour"})),
        ("/records/0/data/status", json!({"column": "Status", "empty": "zero"})),
        ("/records/0/data/status", json!({"colunm": "Status"})),
    ] {
        let mut document = example();
        *document.pointer_mut(pointer).unwrap() = wrong.clone();
        assert!(!schema.is_valid(&document) && Mapping::read(&document).is_err(), "{pointer}: {wrong}");
    }
}

#[test]
fn the_example_is_planned_checked_and_drawn_as_its_page_says() {
    let snapshot = docs("examples/snapshot.json");
    let snapshot = snapshot.to_str().unwrap();
    let plan = printed(&["plan", "--snapshot", snapshot, "--iterations", "200", "--format", "json"]);
    let proposal: Value = serde_json::from_str(&plan).unwrap();
    let summary = &proposal["summary"];
    assert_eq!([&summary["due"], &summary["planned"], &summary["unplaced"], &summary["overdue"]], [4, 3, 1, 1]);
    let written = Scratch::holding(&plan);
    let checked = printed(&["check", "--snapshot", snapshot, written.path()]);
    assert!(checked.starts_with("1 proposals checked, no rule broken\n"), "{checked}");
    for kind in ["map", "week"] {
        let drawn = printed(&["plot", "--snapshot", snapshot, written.path(), "--kind", kind]);
        let out = Scratch::new();
        assert_eq!(printed(&["plot", "--snapshot", snapshot, written.path(), "--kind", kind, "--out", out.path()]), "");
        assert_eq!(std::fs::read_to_string(out.path()).unwrap(), drawn, "the same again");
        assert!(drawn.starts_with("<svg ") && ["p-1", "p-2", "p-3"].iter().all(|home| drawn.contains(home)));
    }
    let page = std::fs::read_to_string(docs("SNAPSHOT.md")).unwrap();
    for command in ["plan --snapshot docs/examples/snapshot.json", "check --snapshot", "plot --snapshot", "replay"] {
        assert!(page.contains(command), "{command}");
    }
    for refused in [
        &["plot", "--snapshot", snapshot, written.path(), "--kind", "map", "--date", "2021-05-17"][..],
        &["plot", "--snapshot", snapshot, written.path(), "--kind", "week", "--week", "2021-05-03"],
        &["plot", "--snapshot", snapshot, written.path(), "--kind", "week", "--date", "2021-05-10"],
        &["plot", "--snapshot", snapshot, written.path(), "--kind", "map", "--week", "2021-05-10"],
        &["plot", "--snapshot", snapshot, written.path(), "--kind", "map", "--team", "nowhere"],
    ] {
        let output = program(NOWHERE, refused).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{refused:?}");
    }
    let mut other = example();
    other["as_of"] = json!("2021-05-06");
    let other = Scratch::holding(&other.to_string());
    let output =
        program(NOWHERE, &["plot", "--snapshot", other.path(), written.path(), "--kind", "map"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "another snapshot than it was made from");
    let mut older = example();
    older["format"] = json!("mosovo-visits/snapshot/0");
    let older = Scratch::holding(&older.to_string());
    let output = program(NOWHERE, &["plan", "--snapshot", older.path()]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("mosovo-visits/snapshot/1"), "the format that is read");
}
