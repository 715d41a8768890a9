//! `first-noticed`: when each finding would first have been seen, had the service listened from the start.

use clap::Args;
use serde_json::json;

use super::{Format, forces_asked, progress, say, say_json};
use crate::casework::clock::Clock;
use crate::casework::first_noticed::first_noticed;
use crate::domain::calendar::{CivilDate, dates, minus_days, minus_years};
use crate::domain::first_noticed::by_code;
use crate::domain::flag::Family;
use crate::domain::policy::Policies;
use crate::store::Store;

/// What `first-noticed` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this force; every force otherwise.
    #[arg(long)]
    force: Option<String>,
    /// The first day looked at; a year before the last otherwise.
    #[arg(long)]
    from: Option<CivilDate>,
    /// The last day looked at; yesterday otherwise.
    #[arg(long)]
    until: Option<CivilDate>,
    /// Also the flags on what the service itself records.
    #[arg(long)]
    all: bool,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let today = clock.moment().today();
    let until = arguments.until.unwrap_or_else(|| minus_days(today, 1));
    let from = arguments.from.unwrap_or_else(|| minus_years(until, 1));
    let policies = Policies::built_in()?;
    let rules = (&policies, Some(Family::Records).filter(|_| !arguments.all));
    for force in forces_asked(store, arguments.force.as_ref())? {
        let days = u64::try_from(dates(from, until).count())?;
        let bar = progress::bar(Some(days), "looking {wide_bar} {pos}/{len} days {eta}");
        let findings = first_noticed(store, &force, (from, until), today, rules, |_| bar.inc(1))?;
        bar.finish_and_clear();
        let codes = by_code(&findings, until);
        if arguments.format == Format::Json {
            say_json(&json!({ "force": force, "from": from, "until": until, "codes": codes, "findings": findings }))?;
            continue;
        }
        say(&format!("{force}, every day from {from} to {until}; a finding of the first day may be older"))?;
        say(&format!(
            "{:<32} {:>9} {:>13} {:>12} {:>20}",
            "", "findings", "first noticed", "hold at end", "median days visible"
        ))?;
        for told in codes {
            let visible = told.median_days_visible.map(|days| days.to_string()).unwrap_or_default();
            say(&format!(
                "{:<32} {:>9} {:>13} {:>12} {:>20}",
                told.code.as_str(),
                told.findings,
                told.first_noticed_on.to_string(),
                told.hold_on_the_last_day,
                visible
            ))?;
        }
    }
    Ok(())
}
