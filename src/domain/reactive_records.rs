//! What people here decide on reactive management: who is placed in it, who is reviewed, who stays. Every change of
//! state names a person and a reason (HMICFRS, Dorset 2021); the tool never decides.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calendar::{CivilDate, Instant};
use super::flag::criteria::{CriterionResult, Outcome};
use super::reactive_suspension::TriggerRef;
use super::reference::Ref;

/// A proposal to place an offender in reactive management: one person proposes, another decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReactivePlacement {
    /// Of whom.
    pub offender_ref: Ref,
    /// Who proposed it.
    pub proposed_by: Ref,
    /// When.
    pub proposed_at: Instant,
    /// Why.
    pub rationale: String,
    /// The criteria as they stood when it was proposed.
    pub criteria: Vec<CriterionThen>,
    /// What was decided; nothing yet where empty.
    #[serde(default)]
    pub decision: Option<PlacementDecision>,
}

/// One criterion as it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionThen {
    /// The criterion's stable name.
    pub criterion: String,
    /// Whether it was met.
    pub outcome: Outcome,
    /// The facts used.
    pub facts: Value,
}

impl From<CriterionResult> for CriterionThen {
    fn from(result: CriterionResult) -> Self {
        Self { criterion: result.criterion.to_owned(), outcome: result.outcome, facts: result.facts }
    }
}

/// A detective inspector's decision on a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementDecision {
    /// Approved, or refused.
    pub approved: bool,
    /// Who decided.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
    /// Why.
    pub reason: String,
}

/// Whether somebody stays in reactive management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReactiveOutcome {
    /// They stay.
    Retain,
    /// They are removed, and visited again.
    Remove,
}

/// A desk review by a supervisor, at least yearly `[M]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactiveReview {
    /// Of whom.
    pub offender_ref: Ref,
    /// Who reviewed.
    pub reviewed_by: Ref,
    /// When.
    pub reviewed_on: CivilDate,
    /// Whether they stay.
    pub outcome: ReactiveOutcome,
    /// The systems and sources that were checked.
    pub checks: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A decision on somebody in reactive management, which answers what put them back into visit demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactiveDecision {
    /// Of whom.
    pub offender_ref: Ref,
    /// Who decided.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
    /// Whether they stay.
    pub outcome: ReactiveOutcome,
    /// The triggers that it answers.
    pub answers: Vec<TriggerRef>,
    /// Why.
    pub reason: String,
}
