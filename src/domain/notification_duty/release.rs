//! Release known from the statuses on record: SOA 2003 s.84(1)(d).
//!
//! A spell in custody or in hospital that ends otherwise than in the other of the two, in death, in another
//! force's hands or with the period. Met by the first notification on or after that day that can have told
//! of it, the first notification and the confirmations too. `[I]` What came before the first status known is
//! not known, so no release is read into it. Coming back from abroad is no release: s.86 has its own duty.

use super::clock_stop::known_spells;
use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use super::subject::{Subject, can_have_told};
use crate::domain::calendar::{CivilDate, london_date};
use crate::domain::notifiable_change::ChangeKind;
use crate::domain::offender::OffenderStatus;
use crate::domain::status_history::StatusSpell;

/// A duty for each release since the relevant date, save those that somebody entered.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let spells = known_spells(desk.facts);
    let released = spells.windows(2).filter_map(|pair| match pair {
        [before, after] => released_on(before, after),
        _ => None,
    });
    let counts = |day: &CivilDate| *day >= desk.facts.offender.notification.relevant_date && !is_entered(desk, *day);
    released.filter(counts).filter_map(|day| desk.settle(draft(desk, day))).collect()
}

fn released_on(before: &StatusSpell, after: &StatusSpell) -> Option<CivilDate> {
    let detained = matches!(before.status, OffenderStatus::Custody | OffenderStatus::Hospital);
    let free = matches!(after.status, OffenderStatus::Community | OffenderStatus::Missing | OffenderStatus::Abroad);
    (detained && free).then_some(after.from)
}

fn draft(desk: &Desk<'_>, on: CivilDate) -> Draft {
    let trigger = Trigger { fact: "released", record_kind: Some("offender"), record_ref: None, on };
    let mut draft = Draft::of(DutyCode::Released, on.to_string(), trigger);
    if let Some(told) = desk.first_given(on, |notification| can_have_told(notification, Subject::Release)) {
        let told_on = london_date(told.record.notified_at);
        draft.steps.push(Step::to(told_on, "the first notification since that can have told of it"));
        draft.met = Some(Met::by(told));
    }
    draft
}

fn is_entered(desk: &Desk<'_>, day: CivilDate) -> bool {
    let mut changes = desk.facts.changes.iter().map(|held| &held.record);
    changes.any(|change| change.kind == ChangeKind::Released && change.occurred_on == Some(day))
}
