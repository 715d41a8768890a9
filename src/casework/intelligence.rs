//! Intelligence that people enter: whoever works on a case, and the neighbourhood officers who were briefed of it.

use serde_json::json;

use super::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case, on_case_where};
use super::actor::Actor;
use super::breaches::has_happened;
use super::briefing::{area, may_tell_of};
use super::reading::Reader;
use super::record_act::new_reference;
use crate::domain::calendar::Instant;
use crate::domain::intelligence::{Intelligence, IntelligenceCasework, IntelligenceSource, Sighting};
use crate::domain::record::{Kept, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry;

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
    /// Of which area it was sent, and when it was seen, where a neighbourhood officer sends it.
    pub sighting: Option<Sighting>,
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
            sighting: entering.sighting,
        },
    };
    Ok(Draft::new(new_reference("intelligence")?, intelligence))
}

/// What a neighbourhood officer sends of somebody in their area's briefing.
#[derive(Debug, Clone)]
pub struct SendingIntelligence {
    /// About whom.
    pub offender_ref: Ref,
    /// When it was seen.
    pub observed_at: Instant,
    /// What was seen.
    pub summary: Words,
    /// Whether it bears on risk.
    pub risk_relevant: bool,
    /// Whether it says that the offender was arrested.
    pub shows_arrest: bool,
    /// Whether it shows contact with a child.
    pub shows_child_contact: bool,
    /// The children concerned.
    pub children: Vec<Words>,
}

/// The act of sending it.
const SEND: &str = "neighbourhood_intelligence.send";

/// Sends intelligence from an area into the case of somebody in its briefing as it now stands. The sender learns
/// that it was received, and nothing of the case.
///
/// # Errors
/// See [`ActError`].
pub fn send(
    store: &Store,
    acting: &Acting<'_>,
    neighbourhood: &Ref,
    sending: SendingIntelligence,
) -> Result<Written, ActError> {
    let SendingIntelligence { offender_ref, observed_at, summary, risk_relevant, .. } = sending;
    let may_act = |connection: &mut _| may_tell_of(connection, acting.reader, neighbourhood, &offender_ref, SEND);
    on_case_where(store, acting, SEND, &offender_ref, may_act, |in_hand| {
        has_happened(in_hand, observed_at, "/observed_at")?;
        let entering = EnteringIntelligence {
            received_at: in_hand.at.now(),
            summary,
            risk_relevant,
            source: IntelligenceSource::Neighbourhood,
            shows_arrest: sending.shows_arrest,
            shows_child_contact: sending.shows_child_contact,
            children: sending.children,
            sighting: Some(Sighting { neighbourhood_ref: neighbourhood.clone(), observed_at }),
        };
        Ok(vec![draft(in_hand, entering)?])
    })
}

/// That something was received: all that its sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntelligenceReceipt {
    /// The item.
    pub reference: Ref,
    /// When it was received.
    pub received_at: Instant,
}

impl IntelligenceReceipt {
    /// The receipt of an item.
    #[must_use]
    pub fn of(written: Written) -> Option<Self> {
        let reference = written.held.subject;
        Intelligence::of(written.held.record).map(|item| Self { reference, received_at: item.received_at })
    }
}

/// The most receipts shown.
const RECEIPTS: usize = 200;

/// What the reader sent from an area themselves, the newest first; nothing where there is no such area that they police.
///
/// # Errors
/// When the store fails.
pub fn sent(
    store: &Store,
    reader: &Reader,
    neighbourhood: &Ref,
) -> Result<Option<Vec<IntelligenceReceipt>>, StoreError> {
    let act = "neighbourhood_intelligence.list";
    store.transaction_that_writes(|connection| {
        if area(connection, reader, neighbourhood, act)?.is_none() {
            return Ok(None);
        }
        let (force, sender) = (&reader.person.force, Actor::Person(reader.person.clone()).to_string());
        let made = own_entry::made_by(connection, force, RecordKind::Intelligence, (&sender, SEND))?;
        let receipt = |(reference, record): (Ref, Record)| {
            let item = Intelligence::of(record)?;
            let is_of_area = item.casework.sighting.is_some_and(|seen| seen.neighbourhood_ref == *neighbourhood);
            is_of_area.then_some(IntelligenceReceipt { reference, received_at: item.received_at })
        };
        let found: Vec<IntelligenceReceipt> = made.into_iter().filter_map(receipt).take(RECEIPTS).collect();
        let detail = json!({ "count": found.len() });
        reader.note(connection, act, Some((RecordKind::Neighbourhood, neighbourhood)), detail)?;
        Ok(Some(found))
    })
}
