//! The search: construction, then ruin and recreate, annealed.
//!
//! After Schrimpf and others (2000) and Christiaens and Vanden Berghe (2020): a part of the schedule
//! is taken away and made again greedily, now and then looking past the best place; what comes out is
//! kept when it is better, or not much worse, and less so as the search goes on. The budget is a number of iterations, and all
//! that decides is whole numbers, so that a run can be repeated exactly anywhere.
#![expect(clippy::indexing_slicing, reason = "jobs are indexed by the problem's own list")]

pub mod anneal;
pub mod chance;
pub mod construct;
pub mod cost;
pub mod crew_day;
pub mod drawn;
pub mod frozen;
pub mod insertion;
pub mod job;
pub mod problem;
pub mod ruin;
pub mod set_out;
pub mod solution;

use std::cmp::Reverse;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use anneal::Cooling;
use construct::{construct, place_chain};
use problem::Problem;
use ruin::{neighbours, ruin};
use solution::Solution;

use crate::planning::constraint::shift::BASE;

/// How long to search, and by which chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The seed of the run's chance.
    pub seed: u64,
    /// How many parts to ruin and recreate.
    pub iterations: u32,
}

/// The budget where none is given: about a second for a team of a few hundred offenders and 28 days.
pub const DEFAULT_ITERATIONS: u32 = 20_000;

/// One place in a hundred is looked past (Christiaens and Vanden Berghe 2020).
const BLINK_PERCENT: u32 = 1;

/// Visits without a place that are tried again in one iteration, besides those just taken away.
const ABSENT_TRIED: usize = 12;

/// The best schedule found. `progress` is told how many iterations are done, now and then.
pub fn search(problem: &Problem<'_>, budget: Budget, mut progress: impl FnMut(u32)) -> Solution {
    let mut chance = Pcg64::seed_from_u64(budget.seed);
    let (mut current, _) = construct(problem, &mut chance);
    if problem.jobs.is_empty() || problem.days.is_empty() {
        return current;
    }
    let neighbours = neighbours(problem);
    let cooling = Cooling::of(current.score(problem).travel, &current, budget.iterations);
    let (mut trial, mut best) = (current.clone(), current.clone());
    let mut absent = current.unserved(problem);
    for iteration in 0..budget.iterations {
        let lost = ruin(problem, &mut trial, (&neighbours, &absent), &mut chance);
        recreate(problem, &mut trial, (lost, &mut absent), &mut chance);
        if !trial.is_broken && cooling.keeps(trial.cost, current.cost, iteration, &mut chance) {
            current.take_over(&mut trial);
            absent = current.unserved(problem);
            if current.cost < best.cost {
                best.clone_from(&current);
            }
        } else {
            trial.take_back(&current);
        }
        if iteration % 64 == 0 {
            progress(iteration);
        }
    }
    progress(budget.iterations);
    set_out::draw(problem, &mut best);
    best
}

/// Finds places for the visits taken away, and for some of those that had none.
fn recreate(
    problem: &Problem<'_>,
    solution: &mut Solution,
    (mut jobs, absent): (Vec<usize>, &mut [usize]),
    chance: &mut Pcg64,
) {
    let is_short = !absent.is_empty();
    let tried = absent.partial_shuffle(chance, ABSENT_TRIED).0;
    let others: Vec<usize> = tried.iter().copied().filter(|job| !jobs.contains(job)).collect();
    jobs.extend(others);
    let mut blink = Pcg64::seed_from_u64(chance.random());
    let mut skip = || blink.random_range(0..100) < BLINK_PERCENT;
    jobs.shuffle(chance);
    match chance.random_range(0..9) {
        0..2 => jobs.sort_by_cached_key(|job| Reverse(problem.travel(BASE, *job + 1))),
        2 => jobs.sort_by_cached_key(|job| problem.travel(BASE, *job + 1)),
        3..5 => jobs.sort_by_cached_key(|job| {
            problem.next_window(*job, solution.chains[*job].last().copied()).map(|window| window.latest)
        }),
        _ => {}
    }
    if is_short {
        // Where not all find a place, those first whose absence weighs most.
        jobs.sort_by_key(|job| Reverse(problem.jobs[*job].weight));
    }
    for job in jobs {
        place_chain(problem, solution, job, &mut skip);
    }
}
