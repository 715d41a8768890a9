//! Suspicions: lapsed duties that may be breaches. The service suspects, and asserts nothing: there may be a
//! reasonable excuse, custody, or time abroad. A person confirms or discounts (domain rules, section 5 `[I]`).

use super::breach::{Breach, BreachCasework, BreachKind, BreachSource, BreachState, Lapse};
use super::breach_provision::Provision;
use super::calendar::{CivilDate, Instant, minus_days, plus_days};
use super::case_file::CaseFile;
use super::notification_duty::Duty;
use super::notification_duty::suspicion::SuspectedBreach;
use super::reference::Ref;

/// A lapse of an offender's duty to notify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Whose.
    pub offender_ref: Ref,
    /// Which duty, and when it was due: the same lapse is the same suspicion for good.
    pub lapse: Lapse,
}

impl Suspicion {
    /// What the duties' arithmetic found.
    #[must_use]
    pub fn of(offender_ref: Ref, found: SuspectedBreach) -> Self {
        let SuspectedBreach { key, provision, first_failure_on, fact, .. } = found;
        let lapse = Lapse {
            duty: key,
            provision,
            fact: fact.fact.to_owned(),
            fact_ref: fact.record_ref,
            triggered_on: fact.on,
            due_on: minus_days(first_failure_on, 1),
        };
        Self { offender_ref, lapse }
    }

    /// The first day of the failure: that after the last on which the duty could have been met.
    #[must_use]
    pub fn first_failure_on(&self) -> CivilDate {
        plus_days(self.lapse.due_on, 1)
    }

    /// True when a breach of that very duty is on file already, whatever was decided, or when people found one of the
    /// same failure by themselves.
    #[must_use]
    pub fn is_on_file(&self, case: &CaseFile) -> bool {
        case.records.breaches.iter().any(|held| match &held.record.casework.suspicion {
            Some(lapse) => lapse.is_of_the_same_duty(&self.lapse.duty, self.lapse.triggered_on),
            None => {
                held.record.kind == BreachKind::Notification && held.record.first_failure_on == self.first_failure_on()
            }
        })
    }

    /// The breach that is suspected.
    #[must_use]
    pub fn breach(&self, found_at: Instant) -> Breach {
        Breach {
            offender_ref: self.offender_ref.clone(),
            kind: Provision::S91.kind(),
            provision: Provision::S91.as_str().to_owned(),
            first_failure_on: self.first_failure_on(),
            discovered_at: found_at,
            summary: String::new(),
            order_ref: None,
            crime: None,
            decision: None,
            casework: Box::new(BreachCasework {
                state: BreachState::Suspected,
                source: Some(BreachSource::NotificationCheck),
                suspicion: Some(self.lapse.clone()),
                ..BreachCasework::default()
            }),
        }
    }
}

/// A suspicion on file, and what is known of its duty now. Nothing withdraws it by itself: where the duty was met in
/// time after all, or is none any more, a person is shown so and decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspicionOnFile {
    /// The breach.
    pub breach_ref: Ref,
    /// Whether somebody has decided.
    pub state: BreachState,
    /// The lapse, as it was suspected.
    pub lapse: Lapse,
    /// The duty as it stands now; nothing where what is known now makes no such duty.
    pub duty: Option<Duty>,
}

impl SuspicionOnFile {
    /// True while what is known still shows the lapse.
    #[must_use]
    pub fn still_holds(&self) -> bool {
        self.duty.as_ref().is_some_and(|duty| duty.first_failure_on().is_some())
    }
}

/// The suspicions that are on file in a case, beside its duties as they stand, in the order of the breaches.
#[must_use]
pub fn on_file(case: &CaseFile, duties: &[Duty]) -> Vec<SuspicionOnFile> {
    let filed = case.records.breaches.iter().filter_map(|held| {
        let (breach_ref, casework) = (held.subject.clone(), &held.record.casework);
        let lapse = casework.suspicion.clone()?;
        let same = |duty: &&Duty| lapse.is_of_the_same_duty(&duty.key, duty.trigger.on);
        let duty = duties.iter().find(same).cloned();
        Some(SuspicionOnFile { breach_ref, state: casework.state, lapse, duty })
    });
    filed.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::notification_duty::suspicion::suspected_breaches;
    use crate::domain::notification_duty::{DutyFacts, NotificationRules, duties};
    use crate::domain::record::RecordKind;

    /// The suspicions of the world that are not on file: the last day, the first of the failure.
    fn found(world: &World) -> Vec<(String, String, String)> {
        let (force, at, rules) = (world.force_file(), world.moment(), NotificationRules::built_in().unwrap());
        let case = force.cases.values().next().unwrap();
        suspected_breaches(DutyFacts::of_case(case, &[]), at, &rules)
            .into_iter()
            .map(|found| Suspicion::of(case.offender_ref.clone(), found))
            .filter(|suspicion| !suspicion.is_on_file(case))
            .map(|it| (it.lapse.duty.clone(), it.lapse.due_on.to_string(), it.first_failure_on().to_string()))
            .collect()
    }

    fn notified(on: &str) -> World {
        World::in_order().set(RecordKind::Notification, "n", json!({ "notified_at": format!("{on}T10:00:00Z") })).set(
            RecordKind::Notification,
            "first",
            json!({ "kind": "initial", "notified_at": "2015-06-01T10:00:00Z" }),
        )
    }

    fn suspected(duty: &str, triggered_on: &str) -> Value {
        json!({ "state": "suspected", "first_failure_on": "2020-01-01", "suspicion": { "duty": duty,
            "provision": "SOA 2003 s.85(1)", "fact": "notified", "fact_ref": "n", "triggered_on": triggered_on,
            "due_on": "2019-12-31" } })
    }

    #[test]
    fn a_lapse_is_suspected_from_the_day_after_it_was_due_and_until_it_is_on_file() {
        assert_eq!(found(&notified("2020-04-15")), []);
        let key = "periodic_confirmation:n";
        let lapsed = vec![(key.to_owned(), "2021-04-14".to_owned(), "2021-04-15".to_owned())];
        assert_eq!(found(&notified("2020-04-14")), lapsed);
        let rows: [(Value, bool); 8] = [
            (json!({ "first_failure_on": "2021-04-15" }), true),
            (json!({ "first_failure_on": "2021-04-15", "state": "discounted" }), true),
            (json!({ "first_failure_on": "2021-04-15", "kind": "order" }), false),
            (json!({ "first_failure_on": "2021-04-14" }), false),
            // The last day was thought to be another then.
            (suspected(key, "2020-04-14"), true),
            // The record of the notification was put right since: another lapse.
            (suspected(key, "2019-04-14"), false),
            (suspected("periodic_confirmation:other", "2020-04-14"), false),
            (suspected("home_address_changed:n", "2020-04-14"), false),
        ];
        for (members, on_file) in rows {
            let world = notified("2020-04-14").set(RecordKind::Breach, "b", members.clone());
            assert_eq!(found(&world), if on_file { vec![] } else { lapsed.clone() }, "{members}");
        }
        let custody = notified("2020-04-14").set(RecordKind::Offender, "o", json!({ "status": "deceased" }));
        assert_eq!(found(&custody), []);
    }

    #[test]
    fn what_is_on_file_is_shown_beside_the_duty_as_it_stands() {
        let world =
            notified("2020-04-14").set(RecordKind::Breach, "b", suspected("periodic_confirmation:n", "2020-04-14"));
        let late = json!({ "notified_at": "2021-04-10T10:00:00Z" });
        for (world, holds, gone) in [
            (world.clone(), true, false),
            (world.clone().set(RecordKind::Notification, "late-arrival", late), false, false),
            (world.without(RecordKind::Notification, "n"), false, true),
        ] {
            let (force, at, rules) = (world.force_file(), world.moment(), NotificationRules::built_in().unwrap());
            let case = force.cases.values().next().unwrap();
            let filed = on_file(case, &duties(DutyFacts::of_case(case, &[]), at, &rules));
            assert_eq!((filed.len(), filed[0].still_holds(), filed[0].duty.is_none()), (1, holds, gone));
            assert_eq!((filed[0].state, filed[0].breach_ref.as_str()), (BreachState::Suspected, "b"));
        }
    }
}
