//! `audit` as the operator runs it.

use std::fs;
use std::process::Output;

use diesel::connection::SimpleConnection;
use mosovo_visits::store::Store;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use serde_json::Value;

use crate::support::{caseload, on_both_databases_by_url, program, proof_of};

fn run(url: &str, arguments: &[&str]) -> Output {
    program(url, arguments).output().unwrap()
}

/// Standard output of a command that ends with this code.
fn printed(url: &str, arguments: &[&str], code: i32) -> String {
    let output = run(url, arguments);
    let told = format!("{} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

fn tamper(url: &str, statements: &str) {
    let store = Store::open(&url.parse().unwrap()).unwrap();
    let take_away = if url.starts_with("sqlite") {
        "DROP TRIGGER IF EXISTS audit_entry_is_not_updated; DROP TRIGGER IF EXISTS audit_entry_is_not_deleted;"
    } else {
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;"
    };
    store
        .transaction(|connection: &mut AnyConnection| -> Result<(), StoreError> {
            Ok(connection.batch_execute(&format!("{take_away} {statements}"))?)
        })
        .unwrap();
}

/// A database with an import and a few more acts, all by the program.
fn acted(url: &str) {
    let feed = proof_of(url).0.with_file_name("feed.ndjson");
    fs::create_dir_all(feed.parent().unwrap()).unwrap();
    fs::write(&feed, caseload::feed()).unwrap();
    printed(url, &["import", feed.to_str().unwrap()], 0);
    printed(url, &["plan", "--from", "2027-01-01", "--days", "1", "--iterations", "0", "--force", "wessex"], 0);
    for _ in 0..3 {
        printed(url, &["jobs"], 0);
    }
}

#[test]
fn an_import_is_proved_and_a_changed_byte_found_and_named() {
    on_both_databases_by_url(|url| {
        acted(url);
        let clean = printed(url, &["audit", "verify"], 0);
        assert!(clean.lines().last().unwrap().contains(" chains, proved up to 20"), "{clean}");
        assert!(clean.contains("service: 4 entries, proved up to 4"), "{clean}");
        printed(url, &["audit", "verify", "--force", "wessex"], 0);

        tamper(url, "UPDATE audit_entry SET actor = 'operatop' WHERE chain = 'service' AND sequence = 2");
        let found: Value = serde_json::from_str(&printed(url, &["audit", "verify", "--format", "json"], 1)).unwrap();
        let service = found["chains"].as_array().unwrap().iter().find(|chain| chain["chain"] == "service").unwrap();
        let finding = &service["findings"][0];
        assert_eq!((&finding["kind"], &finding["sequence"]), (&"entry_changed".into(), &2.into()));
        let id = finding["id"].as_str().unwrap();
        assert!(printed(url, &["audit", "verify"], 1).contains(&format!("service, entry 2 ({id})")));
        printed(url, &["audit", "verify", "--force", "wessex"], 0);
        tamper(url, "UPDATE audit_entry SET actor = 'operator' WHERE chain = 'service' AND sequence = 2");
        printed(url, &["audit", "verify"], 0);

        tamper(url, "DELETE FROM audit_entry WHERE chain = 'service' AND sequence > 2");
        assert!(printed(url, &["audit", "verify"], 1).contains("the last are missing"));
        let warned = run(url, &["migrate"]);
        assert!(warned.status.success(), "what is wrong with the past stops nobody");
    });
}

#[test]
fn a_command_whose_heads_cannot_be_signed_says_so_and_is_done() {
    on_both_databases_by_url(|url| {
        acted(url);
        tamper(
            url,
            "DELETE FROM audit_entry WHERE chain = 'service' AND sequence > 2; \
            UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit_entry WHERE chain = 'service' AND sequence = 2) \
            WHERE chain = 'service'",
        );
        let output = run(url, &["jobs"]);
        assert!(output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("warning: the audit chain service ends at 3, and was signed for up to 4"), "{told}");
    });
}

#[test]
fn an_exported_span_is_verified_without_the_database() {
    on_both_databases_by_url(|url| {
        acted(url);
        let file = proof_of(url).0.with_file_name("span.ndjson");
        let out = file.to_str().unwrap();
        let key = printed(url, &["audit", "key"], 0);
        let key = key.trim();
        printed(url, &["audit", "export", "--force", "wessex", "--out", out, "--recipient", "an invented board"], 0);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("\"act\":\"schedule.propose\""), "{text}");
        let proved = printed(url, &["audit", "verify", "--file", out, "--key", key], 0);
        assert!(proved.contains("entries of force:wessex") && proved.contains(key), "{proved}");
        let again = run(url, &["audit", "export", "--force", "wessex", "--out", out]);
        assert_eq!(again.status.code(), Some(2), "what is there is not overwritten");

        let on_record = printed(url, &["audit", "export", "--force", "wessex"], 0);
        let exported = on_record.lines().find(|line| line.contains("\"act\":\"audit.export\"")).unwrap();
        assert!(exported.contains("\"operation\":\"disclosure\"") && exported.contains("an invented board"));

        let lines: Vec<&str> = text.lines().collect();
        let entry = lines.iter().position(|line| line.starts_with("{\"entry\"")).unwrap();
        let without = |index: usize| {
            let kept: Vec<&str> =
                lines.iter().enumerate().filter(|(line, _)| *line != index).map(|(_, line)| *line).collect();
            format!("{}\n", kept.join("\n"))
        };
        for changed in [
            text.replacen("operator", "operatop", 1),
            without(entry),
            without(1),
            without(lines.len() - 1),
            format!("{text}{}\n", lines[entry]),
            String::new(),
            "nothing\n".to_owned(),
        ] {
            fs::write(&file, changed).unwrap();
            printed(url, &["audit", "verify", "--file", out], 1);
        }
        fs::write(&file, &text).unwrap();
        printed(url, &["audit", "verify", "--file", out, "--key", "no key"], 2);
        let another = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        printed(url, &["audit", "verify", "--file", out, "--key", another], 1);
    });
}

#[test]
fn a_span_has_the_entries_of_its_dates_and_what_does_not_prove_is_not_sealed() {
    on_both_databases_by_url(|url| {
        acted(url);
        let none = run(url, &["audit", "export", "--force", "wessex", "--until", "2001-01-01"]);
        assert_eq!((none.status.code(), none.stdout.len()), (Some(2), 0));
        let all = printed(url, &["audit", "export", "--force", "wessex", "--from", "2001-01-01"], 0);
        assert!(all.lines().count() > 3 && all.lines().last().unwrap().starts_with("{\"seal\""), "{all}");
        tamper(url, "UPDATE audit_entry SET actor = 'operatop' WHERE chain = 'force:wessex' AND sequence = 1");
        let file = proof_of(url).0.with_file_name("span.ndjson");
        let refused = run(url, &["audit", "export", "--force", "wessex", "--out", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("force:wessex, entry 1"));
        assert!(!file.exists());
    });
}

#[test]
fn production_names_its_key_and_its_heads_and_never_makes_a_key_by_itself() {
    on_both_databases_by_url(|url| {
        let production = |arguments: &[&str]| {
            let mut command = program(url, arguments);
            command.env("MOSOVO__ENVIRONMENT", "production");
            command
        };
        let unnamed = production(&["migrate"]).env_remove("MOSOVO__AUDIT__HEADS_DIR").output().unwrap();
        assert_eq!(unnamed.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&unnamed.stderr).contains("audit.heads_dir are not set"));
        let keyless = production(&["migrate"]).output().unwrap();
        assert!(String::from_utf8_lossy(&keyless.stderr).contains("audit key --make"));
        let made = production(&["audit", "key", "--make"]).output().unwrap();
        let shown = production(&["audit", "key"]).output().unwrap();
        assert_eq!((made.stdout.len(), &made.stdout), (65, &shown.stdout));
        assert!(production(&["migrate"]).output().unwrap().status.success());
    });
}
