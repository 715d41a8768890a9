//! Suspension of reactive management. A breach, an arrest or a new order puts somebody in it back into visit demand
//! at once; that is protective and provisional, and a detective inspector decides. Other changes call for a review:
//! [`super::reactive_reviews`].
//!
//! Any intelligence or change in circumstances makes reactive management be looked at again (HMICFRS, Dorset 2021);
//! which event does what is a design reading `[I]`.

use serde::{Deserialize, Serialize};

use super::bank_holidays::BankHolidays;
use super::breach::BreachState;
use super::calendar::{CivilDate, Instant, london_date};
use super::case_file::CaseFile;
use super::moment::Moment;
use super::policy::Policy;
use super::reactive_management::ReactiveManagement;
use super::reactive_records::ReactiveOutcome;
use super::record::RecordKind;
use super::reference::Ref;
use super::visit::Visit;

/// What suspends reactive management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// A breach, confirmed. Once confirmed it is another trigger than while it was suspected.
    Breach,
    /// A breach that is suspected.
    SuspectedBreach,
    /// An arrest, entered by a person.
    Arrest,
    /// Intelligence of an arrest.
    IntelligenceOfArrest,
    /// A new order, of any kind.
    Order,
}

impl TriggerKind {
    /// The kind of record that it is.
    #[must_use]
    pub const fn record_kind(self) -> RecordKind {
        match self {
            Self::Breach | Self::SuspectedBreach => RecordKind::Breach,
            Self::Arrest => RecordKind::Arrest,
            Self::IntelligenceOfArrest => RecordKind::Intelligence,
            Self::Order => RecordKind::Order,
        }
    }
}

/// A trigger by its name, as a decision answers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerRef {
    /// What it is.
    pub kind: TriggerKind,
    /// The record of it.
    #[serde(rename = "ref")]
    pub reference: Ref,
}

/// A trigger, with its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// Which.
    #[serde(flatten)]
    pub named: TriggerRef,
    /// When it came about.
    pub on: CivilDate,
    /// At what time, where that is known.
    pub at: Option<Instant>,
}

impl Trigger {
    /// True when a visit came after it; on its day, only where both times are known.
    #[must_use]
    pub fn is_before(&self, visit: &Visit) -> bool {
        self.at.map_or_else(|| visit.date() > self.on, |at| visit.attempted_at > at)
    }
}

/// A spell that is suspended: the person is visited as anybody else, until a detective inspector has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspension {
    /// Since the day of the first trigger that nobody has answered.
    pub since: CivilDate,
    /// The last day for the decision.
    pub decide_by: CivilDate,
    /// True when that day has passed.
    pub overdue: bool,
    /// What is not answered, the oldest first.
    pub triggers: Vec<Trigger>,
}

/// True when an offender is not visited at home because of reactive management: a spell holds and is not suspended.
#[must_use]
pub fn is_left_unvisited(case: &CaseFile, at: Moment) -> bool {
    case.reactive_spell(at).is_some_and(|spell| unanswered(case, spell, at).is_empty())
}

/// Whether the spell that holds is suspended: something happened in it that no decision to retain has answered.
#[must_use]
pub fn suspension(case: &CaseFile, at: Moment, policy: &Policy, bank_holidays: &BankHolidays) -> Option<Suspension> {
    let open = unanswered(case, case.reactive_spell(at)?, at);
    let since = open.first()?.on;
    let decide_by = bank_holidays.plus_working_days(since, policy.reactive_decision_working_days);
    Some(Suspension { since, decide_by, overdue: at.is_overdue(decide_by), triggers: open })
}

/// The same by the bank holidays built in, which are read only where something is unanswered.
#[must_use]
pub fn suspended(case: &CaseFile, at: Moment, policy: &Policy) -> Option<Suspension> {
    unanswered(case, case.reactive_spell(at)?, at).first()?;
    suspension(case, at, policy, &BankHolidays::built_in().ok()?)
}

/// What had suspended the last spell and nobody had answered when it ended, the oldest first.
#[must_use]
pub fn suspended_when_left(case: &CaseFile, at: Moment) -> Vec<Trigger> {
    let left = case.records.reactive.as_ref().and_then(|spell| Some((spell, spell.left_on?)));
    let Some((spell, left_on)) = left.filter(|(_, left_on)| case.is_managed(at) && at.has_come(*left_on)) else {
        return Vec::new();
    };
    let mut open = unanswered(case, spell, at);
    open.retain(|trigger| trigger.on <= left_on);
    open
}

fn unanswered(case: &CaseFile, spell: &ReactiveManagement, at: Moment) -> Vec<Trigger> {
    let mut open: Vec<Trigger> =
        triggers(case, spell, at).into_iter().filter(|trigger| !is_answered(case, trigger, at)).collect();
    open.sort_by(|a, b| (a.on, a.at, &a.named).cmp(&(b.on, b.at, &b.named)));
    open
}

/// Everything that suspends, from the day of entry on.
fn triggers(case: &CaseFile, spell: &ReactiveManagement, at: Moment) -> Vec<Trigger> {
    let mut found = Vec::new();
    let mut add = |kind, reference: &Ref, on: CivilDate, instant: Option<Instant>| {
        let has_happened = instant.map_or_else(|| at.has_come(on), |instant| at.has_happened(instant));
        if on >= spell.entered_on && has_happened {
            let named = TriggerRef { kind, reference: reference.clone() };
            found.push(Trigger { named, on, at: instant });
        }
    };
    for (state, kind) in
        [(BreachState::Confirmed, TriggerKind::Breach), (BreachState::Suspected, TriggerKind::SuspectedBreach)]
    {
        for held in case.breaches_in(state) {
            let discovered_at = held.record.discovered_at;
            add(kind, &held.subject, london_date(discovered_at), Some(discovered_at));
        }
    }
    for held in &case.records.arrests {
        let arrested_at = held.record.arrested_at;
        add(TriggerKind::Arrest, &held.subject, london_date(arrested_at), Some(arrested_at));
    }
    for held in case.records.intelligence.iter().filter(|held| held.record.casework.shows_arrest) {
        let received_at = held.record.received_at;
        add(TriggerKind::IntelligenceOfArrest, &held.subject, london_date(received_at), Some(received_at));
    }
    for held in &case.records.orders {
        add(TriggerKind::Order, &held.subject, held.record.made_on, None);
    }
    found
}

fn is_answered(case: &CaseFile, trigger: &Trigger, at: Moment) -> bool {
    case.records.reactive_decisions.iter().any(|held| {
        let decision = &held.record;
        decision.outcome == ReactiveOutcome::Retain
            && at.has_happened(decision.decided_at)
            && decision.answers.contains(&trigger.named)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;

    /// In reactive management since 10 February 2021; now is 09:00 on Thursday 15 April.
    fn world() -> World {
        World::in_order().set(RecordKind::ReactiveManagement, "o", json!({}))
    }

    fn suspended(world: &World) -> Option<Suspension> {
        let (force, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
        let policy = policies.in_force(at.today()).unwrap();
        suspension(force.cases.values().next().unwrap(), at, policy, &BankHolidays::built_in().unwrap())
    }

    #[test]
    fn each_trigger_suspends_from_the_day_of_entry_on() {
        let breach = |state: &str, at: &str| json!({ "state": state, "discovered_at": at });
        let rows: [(RecordKind, Value, Option<&str>); 15] = [
            (RecordKind::Breach, breach("confirmed", "2021-04-14T10:00:00Z"), Some("breach")),
            (RecordKind::Breach, breach("suspected", "2021-04-14T10:00:00Z"), Some("suspected_breach")),
            (RecordKind::Breach, breach("discounted", "2021-04-14T10:00:00Z"), None),
            (RecordKind::Breach, breach("confirmed", "2021-02-10T00:00:00Z"), Some("breach")),
            (RecordKind::Breach, breach("confirmed", "2021-02-09T23:59:59Z"), None),
            (RecordKind::Breach, breach("confirmed", "2021-04-15T08:00:01Z"), None),
            (RecordKind::Arrest, json!({}), Some("arrest")),
            (RecordKind::Arrest, json!({ "arrested_at": "2021-02-09T10:00:00Z" }), None),
            (RecordKind::Intelligence, json!({ "shows_arrest": true }), Some("intelligence_of_arrest")),
            (RecordKind::Intelligence, json!({}), None),
            (RecordKind::Order, json!({ "kind": "other", "made_on": "2021-04-15" }), Some("order")),
            (RecordKind::Order, json!({ "made_on": "2021-02-10" }), Some("order")),
            (RecordKind::Order, json!({ "made_on": "2021-02-09" }), None),
            (RecordKind::Order, json!({ "made_on": "2021-04-16" }), None),
            (RecordKind::Address, json!({ "resident_from": "2021-04-14" }), None),
        ];
        assert_eq!(suspended(&world()), None);
        for (kind, members, trigger) in rows {
            let changed = world().set(kind, "x", members.clone());
            let found = suspended(&changed).map(|it| serde_json::to_value(it.triggers[0].named.kind).unwrap());
            assert_eq!(found, trigger.map(Value::from), "{kind} {members}");
            let out = changed.set(RecordKind::ReactiveManagement, "o", json!({ "left_on": "2021-04-15" }));
            assert_eq!(suspended(&out), None, "{kind} {members}");
        }
    }

    #[test]
    fn the_decision_is_due_within_a_working_day_of_the_first_trigger() {
        for (discovered, decide_by, overdue) in [
            ("2021-04-01T10:00:00Z", "2021-04-06", true),
            ("2021-04-13T10:00:00Z", "2021-04-14", true),
            ("2021-04-14T10:00:00Z", "2021-04-15", false),
        ] {
            let world = world().set(RecordKind::Breach, "y", json!({ "discovered_at": "2021-04-15T07:00:00Z" })).set(
                RecordKind::Breach,
                "x",
                json!({ "discovered_at": discovered }),
            );
            let found = suspended(&world).unwrap();
            assert_eq!((found.decide_by.to_string().as_str(), found.overdue), (decide_by, overdue), "{discovered}");
            assert_eq!((found.triggers.len(), found.triggers[0].named.reference.as_str()), (2, "x"));
        }
    }

    #[test]
    fn a_decision_to_retain_answers_the_triggers_that_it_names_and_no_other() {
        let world = world().set(RecordKind::Breach, "x", json!({ "state": "suspected" }));
        let decided = |outcome: &str, at: &str, kind: &str, reference: &str| {
            let answers = json!([{ "kind": kind, "ref": reference }]);
            let decision = json!({ "outcome": outcome, "decided_at": at, "answers": answers });
            suspended(&world.clone().set(RecordKind::ReactiveDecision, "d", decision)).is_none()
        };
        let now = "2021-04-15T08:00:00Z";
        assert!(decided("retain", now, "suspected_breach", "x"));
        assert!(!decided("retain", now, "suspected_breach", "y"));
        assert!(!decided("retain", now, "breach", "x"));
        assert!(!decided("remove", now, "suspected_breach", "x"));
        assert!(!decided("retain", "2021-04-15T08:00:01Z", "suspected_breach", "x"));
        let confirmed = world.set(
            RecordKind::ReactiveDecision,
            "d",
            json!({ "answers":
            [{ "kind": "suspected_breach", "ref": "x" }] }),
        );
        let confirmed = confirmed.set(RecordKind::Breach, "x", json!({ "state": "confirmed" }));
        assert!(suspended(&confirmed).is_some(), "confirmed since: another trigger");
    }
}
