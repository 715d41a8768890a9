//! Records: everything the records system can say, one type a kind.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::allocation::Allocation;
use super::arms_assessment::ArmsAssessment;
use super::breach::Breach;
use super::calendar::Instant;
use super::crime_report::CrimeReport;
use super::intelligence::Intelligence;
use super::notification::Notification;
use super::offender::Offender;
use super::officer::Officer;
use super::order::Order;
use super::programmed_visits::ProgrammedVisits;
use super::reactive_management::ReactiveManagement;
use super::reference::Ref;
use super::risk_management_plan::RiskManagementPlan;
use super::team::{Neighbourhood, Team};
use super::visit::Visit;

/// The kinds of record. Stored and spoken of by their names in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A MOSOVO team.
    Team,
    /// A neighbourhood policing area.
    Neighbourhood,
    /// An officer.
    Officer,
    /// A registered sex offender.
    Offender,
    /// An address of an offender.
    Address,
    /// A court order.
    Order,
    /// Who is responsible for an offender; the subject is the offender.
    Allocation,
    /// One ARMS assessment.
    ArmsAssessment,
    /// One version of a risk management plan.
    RiskManagementPlan,
    /// Dates already programmed; the subject is the offender.
    ProgrammedVisits,
    /// One visit or contact.
    Visit,
    /// One notification.
    Notification,
    /// One item of intelligence.
    Intelligence,
    /// One breach.
    Breach,
    /// One crime report.
    CrimeReport,
    /// The latest spell in reactive management; the subject is the offender.
    ReactiveManagement,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Team,
        Self::Neighbourhood,
        Self::Officer,
        Self::Offender,
        Self::Address,
        Self::Order,
        Self::Allocation,
        Self::ArmsAssessment,
        Self::RiskManagementPlan,
        Self::ProgrammedVisits,
        Self::Visit,
        Self::Notification,
        Self::Intelligence,
        Self::Breach,
        Self::CrimeReport,
        Self::ReactiveManagement,
    ];

    /// The kind's name, as in `records.{name}.v1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Neighbourhood => "neighbourhood",
            Self::Officer => "officer",
            Self::Offender => "offender",
            Self::Address => "address",
            Self::Order => "order",
            Self::Allocation => "allocation",
            Self::ArmsAssessment => "arms_assessment",
            Self::RiskManagementPlan => "risk_management_plan",
            Self::ProgrammedVisits => "programmed_visits",
            Self::Visit => "visit",
            Self::Notification => "notification",
            Self::Intelligence => "intelligence",
            Self::Breach => "breach",
            Self::CrimeReport => "crime_report",
            Self::ReactiveManagement => "reactive_management",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of an event type such as `records.visit.v1`.
    #[must_use]
    pub fn of_event_type(event_type: &str) -> Option<Self> {
        Self::named(event_type.strip_prefix("records.")?.strip_suffix(".v1")?)
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One record, whole.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A MOSOVO team.
    Team(Team),
    /// A neighbourhood policing area.
    Neighbourhood(Neighbourhood),
    /// An officer.
    Officer(Officer),
    /// A registered sex offender.
    Offender(Offender),
    /// An address of an offender.
    Address(Address),
    /// A court order.
    Order(Order),
    /// Who is responsible for an offender.
    Allocation(Allocation),
    /// One ARMS assessment.
    ArmsAssessment(ArmsAssessment),
    /// One version of a risk management plan.
    RiskManagementPlan(RiskManagementPlan),
    /// Dates already programmed.
    ProgrammedVisits(ProgrammedVisits),
    /// One visit or contact.
    Visit(Visit),
    /// One notification.
    Notification(Notification),
    /// One item of intelligence.
    Intelligence(Intelligence),
    /// One breach.
    Breach(Breach),
    /// One crime report.
    CrimeReport(CrimeReport),
    /// The latest spell in reactive management.
    ReactiveManagement(ReactiveManagement),
}

impl Record {
    /// The team that an officer belongs to, or that is responsible for an offender.
    #[must_use]
    pub const fn team_ref(&self) -> Option<&Ref> {
        match self {
            Self::Officer(officer) => officer.team_ref.as_ref(),
            Self::Offender(offender) => Some(&offender.team_ref),
            Self::Team(_)
            | Self::Neighbourhood(_)
            | Self::Address(_)
            | Self::Order(_)
            | Self::Allocation(_)
            | Self::ArmsAssessment(_)
            | Self::RiskManagementPlan(_)
            | Self::ProgrammedVisits(_)
            | Self::Visit(_)
            | Self::Notification(_)
            | Self::Intelligence(_)
            | Self::Breach(_)
            | Self::CrimeReport(_)
            | Self::ReactiveManagement(_) => None,
        }
    }

    /// The record as JSON, every member present.
    ///
    /// # Errors
    /// Never for a record read through the feed; serde's error otherwise.
    pub fn to_json(&self) -> serde_json::Result<serde_json::Value> {
        match self {
            Self::Team(record) => serde_json::to_value(record),
            Self::Neighbourhood(record) => serde_json::to_value(record),
            Self::Officer(record) => serde_json::to_value(record),
            Self::Offender(record) => serde_json::to_value(record),
            Self::Address(record) => serde_json::to_value(record),
            Self::Order(record) => serde_json::to_value(record),
            Self::Allocation(record) => serde_json::to_value(record),
            Self::ArmsAssessment(record) => serde_json::to_value(record),
            Self::RiskManagementPlan(record) => serde_json::to_value(record),
            Self::ProgrammedVisits(record) => serde_json::to_value(record),
            Self::Visit(record) => serde_json::to_value(record),
            Self::Notification(record) => serde_json::to_value(record),
            Self::Intelligence(record) => serde_json::to_value(record),
            Self::Breach(record) => serde_json::to_value(record),
            Self::CrimeReport(record) => serde_json::to_value(record),
            Self::ReactiveManagement(record) => serde_json::to_value(record),
        }
    }

    /// Reads back what [`Record::to_json`] wrote.
    ///
    /// # Errors
    /// When the JSON is not a record of that kind.
    pub fn from_json(kind: RecordKind, json: serde_json::Value) -> serde_json::Result<Self> {
        use serde_json::from_value;
        Ok(match kind {
            RecordKind::Team => Self::Team(from_value(json)?),
            RecordKind::Neighbourhood => Self::Neighbourhood(from_value(json)?),
            RecordKind::Officer => Self::Officer(from_value(json)?),
            RecordKind::Offender => Self::Offender(from_value(json)?),
            RecordKind::Address => Self::Address(from_value(json)?),
            RecordKind::Order => Self::Order(from_value(json)?),
            RecordKind::Allocation => Self::Allocation(from_value(json)?),
            RecordKind::ArmsAssessment => Self::ArmsAssessment(from_value(json)?),
            RecordKind::RiskManagementPlan => Self::RiskManagementPlan(from_value(json)?),
            RecordKind::ProgrammedVisits => Self::ProgrammedVisits(from_value(json)?),
            RecordKind::Visit => Self::Visit(from_value(json)?),
            RecordKind::Notification => Self::Notification(from_value(json)?),
            RecordKind::Intelligence => Self::Intelligence(from_value(json)?),
            RecordKind::Breach => Self::Breach(from_value(json)?),
            RecordKind::CrimeReport => Self::CrimeReport(from_value(json)?),
            RecordKind::ReactiveManagement => Self::ReactiveManagement(from_value(json)?),
        })
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
