//! The forecast over invented worlds: what does not change is the baseline, figures are recounted day by day, moves clear
//! what they say and none can be left out, a number of officers is planned again, and chance is the seed's alone.

use proptest::prelude::*;
use serde_json::json;

use super::backlog::{Desk, Move, weigh};
use super::staffing::Bench;
use super::*;
use crate::domain::calendar::{days_between, minus_days, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::policy::Policies;
use crate::domain::refusal::RefusalCode;
use crate::planning::snapshot::{DueRule, OnDuty};
use crate::planning::worlds::{today, world};

const ITERATIONS: u32 = 20;

fn policies() -> (Policies, BankHolidays) {
    (Policies::built_in().unwrap(), BankHolidays::built_in().unwrap())
}

fn team(snapshot: Snapshot) -> TeamInput {
    TeamInput::of_snapshot(snapshot, policies().0.in_force(today()).unwrap())
}

/// A second team beside a world, with its own references.
fn other(seed: u64, offenders: usize, officers: usize, days: u32) -> TeamInput {
    let text = world(seed, offenders, officers, days).to_json().unwrap();
    let text = text.replace("\"p-", "\"q-").replace("\"om-", "\"on-").replace("\"west\"", "\"east\"");
    team(serde_json::from_str(&text).unwrap())
}

fn asked(changes: Vec<Change>, seed: u64) -> Asked {
    Asked { changes, clear_backlog: false, staffing: false, seed, iterations: ITERATIONS }
}

fn made(input: &Input, each: Each<'_>) -> Result<Forecast, ForecastError> {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    forecast(input, rules, each, &|_, _| {})
}

fn changed(teams: &[TeamInput], change: serde_json::Value) -> Result<Vec<TeamInput>, Refusal> {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let mut teams = teams.to_vec();
    apply(&mut teams, &[serde_json::from_value(change).unwrap()], 7, rules)?;
    Ok(teams)
}

/// What a plan leaves for want of a crew, counted from its rows alone.
fn missed_for_want_of_a_crew(proposal: &Proposal) -> usize {
    let reasons = [UnplacedReason::NoCapacityInWindow, UnplacedReason::NoCrewOnDuty];
    let ended = |unplaced: &&Unplaced| unplaced.window.is_some_and(|window| window.latest <= proposal.horizon.until);
    proposal.unplaced.iter().filter(ended).filter(|unplaced| reasons.contains(&unplaced.reason)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_what_a_recount_day_by_day_gives(
        seed in 0..u64::MAX, offenders in 0..50_usize, officers in 0..6_usize, days in 1..45_u32,
    ) {
        let snapshot = world(seed, offenders, officers, days);
        let course = course(&snapshot, Budget { seed, iterations: ITERATIONS }).unwrap();
        let outlook = Outlook::of(&course, &BTreeSet::new());
        let weights = snapshot.policy.risk_weights;
        let mut counted = 0;
        for week in &outlook.weeks {
            let (mut overdue, mut late) = (0, 0);
            for day in crate::domain::calendar::dates(week.from, week.until) {
                overdue = 0;
                for visit in course.made().filter(|visit| visit.window.latest <= day && day < visit.date) {
                    (overdue, late) = (overdue + 1, late + i64::from(weights.of(visit.risk)));
                }
                for left in course.left().iter().filter(|left| left.window.is_some_and(|window| window.latest <= day)) {
                    let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == left.offender_ref).unwrap();
                    (overdue, late) = (overdue + 1, late + i64::from(weights.of(demand.risk)));
                }
            }
            prop_assert_eq!((week.all.overdue, week.all.weighted_days_late), (overdue, late), "{}", week.from);
            let by_risk: i64 = week.by_risk.iter().map(|row| row.figures.due).sum();
            prop_assert_eq!(by_risk, week.all.due);
            counted += week.all.due;
        }
        let with_a_window = course.left().iter().filter(|left| left.window.is_some()).count();
        prop_assert_eq!(counted, i64::try_from(course.made().count() + with_a_window).unwrap());
        let planned: i64 = outlook.weeks.iter().map(|week| week.all.planned).sum();
        prop_assert_eq!(planned, i64::try_from(course.made().count()).unwrap());
        if let [only] = course.stages.as_slice() {
            let travel: i64 = outlook.weeks.iter().map(|week| week.travel_seconds).sum();
            let crew_days: i64 = outlook.weeks.iter().map(|week| week.crew_days_used).sum();
            prop_assert_eq!(travel, i64::try_from(only.proposal.summary.travel_seconds).unwrap());
            prop_assert_eq!(crew_days, i64::try_from(only.proposal.summary.crew_days).unwrap());
        }
    }

    #[test]
    fn a_course_never_visits_anybody_twice_on_a_day_nor_leaves_out_what_it_planned_to_the_next(
        seed in 0..u64::MAX, offenders in 20..60_usize, officers in 2..4_usize,
    ) {
        let snapshot = world(seed, offenders, officers, 42);
        let course = course(&snapshot, Budget { seed, iterations: ITERATIONS }).unwrap();
        let mut days = BTreeSet::new();
        for visit in course.made() {
            prop_assert!(days.insert((&visit.offender_ref, visit.date)), "{} {}", visit.offender_ref, visit.date);
            prop_assert!(visit.date >= visit.window.earliest);
        }
        for pair in course.stages.windows(2) {
            prop_assert_eq!(plus_days(pair[0].until, 1), pair[1].snapshot.horizon.from);
            prop_assert_eq!(days_between(course.horizon.from, pair[1].snapshot.horizon.from) % 7, 0);
        }
        // Everybody who is owed a visit is accounted for at the end: made once at least, or left.
        for demand in &snapshot.demands {
            let is_made = course.made().any(|visit| visit.offender_ref == demand.offender_ref);
            let is_left = course.left().iter().any(|left| left.offender_ref == demand.offender_ref);
            let has_ended = demand.notification_ends_on.is_some_and(|ends| ends < snapshot.horizon.until);
            prop_assert!(is_made || is_left || has_ended, "{}", demand.offender_ref);
        }
    }

    #[test]
    fn without_a_change_the_forecast_is_the_baseline_and_chance_is_the_seeds_alone(seed in 0..u64::MAX, offenders in 5..40_usize) {
        let teams = vec![team(world(seed, offenders, 4, 28)), other(seed, 10, 6, 28)];
        let officer = teams[0].snapshot.officers.first().map(|officer| officer.officer_ref.clone());
        let officer = officer.unwrap();
        // A Sunday, on which nobody works: nothing changes.
        let nothing = Change::Absent { officer_ref: officer, from: plus_days(today(), 3), until: plus_days(today(), 3) };
        let mut input = Input { teams, asked: asked(vec![nothing], seed) };
        input.asked.clear_backlog = true;
        let forwards = made(&input, &one_by_one).unwrap();
        for team in &forwards.teams {
            prop_assert_eq!(team.changed.as_ref(), Some(&team.baseline));
            prop_assert!(team.difference.iter().flatten().all(|week| week.all == outlook::Figures::default()));
        }
        let backwards = made(&input, &|count, work| (0..count).rev().for_each(work)).unwrap();
        prop_assert_eq!(serde_json::to_string(&forwards).unwrap(), serde_json::to_string(&backwards).unwrap());
    }

    #[test]
    fn a_crew_day_more_beside_what_is_planned_never_makes_it_later(
        seed in 0..u64::MAX, offenders in 20..60_usize, day in 0..21_u32,
    ) {
        let team = team(world(seed, offenders, 3, 21));
        let budget = Budget { seed, iterations: ITERATIONS };
        let first = plan(&team.snapshot, budget).unwrap();
        let date = plus_days(today(), day);
        let Some((from, until)) = added::hours_on(&team.snapshot, date) else { return Ok(()) };
        let (_, proposal) = Desk::new(&team, &first, budget).glance(&[Move::CrewDay { date, from, until }]).unwrap();
        let late = |proposal: &Proposal| proposal.score.lateness + proposal.score.unmet;
        prop_assert!(late(&proposal) <= late(&first), "{} {}", late(&proposal), late(&first));
        let stays = first.visits.iter().filter(|visit| {
            proposal.visits.iter().any(|other| {
                (&other.offender_ref, other.date, other.start, &other.crew)
                    == (&visit.offender_ref, visit.date, visit.start, &visit.crew)
            })
        });
        prop_assert_eq!(stays.count(), first.visits.len());
    }

    #[test]
    fn moves_clear_what_they_say_and_none_can_be_left_out(seed in 0..u64::MAX, offenders in 15..45_usize) {
        let team = team(world(seed, offenders, 3, 21));
        let budget = Budget { seed, iterations: ITERATIONS };
        let first = plan(&team.snapshot, budget).unwrap();
        let mut input = Input { teams: vec![team.clone()], asked: asked(vec![], seed) };
        input.asked.clear_backlog = true;
        let forecast = made(&input, &one_by_one).unwrap();
        let found = forecast.teams[0].backlog.as_ref().unwrap();
        prop_assert_eq!(found.visits, missed_for_want_of_a_crew(&first));
        let desk = Desk::new(&team, &first, budget);
        let (left, proposal) = desk.settle(&found.moves).unwrap();
        prop_assert_eq!((found.visits_left, found.left.len()), (left.visits, left.visits));
        prop_assert_eq!(missed_for_want_of_a_crew(&proposal), left.visits);
        for at in 0..found.moves.len() {
            let mut fewer = found.moves.clone();
            fewer.remove(at);
            let (without, _) = desk.settle(&fewer).unwrap();
            prop_assert!(without.weighted_days > left.weighted_days, "{:?} is needless", found.moves[at]);
        }
    }

    #[test]
    fn the_least_number_of_officers_will_do_and_the_two_below_it_will_not(seed in 0..u64::MAX, offenders in 0..40_usize) {
        let team = team(world(seed, offenders, 4, 21));
        let (policies, bank_holidays) = policies();
        let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
        let budget = Budget { seed, iterations: ITERATIONS };
        let mut bench = Bench::new(&team, team.snapshot.clone(), budget, rules).unwrap();
        let (least, beyond) = bench.least(team.snapshot.officers.len()).unwrap();
        let least = least.unwrap();
        let missed = |officers: usize| -> usize {
            let snapshot = bench.staffed(officers);
            let plans = [0, ITERATIONS].map(|iterations| propose(&snapshot, Budget { iterations, ..budget }, |_| {}).unwrap());
            let missed = plans.iter().map(|plan| plan.unplaced.iter().filter(|row| is_missed(row, plan.horizon)).count());
            missed.min().unwrap()
        };
        prop_assert!(missed(least) <= beyond);
        for fewer in [1, 2].into_iter().filter_map(|fewer| least.checked_sub(fewer)) {
            prop_assert!(missed(fewer) > 0, "{fewer} of {least} would do");
        }
    }
}

/// A world whose three officers cannot make every visit.
fn short() -> TeamInput {
    let mut snapshot = world(5, 40, 2, 28);
    snapshot.without_requirement.clear();
    team(snapshot)
}

#[test]
fn a_team_that_is_short_is_told_what_clears_its_backlog_and_how_many_officers_it_takes() {
    let mut input = Input { teams: vec![short()], asked: asked(vec![], 1) };
    (input.asked.clear_backlog, input.asked.staffing) = (true, true);
    let told = std::sync::Mutex::new(Vec::new());
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let made = forecast(&input, rules, &one_by_one, &|done, of| told.lock().unwrap().push((done, of))).unwrap();
    let team = &made.teams[0];
    let backlog = team.backlog.as_ref().unwrap();
    assert!(backlog.visits > 0 && !backlog.moves.is_empty() && backlog.visits_left < backlog.visits, "{backlog:?}");
    let staffing = team.staffing.as_ref().unwrap();
    assert_eq!((staffing.present, staffing.scenarios.len()), (2, 11));
    assert!(staffing.undisturbed.least > Some(2), "{staffing:?}");
    assert!(staffing.low <= staffing.median && staffing.median <= staffing.high, "{staffing:?}");
    assert!(staffing.median >= staffing.undisturbed.least, "what goes wrong takes officers: {staffing:?}");
    assert!(staffing.scenarios.iter().all(|found| found.retries > 0), "{staffing:?}");
    // Visits that missed their window are made later, where somebody is free then.
    assert!(team.baseline.plans > 1);
    let steps = steps(&input, rules.policy);
    assert_eq!(told.into_inner().unwrap(), (1..=steps).map(|done| (done, steps)).collect::<Vec<_>>());
}

#[test]
fn a_team_that_can_spare_officers_lends_them_before_anybody_works_more() {
    let mut input = Input { teams: vec![other(1, 0, 6, 28), short()], asked: asked(vec![], 1) };
    input.asked.clear_backlog = true;
    let made = made(&input, &one_by_one).unwrap();
    let (lender, borrower) = (made.teams[0].backlog.as_ref().unwrap(), made.teams[1].backlog.as_ref().unwrap());
    assert_eq!((lender.visits, lender.moves.len()), (0, 0));
    let lent = borrower.moves.iter().filter(|one| matches!(one, Move::Lend { .. })).count();
    assert!(lent > 0, "{borrower:?}");
    let mut gone = BTreeSet::new();
    for one in &borrower.moves {
        if let Move::Lend { date, officer_refs, on_duty, .. } = one {
            for officer in officer_refs {
                assert!(gone.insert((*date, officer.clone())), "{officer} is lent twice on {date}");
                let known =
                    input.teams[0].snapshot.officers.iter().find(|known| known.officer_ref == *officer).unwrap();
                assert!(known.duties.iter().any(|duty| duty.date == *date));
            }
            assert!(on_duty.iter().all(|officer| officer.duties.len() == 1));
        }
    }
}

#[test]
fn what_is_hidden_takes_crews_time_and_is_neither_counted_nor_cleared() {
    let whole = short();
    let budget = Budget { seed: 1, iterations: ITERATIONS };
    let first = plan(&whole.snapshot, budget).unwrap();
    let hidden: BTreeSet<Ref> = first.unplaced.iter().map(|unplaced| unplaced.offender_ref.clone()).collect();
    assert!(!hidden.is_empty());
    let seen = TeamInput { uncounted: hidden.clone(), ..whole.clone() };
    let forecast = |team: &TeamInput| {
        let mut input = Input { teams: vec![team.clone()], asked: asked(vec![], 1) };
        input.asked.clear_backlog = true;
        made(&input, &one_by_one).unwrap().teams.remove(0)
    };
    let (all, told) = (forecast(&whole), forecast(&seen));
    let backlog = told.backlog.as_ref().unwrap();
    assert_eq!((backlog.visits, backlog.moves.len(), backlog.weighted_days), (0, 0, 0));
    assert!(all.backlog.unwrap().visits > 0 && weigh(&seen, &first).visits == 0);
    let course = course(&whole.snapshot, budget).unwrap();
    for (whole, told) in all.baseline.weeks.iter().zip(&told.baseline.weeks) {
        let of_hidden = |visit: &&crate::planning::proposal::PlannedVisit| {
            hidden.contains(&visit.offender_ref) && whole.from <= visit.date && visit.date <= whole.until
        };
        let theirs = course.made().filter(of_hidden).count();
        assert_eq!(whole.all.planned - told.all.planned, i64::try_from(theirs).unwrap(), "{}", whole.from);
        assert_eq!(whole.crew_days_used, told.crew_days_used, "crews are the whole team's");
    }
    let text = serde_json::to_string(&told).unwrap();
    assert!(hidden.iter().all(|offender| !text.contains(&format!("\"{offender}\""))), "{text}");
}

#[test]
fn each_change_does_what_it_says() {
    let teams = [team(world(3, 30, 4, 28)), other(4, 10, 4, 28)];
    let duties = |teams: &[TeamInput], officer: &str| -> usize {
        let officers = teams.iter().flat_map(|team| &team.snapshot.officers);
        officers.filter(|known| known.officer_ref.as_str() == officer).map(|known| known.duties.len()).sum()
    };
    let day = |days: u32| plus_days(today(), days).to_string();

    let away =
        changed(&teams, json!({"change": "absent", "officer_ref": "om-00", "from": day(0), "until": day(13)})).unwrap();
    assert!(duties(&away, "om-00") < duties(&teams, "om-00") && duties(&away, "om-00") > 0);
    assert_eq!(duties(&away, "om-01"), duties(&teams, "om-01"));
    let gone =
        changed(&teams, json!({"change": "absent", "officer_ref": "om-00", "from": "2021-01-01", "until": day(400)}))
            .unwrap();
    assert_eq!(gone[0].snapshot.officers.len(), 3);

    let left = changed(&teams, json!({"change": "leaves", "officer_ref": "om-01", "last_day": day(6)})).unwrap();
    let last = left[0].snapshot.officers.iter().find(|known| known.officer_ref.as_str() == "om-01").unwrap();
    assert!(last.duties.iter().all(|duty| duty.date <= plus_days(today(), 6)));

    let filled = json!({"change": "vacancy_filled", "team_ref": "east", "from": day(7), "skills": ["triage"]});
    let filled = changed(&teams, filled).unwrap();
    let new = filled[1]
        .snapshot
        .officers
        .iter()
        .find(|known| known.officer_ref.as_str().starts_with(added::SUPPOSED))
        .unwrap();
    assert_eq!((new.skills.as_slice(), filled[1].snapshot.officers.len()), (["triage".to_owned()].as_slice(), 5));
    assert!(new.duties.iter().all(|duty| duty.date >= plus_days(today(), 7)) && new.duties.len() > 5);

    let lent =
        json!({"change": "lent", "officer_ref": "om-02", "to_team_ref": "east", "from": day(0), "until": day(27)});
    let lent = changed(&teams, lent).unwrap();
    assert_eq!(duties(&lent[..1], "om-02"), 0);
    assert_eq!(duties(&lent[1..], "om-02"), duties(&teams, "om-02"));
    let barred = lent[1].snapshot.demands.iter().filter(|demand| lent[1].limited.contains(&demand.offender_ref));
    assert!(barred.clone().count() > 0);
    for demand in barred {
        assert!(demand.shut_out.iter().any(|officer| officer.as_str() == "om-02"), "{}", demand.offender_ref);
    }

    let interval = json!({"interval_days": 14, "earliest_after_days": 10, "latest_after_days": 18});
    let released = json!({"change": "releases", "team_ref": "west", "count": 3, "from": day(5), "until": day(9), "risk": "high", "interval": interval});
    let more = changed(&teams, released).unwrap();
    let new: Vec<&Demand> = more[0]
        .snapshot
        .demands
        .iter()
        .filter(|demand| demand.offender_ref.as_str().starts_with(added::SUPPOSED))
        .collect();
    assert_eq!(new.len(), 3);
    for demand in new {
        assert!(plus_days(today(), 5) <= demand.window.earliest && demand.window.earliest <= plus_days(today(), 9));
        assert_eq!(demand.window.latest, plus_days(demand.window.earliest, 15));
        assert_eq!(
            (demand.risk, demand.recurrence.as_ref().unwrap().interval.interval_days),
            (Some(RiskLevel::High), 14)
        );
    }

    let known =
        teams[0].snapshot.demands.iter().find(|demand| demand.why.counted_from >= minus_days(today(), 60)).unwrap();
    let level =
        json!({"change": "level", "offender_ref": known.offender_ref, "risk": "very_high", "interval": interval});
    let raised = changed(&teams, level).unwrap();
    let demand = raised[0].snapshot.demands.iter().find(|demand| demand.offender_ref == known.offender_ref).unwrap();
    assert_eq!((demand.risk, demand.window.ideal), (Some(RiskLevel::VeryHigh), plus_days(known.why.counted_from, 14)));
    let rare = json!({"interval_days": 365, "earliest_after_days": 300, "latest_after_days": 400});
    let level = json!({"change": "level", "offender_ref": known.offender_ref, "risk": "low", "interval": rare});
    let lowered = changed(&teams, level).unwrap();
    assert!(lowered[0].snapshot.demands.iter().all(|demand| demand.offender_ref != known.offender_ref));
    assert_eq!(lowered[0].later.len(), 1, "it is due after the days foreseen");

    let mut knowing = teams.to_vec();
    knowing[0]
        .released
        .push((plus_days(today(), 3), Demand { offender_ref: Ref::new("p-in").unwrap(), ..known.clone() }));
    let out = changed(&knowing, json!({"change": "released", "offender_ref": "p-in", "on": day(3)})).unwrap();
    assert_eq!(out[0].snapshot.demands.len(), teams[0].snapshot.demands.len() + 1);
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let teams = [team(world(3, 30, 4, 28)), other(4, 10, 4, 28)];
    let (first, last, after) =
        (today().to_string(), plus_days(today(), 27).to_string(), plus_days(today(), 28).to_string());
    let interval = |earliest: u32, ideal: u32, latest: u32| json!({"interval_days": ideal, "earliest_after_days": earliest, "latest_after_days": latest});
    let good = interval(10, 14, 18);
    use RefusalCode::{NotAcceptable, UnknownReference};
    for (change, code, pointer) in [
        (
            json!({"change": "absent", "officer_ref": "nobody", "from": first, "until": last}),
            UnknownReference,
            "officer_ref",
        ),
        (json!({"change": "absent", "officer_ref": "om-00", "from": last, "until": first}), NotAcceptable, "until"),
        (json!({"change": "absent", "officer_ref": "om-00", "from": after, "until": after}), NotAcceptable, "from"),
        (json!({"change": "leaves", "officer_ref": "om-00", "last_day": after}), NotAcceptable, "last_day"),
        (json!({"change": "vacancy_filled", "from": first}), NotAcceptable, "team_ref"),
        (json!({"change": "vacancy_filled", "team_ref": "north", "from": first}), UnknownReference, "team_ref"),
        (json!({"change": "vacancy_filled", "team_ref": "west", "from": after}), NotAcceptable, "from"),
        (
            json!({"change": "lent", "officer_ref": "om-00", "to_team_ref": "west", "from": first, "until": last}),
            NotAcceptable,
            "to_team_ref",
        ),
        (
            json!({"change": "lent", "officer_ref": "om-00", "to_team_ref": "north", "from": first, "until": last}),
            UnknownReference,
            "to_team_ref",
        ),
        (
            json!({"change": "lent", "officer_ref": "nobody", "to_team_ref": "east", "from": first, "until": last}),
            UnknownReference,
            "officer_ref",
        ),
        (json!({"change": "releases", "team_ref": "west", "count": 0, "from": first}), NotAcceptable, "count"),
        (json!({"change": "releases", "team_ref": "west", "count": 501, "from": first}), NotAcceptable, "count"),
        (
            json!({"change": "releases", "team_ref": "west", "count": 1, "from": first, "until": after}),
            NotAcceptable,
            "until",
        ),
        (
            json!({"change": "releases", "team_ref": "west", "count": 1, "from": first, "interval": interval(15, 14, 18)}),
            NotAcceptable,
            "interval",
        ),
        (json!({"change": "released", "offender_ref": "p-000", "on": first}), UnknownReference, "offender_ref"),
        (
            json!({"change": "level", "offender_ref": "nobody", "risk": "high", "interval": good}),
            UnknownReference,
            "offender_ref",
        ),
        (
            json!({"change": "level", "offender_ref": "p-none", "risk": "high", "interval": good}),
            NotAcceptable,
            "offender_ref",
        ),
        (
            json!({"change": "level", "offender_ref": "p-000", "risk": "high", "interval": interval(0, 14, 18)}),
            NotAcceptable,
            "interval",
        ),
        (
            json!({"change": "level", "offender_ref": "p-000", "risk": "high", "interval": interval(10, 14, 1_831)}),
            NotAcceptable,
            "interval",
        ),
    ] {
        let refused = changed(&teams, change.clone()).unwrap_err();
        assert_eq!(
            (refused.code, refused.pointer.as_str()),
            (code, format!("/changes/0/{pointer}").as_str()),
            "{change}"
        );
    }
    for unknown in [
        json!({"change": "absent", "officer_ref": "om-00", "from": first, "until": last, "reason": "x"}),
        json!({"change": "moved_on", "officer_ref": "om-00"}),
    ] {
        assert!(serde_json::from_value::<Change>(unknown.clone()).is_err(), "{unknown}");
    }
}

fn rated(failed: u32, events: u32, sickness: u32) -> Rates {
    let rate = |per_mille| rates::Rate { per_mille, counted_over: None };
    Rates { failed: rate(failed), events: rate(events), sickness: rate(sickness) }
}

#[test]
fn each_officer_is_ill_by_a_chance_of_their_own() {
    let pool = world(2, 0, 40, 91).officers;
    let ill = |officers: usize, per_mille: u32, seed: u64| {
        let mut officers = pool[..officers].to_vec();
        scenario::sicken(&mut officers, rated(0, 0, per_mille), 5, seed);
        officers
    };
    assert_eq!(ill(40, 0, 1), pool);
    assert_eq!(ill(10, 50, 1), ill(40, 50, 1)[..10], "more officers change nothing for the others");
    assert_ne!(ill(40, 50, 1), ill(40, 50, 2));
    let duties = |officers: &[OnDuty]| -> usize { officers.iter().map(|one| one.duties.len()).sum() };
    let lost = (duties(&pool) - duties(&ill(40, 50, 1))) * 1_000 / duties(&pool);
    assert!((30..75).contains(&lost), "{lost} in a thousand, of 50");
}

#[test]
fn attempts_that_fail_and_events_each_cost_a_visit_more_within_the_policys_days() {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let more = |rates: Rates, seed: u64| {
        let team = TeamInput { rates, ..team(world(6, 30, 4, 28)) };
        scenario::with_more_visits(&team, rules, seed).unwrap()
    };
    let (same, nothing) = more(rated(0, 0, 50), 1);
    assert_eq!((nothing.retries, nothing.events), (0, 0));
    assert_eq!(same, world(6, 30, 4, 28));
    let (snapshot, added) = more(rated(300, 4_000, 0), 1);
    assert!(added.retries > 5 && added.events > 5, "{added:?}");
    assert_eq!(snapshot.demands.len(), 30 + added.retries + added.events);
    for demand in snapshot.demands.iter().filter(|demand| demand.offender_ref.as_str().starts_with(added::SUPPOSED)) {
        let days = days_between(demand.window.earliest, demand.window.latest);
        let is_retry = demand.why.rule == DueRule::FailedAttempt;
        assert!(if is_retry { days == 6 } else { (5..=11).contains(&days) }, "{days}");
        assert!(demand.recurrence.is_none() && demand.window.ideal <= demand.last_day_due(snapshot.horizon));
    }
    assert_eq!(more(rated(300, 4_000, 0), 1).0, snapshot);
    assert_ne!(more(rated(300, 4_000, 0), 2).0, snapshot);
}
