//! Leaving the United Kingdom and coming back: SOA 2003 s.86 and the regulations of 2004 as amended.
//!
//! Time in custody stops none of these clocks: s.83(6) is not applied to them. The statuses alone make no
//! duty here: that somebody is abroad does not tell what was notified, so a journey must be on record. `[I]`

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use crate::domain::calendar::{CivilDate, Instant, london_midnight};
use crate::domain::foreign_travel::ForeignTravel;
use crate::domain::record::Held;

/// Every duty that the journeys make.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let travels = desk.facts.travels.iter().filter(|held| held.record.cancelled_on.is_none());
    travels
        .flat_map(|held| [Some(notice(held)), details_changed(held), back(held)])
        .flatten()
        .filter_map(|draft| desk.settle(draft))
        .collect()
}

fn draft(code: DutyCode, fact: &'static str, held: &Held<ForeignTravel>, on: CivilDate) -> Draft {
    let trigger = Trigger { fact, record_kind: Some("foreign_travel"), record_ref: Some(held.subject.clone()), on };
    Draft::of(code, held.subject.as_str(), trigger)
}

/// The instant from which hours count back, and what to say of it.
fn departure(travel: &ForeignTravel) -> (Instant, Step) {
    let midnight = london_midnight(travel.departs_on);
    let told = travel.departs_at.map_or("hour not known: counted from the day's first moment", |_| "the hour is known");
    (travel.departs_at.unwrap_or(midnight), Step::to(travel.departs_on, told))
}

/// Seven days before departure; with an excuse that a person found reasonable, so many hours.
fn notice(held: &Held<ForeignTravel>) -> Draft {
    let travel = &held.record;
    let excused = travel.late_notice_excuse.as_deref().is_some_and(|excuse| !excuse.trim().is_empty());
    let code = if excused { DutyCode::TravelLateNotice } else { DutyCode::TravelNotice };
    let mut draft = draft(code, "departure", held, travel.departs_on);
    if excused {
        let (instant, step) = departure(travel);
        draft.steps.push(Step::note("an excuse for late notice is recorded: as soon as practicable"));
        draft.steps.push(step);
        draft.instant = Some(instant);
    }
    draft.met = travel.notified_at.map(Met::told);
    draft
}

/// So many hours before departure. A change that came later than that can only be told before leaving. `[I]`
fn details_changed(held: &Held<ForeignTravel>) -> Option<Draft> {
    let travel = &held.record;
    let changed_at = travel.details_changed_at?;
    travel.notified_at?;
    let (instant, step) = departure(travel);
    let mut draft = draft(DutyCode::TravelDetailsChanged, "travel_details_changed", held, travel.departs_on);
    draft.steps.push(step);
    draft.instant = Some(instant);
    draft.arises_at = Some(changed_at);
    draft.met = travel.details_change_notified_at.map(Met::told);
    Some(draft)
}

/// Three days beginning with the day of return, unless day and point of return were notified and kept to.
fn back(held: &Held<ForeignTravel>) -> Option<Draft> {
    let travel = &held.record;
    let mut draft = draft(DutyCode::ReturnToUk, "returned_to_uk", held, travel.returned_on?);
    if travel.returned_as_notified() {
        draft.not_required = Some("day and point of return had been notified and were kept to");
    }
    draft.met = travel.return_notified_at.map(Met::told);
    Some(draft)
}
