//! Breaches of notification requirements or of an order.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant};
use super::moment::Moment;
use super::reference::Ref;

/// What was breached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachKind {
    /// Notification requirements: SOA 2003 s.91.
    Notification,
    /// A court order.
    Order,
}

/// The crime report a breach names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachCrime {
    /// The crime number.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// When the crime was recorded.
    pub recorded_at: Instant,
    /// That it was cancelled, as entered here; the records feed says so in a crime report of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<CrimeCancellation>,
}

/// That a crime report was cancelled: the breach is then without one again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrimeCancellation {
    /// When.
    pub cancelled_at: Instant,
    /// Why.
    pub reason: String,
    /// Who entered it.
    pub entered_by: Ref,
}

/// What was decided about a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachDecisionKind {
    /// Charged.
    Charge,
    /// Cautioned.
    Caution,
    /// Another out-of-court disposal.
    OutOfCourt,
    /// Words of advice.
    WordsOfAdvice,
    /// No further action.
    NoFurtherAction,
    /// No crime was committed.
    NoCrime,
}

impl BreachDecisionKind {
    /// True of what a supervisor has to agree with: everything but a charge (domain rules, section 5 `[M]`).
    #[must_use]
    pub const fn needs_supervisor(self) -> bool {
        match self {
            Self::Charge => false,
            Self::Caution | Self::OutOfCourt | Self::WordsOfAdvice | Self::NoFurtherAction | Self::NoCrime => true,
        }
    }
}

/// A decision about a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachDecision {
    /// What was decided.
    pub kind: BreachDecisionKind,
    /// Why; a blank rationale is none.
    pub rationale: String,
    /// By whom.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
}

impl BreachDecision {
    /// True when a reason is given.
    #[must_use]
    pub fn has_rationale(&self) -> bool {
        !self.rationale.trim().is_empty()
    }
}

/// One breach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breach {
    /// By whom.
    pub offender_ref: Ref,
    /// What was breached.
    pub kind: BreachKind,
    /// The provision.
    pub provision: String,
    /// The first day of the failure.
    pub first_failure_on: CivilDate,
    /// When the police learned of it.
    pub discovered_at: Instant,
    /// What happened.
    pub summary: String,
    /// The order breached.
    pub order_ref: Option<Ref>,
    /// The crime report; empty where there is none.
    pub crime: Option<BreachCrime>,
    /// The decision; empty where there is none.
    pub decision: Option<BreachDecision>,
    /// What only this service keeps of it.
    #[serde(flatten)]
    pub casework: Box<BreachCasework>,
}

/// What only this service keeps of a breach. What the records feed sends has none of it, and is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BreachCasework {
    /// Whether it is known to be one.
    #[serde(default, skip_serializing_if = "BreachState::is_confirmed")]
    pub state: BreachState,
    /// How it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<BreachSource>,
    /// Who entered it; nobody where the service suspects it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<Ref>,
    /// The lapse that made the service suspect it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspicion: Option<Lapse>,
    /// Who confirmed or discounted what was suspected, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<BreachJudgement>,
    /// How it is investigated, or why it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investigative_step: Option<InvestigativeStep>,
    /// Whether it shows contact with a child.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_child_contact: bool,
    /// The children concerned, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
}

/// Whether a breach is known to be one. Only a confirmed one counts in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachState {
    /// Nobody has decided yet: there may be a reasonable excuse, custody, or time abroad.
    Suspected,
    /// It is one.
    #[default]
    Confirmed,
    /// It is none.
    Discounted,
}

impl BreachState {
    /// True of what counts in the rules.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        matches!(self, Self::Confirmed)
    }
}

/// How a breach was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachSource {
    /// At a visit.
    Visit,
    /// By intelligence.
    Intelligence,
    /// By checking what was notified, and when.
    NotificationCheck,
    /// In records.
    Records,
    /// Otherwise.
    Other,
}

/// A duty that was not met in time, which makes the service suspect a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapse {
    /// The duty, by its stable key: see [`super::notification_duty::Duty`].
    pub duty: String,
    /// The provision that makes it.
    pub provision: String,
    /// What set it off.
    pub fact: String,
    /// The record that tells of that, where one does.
    pub fact_ref: Option<Ref>,
    /// When it was set off: with the key, the same lapse for good.
    pub triggered_on: CivilDate,
    /// The last day on which it could have been met, as far as was known when it was suspected.
    pub due_on: CivilDate,
}

impl Lapse {
    /// True of the same duty, set off by the same fact: what is known of its last day may have changed since.
    #[must_use]
    pub fn is_of_the_same_duty(&self, duty: &str, triggered_on: CivilDate) -> bool {
        self.duty == duty && self.triggered_on == triggered_on
    }
}

/// Why what was suspected is a breach, or is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachJudgement {
    /// Who decided.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
    /// Why.
    pub rationale: String,
}

/// What is done to investigate a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvestigativeStepKind {
    /// An arrest.
    Arrest,
    /// An interview under caution, attended voluntarily.
    VoluntaryInterview,
    /// Another step.
    Other,
    /// None, for a reason.
    None,
}

/// How a breach is investigated, or why it is not (HMICFRS, Dorset 2021: every breach has an investigative step).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvestigativeStep {
    /// What.
    pub kind: InvestigativeStepKind,
    /// What it is, or why there is none.
    pub rationale: Option<String>,
    /// By when.
    pub due_on: Option<CivilDate>,
    /// When it was done.
    pub done_on: Option<CivilDate>,
    /// Who entered it.
    pub entered_by: Ref,
}

impl Breach {
    /// True once it has been decided that no crime was committed, whoever decided it.
    #[must_use]
    pub fn is_no_crime(&self, at: Moment) -> bool {
        self.decision.as_ref().is_some_and(|decision| {
            decision.kind == BreachDecisionKind::NoCrime && at.has_happened(decision.decided_at)
        })
    }
}
