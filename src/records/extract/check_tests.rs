use serde_json::{Value, json};

use super::*;

fn document() -> Value {
    json!({
        "format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche",
        "code_lists": {"kind": {"M": "main"}},
        "records": [{"type": "records.address.v1", "subject": {"column": "Id"},
            "data": {"offender_ref": {"column": "Nominal"}, "kind": {"column": "Kind", "code_list": "kind"}}}],
    })
}

/// The places of the faults of the document with one place of it otherwise.
fn faults(pointer: &str, value: Value) -> Vec<String> {
    let mut document = document();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[member] = value;
    Mapping::read(&document).err().unwrap_or_default().into_iter().map(|fault| fault.pointer).collect()
}

#[test]
fn a_mapping_knows_its_force_and_each_column_once() {
    let mapping = Mapping::read(&document()).unwrap();
    assert_eq!((mapping.force.as_str(), mapping.needs_as_of()), ("wessex", true));
    assert_eq!(mapping.columns, ["Id", "Kind", "Nominal"]);
    let mut laid_out_otherwise = document();
    laid_out_otherwise["file"] = json!({"separator": ",", "header_row": 1});
    assert_eq!(Mapping::read(&laid_out_otherwise).unwrap().sha256, mapping.sha256);
    laid_out_otherwise["file"]["separator"] = json!(";");
    assert_ne!(Mapping::read(&laid_out_otherwise).unwrap().sha256, mapping.sha256);
}

#[test]
fn what_is_wrong_with_a_mapping_is_pointed_at() {
    let data = "/records/0/data";
    for (pointer, value, at) in [
        ("/format", json!("mosovo-visits/extract-mapping/2"), "/format"),
        ("/source", json!("/records"), "/source"),
        ("/records", json!([]), "/records"),
        ("/file", json!({"separator": ""}), "/file/separator"),
        ("/file", json!({"separator": "\""}), "/file/separator"),
        ("/file", json!({"separator": "é"}), "/file/separator"),
        ("/file", json!({"header_row": 0}), "/file/header_row"),
        ("/file", json!({"encoding": "latin-1"}), "/file/encoding"),
        ("/records/0/type", json!("records.visit.v2"), "/records/0/type"),
        ("/records/0/type", json!("records.deleted.v1"), "/records/0/type"),
        ("/records/0/subject", json!({"constant": "a"}), "/records/0/subject"),
        ("/records/0/subject", json!({"column": "Id", "separator": ","}), "/records/0/subject"),
        ("/records/0/time", json!({"column": "Changed"}), "/records/0/time"),
        (
            "/records/0/time",
            json!({"column": "Changed", "as": "instant", "format": "%d/%m/%Y"}),
            "/records/0/time/format",
        ),
        ("/records/0/data/a..b", json!({"column": "A"}), "/records/0/data/a..b"),
        ("/records/0/data/kind.of", json!({"column": "A"}), "/records/0/data/kind.of"),
        ("/records/0/data/x", json!({"column": "A", "as": "date", "format": "%d/%m/%y"}), "/records/0/data/x/format"),
        ("/records/0/data/x", json!({"column": "A", "format": "%d/%m/%Y"}), "/records/0/data/x/format"),
        ("/records/0/data/x", json!({"column": "A", "code_list": "none"}), "/records/0/data/x/code_list"),
        (
            "/records/0/data/x",
            json!({"column": "A", "as": "integer", "code_list": "kind"}),
            "/records/0/data/x/code_list",
        ),
        ("/records/0/data/x", json!({"column": "A", "as": "integer", "prefix": "p"}), "/records/0/data/x/prefix"),
        ("/code_lists", json!({"kind": {"M": ["main"]}}), "/code_lists/kind/M"),
        ("/code_lists", json!({"kind": {"M": 1.5}}), "/code_lists/kind/M"),
        ("/records/0/data/x", json!({"column": "A", "empty": "empty_list"}), "/records/0/data/x/empty"),
        ("/records/0/data/x", json!({"column": "A", "separator": ""}), "/records/0/data/x/separator"),
        ("/records/0/data/x", json!({"column": "A", "joined_by": "-"}), "/records/0/data/x/joined_by"),
        ("/records/0/data/x", json!({"column": " "}), "/records/0/data/x/column"),
        ("/records/0/data/x", json!({"columns": ["A", "B"], "separator": ","}), "/records/0/data/x/separator"),
        ("/records/0/data/x", json!({"columns": ["A", "B", "C"], "as": "instant"}), "/records/0/data/x/columns"),
        ("/records/0/data/x", json!({"column": "A", "as": "boolean", "yes": ["N"]}), "/records/0/data/x/no"),
        ("/records/0/data/x", json!({"column": "A", "yes": ["N"]}), "/records/0/data/x/as"),
        ("/records/0/data/x", json!({"constant": 1, "column": "A"}), "/records/0/data/x"),
        ("/records/0/data/x", json!({"constant": 1, "prefix": "A"}), "/records/0/data/x/constant"),
        ("/records/0/data/x", json!({}), "/records/0/data/x"),
    ] {
        assert_eq!(faults(pointer, value.clone()), [at], "{pointer}: {value}");
    }
    assert_eq!(faults(&format!("{data}/x"), json!({"constant": null})), Vec::<String>::new());
    assert_eq!(faults(&format!("{data}/lines"), json!({"columns": ["A", "B"]})), Vec::<String>::new());
    let twice = faults(&format!("{data}/x"), json!({"column": "A", "format": "%Q"}));
    assert_eq!(twice, ["/records/0/data/x/format"]);
}

#[test]
fn what_has_not_the_shape_of_a_mapping_is_refused_and_not_repeated() {
    let unknown = faults("/records/0/data/x", json!({"colunm": "A"}));
    assert!(unknown.len() == 1 && unknown[0].starts_with("/records/0/data/x"), "{unknown:?}");
    assert_eq!(faults("/records/0/subject", json!("Id")), ["/records/0/subject"]);
    for wrong in [json!(null), json!([]), json!({}), json!({"format": FORMAT})] {
        let fault = Mapping::read(&wrong).unwrap_err();
        assert_eq!((fault.len(), fault[0].pointer.as_str()), (1, ""), "{wrong}");
    }
    let mut secret = document();
    secret["records"][0]["type"] = json!(["said in confidence"]);
    assert!(!Mapping::read(&secret).unwrap_err()[0].detail.contains("confidence"));
}

#[test]
fn a_code_that_is_no_text_is_neither_a_key_nor_prefixed() {
    let mut document = document();
    document["code_lists"]["kind"]["O"] = json!(2);
    document["records"][0]["subject"] = json!({"column": "Id", "code_list": "kind"});
    document["records"][0]["data"]["kind"]["prefix"] = json!("p");
    let pointers: Vec<_> = Mapping::read(&document).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/records/0/subject", "/records/0/data/kind/prefix"]);
}

#[test]
fn records_of_one_type_have_all_a_time_or_none() {
    let mut document = document();
    let mut second = document["records"][0].clone();
    second["subject"] = json!({"column": "Other id"});
    document["records"].as_array_mut().unwrap().push(second);
    assert!(Mapping::read(&document).is_ok());
    document["records"][1]["time"] = json!({"column": "Changed", "as": "instant", "format": "%+"});
    let pointers: Vec<_> = Mapping::read(&document).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/records/1/time"]);
    document["records"][0]["time"] = document["records"][1]["time"].clone();
    assert!(Mapping::read(&document).is_ok());
}

#[test]
fn all_faults_are_told_at_once() {
    let mut document = document();
    document["source"] = json!("niche");
    document["records"][0]["type"] = json!("offender");
    document["records"][0]["data"]["kind"]["code_list"] = json!("none");
    let pointers: Vec<_> = Mapping::read(&document).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/source", "/records/0/type", "/records/0/data/kind/code_list"]);
}
