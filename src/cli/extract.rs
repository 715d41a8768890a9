//! `import --mapping`: an extract, CSV or XLSX.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, bail};

use super::import::Arguments;
use super::progress;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::extracts::report::{ExtractOutcome, RecordCounts};
use crate::casework::import::ImportReport;
use crate::records::extract::check::Mapping;
use crate::records::extract::csv_rows::CsvRows;
use crate::records::extract::import::{ExtractFile, Taking, import_extract};
use crate::records::extract::unpacked::MAX_UNPACKED_BYTES;
use crate::records::extract::xlsx_rows::Workbook;
use crate::store::Store;

pub(super) fn import(
    arguments: &Arguments,
    mapping: &Path,
    store: &Store,
    clock: Clock,
) -> anyhow::Result<ImportReport> {
    let mapping = read(mapping)?;
    let taking = Taking { mapping: &mapping, saved: None, as_of: arguments.as_of, is_dry_run: arguments.dry_run };
    taking.check(clock).context("say it with --as-of INSTANT, such as --as-of 2026-11-28T06:00:00Z")?;
    let shown = arguments.file.display();
    let length = fs::metadata(&arguments.file).with_context(|| format!("cannot open the extract {shown}"))?.len();
    let bar = progress::bar(Some(length), "importing {wide_bar} {bytes}/{total_bytes} {eta}");
    let report = import_extract(store, clock, &Actor::Operator, &taking, open(arguments, &mapping)?, |bytes| {
        bar.set_position(bytes);
    })?;
    bar.finish_and_clear();
    Ok(report)
}

fn read(path: &Path) -> anyhow::Result<Mapping> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the mapping {shown}"))?;
    let text = text.trim_start_matches('\u{feff}');
    let json = serde_json::from_str(text).with_context(|| format!("the mapping {shown} is not JSON"))?;
    Mapping::read(&json).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        anyhow::anyhow!("the mapping {shown} cannot be used:\n{}", lines.join("\n"))
    })
}

fn open(arguments: &Arguments, mapping: &Mapping) -> anyhow::Result<ExtractFile<BufReader<File>>> {
    let path = &arguments.file;
    let shown = path.display();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "csv" if arguments.sheet.is_some() => bail!("--sheet is for an XLSX file, and {shown} is a CSV file"),
        "csv" => {
            let file = File::open(path).with_context(|| format!("cannot open the extract {shown}"))?;
            Ok(ExtractFile::Csv(Box::new(CsvRows::open(BufReader::new(file), mapping, u64::MAX)?)))
        }
        "xlsx" => {
            let file = fs::read(path).with_context(|| format!("cannot read the extract {shown}"))?;
            let workbook = Workbook::open(file, mapping, arguments.sheet.as_deref(), MAX_UNPACKED_BYTES)?;
            Ok(ExtractFile::Xlsx(Box::new(workbook)))
        }
        _ => bail!("{shown} ends neither in .csv nor in .xlsx: with --mapping an extract is one of these"),
    }
}

/// What came of an extract, or would, by type.
pub(super) fn lines(outcome: &ExtractOutcome) -> Vec<String> {
    let mut lines = vec![format!("  {} rows, {} of them unreadable", outcome.rows, outcome.unreadable_rows)];
    for (event_type, counts) in &outcome.records {
        let RecordCounts { new, changed, unchanged, stale, refused } = counts;
        lines.push(format!(
            "  {event_type}: {new} new, {changed} changed, {unchanged} unchanged, {stale} stale, {refused} refused"
        ));
    }
    for changed in &outcome.changed_records {
        lines.push(format!(
            "  would change {} {}: {}",
            changed.event_type,
            changed.subject,
            changed.members.join(", ")
        ));
    }
    lines
}
