//! A proposal as the schedule that the search held: crews by day, each with its visits in order.
#![expect(clippy::indexing_slicing, reason = "days are indexed by the problem's own list")]

use std::collections::BTreeMap;

use crate::domain::calendar::days_between;
use crate::domain::reference::Ref;
use crate::planning::constraint::Span;
use crate::planning::crew::{Available, Crew};
use crate::planning::proposal::Proposal;
use crate::planning::search::crew_day::CrewDay;
use crate::planning::search::problem::Problem;
use crate::planning::search::set_out;
use crate::planning::search::solution::{Slot, Solution};

/// The schedule of a proposal, without the pairs that have no visits; nothing where the problem's snapshot does not give it.
pub(super) fn rebuilt(problem: &Problem<'_>, proposal: &Proposal) -> Option<Solution> {
    let snapshot = problem.snapshot;
    let officers: BTreeMap<&Ref, usize> =
        snapshot.officers.iter().enumerate().map(|(at, officer)| (&officer.officer_ref, at)).collect();
    let named = |job: usize| &snapshot.demands[problem.jobs[job].demand].offender_ref;
    let jobs: BTreeMap<&Ref, usize> = (0..problem.jobs.len()).map(|job| (named(job), job)).collect();
    let mut solution = Solution::empty(problem);
    let mut seats = Vec::new();
    let mut visits: Vec<_> = proposal.visits.iter().collect();
    visits.sort_by_key(|visit| (visit.date, visit.start));
    for visit in visits {
        let job = *jobs.get(&visit.offender_ref)?;
        let day = usize::try_from(days_between(snapshot.horizon.from, visit.date)).ok()?;
        let mut crew: Vec<usize> =
            visit.crew.iter().map(|officer| officers.get(officer).copied()).collect::<Option<_>>()?;
        crew.sort_unstable();
        let crews = solution.days.get(day)?;
        let at = match crews.iter().position(|crew_day| crew_day.crew.officers == crew) {
            Some(at) => at,
            None => {
                let on_duty = problem.available(day).iter().copied();
                let members: Vec<Available> = on_duty.filter(|available| crew.contains(&available.officer)).collect();
                if members.len() != crew.len() {
                    return None;
                }
                let crews = solution.pairs(day);
                crews.push(CrewDay::of(problem, Crew::of(&members)));
                crews.len() - 1
            }
        };
        let start = visit.start.seconds();
        let stays = problem.frozen.iter().any(|frozen| (frozen.job, frozen.day, frozen.start) == (job, day, start));
        let pinned = stays.then(|| Span { from: start, until: start + problem.jobs[job].duration });
        let slot = Slot { day, crew: at, position: solution.days[day][at].stops.len() };
        solution.insert(problem, slot, job, pinned);
        seats.push((slot, start));
    }
    set_out::draw(problem, &mut solution);
    let begins = |slot: &Slot| Some(solution.days[slot.day][slot.crew].stops.get(slot.position)?.start);
    let is_the_same = seats.iter().all(|(slot, start)| begins(slot) == Some(*start));
    is_the_same.then_some(solution)
}
