//! Construction: a valid schedule at once. Officers are paired, frozen visits stay, and the visits
//! whose absence would weigh most find their place first.
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

use std::cmp::Reverse;

use rand_pcg::Pcg64;

use super::crew_day::CrewDay;
use super::frozen;
use super::insertion::best_slot;
use super::problem::Problem;
use super::solution::Solution;
use crate::planning::constraint::crew_size::CREW_WITHOUT_APPROVAL;
use crate::planning::crew::{Available, Crew, pair};

/// A valid schedule, and the visits that were to stay and could not, as places in the problem's list.
pub fn construct(problem: &Problem<'_>, chance: &mut Pcg64) -> (Solution, Vec<usize>) {
    let mut solution = Solution::empty(problem);
    let broken = frozen::place(problem, &mut solution).into_iter().map(|refused| refused.at).collect();
    for day in 0..problem.days.len() {
        pair_the_rest(problem, &mut solution, day, chance);
    }
    for job in 0..problem.jobs.len() {
        pair_for(problem, &mut solution, job, chance);
    }
    let unserved = solution.unserved(problem);
    place_all(problem, &mut solution, unserved);
    (solution, broken)
}

/// Places these jobs' next visits, and the visits that then follow, the weightiest first.
fn place_all(problem: &Problem<'_>, solution: &mut Solution, mut jobs: Vec<usize>) {
    jobs.sort_by_key(|job| order(problem, solution, *job));
    for job in jobs {
        place_chain(problem, solution, job, || false);
    }
}

/// Places a job's next visit, and those that then follow. `skip` may look past a place.
pub fn place_chain(problem: &Problem<'_>, solution: &mut Solution, job: usize, mut skip: impl FnMut() -> bool) {
    while let Some((slot, _)) = best_slot(problem, solution, job, &mut skip) {
        solution.insert(problem, slot, job, None);
    }
}

/// The weightiest first, then the one whose window ends first.
fn order(problem: &Problem<'_>, solution: &Solution, job: usize) -> (Reverse<u64>, i64, usize) {
    let previous = solution.chains[job].last().copied();
    let latest = problem.next_window(job, previous).map_or(i64::MAX, |window| window.latest);
    (Reverse(problem.cost_of_none(job, previous).late), latest, job)
}

/// Where no crew in a job's window suits it, pairs the officers of a day so
/// that one is: of the first day on which those on duty can.
fn pair_for(problem: &Problem<'_>, solution: &mut Solution, job: usize, chance: &mut Pcg64) {
    if problem.snapshot.crews.is_some() {
        return;
    }
    let days: Vec<usize> = problem
        .days_of(job, problem.jobs[job].window, None)
        .filter(|day| !problem.spans(job, *day).is_empty())
        .collect();
    let suits = |crew_day: &CrewDay| problem.suits(&crew_day.crew, job);
    if days.iter().any(|day| solution.days[*day].iter().any(suits)) {
        return;
    }
    // A crew of more than two was formed for another visit.
    let stays =
        |crew_day: &&CrewDay| !crew_day.stops.is_empty() || crew_day.crew.officers.len() > CREW_WITHOUT_APPROVAL;
    for day in days {
        let kept: Vec<CrewDay> = solution.days[day].iter().filter(stays).cloned().collect();
        if let Some(crew) = form_beside(problem, &kept, day, job) {
            *solution.pairs(day) = kept;
            solution.pairs(day).push(CrewDay::of(problem, crew));
            pair_the_rest(problem, solution, day, chance);
            return;
        }
    }
}

/// A crew that suits a job, of the officers of a day who are in none of the crews that stay; none where crews are given.
pub fn form_beside(problem: &Problem<'_>, kept: &[CrewDay], day: usize, job: usize) -> Option<Crew> {
    if problem.given(day).is_some() {
        return None;
    }
    let free: Vec<Available> =
        problem.available(day).iter().filter(|available| is_free(kept, available)).copied().collect();
    problem.form(&free, job).map(|members| Crew::of(&members))
}

fn is_free(crews: &[CrewDay], available: &Available) -> bool {
    crews.iter().all(|crew_day| !crew_day.crew.officers.contains(&available.officer))
}

/// Pairs the officers of a day who are in no crew yet, or puts the crews there that are given.
pub fn pair_the_rest(problem: &Problem<'_>, solution: &mut Solution, day: usize, chance: &mut Pcg64) {
    let crews = solution.pairs(day);
    if let Some(given) = problem.given(day) {
        let is_there = |crew: &&Crew| crews.iter().any(|crew_day| crew_day.crew == **crew);
        let missing: Vec<CrewDay> =
            given.iter().filter(|crew| !is_there(crew)).map(|crew| CrewDay::of(problem, crew.clone())).collect();
        crews.extend(missing);
        return;
    }
    let free: Vec<Available> =
        problem.available(day).iter().filter(|available| is_free(crews, available)).copied().collect();
    crews.extend(pair(free, problem.asked, chance).into_iter().map(|crew| CrewDay::of(problem, crew)));
}
