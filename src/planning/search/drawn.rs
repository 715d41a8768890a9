//! The day drawn for an unannounced visit: any of its window, by the run's chance, so that nobody can guess it.

use super::chance::{below, mixed};
use super::job::Job;
use crate::planning::constraint::day::DayWindow;

/// The days drawn for a problem's jobs, and what a day off them costs.
#[derive(Debug)]
pub struct Drawn {
    /// What a day off the one drawn costs; nothing where no days are drawn.
    rate: u64,
    /// For each job the day of its first visit, and of one after a visit on each day of the horizon; none where none is drawn.
    days: Vec<Vec<Option<i64>>>,
}

impl Drawn {
    /// Draws by a run's seed. `open` are the days of the horizon on which anybody is on duty, in order, each with its place in the
    /// week; there are `horizon` days.
    #[must_use]
    pub fn by(seed: u64, rate: u64, open: &[(i64, usize)], (jobs, horizon): (&[Job], usize)) -> Self {
        let days = |job: &Job| {
            if rate == 0 || !job.is_unannounced {
                return Vec::new();
            }
            let before = std::iter::once(None).chain((0..horizon).map(Some));
            let draw = |previous| drawn(seed, open, job, job.next_window(previous)?, previous);
            before.map(draw).collect()
        };
        Self { rate, days: jobs.iter().map(days).collect() }
    }

    /// The day drawn for a job's next visit, `previous` being the day planned for the one before: none where no further visit is
    /// due, or it is announced, or late already, and so made as soon as it can be.
    #[must_use]
    pub fn day(&self, job: usize, previous: Option<usize>) -> Option<i64> {
        self.days.get(job)?.get(previous.map_or(0, |day| day + 1)).copied().flatten()
    }

    /// What it costs that a visit is made on another day than the one drawn.
    #[must_use]
    pub const fn cost(&self, drawn: i64, day: i64) -> u64 {
        self.rate * day.abs_diff(drawn)
    }
}

/// A day of a window. An accepted day of the window stays the one that was drawn.
///
/// Where the window has more room after its ideal day than before it, the days before are drawn oftener, so that visits of windows that
/// open within the horizon do not come later on average than the plan says. A window that opens at its ideal day, after an event, has all
/// its days drawn alike.
fn drawn(seed: u64, open: &[(i64, usize)], job: &Job, window: DayWindow, previous: Option<usize>) -> Option<i64> {
    if window.is_past() {
        return None;
    }
    let days = job.days(window, previous);
    if let Some((accepted, _)) = job.accepted.iter().find(|(day, _)| days.contains(day)) {
        return Some(*accepted);
    }
    let is_possible = |(day, weekday): &(i64, usize)| (days.contains(day) && job.may_be_on(*weekday)).then_some(*day);
    let possible: Vec<i64> = open.iter().filter_map(is_possible).collect();
    let (early, late) = possible.split_at(possible.partition_point(|day| *day <= window.ideal));
    let count = |days: &[i64]| u64::try_from(days.len()).unwrap_or_default();
    let (weight_early, weight_late) = weights(window);
    let (all_early, all_late) = (count(early) * weight_early, count(late) * weight_late);
    let mut chance = chance(seed, job, previous);
    let part = if below(all_early + all_late, &mut chance) < all_early { early } else { late };
    usize::try_from(below(count(part), &mut chance)).ok().and_then(|at| part.get(at)).copied()
}

/// Chance of its own for each visit, whatever else the search does and whoever else is due.
fn chance(seed: u64, job: &Job, previous: Option<usize>) -> u64 {
    let after = previous.and_then(|day| u64::try_from(day + 1).ok()).unwrap_or_default();
    mixed(mixed(mixed(seed) ^ job.key) ^ after)
}

/// How often a day up to a window's ideal one is drawn, and how often a day after it. By the squares of the room on the other side, both
/// parts bear the same on the mean.
fn weights(window: DayWindow) -> (u64, u64) {
    let (before, after) = (window.ideal.abs_diff(window.earliest), window.latest.abs_diff(window.ideal));
    if before == 0 || after <= before { (1, 1) } else { (after * after, before * before) }
}

#[cfg(test)]
mod tests {
    use crate::domain::calendar::{minus_days, plus_days};
    use crate::domain::risk_management_plan::{TimeWindow, VisitInterval};
    use crate::domain::working_time::{DayOfWeek, TimeOfDay};
    use crate::planning::proposal::propose;
    use crate::planning::search::Budget;
    use crate::planning::search::problem::Problem;
    use crate::planning::snapshot::{Recurrence, Snapshot, Window};
    use crate::planning::worlds::{accepted, today, world};

    /// One offender whose window has these days of the horizon, which has sixty with somebody on duty on most weekdays.
    fn one(earliest: u32, ideal: u32, latest: u32) -> Snapshot {
        let mut snapshot = world(3, 1, 8, 60);
        let demand = &mut snapshot.demands[0];
        let on = |day| plus_days(today(), day);
        demand.window = Window { earliest: on(earliest), ideal: on(ideal), latest: on(latest) };
        demand.needs.unannounced = true;
        demand.place.as_mut().unwrap().resident_until = None;
        demand.notification_ends_on = None;
        snapshot
    }

    fn drawn(snapshot: &Snapshot, seeds: u64) -> Vec<i64> {
        let day = |seed| {
            let problem = Problem::new(snapshot, seed);
            problem.drawn_day(0, None)
        };
        (0..seeds).filter_map(day).collect()
    }

    #[test]
    fn every_day_of_the_window_with_somebody_on_duty_is_drawn_and_none_else() {
        for (earliest, ideal, latest) in [(10, 20, 30), (0, 0, 12), (5, 40, 59), (50, 59, 80)] {
            let snapshot = one(earliest, ideal, latest);
            let drawn = drawn(&snapshot, 3_000);
            let days: std::collections::BTreeSet<i64> = drawn.iter().copied().collect();
            let problem = Problem::new(&snapshot, 0);
            let is_open = |day: &i64| !problem.available(usize::try_from(*day).unwrap()).is_empty();
            let open = (i64::from(earliest)..=i64::from(latest.min(59))).filter(is_open).collect();
            assert_eq!((drawn.len(), days), (3_000, open));
        }
    }

    #[test]
    fn visits_do_not_come_later_on_average_than_the_plan_says() {
        for (earliest, ideal, latest) in [(10, 20, 30), (10, 15, 40), (10, 35, 40)] {
            let drawn = drawn(&one(earliest, ideal, latest), 4_000);
            let sum: i64 = drawn.iter().sum();
            assert!(sum <= (i64::from(ideal) + 1) * 4_000, "{earliest} {ideal} {latest}: {}", sum / 4_000);
        }
    }

    #[test]
    fn a_day_without_times_of_the_plan_is_not_drawn() {
        let mut snapshot = one(0, 20, 40);
        let window = TimeWindow { weekdays: vec![DayOfWeek::Tue], from: TimeOfDay::NOON, until: TimeOfDay::LAST };
        snapshot.demands[0].needs.time_windows = vec![window];
        let drawn = drawn(&snapshot, 200);
        assert_eq!(drawn.len(), 200);
        let weekday = |day: i64| DayOfWeek::of(plus_days(today(), u32::try_from(day).unwrap()));
        assert!(drawn.into_iter().all(|day| weekday(day) == DayOfWeek::Tue));
    }

    #[test]
    fn an_accepted_day_stays_the_one_that_was_drawn_whatever_the_seed() {
        let first = one(0, 20, 40);
        let proposal = propose(&first, Budget { seed: 1, iterations: 5 }, |_| {}).unwrap();
        let day = crate::domain::calendar::days_between(today(), proposal.visits[0].date);
        let follows = accepted(first, &proposal, today());
        assert_eq!(drawn(&follows, 20), vec![day; 20]);
    }

    #[test]
    fn nothing_is_drawn_for_announced_or_late_visits_or_where_policy_draws_nothing() {
        let mut announced = one(10, 20, 30);
        announced.demands[0].needs.unannounced = false;
        assert!(drawn(&announced, 9).is_empty());
        let mut late = one(10, 20, 30);
        late.demands[0].window = Window { latest: minus_days(today(), 1), ..late.demands[0].window };
        assert!(drawn(&late, 9).is_empty());
        let mut none = one(10, 20, 30);
        none.policy.costs.off_drawn_day = 0;
        assert!(drawn(&none, 9).is_empty());
    }

    #[test]
    fn the_day_drawn_after_a_visit_does_not_depend_on_the_days_drawn_before() {
        let mut snapshot = one(0, 0, 5);
        let interval = VisitInterval { interval_days: 20, earliest_after_days: 10, latest_after_days: 30 };
        let plan_ref = snapshot.demands[0].offender_ref.clone();
        snapshot.demands[0].recurrence = Some(Recurrence { plan_ref, interval, steps: vec![] });
        let problem = Problem::new(&snapshot, 7);
        let gap = |day: usize| Some(problem.drawn_day(0, Some(day))? - i64::try_from(day).unwrap());
        let gaps: std::collections::BTreeSet<i64> = (0..20).filter_map(gap).collect();
        assert!(gaps.len() > 5, "always as long after the visit before: {gaps:?}");
    }
}
