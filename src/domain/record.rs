//! Records: everything that is kept of a force, one type a kind. Most kinds are the records system's to send (records
//! feed, version 1); the others are the service's own.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::access_restriction::AccessRestriction;
use super::address::Address;
use super::allocation::Allocation;
use super::arms_assessment::ArmsAssessment;
use super::arrest::Arrest;
use super::breach::Breach;
use super::calendar::Instant;
use super::circumstance::Circumstance;
use super::crime_report::CrimeReport;
use super::dip_sample::{DipSample, DipSampleGrade};
use super::disposal::Disposal;
use super::foreign_travel::ForeignTravel;
use super::handover::Handover;
use super::intelligence::Intelligence;
use super::legal_hold::LegalHold;
use super::merge::Merge;
use super::notifiable_change::NotifiableChange;
use super::notification::Notification;
use super::offender::Offender;
use super::officer::Officer;
use super::order::Order;
use super::other_assessment::OtherAssessment;
use super::post::Post;
use super::programmed_visits::ProgrammedVisits;
use super::reactive_management::ReactiveManagement;
use super::reactive_records::{ReactiveDecision, ReactivePlacement, ReactiveReview};
use super::reference::Ref;
use super::risk_management_plan::RiskManagementPlan;
use super::safeguarding::{DisclosureDecision, SafeguardingDecision, SafeguardingReferral};
use super::team::{Neighbourhood, Team};
use super::visit::Visit;
use super::visit_attendance::VisitAttendance;

/// A type of record, with its kind.
pub trait Kept: Sized {
    /// Its kind.
    const KIND: RecordKind;

    /// As one of all records.
    fn into_record(self) -> Record;

    /// Out of all records; nothing where it is of another kind.
    fn of(record: Record) -> Option<Self>;
}

macro_rules! records {
    (feed { $($feed:tt)* } own { $($own:tt)* }) => {
        records! { @all $($feed)* $($own)* }
        impl RecordKind {
            /// The kinds that the records system sends.
            pub const OF_FEED: &'static [Self] = records! { @list $($feed)* };
        }
    };
    (@list $($Kind:ident, $name:literal, $doc:literal;)*) => { &[$(Self::$Kind),*] };
    (@all $($Kind:ident, $name:literal, $doc:literal;)*) => {
        /// The kinds of record. Stored and spoken of by their names in snake case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RecordKind {
            $(#[doc = $doc] $Kind,)*
        }

        impl RecordKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$Kind),*];

            /// The kind's name, as in `records.{name}.v1`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Kind => $name,)*
                }
            }
        }

        /// One record, whole.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Record {
            $(#[doc = $doc] $Kind($Kind),)*
        }

        impl Record {
            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> RecordKind {
                match self {
                    $(Self::$Kind(_) => RecordKind::$Kind,)*
                }
            }

            /// The record as JSON, every member present.
            ///
            /// # Errors
            /// Never for a record read through the feed; serde's error otherwise.
            pub fn to_json(&self) -> serde_json::Result<serde_json::Value> {
                match self {
                    $(Self::$Kind(record) => serde_json::to_value(record),)*
                }
            }

            /// Reads back what [`Record::to_json`] wrote.
            ///
            /// # Errors
            /// When the JSON is not a record of that kind.
            pub fn from_json(kind: RecordKind, json: serde_json::Value) -> serde_json::Result<Self> {
                Ok(match kind {
                    $(RecordKind::$Kind => Self::$Kind(serde_json::from_value(json)?),)*
                })
            }
        }

        $(
            impl Kept for $Kind {
                const KIND: RecordKind = RecordKind::$Kind;

                fn into_record(self) -> Record {
                    Record::$Kind(self)
                }

                fn of(record: Record) -> Option<Self> {
                    if let Record::$Kind(record) = record { Some(record) } else { None }
                }
            }
        )*
    };
}

records! {
    feed {
        Team, "team", "A MOSOVO team.";
        Neighbourhood, "neighbourhood", "A neighbourhood policing area.";
        Officer, "officer", "An officer.";
        Offender, "offender", "A registered sex offender.";
        Address, "address", "An address of an offender.";
        Order, "order", "A court order.";
        Allocation, "allocation", "Who is responsible for an offender; the subject is the offender.";
        ArmsAssessment, "arms_assessment", "One ARMS assessment.";
        RiskManagementPlan, "risk_management_plan", "One version of a risk management plan.";
        ProgrammedVisits, "programmed_visits", "Dates already programmed; the subject is the offender.";
        Visit, "visit", "One visit or contact.";
        Notification, "notification", "One notification.";
        Intelligence, "intelligence", "One item of intelligence.";
        Breach, "breach", "One breach.";
        CrimeReport, "crime_report", "One crime report.";
        ReactiveManagement, "reactive_management", "The latest spell in reactive management; the subject is the offender.";
        Merge, "merge", "Two offender records that are of one person.";
    }
    own {
        DipSample, "dip_sample", "One month's dip sample of one team.";
        DipSampleGrade, "dip_sample_grade", "One grader's judgement of one case of a dip sample.";
        AccessRestriction, "access_restriction", "Who may see a limited-access case; the subject is the offender.";
        ReactivePlacement, "reactive_placement", "A proposal to place an offender in reactive management, and its decision.";
        ReactiveReview, "reactive_review", "A yearly desk review of reactive management.";
        ReactiveDecision, "reactive_decision", "A decision to retain somebody in reactive management, or to remove them.";
        Arrest, "arrest", "An arrest of an offender, entered by a person.";
        SafeguardingReferral, "safeguarding_referral", "A referral to children's social care.";
        SafeguardingDecision, "safeguarding_decision", "A reasoned decision that no referral is needed.";
        DisclosureDecision, "disclosure_decision", "A decision whether to disclose, to whom and why.";
        Disposal, "disposal", "What made somebody a relevant offender, and for how long.";
        NotifiableChange, "notifiable_change", "Something that an offender must tell the police.";
        ForeignTravel, "foreign_travel", "One journey out of the United Kingdom.";
        OtherAssessment, "other_assessment", "One assessment by another tool than ARMS.";
        VisitAttendance, "visit_attendance", "A visit as it is attended; the subject is the planned visit.";
        Circumstance, "circumstance", "A circumstance of an offender: a device, a vehicle, work, a relationship and so on.";
        Handover, "handover", "The handover of a case from one manager to the next.";
        Post, "post", "A post of a team, filled or vacant.";
        LegalHold, "legal_hold", "A hold on a case: its record is kept as it is.";
    }
}

impl RecordKind {
    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kind of an event type of the feed such as `records.visit.v1`.
    #[must_use]
    pub fn of_event_type(event_type: &str) -> Option<Self> {
        let name = event_type.strip_prefix("records.")?.strip_suffix(".v1")?;
        Self::OF_FEED.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Record {
    /// The team that an officer or a post belongs to, that is responsible for an offender, or whose sample it is.
    #[must_use]
    pub const fn team_ref(&self) -> Option<&Ref> {
        if let Self::Officer(officer) = self {
            officer.team_ref.as_ref()
        } else if let Self::Offender(offender) = self {
            Some(&offender.team_ref)
        } else if let Self::Post(post) = self {
            Some(&post.team_ref)
        } else if let Self::DipSample(sample) = self {
            Some(&sample.team_ref)
        } else {
            None
        }
    }
}

/// A record as it is held: its key, and when the change that made it so became true.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<T> {
    /// The record's key within its kind.
    pub subject: Ref,
    /// The event's `time`.
    pub event_time: Instant,
    /// The event's `id`, which settles equal times (the greater in byte order is newer).
    pub event_id: String,
    /// The record.
    pub record: T,
}
