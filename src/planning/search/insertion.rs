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
    let roads = problem.roads(job + 1);
    let mut best: Option<(Slot, Cost)> = None;
    let is_worse = |best: Option<(Slot, Cost)>, cost: Cost| best.is_some_and(|(_, best)| best <= cost);
    // The best days first: what cannot be better than the best place so far is not looked at.
    for (on_day, day) in problem.days_by_cost(job, previous).iter().copied() {
        if is_worse(best, on_day) {
            break;
        }
        let call = problem.call(job, day, &None);
        for (crew, crew_day) in solution.days[day].iter().enumerate().filter(|(_, day)| day.has_room(call.duration)) {
            let by_crew = Cost { soft: on_day.soft + problem.crew_cost(&crew_day.crew, job, day), ..on_day };
            if is_worse(best, by_crew) || !problem.suits(&crew_day.crew, job) {
                continue;
            }
            let mut most = most_road(best, by_crew);
            for (position, road) in crew_day.with_room(roads, call.duration) {
                if road < most
                    && crew_day.may_take(&call, roads, position)
                    && !skip()
                    && crew_day.fits(problem, day, job, (position, None))
                {
                    let cost = Cost { soft: by_crew.soft + u64::from(road), ..by_crew };
                    best = Some((Slot { day, crew, position }, cost));
                    most = road;
                }
            }
        }
    }
    best
}

/// The road that a place must stay under to be better than the best so far.
fn most_road(best: Option<(Slot, Cost)>, by_crew: Cost) -> u32 {
    let Some((_, best)) = best.filter(|(_, best)| best.late == by_crew.late) else { return u32::MAX };
    u32::try_from(best.soft.saturating_sub(by_crew.soft)).unwrap_or(u32::MAX)
}
