//! `forecast`: what the weeks to come bring, as things stand and under changes; from the database, or from a snapshot
//! alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::plan::read_snapshots;
use super::{Format, forces_asked, progress, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::forecasts::ask::{Days, request};
use crate::casework::forecasts::make::{from_input, make};
use crate::casework::forecasts::{ForecastError, MAX_WEEKS};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::planning::forecast::change::Change;
use crate::planning::forecast::outlook::Outlook;
use crate::planning::forecast::staffing::Staffing;
use crate::planning::forecast::{Asked, DEFAULT_ITERATIONS, Forecast, Input, TeamForecast, TeamInput};
use crate::store::Store;
use crate::store::scope::Scope;

/// What `forecast` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// First day; tomorrow where it is not given.
    #[arg(long, value_name = "DATE", conflicts_with = "snapshot")]
    from: Option<CivilDate>,
    /// How many weeks.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_WEEKS)), default_value_t = MAX_WEEKS, conflicts_with = "snapshot")]
    weeks: u32,
    /// Only this team; every team otherwise.
    #[arg(long, value_name = "REF", conflicts_with = "snapshot")]
    team: Option<String>,
    /// Only this force; every force otherwise.
    #[arg(long, value_name = "NAME", conflicts_with = "snapshot")]
    force: Option<String>,
    /// What might be: a file with a JSON list of changes, as docs/FORECAST.md has them.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Looks for how many officers it takes to honour every plan.
    #[arg(long)]
    staffing: bool,
    /// Looks for the smallest set of moves that clears the backlog.
    #[arg(long)]
    clear_backlog: bool,
    /// What all chance is drawn from: the same facts, seed and iterations give the same forecast.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX.unsigned_abs()), default_value_t = 1)]
    seed: u64,
    /// The budget of each plan.
    #[arg(long, default_value_t = DEFAULT_ITERATIONS)]
    iterations: u32,
    /// Looks ahead from a snapshot alone, over its days; no database is opened.
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Arguments {
    fn asked(&self) -> anyhow::Result<Asked> {
        let changes: Vec<Change> = match &self.changes {
            None => Vec::new(),
            Some(path) => {
                let shown = path.display();
                let text = fs::read_to_string(path).with_context(|| format!("cannot read the changes {shown}"))?;
                serde_json::from_str(&text).with_context(|| format!("{shown} is not a list of changes"))?
            }
        };
        let Self { clear_backlog, staffing, seed, iterations, .. } = *self;
        Ok(Asked { changes, clear_backlog, staffing, seed, iterations })
    }
}

/// Says of a refusal where it is in what was asked.
fn explained(error: ForecastError) -> anyhow::Error {
    if let ForecastError::Refused(Refusal { code, pointer, detail }) = &error {
        return anyhow!("{pointer}: {detail} ({})", code.as_str());
    }
    error.into()
}

/// Looks ahead from a snapshot alone.
pub(super) fn run_snapshot(arguments: &Arguments, path: &Path) -> anyhow::Result<()> {
    let snapshots = read_snapshots(path)?;
    let Some(first) = snapshots.first() else { bail!("{} holds no snapshot", path.display()) };
    if snapshots.iter().any(|other| (&other.force, other.horizon) != (&first.force, first.horizon)) {
        bail!("the snapshots of {} are not of one force and the same days", path.display());
    }
    let policies = Policies::built_in()?;
    let policy = policies.in_force(first.as_of)?;
    let teams = snapshots.iter().cloned().map(|snapshot| TeamInput::of_snapshot(snapshot, policy)).collect();
    let bar = progress::bar(None, "looking ahead {wide_bar} {pos}/{len}");
    let tell = |done: usize, of: usize| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let made = from_input(&Input { teams, asked: arguments.asked()? }, &tell, &|| true).map_err(explained)?;
    bar.finish_and_clear();
    print(arguments, &[made])
}

/// Looks ahead from the database.
pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let team = arguments.team.clone().map(Ref::new).transpose().context("--team")?;
    let from = arguments.from.unwrap_or_else(|| plus_days(clock.moment().today(), 1));
    let (days, asked) = (Days { from, weeks: arguments.weeks }, arguments.asked()?);
    let bar = progress::bar(None, "looking ahead {wide_bar} {pos}/{len}");
    let tell = |done: usize, of: usize| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let mut made = Vec::new();
    for force in forces_asked(store, arguments.force.as_ref())? {
        let scope = Scope::whole(force);
        let asking = request(store, clock, &Actor::Operator, &scope, team.as_ref(), (days, asked.clone()));
        let id = match asking {
            // Of several forces, those that have the team.
            Err(ForecastError::TeamUnknown) => continue,
            asked => asked.map_err(explained)?,
        };
        made.extend(make(store, clock, &Actor::Operator, id, &tell).map_err(explained)?);
    }
    bar.finish_and_clear();
    if made.is_empty() {
        bail!("there is no such team in any force asked for");
    }
    print(arguments, &made)
}

fn print(arguments: &Arguments, made: &[Forecast]) -> anyhow::Result<()> {
    match (arguments.format, made) {
        (Format::Text, made) => made.iter().try_for_each(|forecast| say(&text(forecast))),
        (Format::Json, [one]) => say_json(one),
        (Format::Json, several) => say_json(&serde_json::json!({ "forecasts": several })),
    }
}

/// A forecast in a few lines a team.
fn text(forecast: &Forecast) -> String {
    let mut lines = Vec::new();
    for team in &forecast.teams {
        let TeamForecast { team_ref, baseline, changed, backlog, staffing, .. } = team;
        lines.push(format!("{} / {team_ref}", forecast.force));
        lines.push("  week from     due  planned  overdue  days late ×risk  crew-days  hours on the road".to_owned());
        lines.extend(table(baseline));
        if let Some(changed) = changed {
            lines.push("  under the changes".to_owned());
            lines.extend(table(changed));
        }
        if let Some(backlog) = backlog {
            lines.push(format!(
                "  backlog: {} visits without a place for want of a crew; {} moves leave {}; {} that no crew more places",
                backlog.visits,
                backlog.moves.len(),
                backlog.visits_left,
                backlog.not_by_crews.len()
            ));
            lines.extend(
                backlog.moves.iter().map(|one| format!("    {}", serde_json::to_value(one).unwrap_or_default())),
            );
        }
        if let Some(Staffing { present, undisturbed, low, median, high, .. }) = staffing {
            let number = |number: &Option<usize>| number.map_or_else(|| "none tried".to_owned(), |it| it.to_string());
            lines.push(format!(
                "  officers: {present} present; {} where nothing goes wrong; {} as a rule ({} to {} in eight of ten courses)",
                number(&undisturbed.least),
                number(median),
                number(low),
                number(high)
            ));
        }
    }
    lines.join("\n")
}

fn table(outlook: &Outlook) -> Vec<String> {
    let rows = outlook.weeks.iter().map(|week| {
        format!(
            "  {}  {:>5}  {:>7}  {:>7}  {:>15}  {:>4}/{:<4}  {:>17}",
            week.from,
            week.all.due,
            week.all.planned,
            week.all.overdue,
            week.all.weighted_days_late,
            week.crew_days_used,
            week.crew_days_available,
            week.travel_seconds / 3_600
        )
    });
    rows.collect()
}
