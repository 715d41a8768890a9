//! The duties at their boundaries. Each row of a table names the section of the domain rules it holds the
//! code to, what is known, on which day it is asked, and the last day and state that must come of it.

mod advance;
mod changes;
mod confirmations;
mod counting;
mod moves;
mod periods;
mod properties;
mod rules;
mod stays;
mod travel;

use serde_json::{Value, from_value, json};

use super::suspicion::{SuspectedBreach, suspected_breaches};
use super::{Duty, DutyCode, DutyFacts, NotificationRules, duties};
use crate::domain::address::Address;
use crate::domain::calendar::CivilDate;
use crate::domain::disposal::Disposal;
use crate::domain::foreign_travel::ForeignTravel;
use crate::domain::moment::Moment;
use crate::domain::notifiable_change::NotifiableChange;
use crate::domain::notification::Notification;
use crate::domain::offender::Offender;
use crate::domain::order::Order;
use crate::domain::record::Held;
use crate::domain::reference::Ref;
use crate::domain::status_history::StatusSpell;

fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

/// Noon of a day, or the instant given.
fn moment(text: &str) -> Moment {
    let instant = if text.contains('T') { text.to_owned() } else { format!("{text}T12:00:00Z") };
    Moment::at(instant.parse().unwrap())
}

fn built_in() -> NotificationRules {
    NotificationRules::built_in().unwrap()
}

/// `over` laid over `base`, member by member.
fn laid_over(mut base: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

/// What is known of somebody, to be changed by a test.
#[derive(Clone, Debug)]
struct Known {
    offender: Offender,
    spells: Vec<StatusSpell>,
    notifications: Vec<Held<Notification>>,
    addresses: Vec<Held<Address>>,
    orders: Vec<Held<Order>>,
    disposals: Vec<Held<Disposal>>,
    changes: Vec<Held<NotifiableChange>>,
    travels: Vec<Held<ForeignTravel>>,
}

fn held<T: serde::de::DeserializeOwned>(subject: &str, record: Value) -> Held<T> {
    let event_time = "2021-01-01T00:00:00Z".parse().unwrap();
    Held { subject: Ref::new(subject).unwrap(), event_time, event_id: "e".into(), record: from_value(record).unwrap() }
}

impl Known {
    /// A relevant offender since 1 February 2015, in the community ever since, who notified that day.
    fn settled() -> Self {
        Self::unnotified("2015-02-01").notified("n0", "initial", "2015-02-01", &json!({}))
    }

    /// A relevant offender since a day, in the community since, who has not notified.
    fn unnotified(relevant_date: &str) -> Self {
        let offender = json!({
            "given_name": "A", "family_name": "B", "aliases": [], "status": "community", "status_since": relevant_date,
            "team_ref": "t", "lead_agency": "police", "lead_agency_since": relevant_date,
            "mappa": {"category": 1, "level": 1}, "external_refs": [], "warning_markers": [],
            "notification": {"relevant_date": relevant_date, "ends_on": null, "regime": "annual",
                "under_18_at_relevant_date": false},
        });
        Self {
            offender: from_value(offender).unwrap(),
            spells: Vec::new(),
            notifications: Vec::new(),
            addresses: Vec::new(),
            orders: Vec::new(),
            disposals: Vec::new(),
            changes: Vec::new(),
            travels: Vec::new(),
        }
    }

    fn weekly(mut self) -> Self {
        self.offender.notification.regime = from_value(json!("weekly")).unwrap();
        self
    }

    fn ends_on(mut self, day: &str) -> Self {
        self.offender.notification.ends_on = Some(date(day));
        self
    }

    /// Statuses in turn, each from a day on; the offender's record has the last.
    fn statuses(mut self, turns: &[(&str, &str)]) -> Self {
        self.spells.clear();
        for (index, (status, from)) in turns.iter().enumerate() {
            let ended_on = turns.get(index + 1).map(|(_, next)| date(next));
            let status = from_value(json!(status)).unwrap();
            self.spells.push(StatusSpell { status, from: date(from), ended_on });
            (self.offender.status, self.offender.status_since) = (status, date(from));
        }
        self
    }

    /// A notification of that day at ten in the morning, or of that instant.
    fn notified(mut self, subject: &str, kind: &str, on: &str, over: &Value) -> Self {
        let at = if on.contains('T') { on.to_owned() } else { format!("{on}T10:00:00Z") };
        let base = json!({"offender_ref": "o", "kind": kind, "notified_at": at, "moves_periodic_date": true});
        self.notifications.push(held(subject, laid_over(base, over)));
        self
    }

    fn address(mut self, subject: &str, kind: &str, from: &str, until: Option<&str>) -> Self {
        self.addresses.push(held(
            subject,
            json!({"offender_ref": "o", "kind": kind, "lines": [], "resident_from": from, "resident_until": until}),
        ));
        self
    }

    fn order(mut self, subject: &str, record: &Value) -> Self {
        self.orders.push(held(subject, laid_over(json!({"offender_ref": "o", "conditions": []}), record)));
        self
    }

    fn disposal(mut self, subject: &str, record: &Value) -> Self {
        let base = json!({"offender_ref": "o", "basis": "conviction", "relevant_date": "2015-02-01",
            "under_18_at_relevant_date": false});
        self.disposals.push(held(subject, laid_over(base, record)));
        self
    }

    fn change(mut self, subject: &str, kind: &str, occurred_on: Option<&str>, over: &Value) -> Self {
        let base = json!({"offender_ref": "o", "kind": kind, "occurred_on": occurred_on, "how_known": "visit",
            "known_on": "2021-04-01"});
        self.changes.push(held(subject, laid_over(base, over)));
        self
    }

    fn travel(mut self, subject: &str, record: &Value) -> Self {
        self.travels.push(held(subject, laid_over(json!({"offender_ref": "o"}), record)));
        self
    }

    fn facts(&self) -> DutyFacts<'_> {
        DutyFacts {
            offender: &self.offender,
            spells: &self.spells,
            notifications: &self.notifications,
            addresses: &self.addresses,
            orders: &self.orders,
            disposals: &self.disposals,
            changes: &self.changes,
            travels: &self.travels,
        }
    }

    fn duties(&self, at: &str) -> Vec<Duty> {
        duties(self.facts(), moment(at), &built_in())
    }

    /// The newest duty of a code by its trigger, in short: its last day (`-` while the clock stands still), its state
    /// and that state's dates.
    fn told(&self, code: DutyCode, at: &str) -> String {
        self.told_by(&built_in(), code, at)
    }

    fn told_by(&self, rules: &NotificationRules, code: DutyCode, at: &str) -> String {
        let duties = duties(self.facts(), moment(at), rules);
        duties.iter().rev().find(|duty| duty.code == code).map_or_else(|| "none".to_owned(), short)
    }

    fn suspected(&self, at: &str) -> Vec<SuspectedBreach> {
        suspected_breaches(self.facts(), moment(at), &built_in())
    }
}

fn short(duty: &Duty) -> String {
    let state = serde_json::to_value(duty.state).unwrap();
    let text = |name: &str| state[name].as_str().map(|text| format!(" {text}")).unwrap_or_default();
    let last_day = duty.last_day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!(
        "{last_day} {}{}{}{}",
        state["state"].as_str().unwrap(),
        text("on"),
        text("since"),
        text("first_failure_on")
    )
}

/// Rows: the section, what the row shows, what is known, the duty, the day asked for, what must be told.
type Row = (&'static str, &'static str, Known, DutyCode, &'static str, &'static str);

fn hold(rows: Vec<Row>) {
    for (section, shows, known, code, at, expected) in rows {
        assert_eq!(known.told(code, at), expected, "section {section}: {shows}");
    }
}
