//! Section 96B SOA 2003: a justice may authorise entry and search to assess risk where five conditions all hold. What
//! is known here of each; whether they hold is for the applicant and the justice.

use serde::Serialize;
use serde_json::{Value, json};

use super::address::AddressKind;
use super::attempt_ladder::AttemptLadder;
use super::calendar::{CivilDate, days_between, plus_days};
use super::case_file::CaseFile;
use super::moment::Moment;
use super::notification_duty::{DutyFacts, is_notified_home};
use super::offender::OffenderStatus;

/// Occasions on which entry was sought, as the law has it whatever the policy prompts at: s.96B(1)(e). `[S]`
const OCCASIONS: usize = 2;

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
    let home = case.current_address(at);
    let (premises_shown, premises) = home.map_or((Shown::No, json!({ "address_ref": null })), |held| {
        let facts = json!({ "address_ref": held.subject, "kind": held.record.kind,
            "resident_from": held.record.resident_from });
        // Of a home that nobody notified, or where somebody of no fixed abode is found, the applicant states the grounds.
        let is_home =
            held.record.kind == AddressKind::Main && is_notified_home(DutyFacts::of_case(case, &[]), held, at);
        (if is_home { Shown::Yes } else { Shown::ForTheApplicant }, facts)
    });
    let (here_shown, here) = here(case, at);
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
        condition('c', "the offender is not in custody, in prison, detained in hospital or abroad", here_shown, here),
        condition(
            'd',
            "it is necessary to enter and search the premises to assess the risk that the offender poses",
            Shown::ForTheApplicant,
            necessity(case, ladder, at),
        ),
        condition(
            'e',
            "a constable sought entry for that purpose on at least two occasions and was unable to obtain it",
            if ladder.counted >= OCCASIONS { Shown::Yes } else { Shown::No },
            json!({ "attempts": ladder.counted, "needed": OCCASIONS }),
        ),
    ]
}

/// Whether the offender is neither detained nor abroad, by the status and the journeys on record. Of somebody who left
/// and whose return is not on record it is for the applicant to say. `[I]`
fn here(case: &CaseFile, at: Moment) -> (Shown, Value) {
    let offender = &case.offender;
    let is_away = match offender.status {
        OffenderStatus::Custody | OffenderStatus::Hospital | OffenderStatus::Abroad | OffenderStatus::Deported => true,
        OffenderStatus::Community
        | OffenderStatus::Missing
        | OffenderStatus::TransferredOut
        | OffenderStatus::Deceased
        | OffenderStatus::PeriodEnded => false,
    };
    let gone = case.records.travels.iter().filter(|held| {
        let travel = &held.record;
        let back = travel.returned_on.is_some_and(|on| at.has_come(on));
        travel.cancelled_on.is_none() && at.has_come(travel.departs_on) && !back
    });
    let journey = gone.max_by_key(|held| (held.record.departs_on, &held.subject));
    let shown = match journey.map(|held| held.record.away_until()) {
        _ if is_away => Shown::No,
        Some(Some(until)) if !at.has_come(until) => Shown::No,
        Some(_) => Shown::ForTheApplicant,
        None => Shown::Yes,
    };
    let journey = journey.map(|held| {
        json!({ "ref": held.subject, "departs_on": held.record.departs_on,
        "return_expected_on": held.record.return_expected_on })
    });
    (shown, json!({ "status": offender.status, "since": offender.status_since, "journey": journey }))
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
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    fn shown(world: &World) -> String {
        let (force, policies, at) = (world.force_file(), Policies::built_in().unwrap(), world.moment());
        let case = force.cases.values().next().unwrap();
        let policy = policies.in_force(at.today()).unwrap();
        let ladder = attempt_ladder(case, &force, at, policy);
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
        let moved = |members: Value| {
            let world = World::in_order().set(RecordKind::Address, "a2", json!({ "resident_from": "2021-03-01" }));
            world.set(RecordKind::Notification, "n", members)
        };
        let journey = |members: Value| {
            let world = World::in_order().set(RecordKind::ForeignTravel, "t", json!({ "departs_on": "2021-04-10" }));
            world.set(RecordKind::ForeignTravel, "t", members)
        };
        let nowhere = World::in_order().set(RecordKind::Address, "a", json!({ "resident_until": "2021-04-01" }));
        for (about, world, expected) in [
            ("two attempts", tried(World::in_order(), &["2021-04-01", "2021-04-02"]), "?yy?y"),
            ("one attempt", tried(World::in_order(), &["2021-04-01"]), "?yy?n"),
            ("in custody", tried(offender("custody"), &["2021-04-01", "2021-04-02"]), "?yn?y"),
            ("in hospital", offender("hospital"), "?yn?n"),
            ("abroad", offender("abroad"), "?yn?n"),
            ("missing", offender("missing"), "?yy?n"),
            ("deported", offender("deported"), "?yn?n"),
            ("a home that nobody notified", World::in_order().without(RecordKind::Notification, "n"), "??y?n"),
            ("moved since the last notification", moved(json!({})), "??y?n"),
            ("and notified it", moved(json!({ "notified_at": "2021-03-02T10:00:00Z" })), "?yy?n"),
            (
                "notified another thing",
                moved(json!({ "notified_at": "2021-03-02T10:00:00Z", "kind": "travel" })),
                "??y?n",
            ),
            ("on a journey", journey(json!({ "return_expected_on": "2021-04-16" })), "?yn?n"),
            ("not known to be back", journey(json!({ "return_expected_on": "2021-04-15" })), "?y??n"),
            ("without a return on record", journey(json!({})), "?y??n"),
            ("back", journey(json!({ "returned_on": "2021-04-15" })), "?yy?n"),
            ("a journey given up", journey(json!({ "cancelled_on": "2021-04-09" })), "?yy?n"),
            ("a journey to come", journey(json!({ "departs_on": "2021-04-16" })), "?yy?n"),
            ("no fixed abode", tried(roofless, &["2021-04-01", "2021-04-02"]), "??y?y"),
            ("no address", tried(nowhere, &["2021-04-01", "2021-04-02"]), "?ny?n"),
        ] {
            assert_eq!(shown(&world), expected, "{about}");
        }
    }
}
