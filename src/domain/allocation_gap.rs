//! Why a managed case counts as unallocated, and since when. In the inspected force more than 100 were parked with a
//! supervisor after officers left (HMICFRS, Dorset 2021).

use super::calendar::{CivilDate, plus_days};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::officer::OfficerRole;
use super::policy::Policy;

/// Why a case is unallocated, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first reason that applies.
    pub reason: &'static str,
    /// Since when.
    pub since: CivilDate,
}

/// The gap in a managed offender's allocation on D, by the first reason that applies; nothing where an offender
/// manager in post and not on long absence has the case.
#[must_use]
pub fn gap(file: &CaseFile, force: &ForceFile, at: Moment, policy: &Policy) -> Option<Gap> {
    if !file.is_managed(at) {
        return None;
    }
    let today = at.today();
    let Some(allocation) = file.current_allocation(at) else {
        return Some(Gap { reason: "never_allocated", since: file.offender.status_since });
    };
    let from = allocation.from;
    let Some(officer_ref) = &allocation.officer_ref else {
        return Some(Gap { reason: "never_allocated", since: from });
    };
    let Some(officer) = force.officers.get(officer_ref) else {
        return Some(Gap { reason: "manager_unknown", since: from });
    };
    if officer.role != OfficerRole::OffenderManager {
        return Some(Gap { reason: "held_by_supervisor", since: from });
    }
    if let Some(until) = officer.in_post_until.filter(|until| *until < today) {
        return Some(Gap { reason: "manager_left", since: from.max(plus_days(until, 1)) });
    }
    if officer.in_post_from > today {
        return Some(Gap { reason: "manager_not_yet_in_post", since: from });
    }
    officer
        .long_absence_since(today, policy.long_absence_days)
        .map(|absent_from| Gap { reason: "manager_absent", since: from.max(absent_from) })
}
