//! An administrator saves mappings of extracts; each version is kept as it was.

use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::http::{of_force, persona, run};
use crate::support::on_both_databases;

fn mapping(name: &str) -> Value {
    json!({
        "format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche",
        "records": [{"type": "records.neighbourhood.v1", "subject": {"column": "Id"},
            "data": {"name": {"column": name}, "force": {"constant": "Wessex"}}}],
    })
}

const PATH: &str = "/v1/extract-mappings/areas";

#[test]
fn a_mapping_is_saved_in_versions_that_stay() {
    on_both_databases(|store| {
        let service = run(store);
        let (administrator, system) = (persona(Role::Administrator, &[]), persona(Role::RecordsSystem, &[]));
        let first = service.put(&administrator, PATH, None, &mapping("Name"));
        assert_eq!((first.status, first.header("etag")), (200, Some("\"1\"")), "{}", first.text);
        assert_eq!(service.put(&administrator, PATH, None, &mapping("Area")).code(), "precondition_required");
        assert_eq!(service.put(&administrator, PATH, Some("\"2\""), &mapping("Area")).code(), "precondition_failed");
        let same = service.put(&administrator, PATH, Some("\"1\""), &mapping("Name"));
        assert_eq!(same.header("etag"), Some("\"1\""), "it says what the newest says");
        let second = service.put(&administrator, PATH, Some("\"1\""), &mapping("Area"));
        assert_eq!(second.header("etag"), Some("\"2\""));
        assert_eq!(service.put(&administrator, PATH, Some("\"1\""), &mapping("Name")).code(), "precondition_failed");
        let read = service.get(&system, PATH);
        assert_eq!((read.header("etag"), &read.json()["version"]), (Some("\"2\""), &json!(2)));
        assert_eq!(read.json()["mapping"]["records"][0]["data"]["name"]["column"], "Area");
        let earlier = service.get(&system, &format!("{PATH}?version=1")).json();
        assert_eq!(earlier["mapping"]["records"][0]["data"]["name"]["column"], "Name");
        assert_eq!(earlier["sha256"], first.json()["sha256"]);
        assert_eq!(service.get(&system, &format!("{PATH}?version=3")).code(), "not_found");
        let again = service.put(&administrator, "/v1/extract-mappings/again", None, &earlier["mapping"]);
        assert_eq!(again.json()["sha256"], first.json()["sha256"], "what is read can be saved");
        let listed = service.get(&administrator, "/v1/extract-mappings").json();
        let items: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|item| (&item["name"], &item["version"])).collect();
        assert_eq!(items, [(&json!("again"), &json!(1)), (&json!("areas"), &json!(2))]);
        assert!(listed["items"][0].get("mapping").is_none());

        let mercia = of_force(administrator.clone(), "mercia");
        assert_eq!(service.get(&mercia, PATH).code(), "not_found");
        assert_eq!(service.get(&mercia, "/v1/extract-mappings").json()["items"], json!([]));
        let theirs = service.put(&mercia, PATH, None, &mapping("Name"));
        assert_eq!((theirs.code().as_str(), &theirs.json()["pointer"]), ("not_acceptable", &json!("/source")));
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let saved = entries.iter().filter(|entry| entry.act == "extract_mapping.save").count();
        let refused = entries.iter().filter(|entry| entry.act == "act.refused").count();
        assert_eq!((saved, refused), (4, 3));
    });
}

#[test]
fn what_is_wrong_with_a_mapping_is_pointed_at() {
    on_both_databases(|store| {
        let service = run(store);
        let administrator = persona(Role::Administrator, &[]);
        for (pointer, value, at) in [
            ("/format", json!("none"), "/format"),
            ("/source", json!("/records"), "/source"),
            ("/records/0/type", json!("records.area.v1"), "/records/0/type"),
            ("/records/0/subject", json!({"constant": "a"}), "/records/0/subject"),
            (
                "/records/0/data/name",
                json!({"column": "Name", "as": "date", "format": "%d/%m/%y"}),
                "/records/0/data/name/format",
            ),
        ] {
            let mut wrong = mapping("Name");
            *wrong.pointer_mut(pointer).unwrap() = value;
            let refused = service.put(&administrator, PATH, None, &wrong);
            assert_eq!((refused.status, refused.code().as_str()), (400, "not_acceptable"), "{pointer}");
            assert_eq!(refused.json()["pointer"], at);
        }
        assert_eq!(
            service.put(&administrator, "/v1/extract-mappings/Areas", None, &mapping("Name")).code(),
            "invalid_path"
        );
        assert_eq!(service.get(&administrator, "/v1/extract-mappings").json()["items"], json!([]));
    });
}
