//! Ruin: a part of the schedule is taken away, so that it can be made again better.
//!
//! Strings of visits around a home (Christiaens and Vanden Berghe 2020), all that one crew has on a day, all that is planned on
//! a day with its pairs, or what stands in the way of a visit that has no place.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use super::construct::{form_beside, pair_the_rest};
use super::crew_day::CrewDay;
use super::problem::Problem;
use super::solution::Solution;
use crate::planning::constraint::crew_size::CREW_WITHOUT_APPROVAL;

/// Visits taken away at a time, on average (Christiaens and Vanden Berghe 2020).
const REMOVED: usize = 10;

/// The longest string of visits taken out of one crew's day (the same).
const LONGEST_STRING: usize = 10;

/// Homes looked at around a home.
const NEAR: usize = 60;

/// Takes a part of the schedule away; tells which jobs lost visits. `absent` has no place.
pub fn ruin(
    problem: &Problem<'_>,
    solution: &mut Solution,
    (neighbours, absent): (&[Vec<usize>], &[usize]),
    chance: &mut Pcg64,
) -> Vec<usize> {
    let mut lost = match chance.random_range(0..20) {
        0..17 => strings(problem, solution, neighbours, chance),
        17 => a_crews_day(problem, solution, chance),
        18 => a_whole_day(problem, solution, chance),
        _ => make_way(problem, solution, (neighbours, absent), chance),
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
            let distance = |other: &usize| (problem.travel(job + 1, other + 1), *other != job, *other);
            if others.len() > NEAR {
                others.select_nth_unstable_by_key(NEAR, distance);
                others.truncate(NEAR);
            }
            others.sort_by_key(distance);
            others
        })
        .collect()
}

/// Strings of visits out of crews' days that pass near one home.
fn strings(
    problem: &Problem<'_>,
    solution: &mut Solution,
    neighbours: &[Vec<usize>],
    chance: &mut Pcg64,
) -> Vec<usize> {
    let seed = chance.random_range(0..problem.jobs.len());
    let longest = LONGEST_STRING.min(visits_a_day(solution));
    let number = chance.random_range(1..=(4 * REMOVED / (1 + longest)).saturating_sub(1).max(1));
    let mut ruined: Vec<(usize, usize)> = Vec::with_capacity(number);
    let mut lost = Vec::with_capacity(2 * REMOVED);
    for near in neighbours[seed].iter().copied() {
        if ruined.len() == number {
            break;
        }
        let Some(day) = pick(&solution.chains[near], chance).copied() else { continue };
        let Some((crew, at)) = place_of(solution, near, day) else { continue };
        if ruined.contains(&(day, crew)) {
            continue;
        }
        ruined.push((day, crew));
        let stops = &solution.days[day][crew].stops;
        let length = chance.random_range(1..=longest.min(stops.len()));
        // Half of the strings may keep visits within them (the split strings of the same).
        let kept = if chance.random_bool(0.5) { chance.random_range(0..=stops.len() - length) } else { 0 };
        let first = chance.random_range((at + 1).saturating_sub(length + kept)..=at.min(stops.len() - length - kept));
        let keeps_from = first + chance.random_range(0..=length);
        let is_kept = |at: &usize| (keeps_from..keeps_from + kept).contains(at);
        let taken = (first..first + length + kept).filter(|at| !is_kept(at));
        let jobs: Vec<usize> = taken.map(|at| stops[at].job).collect();
        lost.extend(jobs.into_iter().filter(|job| solution.remove_from(problem, *job, day)));
    }
    lost
}

/// Visits of a crew's day that has any, on average.
fn visits_a_day(solution: &Solution) -> usize {
    let used = solution.days.iter().flatten().map(|crew_day| crew_day.stops.len()).filter(|stops| *stops > 0);
    let (days, visits) = used.fold((0, 0), |(days, visits), stops| (days + 1, visits + stops));
    visits.div_ceil(days.max(1)).max(1)
}

fn place_of(solution: &Solution, job: usize, day: usize) -> Option<(usize, usize)> {
    solution.days[day].iter().enumerate().find_map(|(crew, crew_day)| {
        crew_day.stops.iter().position(|stop| stop.job == job).map(|position| (crew, position))
    })
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
    solution.pairs(day).retain(|crew_day| !crew_day.stops.is_empty());
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
        solution.pairs(day).push(CrewDay::of(problem, crew));
    }
    pair_the_rest(problem, solution, day, chance);
    lost
}

/// Visits that weigh no more than one that has no place, out of a crew's day of its window that passes near its home.
fn make_way(
    problem: &Problem<'_>,
    solution: &mut Solution,
    (neighbours, absent): (&[Vec<usize>], &[usize]),
    chance: &mut Pcg64,
) -> Vec<usize> {
    let Some(job) = pick(absent, chance).copied() else { return strings(problem, solution, neighbours, chance) };
    let previous = solution.chains[job].last().copied();
    let Some(window) = problem.next_window(job, previous) else { return Vec::new() };
    let days: Vec<usize> = problem.days_of(job, window, previous).collect();
    let weight = problem.jobs[job].weight;
    let near = neighbours[job].iter().copied().find_map(|near| {
        let day = solution.chains[near].iter().copied().find(|day| days.binary_search(day).is_ok())?;
        let (crew, _) = place_of(solution, near, day)?;
        let suits = problem.suits(&solution.days[day][crew].crew, job);
        (suits && chance.random_bool(0.5)).then_some((day, crew))
    });
    let Some((day, crew)) = near else { return Vec::new() };
    let stops = solution.days[day][crew].stops.iter().map(|stop| stop.job);
    let mut lighter: Vec<usize> = stops.filter(|other| problem.jobs[*other].weight <= weight).collect();
    lighter.shuffle(chance);
    lighter.truncate(chance.random_range(1..=lighter.len().max(1)));
    lighter.retain(|other| solution.remove_from(problem, *other, day));
    lighter.push(job);
    lighter
}

fn pick<'a, T>(items: &'a [T], chance: &mut Pcg64) -> Option<&'a T> {
    (!items.is_empty()).then(|| &items[chance.random_range(0..items.len())])
}
