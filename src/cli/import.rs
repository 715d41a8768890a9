//! `import`: a records feed from a file or standard input.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{Format, progress, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::import::ImportReport;
use crate::records::import::import_lines;
use crate::store::Store;

/// What `import` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The feed (NDJSON); `-` for standard input.
    file: PathBuf,
    /// How to print the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let from_stdin = arguments.file.as_os_str() == "-";
    let (feed, length): (Box<dyn Read>, Option<u64>) = if from_stdin {
        (Box::new(io::stdin().lock()), None)
    } else {
        let path = arguments.file.display();
        let file = File::open(&arguments.file).with_context(|| format!("cannot open the feed {path}"))?;
        let length = file.metadata().map(|metadata| metadata.len()).ok();
        (Box::new(file), length)
    };
    let origin = if from_stdin { "standard input" } else { "file" };
    let bar = progress::bar(length, "importing {wide_bar} {bytes}/{total_bytes} {eta}");
    let report =
        import_lines(store, clock, &Actor::Operator, origin, BufReader::new(feed), |bytes| bar.set_position(bytes))?;
    bar.finish_and_clear();
    match arguments.format {
        Format::Json => say_json(&report),
        Format::Text => say(&summary(&report)),
    }
}

fn summary(report: &ImportReport) -> String {
    let mut lines = vec![format!(
        "import {}: {} accepted, {} duplicates, {} stale, {} refused, {} dangling references",
        report.state, report.accepted, report.duplicates, report.stale, report.refused, report.dangling
    )];
    for error in &report.errors {
        lines.push(format!("  {}: {} at \"{}\": {}", error.index, error.code, error.pointer, error.detail));
    }
    for merge in &report.faulty_merges {
        lines.push(format!("  merge {} of {}: {}", merge.merge_ref, merge.force, merge.code));
    }
    lines.join("\n")
}
