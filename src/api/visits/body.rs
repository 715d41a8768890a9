//! What a visit is sent as.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::dates::{instant, instant_if_given};
use crate::casework::visits::correct::{NotesCorrection, VisitCorrection};
use crate::casework::visits::record::{Recording, VisitNotes};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::visit::{ConditionCheck, ConditionFinding, VisitMode, VisitOutcome};
use crate::domain::words::Words;

/// A condition of an order that was checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConditionCheck)]
pub struct CheckedBody {
    /// The order.
    #[schema(value_type = String)]
    order_ref: Ref,
    /// The condition, as the order has it.
    #[schema(value_type = String)]
    condition: Words,
    /// `kept`, `not_kept` or `not_checked`.
    #[schema(value_type = String)]
    finding: ConditionFinding,
    /// What shows it.
    #[schema(value_type = Option<String>)]
    note: Option<Words>,
}

impl From<CheckedBody> for ConditionCheck {
    fn from(body: CheckedBody) -> Self {
        let CheckedBody { order_ref, condition, finding, note } = body;
        Self { order_ref, condition, finding, note }
    }
}

fn checks(bodies: Vec<CheckedBody>) -> Vec<ConditionCheck> {
    bodies.into_iter().map(ConditionCheck::from).collect()
}

/// What came of a visit, and what those who went wrote down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordVisit)]
pub struct VisitBody {
    /// When; never after now.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    attempted_at: Instant,
    /// `home`, `doorstep`, `station`, `office`, `phone`, `video` or `other`.
    #[schema(value_type = String)]
    mode: VisitMode,
    /// `seen`, `no_reply`, `refused_entry`, `not_resident` or `abandoned`.
    #[schema(value_type = String)]
    outcome: VisitOutcome,
    /// Who went.
    #[schema(value_type = Vec<String>)]
    officer_refs: Vec<Ref>,
    /// Where: an address of the offender's.
    #[schema(value_type = Option<String>)]
    address_ref: Option<Ref>,
    /// Whether the offender was told beforehand.
    announced: Option<bool>,
    /// Whether the inside of the home was seen.
    home_inspected: Option<bool>,
    /// Whether entry was sought to assess risk (section 96B SOA 2003): say so, it is never inferred.
    entry_sought_for_risk_assessment: Option<bool>,
    /// The supervisor who approved beforehand that one officer went alone.
    #[schema(value_type = Option<String>)]
    single_crew_approved_by: Option<Ref>,
    /// What was observed.
    #[schema(value_type = String)]
    observations: Words,
    /// Of the factors of risk.
    #[schema(value_type = Option<String>)]
    risk_factors: Option<Words>,
    /// Of the protective factors.
    #[schema(value_type = Option<String>)]
    protective_factors: Option<Words>,
    /// Who else was there.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    present: Vec<Words>,
    /// The devices that were seen.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    devices_seen: Vec<Words>,
    /// The conditions of orders that were checked.
    #[serde(default)]
    conditions_checked: Vec<CheckedBody>,
    /// What follows.
    #[schema(value_type = Option<String>)]
    next_steps: Option<Words>,
    /// Whether it shows contact with a child.
    shows_child_contact: bool,
}

impl From<VisitBody> for Recording {
    fn from(body: VisitBody) -> Self {
        Self {
            attempted_at: body.attempted_at,
            mode: body.mode,
            outcome: body.outcome,
            officer_refs: body.officer_refs,
            address_ref: body.address_ref,
            announced: body.announced,
            home_inspected: body.home_inspected,
            entry_sought_for_risk_assessment: body.entry_sought_for_risk_assessment,
            single_crew_approved_by: body.single_crew_approved_by,
            notes: VisitNotes {
                observations: body.observations,
                risk_factors: body.risk_factors,
                protective_factors: body.protective_factors,
                present: body.present,
                devices_seen: body.devices_seen,
                conditions_checked: checks(body.conditions_checked),
                next_steps: body.next_steps,
                shows_child_contact: body.shows_child_contact,
            },
        }
    }
}

/// What is put right; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CorrectVisit)]
pub struct CorrectBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    pub(super) reason: Words,
    /// When.
    #[serde(default, deserialize_with = "instant_if_given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    attempted_at: Option<Instant>,
    /// How.
    #[schema(value_type = Option<String>)]
    mode: Option<VisitMode>,
    /// What came of it.
    #[schema(value_type = Option<String>)]
    outcome: Option<VisitOutcome>,
    /// Who went. What was confirmed before is to be confirmed anew.
    #[schema(value_type = Option<Vec<String>>)]
    officer_refs: Option<Vec<Ref>>,
    /// Where.
    #[schema(value_type = Option<String>)]
    address_ref: Option<Ref>,
    /// Whether the offender was told beforehand.
    announced: Option<bool>,
    /// Whether the inside of the home was seen.
    home_inspected: Option<bool>,
    /// Whether entry was sought to assess risk.
    entry_sought_for_risk_assessment: Option<bool>,
    /// The supervisor who approved that one officer went alone.
    #[schema(value_type = Option<String>)]
    single_crew_approved_by: Option<Ref>,
    /// What was observed.
    #[schema(value_type = Option<String>)]
    observations: Option<Words>,
    /// Of the factors of risk.
    #[schema(value_type = Option<String>)]
    risk_factors: Option<Words>,
    /// Of the protective factors.
    #[schema(value_type = Option<String>)]
    protective_factors: Option<Words>,
    /// Who else was there.
    #[schema(value_type = Option<Vec<String>>)]
    present: Option<Vec<Words>>,
    /// The devices that were seen.
    #[schema(value_type = Option<Vec<String>>)]
    devices_seen: Option<Vec<Words>>,
    /// The conditions of orders that were checked.
    conditions_checked: Option<Vec<CheckedBody>>,
    /// What follows.
    #[schema(value_type = Option<String>)]
    next_steps: Option<Words>,
    /// Whether it shows contact with a child.
    shows_child_contact: Option<bool>,
}

impl CorrectBody {
    /// What is put right, and why.
    pub(super) fn parts(self) -> (VisitCorrection, Words) {
        let correction = VisitCorrection {
            attempted_at: self.attempted_at,
            mode: self.mode,
            outcome: self.outcome,
            officer_refs: self.officer_refs,
            address_ref: self.address_ref,
            announced: self.announced,
            home_inspected: self.home_inspected,
            entry_sought_for_risk_assessment: self.entry_sought_for_risk_assessment,
            single_crew_approved_by: self.single_crew_approved_by,
            notes: NotesCorrection {
                observations: self.observations,
                risk_factors: self.risk_factors,
                protective_factors: self.protective_factors,
                present: self.present,
                devices_seen: self.devices_seen,
                conditions_checked: self.conditions_checked.map(checks),
                next_steps: self.next_steps,
                shows_child_contact: self.shows_child_contact,
            },
        };
        (correction, self.reason)
    }
}
