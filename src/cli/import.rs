//! `import`: a records feed from a file or standard input, or an extract by its mapping.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{Format, extract, progress, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::import::ImportReport;
use crate::domain::calendar::Instant;
use crate::records::import::import_lines;
use crate::store::Store;

/// What `import` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The feed (NDJSON), `-` for standard input; or with --mapping an extract, FILE.csv or FILE.xlsx.
    pub(super) file: PathBuf,
    /// Reads an extract by this mapping (JSON; docs/EXTRACTS.md).
    #[arg(long)]
    pub(super) mapping: Option<PathBuf>,
    /// The sheet of an XLSX file; the mapping's, or its only one, where it is left out.
    #[arg(long, requires = "mapping")]
    pub(super) sheet: Option<String>,
    /// When the extract was made, as an RFC 3339 instant: needed where the mapping has records without a time of their own.
    #[arg(long, requires = "mapping")]
    pub(super) as_of: Option<Instant>,
    /// Tells what would come of the extract, and keeps nothing.
    #[arg(long, requires = "mapping")]
    pub(super) dry_run: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    if let Some(mapping) = &arguments.mapping {
        return tell(&extract::import(arguments, mapping, store, clock)?, arguments.format);
    }
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
    tell(&report, arguments.format)
}

fn tell(report: &ImportReport, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => say_json(report),
        Format::Text => say(&summary(report)),
    }
}

fn summary(report: &ImportReport) -> String {
    let mut lines = vec![format!(
        "import {}: {} accepted, {} duplicates, {} stale, {} refused, {} dangling references",
        report.state, report.accepted, report.duplicates, report.stale, report.refused, report.dangling
    )];
    lines.extend(report.extract.iter().flat_map(extract::lines));
    for error in &report.errors {
        let place = match (&error.row, &error.column) {
            (Some(row), Some(column)) => format!("row {row}, column \"{column}\""),
            (Some(row), None) => format!("row {row}"),
            (None, _) => error.index.to_string(),
        };
        lines.push(format!("  {place}: {} at \"{}\": {}", error.code, error.pointer, error.detail));
    }
    for merge in &report.faulty_merges {
        lines.push(format!("  merge {} of {}: {}", merge.merge_ref, merge.force, merge.code));
    }
    lines.join("\n")
}
