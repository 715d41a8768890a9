//! The search: construction, then ruin and recreate under a falling threshold.
//!
//! After Schrimpf and others (2000) and Christiaens and Vanden Berghe (2020): a part of the schedule
//! is taken away and made again greedily, now and then looking past the best place; what comes out is
//! kept when it is not much worse. The budget is a number of iterations, so that a run can be repeated
//! exactly.

pub mod construct;
pub mod insertion;
pub mod problem;
pub mod ruin;
pub mod solution;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use construct::{construct, place_all, place_chain};
use problem::Problem;
use ruin::{neighbours, ruin};
use solution::{Cost, Solution};

/// How long to search, and by which chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The seed of the run's chance.
    pub seed: u64,
    /// How many parts to ruin and recreate.
    pub iterations: u32,
}

/// The budget where none is given: a few seconds for a team of a few hundred offenders and 28 days.
pub const DEFAULT_ITERATIONS: u32 = 4_000;

/// One place in a hundred is looked past (Christiaens and Vanden Berghe 2020).
const BLINK_PERCENT: u32 = 1;

/// Visits without a place that are tried again in one iteration, besides those just taken away.
const ABSENT_TRIED: usize = 12;

/// The threshold at the start, in seconds of travel; it falls to nothing at the end.
const FIRST_THRESHOLD: u64 = 1_800;

/// The best schedule found. `progress` is told how many iterations are done, now and then.
pub fn search(problem: &Problem<'_>, budget: Budget, mut progress: impl FnMut(u32)) -> Solution {
    let mut chance = Pcg64::seed_from_u64(budget.seed);
    let (mut current, _) = construct(problem, &mut chance);
    if problem.jobs.is_empty() || problem.days.is_empty() {
        return current;
    }
    let neighbours = neighbours(problem);
    let mut cost = current.cost(problem);
    let (mut best, mut best_cost) = (current.clone(), cost);
    for iteration in 0..budget.iterations {
        let mut trial = current.clone();
        let lost = ruin(problem, &mut trial, &neighbours, &mut chance);
        recreate(problem, &mut trial, lost, &mut chance);
        let trial_cost = trial.cost(problem);
        if is_kept(trial_cost, cost, threshold(iteration, budget.iterations)) {
            (current, cost) = (trial, trial_cost);
            if cost < best_cost {
                (best, best_cost) = (current.clone(), cost);
            }
        }
        if iteration % 64 == 0 {
            progress(iteration);
        }
    }
    progress(budget.iterations);
    best
}

/// Kept when no later, and not costlier by more than the threshold.
const fn is_kept(trial: Cost, current: Cost, threshold: u64) -> bool {
    trial.late < current.late || (trial.late == current.late && trial.soft <= current.soft + threshold)
}

fn threshold(iteration: u32, iterations: u32) -> u64 {
    FIRST_THRESHOLD * u64::from(iterations - iteration) / u64::from(iterations)
}

/// Finds places for the visits taken away, and for some of those that had none.
fn recreate(problem: &Problem<'_>, solution: &mut Solution, lost: Vec<usize>, chance: &mut Pcg64) {
    let mut absent: Vec<usize> =
        solution.unserved(problem).into_iter().filter(|job| lost.binary_search(job).is_err()).collect();
    let mut jobs = lost;
    jobs.extend_from_slice(absent.partial_shuffle(chance, ABSENT_TRIED).0);
    if chance.random_bool(0.5) {
        place_all(problem, solution, jobs, || chance.random_range(0..100) < BLINK_PERCENT);
    } else {
        jobs.shuffle(chance);
        for job in jobs {
            place_chain(problem, solution, job, || chance.random_range(0..100) < BLINK_PERCENT);
        }
    }
}
