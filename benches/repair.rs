//! `cargo bench --bench repair`: the scenario's teams lose a crew-day that has visits, and what stands is repaired: how soon there is a valid
//! schedule, how near it is after 50 milliseconds to what five seconds find, and how many visits are moved for those that were lost. Prints the
//! figures beside their bars; fails only when it cannot run.

#[expect(dead_code, reason = "this benchmark needs no server and no process of its own")]
mod support;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use anyhow::{Context, ensure};
use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::roads::RoadService;
use mosovo_visits::casework::schedules::propose::{PlanRequest, snapshots};
use mosovo_visits::domain::calendar::CivilDate;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::planning::checker;
use mosovo_visits::planning::moving::staying;
use mosovo_visits::planning::proposal::{PlannedVisit, Proposal, propose};
use mosovo_visits::planning::score::Score;
use mosovo_visits::planning::search::{Budget, DEFAULT_ITERATIONS};
use mosovo_visits::planning::snapshot::Snapshot;
use mosovo_visits::planning::take::Stay;
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;
use mosovo_visits::store::scope::Scope;
use support::{SCENARIO_CLOCK, Workspace, say};

/// Crew-days that each team loses, one at a time.
const LOST: usize = 8;

/// The bar of the first valid schedule, in milliseconds.
const FIRST_MILLISECONDS: f64 = 5.0;

/// How long the repair may search to be near, and the search that it is held against, in seconds; how near, in percent.
const NEAR_SECONDS: f64 = 0.05;
const LONG_SECONDS: f64 = 5.0;
const NEAR_PERCENT: f64 = 0.5;

fn main() -> anyhow::Result<()> {
    let workspace = Workspace::new()?;
    let store = Store::open(&format!("sqlite://{}", workspace.path().join("repair.sqlite").display()).parse()?)?;
    store.migrate()?;
    let clock = Clock::FixedAt(SCENARIO_CLOCK.parse()?);
    let feed = BufReader::new(File::open(workspace.scenario()?)?);
    import_lines(&store, clock, &Actor::Operator, "benchmark", feed, |_| {})?;
    let budget = Budget { seed: 1, iterations: DEFAULT_ITERATIONS };
    let plan = PlanRequest { from: "2021-04-16".parse()?, days: 28, budget, stay: Stay::Near };
    let scope = Scope::whole("dorset");
    let (mut first, mut lag, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    for snapshot in snapshots(&store, clock, &RoadService::default(), &scope, None, plan)? {
        let proposal = propose(&snapshot, budget, |_| {})?;
        for (date, crew) in crew_days(&proposal) {
            let lost: Vec<&PlannedVisit> =
                proposal.visits.iter().filter(|visit| visit.date == date && visit.crew == crew).collect();
            let without = without(&snapshot, date, &crew);
            let began = Instant::now();
            let facts = staying(without, &proposal);
            let repaired = propose(&facts, Budget { seed: 1, iterations: 0 }, |_| {})?;
            first.push(began.elapsed().as_secs_f64() * 1_000.0);
            ensure!(checker::check(&facts, &repaired).is_empty(), "the repair breaks a rule");
            let near = within(&facts, NEAR_SECONDS)?;
            let long = within(&facts, LONG_SECONDS)?;
            lag.push(percent_over(near.score, long.score));
            moved.push((changed(&proposal, &near), lost.len()));
        }
    }
    first.sort_by(f64::total_cmp);
    lag.sort_by(f64::total_cmp);
    let (median, most) = (middle(&first)?, first.last().copied().context("nothing was lost")?);
    say(&format!("{} crew-days lost", first.len()))?;
    say(&format!(
        "first valid schedule: median {median:.1} ms, most {most:.1} ms; {}",
        told(most <= FIRST_MILLISECONDS)
    ))?;
    let (median, most) = (middle(&lag)?, lag.last().copied().unwrap_or_default());
    say(&format!("after 50 ms over 5 s: median {median:.2} %, most {most:.2} %; {}", told(most <= NEAR_PERCENT)))?;
    let more = moved.iter().filter(|(moved, lost)| moved > lost).count();
    let (all, lost) = moved.iter().fold((0, 0), |(moved, lost), (m, l)| (moved + m, lost + l));
    say(&format!("visits moved {all}, lost {lost}; more moved than lost {more} times; {}", told(more == 0)))
}

const fn told(is_met: bool) -> &'static str {
    if is_met { "met" } else { "NOT MET" }
}

fn middle(sorted: &[f64]) -> anyhow::Result<f64> {
    sorted.get(sorted.len() / 2).copied().context("nothing was lost")
}

/// Crew-days that have visits, spread over the days.
fn crew_days(proposal: &Proposal) -> Vec<(CivilDate, Vec<Ref>)> {
    let all: BTreeSet<_> = proposal.visits.iter().map(|visit| (visit.date, visit.crew.clone())).collect();
    let every = (all.len() / LOST).max(1);
    all.into_iter().step_by(every).take(LOST).collect()
}

/// The facts without these officers on a day.
fn without(snapshot: &Snapshot, date: CivilDate, crew: &[Ref]) -> Snapshot {
    let mut without = snapshot.clone();
    for officer in without.officers.iter_mut().filter(|officer| crew.contains(&officer.officer_ref)) {
        officer.duties.retain(|duty| duty.date != date);
    }
    without
}

/// What so many seconds find, at the pace of a short run.
fn within(facts: &Snapshot, seconds: f64) -> anyhow::Result<Proposal> {
    const PACE: u32 = 400;
    let taken = |iterations| -> anyhow::Result<(Proposal, f64)> {
        let began = Instant::now();
        let found = propose(facts, Budget { seed: 1, iterations }, |_| {})?;
        Ok((found, began.elapsed().as_secs_f64()))
    };
    let construction = taken(0)?.1;
    let searching = (taken(PACE)?.1 - construction).max(1e-6);
    let iterations = (f64::from(PACE) * (seconds - construction).max(0.0) / searching).min(1e9);
    #[expect(
        clippy::as_conversions,
        reason = "a float has no lossless conversion; the value is within the type's limits"
    )]
    let iterations = iterations as u32;
    Ok(taken(iterations)?.0)
}

/// By how many percent one schedule costs more than another: of days late where they differ in those, otherwise of the rest.
fn percent_over(near: Score, long: Score) -> f64 {
    let late = |score: Score| score.lateness + score.unmet;
    let rest = |score: Score| score.without_manager + score.travel + score.drift + score.off_drawn_day + score.moved;
    let (near, long) = if late(near) == late(long) { (rest(near), rest(long)) } else { (late(near), late(long)) };
    let number = |of: u64| f64::from(u32::try_from(of).unwrap_or(u32::MAX));
    100.0 * (number(near) / number(long.max(1)) - 1.0)
}

/// Visits that stood and are not where they were.
fn changed(before: &Proposal, after: &Proposal) -> usize {
    let place = |visit: &PlannedVisit| (visit.offender_ref.clone(), visit.date, visit.start, visit.crew.clone());
    let now: BTreeSet<_> = after.visits.iter().map(place).collect();
    before.visits.iter().filter(|visit| !now.contains(&place(visit))).count()
}
