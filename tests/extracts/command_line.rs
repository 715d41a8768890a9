//! `import --mapping` as the operator runs it, on the example of docs/EXTRACTS.md.

use std::path::Path;
use std::process::Output;

use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};

use crate::support::{Scratch, on_both_databases_by_url, program};

const AS_OF: &str = "2021-04-14T06:00:00Z";

fn example(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/extract").join(file).display().to_string()
}

fn run(url: &str, arguments: &[&str]) -> Output {
    let mut command = program(url, &["import"]);
    command.args(arguments).env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00");
    command.output().unwrap()
}

/// The report of the example, read from one of its files.
fn report(url: &str, file: &str, more: &[&str]) -> Value {
    let (file, mapping) = (example(file), example("mapping.json"));
    let told = [file.as_str(), "--mapping", mapping.as_str(), "--as-of", AS_OF, "--format", "json"];
    let arguments = [&told[..], more].concat();
    let output = run(url, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn counts(report: &Value, kind: &str) -> Vec<i64> {
    let counts = &report["extract"]["records"][format!("records.{kind}.v1")];
    ["new", "changed", "unchanged", "stale", "refused"].map(|count| counts[count].as_i64().unwrap()).to_vec()
}

#[test]
fn the_example_is_tried_out_and_taken_as_its_page_says() {
    let mut digests = Vec::new();
    on_both_databases_by_url(|url| {
        let dry = report(url, "nominals.csv", &["--dry-run"]);
        let store = Store::open(&url.parse().unwrap()).unwrap();
        assert_eq!((&dry["state"], store.transaction(records_digest).unwrap().versions), (&json!("dry_run"), 0));
        let done = report(url, "nominals.csv", &[]);
        for report in [&dry, &done] {
            assert_eq!(
                (counts(report, "offender"), counts(report, "address")),
                (vec![3, 0, 0, 0, 1], vec![3, 0, 0, 0, 0])
            );
            assert_eq!((&report["extract"]["rows"], &report["refused"]), (&json!(4), &json!(1)));
            let error = &report["errors"][0];
            assert_eq!(
                [&error["row"], &error["column"], &error["code"]],
                [&json!(5), &json!("Status"), &json!("unknown_code")]
            );
        }
        for file in ["nominals.csv", "nominals.xlsx"] {
            let again = report(url, file, &[]);
            assert_eq!(
                (counts(&again, "offender"), counts(&again, "address")),
                (vec![0, 0, 3, 0, 1], vec![0, 0, 3, 0, 0]),
                "{file}"
            );
            assert_eq!(again["duplicates"], 6);
        }
        digests.push(store.transaction(records_digest).unwrap());
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let acts: Vec<&str> =
            entries.iter().map(|entry| entry.act.as_str()).filter(|act| act.starts_with("extract.")).collect();
        assert_eq!(acts, ["extract.dry_run", "extract.import", "extract.import", "extract.import"]);
        assert!(entries.iter().all(|entry| !entry.detail.to_string().contains("Nestor")));
    });
    on_both_databases_by_url(|url| {
        report(url, "nominals.xlsx", &["--sheet", "Nominals"]);
        let store = Store::open(&url.parse().unwrap()).unwrap();
        digests.push(store.transaction(records_digest).unwrap());
    });
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{digests:?}");
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/EXTRACTS.md")).unwrap();
    for command in ["--mapping docs/examples/extract/mapping.json", "--as-of 2021-04-14T06:00:00Z --dry-run"] {
        assert!(page.contains(command), "{command}");
    }
}

#[test]
fn what_cannot_be_taken_is_said_and_nothing_is_done() {
    let (file, mapping) = (example("nominals.csv"), example("mapping.json"));
    let (file, mapping) = (file.as_str(), mapping.as_str());
    let text = Scratch::named("txt", b"Nominal ID\n");
    let lacking = Scratch::named("csv", b"Nominal ID\n1\n");
    let wrong = Scratch::holding(r#"{"format": "mosovo-visits/extract-mapping/1", "source": "niche", "records": []}"#);
    on_both_databases_by_url(|url| {
        for (arguments, said) in [
            (&[file, "--mapping", mapping][..], "--as-of"),
            (&[file, "--mapping", mapping, "--as-of", "2021-04-16T00:00:00Z"], "an instant to come"),
            (&[file, "--mapping", mapping, "--as-of", AS_OF, "--sheet", "A"], "--sheet is for an XLSX file"),
            (&[text.path(), "--mapping", mapping, "--as-of", AS_OF], "neither in .csv nor in .xlsx"),
            (&[lacking.path(), "--mapping", mapping, "--as-of", AS_OF], "missing_column"),
            (&[file, "--mapping", wrong.path(), "--as-of", AS_OF], "\"/source\""),
            (&[file, "--dry-run"], "--mapping"),
        ] {
            let output = run(url, arguments);
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {told}");
            assert!(told.contains(said), "{arguments:?}: {told}");
        }
    });
}
