//! Notifications that the police received and a person enters here.

use serde_json::json;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::breaches::has_happened;
use super::record_act::new_reference;
use crate::domain::calendar::Instant;
use crate::domain::case_file::CaseFile;
use crate::domain::notifiable_change::{AdvanceNotice, NotifiableChange};
use crate::domain::notification::{Notification, NotificationKind};
use crate::domain::notification_duty::receipt::{Covering, covering, restarts_the_year};
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;

/// What is entered of a notification.
#[derive(Debug, Clone)]
pub struct Receiving {
    /// What was notified.
    pub kind: NotificationKind,
    /// When.
    pub notified_at: Instant,
    /// The provision it was made under.
    pub provision: Option<Words>,
    /// What was said.
    pub detail: Option<Words>,
    /// Whether it restarts the year, where a person chooses.
    pub moves_periodic_date: Option<bool>,
    /// Why otherwise than usual.
    pub periodic_date_reason: Option<Words>,
    /// The notifiable changes of which it tells.
    pub covers: Vec<Ref>,
}

/// Enters a notification about an offender in the person's scope. The changes that it covers are thereby met.
///
/// # Errors
/// See [`ActError`].
pub fn receive(store: &Store, acting: &Acting<'_>, offender: &Ref, receiving: Receiving) -> Result<Written, ActError> {
    on_case(store, acting, "notification.receive", offender, |in_hand| {
        let covered = covered(in_hand.case, &receiving.covers)?;
        let notification = notification(in_hand, receiving, &covered)?;
        let reference = new_reference("notification")?;
        let met = covered.iter().enumerate().map(|(index, change)| {
            meeting(change, &reference, &notification).map_err(|refusal| refusal.at(format!("/covers/{index}")))
        });
        let met = met.collect::<Result<Vec<_>, _>>()?;
        Ok([Draft::new(reference, notification)].into_iter().chain(met).collect())
    })
}

/// The changes of the case that are named, each once.
fn covered<'a>(case: &'a CaseFile, named: &[Ref]) -> Result<Vec<&'a Held<NotifiableChange>>, Refusal> {
    let found = named.iter().enumerate().map(|(index, reference)| {
        let refused = |code, detail: &str| Err(Refusal::new(code, detail).at(format!("/covers/{index}")));
        if named.iter().take(index).any(|earlier| earlier == reference) {
            return refused(RefusalCode::NotAcceptable, "is named twice");
        }
        match case.records.notifiable_changes.iter().find(|held| held.subject == *reference) {
            Some(held) => Ok(held),
            None => refused(RefusalCode::UnknownReference, "the case has no such notifiable change"),
        }
    });
    found.collect()
}

fn notification(
    in_hand: &CaseInHand<'_>,
    receiving: Receiving,
    covered: &[&Held<NotifiableChange>],
) -> Result<Notification, Refusal> {
    let (received_by, _) = in_hand.acting_officer()?;
    has_happened(in_hand, receiving.notified_at, "/notified_at")?;
    let changes: Vec<&NotifiableChange> = covered.iter().map(|held| &held.record).collect();
    let provision = receiving.provision.map(String::from);
    let usual = restarts_the_year(receiving.kind, provision.as_deref(), &changes);
    let Some(moves_periodic_date) = receiving.moves_periodic_date.or(usual) else {
        let detail = "neither the changes covered nor the provision say whether the year restarts; choose";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/moves_periodic_date"));
    };
    if usual.is_some_and(|usual| usual != moves_periodic_date) && receiving.periodic_date_reason.is_none() {
        let detail = "is another choice than usual for what was notified; say why";
        return Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/periodic_date_reason"));
    }
    Ok(Notification {
        offender_ref: in_hand.case.offender_ref.clone(),
        kind: receiving.kind,
        notified_at: receiving.notified_at,
        moves_periodic_date,
        provision,
        detail: receiving.detail.map(String::from),
        received_by: Some(received_by.clone()),
        periodic_date_reason: receiving.periodic_date_reason.map(String::from),
    })
}

/// What a change says once this notification covers it.
fn meeting(change: &Held<NotifiableChange>, reference: &Ref, notification: &Notification) -> Result<Draft, Refusal> {
    let refused = |code, detail: &str| Err(Refusal::new(code, detail));
    let claimed = match covering(notification, &change.record) {
        Ok(Covering::Told) if change.record.notification_ref.is_some() => {
            return refused(RefusalCode::WrongState, "another notification covers it already; change that first");
        }
        Ok(Covering::Told) => ("notification_ref", json!(reference)),
        Ok(Covering::InAdvance) => {
            let told = |notice: &AdvanceNotice| AdvanceNotice {
                notified_at: notification.notified_at,
                notification_ref: Some(reference.clone()),
                ..notice.clone()
            };
            ("advance", json!(change.record.advance.as_ref().map(told)))
        }
        Err(detail) => return refused(RefusalCode::NotAcceptable, detail),
    };
    Ok(Draft::claim(RecordKind::NotifiableChange, change.subject.clone(), [claimed], Basis::Loaded))
}
