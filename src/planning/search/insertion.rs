//! The best place for a visit: over the days of its window, the crews of each, the places in each
//! crew's day.
#![expect(clippy::indexing_slicing, reason = "days, crews and jobs are indexed by the problem's own lists")]

use super::problem::Problem;
use super::solution::{Cost, Slot, Solution, drift, moved, without_manager};
use crate::planning::constraint::shift::BASE;

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
    let mut best: Option<(Slot, Cost)> = None;
    for day in problem.days_of(job, window, previous) {
        let on = i64::try_from(day).unwrap_or(i64::MAX);
        let late = problem.jobs[job].weight * window.days_late(on);
        if best.is_some_and(|(_, best)| best.late < late) {
            break;
        }
        let drift = drift(problem, window.ideal, on);
        if problem.spans(job, day).is_empty() {
            continue;
        }
        for (crew, crew_day) in solution.days[day].iter().enumerate() {
            let fixed =
                drift + without_manager(problem, &crew_day.crew, job) + moved(problem, &crew_day.crew, job, day);
            if best.is_some_and(|(_, best)| best <= Cost { late, soft: fixed }) || !problem.suits(&crew_day.crew, job) {
                continue;
            }
            for position in 0..=crew_day.stops.len() {
                let slot = Slot { day, crew, position };
                let cost = Cost { late, soft: fixed + detour(problem, solution, slot, job) };
                if best.is_none_or(|(_, best)| cost < best) && !skip() && solution.fits(problem, slot, job, None) {
                    best = Some((slot, cost));
                }
            }
        }
    }
    best
}

/// The travel that a visit adds at a place.
fn detour(problem: &Problem<'_>, solution: &Solution, slot: Slot, job: usize) -> u64 {
    let stops = &solution.days[slot.day][slot.crew].stops;
    let before = slot.position.checked_sub(1).map_or(BASE, |at| stops[at].job + 1);
    let after = stops.get(slot.position).map_or(BASE, |stop| stop.job + 1);
    let with = u64::from(problem.travel(before, job + 1)) + u64::from(problem.travel(job + 1, after));
    with.saturating_sub(u64::from(problem.travel(before, after)))
}
