//! Section 96B SOA 2003: a justice may authorise entry and search to assess risk where five conditions all hold. What
//! is known here of each; whether they hold is for the applicant and the justice.

use serde::Serialize;
use serde_json::{Value, json};

use super::address::AddressKind;
use super::attempt_ladder::AttemptLadder;
use super::calendar::{CivilDate, days_between, plus_days};
use super::case_file::CaseFile;
use super::moment::Moment;
use super::offender::OffenderStatus;

/// How far a condition is shown by what is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// What is recorded shows it.
    Yes,
    /// What is recorded shows that it does not hold, or not yet.
    No,
    /// No record can show it: the applicant states it.
    ForTheApplicant,
}

/// One of the five conditions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarrantCondition {
    /// Its letter in section 96B(1).
    pub letter: char,
    /// What it asks for.
    pub asks: &'static str,
    /// How far it is shown.
    pub shown: Shown,
    /// What is known.
    pub facts: Value,
}

/// What is known of each of the five conditions.
#[must_use]
pub fn warrant_conditions(case: &CaseFile, ladder: &AttemptLadder, at: Moment) -> [WarrantCondition; 5] {
    let condition = |letter, asks, shown, facts| WarrantCondition { letter, asks, shown, facts };
    let shown = |holds: bool| if holds { Shown::Yes } else { Shown::No };
    let home = case.current_address(at);
    let (premises_shown, premises) = home.map_or((Shown::No, json!({ "address_ref": null })), |held| {
        let facts = json!({ "address_ref": held.subject, "kind": held.record.kind,
            "resident_from": held.record.resident_from });
        // Where somebody of no fixed abode is found, the grounds are for the applicant to state.
        let is_home = held.record.kind == AddressKind::Main;
        (if is_home { Shown::Yes } else { Shown::ForTheApplicant }, facts)
    });
    let status = case.offender.status;
    let is_away = matches!(status, OffenderStatus::Custody | OffenderStatus::Hospital | OffenderStatus::Abroad);
    [
        condition(
            'a',
            "a senior officer of the force applies",
            Shown::ForTheApplicant,
            json!({ "rank": "superintendent or above" }),
        ),
        condition(
            'b',
            "the premises are the offender's last notified home, or there are reasonable grounds to believe that the \
             offender lives or is regularly found there",
            premises_shown,
            premises,
        ),
        condition(
            'c',
            "the offender is not in custody, in prison, detained in hospital or abroad",
            shown(!is_away),
            json!({ "status": status, "since": case.offender.status_since }),
        ),
        condition(
            'd',
            "it is necessary to enter and search the premises to assess the risk that the offender poses",
            Shown::ForTheApplicant,
            necessity(case, ladder, at),
        ),
        condition(
            'e',
            "a constable sought entry for that purpose on at least two occasions and was unable to obtain it",
            shown(ladder.counted >= ladder.needed),
            json!({ "attempts": ladder.counted, "needed": ladder.needed }),
        ),
    ]
}

/// What bears on necessity: how long nobody has seen the home, and how grave the risk was when last assessed.
fn necessity(case: &CaseFile, ladder: &AttemptLadder, at: Moment) -> Value {
    let assessment = case.current_assessment(at);
    let due: Option<CivilDate> = ladder.last_qualifying_visit_on.and_then(|last| {
        let (interval, _) = case.visit_requirement(at)?.interval_on(at.today());
        Some(plus_days(last, interval.latest_after_days))
    });
    json!({
        "last_qualifying_visit_on": ladder.last_qualifying_visit_on,
        "visit_due_by": due,
        "days_overdue": due.map(|due| days_between(due, at.today()).max(0)),
        "arms_level": assessment.map(|assessment| assessment.overall),
        "assessed_on": assessment.map(|assessment| assessment.assessed_on),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt_ladder::attempt_ladder;
    use crate::domain::bank_holidays::BankHolidays;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    fn shown(world: &World) -> String {
        let (force, policies, at) = (world.force_file(), Policies::built_in().unwrap(), world.moment());
        let case = force.cases.values().next().unwrap();
        let policy = policies.in_force(at.today()).unwrap();
        let ladder = attempt_ladder(case, &force, at, policy, &BankHolidays::built_in().unwrap());
        let mark = |shown| match shown {
            Shown::Yes => 'y',
            Shown::No => 'n',
            Shown::ForTheApplicant => '?',
        };
        warrant_conditions(case, &ladder, at).into_iter().map(|condition| mark(condition.shown)).collect()
    }

    fn tried(world: World, days: &[&str]) -> World {
        let world = world.set(RecordKind::Officer, "om", json!({ "constable": true }));
        days.iter().fold(world, |world, day| {
            let attempt = json!({ "attempted_at": format!("{day}T10:00:00Z"), "outcome": "no_reply",
                "home_inspected": false, "entry_sought_for_risk_assessment": true });
            world.set(RecordKind::Visit, day, attempt)
        })
    }

    #[test]
    fn each_condition_is_shown_by_what_is_recorded_or_left_to_the_applicant() {
        let offender = |status: &str| World::in_order().set(RecordKind::Offender, "o", json!({ "status": status }));
        let roofless = World::in_order().set(RecordKind::Address, "a", json!({ "kind": "no_fixed_abode" }));
        let nowhere = World::in_order().set(RecordKind::Address, "a", json!({ "resident_until": "2021-04-01" }));
        for (about, world, expected) in [
            ("two attempts", tried(World::in_order(), &["2021-04-01", "2021-04-02"]), "?yy?y"),
            ("one attempt", tried(World::in_order(), &["2021-04-01"]), "?yy?n"),
            ("in custody", tried(offender("custody"), &["2021-04-01", "2021-04-02"]), "?yn?y"),
            ("in hospital", offender("hospital"), "?yn?n"),
            ("abroad", offender("abroad"), "?yn?n"),
            ("missing", offender("missing"), "?yy?n"),
            ("no fixed abode", tried(roofless, &["2021-04-01", "2021-04-02"]), "??y?y"),
            ("no address", tried(nowhere, &["2021-04-01", "2021-04-02"]), "?ny?n"),
        ] {
            assert_eq!(shown(&world), expected, "{about}");
        }
    }
}
