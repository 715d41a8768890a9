//! The ladder of failed attempts: what follows when nobody opens the door.
//!
//! A failed visit is recorded with who, when, purpose and outcome; it is tried again soon; after two a warrant is
//! considered (SOA 2003 s.96B) `[S]`; where they go on, it is checked whether the offender lives there, and from that
//! s.91 or a search for a missing person follows `[M]`. Advice with its facts: an officer decides.

use serde::Serialize;
use serde_json::{Value, json};

use super::calendar::{CivilDate, Instant, minus_days, plus_days};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::policy::Policy;
use super::record::Held;
use super::reference::Ref;
use super::visit::{Visit, VisitMode, VisitOutcome};

/// Why an attempt does not count toward section 96B(e).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCounted {
    /// It is not recorded that entry was sought to assess risk.
    EntryNotSought,
    /// That entry was not obtained does not follow from its outcome.
    NotKeptOut,
    /// It was made elsewhere than where the offender lives now.
    OtherPremises,
    /// It is longer ago than attempts are counted.
    TooLongAgo,
    /// No constable went.
    NoConstable,
    /// Whether a constable went is not known: ask the officers.
    ConstableNotKnown,
}

/// An officer who tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttemptOfficer {
    /// Who.
    pub officer_ref: Ref,
    /// Whether they hold the office of constable; not known where empty.
    pub constable: Option<bool>,
}

/// One failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// The visit.
    pub visit_ref: Ref,
    /// When.
    pub attempted_at: Instant,
    /// How.
    pub mode: VisitMode,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// Who tried.
    pub officers: Vec<AttemptOfficer>,
    /// Where.
    pub address_ref: Option<Ref>,
    /// Whether entry was sought to assess risk; not recorded where empty.
    pub entry_sought_for_risk_assessment: Option<bool>,
    /// Whether the offender was told beforehand.
    pub announced: Option<bool>,
    /// Why it does not count toward section 96B(e); it counts where empty.
    pub not_counted: Option<NotCounted>,
}

/// A rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Try again soon, at another part of the day.
    Reattempt,
    /// Consider a warrant.
    ConsiderWarrant,
    /// Check whether the offender lives there.
    CheckResidence,
}

/// What is advised, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// Which rung.
    pub rung: Rung,
    /// In words.
    pub advice: &'static str,
    /// The facts used.
    pub facts: Value,
}

/// The failed attempts since the last qualifying visit, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttemptLadder {
    /// The last qualifying visit's day; none where there was none.
    pub last_qualifying_visit_on: Option<CivilDate>,
    /// Where the offender lives.
    pub premises_ref: Option<Ref>,
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// How many count toward section 96B(e).
    pub counted: usize,
    /// How many that asks for.
    pub needed: usize,
    /// The day by which to try again; none where nothing failed.
    pub try_again_by: Option<CivilDate>,
    /// What is advised, the gravest first.
    pub next: Vec<Advice>,
}

/// The ladder of a case.
#[must_use]
pub fn attempt_ladder(case: &CaseFile, force: &ForceFile, at: Moment, policy: &Policy) -> AttemptLadder {
    let last = case.last_qualifying_visit(at);
    let premises = case.current_address(at).map(|held| &held.subject);
    let mut made: Vec<&Held<Visit>> = case
        .records
        .visits
        .iter()
        .filter(|held| at.has_happened(held.record.attempted_at) && held.record.is_failed_attempt())
        .filter(|held| last.is_none_or(|last| held.record.attempted_at > last.attempted_at))
        .collect();
    made.sort_by_key(|held| (held.record.attempted_at, &held.subject));
    let since = minus_days(at.today(), policy.warrant_lookback_days);
    let attempts: Vec<Attempt> = made.iter().map(|held| attempt(held, force, premises, since)).collect();
    let counted = attempts.iter().filter(|attempt| attempt.not_counted.is_none()).count();
    let try_again_by = made.last().map(|held| plus_days(held.record.date(), policy.failed_attempt_days));
    let next = next(&attempts, counted, try_again_by, policy);
    AttemptLadder {
        last_qualifying_visit_on: last.map(Visit::date),
        premises_ref: premises.cloned(),
        attempts,
        counted,
        needed: policy.failed_before_warrant_prompt,
        try_again_by,
        next,
    }
}

fn attempt(held: &Held<Visit>, force: &ForceFile, premises: Option<&Ref>, since: CivilDate) -> Attempt {
    let visit = &held.record;
    let constable = |officer: &Ref| force.officers.get(officer).and_then(|officer| officer.constable);
    let officers: Vec<AttemptOfficer> = visit
        .officer_refs
        .iter()
        .map(|officer| AttemptOfficer { officer_ref: officer.clone(), constable: constable(officer) })
        .collect();
    let not_counted = if visit.entry_sought_for_risk_assessment != Some(true) {
        Some(NotCounted::EntryNotSought)
    } else if !matches!(visit.outcome, VisitOutcome::NoReply | VisitOutcome::RefusedEntry) {
        Some(NotCounted::NotKeptOut)
    } else if premises.is_none() || visit.address_ref.as_ref() != premises {
        Some(NotCounted::OtherPremises)
    } else if visit.date() < since {
        Some(NotCounted::TooLongAgo)
    } else if officers.iter().any(|officer| officer.constable == Some(true)) {
        None
    } else if officers.iter().any(|officer| officer.constable.is_none()) {
        Some(NotCounted::ConstableNotKnown)
    } else {
        Some(NotCounted::NoConstable)
    };
    Attempt {
        visit_ref: held.subject.clone(),
        attempted_at: visit.attempted_at,
        mode: visit.mode,
        outcome: visit.outcome,
        officers,
        address_ref: visit.address_ref.clone(),
        entry_sought_for_risk_assessment: visit.entry_sought_for_risk_assessment,
        announced: visit.announced,
        not_counted,
    }
}

fn next(attempts: &[Attempt], counted: usize, try_again_by: Option<CivilDate>, policy: &Policy) -> Vec<Advice> {
    let mut next = Vec::new();
    let said_gone = attempts.iter().filter(|attempt| attempt.outcome == VisitOutcome::NotResident).count();
    if said_gone > 0 || attempts.len() >= policy.failed_before_residence_check {
        next.push(Advice {
            rung: Rung::CheckResidence,
            advice: "check whether the offender lives there; if not, consider s.91 SOA 2003 and whether they are missing",
            facts: json!({ "failed": attempts.len(), "told_not_resident": said_gone }),
        });
    }
    if counted >= policy.failed_before_warrant_prompt {
        next.push(Advice {
            rung: Rung::ConsiderWarrant,
            advice: "consider applying for a warrant under s.96B SOA 2003; the attempt log can be attached",
            facts: json!({ "counted": counted, "needed": policy.failed_before_warrant_prompt }),
        });
    }
    if let (Some(by), Some(newest)) = (try_again_by, attempts.last()) {
        next.push(Advice {
            rung: Rung::Reattempt,
            advice: "try again soon, at another part of the day",
            facts: json!({ "by": by, "newest_attempt": newest.visit_ref, "newest_attempt_at": newest.attempted_at }),
        });
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    fn ladder(world: &World) -> AttemptLadder {
        let (force, policies, at) = (world.force_file(), Policies::built_in().unwrap(), world.moment());
        let case = force.cases.values().next().unwrap();
        attempt_ladder(case, &force, at, policies.in_force(at.today()).unwrap())
    }

    /// A case last seen on 1 February 2021, with these attempts since; `om` is a constable.
    fn tried(attempts: &[Value]) -> World {
        let mut world = World::in_order().set(RecordKind::Officer, "om", json!({ "constable": true })).set(
            RecordKind::Officer,
            "staff",
            json!({ "constable": false }),
        );
        for (name, changes) in ["x", "y", "z"].into_iter().zip(attempts) {
            world = world.set(RecordKind::Visit, name, changes.clone());
        }
        world
    }

    fn sought(day: &str, changes: Value) -> Value {
        let mut visit = json!({ "attempted_at": format!("{day}T10:00:00Z"), "outcome": "no_reply",
            "home_inspected": false, "entry_sought_for_risk_assessment": true });
        visit.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        visit
    }

    #[test]
    fn an_attempt_counts_or_says_why_not() {
        for (changes, expected) in [
            (json!({}), None),
            (json!({ "outcome": "refused_entry" }), None),
            (json!({ "mode": "doorstep" }), None),
            (json!({ "entry_sought_for_risk_assessment": null }), Some(NotCounted::EntryNotSought)),
            (json!({ "entry_sought_for_risk_assessment": false }), Some(NotCounted::EntryNotSought)),
            (json!({ "outcome": "not_resident" }), Some(NotCounted::NotKeptOut)),
            (json!({ "outcome": "abandoned" }), Some(NotCounted::NotKeptOut)),
            (json!({ "address_ref": "b" }), Some(NotCounted::OtherPremises)),
            (json!({ "address_ref": null }), Some(NotCounted::OtherPremises)),
            (json!({ "officer_refs": ["staff"] }), Some(NotCounted::NoConstable)),
            (json!({ "officer_refs": ["sup"] }), Some(NotCounted::ConstableNotKnown)),
            (json!({ "officer_refs": ["staff", "sup"] }), Some(NotCounted::ConstableNotKnown)),
            (json!({ "officer_refs": ["sup", "om"] }), None),
        ] {
            let found = ladder(&tried(&[sought("2021-04-01", changes.clone())]));
            assert_eq!(found.attempts[0].not_counted, expected, "{changes}");
            assert_eq!(found.counted, usize::from(expected.is_none()), "{changes}");
        }
        // Nobody seen at home yet: 180 days back and no further.
        for (day, expected) in [("2020-10-17", None), ("2020-10-16", Some(NotCounted::TooLongAgo))] {
            let world = tried(&[sought(day, json!({}))]).without(RecordKind::Visit, "v");
            assert_eq!(ladder(&world).attempts[0].not_counted, expected, "{day}");
        }
    }

    #[test]
    fn the_rungs_follow_from_what_failed() {
        use Rung::{CheckResidence, ConsiderWarrant, Reattempt};
        let plain = |day: &str| sought(day, json!({ "entry_sought_for_risk_assessment": null }));
        let rows: Vec<(&str, Vec<Value>, Vec<Rung>)> = vec![
            ("nothing failed", vec![], vec![]),
            ("before the last qualifying visit", vec![sought("2021-01-31", json!({}))], vec![]),
            ("seen at the door", vec![sought("2021-04-01", json!({ "outcome": "seen" }))], vec![]),
            ("nobody on the telephone", vec![sought("2021-04-01", json!({ "mode": "phone" }))], vec![]),
            ("after now", vec![sought("2021-04-16", json!({}))], vec![]),
            ("one", vec![plain("2021-04-01")], vec![Reattempt]),
            ("two that do not count", vec![plain("2021-04-01"), plain("2021-04-02")], vec![Reattempt]),
            (
                "two that count",
                vec![sought("2021-04-01", json!({})), sought("2021-04-02", json!({}))],
                vec![ConsiderWarrant, Reattempt],
            ),
            (
                "three",
                vec![plain("2021-04-01"), plain("2021-04-02"), plain("2021-04-06")],
                vec![CheckResidence, Reattempt],
            ),
            (
                "told that he has gone",
                vec![sought("2021-04-01", json!({ "outcome": "not_resident" }))],
                vec![CheckResidence, Reattempt],
            ),
        ];
        for (about, attempts, expected) in rows {
            let rungs: Vec<Rung> = ladder(&tried(&attempts)).next.iter().map(|advice| advice.rung).collect();
            assert_eq!(rungs, expected, "{about}");
        }
    }

    #[test]
    fn the_next_attempt_is_due_within_seven_days_of_the_newest() {
        for (day, by) in [("2021-03-31", "2021-04-07"), ("2021-04-12", "2021-04-19")] {
            let found = ladder(&tried(&[sought("2021-03-01", json!({})), sought(day, json!({}))]));
            assert_eq!(found.try_again_by.map(|by| by.to_string()).as_deref(), Some(by), "{day}");
        }
    }
}
