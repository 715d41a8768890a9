//! The smallest set of moves that clears a backlog: crew-days more, and officers lent by teams that can spare them.
//!
//! A backlog is what a plan over all the days leaves without a place, its window ended, for want of a crew. What is planned
//! stays as it is while moves are looked for; each in turn is the one that takes most off the backlog's weight. Then every
//! move is taken out in turn, and stays out where the backlog is cleared as well without it, until none can be: the set is
//! the smallest in that no move of it can be left out, not in that no other set is smaller.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::added::{hours_on, reference};
use super::outlook::NotPlannable;
use super::{Each, ForecastError, Rules, TeamInput, in_order, is_for_want_of_a_crew, is_missed};
use crate::domain::calendar::{CivilDate, dates, days_between};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::working_time::TimeOfDay;
use crate::planning::checker::check;
use crate::planning::constraint::crew_size::CREW_WITHOUT_APPROVAL;
use crate::planning::proposal::{Proposal, Unplaced, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::{AcceptedVisit, Duty, OnDuty, Parent, Snapshot};

/// Something that puts one more crew on duty on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    /// Two officers of another team, who have no visits that day, are lent.
    Lend {
        /// The day.
        date: CivilDate,
        /// By which team.
        from_team_ref: Ref,
        /// Who.
        officer_refs: Vec<Ref>,
        /// What they can do, and when they are on duty.
        #[serde(skip)]
        on_duty: Vec<OnDuty>,
    },
    /// Two officers more are on duty: overtime, or from elsewhere.
    CrewDay {
        /// The day.
        date: CivilDate,
        /// From when: the team's commonest hours on that weekday.
        from: TimeOfDay,
        /// Until when.
        until: TimeOfDay,
    },
}

impl Move {
    /// The day.
    #[must_use]
    pub const fn date(&self) -> CivilDate {
        match self {
            Self::Lend { date, .. } | Self::CrewDay { date, .. } => *date,
        }
    }

    fn lends(&self, day: CivilDate, officer: &Ref) -> bool {
        match self {
            Self::Lend { date, officer_refs, .. } => *date == day && officer_refs.contains(officer),
            Self::CrewDay { .. } => false,
        }
    }

    const fn is_more(&self) -> bool {
        match self {
            Self::Lend { .. } => false,
            Self::CrewDay { .. } => true,
        }
    }
}

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

/// A backlog's weight and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight {
    /// Risk-weighted days.
    pub weighted_days: u64,
    /// Visits.
    pub visits: usize,
}

/// The visits of a backlog.
fn of<'a>(team: &'a TeamInput, proposal: &'a Proposal) -> impl Iterator<Item = &'a Unplaced> {
    let counted = proposal.unplaced.iter().filter(|unplaced| !team.uncounted.contains(&unplaced.offender_ref));
    counted.filter(|unplaced| is_missed(unplaced, proposal.horizon))
}

/// The weight of what a plan leaves for want of a crew.
#[must_use]
pub fn weigh(team: &TeamInput, proposal: &Proposal) -> Weight {
    let weights: BTreeMap<&Ref, u64> = weights(team);
    let left = of(team, proposal).filter(|unplaced| is_for_want_of_a_crew(unplaced.reason));
    let unmet = u64::from(team.snapshot.policy.unmet_days);
    left.fold(Weight { weighted_days: 0, visits: 0 }, |sum, unplaced| {
        let late = unplaced.window.map_or(0, |window| days_between(window.latest, proposal.horizon.until) + 1);
        let weight = weights.get(&unplaced.offender_ref).copied().unwrap_or_default();
        let days = u64::try_from(late).unwrap_or_default() + unmet;
        Weight { weighted_days: sum.weighted_days + weight * days, visits: sum.visits + 1 }
    })
}

fn weights(team: &TeamInput) -> BTreeMap<&Ref, u64> {
    let policy = &team.snapshot.policy.risk_weights;
    let demands = team.snapshot.demands.iter();
    demands.map(|demand| (&demand.offender_ref, u64::from(policy.of(demand.risk)))).collect()
}

/// A team whose backlog is looked at.
#[derive(Debug)]
pub struct Desk<'a> {
    team: &'a TeamInput,
    /// The team with its plan, all of which stays.
    settled: TeamInput,
    budget: Budget,
}

impl<'a> Desk<'a> {
    /// A team with the plan whose backlog is to be cleared.
    #[must_use]
    pub fn new(team: &'a TeamInput, first: &Proposal, budget: Budget) -> Self {
        let mut settled = team.clone();
        let visits = first.visits.iter().map(|visit| AcceptedVisit {
            offender_ref: visit.offender_ref.clone(),
            date: visit.date,
            start: visit.start,
            crew: visit.crew.clone(),
            address_ref: visit.address_ref.clone(),
            frozen: true,
        });
        settled.snapshot.parent = Some(Parent { proposal_id: first.id, visits: visits.collect() });
        Self { team, settled, budget }
    }

    fn with(team: &TeamInput, moves: &[Move]) -> Result<Snapshot, ForecastError> {
        let mut team = team.clone();
        for (number, one) in moves.iter().enumerate() {
            for officer in officers(&team.snapshot, one, number + 1)? {
                team.take_on(officer);
            }
        }
        Ok(team.snapshot)
    }

    /// What is left once a move is made besides others, the rest staying as it is.
    pub(super) fn glance(&self, moves: &[Move]) -> Result<(Weight, Proposal), ForecastError> {
        let snapshot = Self::with(&self.settled, moves)?;
        let proposal = propose(&snapshot, Budget { iterations: 0, ..self.budget }, |_| {})?;
        Ok((weigh(self.team, &proposal), proposal))
    }

    /// The least that is left with these moves: with what is planned staying as it is, at once or after a search, or with
    /// all planned anew.
    ///
    /// # Errors
    /// As [`super::forecast`].
    pub fn settle(&self, moves: &[Move]) -> Result<(Weight, Proposal), ForecastError> {
        let mut best: Option<(Weight, Proposal)> = None;
        for (team, iterations) in
            [(&self.settled, 0), (&self.settled, self.budget.iterations), (self.team, self.budget.iterations)]
        {
            let snapshot = Self::with(team, moves)?;
            let proposal = propose(&snapshot, Budget { iterations, ..self.budget }, |_| {})?;
            match check(&snapshot, &proposal).len() {
                0 => {}
                broken => return Err(ForecastError::Condemned(broken)),
            }
            let weight = weigh(self.team, &proposal);
            if best.as_ref().is_none_or(|(least, _)| weight < *least) {
                best = Some((weight, proposal));
            }
            if weight.visits == 0 {
                break;
            }
        }
        best.ok_or(ForecastError::Unmade)
    }

    /// The days on which most weight is waiting and somebody of the team works on that weekday, so many of them.
    fn days(&self, proposal: &Proposal, most: usize) -> Vec<CivilDate> {
        let (weights, horizon) = (weights(self.team), proposal.horizon);
        let mut waiting: BTreeMap<CivilDate, u64> = BTreeMap::new();
        let left = of(self.team, proposal).filter(|unplaced| is_for_want_of_a_crew(unplaced.reason));
        for (unplaced, window) in left.filter_map(|unplaced| Some((unplaced, unplaced.window?))) {
            let last = if window.latest < horizon.from { horizon.until } else { window.latest.min(horizon.until) };
            for date in dates(window.earliest.max(horizon.from), last) {
                *waiting.entry(date).or_default() += weights.get(&unplaced.offender_ref).copied().unwrap_or_default();
            }
        }
        let mut days: Vec<(u64, CivilDate)> = waiting
            .into_iter()
            .filter(|(date, _)| hours_on(&self.team.snapshot, *date).is_some())
            .map(|(date, weight)| (u64::MAX - weight, date))
            .collect();
        days.sort_unstable();
        days.into_iter().take(most).map(|(_, date)| date).collect()
    }
}

/// The officers whom a move puts on duty.
fn officers(snapshot: &Snapshot, one: &Move, number: usize) -> Result<Vec<OnDuty>, ForecastError> {
    match one {
        Move::Lend { on_duty, .. } => Ok(on_duty.clone()),
        Move::CrewDay { date, from, until } => {
            let one = |member: usize| -> Result<OnDuty, ForecastError> {
                let officer_ref = reference(snapshot, &format!("crew-day-{number}-{member}"))
                    .map_err(|error| Refusal::new(RefusalCode::NotAcceptable, error.to_string()))?;
                let duty = Duty { date: *date, from: *from, until: *until };
                Ok(OnDuty { officer_ref, skills: Vec::new(), duties: vec![duty] })
            };
            (1..=CREW_WITHOUT_APPROVAL).map(one).collect()
        }
    }
}

/// Officers whom teams without a backlog can spare, by day: those on duty who have no visits.
struct Spare(BTreeMap<CivilDate, Vec<(Ref, OnDuty)>>);

impl Spare {
    fn of(teams: &[TeamInput], firsts: &[&Proposal]) -> Self {
        let mut spare: BTreeMap<CivilDate, Vec<(Ref, OnDuty)>> = BTreeMap::new();
        for (team, first) in teams.iter().zip(firsts) {
            let everybody = TeamInput { uncounted: BTreeSet::new(), ..(*team).clone() };
            if weigh(&everybody, first).visits > 0 {
                continue;
            }
            let busy: BTreeSet<(CivilDate, &Ref)> =
                first.visits.iter().flat_map(|visit| visit.crew.iter().map(|officer| (visit.date, officer))).collect();
            for officer in &team.snapshot.officers {
                for duty in officer.duties.iter().filter(|duty| !busy.contains(&(duty.date, &officer.officer_ref))) {
                    let free = OnDuty { duties: vec![*duty], ..officer.clone() };
                    spare.entry(duty.date).or_default().push((team.snapshot.team_ref.clone(), free));
                }
            }
        }
        Self(spare)
    }

    /// Two of one team on a day, of the same hours where there are such; none of those who go with `moves`.
    fn pair(&self, date: CivilDate, borrower: &Ref, moves: &[Move]) -> Option<Move> {
        let is_free = |(team, officer): &&(Ref, OnDuty)| {
            team != borrower && !moves.iter().any(|one| one.lends(date, &officer.officer_ref))
        };
        let free: Vec<&(Ref, OnDuty)> = self.0.get(&date)?.iter().filter(is_free).collect();
        let pairs =
            free.iter().enumerate().flat_map(|(at, first)| free.iter().skip(at + 1).map(move |other| (first, other)));
        let hours = |officer: &OnDuty| officer.duties.first().map(|duty| (duty.from, duty.until));
        let ((team, first), (_, other)) = pairs
            .filter(|(first, other)| first.0 == other.0)
            .min_by_key(|(first, other)| hours(&first.1) != hours(&other.1))?;
        Some(Move::Lend {
            date,
            from_team_ref: team.clone(),
            officer_refs: vec![first.officer_ref.clone(), other.officer_ref.clone()],
            on_duty: vec![first.clone(), other.clone()],
        })
    }

    fn take(&mut self, moves: &[Move]) {
        for (date, free) in &mut self.0 {
            free.retain(|(_, officer)| !moves.iter().any(|one| one.lends(*date, &officer.officer_ref)));
        }
    }
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
        left: of(desk.team, &proposal).filter(is_clearable).map(row).collect(),
        not_by_crews: of(desk.team, &proposal).filter(|unplaced| !is_clearable(unplaced)).map(row).collect(),
        snapshot_sha256: proposal.snapshot_sha256.clone(),
    })
}
