use super::*;
use crate::domain::calendar::minus_days;
use crate::planning::proposal::propose;
use crate::planning::search::Budget;
use crate::planning::worlds::{today, world};

/// One offender at a level whose window ends so many days from today, visited on these days of a horizon of 91.
fn judged(risk: Option<RiskLevel>, ends_in: i64, visited: &[u32]) -> Judged {
    let mut yardstick = world(3, 1, 4, 91);
    let demand = &mut yardstick.demands[0];
    let latest = if ends_in < 0 {
        minus_days(today(), u32::try_from(-ends_in).unwrap())
    } else {
        plus_days(today(), u32::try_from(ends_in).unwrap())
    };
    demand.risk = risk;
    demand.window.latest = latest;
    demand.notification_ends_on = None;
    demand.recurrence = Some(Recurrence {
        plan_ref: demand.offender_ref.clone(),
        interval: VisitInterval { interval_days: 40, earliest_after_days: 30, latest_after_days: 50 },
        steps: vec![],
    });
    let mut proposal = propose(&yardstick, Budget { seed: 1, iterations: 0 }, |_| {}).unwrap();
    let one = proposal.visits.first().unwrap().clone();
    proposal.visits =
        visited.iter().map(|day| PlannedVisit { date: plus_days(today(), *day), ..one.clone() }).collect();
    judge(&yardstick, &proposal)
}

#[test]
fn a_schedule_is_judged_by_its_days_late_and_by_who_is_overdue_at_the_end_of_a_day() {
    let high = Some(RiskLevel::High);
    let after = |judged: &Judged| COUNTED_AFTER_DAYS.map(|days| judged.high_risk_overdue_after[&days]);
    for (what, ends_in, visited, days_late, overdue) in [
        ("visited in time, and again", 10, vec![5, 50], 0, [0, 0]),
        ("ten days overdue, visited on the fourth day, then never", -10, vec![3], 13 + 37, [0, 1]),
        ("never visited", 20, vec![], 70, [1, 1]),
        ("visited late", 20, vec![40], 20, [1, 0]),
        ("an early visit resets the clock", 60, vec![0], 40, [0, 1]),
        ("overdue at the end of the day only after its last", 27, vec![60], 33, [0, 0]),
    ] {
        let judged = judged(high, ends_in, &visited);
        assert_eq!((judged.weighted_days_late, after(&judged)), (4 * days_late, overdue), "{what}: {judged:?}");
    }
    let low = judged(Some(RiskLevel::Low), 20, &[]);
    assert_eq!((low.weighted_days_late, after(&low), low.overdue_after[&91]), (70, [0, 0], 1));
}
