//! When a crew sets out: drawn from the time that its day has to spare.
//!
//! A crew that always set out as its shift begins would make most of its visits in the morning, and whoever was visited in a morning
//! could count on the next. APP: days and times vary.
#![expect(clippy::indexing_slicing, reason = "days and crews are counted from the solution's own lists")]

use super::chance::{below, key, mixed};
use super::crew_day::CrewDay;
use super::problem::Problem;
use super::solution::Solution;

/// Draws by the run's seed when each crew sets out that has an unannounced visit; the order of its visits stays, and all of them can be
/// made still.
pub fn draw(problem: &Problem<'_>, solution: &mut Solution) {
    for day in 0..solution.days.len() {
        for crew in 0..solution.days[day].len() {
            let crew_day = &solution.days[day][crew];
            let mut minutes = minutes(problem, day, crew_day);
            // The time to spare is at most what is told: a break may leave less.
            while minutes > 0 && !solution.days[day][crew].set_out(problem, day, minutes * 60) {
                minutes /= 2;
            }
        }
    }
}

/// Minutes from the beginning of the shift to when the crew sets out.
fn minutes(problem: &Problem<'_>, day: usize, crew_day: &CrewDay) -> u32 {
    let is_unannounced = crew_day.stops.iter().any(|stop| problem.jobs[stop.job].is_unannounced);
    let percent = problem.snapshot.policy.drawn_setting_out_percent.min(100);
    if !is_unannounced || percent == 0 {
        return 0;
    }
    let minutes = crew_day.seconds_to_spare() / 60 * percent / 100;
    let officers = crew_day.crew.officers.iter().filter_map(|officer| problem.snapshot.officers.get(*officer));
    let names = officers.fold(0, |names, officer| mixed(names ^ key(officer.officer_ref.as_str())));
    let of_the_day = key(&problem.days[day].to_string());
    let mut chance = mixed(mixed(problem.seed) ^ names ^ of_the_day);
    u32::try_from(below(u64::from(minutes) + 1, &mut chance)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::domain::working_time::TimeOfDay;
    use crate::planning::checker::check;
    use crate::planning::proposal::{Proposal, propose};
    use crate::planning::search::Budget;
    use crate::planning::snapshot::Snapshot;
    use crate::planning::worlds::world;

    fn with(percent: u32, unannounced: bool) -> Vec<(Snapshot, Proposal)> {
        let plan = |seed| {
            let mut snapshot = world(seed, 40, 8, 28);
            snapshot.policy.drawn_setting_out_percent = percent;
            snapshot.demands.iter_mut().for_each(|demand| {
                demand.needs.unannounced = unannounced;
                demand.needs.time_windows = vec![];
            });
            let proposal = propose(&snapshot, Budget { seed, iterations: 200 }, |_| {}).unwrap();
            (snapshot, proposal)
        };
        (0..6).map(plan).collect()
    }

    /// Of all visits, how many in a hundred begin before noon.
    fn in_the_morning(plans: &[(Snapshot, Proposal)]) -> usize {
        let starts: Vec<TimeOfDay> =
            plans.iter().flat_map(|(_, proposal)| &proposal.visits).map(|visit| visit.start).collect();
        assert!(starts.len() > 150, "{}", starts.len());
        100 * starts.iter().filter(|start| **start < TimeOfDay::NOON).count() / starts.len()
    }

    #[test]
    fn mornings_are_no_surer_than_the_hours_of_duty_make_them() {
        let (at_once, drawn) = (in_the_morning(&with(0, true)), in_the_morning(&with(100, true)));
        assert!(drawn + 5 <= at_once, "{at_once} {drawn}");
    }

    #[test]
    fn the_days_the_crews_and_their_order_stay_and_no_rule_is_broken() {
        type Days<'a> = BTreeMap<String, Vec<&'a str>>;
        let days = |proposal: &Proposal| -> Vec<String> {
            let mut days = Days::new();
            for visit in &proposal.visits {
                let crew = format!("{} {:?}", visit.date, visit.crew);
                days.entry(crew).or_default().push(visit.offender_ref.as_str());
            }
            days.into_iter().map(|(crew, visits)| format!("{crew} {visits:?}")).collect()
        };
        for ((_, at_once), (snapshot, drawn)) in with(0, true).iter().zip(with(100, true)) {
            assert_eq!(days(at_once), days(&drawn));
            assert_eq!(at_once.score, drawn.score);
            assert_eq!(check(&snapshot, &drawn), []);
        }
    }

    #[test]
    fn crews_whose_visits_are_announced_set_out_at_once() {
        let starts = |plans: Vec<(Snapshot, Proposal)>| -> Vec<TimeOfDay> {
            plans.iter().flat_map(|(_, proposal)| &proposal.visits).map(|visit| visit.start).collect()
        };
        assert_eq!(starts(with(0, false)), starts(with(100, false)));
    }
}
