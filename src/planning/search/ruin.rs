//! Ruin: a part of the schedule is taken away, so that it can be made again better.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use rand::RngExt;
use rand_pcg::Pcg64;

use super::construct::{form_beside, pair_the_rest};
use super::problem::Problem;
use super::solution::{CrewDay, Solution};
use crate::planning::constraint::crew_size::CREW_WITHOUT_APPROVAL;

/// The most visits taken away around one home.
const MOST_NEIGHBOURS: usize = 10;

/// Takes a part of the schedule away; tells which jobs lost visits.
pub fn ruin(
    problem: &Problem<'_>,
    solution: &mut Solution,
    neighbours: &[Vec<usize>],
    chance: &mut Pcg64,
) -> Vec<usize> {
    let mut lost = match chance.random_range(0..10) {
        0..7 => around_a_home(problem, solution, neighbours, chance),
        7..9 => a_crews_day(problem, solution, chance),
        _ => a_whole_day(problem, solution, chance),
    };
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// The homes nearest to each home, itself first.
#[must_use]
pub fn neighbours(problem: &Problem<'_>) -> Vec<Vec<usize>> {
    (0..problem.jobs.len())
        .map(|job| {
            let mut others: Vec<usize> = (0..problem.jobs.len()).collect();
            others.sort_by_key(|other| (problem.travel(job + 1, other + 1), *other != job, *other));
            others.truncate(4 * MOST_NEIGHBOURS);
            others
        })
        .collect()
}

/// Visits to homes near one another, whatever their day: their days can be exchanged.
fn around_a_home(
    problem: &Problem<'_>,
    solution: &mut Solution,
    neighbours: &[Vec<usize>],
    chance: &mut Pcg64,
) -> Vec<usize> {
    let job = chance.random_range(0..problem.jobs.len());
    let most = chance.random_range(2..=MOST_NEIGHBOURS);
    let mut lost = Vec::new();
    for near in neighbours[job].iter().copied() {
        if lost.len() == most {
            break;
        }
        let Some(day) = pick(&solution.chains[near], chance).copied() else { continue };
        if solution.remove_from(problem, near, day) {
            lost.push(near);
        }
    }
    lost
}

/// All that one crew has on one day.
fn a_crews_day(problem: &Problem<'_>, solution: &mut Solution, chance: &mut Pcg64) -> Vec<usize> {
    let day = chance.random_range(0..solution.days.len());
    let Some(crew_day) = pick(&solution.days[day], chance) else { return Vec::new() };
    let jobs: Vec<usize> = crew_day.stops.iter().map(|stop| stop.job).collect();
    jobs.into_iter().filter(|job| solution.remove_from(problem, *job, day)).collect()
}

/// All that is planned on one day, and its pairs with it; crews that keep a visit stay together. Now
/// and then a crew is formed first for one of the visits that not any two officers can make.
fn a_whole_day(problem: &Problem<'_>, solution: &mut Solution, chance: &mut Pcg64) -> Vec<usize> {
    let day = chance.random_range(0..solution.days.len());
    let jobs: Vec<usize> =
        solution.days[day].iter().flat_map(|crew_day| &crew_day.stops).map(|stop| stop.job).collect();
    let lost: Vec<usize> = jobs.into_iter().filter(|job| solution.remove_from(problem, *job, day)).collect();
    solution.days[day].retain(|crew_day| !crew_day.stops.is_empty());
    let demanding: Vec<usize> = solution
        .unserved(problem)
        .into_iter()
        .filter(|job| {
            let job = &problem.jobs[*job];
            let needs = &problem.snapshot.demands[job.demand].needs;
            !needs.required_skills.is_empty() || !job.shut_out.is_empty() || job.crew > CREW_WITHOUT_APPROVAL
        })
        .collect();
    if let Some(job) = pick(&demanding, chance).copied()
        && let Some(crew) = form_beside(problem, &solution.days[day], day, job)
    {
        solution.days[day].push(CrewDay { crew, stops: Vec::new() });
    }
    pair_the_rest(problem, solution, day, chance);
    lost
}

fn pick<'a, T>(items: &'a [T], chance: &mut Pcg64) -> Option<&'a T> {
    (!items.is_empty()).then(|| &items[chance.random_range(0..items.len())])
}
