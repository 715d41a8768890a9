//! The first notification: SOA 2003 s.83(1), within three days beginning with the relevant date or, if
//! later, the commencement of Part 2. `[S]`

use super::code::DutyCode;
use super::count::Step;
use super::duty::{Desk, Draft, Duty, Met, Trigger};
use crate::domain::calendar::london_date;
use crate::domain::notification::{Notification, NotificationKind};

/// The duty of whoever becomes a relevant offender.
///
/// Any later notification but of travel shows that they have notified, where the first is not on record. `[I]`
/// One given before the relevant date is of somebody who was subject to the requirements already, s.83(2), where
/// no period ended in between. `[I]`
pub(super) fn duties(desk: &Desk<'_>) -> Vec<Duty> {
    let code = DutyCode::InitialNotification;
    let Some(commenced) = desk.rules.commenced_on(code) else { return Vec::new() };
    let relevant_date = desk.facts.offender.notification.relevant_date;
    let on = relevant_date.max(commenced);
    let trigger = Trigger { fact: "relevant_date", record_kind: Some("offender"), record_ref: None, on };
    let mut draft = Draft::of(code, relevant_date.to_string(), trigger);
    if on > relevant_date {
        draft.steps.push(Step::to(on, format!("the commencement of Part 2, later than {relevant_date}")));
    }
    let shows_it = |notification: &Notification| match notification.kind {
        NotificationKind::Change | NotificationKind::Periodic | NotificationKind::Weekly => true,
        NotificationKind::Initial | NotificationKind::Travel | NotificationKind::Return => false,
    };
    let initial =
        desk.first_given(desk.registered_since(on), |notification| notification.kind == NotificationKind::Initial);
    if let Some(held) = initial {
        let given_on = london_date(held.record.notified_at);
        if given_on < on {
            draft.steps.push(Step::to(given_on, "notified before it: subject to the requirements already"));
        }
        draft.met = Some(Met::by(held));
    } else if let Some(held) = desk.first_given(relevant_date, shows_it) {
        draft.steps.push(Step::note("the first notification is not on record: the earliest later one shows it"));
        draft.met = Some(Met::by(held));
    }
    desk.settle(draft).into_iter().collect()
}
