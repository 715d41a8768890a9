//! Changes of home address known from the addresses on record: SOA 2003 s.84(1)(b).
//!
//! A home is a main residence or, for who has none, the place where they are regularly found (s.83(7)). A
//! home taken up after the first notification is a change of it `[I]`: the first notification named another.
//! Met by the first notification on or after the day of the move that can have told of it, see
//! [`super::subject`]: a yearly or weekly confirmation too, since it gives all of s.83(5) again. `[I]` One
//! given earlier counts as an advance notice only where the date it named is on record (s.84(2)).

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use super::facts::DutyFacts;
use super::subject::{Subject, can_have_told};
use crate::domain::address::{Address, AddressKind};
use crate::domain::calendar::london_date;
use crate::domain::moment::Moment;
use crate::domain::notifiable_change::{ChangeKind, NotifiableChange};
use crate::domain::notification::NotificationKind;
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// The homes taken up since the first notification, save those of which somebody entered the change.
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let since = desk.registered_since(desk.at.today());
    let initial = desk.first_given(since, |notification| notification.kind == NotificationKind::Initial);
    let Some(first) = initial.or_else(|| desk.first_given(since, |_| true)) else { return Vec::new() };
    let first_on = london_date(first.record.notified_at);
    let moves = desk.facts.addresses.iter().filter(|held| {
        matches!(held.record.kind, AddressKind::Main | AddressKind::NoFixedAbode)
            && held.record.resident_from > first_on
            && !is_entered(desk, held)
    });
    moves.filter_map(|held| desk.settle(draft(desk, held))).collect()
}

fn draft(desk: &Desk<'_>, held: &Held<Address>) -> Draft {
    let on = held.record.resident_from;
    let trigger = Trigger {
        fact: "home_address_taken_up",
        record_kind: Some("address"),
        record_ref: Some(held.subject.clone()),
        on,
    };
    let mut draft = Draft::of(DutyCode::HomeAddressChanged, format!("{}:{on}", held.subject), trigger);
    if let Some(told) = desk.first_given(on, |notification| can_have_told(notification, Subject::Home)) {
        let told_on = london_date(told.record.notified_at);
        draft.steps.push(Step::to(told_on, "the first notification since that can have told of it"));
        draft.met = Some(Met::by(told));
    }
    draft
}

/// Whether a notification on record told of a home: the one that a person named where the change was entered, or else
/// one given since it was taken up. `[I]`
#[must_use]
pub fn is_notified_home(facts: DutyFacts<'_>, home: &Held<Address>, at: Moment) -> bool {
    let given = facts.given(at);
    let is_about = |change: &&NotifiableChange| {
        matches!(change.kind, ChangeKind::HomeAddressChanged | ChangeKind::NoSoleOrMainResidence)
            && change.premises_ref.as_ref() == Some(&home.subject)
    };
    let mut entered = facts.changes.iter().map(|held| &held.record).filter(is_about).peekable();
    if entered.peek().is_some() {
        return entered.any(|change| {
            let named = |reference: &Ref| given.iter().any(|held| held.subject == *reference);
            change.notification_ref.as_ref().is_some_and(named)
                || change.advance.as_ref().is_some_and(|notice| at.has_happened(notice.notified_at))
        });
    }
    given.iter().any(|held| {
        london_date(held.record.notified_at) >= home.record.resident_from && can_have_told(&held.record, Subject::Home)
    })
}

/// True where a person entered the change: of that address, or of that day without saying which.
fn is_entered(desk: &Desk<'_>, address: &Held<Address>) -> bool {
    desk.facts.changes.iter().map(|held| &held.record).any(|change| {
        matches!(change.kind, ChangeKind::HomeAddressChanged | ChangeKind::NoSoleOrMainResidence)
            && change.premises_ref.as_ref().map_or_else(
                || change.occurred_on == Some(address.record.resident_from),
                |premises| *premises == address.subject,
            )
    })
}
