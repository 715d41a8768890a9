//! `flags`: what the service notices, by code.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use chrono_tz::Europe::London;
use clap::Args;
use serde_json::{Map, Value, json};

use super::{Format, forces_asked, say, say_json};
use crate::casework::clock::Clock;
use crate::casework::flags::flags;
use crate::domain::flag::{Family, FlagCode};
use crate::domain::policy::Policies;
use crate::store::Store;

/// What `flags` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this force; every force otherwise.
    #[arg(long)]
    force: Option<String>,
    /// Also the flags on what the service itself records.
    #[arg(long)]
    all: bool,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let at = clock.moment();
    let policies = Policies::built_in()?;
    let policy = policies.in_force(at.today())?;
    let forces = forces_asked(store, arguments.force.as_ref())?;
    let mut raised: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for force in forces {
        let found = flags(store, &force, at, policy)?;
        for flag in found.into_iter().filter(|flag| arguments.all || flag.code.family() == Family::Records) {
            raised.entry(flag.code.as_str()).or_default().push(flag.subject.into());
        }
    }
    for refs in raised.values_mut() {
        refs.sort();
    }
    match arguments.format {
        Format::Json => {
            let now = at.now().with_timezone(&London).to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let counts: Map<String, Value> =
                raised.iter().map(|(code, refs)| ((*code).to_owned(), json!(refs.len()))).collect();
            say_json(&json!({ "now": now, "counts": counts, "flags": raised }))
        }
        Format::Text => {
            for code in FlagCode::ALL {
                if let Some(refs) = raised.get(code.as_str()) {
                    say(&format!("{:>6}  {code}", refs.len()))?;
                }
            }
            Ok(())
        }
    }
}
