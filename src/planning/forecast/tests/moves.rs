//! Moves clear what they say, none can be left out, and lending comes first.

use proptest::prelude::*;

use super::super::crew_move::Move;
use super::super::desk::Desk;
use super::super::*;
use super::{ITERATIONS, asked, made, other, short, team};
use crate::domain::calendar::plus_days;
use crate::planning::worlds::{today, world};

/// What a plan leaves for want of a crew, counted from its rows alone.
fn missed_for_want_of_a_crew(proposal: &Proposal) -> usize {
    let reasons = [UnplacedReason::NoCapacityInWindow, UnplacedReason::NoCrewOnDuty];
    let ended = |unplaced: &&Unplaced| unplaced.window.is_some_and(|window| window.latest <= proposal.horizon.until);
    proposal.unplaced.iter().filter(ended).filter(|unplaced| reasons.contains(&unplaced.reason)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

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
