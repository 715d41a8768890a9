//! `compare-grid`: what the individual plans change, beside the old grid by risk level, with the same officers and search.

use anyhow::{Context, bail};
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::{Format, forces_asked, say, say_json};
use crate::casework::clock::Clock;
use crate::casework::schedules::compare_grid::teams;
use crate::casework::schedules::propose::MAX_DAYS;
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::reference::Ref;
use crate::planning::grid::{Compared, Judged, judge};
use crate::planning::predictability::{Guessed, guessed};
use crate::planning::proposal::{Proposal, Summary, propose};
use crate::planning::search::{Budget, DEFAULT_ITERATIONS};
use crate::planning::snapshot::{Horizon, Snapshot};
use crate::store::Store;

/// What `compare-grid` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// First day; tomorrow where it is not given.
    #[arg(long, value_name = "DATE")]
    from: Option<CivilDate>,
    /// How many days.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)), default_value_t = MAX_DAYS)]
    days: u32,
    /// Only this team; every team otherwise.
    #[arg(long, value_name = "REF")]
    team: Option<String>,
    /// Only this force; every force otherwise.
    #[arg(long, value_name = "NAME")]
    force: Option<String>,
    /// The first seed; one more for each further run.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX.unsigned_abs() / 2), default_value_t = 1)]
    seed: u64,
    /// How many runs; their medians are printed, with the least and the most.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=99), default_value_t = 3)]
    runs: u64,
    /// The search's budget for each team.
    #[arg(long, default_value_t = DEFAULT_ITERATIONS)]
    iterations: u32,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// One schedule of all teams, judged by both yardsticks.
#[derive(Debug, Serialize)]
struct Side {
    summary: Summary,
    by_plans: Judged,
    by_grid: Judged,
    guessed: Vec<Guessed>,
}

/// Both schedules of one seed.
#[derive(Debug, Serialize)]
struct Run {
    seed: u64,
    plans: Side,
    grid: Side,
}

/// Plans, and prints the comparison.
pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<()> {
    let from = arguments.from.unwrap_or_else(|| plus_days(clock.moment().today(), 1));
    let horizon = Horizon { from, until: plus_days(from, arguments.days - 1) };
    let team = arguments.team.clone().map(Ref::new).transpose().context("--team")?;
    let mut compared = Vec::new();
    for force in forces_asked(store, arguments.force.as_ref())? {
        compared.extend(teams(store, clock, &force, team.as_ref(), horizon)?);
    }
    if compared.is_empty() {
        bail!("there is no team to plan");
    }
    let runs: Vec<Run> = (arguments.seed..arguments.seed + arguments.runs)
        .map(|seed| {
            let budget = Budget { seed, iterations: arguments.iterations };
            let plans = side(&compared, budget, |team| &team.plans)?;
            Ok(Run { seed, plans, grid: side(&compared, budget, |team| &team.grid)? })
        })
        .collect::<Result<_, serde_json::Error>>()?;
    match arguments.format {
        Format::Json => say_json(&runs),
        Format::Text => say(&text(&runs, horizon)),
    }
}

fn side(
    teams: &[Compared],
    budget: Budget,
    planned_from: impl Fn(&Compared) -> &Snapshot + Sync,
) -> Result<Side, serde_json::Error> {
    let proposals: Vec<Proposal> =
        teams.par_iter().map(|team| propose(planned_from(team), budget, |_| {})).collect::<Result<_, _>>()?;
    let all = |yardstick: &dyn Fn(&Compared) -> &Snapshot| {
        let judged = teams.iter().zip(&proposals).map(|(team, proposal)| judge(yardstick(team), proposal));
        judged.fold(Judged::default(), |sum, one| sum.and(&one))
    };
    Ok(Side {
        summary: Summary::of(&proposals),
        by_plans: all(&|team| &team.plans_yardstick),
        by_grid: all(&|team| &team.grid_yardstick),
        guessed: guessed(teams.iter().map(&planned_from).zip(&proposals)),
    })
}

/// The median of the runs' figures, and their spread.
fn spread(mut figures: Vec<f64>) -> String {
    figures.sort_by(f64::total_cmp);
    let at = |place: usize| figures.get(place).copied().unwrap_or_default();
    let last = figures.len().saturating_sub(1);
    let (median, least, most) = (f64::midpoint(at(last / 2), at(figures.len() / 2)), at(0), at(last));
    if least == most { format!("{median:.1}") } else { format!("{median:.1} ({least:.1} to {most:.1})") }
}

fn row(runs: &[Run], what: &str, figure: impl Fn(&Side) -> f64) -> String {
    let of = |side: fn(&Run) -> &Side| spread(runs.iter().map(|run| figure(side(run))).collect());
    format!("| {what} | {} | {} |", of(|run| &run.plans), of(|run| &run.grid))
}

#[expect(clippy::as_conversions, reason = "a float has no lossless conversion; the counts are small")]
const fn number(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::as_conversions, reason = "a float has no lossless conversion; the sums are small")]
const fn sum(number: u64) -> f64 {
    number as f64
}

/// A schedule as one of the yardsticks judges it.
type Judging = fn(&Side) -> &Judged;

fn text(runs: &[Run], Horizon { from, until }: Horizon) -> String {
    let mut lines = vec![
        format!("{from} to {until}; median of {} runs (least to most)", runs.len()),
        String::new(),
        "| | by each person's plan | by the grid |".to_owned(),
        "| --- | --- | --- |".to_owned(),
        row(runs, "visits planned", |side| number(side.summary.planned)),
        row(runs, "visits without a place", |side| number(side.summary.unplaced)),
        row(runs, "crew-days", |side| number(side.summary.crew_days)),
        row(runs, "hours on the road", |side| sum(side.summary.travel_seconds) / 3_600.0),
        row(runs, "minutes on the road a visit", |side| {
            sum(side.summary.travel_seconds) / 60.0 / number(side.summary.planned.max(1))
        }),
        row(runs, "visits with the own manager, %", |side| {
            100.0 * number(side.summary.with_own_manager) / number(side.summary.planned.max(1))
        }),
    ];
    let yardsticks: [(&str, Judging); 2] = [("plans", |side| &side.by_plans), ("grid", |side| &side.by_grid)];
    for (name, judged) in yardsticks {
        lines.push(row(runs, &format!("days late weighted by risk, by the {name}"), |side| {
            sum(judged(side).weighted_days_late)
        }));
        let days: Vec<u32> =
            runs.first().into_iter().flat_map(|run| judged(&run.plans).overdue_after.keys()).copied().collect();
        for days in days {
            lines.push(row(
                runs,
                &format!("high and very high risk overdue after {days} days, by the {name}"),
                |side| number(judged(side).high_risk_overdue_after.get(&days).copied().unwrap_or_default()),
            ));
            lines.push(row(runs, &format!("all overdue after {days} days, by the {name}"), |side| {
                number(judged(side).overdue_after.get(&days).copied().unwrap_or_default())
            }));
        }
    }
    let guessers: Vec<&Guessed> = runs.first().into_iter().flat_map(|run| &run.plans.guessed).collect();
    for guesser in guessers {
        let name = guesser.guesser.as_str();
        let figure = |side: &Side, percent: fn(&Guessed) -> f64| {
            side.guessed.iter().find(|one| one.guesser == guesser.guesser).map_or(0.0, percent)
        };
        lines.push(row(runs, &format!("guesser `{name}` right, %"), |side| figure(side, Guessed::hit_percent)));
        lines.push(row(runs, &format!("`{name}` by chance, %"), |side| figure(side, Guessed::chance_percent)));
    }
    lines.join("\n")
}
