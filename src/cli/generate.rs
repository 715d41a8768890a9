//! `generate`: an invented caseload as a records feed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use chrono::Datelike;
use clap::Args;
use indicatif::ProgressBar;

use super::progress;
use crate::casework::clock::Clock;
use crate::domain::calendar::CivilDate;
use crate::records::generate::{CaseloadSpec, generate};

/// Offenders in each force where only the number of forces is given: the size of Dorset's.
const OFFENDERS_A_FORCE: u32 = 1_083;

/// What `generate` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What all chance is drawn from: the same seed gives the same caseload.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day on which the caseload stands as it does; today where it is not given.
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_at: Option<CivilDate>,
    /// How many forces.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000), default_value_t = 1)]
    forces: u32,
    /// How many offenders in each force.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000), default_value_t = OFFENDERS_A_FORCE)]
    offenders: u32,
    /// Where to write (NDJSON); `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, clock: Clock) -> anyhow::Result<()> {
    let as_at = arguments.as_at.unwrap_or_else(|| clock.moment().today());
    let spec = CaseloadSpec::of_size(arguments.seed, as_at, arguments.forces, arguments.offenders);
    if arguments.out.as_os_str() == "-" {
        let written = write(&spec, io::stdout().lock(), &ProgressBar::hidden());
        return match written {
            // Whoever reads has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map(drop).context("cannot write to standard output"),
        };
    }
    let path = arguments.out.display();
    let file = File::create(&arguments.out).with_context(|| format!("cannot create {path}"))?;
    let bar = progress::bar(Some(spec.registered()), "generating {wide_bar} {pos}/{len} offenders {eta}");
    write(&spec, file, &bar).with_context(|| format!("cannot write {path} to its end"))?;
    bar.finish_and_clear();
    Ok(())
}

/// A day for a caseload: the register began on 1 September 1997 (Sex Offenders Act 1997), and dates
/// some decades ahead must still have four digits in their year.
fn day(text: &str) -> Result<CivilDate, String> {
    text.parse::<CivilDate>()
        .ok()
        .filter(|day| (1_997..9_900).contains(&day.year()))
        .ok_or_else(|| "a day is written YYYY-MM-DD, from 1997 on".to_owned())
}

fn write(spec: &CaseloadSpec, to: impl Write, bar: &ProgressBar) -> io::Result<u64> {
    let mut to = BufWriter::new(to);
    let written = generate(spec, |event| {
        if event.get("type").is_some_and(|event_type| event_type == "records.offender.v1") {
            bar.inc(1);
        }
        serde_json::to_writer(&mut to, event)?;
        to.write_all(b"\n")
    })?;
    to.flush()?;
    Ok(written)
}
