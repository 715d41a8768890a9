//! Where each rule comes from, and what clears its flag.

use super::code::FlagCode;

/// The inspection most rules answer.
const DORSET: &str = "HMICFRS, Dorset national child protection inspection (2021), section 10";

impl FlagCode {
    /// Where the rule comes from.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Unallocated
            | Self::RecordChangedWhileUnallocated
            | Self::NoPlanActions
            | Self::PlanActionOverdue
            | Self::RigidVisitPattern
            | Self::RemoteContactOnly
            | Self::ReactiveIneligible
            | Self::TrainingMissing
            | Self::PlansFollowGrid
            | Self::RecordIncomplete
            | Self::BreachWithoutDecision
            | Self::SuspectedBreachUndecided
            | Self::ReactiveSuspensionUndecided
            | Self::DipSampleDue => DORSET,
            Self::PredictableVisits => "College of Policing APP, home visits: unannounced, at varied dates and times",
            Self::NeighbourhoodNotBriefed => {
                "HMICFRS: Merseyside (2018), Dorset (2021), neighbourhood teams unaware of registered sex offenders"
            }
            Self::SafeguardingReferralMissing => "HMICFRS: Dorset (2021) and its review (2022), children at risk",
            Self::NoArmsAssessment | Self::ArmsReviewOverdue => {
                "ARMS: assessed and reviewed at least yearly in most forces"
            }
            Self::NoRiskManagementPlan | Self::PlanReviewOverdue | Self::PlanOlderThanAssessment => {
                "MAPPA guidance, chapter 12"
            }
            Self::NoVisitRequirement
            | Self::HomeVisitOverdue
            | Self::AddressNotVisited
            | Self::PlannedVisitInDoubt
            | Self::VisitOutcomeMissing
            | Self::UnscheduledDueVisit => {
                "College of Policing APP, home visits: every offender is visited at home, as the plan sets"
            }
            Self::VisitMadeAlone => {
                "College of Policing APP, home visits: two personnel; HMICFRS, Cambridgeshire (2024)"
            }
            Self::WarrantConsideration => "Sexual Offences Act 2003, section 96B",
            Self::PeriodicNotificationOverdue => "Sexual Offences Act 2003, sections 83 to 85",
            Self::CircumstancesUnconfirmed => "College of Policing APP, information management; HMICFRS, Dorset (2021)",
            Self::NotificationEndsSoon | Self::NotificationEnded => "Sexual Offences Act 2003, section 82",
            Self::WhereaboutsUnknown => "Sexual Offences Act 2003, sections 84 and 91",
            Self::ReactiveReviewDue | Self::ReactiveCandidate => {
                "Reactive management: NPCC criteria as publicly reported (2017); HMICFRS, Dorset (2021)"
            }
            Self::RecordsSystemStale => {
                "this service's own rule: what is decided rests on the records as they stand, and it shows where they may not"
            }
            Self::BreachWithoutCrimeReport => "National crime recording rules; HMICFRS, Dorset (2021)",
            Self::CaseloadOverLimit | Self::CaseloadHigh => "HMICFRS: Dorset review (2022), Cambridgeshire (2024)",
        }
    }

    /// What would clear the flag.
    #[must_use]
    pub const fn clears_when(self) -> &'static str {
        match self {
            Self::Unallocated => "the case is allocated to an offender manager in post and at work",
            Self::RecordChangedWhileUnallocated => "an offender manager in post and at work takes the case over",
            Self::NoArmsAssessment => "an ARMS assessment is recorded",
            Self::ArmsReviewOverdue => "a newer ARMS assessment is recorded",
            Self::NoRiskManagementPlan => "a risk management plan is approved and in effect",
            Self::PlanReviewOverdue => "a reviewed plan, or a later review date, is recorded",
            Self::PlanOlderThanAssessment => "a plan that answers the newest assessment is in effect",
            Self::NoVisitRequirement => "the current plan says how often to visit",
            Self::NoPlanActions => "the current plan has actions",
            Self::PlanActionOverdue => "every overdue action is completed",
            Self::RigidVisitPattern => "the dates programmed no longer follow one fixed period",
            Self::HomeVisitOverdue => "the offender is seen at home and the home inspected",
            Self::RemoteContactOnly => "the offender is seen at home and the home inspected",
            Self::VisitMadeAlone => "a supervisor's approval is recorded, or the visit is old enough",
            Self::AddressNotVisited => "the offender is seen at that address and the home inspected",
            Self::WarrantConsideration => {
                "the offender is seen at home and the home inspected, or the attempts are old enough"
            }
            Self::PeriodicNotificationOverdue => "a notification that moves the periodic date is recorded",
            Self::WhereaboutsUnknown => "the record says where the offender is",
            Self::NotificationEndsSoon => "the period has ended, or its end has changed",
            Self::NotificationEnded => "the record says that the period has ended",
            Self::ReactiveIneligible => "every criterion passes, or the spell of reactive management ends",
            Self::ReactiveReviewDue => "a review is recorded on or after the day of the change",
            Self::ReactiveCandidate => "the offender is placed in reactive management, or a criterion no longer passes",
            Self::RecordIncomplete => "what is missing is recorded",
            Self::BreachWithoutCrimeReport => {
                "a live crime report, or a supervisor's or inspector's reasoned decision of no crime, is recorded"
            }
            Self::BreachWithoutDecision => "a decision with its rationale is recorded",
            Self::CaseloadOverLimit => "the caseload is at or under its limit",
            Self::CaseloadHigh => "the caseload is no longer high",
            Self::TrainingMissing => "every course that the post needs is held",
            Self::SuspectedBreachUndecided => "somebody confirms or discounts the breach",
            Self::SafeguardingReferralMissing => {
                "a referral is recorded, or a supervisor's reasoned decision that none is needed"
            }
            Self::CircumstancesUnconfirmed => {
                "every current circumstance is confirmed and on the national record, or said to have ended"
            }
            Self::PlannedVisitInDoubt => {
                "another schedule is accepted, or what put the visit in doubt has changed back"
            }
            Self::VisitOutcomeMissing => "the outcome of the visit is recorded",
            Self::UnscheduledDueVisit => {
                "a schedule with a place for the visit is accepted, or the offender is seen at home and the home inspected"
            }
            Self::PredictableVisits => "a schedule is accepted whose unannounced visits cannot be guessed",
            Self::NeighbourhoodNotBriefed => "an officer of the neighbourhood reads its briefing",
            Self::DipSampleDue => {
                "every case of last month's sample is graded as it asks for; where it was not drawn, this month's is drawn"
            }
            Self::ReactiveSuspensionUndecided => {
                "a detective inspector decides to retain or to remove, answering what suspended it"
            }
            Self::RecordsSystemStale => "records come again, be it that there are no new ones",
            Self::PlansFollowGrid => "the intervals at each level follow the individual plans",
        }
    }
}
