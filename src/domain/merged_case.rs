//! Case files gathered across merges: the case of the record that is kept has what is known of those merged into it.
//!
//! Visits, plans, assessments, breaches, orders, addresses and all other records of either count, and the questions that are asked of
//! a case pick the newest of them as ever. What there is one of by the offender's own reference is the kept record's: who manages the case, the
//! spell of reactive management (so that nobody comes to be visited less because of a merge) and the offender's own
//! members. Dates that are programmed are those of either, and who is shut out by either record is shut out of the case.

use std::collections::BTreeMap;

use super::access_restriction::AccessRestriction;
use super::case_file::{CaseFile, CaseRecords};
use super::merge::resolve;
use super::offender::Offender;
use super::programmed_visits::ProgrammedVisits;
use super::record::Held;
use super::reference::Ref;

/// An offender's record that was merged into the one of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedOffender {
    /// Its reference.
    pub offender_ref: Ref,
    /// What it says.
    pub offender: Offender,
}

/// The case files of these offenders from the records about each, and where the case of each merged one went.
pub(super) fn gather(
    mut offenders: BTreeMap<Ref, Offender>,
    mut records: BTreeMap<Ref, CaseRecords>,
) -> (BTreeMap<Ref, CaseFile>, BTreeMap<Ref, Ref>) {
    let homes = {
        let merges = records.values().flat_map(|records| &records.merges);
        resolve(merges, |offender| offenders.contains_key(offender)).homes
    };
    let mut merged: BTreeMap<Ref, Vec<MergedOffender>> = BTreeMap::new();
    for (of, home) in &homes {
        if let Some(offender) = offenders.remove(of) {
            merged.entry(home.clone()).or_default().push(MergedOffender { offender_ref: of.clone(), offender });
        }
        if let Some(of_merged) = records.remove(of) {
            records.entry(home.clone()).or_default().take_in(of_merged);
        }
    }
    let case = |(offender_ref, offender): (Ref, Offender)| {
        let mut records = records.remove(&offender_ref).unwrap_or_default();
        records.put_in_order();
        let merged = merged.remove(&offender_ref).unwrap_or_default();
        (offender_ref.clone(), CaseFile { offender_ref, offender, records, merged })
    };
    (offenders.into_iter().map(case).collect(), homes)
}

impl CaseRecords {
    /// Takes in the records about an offender whose record was merged into this case's.
    fn take_in(&mut self, merged: Self) {
        let Self {
            addresses,
            orders,
            allocations,
            allocations_of_merged,
            assessments,
            other_assessments,
            plans,
            programmed,
            visits,
            attendances,
            notifications,
            intelligence,
            breaches,
            reactive: _,
            reactive_placements,
            reactive_reviews,
            reactive_decisions,
            arrests,
            safeguarding_referrals,
            safeguarding_decisions,
            disclosure_decisions,
            access,
            access_of_merged,
            legal_holds,
            circumstances,
            handovers,
            disposals,
            notifiable_changes,
            travels,
            merges,
        } = merged;
        self.addresses.extend(addresses);
        self.orders.extend(orders);
        self.allocations_of_merged.extend(allocations.into_iter().chain(allocations_of_merged));
        self.assessments.extend(assessments);
        self.other_assessments.extend(other_assessments);
        self.plans.extend(plans);
        self.programmed = of_both(self.programmed.take(), programmed);
        self.visits.extend(visits);
        self.attendances.extend(attendances);
        self.notifications.extend(notifications);
        self.intelligence.extend(intelligence);
        self.breaches.extend(breaches);
        self.reactive_placements.extend(reactive_placements);
        self.reactive_reviews.extend(reactive_reviews);
        self.reactive_decisions.extend(reactive_decisions);
        self.arrests.extend(arrests);
        self.safeguarding_referrals.extend(safeguarding_referrals);
        self.safeguarding_decisions.extend(safeguarding_decisions);
        self.disclosure_decisions.extend(disclosure_decisions);
        self.access_of_merged.extend(access.into_iter().chain(access_of_merged));
        self.legal_holds.extend(legal_holds);
        self.circumstances.extend(circumstances);
        self.handovers.extend(handovers);
        self.disposals.extend(disposals);
        self.notifiable_changes.extend(notifiable_changes);
        self.travels.extend(travels);
        self.merges.extend(merges);
    }

    /// The restrictions on who may see the case, that of its own record first.
    pub fn restrictions(&self) -> impl Iterator<Item = &AccessRestriction> {
        self.access.iter().chain(&self.access_of_merged)
    }

    /// True when an officer may see the case, as [`AccessRestriction::admits`]: none of its records shuts them out.
    #[must_use]
    pub fn admits(&self, officer: Option<&Ref>) -> bool {
        self.restrictions().all(|access| access.admits(officer))
    }
}

/// The dates programmed on either record, each once.
fn of_both(kept: Option<ProgrammedVisits>, merged: Option<ProgrammedVisits>) -> Option<ProgrammedVisits> {
    let (Some(kept), Some(merged)) = (&kept, &merged) else { return kept.or(merged) };
    let mut dates: Vec<_> = kept.dates.iter().chain(&merged.dates).copied().collect();
    dates.sort_unstable();
    dates.dedup();
    Some(ProgrammedVisits { dates })
}

/// Puts records in the order of their references, then of their age.
pub(super) fn in_order<T>(records: &mut [Held<T>]) {
    records.sort_by(|a, b| (&a.subject, a.event_time, &a.event_id).cmp(&(&b.subject, b.event_time, &b.event_id)));
}
