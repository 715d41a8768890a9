//! Outward events: what the records system is told of that was entered or decided here.
//!
//! The records system stays the system of record. It is told that there is something which it wants to hold too, by reference alone,
//! and calls back for what that is. When and by whom somebody is to be visited never goes out: of a visit that an accepted schedule has,
//! only the day by which it is to be made.

use super::breach_crime::live_crime_report;
use super::crime_report::CrimeReport;
use super::moment::Moment;
use super::record::{Record, RecordKind};
use super::reference::Ref;

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

/// Whether an entry makes a crime report wanted that was not before: the breach is confirmed now and has no live one among the
/// force's. Where the records system had cancelled it already, saying so here asks for another.
#[must_use]
pub fn wants_crime_report(
    subject: &Ref,
    (before, now): (Option<&Record>, Option<&Record>),
    reports: &[CrimeReport],
    at: Moment,
) -> bool {
    let is_without = |record: &Record| {
        let Record::Breach(breach) = record else { return false };
        breach.casework.state.is_confirmed() && live_crime_report((subject, breach), reports, at).is_none()
    };
    let has_number = |record: &Record| {
        let Record::Breach(breach) = record else { return false };
        breach.crime.as_ref().is_some_and(|crime| crime.cancellation.is_none())
    };
    let is_taken_back = before.is_some_and(has_number) && !now.is_some_and(has_number);
    now.is_some_and(is_without) && (is_taken_back || !before.is_some_and(is_without))
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

    /// A crime report of the number c-1.
    fn report(state: &str, breach_ref: Option<&str>) -> CrimeReport {
        let report =
            json!({ "ref": "c-1", "state": state, "recorded_at": "2021-04-10T10:00:00Z", "breach_ref": breach_ref });
        serde_json::from_value(report).unwrap()
    }

    #[test]
    fn a_crime_report_is_asked_for_when_a_breach_comes_to_be_confirmed_and_without_a_live_one() {
        let crime = json!({ "ref": "c-1", "recorded_at": "2021-04-10T10:00:00Z" });
        let mut cancelled = crime.clone();
        cancelled["cancellation"] =
            json!({ "cancelled_at": "2021-04-10T11:00:00Z", "reason": "invented", "entered_by": "om" });
        let (suspected, confirmed) = (breach(&json!({ "state": "suspected" })), breach(&json!({})));
        let (recorded, cancelled) = (breach(&json!({ "crime": crime })), breach(&json!({ "crime": cancelled })));
        let none = &[][..];
        let (live, of_another) = (&[report("recorded", Some("b"))][..], &[report("recorded", Some("other"))][..]);
        let cancelled_there = &[report("cancelled", None)][..];
        let elsewhere = CrimeReport { reference: Ref::new("c-2").unwrap(), ..report("recorded", Some("b")) };
        let live_elsewhere = &[elsewhere][..];
        for (before, now, reports, expected) in [
            (None, Some(&confirmed), none, true),
            (Some(&suspected), Some(&confirmed), none, true),
            (Some(&confirmed), Some(&confirmed), none, false),
            (Some(&recorded), Some(&confirmed), none, true),
            (Some(&recorded), Some(&cancelled), none, true),
            (None, Some(&suspected), none, false),
            (None, Some(&recorded), none, false),
            (Some(&confirmed), None, none, false),
            (Some(&suspected), Some(&confirmed), live, false),
            (Some(&suspected), Some(&confirmed), of_another, true),
            (None, Some(&recorded), cancelled_there, true),
            (Some(&recorded), Some(&recorded), cancelled_there, false),
            (Some(&recorded), Some(&cancelled), cancelled_there, true),
            (Some(&recorded), Some(&cancelled), live_elsewhere, false),
        ] {
            let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
            let found = wants_crime_report(&Ref::new("b").unwrap(), (before, now), reports, at);
            assert_eq!(found, expected, "{before:?} {now:?} {reports:?}");
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
