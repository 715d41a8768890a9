//! Changes that somebody entered: SOA 2003 s.84(1), the 2012 regulations, and what the Act of 2026 adds.
//!
//! What a person entered is met by the notification that a person named, and by no other: that some
//! notification was given since is told beside it, not taken for an answer. `[I]` An advance notice covers an
//! event from 2 days before the date it gave to the end of 3 days beginning with that date: s.84(3), (4). `[S]`

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use super::stay::qualified_on;
use super::subject::{AdvanceWindow, Subject, can_have_told};
use crate::domain::calendar::{CivilDate, days_between, london_date, london_midnight, minus_days, plus_days};
use crate::domain::notifiable_change::{AdvanceNotice, ChangeKind, NotifiableChange};
use crate::domain::notification::Notification;
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// The duty that a change makes, and what it must tell; none where another family makes it.
pub(super) const fn duty_of(kind: ChangeKind) -> Option<(DutyCode, Subject, &'static str)> {
    Some(match kind {
        ChangeKind::NameUsed => (DutyCode::NameUsed, Subject::Name, "name_used"),
        ChangeKind::HomeAddressChanged => (DutyCode::HomeAddressChanged, Subject::Home, "home_address_changed"),
        ChangeKind::NoSoleOrMainResidence => {
            (DutyCode::HomeAddressChanged, Subject::Home, "sole_or_main_residence_lost")
        }
        ChangeKind::Released => (DutyCode::Released, Subject::Release, "released"),
        ChangeKind::ChildHouseholdBegun => {
            (DutyCode::ChildHouseholdBegun, Subject::Prescribed, "child_household_begun")
        }
        ChangeKind::ChildHouseholdCeased => {
            (DutyCode::ChildHouseholdCeased, Subject::Prescribed, "child_household_ceased")
        }
        ChangeKind::BankAccountOpened => (DutyCode::BankAccount, Subject::Prescribed, "bank_account_opened"),
        ChangeKind::BankAccountClosed => (DutyCode::BankAccount, Subject::Prescribed, "bank_account_closed"),
        ChangeKind::CardGained => (DutyCode::PaymentCard, Subject::Prescribed, "card_gained"),
        ChangeKind::CardLost => (DutyCode::PaymentCard, Subject::Prescribed, "card_lost"),
        ChangeKind::CardChanged => (DutyCode::PaymentCard, Subject::Prescribed, "card_changed"),
        ChangeKind::IdentityDocumentObtained => {
            (DutyCode::IdentityDocument, Subject::Prescribed, "identity_document_obtained")
        }
        ChangeKind::IdentityDocumentReplaced => {
            (DutyCode::IdentityDocument, Subject::Prescribed, "identity_document_replaced")
        }
        ChangeKind::IdentityDocumentLost => (DutyCode::IdentityDocument, Subject::Prescribed, "identity_document_lost"),
        ChangeKind::AttendanceDirected => (DutyCode::AttendanceDirection, Subject::Prescribed, "attendance_directed"),
        ChangeKind::Stay | ChangeKind::AbsentFromHome => return None,
    })
}

impl<'a> Desk<'a> {
    pub(super) fn advance_window(&self, notice: &AdvanceNotice) -> AdvanceWindow {
        let rule = self.rules.advance_notice;
        AdvanceWindow {
            from: minus_days(notice.expected_on, rule.days_before),
            until: plus_days(notice.expected_on, rule.days_beginning_with.saturating_sub(1)),
        }
    }

    /// The notification of that reference, where it was given by then.
    pub(super) fn given_as(&self, reference: &Ref) -> Option<&'a Held<Notification>> {
        self.given.iter().copied().find(|held| held.subject == *reference)
    }
}

/// Every duty that the changes make.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let changes = desk.facts.changes.iter();
    changes
        .flat_map(|held| [happened(desk, held), not_realised(desk, held), before_it(desk, held)])
        .flatten()
        .filter_map(|draft| desk.settle(draft))
        .collect()
}

fn trigger(fact: &'static str, held: &Held<NotifiableChange>, on: CivilDate) -> Trigger {
    Trigger { fact, record_kind: Some("notifiable_change"), record_ref: Some(held.subject.clone()), on }
}

/// What tells this change from others in a key: the address and day of a move and the day of a release, as
/// where the records tell of them; else the record.
fn key(held: &Held<NotifiableChange>, on: CivilDate) -> String {
    let home = matches!(held.record.kind, ChangeKind::HomeAddressChanged | ChangeKind::NoSoleOrMainResidence);
    match held.record.premises_ref.as_ref().filter(|_| home) {
        Some(premises) => format!("{premises}:{on}"),
        None if held.record.kind == ChangeKind::Released => on.to_string(),
        None => held.subject.to_string(),
    }
}

/// The duty to notify what happened.
fn happened(desk: &Desk<'_>, held: &Held<NotifiableChange>) -> Option<Draft> {
    let change = &held.record;
    let (on, (code, subject, fact)) = (change.occurred_on?, duty_of(change.kind)?);
    let mut draft = Draft::of(code, key(held, on), trigger(fact, held, on));
    let begun = change.kind == ChangeKind::ChildHouseholdBegun;
    if begun && change.hours.is_some_and(|hours| hours < desk.rules.child_household.hours) {
        draft.not_required = Some("a stay of fewer hours than the regulations ask for");
    }
    let advance = change.advance.as_ref().filter(|_| change.kind.may_be_notified_in_advance());
    if let Some(notice) = advance {
        let window = desk.advance_window(notice);
        draft.steps.push(Step::to(window.from, "the first day that the advance notice covers"));
        draft.steps.push(Step::to(window.until, "the last day that the advance notice covers"));
        if window.covers(on) && london_date(notice.notified_at) <= on {
            draft.met = Some(Met { at: notice.notified_at, by: notice.notification_ref.clone() });
            draft.covered_in_advance = true;
            return Some(draft);
        }
        draft.steps.push(Step::to(on, "not within those days and after the notice: it does not count"));
    }
    let linked = change.notification_ref.as_ref().and_then(|reference| desk.given_as(reference));
    match linked {
        Some(told) if london_date(told.record.notified_at) >= on => draft.met = Some(Met::by(told)),
        Some(told) => draft.steps.push(Step::to(
            london_date(told.record.notified_at),
            "the notification named was given before it, without a date for it on record",
        )),
        None if change.notification_ref.is_some() => {
            draft.steps.push(Step::note("the notification named is not on record"));
        }
        None => {}
    }
    if draft.met.is_none() {
        let may = |told: &&&Held<Notification>| {
            london_date(told.record.notified_at) >= on && can_have_told(&told.record, subject)
        };
        draft.may_be_met_by = desk.given.iter().filter(may).map(|told| told.subject.clone()).collect();
    }
    Some(draft)
}

/// The duty to say that what was notified in advance has not happened: s.84(4)(b). It arises once the days
/// that the notice covers have passed without the event.
fn not_realised(desk: &Desk<'_>, held: &Held<NotifiableChange>) -> Option<Draft> {
    let change = &held.record;
    let notice = change.advance.as_ref().filter(|_| change.kind.may_be_notified_in_advance())?;
    let window = desk.advance_window(notice);
    let happened_on = if change.kind == ChangeKind::Stay { qualified_on(desk, held) } else { change.occurred_on };
    let happened_on = happened_on.filter(|on| desk.at.has_come(*on));
    let trigger = trigger("date_given_in_advance", held, notice.expected_on);
    let mut draft = Draft::of(DutyCode::AdvanceNoticeNotRealised, held.subject.as_str(), trigger);
    draft.steps.push(Step::to(window.until, "the last day on which it could still happen as notified"));
    if happened_on.is_some_and(|on| on <= window.until) {
        draft.not_required = Some("it had happened by the end of the days that the advance notice covers");
    }
    draft.opens_on = Some(plus_days(window.until, 1));
    draft.met = notice.said_not_happened_at.map(Met::told);
    Some(draft)
}

/// The duties of the Act of 2026 to tell beforehand. Off until their rules have a first day.
fn before_it(desk: &Desk<'_>, held: &Held<NotifiableChange>) -> Option<Draft> {
    let change = &held.record;
    let on = change.occurred_on.or_else(|| change.advance.as_ref().map(|notice| notice.expected_on))?;
    let kinds = [
        (ChangeKind::NameUsed, DutyCode::NewNameInAdvance, "name_used"),
        (ChangeKind::ChildHouseholdBegun, DutyCode::ChildHouseholdInAdvance, "child_household_begun"),
        (ChangeKind::AbsentFromHome, DutyCode::AbsenceFromHome, "absent_from_home"),
    ];
    let (_, code, fact) = kinds.into_iter().find(|(kind, ..)| *kind == change.kind)?;
    if change.kind == ChangeKind::AbsentFromHome && !is_long(desk, change, on) {
        return None;
    }
    let mut draft = Draft::of(code, held.subject.as_str(), trigger(fact, held, on));
    draft.instant = Some(london_midnight(on));
    let linked = change.notification_ref.as_ref().and_then(|reference| desk.given_as(reference)).map(Met::by);
    let notice = change.advance.as_ref();
    draft.met = notice.map(|notice| Met { at: notice.notified_at, by: notice.notification_ref.clone() }).or(linked);
    Some(draft)
}

/// Whether an absence lasts longer than may go untold; one without an end on record does once it has.
fn is_long(desk: &Desk<'_>, change: &NotifiableChange, from: CivilDate) -> bool {
    let until = change.until.unwrap_or_else(|| desk.at.today());
    days_between(from, until) + 1 > i64::from(desk.rules.absence.more_than_days)
}
