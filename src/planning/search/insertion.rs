//! The best place for a visit: over the days of its window, the crews of each, the places in each
//! crew's day.
#![expect(clippy::indexing_slicing, reason = "days and crews are indexed by the problem's own lists")]

use super::cost::Cost;
use super::problem::Problem;
use super::solution::{Slot, Solution};

/// The cheapest place for a job's next visit, and what it costs there; nothing where it fits nowhere.
/// `skip` is asked before each place is tried, so that a search may look past it.
pub fn best_slot(
    problem: &Problem<'_>,
    solution: &Solution,
    job: usize,
    mut skip: impl FnMut() -> bool,
) -> Option<(Slot, Cost)> {
    let previous = solution.chains[job].last().copied();
    let window = problem.next_window(job, previous)?;
    let mut days: Vec<(Cost, usize)> = problem
        .days_of(job, window, previous)
        .filter_map(|day| {
            Some((problem.cost_within(job, window, previous, day)? + problem.cost_of_none(job, Some(day)), day))
        })
        .collect();
    // The best days first: what cannot be better than the best place so far is not looked at.
    days.sort_unstable();
    let mut best: Option<(Slot, Cost)> = None;
    let is_worse = |best: Option<(Slot, Cost)>, cost: Cost| best.is_some_and(|(_, best)| best <= cost);
    for (on_day, day) in days {
        if is_worse(best, on_day) {
            break;
        }
        for (crew, crew_day) in solution.days[day].iter().enumerate() {
            let by_crew = Cost { soft: on_day.soft + problem.crew_cost(&crew_day.crew, job, day), ..on_day };
            if is_worse(best, by_crew) || !problem.suits(&crew_day.crew, job) {
                continue;
            }
            for position in 0..=crew_day.stops.len() {
                let Some(road) = crew_day.road_added(problem, day, job, position) else { continue };
                let cost = Cost { soft: by_crew.soft + road, ..by_crew };
                if !is_worse(best, cost) && !skip() && crew_day.fits(problem, day, job, (position, None)) {
                    best = Some((Slot { day, crew, position }, cost));
                }
            }
        }
    }
    best
}
