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
