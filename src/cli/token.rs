//! `token`: a token signed with the local development key.

use anyhow::{Context, bail};
use chrono::TimeDelta;
use clap::Args;

use super::say;
use crate::api::auth::development_key::development_key;
use crate::api::auth::token::{Grants, Mint};
use crate::casework::actor::Role;
use crate::casework::clock::Clock;
use crate::casework::flags::forces;
use crate::domain::reference::Ref;
use crate::settings::Settings;
use crate::store::Store;

/// The longest a development token lasts.
const LONGEST_DAYS: i64 = 31;

/// What `token` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the bearer is, such as `supervisor`.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The bearer's force; the only one in the database where it is left out.
    #[arg(long)]
    force: Option<String>,
    /// A team of the bearer's; may be given again.
    #[arg(long, value_name = "REF", value_parser = reference)]
    team: Vec<Ref>,
    /// The bearer among the force's officers.
    #[arg(long, value_name = "REF", value_parser = reference)]
    officer: Option<Ref>,
    /// A neighbourhood the bearer polices; may be given again.
    #[arg(long, value_name = "REF", value_parser = reference)]
    neighbourhood: Vec<Ref>,
    /// Who the bearer is; the officer, or else the role, where it is left out.
    #[arg(long)]
    subject: Option<String>,
    /// How long it lasts: a number and s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "8h", value_parser = duration)]
    expires_in: TimeDelta,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let mint = Mint::new(&development_key(settings)?, settings.auth());
    let force = match &arguments.force {
        Some(force) => force.clone(),
        None => only_force(store)?,
    };
    let officer = arguments.officer.as_ref().map(Ref::as_str);
    let subject = arguments.subject.as_deref().or(officer).unwrap_or_else(|| arguments.role.name());
    let grants = Grants {
        sub: subject.to_owned(),
        role: Some(arguments.role.name().to_owned()),
        force: Some(force),
        teams: arguments.team.iter().cloned().collect(),
        officer_ref: arguments.officer.clone(),
        neighbourhoods: arguments.neighbourhood.iter().cloned().collect(),
    };
    // A token's times are real times, also where the clock that duties are read from is frozen.
    let now = Clock::System.now();
    say(&mint.token(&grants, now, now + arguments.expires_in).context("the token cannot be signed")?)
}

fn only_force(store: &Store) -> anyhow::Result<String> {
    store.require_current()?;
    let forces = forces(store)?;
    match forces.as_slice() {
        [only] => Ok(only.clone()),
        [] => bail!("the database has no records, so no force either: say which with --force"),
        several => bail!("the database has several forces: say which with --force: {}", several.join(", ")),
    }
}

fn role(name: &str) -> Result<Role, String> {
    Role::named(name).ok_or_else(|| format!("the roles are {}", Role::ALL.map(Role::name).join(", ")))
}

fn reference(text: &str) -> Result<Ref, String> {
    Ref::new(text).map_err(|error| error.to_string())
}

fn duration(text: &str) -> Result<TimeDelta, String> {
    let whole =
        text.strip_suffix(|unit: char| unit.is_ascii_alphabetic()).and_then(|number| number.parse::<u32>().ok());
    let number = whole.map(i64::from).unwrap_or_default();
    let lasts = match text.chars().last() {
        Some('s') => TimeDelta::try_seconds(number),
        Some('m') => TimeDelta::try_minutes(number),
        Some('h') => TimeDelta::try_hours(number),
        Some('d') => TimeDelta::try_days(number),
        Some(_) | None => None,
    };
    lasts
        .filter(|lasts| number > 0 && lasts.num_seconds() <= TimeDelta::days(LONGEST_DAYS).num_seconds())
        .ok_or_else(|| format!("a whole number and s, m, h or d, such as 8h; at most {LONGEST_DAYS}d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_whole_number_with_its_unit() {
        assert_eq!(duration("8h"), Ok(TimeDelta::hours(8)));
        assert_eq!(duration("31d"), Ok(TimeDelta::days(31)));
        for wrong in ["", "8", "h", "0s", "-1h", "1.5h", "8hh", "32d", "4294967296s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
