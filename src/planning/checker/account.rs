//! The checker's account: everything due is planned or unplaced, each once, and the sums are right.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;

use super::window::counts;
use super::{Findings, Rule};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::proposal::{Proposal, UnplacedReason};
use crate::planning::snapshot::Snapshot;

pub(super) fn check(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    let mut last: BTreeMap<&Ref, CivilDate> = BTreeMap::new();
    for visit in &proposal.visits {
        let newest = last.entry(&visit.offender_ref).or_insert(visit.date);
        *newest = visit.date.max(*newest);
    }
    let mut unplaced: BTreeMap<&Ref, UnplacedReason> = BTreeMap::new();
    for row in &proposal.unplaced {
        let first = unplaced.insert(&row.offender_ref, row.reason).is_none();
        findings.require(first, Rule::Accounting, &row.offender_ref, "is unplaced twice");
    }
    for demand in &snapshot.demands {
        let offender = &demand.offender_ref;
        let further = match (last.get(offender), &demand.recurrence) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(day), Some(recurrence)) => {
                let next = day.checked_add_days(Days::new(counts(recurrence, *day).interval_days.into()));
                next.is_some_and(|next| next <= snapshot.horizon.until)
            }
        };
        let reason = unplaced.remove(offender);
        findings.require(
            further == reason.is_some(),
            Rule::Accounting,
            offender,
            "is due and dropped, or unplaced and not due",
        );
        let unknown = snapshot.base.is_none() || demand.place.as_ref().is_none_or(|place| place.location.is_none());
        let wrong = match reason {
            Some(UnplacedReason::NoVisitRequirement) => true,
            Some(UnplacedReason::NoLocation) => !unknown,
            Some(_) => unknown,
            None => false,
        };
        findings.require(!wrong, Rule::Accounting, offender, "is unplaced for a reason that the facts do not give");
    }
    for offender in &snapshot.without_requirement {
        let reason = unplaced.remove(offender);
        findings.require(
            reason == Some(UnplacedReason::NoVisitRequirement),
            Rule::Accounting,
            offender,
            "has no requirement, and is not unplaced for that",
        );
    }
    for offender in unplaced.keys() {
        findings.broken(Rule::Accounting, offender, "is unplaced and not due");
    }
    sums(proposal, findings);
}

fn sums(proposal: &Proposal, findings: &mut Findings) {
    let summary = &proposal.summary;
    let by_reason: usize = summary.unplaced_by_reason.values().sum();
    let crews: BTreeSet<_> = proposal.visits.iter().map(|visit| (visit.date, &visit.crew)).collect();
    let right = summary.planned == proposal.visits.len()
        && summary.unplaced == proposal.unplaced.len()
        && by_reason == summary.unplaced
        && summary.due == summary.planned + summary.unplaced
        && summary.crew_days == crews.len()
        && summary.overdue == proposal.visits.iter().filter(|visit| visit.overdue_days > 0).count();
    findings.require(right, Rule::Accounting, proposal.id, "has a summary that its rows do not give");
}
