//! Intelligence that people enter.

use super::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case};
use super::breaches::has_happened;
use super::record_act::new_reference;
use crate::domain::calendar::Instant;
use crate::domain::intelligence::{Intelligence, IntelligenceCasework, IntelligenceSource};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;

/// What is entered of an item of intelligence.
#[derive(Debug, Clone)]
pub struct EnteringIntelligence {
    /// When it was received.
    pub received_at: Instant,
    /// What it says.
    pub summary: Words,
    /// Whether it bears on risk.
    pub risk_relevant: bool,
    /// Where it came from.
    pub source: IntelligenceSource,
    /// Whether it says that the offender was arrested.
    pub shows_arrest: bool,
    /// Whether it shows contact with a child.
    pub shows_child_contact: bool,
    /// The children concerned.
    pub children: Vec<Words>,
}

/// Enters an item of intelligence about an offender in the person's scope.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    entering: EnteringIntelligence,
) -> Result<Written, ActError> {
    on_case(store, acting, "intelligence.enter", offender, |in_hand| draft(in_hand, entering).map(|draft| vec![draft]))
}

/// The item, for whichever act enters it. Who enters it is the acting officer; an arrest and contact with a child
/// bear on risk.
///
/// # Errors
/// When it lies in the future or contradicts itself, or nobody can be named for it.
pub fn draft(in_hand: &CaseInHand<'_>, entering: EnteringIntelligence) -> Result<Draft, Refusal> {
    let (entered_by, _) = in_hand.acting_officer()?;
    has_happened(in_hand, entering.received_at, "/received_at")?;
    let refused = |detail: &str, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
    if !entering.shows_child_contact && !entering.children.is_empty() {
        return refused("children are named, and shows_child_contact says that there was no contact", "/children");
    }
    if !entering.risk_relevant && (entering.shows_arrest || entering.shows_child_contact) {
        return refused("an arrest, or contact with a child, bears on risk", "/risk_relevant");
    }
    let intelligence = Intelligence {
        offender_ref: in_hand.case.offender_ref.clone(),
        received_at: entering.received_at,
        risk_relevant: entering.risk_relevant,
        summary: entering.summary.into(),
        source_force: None,
        casework: IntelligenceCasework {
            source: Some(entering.source),
            entered_by: Some(entered_by.clone()),
            shows_arrest: entering.shows_arrest,
            shows_child_contact: entering.shows_child_contact,
            children: entering.children.into_iter().map(String::from).collect(),
        },
    };
    Ok(Draft::new(new_reference("intelligence")?, intelligence))
}
