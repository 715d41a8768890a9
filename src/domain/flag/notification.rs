//! Notification requirements (SOA 2003 Part 2): confirmations that lapse, and periods that end.

use serde_json::json;

use super::{Case, Finding};
use crate::domain::calendar::{CivilDate, london_date, plus_days, plus_years};
use crate::domain::offender::{NotificationRegime, OffenderStatus};
use crate::domain::visit::{Visit, VisitOutcome};

/// "Three days beginning with" a day end two days after it (SOA 2003 ss.83 to 85).
const THREE_DAYS_BEGINNING_WITH: u32 = 2;

/// Days between confirmations without a sole or main residence (SOA 2003 s.85(5)(a)).
const WEEKLY_DAYS: u32 = 7;

/// When the periodic confirmation is due, and what that is counted from.
pub(crate) struct PeriodicConfirmation {
    /// The last notification that moved the date.
    pub(crate) last_notified_on: Option<CivilDate>,
    /// The last day on which it can be made.
    pub(crate) due_on: CivilDate,
}

/// The confirmation of s.85 that somebody managed, in the community or missing, owes next.
pub(crate) fn periodic_confirmation(case: Case<'_>) -> Option<PeriodicConfirmation> {
    let offender = &case.file.offender;
    let counts = matches!(offender.status, OffenderStatus::Community | OffenderStatus::Missing);
    if !counts || !case.file.is_managed(case.at) {
        return None;
    }
    let last_notified_on = case
        .file
        .records
        .notifications
        .iter()
        .map(|held| &held.record)
        .filter(|notification| notification.moves_periodic_date && case.at.has_happened(notification.notified_at))
        .map(|notification| london_date(notification.notified_at))
        .max();
    let due_on = match last_notified_on {
        Some(last) => {
            let next = match offender.notification.regime {
                NotificationRegime::Annual => plus_years(last, 1),
                NotificationRegime::Weekly => plus_days(last, WEEKLY_DAYS),
            };
            next.max(plus_days(offender.status_since, THREE_DAYS_BEGINNING_WITH))
        }
        None => plus_days(offender.notification.relevant_date.max(offender.status_since), THREE_DAYS_BEGINNING_WITH),
    };
    Some(PeriodicConfirmation { last_notified_on, due_on })
}

/// Managed, in the community or missing, and the confirmation of s.85 is overdue. It opens a
/// suspected breach for a person to decide: see [`crate::domain::suspicion`].
pub(super) fn periodic_notification_overdue(case: Case<'_>) -> Option<Finding> {
    let PeriodicConfirmation { last_notified_on, due_on } = periodic_confirmation(case)?;
    let regime = case.file.offender.notification.regime;
    case.at
        .is_overdue(due_on)
        .then(|| Finding::of(json!({ "last_notified_on": last_notified_on, "due_on": due_on, "regime": regime })))
}

/// Managed, status missing.
pub(super) fn whereabouts_unknown(case: Case<'_>) -> Option<Finding> {
    let offender = &case.file.offender;
    (case.file.is_managed(case.at) && offender.status == OffenderStatus::Missing).then(|| {
        Finding::of(json!({
            "missing_since": offender.status_since,
            "last_qualifying_visit_on": case.file.last_qualifying_visit(case.at).map(Visit::date),
            "last_contact_on": case.file.visits_made(case.at).filter(|visit| visit.outcome == VisitOutcome::Seen).map(Visit::date).max(),
        }))
    })
}

/// Managed, and the notification period ends within 60 days.
pub(super) fn notification_ends_soon(case: Case<'_>) -> Option<Finding> {
    let ends = case.file.offender.notification.ends_on?;
    let horizon = plus_days(case.at.today(), case.policy.notification_end_notice_days);
    (case.file.is_managed(case.at) && ends >= case.at.today() && ends <= horizon)
        .then(|| Finding::of(json!({ "ends_on": ends })))
}

/// The notification period has ended, and the status is still one that this force manages.
pub(super) fn notification_ended(case: Case<'_>) -> Option<Finding> {
    let ends = case.file.offender.notification.ends_on?;
    (case.at.is_overdue(ends) && case.file.offender.status.is_managed())
        .then(|| Finding::of(json!({ "ended_on": ends, "status": case.file.offender.status })))
}
