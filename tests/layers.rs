//! The layers: what may import what. `domain` has no clock, no database, no randomness.

use std::fs;
use std::path::{Path, PathBuf};

/// From the innermost; a layer may import itself and those before it.
const LAYERS: [&str; 10] =
    ["domain", "planning", "store", "casework", "records", "jobs", "settings", "api", "startup", "cli"];

/// What never appears in the innermost layers.
const FORBIDDEN_INSIDE: [&str; 10] =
    ["diesel", "actix", "std::fs", "std::env", "Utc::now", "Instant::now", "tokio", "rayon", "rand::rng", "SysRng"];

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    entries.flat_map(|entry| sources(&entry.unwrap().path())).collect()
}

fn layer_files(layer: &str) -> Vec<PathBuf> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = sources(&src.join(layer));
    files.extend(sources(&src.join(format!("{layer}.rs"))));
    files
}

#[test]
fn no_layer_imports_one_that_stands_above_it() {
    for (depth, layer) in LAYERS.iter().enumerate() {
        for file in layer_files(layer) {
            let source = fs::read_to_string(&file).unwrap();
            for above in LAYERS.iter().skip(depth + 1) {
                assert!(!source.contains(&format!("crate::{above}")), "{} imports {above}", file.display());
            }
        }
    }
}

#[test]
fn domain_and_planning_know_no_clock_no_database_no_files_and_no_chance_of_their_own() {
    let files = [layer_files("domain"), layer_files("planning")].concat();
    assert!(files.len() > 50);
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        for forbidden in FORBIDDEN_INSIDE {
            assert!(!source.contains(forbidden), "{} mentions {forbidden}", file.display());
        }
    }
}
