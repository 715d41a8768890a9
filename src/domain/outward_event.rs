//! Outward events: what the records system is told of that was entered or decided here.
//!
//! The records system stays the system of record. It is told that there is something which it wants to hold too, by reference alone,
//! and calls back for what that is. When and by whom somebody is to be visited never goes out: of a visit that an accepted schedule has,
//! only the day by which it is to be made.

use super::record::{Record, RecordKind};

macro_rules! outward_events {
    ($($Event:ident, $name:literal, $doc:literal;)*) => {
        /// What the records system is told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OutwardEvent {
            $(#[doc = $doc] $Event,)*
        }

        impl OutwardEvent {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$Event),*];

            /// The event's type, as CloudEvents have it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Event => $name,)*
                }
            }

            /// What it tells, in a sentence.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self {
                    $(Self::$Event => $doc,)*
                }
            }
        }
    };
}

outward_events! {
    VisitOutcome, "mosovo.visit_outcome.v1", "A visit was recorded, confirmed or put right.";
    RiskManagementPlan, "mosovo.risk_management_plan.v1",
        "A risk management plan was drafted or approved, or one of its actions was completed, checked or deferred.";
    Allocation, "mosovo.allocation.v1", "A case was given to a manager.";
    Breach, "mosovo.breach.v1", "A breach was entered, suspected, investigated or decided.";
    CrimeReportRequest, "mosovo.crime_report_request.v1", "A breach is confirmed and has no crime report: one is asked for.";
    ReactiveManagement, "mosovo.reactive_management.v1",
        "A placement in reactive management was proposed or decided, or somebody in it was reviewed, retained or removed.";
    RiskLevel, "mosovo.risk_level.v1", "An assessment was entered, and with it a level of risk.";
    Merge, "mosovo.merge.v1", "Two offender records were found to be of one person, or that was undone.";
    ProgrammedVisitsWithdrawal, "mosovo.programmed_visits_withdrawal.v1",
        "Dates programmed in the records system are asked to be withdrawn: an accepted schedule has taken their place.";
}

impl OutwardEvent {
    /// The event of that type.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }

    /// What an entry on a record of a kind tells; nothing of the kinds that are this service's own affair.
    #[must_use]
    pub const fn of_entry(kind: RecordKind) -> Option<Self> {
        match kind {
            RecordKind::Visit => Some(Self::VisitOutcome),
            RecordKind::RiskManagementPlan => Some(Self::RiskManagementPlan),
            RecordKind::Allocation => Some(Self::Allocation),
            RecordKind::Breach => Some(Self::Breach),
            RecordKind::ReactiveManagement
            | RecordKind::ReactivePlacement
            | RecordKind::ReactiveReview
            | RecordKind::ReactiveDecision => Some(Self::ReactiveManagement),
            RecordKind::ArmsAssessment | RecordKind::OtherAssessment => Some(Self::RiskLevel),
            RecordKind::Merge => Some(Self::Merge),
            RecordKind::Team
            | RecordKind::Neighbourhood
            | RecordKind::Officer
            | RecordKind::Offender
            | RecordKind::Address
            | RecordKind::Order
            | RecordKind::ProgrammedVisits
            | RecordKind::Notification
            | RecordKind::Intelligence
            | RecordKind::CrimeReport
            | RecordKind::DipSample
            | RecordKind::DipSampleGrade
            | RecordKind::AccessRestriction
            | RecordKind::Arrest
            | RecordKind::SafeguardingReferral
            | RecordKind::SafeguardingDecision
            | RecordKind::DisclosureDecision
            | RecordKind::Disposal
            | RecordKind::NotifiableChange
            | RecordKind::ForeignTravel
            | RecordKind::VisitAttendance
            | RecordKind::Circumstance
            | RecordKind::Handover
            | RecordKind::Post
            | RecordKind::LegalHold => None,
        }
    }
}

/// Whether an entry makes a crime report wanted that was not before: the breach is confirmed now and has none.
#[must_use]
pub fn wants_crime_report(before: Option<&Record>, now: Option<&Record>) -> bool {
    now.is_some_and(is_without_report) && !before.is_some_and(is_without_report)
}

/// A confirmed breach without a crime report, or with one that was called cancelled here.
fn is_without_report(record: &Record) -> bool {
    let Record::Breach(breach) = record else { return false };
    breach.casework.state.is_confirmed() && breach.crime.as_ref().is_none_or(|crime| crime.cancellation.is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn breach(members: &Value) -> Record {
        let mut breach = json!({
            "offender_ref": "o", "kind": "notification", "provision": "SOA 2003 s.91", "first_failure_on": "2021-04-01",
            "discovered_at": "2021-04-10T09:00:00Z", "summary": "", "order_ref": null, "crime": null, "decision": null,
        });
        breach.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        Record::from_json(RecordKind::Breach, breach).unwrap()
    }

    #[test]
    fn a_crime_report_is_asked_for_when_a_breach_comes_to_be_confirmed_and_without_one() {
        let report = json!({ "crime": { "ref": "c-1", "recorded_at": "2021-04-10T10:00:00Z" } });
        let (suspected, confirmed, recorded) =
            (breach(&json!({ "state": "suspected" })), breach(&json!({})), breach(&report));
        for (before, now, expected) in [
            (None, Some(&confirmed), true),
            (Some(&suspected), Some(&confirmed), true),
            (Some(&confirmed), Some(&confirmed), false),
            (Some(&recorded), Some(&confirmed), true),
            (None, Some(&suspected), false),
            (None, Some(&recorded), false),
            (Some(&confirmed), None, false),
        ] {
            assert_eq!(wants_crime_report(before, now), expected, "{before:?} {now:?}");
        }
    }

    #[test]
    fn each_event_has_a_type_of_its_own_and_a_row_in_the_document() {
        let document = include_str!("../../docs/INTEGRATION.md");
        for event in OutwardEvent::ALL {
            assert_eq!(OutwardEvent::named(event.name()), Some(*event));
            assert!(document.contains(&format!("| `{}` |", event.name())), "{event:?}");
        }
        assert_eq!(OutwardEvent::named("mosovo.visit_outcome.v2"), None);
    }
}
