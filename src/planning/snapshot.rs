//! The snapshot: all that the planner may see of a team at a moment, and nothing else.
//!
//! It is kept beside every proposal, so that the proposal can be made again and judged again years
//! later. It holds references, places and plan numbers, never names, nor any free text but a person's reason to keep a
//! visit against advice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::pin::Pin;
use super::road_matrix::Roads;
use crate::domain::calendar::{CivilDate, dates};
use crate::domain::offender::RiskLevel;
use crate::domain::planning_policy::PlanningPolicy;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::{TimeWindow, VisitInterval, VisitStep};
use crate::domain::team::Location;
use crate::domain::visit_guess::SeenVisit;
use crate::domain::working_time::TimeOfDay;

/// The shape of a snapshot, by which later programs know what they read.
pub const FORMAT: &str = "mosovo-visits/snapshot/1";

/// The days that are planned, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Horizon {
    /// First day.
    pub from: CivilDate,
    /// Last day.
    pub until: CivilDate,
}

impl Horizon {
    /// True when a day is planned.
    #[must_use]
    pub fn contains(&self, date: CivilDate) -> bool {
        self.from <= date && date <= self.until
    }

    /// The last day on which a visit can be due: of the horizon, or of the notification period where that
    /// is earlier (SOA 2003 s.82: nobody is visited past its end).
    #[must_use]
    pub fn last_day_due(&self, notification_ends_on: Option<CivilDate>) -> CivilDate {
        notification_ends_on.map_or(self.until, |ends| ends.min(self.until))
    }

    /// Every day planned.
    pub fn days(&self) -> impl Iterator<Item = CivilDate> {
        dates(self.from, self.until)
    }
}

/// When an officer is on duty on a day: the shift, less absences and bank holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// The day.
    pub date: CivilDate,
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends.
    pub until: TimeOfDay,
}

/// An officer who can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnDuty {
    /// Who.
    pub officer_ref: Ref,
    /// What they can do that a visit may ask for.
    pub skills: Vec<String>,
    /// When they are there; at most one spell a day, in the order of the days.
    pub duties: Vec<Duty>,
}

/// Which rule made a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueRule {
    /// No qualifying visit yet: the first is due soon after coming to the community.
    FirstVisit,
    /// Returned to the community since the last qualifying visit.
    ReturnToCommunity,
    /// A new main address, not visited yet.
    NewAddress,
    /// Left reactive management since the last qualifying visit.
    ReturnFromReactiveManagement,
    /// Reactive management is suspended: something happened in it that nobody has decided on.
    ReactiveManagementSuspended,
    /// A breach since the last qualifying visit.
    Breach,
    /// Risk-relevant intelligence since the last qualifying visit.
    RiskRelevantIntelligence,
    /// The ARMS level was raised since the last qualifying visit.
    ArmsRaised,
    /// An attempt failed since the last qualifying visit.
    FailedAttempt,
    /// The plan's own interval after the last qualifying visit.
    PlanInterval,
    /// The interval of a step of the plan, after the last qualifying visit.
    PlanStep,
    /// The plan's interval after the visit planned before this one.
    AfterPlannedVisit,
}

impl DueRule {
    /// True where the window is counted from the visit before; all others open with something that happened.
    #[must_use]
    pub const fn is_counted_from_a_visit(self) -> bool {
        match self {
            Self::PlanInterval | Self::PlanStep | Self::AfterPlannedVisit => true,
            Self::FirstVisit
            | Self::ReturnToCommunity
            | Self::NewAddress
            | Self::ReturnFromReactiveManagement
            | Self::ReactiveManagementSuspended
            | Self::Breach
            | Self::RiskRelevantIntelligence
            | Self::ArmsRaised
            | Self::FailedAttempt => false,
        }
    }
}

/// The days on which a visit may be made, and the best of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Not before this day.
    pub earliest: CivilDate,
    /// Best on this day.
    pub ideal: CivilDate,
    /// Not after this day; a window that is past leaves the visit overdue, and due now.
    pub latest: CivilDate,
}

/// Why a visit is due when it is: the rule, the plan's line and the facts, with their dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DueReason {
    /// The rule.
    pub rule: DueRule,
    /// The plan that says so, where one does.
    pub plan_ref: Option<Ref>,
    /// The plan's day counts used, where a plan says so.
    pub interval: Option<VisitInterval>,
    /// The last day of the plan's step, where a step is in force.
    pub step_until: Option<CivilDate>,
    /// The date the window is counted from.
    pub counted_from: CivilDate,
    /// What happened on that date.
    pub fact: String,
    /// The record of it, where it is one.
    pub record_ref: Option<Ref>,
    /// The last qualifying visit, where there was one.
    pub last_qualifying_visit_on: Option<CivilDate>,
}

/// What a visit asks of those who make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitNeeds {
    /// How long it takes.
    pub duration_minutes: u32,
    /// How many officers go; one alone only where a supervisor approved it.
    pub crew: u32,
    /// The supervisor who approved that one officer goes alone.
    pub single_crew_approved_by: Option<Ref>,
    /// Whether the offender is not told beforehand.
    pub unannounced: bool,
    /// When in the week; any time where empty.
    pub time_windows: Vec<TimeWindow>,
    /// What somebody in the crew must be able to do.
    pub required_skills: Vec<String>,
    /// The agency that goes along.
    pub joint_agency: Option<String>,
}

/// Where a visit is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The address.
    pub address_ref: Ref,
    /// Where it is; not known where empty.
    pub location: Option<Location>,
    /// The offender's first day there.
    pub resident_from: CivilDate,
    /// The offender's last day there; none known where empty.
    pub resident_until: Option<CivilDate>,
}

/// The plan's day counts, by which later visits within the horizon follow earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// The plan that says so.
    pub plan_ref: Ref,
    /// The plan's own counts.
    pub interval: VisitInterval,
    /// Counts that hold for a while.
    pub steps: Vec<VisitStep>,
}

/// An offender whom the horizon owes a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Whom to visit.
    pub offender_ref: Ref,
    /// The offender's own manager.
    pub manager_ref: Option<Ref>,
    /// The ARMS level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// Where; not known where empty.
    pub place: Option<Place>,
    /// The last day of the notification period, after which nobody is visited; indefinite where empty.
    pub notification_ends_on: Option<CivilDate>,
    /// When the next visit is due.
    pub window: Window,
    /// Why then.
    pub why: DueReason,
    /// What it asks for.
    pub needs: VisitNeeds,
    /// How visits follow each other; empty where no plan says.
    pub recurrence: Option<Recurrence>,
    /// The newest visits at which the offender was seen at the door, in the order of their days: what the next can be guessed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<SeenVisit>,
    /// The officers on duty who may not go, because the case's limited access shuts them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shut_out: Vec<Ref>,
}

impl Demand {
    /// The last day on which a visit to this offender can be due: see [`Horizon::last_day_due`].
    #[must_use]
    pub fn last_day_due(&self, horizon: Horizon) -> CivilDate {
        horizon.last_day_due(self.notification_ends_on)
    }
}

/// A visit of the accepted schedule; where it is frozen it stays as it is, for its day is near or the schedule is repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedVisit {
    /// Whom.
    pub offender_ref: Ref,
    /// When.
    pub date: CivilDate,
    /// From.
    pub start: TimeOfDay,
    /// Who goes, in order.
    pub crew: Vec<Ref>,
    /// Where.
    pub address_ref: Ref,
    /// Whether it stays as it is.
    pub frozen: bool,
}

/// Officers who go together on a day, as somebody else has paired them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenCrew {
    /// The day.
    pub date: CivilDate,
    /// Who, by reference; each on duty that day, in no other crew of it.
    pub officer_refs: Vec<Ref>,
}

/// The accepted schedule that a proposal would follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// The proposal that was accepted.
    pub proposal_id: uuid::Uuid,
    /// Its visits within the horizon.
    pub visits: Vec<AcceptedVisit>,
}

/// All that the planner may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The shape of the snapshot, by name and version.
    #[schemars(extend("const" = FORMAT))]
    pub format: String,
    /// The force.
    pub force: String,
    /// The team.
    pub team_ref: Ref,
    /// The day on which the facts were read.
    pub as_of: CivilDate,
    /// The days planned.
    pub horizon: Horizon,
    /// Where crews start and end; not known where the team's record is missing.
    pub base: Option<Location>,
    /// The policy's version.
    pub policy_version: String,
    /// The policy's numbers.
    pub policy: PlanningPolicy,
    /// Who can go, by reference.
    pub officers: Vec<OnDuty>,
    /// The crews of each day, where they are given; the planner pairs the officers where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crews: Option<Vec<GivenCrew>>,
    /// Whom to visit, by reference.
    pub demands: Vec<Demand>,
    /// Offenders in the community, not reactive, of whom no plan says how often to visit, by reference.
    pub without_requirement: Vec<Ref>,
    /// The accepted schedule.
    pub parent: Option<Parent>,
    /// How long the roads take, where a road service is configured; the built-in model's times where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roads: Option<Roads>,
    /// The visits that persons have put in their places, by offender and day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// The visits of the proposal in which a person moved one; those frozen stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<AcceptedVisit>,
}

impl Snapshot {
    /// The pin of a visit, where a person has put it in its place.
    #[must_use]
    pub fn pin(&self, offender: &Ref, date: CivilDate) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.date == date && pin.offender_ref == *offender)
    }

    /// The same, of a visit at a time by a crew.
    #[must_use]
    pub fn pin_as(&self, offender: &Ref, date: CivilDate, start: TimeOfDay, crew: &[Ref]) -> Option<&Pin> {
        let goes = |officer: &Ref| crew.contains(officer);
        self.pin(offender, date)
            .filter(|pin| pin.start == start && pin.crew.len() == crew.len() && pin.crew.iter().all(goes))
    }

    /// The visits that stay as they are: of the accepted schedule, and of the proposal in which a person moved one.
    pub fn frozen(&self) -> impl Iterator<Item = &AcceptedVisit> {
        self.parent.iter().flat_map(|parent| &parent.visits).chain(&self.stays).filter(|visit| visit.frozen)
    }

    /// The snapshot as canonical JSON: the bytes that are stored and hashed.
    ///
    /// # Errors
    /// Never for a snapshot of finite coordinates; serde's error otherwise.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// The SHA-256 of the canonical JSON, in hexadecimal.
    ///
    /// # Errors
    /// As [`Self::to_json`].
    pub fn sha256(&self) -> serde_json::Result<String> {
        Ok(hex(&Sha256::digest(self.to_json()?)))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
