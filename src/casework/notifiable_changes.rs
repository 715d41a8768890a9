//! Notifiable changes that people enter, and what becomes of them.

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::record_act::{new_reference, on_record};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::notifiable_change::{AdvanceNotice, ChangeKind, HowKnown, NotifiableChange};
use crate::domain::notification_duty::receipt::covering;
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What is entered of a change.
#[derive(Debug, Clone)]
pub struct EnteringChange {
    /// What.
    pub kind: ChangeKind,
    /// When it happened, or began.
    pub occurred_on: Option<CivilDate>,
    /// The last day of what lasts.
    pub until: Option<CivilDate>,
    /// Hours stayed in a household with somebody under 18.
    pub hours: Option<u32>,
    /// The address it is about.
    pub premises_ref: Option<Ref>,
    /// How it came to be known.
    pub how_known: HowKnown,
    /// When; today where it is not said.
    pub known_on: Option<CivilDate>,
    /// When it was notified in advance, and the date given.
    pub advance: Option<(Instant, CivilDate)>,
    /// The notification that covers it.
    pub notification_ref: Option<Ref>,
    /// Why that covers it.
    pub notification_reason: Option<Words>,
    /// Whether a notification of it restarts the year, where a person chooses.
    pub moves_periodic_date: Option<bool>,
    /// Why otherwise than the kind says.
    pub periodic_date_reason: Option<Words>,
    /// In words.
    pub detail: Option<Words>,
}

/// Enters a notifiable change of an offender in the person's scope.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    entering: EnteringChange,
) -> Result<Written, ActError> {
    on_case(store, acting, "notifiable_change.enter", offender, |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let change = NotifiableChange {
            offender_ref: offender.clone(),
            kind: entering.kind,
            occurred_on: entering.occurred_on,
            until: entering.until,
            hours: entering.hours,
            premises_ref: entering.premises_ref,
            how_known: entering.how_known,
            known_on: entering.known_on.unwrap_or_else(|| in_hand.at.today()),
            notification_ref: entering.notification_ref,
            advance: entering.advance.map(|(notified_at, expected_on)| AdvanceNotice {
                notified_at,
                expected_on,
                notification_ref: None,
                said_not_happened_at: None,
            }),
            moves_periodic_date: entering.moves_periodic_date,
            periodic_date_reason: entering.periodic_date_reason.map(String::from),
            notification_reason: entering.notification_reason.map(String::from),
            detail: entering.detail.map(String::from),
            entered_by: Some(entered_by.clone()),
        };
        fits_the_case(in_hand, &change, change.notification_ref.is_some())?;
        Ok(vec![Draft::new(new_reference("change")?, change)])
    })
}

/// What is changed of a change: each member only where it is given; of two options the inner says that it is empty now.
#[derive(Debug, Clone, Default)]
pub struct ChangingChange {
    /// When it happened: an advance notice is realised thereby.
    pub occurred_on: Option<Option<CivilDate>>,
    /// The last day of what lasts.
    pub until: Option<Option<CivilDate>>,
    /// Hours stayed.
    pub hours: Option<Option<u32>>,
    /// The address.
    pub premises_ref: Option<Option<Ref>>,
    /// The notification that covers it.
    pub notification_ref: Option<Option<Ref>>,
    /// Why that covers it, or why what was named does not.
    pub notification_reason: Option<Words>,
    /// When the offender said that what was notified in advance had not happened.
    pub said_not_happened_at: Option<Option<Instant>>,
    /// Whether a notification of it restarts the year.
    pub moves_periodic_date: Option<Option<bool>>,
    /// Why otherwise than the kind says.
    pub periodic_date_reason: Option<Option<Words>>,
    /// In words.
    pub detail: Option<Option<Words>>,
}

/// Changes a notifiable change on the version that was read.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    changing: ChangingChange,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "notifiable_change.change", (RecordKind::NotifiableChange, subject), |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let all = &in_hand.case.records.notifiable_changes;
        let held = all.iter().find(|held| held.subject == *subject);
        let held = held.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the case has no such change"))?;
        let is_named_anew = changing.notification_ref.is_some();
        let mut changed = changed(held, changing)?;
        changed.entered_by = Some(entered_by.clone());
        fits_the_case(in_hand, &changed, is_named_anew)?;
        Ok(vec![Draft::whole(subject.clone(), changed, Basis::Read(read))])
    })
}

fn changed(held: &Held<NotifiableChange>, changing: ChangingChange) -> Result<NotifiableChange, Refusal> {
    let mut change = held.record.clone();
    change.occurred_on = changing.occurred_on.unwrap_or(change.occurred_on);
    change.until = changing.until.unwrap_or(change.until);
    change.hours = changing.hours.unwrap_or(change.hours);
    change.premises_ref = changing.premises_ref.unwrap_or(change.premises_ref);
    change.moves_periodic_date = changing.moves_periodic_date.unwrap_or(change.moves_periodic_date);
    let words = |words: Option<Words>| words.map(String::from);
    change.periodic_date_reason = changing.periodic_date_reason.map_or(change.periodic_date_reason, words);
    change.detail = changing.detail.map_or(change.detail, words);
    if let Some(notification_ref) = changing.notification_ref {
        change.notification_ref = notification_ref;
        change.notification_reason = words(changing.notification_reason);
    }
    if let Some(said) = changing.said_not_happened_at {
        let Some(notice) = &mut change.advance else {
            let detail = "the change was not notified in advance";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at("/said_not_happened_at"));
        };
        notice.said_not_happened_at = said;
    }
    Ok(change)
}

/// The change is acceptable in itself, and names what the case has. Which notification covers it is a person's finding,
/// with a reason.
fn fits_the_case(in_hand: &CaseInHand<'_>, change: &NotifiableChange, is_named_anew: bool) -> Result<(), Refusal> {
    change.is_acceptable(in_hand.at)?;
    let records = &in_hand.case.records;
    let is_known = |premises: &Ref| records.addresses.iter().any(|held| held.subject == *premises);
    if !change.premises_ref.as_ref().is_none_or(is_known) {
        let detail = "names no address of this offender";
        return Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/premises_ref"));
    }
    if is_named_anew && change.notification_reason.is_none() {
        let detail = "say why that notification covers the change, or why none does";
        return Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/notification_reason"));
    }
    let Some(named) = &change.notification_ref else { return Ok(()) };
    let Some(notification) = records.notifications.iter().find(|held| held.subject == *named) else {
        let detail = "names no notification of this offender";
        return Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/notification_ref"));
    };
    let refused = |detail: &str| Refusal::new(RefusalCode::NotAcceptable, detail).at("/notification_ref");
    covering(&notification.record, change).map(|_| ()).map_err(refused)
}
