//! Every act has its operation, and the document says so.

use std::fs;
use std::path::Path;

use mosovo_visits::domain::audit_act::{ACTS, is_known};
use mosovo_visits::domain::reading_reason::ReadingReason;

/// How the names of files and of invented hosts end: they are made like an act's name, and are none.
const NO_ACTS: [&str; 6] = [".rs", ".json", ".ndjson", ".csv", ".txt", ".example"];

/// True for a text made like an act's name: words of small letters, joined by full stops.
fn is_like_an_act(text: &str) -> bool {
    let words: Vec<&str> = text.split('.').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    words.len() > 1 && words.iter().all(is_word)
}

fn texts_of(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_of(&path, found);
        } else if !path.to_string_lossy().ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            let without_tests = source.split("#[cfg(test)]\nmod ").next().unwrap();
            let texts = without_tests
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| line.split('"'));
            let acts =
                texts.filter(|text| is_like_an_act(text)).map(|text| (text.to_owned(), path.display().to_string()));
            found.extend(acts);
        }
    }
}

#[test]
fn every_act_that_is_logged_is_in_the_table() {
    let mut found = Vec::new();
    for folder in ["casework", "jobs", "records", "cli"] {
        texts_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut found);
    }
    assert!(found.len() > 20, "{found:?}");
    for (text, file) in found {
        let known = is_known(&text) || NO_ACTS.iter().any(|ending| text.ends_with(ending));
        assert!(known, "{file}: src/domain/audit_act.rs says of no act {text} as which operation it counts");
    }
}

#[test]
fn the_document_has_the_acts_and_the_reasons() {
    let document = include_str!("../../docs/AUDIT.md");
    let rows: Vec<String> = ACTS.iter().map(|(act, operation)| format!("| `{act}` | {operation} |")).collect();
    let rows = rows.join("\n");
    assert!(document.contains(&rows), "docs/AUDIT.md needs these rows:\n\n{rows}\n");
    for reason in ReadingReason::ALL {
        assert!(document.contains(&format!("`{}`", reason.as_str())), "docs/AUDIT.md lacks {}", reason.as_str());
    }
}
