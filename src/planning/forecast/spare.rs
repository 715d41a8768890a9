//! Officers who can be lent without a visit being lost.

use std::collections::{BTreeMap, BTreeSet};

use super::TeamInput;
use super::crew_move::Move;
use super::desk::weigh;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::proposal::Proposal;
use crate::planning::snapshot::OnDuty;

/// Officers whom teams without a backlog can spare, by day: those on duty who have no visits.
#[derive(Debug)]
pub(super) struct Spare(BTreeMap<CivilDate, Vec<(Ref, OnDuty)>>);

impl Spare {
    /// Whom each team can spare from its plan.
    pub(super) fn of(teams: &[TeamInput], firsts: &[&Proposal]) -> Self {
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
    pub(super) fn pair(&self, date: CivilDate, borrower: &Ref, moves: &[Move]) -> Option<Move> {
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

    /// Those who go with moves can be spared no more.
    pub(super) fn take(&mut self, moves: &[Move]) {
        for (date, free) in &mut self.0 {
            free.retain(|(_, officer)| !moves.iter().any(|one| one.lends(*date, &officer.officer_ref)));
        }
    }
}
