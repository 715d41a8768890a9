//! The checker's account: everything due is planned or unplaced, each once, and the sums are right.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;

use super::window::counts;
use super::{Findings, Rule};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::proposal::{PlannedVisit, Proposal, UnplacedReason};
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
        let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == row.offender_ref);
        let is_told = match (demand, last.contains_key(&row.offender_ref)) {
            (Some(demand), false) => row.window == Some(demand.window) && row.why.as_ref() == Some(&demand.why),
            (Some(_), true) => row.window.is_some() && row.why.is_some(),
            (None, _) => row.window.is_none() && row.why.is_none(),
        };
        findings.require(is_told, Rule::WindowFacts, &row.offender_ref, "is unplaced with a reason of its own making");
    }
    for demand in &snapshot.demands {
        let offender = &demand.offender_ref;
        let further = match (last.get(offender), &demand.recurrence) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(day), Some(recurrence)) => {
                let next = day.checked_add_days(Days::new(counts(recurrence, *day).interval_days.into()));
                let ends = demand.notification_ends_on.unwrap_or(snapshot.horizon.until);
                next.is_some_and(|next| next <= snapshot.horizon.until && next <= ends)
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
            // Known, but not for the days of its window: then there is none on which the offender lives there.
            Some(UnplacedReason::NoLocation) => {
                !unknown
                    && demand.place.as_ref().is_some_and(|place| place.resident_until.is_none())
                    && demand.place.as_ref().is_some_and(|place| place.resident_from <= snapshot.horizon.from)
                    && demand.notification_ends_on.is_none()
            }
            Some(UnplacedReason::NoAdmittedCrew) => unknown || demand.shut_out.is_empty(),
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
    sums(snapshot, proposal, findings);
}

fn sums(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    let summary = &proposal.summary;
    let by_reason: usize = summary.unplaced_by_reason.values().sum();
    let crews: BTreeSet<_> = proposal.visits.iter().map(|visit| (visit.date, &visit.crew)).collect();
    let of = |offender: &Ref| snapshot.demands.iter().find(|demand| demand.offender_ref == *offender);
    let is_by_own = |visit: &&PlannedVisit| {
        of(&visit.offender_ref)
            .and_then(|demand| demand.manager_ref.as_ref())
            .is_some_and(|own| visit.crew.contains(own))
    };
    let with_own_manager = proposal.visits.iter().filter(is_by_own).count();
    let weights = &snapshot.policy.risk_weights;
    let lateness: u64 =
        proposal.visits.iter().map(|visit| u64::from(weights.of(visit.risk)) * u64::from(visit.overdue_days)).sum();
    let right = summary.planned == proposal.visits.len()
        && summary.unplaced == proposal.unplaced.len()
        && by_reason == summary.unplaced
        && summary.due == summary.planned + summary.unplaced
        && summary.crew_days == crews.len()
        && summary.travel_seconds == proposal.score.travel
        && summary.with_own_manager == with_own_manager
        && proposal.score.lateness == lateness
        && summary.overdue == proposal.visits.iter().filter(|visit| visit.overdue_days > 0).count();
    findings.require(right, Rule::Accounting, proposal.id, "has a summary that its rows do not give");
}
