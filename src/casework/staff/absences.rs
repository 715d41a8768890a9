//! Absences: entered, ended early, cancelled. Of a long one it is told which cases nobody would be there for, and
//! they can pass to others in the same act.

use serde_json::json;

use super::officer;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_force};
use crate::casework::allocations::allocate::{Allocating, decide};
use crate::domain::calendar::CivilDate;
use crate::domain::caseload::{Effect, Move};
use crate::domain::officer::Absence;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;

/// What is to be known of a long absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongAbsence {
    /// Its first day, with the absences that it adjoins.
    pub since: CivilDate,
    /// The cases that count as unallocated from then on: those that the person may see and that nobody is named to take.
    pub cases: Vec<Ref>,
}

/// An absence as it was entered.
#[derive(Debug, Clone)]
pub struct AbsenceEntered {
    /// The officer.
    pub written: Written,
    /// What it does to caseloads, where cases pass to others with it.
    pub effects: Vec<Effect>,
    /// A warning, where it is long.
    pub long: Option<LongAbsence>,
}

/// Enters an absence; where it is long, cases may pass to others with it, from its first day on or from today.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    absence: &Absence,
    reassign: Vec<Move>,
) -> Result<AbsenceEntered, ActError> {
    let (mut effects, mut long) = (Vec::new(), None);
    let written = on_force(store, acting, "officer.enter_absence", (RecordKind::Officer, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        if absence.until < absence.from {
            let detail = "an absence ends on the day it begins or later";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/until"));
        }
        let mut away = officer(in_hand, subject)?.clone();
        away.absences.push(absence.clone());
        let claimed = [("absences", json!(away.absences))];
        let mut drafts = vec![Draft::claim(RecordKind::Officer, subject.clone(), claimed, Basis::Loaded)];
        let since = away.long_absence_since(absence.from, in_hand.policy.long_absence_days);
        let today = in_hand.at.today();
        let from = absence.from.max(today);
        long = since.filter(|_| absence.until >= today).map(|since| {
            let passed_on = |case: &Ref| reassign.iter().any(|made| made.offender_ref == *case);
            let held = in_hand.cases_of(subject, from).into_iter().filter(|case| in_hand.shows(case));
            let cases = held.map(|case| case.offender_ref.clone()).filter(|case| !passed_on(case)).collect();
            LongAbsence { since, cases }
        });
        if !reassign.is_empty() {
            let allocating = Allocating { moves: reassign.clone(), from: Some(from), reason: absence_reason() };
            let (allocations, told) =
                decide(in_hand, &allocating, |index| format!("/reassign/{index}"), Basis::Loaded)?;
            in_hand.check_held_by(subject, &reassign, from)?;
            effects = told;
            drafts.extend(allocations);
        }
        Ok(drafts)
    })?;
    Ok(AbsenceEntered { written, effects, long })
}

/// The reason of allocations that come with an absence: which absence, the officer's record says.
fn absence_reason() -> Words {
    Words::fixed("The manager is away.")
}

/// Ends an absence early, or cancels it where it is to have no last day.
///
/// # Errors
/// See [`ActError`].
pub fn end(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (from, until): (CivilDate, CivilDate),
    last_day: Option<CivilDate>,
) -> Result<Written, ActError> {
    on_force(store, acting, "officer.end_absence", (RecordKind::Officer, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        let mut absences = officer(in_hand, subject)?.absences.clone();
        let at = absences.iter().position(|absence| (absence.from, absence.until) == (from, until));
        let Some(known) = at.and_then(|at| absences.get_mut(at)) else {
            return Err(Refusal::new(RefusalCode::WrongState, "the officer has no absence of those days").at("/from"));
        };
        match (last_day, at) {
            (Some(last_day), _) if last_day < from || last_day > until => {
                let detail = "an absence that ends early ends within its days; cancel it to take it away whole";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/last_day"));
            }
            (Some(last_day), _) => known.until = last_day,
            (None, at) => {
                absences =
                    absences.into_iter().enumerate().filter(|(one, _)| Some(*one) != at).map(|(_, it)| it).collect();
            }
        }
        Ok(vec![Draft::claim(RecordKind::Officer, subject.clone(), [("absences", json!(absences))], Basis::Loaded)])
    })
}
