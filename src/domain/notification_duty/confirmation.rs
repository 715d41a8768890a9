//! The yearly and weekly confirmations: SOA 2003 s.85.
//!
//! Each notification that moves the date opens a period, which the next one closes: s.85(1) and (2). One
//! given before Part 2 commenced opens it on that day: s.85(2)(a). `[S]` The period that is open now is
//! weekly where the record says so; one that is closed was weekly where a weekly confirmation opened it, or
//! where a person recorded that there was no sole or main residence then. `[I]`
//!
//! The flag `periodic_notification_overdue` follows its own definition, and the two agree on what the records
//! feed alone tells. They can differ where more is known. A due date within a spell in custody, in hospital
//! or abroad runs on to the end of three days beginning with the day on which it ends; one on that very day
//! or the day after stays where it is, while the flag never falls due before the third day. A year that ran
//! out before custody began lapsed then, while the flag waits for the release. A journey abroad stops this
//! clock and not the flag's. After a home is lost, seven days run from then at the earliest.

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use crate::domain::calendar::{CivilDate, london_date};
use crate::domain::notifiable_change::ChangeKind;
use crate::domain::notification::{Notification, NotificationKind};
use crate::domain::offender::NotificationRegime;
use crate::domain::record::Held;

/// A duty for each period that a notification opened.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let moving: Vec<&Held<Notification>> =
        desk.given.iter().copied().filter(|held| held.record.moves_periodic_date).collect();
    let next = moving.iter().copied().skip(1).map(Some).chain([None]);
    moving.iter().zip(next).filter_map(|(opened, closed)| desk.settle(draft(desk, opened, closed)?)).collect()
}

fn draft(desk: &Desk<'_>, opened: &Held<Notification>, closed: Option<&Held<Notification>>) -> Option<Draft> {
    let opened_on = london_date(opened.record.notified_at);
    let homeless_since =
        homeless_since(desk, closed.map_or(desk.at.today(), |held| london_date(held.record.notified_at)));
    let weekly = if closed.is_none() {
        desk.facts.offender.notification.regime == NotificationRegime::Weekly
    } else {
        opened.record.kind == NotificationKind::Weekly || homeless_since.is_some_and(|since| since <= opened_on)
    };
    let code = if weekly { DutyCode::WeeklyConfirmation } else { DutyCode::PeriodicConfirmation };
    let mut on = opened_on.max(desk.rules.commenced_on(code)?);
    let mut steps = Vec::new();
    if on > opened_on {
        steps.push(Step::to(on, format!("the commencement, later than the notification of {opened_on}")));
    }
    if let Some(since) = homeless_since.filter(|since| weekly && *since > on) {
        steps.push(Step::to(since, "no sole or main residence from this day"));
        on = since;
    }
    let trigger =
        Trigger { fact: "notified", record_kind: Some("notification"), record_ref: Some(opened.subject.clone()), on };
    let mut draft = Draft::of(code, opened.subject.as_str(), trigger);
    draft.steps = steps;
    if let Some(closed) = closed {
        draft.steps.push(Step::to(london_date(closed.record.notified_at), "the next notification that moves the date"));
        draft.met = Some(Met::by(closed));
    }
    Some(draft)
}

/// Since when there has been no sole or main residence on a day, where a person recorded that.
fn homeless_since(desk: &Desk<'_>, day: CivilDate) -> Option<CivilDate> {
    let changes = desk.facts.changes.iter().map(|held| &held.record);
    let spells = changes.filter(|change| {
        change.kind == ChangeKind::NoSoleOrMainResidence && change.until.is_none_or(|until| until >= day)
    });
    spells.filter_map(|change| change.occurred_on).filter(|since| *since <= day).max()
}
