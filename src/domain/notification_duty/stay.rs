//! Stays at premises not yet notified: SOA 2003 s.84(1)(c) and (6).
//!
//! The qualifying period is 7 days, or two or more stays in any 12 months that add up to 7 days. `[S]` Days
//! are counted by the calendar, the first and the last included, and a day of two stays counts once. `[I]`
//! "Any 12 months" end with the day in question and begin the day after the same date of the year before,
//! clamped to the month's end. `[I]` Once the premises are notified, no stay there is notifiable again.

use std::collections::{BTreeMap, BTreeSet};

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use super::rules::StayRule;
use super::subject::{Subject, can_have_told};
use crate::domain::address::AddressKind;
use crate::domain::calendar::{CivilDate, dates, london_date, minus_months, plus_days};
use crate::domain::notifiable_change::{AdvanceNotice, ChangeKind, NotifiableChange};
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// One stay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    pub(super) from: CivilDate,
    pub(super) until: Option<CivilDate>,
}

/// The stays at one place, and what is known of their being notified.
#[derive(Default)]
struct Premises<'a> {
    stays: Vec<Stay>,
    notified_by: Vec<&'a Ref>,
    advance: Vec<&'a AdvanceNotice>,
    from_address: bool,
}

/// The day on which stays reach the qualifying period, by order of nothing but their dates; none where they
/// do not. A stay that goes on reaches it by itself.
pub(super) fn qualifies_on(stays: &[Stay], rule: StayRule) -> Option<CivilDate> {
    let days: BTreeSet<CivilDate> = stays
        .iter()
        .flat_map(|stay| {
            // Within one stay the period is reached at the latest on its last day here.
            let reached = plus_days(stay.from, rule.days.saturating_sub(1));
            dates(stay.from, stay.until.map_or(reached, |until| until.min(reached)))
        })
        .collect();
    days.iter().copied().find(|day| {
        let began_after = minus_months(*day, rule.months);
        let within = days.range(..=*day).rev().take_while(|other| **other > began_after).count();
        u32::try_from(within).unwrap_or(u32::MAX) >= rule.days
    })
}

/// The places stayed at, by address or, where none is named, by the stay itself.
fn places<'a>(desk: &Desk<'a>) -> BTreeMap<&'a Ref, Premises<'a>> {
    let mut places: BTreeMap<&Ref, Premises<'_>> = BTreeMap::new();
    for held in desk.facts.changes.iter().filter(|held| held.record.kind == ChangeKind::Stay) {
        let place = places.entry(held.record.premises_ref.as_ref().unwrap_or(&held.subject)).or_default();
        place.stays.extend(held.record.occurred_on.map(|from| Stay { from, until: held.record.until }));
        place.notified_by.extend(&held.record.notification_ref);
        place.advance.extend(&held.record.advance);
    }
    for held in desk.facts.addresses.iter().filter(|held| held.record.kind == AddressKind::Other) {
        let place = places.entry(&held.subject).or_default();
        place.stays.push(Stay { from: held.record.resident_from, until: held.record.resident_until });
        place.from_address = true;
    }
    places
}

/// A duty for each place at which the stays qualify, or are about to.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let places = places(desk).into_iter();
    places.filter_map(|(key, place)| desk.settle(draft(desk, key, &place)?)).collect()
}

/// The day on which the stays at the premises of one of them reach the qualifying period: the event that an advance
/// notice of a stay is of, s.84(1)(c) and (2). `[S]`
pub(super) fn qualified_on(desk: &Desk<'_>, stay: &Held<NotifiableChange>) -> Option<CivilDate> {
    let places = places(desk);
    let place = places.get(stay.record.premises_ref.as_ref().unwrap_or(&stay.subject))?;
    qualifies_on(&place.stays, desk.rules.stays)
}

fn draft(desk: &Desk<'_>, key: &Ref, place: &Premises<'_>) -> Option<Draft> {
    let on = qualifies_on(&place.stays, desk.rules.stays)?;
    let trigger =
        Trigger { fact: "seventh_day_reached", record_kind: Some("premises"), record_ref: Some(key.clone()), on };
    let mut draft = Draft::of(DutyCode::StayAtPremises, key.as_str(), trigger);
    let mut stays = place.stays.clone();
    stays.sort_by_key(|stay| (stay.from, stay.until));
    draft.steps.extend(stays.iter().filter(|stay| stay.from <= on).map(|stay| {
        let until = stay.until.map_or_else(|| "and goes on".to_owned(), |until| format!("until {until}"));
        Step::to(stay.from, format!("a stay from this day {until}"))
    }));
    let StayRule { days, months, .. } = desk.rules.stays;
    draft.steps.push(Step::to(on, format!("day {days} of stays within {months} months")));
    let began = stays.first().map_or(on, |stay| stay.from);
    let covering = place
        .advance
        .iter()
        .filter(|notice| desk.advance_window(notice).covers(on) && london_date(notice.notified_at) <= on);
    let covering = covering.min_by_key(|notice| (notice.notified_at, notice.expected_on, &notice.notification_ref));
    if let Some(notice) = covering {
        draft.steps.push(Step::to(notice.expected_on, "notified in advance for this date, which covers it"));
        draft.met = Some(Met { at: notice.notified_at, by: notice.notification_ref.clone() });
        draft.covered_in_advance = true;
        return Some(draft);
    }
    let linked = place.notified_by.iter().filter_map(|reference| desk.given_as(reference));
    let linked = linked.filter(|held| london_date(held.record.notified_at) >= began);
    let told = linked.min_by_key(|held| (held.record.notified_at, &held.subject));
    let can_have = desk.first_given(began, |notification| can_have_told(notification, Subject::Stay));
    if let Some(told) = told.or(can_have.filter(|_| place.from_address)) {
        draft.met = Some(Met::by(told));
    } else {
        draft.may_be_met_by = can_have.into_iter().map(|held| held.subject.clone()).collect();
    }
    Some(draft)
}
