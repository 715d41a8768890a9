//! The codes of flags: stable, for outside tools rely on them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How serious a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To know.
    Info,
    /// To mend.
    Medium,
    /// To mend at once.
    High,
}

/// What a flag is raised on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// An offender.
    Offender,
    /// A breach.
    Breach,
    /// A visit of an accepted schedule.
    PlannedVisit,
    /// An officer.
    Officer,
    /// A team.
    Team,
    /// A neighbourhood, for one of the teams whose offenders live there.
    Neighbourhood,
    /// The force: it concerns every team of it.
    Force,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Info];

    /// The severity as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The severity with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }
}

impl SubjectKind {
    /// The kind as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offender => "offender",
            Self::Breach => "breach",
            Self::PlannedVisit => "planned_visit",
            Self::Officer => "officer",
            Self::Team => "team",
            Self::Neighbourhood => "neighbourhood",
            Self::Force => "force",
        }
    }
}

/// What the facts behind a flag are records of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What the records system holds on offenders, breaches, officers and teams.
    Records,
    /// What the service itself records: its schedules, its readings, its own exchanges.
    Service,
}

/// The rules, by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagCode {
    /// Managed, and nobody in post manages the case.
    Unallocated,
    /// Intelligence or a breach came while nobody managed the case.
    RecordChangedWhileUnallocated,
    /// No ARMS assessment.
    NoArmsAssessment,
    /// The ARMS assessment's review is overdue.
    ArmsReviewOverdue,
    /// No risk management plan.
    NoRiskManagementPlan,
    /// The plan's review is overdue.
    PlanReviewOverdue,
    /// The plan was not revised after the assessment.
    PlanOlderThanAssessment,
    /// The plan says nothing of visits.
    NoVisitRequirement,
    /// The plan has no actions.
    NoPlanActions,
    /// An action of the plan is overdue.
    PlanActionOverdue,
    /// Visits are programmed on a rigid grid.
    RigidVisitPattern,
    /// The home visit is overdue.
    HomeVisitOverdue,
    /// The home visit is overdue and contact was remote.
    RemoteContactOnly,
    /// A home visit was made by one officer without approval.
    VisitMadeAlone,
    /// The address was never visited.
    AddressNotVisited,
    /// Entry failed often enough to consider a warrant (SOA 2003 s.96B).
    WarrantConsideration,
    /// The periodic confirmation is overdue (SOA 2003 s.85).
    PeriodicNotificationOverdue,
    /// The offender is missing.
    WhereaboutsUnknown,
    /// The notification period ends soon.
    NotificationEndsSoon,
    /// The notification period has ended and the record does not say so.
    NotificationEnded,
    /// In reactive management without meeting every criterion.
    ReactiveIneligible,
    /// The review of reactive management is due.
    ReactiveReviewDue,
    /// Meets every criterion of reactive management but the approval.
    ReactiveCandidate,
    /// The record lacks what every record needs.
    RecordIncomplete,
    /// A breach has no live crime report.
    BreachWithoutCrimeReport,
    /// A breach has no decision with a rationale.
    BreachWithoutDecision,
    /// A caseload is over its limit.
    CaseloadOverLimit,
    /// A caseload is high.
    CaseloadHigh,
    /// An officer lacks a course the post needs.
    TrainingMissing,
    /// A team's individual plans follow the old grid.
    PlansFollowGrid,
    /// Nobody decided on a breach that is suspected.
    SuspectedBreachUndecided,
    /// Contact with a child was neither referred nor decided on.
    SafeguardingReferralMissing,
    /// A circumstance was not confirmed for long, or is not on the national record.
    CircumstancesUnconfirmed,
    /// The facts behind a planned visit have changed.
    PlannedVisitInDoubt,
    /// The day of a planned visit has passed, and nothing says what came of it.
    VisitOutcomeMissing,
    /// The accepted schedule has no place for a visit that is due.
    UnscheduledDueVisit,
    /// A neighbourhood's officers have not read of the offenders who live there.
    NeighbourhoodNotBriefed,
    /// The unannounced visits of an accepted schedule can be guessed.
    PredictableVisits,
    /// A team's monthly quality sample is not complete.
    DipSampleDue,
    /// Reactive management is suspended, and no inspector has decided.
    ReactiveSuspensionUndecided,
    /// Nothing has come from the records system for long.
    RecordsSystemStale,
}

impl FlagCode {
    /// Every code.
    pub const ALL: [Self; 41] = [
        Self::Unallocated,
        Self::RecordChangedWhileUnallocated,
        Self::NoArmsAssessment,
        Self::ArmsReviewOverdue,
        Self::NoRiskManagementPlan,
        Self::PlanReviewOverdue,
        Self::PlanOlderThanAssessment,
        Self::NoVisitRequirement,
        Self::NoPlanActions,
        Self::PlanActionOverdue,
        Self::RigidVisitPattern,
        Self::HomeVisitOverdue,
        Self::RemoteContactOnly,
        Self::VisitMadeAlone,
        Self::AddressNotVisited,
        Self::WarrantConsideration,
        Self::PeriodicNotificationOverdue,
        Self::WhereaboutsUnknown,
        Self::NotificationEndsSoon,
        Self::NotificationEnded,
        Self::ReactiveIneligible,
        Self::ReactiveReviewDue,
        Self::ReactiveCandidate,
        Self::RecordIncomplete,
        Self::BreachWithoutCrimeReport,
        Self::BreachWithoutDecision,
        Self::CaseloadOverLimit,
        Self::CaseloadHigh,
        Self::TrainingMissing,
        Self::PlansFollowGrid,
        Self::SuspectedBreachUndecided,
        Self::SafeguardingReferralMissing,
        Self::CircumstancesUnconfirmed,
        Self::PlannedVisitInDoubt,
        Self::VisitOutcomeMissing,
        Self::UnscheduledDueVisit,
        Self::NeighbourhoodNotBriefed,
        Self::PredictableVisits,
        Self::DipSampleDue,
        Self::ReactiveSuspensionUndecided,
        Self::RecordsSystemStale,
    ];

    /// The code as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unallocated => "unallocated",
            Self::RecordChangedWhileUnallocated => "record_changed_while_unallocated",
            Self::NoArmsAssessment => "no_arms_assessment",
            Self::ArmsReviewOverdue => "arms_review_overdue",
            Self::NoRiskManagementPlan => "no_risk_management_plan",
            Self::PlanReviewOverdue => "plan_review_overdue",
            Self::PlanOlderThanAssessment => "plan_older_than_assessment",
            Self::NoVisitRequirement => "no_visit_requirement",
            Self::NoPlanActions => "no_plan_actions",
            Self::PlanActionOverdue => "plan_action_overdue",
            Self::RigidVisitPattern => "rigid_visit_pattern",
            Self::HomeVisitOverdue => "home_visit_overdue",
            Self::RemoteContactOnly => "remote_contact_only",
            Self::VisitMadeAlone => "visit_made_alone",
            Self::AddressNotVisited => "address_not_visited",
            Self::WarrantConsideration => "warrant_consideration",
            Self::PeriodicNotificationOverdue => "periodic_notification_overdue",
            Self::WhereaboutsUnknown => "whereabouts_unknown",
            Self::NotificationEndsSoon => "notification_ends_soon",
            Self::NotificationEnded => "notification_ended",
            Self::ReactiveIneligible => "reactive_ineligible",
            Self::ReactiveReviewDue => "reactive_review_due",
            Self::ReactiveCandidate => "reactive_candidate",
            Self::RecordIncomplete => "record_incomplete",
            Self::BreachWithoutCrimeReport => "breach_without_crime_report",
            Self::BreachWithoutDecision => "breach_without_decision",
            Self::CaseloadOverLimit => "caseload_over_limit",
            Self::CaseloadHigh => "caseload_high",
            Self::TrainingMissing => "training_missing",
            Self::PlansFollowGrid => "plans_follow_grid",
            Self::SuspectedBreachUndecided => "suspected_breach_undecided",
            Self::SafeguardingReferralMissing => "safeguarding_referral_missing",
            Self::CircumstancesUnconfirmed => "circumstances_unconfirmed",
            Self::PlannedVisitInDoubt => "planned_visit_in_doubt",
            Self::VisitOutcomeMissing => "visit_outcome_missing",
            Self::UnscheduledDueVisit => "unscheduled_due_visit",
            Self::NeighbourhoodNotBriefed => "neighbourhood_not_briefed",
            Self::PredictableVisits => "predictable_visits",
            Self::DipSampleDue => "dip_sample_due",
            Self::ReactiveSuspensionUndecided => "reactive_suspension_undecided",
            Self::RecordsSystemStale => "records_system_stale",
        }
    }

    /// How serious it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::NotificationEndsSoon | Self::ReactiveCandidate => Severity::Info,
            Self::ArmsReviewOverdue
            | Self::PlanReviewOverdue
            | Self::PlanOlderThanAssessment
            | Self::NoPlanActions
            | Self::PlanActionOverdue
            | Self::RigidVisitPattern
            | Self::VisitMadeAlone
            | Self::NotificationEnded
            | Self::RecordIncomplete
            | Self::CaseloadHigh
            | Self::TrainingMissing
            | Self::PlansFollowGrid
            | Self::CircumstancesUnconfirmed
            | Self::VisitOutcomeMissing
            | Self::NeighbourhoodNotBriefed
            | Self::PredictableVisits
            | Self::DipSampleDue => Severity::Medium,
            Self::Unallocated
            | Self::RecordChangedWhileUnallocated
            | Self::NoArmsAssessment
            | Self::NoRiskManagementPlan
            | Self::NoVisitRequirement
            | Self::HomeVisitOverdue
            | Self::RemoteContactOnly
            | Self::AddressNotVisited
            | Self::WarrantConsideration
            | Self::PeriodicNotificationOverdue
            | Self::WhereaboutsUnknown
            | Self::ReactiveIneligible
            | Self::ReactiveReviewDue
            | Self::BreachWithoutCrimeReport
            | Self::BreachWithoutDecision
            | Self::CaseloadOverLimit
            | Self::SuspectedBreachUndecided
            | Self::SafeguardingReferralMissing
            | Self::PlannedVisitInDoubt
            | Self::UnscheduledDueVisit
            | Self::ReactiveSuspensionUndecided
            | Self::RecordsSystemStale => Severity::High,
        }
    }

    /// What it is raised on.
    #[must_use]
    pub const fn subject_kind(self) -> SubjectKind {
        match self {
            Self::Unallocated
            | Self::RecordChangedWhileUnallocated
            | Self::NoArmsAssessment
            | Self::ArmsReviewOverdue
            | Self::NoRiskManagementPlan
            | Self::PlanReviewOverdue
            | Self::PlanOlderThanAssessment
            | Self::NoVisitRequirement
            | Self::NoPlanActions
            | Self::PlanActionOverdue
            | Self::RigidVisitPattern
            | Self::HomeVisitOverdue
            | Self::RemoteContactOnly
            | Self::VisitMadeAlone
            | Self::AddressNotVisited
            | Self::WarrantConsideration
            | Self::PeriodicNotificationOverdue
            | Self::WhereaboutsUnknown
            | Self::NotificationEndsSoon
            | Self::NotificationEnded
            | Self::ReactiveIneligible
            | Self::ReactiveReviewDue
            | Self::ReactiveCandidate
            | Self::RecordIncomplete
            | Self::SafeguardingReferralMissing
            | Self::CircumstancesUnconfirmed
            | Self::UnscheduledDueVisit
            | Self::ReactiveSuspensionUndecided => SubjectKind::Offender,
            Self::BreachWithoutCrimeReport | Self::BreachWithoutDecision | Self::SuspectedBreachUndecided => {
                SubjectKind::Breach
            }
            Self::CaseloadOverLimit | Self::CaseloadHigh | Self::TrainingMissing => SubjectKind::Officer,
            Self::PlannedVisitInDoubt | Self::VisitOutcomeMissing => SubjectKind::PlannedVisit,
            Self::PlansFollowGrid | Self::DipSampleDue | Self::PredictableVisits => SubjectKind::Team,
            Self::NeighbourhoodNotBriefed => SubjectKind::Neighbourhood,
            Self::RecordsSystemStale => SubjectKind::Force,
        }
    }
}

impl FlagCode {
    /// The code that is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// What the facts behind it are records of.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::SuspectedBreachUndecided
            | Self::SafeguardingReferralMissing
            | Self::CircumstancesUnconfirmed
            | Self::PlannedVisitInDoubt
            | Self::VisitOutcomeMissing
            | Self::UnscheduledDueVisit
            | Self::NeighbourhoodNotBriefed
            | Self::PredictableVisits
            | Self::DipSampleDue
            | Self::ReactiveSuspensionUndecided
            | Self::RecordsSystemStale => Family::Service,
            Self::Unallocated
            | Self::RecordChangedWhileUnallocated
            | Self::NoArmsAssessment
            | Self::ArmsReviewOverdue
            | Self::NoRiskManagementPlan
            | Self::PlanReviewOverdue
            | Self::PlanOlderThanAssessment
            | Self::NoVisitRequirement
            | Self::NoPlanActions
            | Self::PlanActionOverdue
            | Self::RigidVisitPattern
            | Self::HomeVisitOverdue
            | Self::RemoteContactOnly
            | Self::VisitMadeAlone
            | Self::AddressNotVisited
            | Self::WarrantConsideration
            | Self::PeriodicNotificationOverdue
            | Self::WhereaboutsUnknown
            | Self::NotificationEndsSoon
            | Self::NotificationEnded
            | Self::ReactiveIneligible
            | Self::ReactiveReviewDue
            | Self::ReactiveCandidate
            | Self::RecordIncomplete
            | Self::BreachWithoutCrimeReport
            | Self::BreachWithoutDecision
            | Self::CaseloadOverLimit
            | Self::CaseloadHigh
            | Self::TrainingMissing
            | Self::PlansFollowGrid => Family::Records,
        }
    }
}

impl fmt::Display for FlagCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FlagCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FlagCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| de::Error::custom("no flag has this code"))
    }
}
