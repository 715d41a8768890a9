//! Putting the record of a visit right, with a reason; the history keeps what it said before.

use serde_json::{Value, json};

use super::record::judge;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::calendar::Instant;
use crate::domain::correction::Correction;
use crate::domain::qualification;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::visit::{ConditionCheck, Visit, VisitMode, VisitOutcome, VisitWriteUp};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What is put right; what is empty stays as it is.
#[derive(Debug, Clone, Default)]
pub struct VisitCorrection {
    /// When.
    pub attempted_at: Option<Instant>,
    /// How.
    pub mode: Option<VisitMode>,
    /// What came of it.
    pub outcome: Option<VisitOutcome>,
    /// Who went.
    pub officer_refs: Option<Vec<Ref>>,
    /// Where.
    pub address_ref: Option<Ref>,
    /// Whether the offender was told beforehand.
    pub announced: Option<bool>,
    /// Whether the inside of the home was seen.
    pub home_inspected: Option<bool>,
    /// Whether entry was sought to assess risk.
    pub entry_sought_for_risk_assessment: Option<bool>,
    /// The supervisor who approved that one officer went alone.
    pub single_crew_approved_by: Option<Ref>,
    /// What was written down.
    pub notes: NotesCorrection,
}

/// What is put right in what was written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotesCorrection {
    /// What was observed.
    pub observations: Option<Words>,
    /// Of the factors of risk.
    pub risk_factors: Option<Words>,
    /// Of the protective factors.
    pub protective_factors: Option<Words>,
    /// Who else was there.
    pub present: Option<Vec<Words>>,
    /// The devices that were seen.
    pub devices_seen: Option<Vec<Words>>,
    /// The conditions of orders that were checked.
    pub conditions_checked: Option<Vec<ConditionCheck>>,
    /// What follows.
    pub next_steps: Option<Words>,
    /// Whether it shows contact with a child.
    pub shows_child_contact: Option<bool>,
}

/// Puts a visit that was read at a version right: an officer who went, whoever recorded it, or a supervisor.
///
/// # Errors
/// See [`ActError`].
pub fn correct(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (correction, reason, read): (VisitCorrection, Words, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "visit.correct", (RecordKind::Visit, subject), |in_hand| {
        let before = in_case(&in_hand.case.records.visits, subject)?;
        let (by, officer) = in_hand.acting_officer()?;
        let recorded = before.write_up.as_ref().is_some_and(|write_up| write_up.recorded_by == *by);
        if !recorded && !before.officer_refs.contains(by) {
            qualification::supervises(officer, in_hand.at.today()).map_err(|_| {
                let detail = "a visit is put right by an officer who went, whoever recorded it, or a supervisor";
                Refusal::new(RefusalCode::NotQualified, detail)
            })?;
        }
        let mut after = corrected(before, correction)?;
        judge(in_hand, &mut after, before.single_crew_approved_by.as_ref())?;
        if after == *before {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "nothing would change"));
        }
        after.corrections.push(Correction { by: by.clone(), at: in_hand.at.now(), reason });
        let changed = changed(before, &after);
        Ok(vec![Draft::claim(RecordKind::Visit, subject.clone(), changed, Basis::Read(read))])
    })
}

fn corrected(before: &Visit, correction: VisitCorrection) -> Result<Visit, Refusal> {
    let mut after = before.clone();
    after.attempted_at = correction.attempted_at.unwrap_or(before.attempted_at);
    after.mode = correction.mode.unwrap_or(before.mode);
    after.outcome = correction.outcome.unwrap_or(before.outcome);
    after.officer_refs = correction.officer_refs.unwrap_or_else(|| before.officer_refs.clone());
    after.address_ref = correction.address_ref.or_else(|| before.address_ref.clone());
    after.announced = correction.announced.or(before.announced);
    after.home_inspected = correction.home_inspected.or(before.home_inspected);
    after.entry_sought_for_risk_assessment =
        correction.entry_sought_for_risk_assessment.or(before.entry_sought_for_risk_assessment);
    after.single_crew_approved_by =
        correction.single_crew_approved_by.or_else(|| before.single_crew_approved_by.clone());
    let is_confirmed_still = is_the_same_contact(before, &after);
    match &mut after.write_up {
        Some(write_up) => {
            // Another attendance, or another thing that came of it, than the one that was confirmed.
            if !is_confirmed_still {
                write_up.confirmed_by.clear();
            }
            rewrite(write_up, correction.notes);
        }
        None if correction.notes == NotesCorrection::default() => {}
        None => {
            let detail = "the visit was written up in the records system; its text is put right there";
            return Err(Refusal::new(RefusalCode::WrongState, detail));
        }
    }
    Ok(after)
}

/// True where who went, when, where, how and with what outcome is what it was.
fn is_the_same_contact(before: &Visit, after: &Visit) -> bool {
    after.officer_refs == before.officer_refs
        && after.attempted_at == before.attempted_at
        && after.address_ref == before.address_ref
        && after.mode == before.mode
        && after.outcome == before.outcome
        && after.home_inspected == before.home_inspected
        && after.entry_sought_for_risk_assessment == before.entry_sought_for_risk_assessment
}

fn rewrite(write_up: &mut VisitWriteUp, notes: NotesCorrection) {
    if let Some(observations) = notes.observations {
        write_up.observations = observations;
    }
    write_up.risk_factors = notes.risk_factors.or(write_up.risk_factors.take());
    write_up.protective_factors = notes.protective_factors.or(write_up.protective_factors.take());
    if let Some(present) = notes.present {
        write_up.present = present;
    }
    if let Some(devices_seen) = notes.devices_seen {
        write_up.devices_seen = devices_seen;
    }
    if let Some(conditions_checked) = notes.conditions_checked {
        write_up.conditions_checked = conditions_checked;
    }
    write_up.next_steps = notes.next_steps.or(write_up.next_steps.take());
    write_up.shows_child_contact = notes.shows_child_contact.unwrap_or(write_up.shows_child_contact);
}

fn changed(before: &Visit, after: &Visit) -> Vec<(&'static str, Value)> {
    [
        ("attempted_at", json!(before.attempted_at), json!(after.attempted_at)),
        ("mode", json!(before.mode), json!(after.mode)),
        ("outcome", json!(before.outcome), json!(after.outcome)),
        ("officer_refs", json!(before.officer_refs), json!(after.officer_refs)),
        ("address_ref", json!(before.address_ref), json!(after.address_ref)),
        ("announced", json!(before.announced), json!(after.announced)),
        ("home_inspected", json!(before.home_inspected), json!(after.home_inspected)),
        (
            "entry_sought_for_risk_assessment",
            json!(before.entry_sought_for_risk_assessment),
            json!(after.entry_sought_for_risk_assessment),
        ),
        ("single_crew_approved_by", json!(before.single_crew_approved_by), json!(after.single_crew_approved_by)),
        ("write_up", json!(before.write_up), json!(after.write_up)),
        ("corrections", json!(before.corrections), json!(after.corrections)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(member, _, after)| (member, after))
    .collect()
}
