//! Receiving a notification: whether it restarts the year, and which changes it can cover.

use super::change::duty_of;
use super::subject::{Subject, can_have_told, named};
use crate::domain::calendar::london_date;
use crate::domain::notifiable_change::{ChangeKind, NotifiableChange};
use crate::domain::notification::{Notification, NotificationKind};

/// Whether a notification restarts the year, where nobody chooses: those under ss.83(1), 84(1) and 85(1) do `[S]`, of
/// changes those to a name, an address, a stay or release alone `[I]`. Nothing where neither the changes that it covers
/// nor its provision say what was notified: then somebody has to choose.
#[must_use]
pub fn restarts_the_year(
    kind: NotificationKind,
    provision: Option<&str>,
    covers: &[&NotifiableChange],
) -> Option<bool> {
    match kind {
        NotificationKind::Initial | NotificationKind::Periodic | NotificationKind::Weekly => Some(true),
        NotificationKind::Travel | NotificationKind::Return => Some(false),
        NotificationKind::Change if covers.is_empty() => {
            provision.and_then(named).map(|subject| subject != Subject::Prescribed)
        }
        NotificationKind::Change => Some(covers.iter().any(|change| change.moves_periodic_date())),
    }
}

/// How a notification covers a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covering {
    /// It tells of what happened.
    Told,
    /// It is the advance notice of it: s.84(2).
    InAdvance,
}

/// How a notification covers a change.
///
/// # Errors
/// When it cannot cover it, and why.
pub fn covering(notification: &Notification, change: &NotifiableChange) -> Result<Covering, &'static str> {
    let subject = match duty_of(change.kind) {
        Some((_, subject, _)) => subject,
        None if change.kind == ChangeKind::Stay => Subject::Stay,
        None => Subject::Prescribed,
    };
    if !can_have_told(notification, subject) {
        return Err("a notification of that kind, under that provision, does not tell of such a change");
    }
    let told_on = london_date(notification.notified_at);
    if change.occurred_on.is_some_and(|on| on <= told_on) {
        return Ok(Covering::Told);
    }
    match &change.advance {
        Some(notice) if london_date(notice.notified_at) == told_on => Ok(Covering::InAdvance),
        Some(_) | None => Err("the change had not happened by then, and has no advance notice of that day"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn change(kind: &str, occurred_on: Option<&str>, over: &Value) -> NotifiableChange {
        let mut change = json!({ "offender_ref": "o", "kind": kind, "occurred_on": occurred_on,
            "how_known": "offender_said", "known_on": "2021-04-10" });
        for (member, value) in over.as_object().unwrap() {
            change[member] = value.clone();
        }
        from_value(change).unwrap()
    }

    #[test]
    fn the_year_restarts_by_kind_by_what_is_covered_and_by_the_provision() {
        let name = change("name_used", Some("2021-04-10"), &json!({}));
        let bank = change("bank_account_opened", Some("2021-04-10"), &json!({}));
        let chosen = change("bank_account_opened", Some("2021-04-10"), &json!({ "moves_periodic_date": true }));
        type Row<'a> = (&'a str, Option<&'a str>, Vec<&'a NotifiableChange>, Option<bool>);
        let rows: [Row<'_>; 12] = [
            ("initial", None, vec![], Some(true)),
            ("periodic", None, vec![&bank], Some(true)),
            ("weekly", None, vec![], Some(true)),
            ("travel", None, vec![], Some(false)),
            ("return", None, vec![], Some(false)),
            ("change", None, vec![], None),
            ("change", Some("SOA 2003 s.84"), vec![], None),
            ("change", Some("SOA 2003 s.84(1)(b)"), vec![], Some(true)),
            ("change", Some("SI 2012/1876 reg 13"), vec![], Some(false)),
            ("change", Some("SOA 2003 s.84(1)(b)"), vec![&bank], Some(false)),
            ("change", None, vec![&bank, &name], Some(true)),
            ("change", None, vec![&chosen], Some(true)),
        ];
        for (kind, provision, covers, expected) in rows {
            let found = restarts_the_year(from_value(json!(kind)).unwrap(), provision, &covers);
            assert_eq!(found, expected, "{kind} {provision:?}");
        }
    }

    #[test]
    fn a_notification_covers_what_had_happened_by_then_or_what_it_told_in_advance() {
        let given = |kind: &str, provision: Option<&str>, on: &str| -> Notification {
            from_value(json!({ "offender_ref": "o", "kind": kind, "notified_at": format!("{on}T09:00:00Z"),
                "moves_periodic_date": true, "provision": provision }))
            .unwrap()
        };
        let expected = json!({ "advance": { "notified_at": "2021-04-01T10:00:00Z", "expected_on": "2021-04-11" } });
        let happened = change("name_used", Some("2021-04-10"), &json!({}));
        let to_come = change("name_used", None, &expected);
        let realised = change("name_used", Some("2021-04-10"), &expected);
        let stay = change("stay", Some("2021-04-01"), &json!({}));
        let away = change("absent_from_home", Some("2021-04-11"), &expected);
        let rows = [
            (given("change", None, "2021-04-10"), &happened, Some(Covering::Told)),
            (given("periodic", None, "2021-04-12"), &happened, Some(Covering::Told)),
            (given("change", None, "2021-04-09"), &happened, None),
            (given("travel", None, "2021-04-10"), &happened, None),
            (given("change", Some("s.84(1)(b)"), "2021-04-10"), &happened, None),
            (given("change", Some("s.84(1)(a)"), "2021-04-10"), &happened, Some(Covering::Told)),
            (given("change", None, "2021-04-01"), &to_come, Some(Covering::InAdvance)),
            (given("change", None, "2021-04-02"), &to_come, None),
            (given("change", None, "2021-04-01"), &realised, Some(Covering::InAdvance)),
            (given("change", None, "2021-04-11"), &realised, Some(Covering::Told)),
            (given("change", None, "2021-04-01"), &away, Some(Covering::InAdvance)),
            (given("change", None, "2021-04-02"), &away, None),
            (given("change", Some("s.84(1)(c)"), "2021-04-11"), &stay, Some(Covering::Told)),
            (given("change", Some("s.84(1)(ca)"), "2021-04-11"), &stay, None),
        ];
        for (notification, change, expected) in rows {
            assert_eq!(covering(&notification, change).ok(), expected, "{notification:?} {change:?}");
        }
    }
}
