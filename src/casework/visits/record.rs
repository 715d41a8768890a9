//! Recording what came of a visit, planned or not, and confirming it.

use serde_json::json;
use uuid::Uuid;

use super::planned::on_planned_visit;
use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::calendar::Instant;
use crate::domain::qualification;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::visit::{ConditionCheck, Confirmation, Visit, VisitMode, VisitOutcome, VisitWriteUp};
use crate::domain::visit_rules::{is_sound, may_confirm, was_alone_without_approval};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::planned_visit::PlannedVisitRow;

/// What those who went say of a visit.
#[derive(Debug, Clone)]
pub struct Recording {
    /// When.
    pub attempted_at: Instant,
    /// How.
    pub mode: VisitMode,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// Who went.
    pub officer_refs: Vec<Ref>,
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
    /// What they wrote down.
    pub notes: VisitNotes,
}

/// What those who went wrote down.
#[derive(Debug, Clone)]
pub struct VisitNotes {
    /// What was observed.
    pub observations: Words,
    /// Of the factors of risk.
    pub risk_factors: Option<Words>,
    /// Of the protective factors.
    pub protective_factors: Option<Words>,
    /// Who else was there.
    pub present: Vec<Words>,
    /// The devices that were seen.
    pub devices_seen: Vec<Words>,
    /// The conditions of orders that were checked.
    pub conditions_checked: Vec<ConditionCheck>,
    /// What follows.
    pub next_steps: Option<Words>,
    /// Whether it shows contact with a child.
    pub shows_child_contact: bool,
}

/// Records the outcome of a planned visit.
///
/// # Errors
/// See [`ActError`].
pub fn record_outcome(store: &Store, acting: &Acting<'_>, id: Uuid, recording: Recording) -> Result<Written, ActError> {
    on_planned_visit(store, acting, "visit.outcome", id, |in_hand, planned, offender| {
        let is_recorded =
            in_hand.case.records.visits.iter().any(|held| {
                held.record.write_up.as_ref().is_some_and(|write_up| write_up.planned_visit_id == Some(id))
            });
        if is_recorded {
            let detail = "the outcome of this visit is recorded; correct that record";
            return Err(Refusal::new(RefusalCode::WrongState, detail));
        }
        drafted(in_hand, offender, recording, Some((id, planned)))
    })
}

/// Records a contact that was not planned.
///
/// # Errors
/// See [`ActError`].
pub fn record_contact(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    recording: Recording,
) -> Result<Written, ActError> {
    on_case(store, acting, "visit.record", offender, |in_hand| drafted(in_hand, offender, recording, None))
}

fn drafted(
    in_hand: &CaseInHand<'_>,
    offender: &Ref,
    recording: Recording,
    planned: Option<(Uuid, &PlannedVisitRow)>,
) -> Result<Vec<Draft>, Refusal> {
    let was_to_go = |officer: &Ref| planned.is_some_and(|(_, row)| row.crew.iter().any(|it| it == officer.as_str()));
    let (recorded_by, officer) = in_hand.acting_officer()?;
    if !recording.officer_refs.contains(recorded_by) && !was_to_go(recorded_by) {
        qualification::supervises(officer, in_hand.at.today()).map_err(|_| {
            let detail = "a visit is recorded by an officer who went, or by a supervisor";
            Refusal::new(RefusalCode::NotQualified, detail)
        })?;
    }
    let Recording { notes, .. } = recording;
    let mut visit = Visit {
        offender_ref: offender.clone(),
        attempted_at: recording.attempted_at,
        mode: recording.mode,
        outcome: recording.outcome,
        officer_refs: recording.officer_refs,
        address_ref: recording.address_ref,
        announced: recording.announced,
        home_inspected: recording.home_inspected,
        entry_sought_for_risk_assessment: recording.entry_sought_for_risk_assessment,
        single_crew_approved_by: recording.single_crew_approved_by,
        summary: None,
        write_up: Some(Box::new(VisitWriteUp {
            recorded_by: recorded_by.clone(),
            recorded_at: in_hand.at.now(),
            planned_visit_id: planned.map(|(id, _)| id),
            observations: notes.observations,
            risk_factors: notes.risk_factors,
            protective_factors: notes.protective_factors,
            present: notes.present,
            devices_seen: notes.devices_seen,
            conditions_checked: notes.conditions_checked,
            next_steps: notes.next_steps,
            shows_child_contact: notes.shows_child_contact,
            confirmed_by: Vec::new(),
            alone_without_approval: false,
        })),
        corrections: Vec::new(),
    };
    if planned.is_some_and(|(_, row)| row.visit_on != visit.date()) {
        let detail = "the visit was planned for another day; record this one as a contact of the offender's";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/attempted_at"));
    }
    judge(in_hand, &mut visit, None)?;
    Ok(vec![Draft::new(Uuid::now_v7().into(), visit)])
}

/// The record is sound; a visit that was made alone without an approval is marked. That one officer went alone is approved by a
/// supervisor in their own name: `approved_before` is who had done so.
pub(super) fn judge(in_hand: &CaseInHand<'_>, visit: &mut Visit, approved_before: Option<&Ref>) -> Result<(), Refusal> {
    is_sound(visit, in_hand.case, in_hand.at)?;
    let at = "/single_crew_approved_by";
    let approver = visit.single_crew_approved_by.as_ref();
    if let Some(approver) = approver.filter(|approver| approved_before != Some(approver)) {
        let (by, officer) = in_hand.acting_officer()?;
        if by != approver {
            let detail = "the supervisor who approves it enters it, on the visit's record; leave it out";
            return Err(Refusal::new(RefusalCode::NotQualified, detail).at(at));
        }
        qualification::supervises(officer, visit.date()).map_err(|refusal| refusal.at(at))?;
    }
    if let Some(approver) = approver {
        qualification::is_not_own_work(approver, &visit.officer_refs).map_err(|refusal| refusal.at(at))?;
    }
    let alone = was_alone_without_approval(visit, in_hand.case, in_hand.at, in_hand.policy);
    if let Some(write_up) = &mut visit.write_up {
        write_up.alone_without_approval = alone;
    }
    Ok(())
}

/// The other officer confirms that they were there.
///
/// # Errors
/// See [`ActError`].
pub fn confirm(store: &Store, acting: &Acting<'_>, subject: &Ref) -> Result<Written, ActError> {
    on_record(store, acting, "visit.confirm", (RecordKind::Visit, subject), |in_hand| {
        let (by, _) = in_hand.acting_officer()?;
        let visit = in_case(&in_hand.case.records.visits, subject)?;
        may_confirm(visit, by)?;
        let mut write_up = visit.write_up.clone();
        if let Some(write_up) = &mut write_up {
            write_up.confirmed_by.push(Confirmation { by: by.clone(), at: in_hand.at.now() });
        }
        let claimed = [("write_up", json!(write_up))];
        Ok(vec![Draft::claim(RecordKind::Visit, subject.clone(), claimed, Basis::Loaded)])
    })
}
