//! The rows of a week: on each day the crews with visits, then the officers on duty who have none.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::{Duty, Snapshot};

/// A crew, or an officer without visits, on a day.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Who, with the shift of each where the snapshot knows one.
    pub who: Vec<(&'a Ref, Option<Duty>)>,
    /// The visits, by time.
    pub visits: Vec<&'a PlannedVisit>,
}

/// The rows of a day.
pub(super) fn rows<'a>(snapshot: &'a Snapshot, proposal: &'a Proposal, date: CivilDate) -> Vec<Row<'a>> {
    let shifts: BTreeMap<&Ref, Duty> = snapshot
        .officers
        .iter()
        .filter_map(|officer| {
            let duty = officer.duties.iter().find(|duty| duty.date == date)?;
            Some((&officer.officer_ref, *duty))
        })
        .collect();
    let mut crews: BTreeMap<&[Ref], Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in proposal.visits.iter().filter(|visit| visit.date == date) {
        crews.entry(&visit.crew).or_default().push(visit);
    }
    let busy: BTreeSet<&Ref> = crews.keys().flat_map(|crew| crew.iter()).collect();
    let mut rows: Vec<Row<'a>> = crews
        .into_iter()
        .map(|(crew, mut visits)| {
            visits.sort_by_key(|visit| (visit.start, &visit.offender_ref));
            let who = crew.iter().map(|officer| (officer, shifts.get(officer).copied())).collect();
            Row { who, visits }
        })
        .collect();
    let free = shifts.into_iter().filter(|(officer, _)| !busy.contains(officer));
    rows.extend(free.map(|(officer, duty)| Row { who: vec![(officer, Some(duty))], visits: Vec::new() }));
    rows
}

/// The whole hours from before anything on these rows begins until after all of it has ended, the road to
/// the first visit included; office hours where nothing is on.
pub(super) fn hours<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> (u32, u32) {
    let mut spans = Vec::new();
    for row in rows {
        spans.extend(
            row.who.iter().filter_map(|(_, duty)| *duty).map(|duty| (duty.from.seconds(), duty.until.seconds())),
        );
        spans.extend(row.visits.iter().map(|visit| (leaves(visit), visit.end.seconds())));
    }
    let from = spans.iter().map(|(from, _)| from / 3_600).min();
    let until = spans.iter().map(|(_, until)| until.div_ceil(3_600)).max();
    from.zip(until).filter(|(from, until)| from < until).unwrap_or((8, 18))
}

/// When a crew takes the road to a visit at the latest, in seconds after midnight.
pub(super) fn leaves(visit: &PlannedVisit) -> u32 {
    visit.start.seconds().saturating_sub(visit.travel_seconds_before)
}
