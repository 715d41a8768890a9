//! Lone working: officers say when they begin a visit and when they are done; a missing finish is an alert.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::planned::on_planned_visit;
use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written};
use crate::casework::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::policy::{Policies, PolicyError};
use crate::domain::qualification;
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::visit_attendance::VisitAttendance;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::of_cases::of_cases;

/// The act that begins a visit; while it is the newest entry of an attendance, the finish is missing.
const START: &str = "visit.start";

/// Hours ahead at most that officers may expect to be done. `[I]`
const LONGEST_HOURS: i64 = 24;

/// Who acts: an officer who is there, or a supervisor for them.
fn is_theirs(in_hand: &CaseInHand<'_>, officers: &[Ref]) -> Result<Ref, Refusal> {
    let (by, officer) = in_hand.acting_officer()?;
    if !officers.contains(by) {
        qualification::supervises(officer, in_hand.at.today()).map_err(|_| {
            let detail = "a visit is begun and ended by an officer who is there, or by a supervisor for them";
            Refusal::new(RefusalCode::NotQualified, detail)
        })?;
    }
    Ok(by.clone())
}

/// Officers begin a planned visit, and say when they expect to be done.
///
/// # Errors
/// See [`ActError`].
pub fn start(
    store: &Store,
    acting: &Acting<'_>,
    id: Uuid,
    (officer_refs, expected_finish): (Vec<Ref>, Instant),
) -> Result<Written, ActError> {
    on_planned_visit(store, acting, START, id, |in_hand, planned, offender| {
        let now = in_hand.at.now();
        let distinct: std::collections::BTreeSet<&Ref> = officer_refs.iter().collect();
        if distinct.is_empty() || distinct.len() != officer_refs.len() {
            let detail = "names one officer or more, each once";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/officer_refs"));
        }
        if expected_finish <= now || expected_finish.signed_duration_since(now) > TimeDelta::hours(LONGEST_HOURS) {
            let detail = "the finish is after now, and within a day";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/expected_finish"));
        }
        let started_by = is_theirs(in_hand, &officer_refs)?;
        if planned.visit_on != in_hand.at.today() {
            return Err(Refusal::new(RefusalCode::WrongState, "the visit is planned for another day"));
        }
        let subject = Ref::from(id);
        if in_hand.case.records.attendances.iter().any(|held| held.subject == subject) {
            return Err(Refusal::new(RefusalCode::WrongState, "the visit has begun already"));
        }
        let attendance = VisitAttendance {
            offender_ref: offender.clone(),
            planned_visit_id: id,
            officer_refs,
            started_at: now,
            started_by,
            expected_finish,
            finished_at: None,
            finished_by: None,
        };
        Ok(vec![Draft::new(subject, attendance)])
    })
}

/// Officers are done.
///
/// # Errors
/// See [`ActError`].
pub fn finish(store: &Store, acting: &Acting<'_>, id: Uuid) -> Result<Written, ActError> {
    on_planned_visit(store, acting, "visit.finish", id, |in_hand, _, _| {
        let subject = Ref::from(id);
        let begun = in_hand.case.records.attendances.iter().find(|held| held.subject == subject);
        let attendance = begun.map(|held| &held.record).filter(|attendance| attendance.finished_at.is_none());
        let attendance = attendance
            .ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the visit has not begun, or is finished already"))?;
        let by = is_theirs(in_hand, &attendance.officer_refs)?;
        let claimed = [("finished_at", json!(in_hand.at.now())), ("finished_by", json!(by))];
        Ok(vec![Draft::claim(RecordKind::VisitAttendance, subject, claimed, Basis::Loaded)])
    })
}

/// Why the alerts cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A visit whose finish is missing.
#[derive(Debug, Clone)]
pub struct LoneWorkerAlert {
    /// The visit as it is attended.
    pub attendance: VisitAttendance,
    /// Minutes since the officers expected to be done.
    pub minutes_missing: i64,
}

/// The visits in the reader's scope whose finish is missing, the longest first.
///
/// # Errors
/// When the store fails.
pub fn alerts(store: &Store, reader: &Reader, policies: &Policies) -> Result<Vec<LoneWorkerAlert>, AlertError> {
    let (scope, at) = (reader.person.case_scope(), reader.clock.moment());
    let grace = policies.in_force(at.today())?.lone_worker_grace_minutes;
    let alerts = store.transaction_that_writes(|connection| -> Result<Vec<LoneWorkerAlert>, StoreError> {
        let open = of_cases(connection, &scope, RecordKind::VisitAttendance, Some(START))?.records;
        let mut alerts: Vec<LoneWorkerAlert> = open
            .into_iter()
            .filter_map(|held| {
                let attendance = VisitAttendance::of(held.record)?;
                let minutes_missing = attendance.minutes_missing(at.now(), grace)?;
                Some(LoneWorkerAlert { attendance, minutes_missing })
            })
            .collect();
        alerts.sort_by_key(|alert| (alert.attendance.expected_finish, alert.attendance.planned_visit_id));
        let visits: Vec<Uuid> = alerts.iter().map(|alert| alert.attendance.planned_visit_id).collect();
        let refs: Vec<&Ref> = alerts.iter().map(|alert| &alert.attendance.offender_ref).collect();
        let detail = json!({ "count": visits.len(), "planned_visits": visits, "refs": refs });
        reader.note(connection, "lone_worker_alert.list", None, detail)?;
        Ok(alerts)
    })?;
    Ok(alerts)
}
