//! Pins: visits that a person has put on a day, at an hour and with a crew. The search keeps them to the minute.
//!
//! A pin that breaks a rule is advised against. Some rules are advice that a named person may set aside with a reason; of
//! the others none may: they are what the law, the case's limited access, or an officer's being in one place at a time asks for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::snapshot::Window;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::domain::working_time::TimeOfDay;

/// A rule that a pinned visit can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PinRule {
    /// Within the window of the offender's next visit.
    Window,
    /// Within the plan's days after the visit planned before.
    ChainGap,
    /// Within the plan's times of the week.
    TimeOfDay,
    /// When the other agency can come.
    JointAgency,
    /// Somebody in the crew has each skill asked for.
    Skills,
    /// As many officers as asked for, where it is more than one.
    CrewSize,
    /// On a day that is planned.
    OutsideHorizon,
    /// The offender owes a visit.
    NotDue,
    /// Never two visits of one offender on one day.
    OneVisitADay,
    /// Where the offender lives that day, at a place that is known.
    Location,
    /// Nobody is visited after the end of the notification period (SOA 2003 s.82).
    NotificationEnded,
    /// The case shuts nobody in the crew out.
    LimitedAccess,
    /// One officer goes alone only with the supervisor's approval in the plan.
    SingleCrew,
    /// Every officer is on duty that day.
    OfficerNotOnDuty,
    /// An officer is in one crew a day.
    OneCrewADay,
    /// The road, the crew's other pinned visits, its break and its shift leave room.
    CrewDayFull,
}

impl PinRule {
    /// The rule as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::ChainGap => "chain_gap",
            Self::TimeOfDay => "time_of_day",
            Self::JointAgency => "joint_agency",
            Self::Skills => "skills",
            Self::CrewSize => "crew_size",
            Self::OutsideHorizon => "outside_horizon",
            Self::NotDue => "not_due",
            Self::OneVisitADay => "one_visit_a_day",
            Self::Location => "location",
            Self::NotificationEnded => "notification_ended",
            Self::LimitedAccess => "limited_access",
            Self::SingleCrew => "single_crew",
            Self::OfficerNotOnDuty => "officer_not_on_duty",
            Self::OneCrewADay => "one_crew_a_day",
            Self::CrewDayFull => "crew_day_full",
        }
    }

    /// True for advice, which a named person may set aside with a reason. `[I]`
    #[must_use]
    pub const fn may_be_set_aside(self) -> bool {
        match self {
            Self::Window | Self::ChainGap | Self::TimeOfDay | Self::JointAgency | Self::Skills | Self::CrewSize => true,
            Self::OutsideHorizon
            | Self::NotDue
            | Self::OneVisitADay
            | Self::Location
            | Self::NotificationEnded
            | Self::LimitedAccess
            | Self::SingleCrew
            | Self::OfficerNotOnDuty
            | Self::OneCrewADay
            | Self::CrewDayFull => false,
        }
    }

    /// What a visit that breaks it does.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Window => "is outside the window of the offender's next visit",
            Self::ChainGap => "is too soon or too late after the visit planned before",
            Self::TimeOfDay => "is outside the plan's times",
            Self::JointAgency => "is when the other agency cannot come",
            Self::Skills => "asks for a skill that nobody in the crew has",
            Self::CrewSize => "has fewer officers than the plan asks for",
            Self::OutsideHorizon => "is on a day that is not planned",
            Self::NotDue => "is of an offender who owes no visit then",
            Self::OneVisitADay => "is a second visit that day",
            Self::Location => "is when or where the offender is not known to live",
            Self::NotificationEnded => "is after the end of notification",
            Self::LimitedAccess => "sends an officer whom the case shuts out",
            Self::SingleCrew => "is by one officer without an approval",
            Self::OfficerNotOnDuty => "has an officer who is not on duty that day",
            Self::OneCrewADay => "has an officer who is in another crew that day",
            Self::CrewDayFull => {
                "leaves the crew no time for the road, its other visits that stay, its break or its way home"
            }
        }
    }
}

/// That a person keeps a visit against advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainstAdvice {
    /// The rules that are set aside for this visit, and no others.
    pub rules: Vec<PinRule>,
    /// The window that the person was told of; a tighter one, opened since, is not set aside.
    pub window: Window,
    /// Why, in the person's words.
    pub reason: Words,
}

impl AgainstAdvice {
    /// True where a rule is set aside for a visit on a day whose window is now this one.
    #[must_use]
    pub fn covers(&self, rule: PinRule, date: CivilDate, window: Window) -> bool {
        let is_no_tighter = match rule {
            PinRule::Window | PinRule::ChainGap => {
                (date <= window.latest || window.latest >= self.window.latest)
                    && (date >= window.earliest || window.earliest <= self.window.earliest)
            }
            PinRule::TimeOfDay | PinRule::JointAgency | PinRule::Skills | PinRule::CrewSize => true,
            PinRule::OutsideHorizon
            | PinRule::NotDue
            | PinRule::OneVisitADay
            | PinRule::Location
            | PinRule::NotificationEnded
            | PinRule::LimitedAccess
            | PinRule::SingleCrew
            | PinRule::OfficerNotOnDuty
            | PinRule::OneCrewADay
            | PinRule::CrewDayFull => false,
        };
        is_no_tighter && self.rules.contains(&rule)
    }
}

/// Who pinned a visit, when, and against which advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Who, as the audit names them.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Where a rule is set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_advice: Option<AgainstAdvice>,
}

/// A visit that a person has put in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Whom.
    pub offender_ref: Ref,
    /// The day.
    pub date: CivilDate,
    /// From.
    pub start: TimeOfDay,
    /// Who goes, in order.
    pub crew: Vec<Ref>,
    /// Where.
    pub address_ref: Ref,
    /// By whom, and why.
    pub pinned: Pinned,
}

/// A pin that could not be kept: its offender's visit was planned freely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DroppedPin {
    /// What a person had put in its place.
    pub pin: Pin,
    /// The rules that it breaks now and that were not set aside.
    pub rules: Vec<PinRule>,
    /// The same in words.
    pub text: String,
}

impl DroppedPin {
    /// A pin that breaks these rules.
    #[must_use]
    pub fn of(pin: Pin, rules: Vec<PinRule>) -> Self {
        let text = rules.iter().map(|rule| rule.text()).collect::<Vec<_>>().join("; it ");
        Self { pin, rules, text: format!("it {text}") }
    }
}
