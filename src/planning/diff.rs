//! What a proposal changes against the accepted schedule: visit by visit, an offender's first against
//! the first, the second against the second.

use std::collections::BTreeMap;

use serde::Serialize;

use super::proposal::PlannedVisit;
use super::snapshot::AcceptedVisit;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;

/// When, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appointment {
    /// The day.
    pub date: CivilDate,
    /// When it begins.
    pub start: TimeOfDay,
    /// Who goes, by reference.
    pub crew: Vec<Ref>,
}

/// A visit that one schedule has, or that both have differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Whom.
    pub offender_ref: Ref,
    /// In the accepted schedule; none where the proposal adds it.
    pub accepted: Option<Appointment>,
    /// In the proposal; none where it takes it away.
    pub proposed: Option<Appointment>,
}

/// What a proposal changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Diff {
    /// Visits that stay as they are.
    pub kept: usize,
    /// Visits that the proposal adds.
    pub added: Vec<Changed>,
    /// Visits that it takes away.
    pub removed: Vec<Changed>,
    /// Visits on another day, at another time or by another crew.
    pub moved: Vec<Changed>,
}

/// What a proposal changes against the accepted visits of the same days.
#[must_use]
pub fn diff(accepted: &[AcceptedVisit], proposed: &[PlannedVisit]) -> Diff {
    let mut offenders: BTreeMap<&Ref, (Vec<Appointment>, Vec<Appointment>)> = BTreeMap::new();
    for visit in accepted {
        let of = &mut offenders.entry(&visit.offender_ref).or_default().0;
        of.push(appointment(visit.date, visit.start, &visit.crew));
    }
    for visit in proposed {
        let of = &mut offenders.entry(&visit.offender_ref).or_default().1;
        of.push(appointment(visit.date, visit.start, &visit.crew));
    }
    let mut diff = Diff::default();
    for (offender_ref, (mut accepted, mut proposed)) in offenders {
        accepted.sort_by_key(|visit| visit.date);
        proposed.sort_by_key(|visit| visit.date);
        let (mut accepted, mut proposed) = (accepted.into_iter(), proposed.into_iter());
        loop {
            let changed =
                Changed { offender_ref: offender_ref.clone(), accepted: accepted.next(), proposed: proposed.next() };
            match (&changed.accepted, &changed.proposed) {
                (None, None) => break,
                (None, Some(_)) => diff.added.push(changed),
                (Some(_), None) => diff.removed.push(changed),
                (Some(before), Some(after)) if before == after => diff.kept += 1,
                (Some(_), Some(_)) => diff.moved.push(changed),
            }
        }
    }
    diff
}

fn appointment(date: CivilDate, start: TimeOfDay, crew: &[Ref]) -> Appointment {
    let mut crew = crew.to_vec();
    crew.sort();
    Appointment { date, start, crew }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::plus_days;
    use crate::planning::proposal::propose;
    use crate::planning::search::Budget;
    use crate::planning::worlds::{accepted, today, world};

    #[test]
    fn what_is_kept_moved_added_and_removed_is_told_apart() {
        let snapshot = world(3, 30, 6, 14);
        let proposal = propose(&snapshot, Budget { seed: 1, iterations: 20 }, |_| {}).unwrap();
        let mut before = accepted(snapshot, &proposal, today()).parent.unwrap().visits;
        let all = proposal.visits.len();
        assert_eq!(diff(&before, &proposal.visits), Diff { kept: all, ..Diff::default() });
        before[0].date = plus_days(before[0].date, 60);
        let gone = before.pop().unwrap();
        before.push(AcceptedVisit { offender_ref: Ref::new("p-gone").unwrap(), ..gone.clone() });
        let changed = diff(&before, &proposal.visits);
        assert_eq!((changed.kept, changed.added.len(), changed.removed.len(), changed.moved.len()), (all - 2, 1, 1, 1));
        assert_eq!(changed.added[0].offender_ref, gone.offender_ref);
        assert_eq!(diff(&[], &proposal.visits).added.len(), all);
    }
}
