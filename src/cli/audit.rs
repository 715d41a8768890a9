//! `audit`: proves the audit, exports a span of it, shows the key that its heads are signed with.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Format, say, say_json};
use crate::casework::audit::export::{ExportError, ExportRequest, export};
use crate::casework::audit::exported::{ExportedError, verify_exported};
use crate::casework::audit::verify::{AuditReport, verify};
use crate::casework::audit::walk::{ChainReport, Finding};
use crate::casework::case_export::proof::{CaseProof, CaseProofError, verify as verify_case_export};
use crate::domain::calendar::{london_midnight, plus_days};
use crate::settings::Settings;
use crate::settings::secret_file;
use crate::startup;
use crate::store::Store;
use crate::store::audit::head::PublicHeadKey;
use crate::store::audit::heads::HeadFiles;

/// What `audit` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Proves the audit, or an exported span of it; exit 1 and a list where something does not fit.
    Verify(VerifyArguments),
    /// Verifies an exported case; exit 1 and a list of the parts that are not what was sealed.
    VerifyExport(VerifyExportArguments),
    /// Exports a span of a force's audit, so that a third party can verify it.
    Export(ExportArguments),
    /// Prints the public key that the heads are signed for.
    Key {
        /// Makes the key first, where there is none.
        #[arg(long)]
        make: bool,
    },
}

#[derive(Debug, Args)]
struct VerifyArguments {
    /// Only this force's chain.
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    force: Option<String>,
    /// An exported span, in place of the database.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The public key that the exported span must be sealed with, as `audit key` prints it.
    #[arg(long, value_name = "HEX", requires = "file", value_parser = public_key)]
    key: Option<PublicHeadKey>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Args)]
struct VerifyExportArguments {
    /// The exported case.
    file: PathBuf,
    /// The public key that it must be sealed with, as `audit key` prints it.
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    key: Option<PublicHeadKey>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Args)]
struct ExportArguments {
    /// Whose audit.
    #[arg(long, value_name = "NAME")]
    force: String,
    /// From this date on.
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Until the end of this date.
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// To whom it goes: is kept in the audit.
    #[arg(long, value_name = "WHO")]
    recipient: Option<String>,
    /// Where to write it; to standard output where it is left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// True when nothing was found that does not fit.
pub(super) fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<bool> {
    match &arguments.act {
        Act::Verify(arguments) => match &arguments.file {
            Some(file) => verify_file(arguments, file),
            None => verify_database(arguments, settings),
        },
        Act::VerifyExport(arguments) => verify_case(arguments),
        Act::Export(arguments) => export_span(arguments, settings).map(|()| true),
        Act::Key { make } => print_key(*make, settings).map(|()| true),
    }
}

fn print_key(make: bool, settings: &Settings) -> anyhow::Result<()> {
    let files = settings.audit_files()?;
    if make {
        let path = files.signing_key.display();
        secret_file::read_or_make(&files.signing_key).with_context(|| format!("the key {path} cannot be made"))?;
    }
    say(&startup::head_key(&files)?.public().to_text())
}

fn verify_database(arguments: &VerifyArguments, settings: &Settings) -> anyhow::Result<bool> {
    let files = settings.audit_files()?;
    let key = startup::head_key(&files)?.public();
    let shown = files.heads.display();
    let heads = HeadFiles::read(&files.heads).with_context(|| format!("the heads in {shown} cannot be read"))?;
    // Without heads of its own: what proves the audit signs nothing.
    let store = Store::open(&settings.database_url()?)?;
    store.require_current()?;
    let report = verify(&store, &heads, &key, arguments.force.as_deref())?;
    match arguments.format {
        Format::Json => say_json(&report)?,
        Format::Text => say(&text(&report))?,
    }
    Ok(report.is_clean())
}

fn verify_file(arguments: &VerifyArguments, path: &Path) -> anyhow::Result<bool> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let proof = match verify_exported(BufReader::new(file), arguments.key.as_ref()) {
        Err(ExportedError::Unreadable(error)) => return Err(error.into()),
        Err(error) => {
            match arguments.format {
                Format::Json => say_json(&json!({ "findings": [{ "detail": error.to_string() }] }))?,
                Format::Text => say(&error.to_string())?,
            }
            return Ok(false);
        }
        Ok(proof) => proof,
    };
    let report = &proof.report;
    match arguments.format {
        Format::Json => say_json(&json!({ "chain": report, "public_key": proof.public_key }))?,
        Format::Text => {
            report.findings.iter().try_for_each(|finding| say(&line(finding)))?;
            say(&format!("{} entries of {}, sealed with the key {}", report.entries, report.chain, proof.public_key))?;
        }
    }
    Ok(report.findings_count == 0)
}

fn verify_case(arguments: &VerifyExportArguments) -> anyhow::Result<bool> {
    let shown = arguments.file.display();
    let bytes = fs::read(&arguments.file).with_context(|| format!("cannot read {shown}"))?;
    let proof = String::from_utf8(bytes)
        .map_err(|_| CaseProofError::Malformed)
        .and_then(|text| verify_case_export(&text, arguments.key.as_ref()));
    let proof = match proof {
        Err(error) => {
            match arguments.format {
                Format::Json => say_json(&json!({ "findings": [{ "part": "file", "detail": error.to_string() }] }))?,
                Format::Text => say(&error.to_string())?,
            }
            return Ok(false);
        }
        Ok(proof) => proof,
    };
    match arguments.format {
        Format::Json => say_json(&proof)?,
        Format::Text => {
            proof.findings.iter().try_for_each(|finding| say(&format!("{}: {}", finding.part, finding.detail)))?;
            let CaseProof { force, offender_ref, exported_at, public_key, findings } = &proof;
            let verdict = if findings.is_empty() { "valid" } else { "not what was exported" };
            say(&format!(
                "{verdict}: {offender_ref} of {force}, exported {exported_at}, sealed with the key {public_key}"
            ))?;
        }
    }
    Ok(proof.findings.is_empty())
}

fn export_span(arguments: &ExportArguments, settings: &Settings) -> anyhow::Result<()> {
    let files = settings.audit_files()?;
    let key = startup::head_key(&files)?;
    let store = startup::open_store(settings)?;
    store.require_current()?;
    let heads = HeadFiles::read(&files.heads)?;
    let request = ExportRequest {
        force: &arguments.force,
        from: arguments.from.map(london_midnight),
        before: arguments.until.map(|until| london_midnight(plus_days(until, 1))),
        recipient: arguments.recipient.as_deref(),
    };
    let clock = settings.clock();
    let Some(path) = &arguments.out else {
        let mut out = BufWriter::new(io::stdout().lock());
        told(export(&store, clock, (&heads, &key), &request, |line| out.write_all(line.as_bytes())).map(|_| ()))?;
        return Ok(out.flush()?);
    };
    let shown = path.display();
    let file = secret_file::new_for_its_owner_alone(path).with_context(|| format!("{shown} cannot be made anew"))?;
    let mut out = BufWriter::new(file);
    let done = export(&store, clock, (&heads, &key), &request, |line| out.write_all(line.as_bytes()));
    let done = done.and_then(|exported| Ok(out.flush().map(|()| exported)?));
    if done.is_err() {
        fs::remove_file(path).with_context(|| format!("{shown} is not whole and cannot be taken away"))?;
    }
    let exported = told(done)?;
    say(&format!(
        "{shown}: entries {} to {} of {}, to be verified with the key {}",
        exported.first_sequence,
        exported.last_sequence,
        arguments.force,
        key.public().to_text()
    ))
}

/// What stops an export, with the first things that do not fit.
fn told<T>(done: Result<T, ExportError>) -> anyhow::Result<T> {
    match done {
        Err(ExportError::Condemned(report)) => {
            let ChainReport { findings, .. } = *report;
            let lines: Vec<String> = findings.iter().take(10).map(line).collect();
            bail!("the audit does not prove, nothing was sealed:\n{}", lines.join("\n"))
        }
        done => Ok(done?),
    }
}

fn text(report: &AuditReport) -> String {
    let mut lines: Vec<String> = report.all_findings().map(line).collect();
    let listed: u64 = lines.iter().map(|_| 1).sum();
    if report.findings_count > listed {
        lines.push(format!("{} more", report.findings_count - listed));
    }
    for chain in &report.chains {
        let proved = chain.proved_up_to.as_ref().map_or_else(
            || "nothing proved".to_owned(),
            |proved| format!("proved up to {}, signed {}", proved.sequence, proved.signed_at),
        );
        lines.push(format!("{}: {} entries, {proved}", chain.chain, chain.entries));
    }
    let proved: Vec<&str> = report
        .chains
        .iter()
        .filter_map(|chain| chain.proved_up_to.as_ref().map(|proved| proved.signed_at.as_str()))
        .collect();
    let until = proved.iter().max().map_or_else(String::new, |until| format!(", proved up to {until}"));
    let verdict = if report.is_clean() {
        format!("{} entries in {} chains{until}", report.entries, report.chains.len())
    } else {
        format!("{} findings in {} entries of {} chains", report.findings_count, report.entries, report.chains.len())
    };
    lines.push(verdict);
    lines.join("\n")
}

fn line(finding: &Finding) -> String {
    let chain = finding.chain.as_deref().unwrap_or("heads");
    let place = finding.sequence.map_or_else(String::new, |sequence| format!(", entry {sequence}"));
    let id = finding.id.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
    format!("{chain}{place}{id}: {}", finding.detail)
}

fn public_key(text: &str) -> Result<PublicHeadKey, String> {
    PublicHeadKey::named(text)
        .ok_or_else(|| "64 digits of a hexadecimal public key, as `audit key` prints it".to_owned())
}
