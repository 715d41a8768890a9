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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::case_file::{ForceFile, ForceFileBuilder};
    use crate::domain::flag::tests::{good, held};
    use crate::domain::moment::Moment;
    use crate::domain::record::{Record, RecordKind};

    const SENT: &str = "2021-01-01T00:00:00Z";

    type Row = (RecordKind, String, Value);

    fn row(kind: RecordKind, subject: &str, members: &Value) -> Row {
        (kind, subject.to_owned(), members.clone())
    }

    fn built(rows: &[Row]) -> ForceFile {
        let mut builder = ForceFileBuilder::default();
        for (kind, subject, members) in rows {
            let mut record = good(*kind);
            record.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            builder.add(held(subject, SENT, subject, Record::from_json(*kind, record).unwrap()));
        }
        builder.build()
    }

    fn merge(subject: &str, kept: &str, merged: &str, undone: bool) -> Row {
        row(RecordKind::Merge, subject, &json!({ "kept_ref": kept, "merged_ref": merged, "undone": undone }))
    }

    /// Case files without the merges themselves, as text.
    fn told(mut file: ForceFile) -> String {
        for case in file.cases.values_mut() {
            case.records.merges.clear();
        }
        format!("{:?}", file.cases)
    }

    fn two_records() -> Vec<Row> {
        vec![
            row(RecordKind::Offender, "a", &json!({})),
            row(RecordKind::Offender, "b", &json!({})),
            row(RecordKind::Visit, "v-a", &json!({ "offender_ref": "a", "attempted_at": "2021-01-01T10:00:00Z" })),
            row(RecordKind::Visit, "v-b", &json!({ "offender_ref": "b", "attempted_at": "2021-02-01T10:00:00Z" })),
            row(RecordKind::RiskManagementPlan, "p-a", &json!({ "offender_ref": "a", "effective_from": "2021-03-01" })),
            row(RecordKind::RiskManagementPlan, "p-b", &json!({ "offender_ref": "b", "effective_from": "2020-03-01" })),
            row(RecordKind::ProgrammedVisits, "a", &json!({ "dates": ["2021-05-01", "2021-06-01"] })),
            row(RecordKind::ProgrammedVisits, "b", &json!({ "dates": ["2021-05-01", "2021-04-20"] })),
            row(RecordKind::ReactiveManagement, "b", &json!({})),
            row(RecordKind::AccessRestriction, "b", &json!({ "offender_ref": "b", "excluded": ["om"] })),
        ]
    }

    #[test]
    fn what_counts_of_either_is_the_newest_of_both() {
        let mut rows = two_records();
        rows.push(merge("m", "a", "b", false));
        let file = built(&rows);
        let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        assert_eq!(file.cases.keys().map(Ref::as_str).collect::<Vec<_>>(), ["a"]);
        let case = file.case(&Ref::new("b").unwrap()).unwrap();
        assert_eq!(case.offender_ref.as_str(), "a");
        assert_eq!(case.last_qualifying_visit(at).unwrap().offender_ref.as_str(), "b");
        assert_eq!(case.current_plan(at).unwrap().offender_ref.as_str(), "a");
        let dates: Vec<String> =
            case.records.programmed.as_ref().unwrap().dates.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["2021-04-20", "2021-05-01", "2021-06-01"]);
        assert!(case.reactive_spell(at).is_none(), "nobody comes to be visited less because of a merge");
        let admits = |officer: &str| case.records.admits(Some(&Ref::new(officer).unwrap()));
        assert!(!admits("om") && admits("sup"));
    }

    proptest! {
        #[test]
        fn merged_and_unmerged_the_case_files_are_what_they_were(
            records in proptest::collection::vec((0_u8..4, 0_usize..4), 0..20),
            pairs in proptest::collection::vec((0_u8..5, 0_u8..5), 1..6),
        ) {
            let of = |number: u8| format!("o-{number}");
            let kinds = [RecordKind::Visit, RecordKind::Address, RecordKind::Breach, RecordKind::Disposal];
            let mut rows: Vec<Row> = (0..4).map(|number| row(RecordKind::Offender, &of(number), &json!({}))).collect();
            for (at, (offender, kind)) in records.iter().enumerate() {
                rows.push(row(kinds[*kind], &format!("r-{at}"), &json!({ "offender_ref": of(*offender) })));
            }
            let before = built(&rows);
            let with = |undone: bool| {
                let merges = pairs.iter().enumerate();
                let merges = merges.map(|(at, (kept, merged))| merge(&format!("m-{at}"), &of(*kept), &of(*merged), undone));
                built(&rows.iter().cloned().chain(merges).collect::<Vec<_>>())
            };
            let merged = with(false);
            let count = |file: &ForceFile| {
                let of_case = |case: &CaseFile| {
                    let records = &case.records;
                    records.visits.len() + records.addresses.len() + records.breaches.len() + records.disposals.len()
                };
                file.cases.values().map(of_case).sum::<usize>()
            };
            prop_assert_eq!(count(&merged), records.len(), "nothing is lost, and nothing counts twice");
            let people: usize = merged.cases.values().map(|case| 1 + case.merged.len()).sum();
            prop_assert_eq!(people, 4, "everybody is in one case");
            prop_assert_eq!(told(with(true)), told(before));
        }
    }
}
