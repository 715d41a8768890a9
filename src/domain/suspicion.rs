//! Suspicions: lapsed duties that may be breaches. The service suspects, and asserts nothing: there may be a
//! reasonable excuse, custody, or time abroad. A person confirms or discounts (domain rules, section 5 `[I]`).

use super::breach::{Breach, BreachCasework, BreachKind, BreachSource, BreachState, Lapse};
use super::breach_provision::Provision;
use super::calendar::{CivilDate, Instant, plus_days};
use super::case_file::{CaseFile, ForceFile};
use super::flag::Case;
use super::flag::notification::periodic_confirmation;
use super::moment::Moment;
use super::policy::Policy;
use super::reference::Ref;

/// The duty of the periodic confirmation.
pub const PERIODIC_CONFIRMATION: &str = "s.85(1)";

/// A lapse of an offender's duty to notify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Whose.
    pub offender_ref: Ref,
    /// Which duty, and when it was due: the same lapse is the same suspicion for good.
    pub lapse: Lapse,
}

impl Suspicion {
    /// The first day of the failure: that after the last on which the duty could have been met.
    #[must_use]
    pub fn first_failure_on(&self) -> CivilDate {
        plus_days(self.lapse.due_on, 1)
    }

    /// True when a breach of that very failure is on file already, however it was found and whatever was decided.
    #[must_use]
    pub fn is_on_file(&self, case: &CaseFile) -> bool {
        case.records.breaches.iter().any(|held| {
            let breach = &held.record;
            let same_lapse = breach.casework.suspicion.as_ref() == Some(&self.lapse);
            let was_found_by_people = breach.casework.suspicion.is_none();
            let same_failure =
                breach.kind == BreachKind::Notification && breach.first_failure_on == self.first_failure_on();
            same_lapse || (was_found_by_people && same_failure)
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

/// Every lapse in a force that is not on file yet: of the periodic confirmation (SOA 2003 s.85).
#[must_use]
pub fn suspicions(force: &ForceFile, at: Moment, policy: &Policy) -> Vec<Suspicion> {
    let of_case = |file| suspicion(Case { file, force, at, policy });
    force.cases.values().filter_map(of_case).collect()
}

fn suspicion(case: Case<'_>) -> Option<Suspicion> {
    let due_on = periodic_confirmation(case).filter(|confirmation| case.at.is_overdue(confirmation.due_on))?.due_on;
    let lapse = Lapse { duty: PERIODIC_CONFIRMATION.to_owned(), due_on };
    let suspicion = Suspicion { offender_ref: case.file.offender_ref.clone(), lapse };
    (!suspicion.is_on_file(case.file)).then_some(suspicion)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    fn found(world: &World) -> Vec<(CivilDate, CivilDate)> {
        let (force, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
        suspicions(&force, at, policies.in_force(at.today()).unwrap())
            .into_iter()
            .map(|it| (it.lapse.due_on, it.first_failure_on()))
            .collect()
    }

    fn notified(on: &str) -> World {
        World::in_order().set(RecordKind::Notification, "n", json!({ "notified_at": format!("{on}T10:00:00Z") }))
    }

    #[test]
    fn a_lapse_is_suspected_from_the_day_after_it_was_due_and_until_it_is_on_file() {
        let date = |text: &str| text.parse::<CivilDate>().unwrap();
        assert_eq!(found(&notified("2020-04-15")), []);
        let lapsed = vec![(date("2021-04-14"), date("2021-04-15"))];
        assert_eq!(found(&notified("2020-04-14")), lapsed);
        let suspicion =
            |due: &str| json!({ "first_failure_on": "2020-01-01", "suspicion": { "duty": "s.85(1)", "due_on": due } });
        let rows: [(Value, bool); 6] = [
            (json!({ "first_failure_on": "2021-04-15" }), true),
            (json!({ "first_failure_on": "2021-04-15", "state": "discounted" }), true),
            (json!({ "first_failure_on": "2021-04-15", "kind": "order" }), false),
            (json!({ "first_failure_on": "2021-04-14" }), false),
            (suspicion("2021-04-14"), true),
            (suspicion("2020-04-14"), false),
        ];
        for (members, on_file) in rows {
            let world = notified("2020-04-14").set(RecordKind::Breach, "b", members.clone());
            assert_eq!(found(&world), if on_file { vec![] } else { lapsed.clone() }, "{members}");
        }
        let custody = notified("2020-04-14").set(RecordKind::Offender, "o", json!({ "status": "custody" }));
        assert_eq!(found(&custody), []);
    }
}
