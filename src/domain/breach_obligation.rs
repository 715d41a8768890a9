//! What a breach obliges: after any breach the risk, the plan and reactive management are looked at again, and a
//! crime is recorded and investigated (HMICFRS, Dorset 2021).

use serde::Serialize;

use super::breach::{Breach, BreachState, InvestigativeStepKind};
use super::breach_crime::{crime_report_due_at, decision_taken, is_decided_no_crime, live_crime_report};
use super::calendar::{CivilDate, Instant, london_date, plus_days};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::policy::Policy;
use super::record::Held;
use super::reference::Ref;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    /// A crime report, or a supervisor's reasoned decision that there was no crime.
    CrimeReport,
    /// An investigative step, or why there is none.
    InvestigativeStep,
    /// A decision with its rationale.
    Decision,
    /// A new ARMS assessment.
    RiskReview,
    /// A risk management plan approved anew.
    PlanReview,
    /// A review of, or a decision on, reactive management.
    ReactiveManagementReview,
}

/// By when it is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DueBy {
    /// An instant.
    At(Instant),
    /// The end of a day.
    On(CivilDate),
}

/// One obligation, and whether it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obliged {
    /// What is to be done.
    pub obligation: Obligation,
    /// By when.
    pub due: DueBy,
    /// True when it has been done.
    pub done: bool,
    /// What did it, where it is a record.
    pub done_by: Option<Ref>,
    /// True when it is late and not done.
    pub overdue: bool,
}

/// What a breach obliges, the soonest due first as listed; nothing where it is only suspected, or is none.
#[must_use]
pub fn obligations(
    case: &CaseFile,
    force: &ForceFile,
    breach: &Held<Breach>,
    at: Moment,
    policy: &Policy,
) -> Vec<Obliged> {
    if breach.record.casework.state != BreachState::Confirmed {
        return Vec::new();
    }
    let discovered_at = breach.record.discovered_at;
    let discovered_on = london_date(discovered_at);
    let decide_by = DueBy::On(plus_days(discovered_on, policy.breach_decision_days));
    let review_by = DueBy::On(plus_days(discovered_on, policy.breach_review_days));
    let report = live_crime_report((&breach.subject, &breach.record), &force.crime_reports, at).cloned();
    let is_no_crime = is_decided_no_crime(&breach.record, force, at);
    let step = &breach.record.casework.investigative_step;
    let decided = decision_taken(&breach.record, at).is_some_and(|decision| decision.has_rationale());
    let assessment = assessed_since(case, at, discovered_at);
    let plan = plan_approved_since(case, at, discovered_at);
    let step_due = step.as_ref().and_then(|step| step.due_on).map_or(decide_by, DueBy::On);
    let mut found = vec![
        obliged(
            at,
            Obligation::CrimeReport,
            DueBy::At(crime_report_due_at(&breach.record, policy)),
            (report.is_some() || is_no_crime, report),
        ),
        obliged(at, Obligation::InvestigativeStep, step_due, (is_step_taken(&breach.record, at), None)),
        obliged(at, Obligation::Decision, decide_by, (decided, None)),
        obliged(at, Obligation::RiskReview, review_by, (assessment.is_some(), assessment)),
        obliged(at, Obligation::PlanReview, review_by, (plan.is_some(), plan)),
    ];
    if was_reactive(case, discovered_on) {
        let reviewed = reactive_reviewed_since(case, at, discovered_at);
        found.push(obliged(at, Obligation::ReactiveManagementReview, review_by, reviewed));
    }
    found
}

fn obliged(at: Moment, obligation: Obligation, due: DueBy, (done, done_by): (bool, Option<Ref>)) -> Obliged {
    let late = match due {
        DueBy::At(due) => at.now() > due,
        DueBy::On(due) => at.is_overdue(due),
    };
    Obliged { obligation, due, done, done_by, overdue: late && !done }
}

/// An investigative step is taken once it is done, or once it is said why there is none.
fn is_step_taken(breach: &Breach, at: Moment) -> bool {
    breach.casework.investigative_step.as_ref().is_some_and(|step| {
        step.kind == InvestigativeStepKind::None || step.done_on.is_some_and(|done| at.has_come(done))
    })
}

/// Dated after the discovery: on a later day, or on that day and recorded after it.
fn is_after(on: CivilDate, recorded_at: Instant, discovered_at: Instant) -> bool {
    let discovered_on = london_date(discovered_at);
    on > discovered_on || (on == discovered_on && recorded_at > discovered_at)
}

fn assessed_since(case: &CaseFile, at: Moment, discovered_at: Instant) -> Option<Ref> {
    let newest_first = case.assessments_newest_first(at);
    let oldest_since =
        newest_first.into_iter().rfind(|held| is_after(held.record.assessed_on, held.event_time, discovered_at));
    oldest_since.map(|held| held.subject.clone())
}

fn plan_approved_since(case: &CaseFile, at: Moment, discovered_at: Instant) -> Option<Ref> {
    let approved = case.records.plans.iter().filter_map(|held| {
        let on = held.record.approved_on.filter(|on| at.has_come(*on))?;
        is_after(on, held.event_time, discovered_at).then_some((on, &held.subject))
    });
    approved.min().map(|(_, subject)| subject.clone())
}

/// In reactive management on the day of the discovery.
fn was_reactive(case: &CaseFile, on: CivilDate) -> bool {
    case.records.reactive.as_ref().is_some_and(|spell| spell.holds_on(on))
}

/// A detective inspector decided, a supervisor reviewed, or the spell ended, since the discovery.
fn reactive_reviewed_since(case: &CaseFile, at: Moment, discovered_at: Instant) -> (bool, Option<Ref>) {
    let discovered_on = london_date(discovered_at);
    let decided = case
        .records
        .reactive_decisions
        .iter()
        .find(|held| held.record.decided_at > discovered_at && at.has_happened(held.record.decided_at));
    if let Some(decided) = decided {
        return (true, Some(decided.subject.clone()));
    }
    let reviewed = case.records.reactive_reviews.iter().find(|held| {
        at.has_come(held.record.reviewed_on) && is_after(held.record.reviewed_on, held.event_time, discovered_at)
    });
    if let Some(reviewed) = reviewed {
        return (true, Some(reviewed.subject.clone()));
    }
    let spell = case.records.reactive.as_ref();
    let ended = spell.and_then(|spell| spell.left_on).is_some_and(|left| left >= discovered_on && at.has_come(left));
    let dated = spell.and_then(|spell| spell.last_reviewed_on);
    (ended || dated.is_some_and(|on| on > discovered_on && at.has_come(on)), None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    /// A breach discovered at noon on 1 April 2021; now is 09:00 on 15 April.
    fn world() -> World {
        World::in_order().set(RecordKind::Breach, "b", json!({ "discovered_at": "2021-04-01T11:00:00Z" }))
    }

    /// What is obliged: its name, due, whether it is done and whether it is overdue.
    fn told(world: &World) -> Vec<(String, String, bool, bool)> {
        let (force, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
        let case = force.cases.values().next().unwrap();
        let breach = &case.records.breaches[0];
        let text = |value: Value| value.as_str().unwrap().to_owned();
        obligations(case, &force, breach, at, policies.in_force(at.today()).unwrap())
            .into_iter()
            .map(|it| {
                let name = text(serde_json::to_value(it.obligation).unwrap());
                (name, text(serde_json::to_value(it.due).unwrap()), it.done, it.overdue)
            })
            .collect()
    }

    fn is_done(world: &World, name: &str) -> bool {
        told(world).into_iter().find(|(found, ..)| found == name).unwrap().2
    }

    #[test]
    fn a_breach_obliges_each_of_these_by_its_day() {
        let due = |name: &str, due: &str| (name.to_owned(), due.to_owned(), false, true);
        assert_eq!(
            told(&world()),
            [
                due("crime_report", "2021-04-02T11:00:00Z"),
                due("investigative_step", "2021-04-08"),
                due("decision", "2021-04-08"),
                due("risk_review", "2021-04-08"),
                due("plan_review", "2021-04-08"),
            ]
        );
        let reactive = world().set(RecordKind::ReactiveManagement, "o", json!({}));
        assert_eq!(told(&reactive).last().unwrap(), &due("reactive_management_review", "2021-04-08"));
        for state in ["suspected", "discounted"] {
            assert_eq!(told(&world().set(RecordKind::Breach, "b", json!({ "state": state }))), []);
        }
    }

    #[test]
    fn what_was_done_since_the_discovery_meets_it_and_what_was_done_before_does_not() {
        let step = |kind: &str, done: Value| {
            json!({ "investigative_step": { "kind": kind, "rationale": "", "due_on": null, "done_on": done,
                "entered_by": "om" } })
        };
        let decision = |rationale: &str| {
            json!({ "decision": { "kind": "charge", "rationale": rationale, "decided_by": "om",
                "decided_at": "2021-04-02T10:00:00Z" } })
        };
        let crime = |cancellation: Value| json!({ "crime": { "ref": "C1", "recorded_at": "2021-04-02T10:00:00Z", "cancellation": cancellation } });
        let cancelled = json!({ "cancelled_at": "2021-04-03T10:00:00Z", "reason": "", "entered_by": "sup" });
        let rows: [(RecordKind, &str, Value, &str, bool); 15] = [
            (RecordKind::Breach, "b", crime(Value::Null), "crime_report", true),
            (RecordKind::Breach, "b", crime(cancelled), "crime_report", false),
            (RecordKind::CrimeReport, "c", json!({}), "crime_report", true),
            (RecordKind::CrimeReport, "c", json!({ "state": "cancelled" }), "crime_report", false),
            (RecordKind::Breach, "b", step("none", Value::Null), "investigative_step", true),
            (RecordKind::Breach, "b", step("arrest", Value::Null), "investigative_step", false),
            (RecordKind::Breach, "b", step("arrest", json!("2021-04-15")), "investigative_step", true),
            (RecordKind::Breach, "b", decision("why"), "decision", true),
            (RecordKind::Breach, "b", decision(" "), "decision", false),
            (RecordKind::ArmsAssessment, "t", json!({ "assessed_on": "2021-04-02" }), "risk_review", true),
            (RecordKind::ArmsAssessment, "t", json!({ "assessed_on": "2021-04-01" }), "risk_review", false),
            (RecordKind::ArmsAssessment, "t", json!({ "assessed_on": "2021-04-16" }), "risk_review", false),
            (RecordKind::RiskManagementPlan, "q", json!({ "approved_on": "2021-04-02" }), "plan_review", true),
            (RecordKind::RiskManagementPlan, "q", json!({ "approved_on": "2021-04-01" }), "plan_review", false),
            (RecordKind::RiskManagementPlan, "q", json!({ "approved_on": null }), "plan_review", false),
        ];
        for (kind, subject, members, obligation, done) in rows {
            let changed = world().set(kind, subject, members.clone());
            assert_eq!(is_done(&changed, obligation), done, "{obligation} {members}");
        }
        let same_day =
            |time: &str| world().set_at(time, RecordKind::ArmsAssessment, "t", json!({ "assessed_on": "2021-04-01" }));
        assert!(is_done(&same_day("2021-04-01T11:00:01Z"), "risk_review"));
        assert!(!is_done(&same_day("2021-04-01T11:00:00Z"), "risk_review"));
    }

    #[test]
    fn reactive_management_is_reviewed_by_a_decision_a_review_or_its_end() {
        let reactive = world().set(RecordKind::ReactiveManagement, "o", json!({}));
        let rows: [(RecordKind, &str, Value, bool); 7] = [
            (RecordKind::ReactiveDecision, "d", json!({}), true),
            (RecordKind::ReactiveDecision, "d", json!({ "decided_at": "2021-04-01T10:59:59Z" }), false),
            (RecordKind::ReactiveReview, "r", json!({ "reviewed_on": "2021-04-02" }), true),
            (RecordKind::ReactiveReview, "r", json!({ "reviewed_on": "2021-04-01" }), false),
            (RecordKind::ReactiveManagement, "o", json!({ "left_on": "2021-04-15" }), true),
            (RecordKind::ReactiveManagement, "o", json!({ "last_reviewed_on": "2021-04-02" }), true),
            (RecordKind::ReactiveManagement, "o", json!({ "last_reviewed_on": "2021-04-01" }), false),
        ];
        for (kind, subject, members, done) in rows {
            let changed = reactive.clone().set(kind, subject, members.clone());
            assert_eq!(is_done(&changed, "reactive_management_review"), done, "{kind} {members}");
        }
    }
}
