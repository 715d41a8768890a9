//! The smallest set of moves that clears a backlog: crew-days more, and officers lent by teams that can spare them.
//!
//! A backlog is what a plan over all the days leaves without a place, its window ended, for want of a crew. What is planned
//! stays as it is while moves are looked for; each in turn is the one that takes most off the backlog's weight. Then every
//! move is taken out in turn, and stays out where the backlog is cleared as well without it, until none can be: the set is
//! the smallest in that no move of it can be left out, not in that no other set is smaller.

use serde::Serialize;

use super::added::hours_on;
use super::crew_move::Move;
use super::desk::{Desk, Weight, missed, weigh};
use super::outlook::NotPlannable;
use super::spare::Spare;
use super::{Each, ForecastError, Rules, TeamInput, in_order, is_for_want_of_a_crew};
use crate::planning::proposal::{Proposal, Unplaced};
use crate::planning::search::Budget;

/// A backlog, and what clears it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backlog {
    /// Visits without a place for want of a crew.
    pub visits: usize,
    /// The days that they are and will be overdue, and the policy's for a visit not made, each times the weight of its risk ⚙.
    pub weighted_days: u64,
    /// The moves, by day.
    pub moves: Vec<Move>,
    /// Visits that have no place with them either.
    pub visits_left: usize,
    /// Their weight.
    pub weighted_days_left: u64,
    /// Them, with the reason.
    pub left: Vec<NotPlannable>,
    /// Visits that no crew more gives a place, with the reason.
    pub not_by_crews: Vec<NotPlannable>,
    /// The hash of what the plan with the moves was made from.
    pub snapshot_sha256: String,
}

/// The backlogs of teams and what clears each; of two teams the first named borrows first.
///
/// # Errors
/// As [`super::forecast`].
pub(super) fn backlogs(
    teams: &[TeamInput],
    firsts: &[&Proposal],
    budget: Budget,
    (rules, each): (Rules<'_>, Each<'_>),
    tell: &(dyn Fn() + Sync),
) -> Result<Vec<Backlog>, ForecastError> {
    let mut spare = Spare::of(teams, firsts);
    let mut found = Vec::with_capacity(teams.len());
    for (team, first) in teams.iter().zip(firsts) {
        let desk = Desk::new(team, first, budget);
        let moves = without_needless(&desk, look(&desk, first, &spare, (rules, each))?)?;
        spare.take(&moves);
        found.push(told(&desk, first, moves)?);
        tell();
    }
    Ok(found)
}

/// Moves, each the one that takes most off the backlog, until it is cleared or none takes anything off.
fn look(
    desk: &Desk<'_>,
    first: &Proposal,
    spare: &Spare,
    (rules, each): (Rules<'_>, Each<'_>),
) -> Result<Vec<Move>, ForecastError> {
    let policy = &rules.policy.forecast;
    let (mut moves, mut left, mut proposal): (Vec<Move>, Weight, Proposal) =
        (Vec::new(), weigh(desk.team, first), first.clone());
    while left.visits > 0 && moves.len() < policy.most_moves {
        let snapshot = &desk.team.snapshot;
        let mut options: Vec<Vec<Move>> = Vec::new();
        for date in desk.days(&proposal, policy.days_tried) {
            let crew_day = || hours_on(snapshot, date).map(|(from, until)| Move::CrewDay { date, from, until });
            let lent = spare.pair(date, &snapshot.team_ref, &moves);
            options.extend(lent.or_else(crew_day).map(|one| [moves.as_slice(), &[one]].concat()));
        }
        let glanced = in_order(options.len(), each, |at| desk.glance(options.get(at).ok_or(ForecastError::Unmade)?))?;
        // Of two that leave as little, lending comes before a crew-day more, and the earlier day before the later.
        let best = options.into_iter().zip(glanced).min_by(|(a, (left_a, _)), (b, (left_b, _))| {
            let order = |weight: &Weight, moves: &Vec<Move>| {
                (weight.weighted_days, moves.last().map(|last| (last.is_more(), last.date())))
            };
            order(left_a, a).cmp(&order(left_b, b))
        });
        match best {
            Some((with, (weight, planned))) if weight.weighted_days < left.weighted_days => {
                (moves, left, proposal) = (with, weight, planned);
            }
            Some(_) | None => break,
        }
    }
    Ok(moves)
}

/// The moves without those that can be left out, no more being left of the backlog.
fn without_needless(desk: &Desk<'_>, mut moves: Vec<Move>) -> Result<Vec<Move>, ForecastError> {
    moves.sort_by_key(|one| (one.date(), one.is_more()));
    let (mut least, _) = desk.settle(&moves)?;
    let mut at = moves.len();
    let mut unchanged = 0;
    while unchanged < moves.len() {
        at = if at == 0 { moves.len() - 1 } else { at - 1 };
        let mut fewer = moves.clone();
        fewer.remove(at.min(moves.len() - 1));
        let (weight, _) = desk.settle(&fewer)?;
        if weight.weighted_days <= least.weighted_days {
            (moves, least, unchanged) = (fewer, weight, 0);
        } else {
            unchanged += 1;
        }
    }
    Ok(moves)
}

fn told(desk: &Desk<'_>, first: &Proposal, moves: Vec<Move>) -> Result<Backlog, ForecastError> {
    let row = |unplaced: &Unplaced| NotPlannable {
        offender_ref: unplaced.offender_ref.clone(),
        reason: unplaced.reason,
        detail: unplaced.detail.clone(),
    };
    let before = weigh(desk.team, first);
    let (after, proposal) = desk.settle(&moves)?;
    let is_clearable = |unplaced: &&Unplaced| is_for_want_of_a_crew(unplaced.reason);
    Ok(Backlog {
        visits: before.visits,
        weighted_days: before.weighted_days,
        moves,
        visits_left: after.visits,
        weighted_days_left: after.weighted_days,
        left: missed(desk.team, &proposal).filter(is_clearable).map(row).collect(),
        not_by_crews: missed(desk.team, &proposal).filter(|unplaced| !is_clearable(unplaced)).map(row).collect(),
        snapshot_sha256: proposal.snapshot_sha256.clone(),
    })
}
