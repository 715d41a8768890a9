//! Safeguarding: contact with a child, and what is done about it. A visit, a breach or intelligence that shows it
//! prompts a referral to children's social care and a decision whether to disclose, on a 24-hour ⚙ clock `[I]`
//! (HMICFRS, Dorset 2021 and its review of 2022).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::breach::BreachState;
use super::calendar::Instant;
use super::case_file::CaseFile;
use super::moment::Moment;
use super::policy::Policy;
use super::record::RecordKind;
use super::reference::Ref;

/// What shows contact with a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcernKind {
    /// A visit.
    Visit,
    /// A breach.
    Breach,
    /// Intelligence.
    Intelligence,
}

impl ConcernKind {
    /// The kind of record that it is.
    #[must_use]
    pub const fn record_kind(self) -> RecordKind {
        match self {
            Self::Visit => RecordKind::Visit,
            Self::Breach => RecordKind::Breach,
            Self::Intelligence => RecordKind::Intelligence,
        }
    }
}

/// A concern by its name: the record that shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcernRef {
    /// What shows it.
    pub kind: ConcernKind,
    /// Which.
    #[serde(rename = "ref")]
    pub reference: Ref,
}

/// A referral to children's social care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardingReferral {
    /// About whom.
    pub offender_ref: Ref,
    /// The concerns that it answers.
    pub concerns: Vec<ConcernRef>,
    /// The children whom it is about.
    pub children: Vec<String>,
    /// To whom.
    pub recipient: String,
    /// The recipient's reference.
    pub reference: Option<String>,
    /// When it was sent.
    pub sent_at: Instant,
    /// By whom.
    pub sent_by: Ref,
    /// The reply; none yet where empty.
    #[serde(default)]
    pub reply: Option<ReferralReply>,
}

/// A reply to a referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralReply {
    /// When it came.
    pub replied_at: Instant,
    /// What it says.
    pub text: String,
    /// Who entered it.
    pub entered_by: Ref,
}

/// A supervisor's reasoned decision that no referral is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardingDecision {
    /// About whom.
    pub offender_ref: Ref,
    /// The concerns that it answers.
    pub concerns: Vec<ConcernRef>,
    /// The children for whom it holds; all of the concern, where none is named.
    pub children: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
}

/// A decision whether to disclose what is known of the offender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureDecision {
    /// About whom.
    pub offender_ref: Ref,
    /// The concerns that it answers.
    pub concerns: Vec<ConcernRef>,
    /// Whether it is disclosed.
    pub disclose: bool,
    /// To whom, where it is.
    #[serde(default)]
    pub to: Option<String>,
    /// Why, or why not.
    pub reason: String,
    /// Who decided.
    pub decided_by: Ref,
    /// When.
    pub decided_at: Instant,
}

/// Contact with a child, and what has been done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// What shows it.
    pub kind: ConcernKind,
    /// Which.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// When it was shown.
    pub shown_at: Instant,
    /// By when it is referred and disclosure is decided.
    pub due_at: Instant,
    /// The children concerned, as far as they are known.
    pub children: Vec<String>,
    /// Of them, those who are neither referred nor decided on.
    pub children_unanswered: Vec<String>,
    /// True once every child is referred or decided on; where none is known, once anything is.
    pub answered: bool,
    /// The referrals that name it.
    pub referrals: Vec<Ref>,
    /// The decisions that none is needed, that name it.
    pub not_needed: Vec<Ref>,
    /// The decisions on disclosure that name it.
    pub disclosure_decisions: Vec<Ref>,
}

impl Concern {
    /// The concern by its name.
    #[must_use]
    pub fn named(&self) -> ConcernRef {
        ConcernRef { kind: self.kind, reference: self.reference.clone() }
    }

    /// True when its referral is late.
    #[must_use]
    pub fn is_referral_overdue(&self, at: Moment) -> bool {
        !self.answered && at.now() > self.due_at
    }

    /// True when the decision on disclosure is late.
    #[must_use]
    pub fn is_disclosure_overdue(&self, at: Moment) -> bool {
        self.disclosure_decisions.is_empty() && at.now() > self.due_at
    }
}

/// Every concern in a case, the oldest first. A breach that was discounted shows none.
#[must_use]
pub fn concerns(case: &CaseFile, at: Moment, policy: &Policy) -> Vec<Concern> {
    let records = &case.records;
    let visits = records
        .visits
        .iter()
        .filter(|held| held.record.shows_child_contact())
        .map(|held| (ConcernKind::Visit, &held.subject, held.record.attempted_at, [].as_slice()));
    let breaches = records
        .breaches
        .iter()
        .filter(|held| held.record.casework.shows_child_contact)
        .filter(|held| held.record.casework.state != BreachState::Discounted)
        .map(|held| {
            let children = held.record.casework.children.as_slice();
            (ConcernKind::Breach, &held.subject, held.record.discovered_at, children)
        });
    let intelligence =
        records.intelligence.iter().filter(|held| held.record.casework.shows_child_contact).map(|held| {
            let children = held.record.casework.children.as_slice();
            (ConcernKind::Intelligence, &held.subject, held.record.received_at, children)
        });
    let mut found: Vec<Concern> = visits
        .chain(breaches)
        .chain(intelligence)
        .filter(|(_, _, shown_at, _)| at.has_happened(*shown_at))
        .map(|(kind, reference, shown_at, children)| {
            let named = ConcernRef { kind, reference: reference.clone() };
            concern(case, at, policy, named, shown_at, children)
        })
        .collect();
    found.sort_by(|a, b| (a.shown_at, a.kind, &a.reference).cmp(&(b.shown_at, b.kind, &b.reference)));
    found
}

fn concern(
    case: &CaseFile,
    at: Moment,
    policy: &Policy,
    named: ConcernRef,
    shown_at: Instant,
    children: &[String],
) -> Concern {
    let records = &case.records;
    let hours = TimeDelta::hours(i64::from(policy.safeguarding_hours));
    let referrals: Vec<_> = records
        .safeguarding_referrals
        .iter()
        .filter(|held| held.record.concerns.contains(&named) && at.has_happened(held.record.sent_at))
        .collect();
    let not_needed: Vec<_> = records
        .safeguarding_decisions
        .iter()
        .filter(|held| held.record.concerns.contains(&named) && at.has_happened(held.record.decided_at))
        .collect();
    let disclosures = records
        .disclosure_decisions
        .iter()
        .filter(|held| held.record.concerns.contains(&named) && at.has_happened(held.record.decided_at));
    let is_decided_for_all = not_needed.iter().any(|held| held.record.children.is_empty());
    let referred = referrals.iter().flat_map(|held| &held.record.children);
    let decided = not_needed.iter().flat_map(|held| &held.record.children);
    let answered: BTreeSet<String> = referred.chain(decided).map(|child| label(child)).collect();
    let unanswered: Vec<String> =
        children.iter().filter(|child| !is_decided_for_all && !answered.contains(&label(child))).cloned().collect();
    let is_answered = unanswered.is_empty() && !(referrals.is_empty() && not_needed.is_empty());
    Concern {
        kind: named.kind,
        reference: named.reference.clone(),
        shown_at,
        due_at: shown_at.checked_add_signed(hours).unwrap_or(Instant::MAX_UTC),
        children: children.to_vec(),
        children_unanswered: unanswered,
        answered: is_answered,
        referrals: referrals.iter().map(|held| held.subject.clone()).collect(),
        not_needed: not_needed.iter().map(|held| held.subject.clone()).collect(),
        disclosure_decisions: disclosures.map(|held| held.subject.clone()).collect(),
    }
}

/// A child's label as it is compared: whatever its case and the white space in it.
fn label(child: &str) -> String {
    child.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::FlagCode;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;

    fn world() -> World {
        let breach = json!({ "shows_child_contact": true, "children": ["Child A", "Child B"],
            "discovered_at": "2021-04-14T08:00:00Z" });
        World::in_order().set(RecordKind::Breach, "b", breach)
    }

    fn found(world: &World) -> Vec<Concern> {
        let (force, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
        concerns(force.cases.values().next().unwrap(), at, policies.in_force(at.today()).unwrap())
    }

    #[test]
    fn a_visit_a_breach_and_intelligence_show_concerns_and_nothing_else_does() {
        assert_eq!(found(&World::in_order()), []);
        let shows = json!({ "shows_child_contact": true });
        let seen = json!({ "write_up": { "recorded_by": "om", "recorded_at": "2021-04-14T11:00:00Z",
            "observations": "x", "shows_child_contact": true } });
        for (kind, subject, members, shown) in [
            (RecordKind::Visit, "v", seen, true),
            (RecordKind::Intelligence, "i", shows.clone(), true),
            (RecordKind::Intelligence, "i", json!({}), false),
            (RecordKind::Breach, "b", json!({ "shows_child_contact": true, "state": "suspected" }), true),
            (RecordKind::Breach, "b", json!({ "shows_child_contact": true, "state": "discounted" }), false),
            (
                RecordKind::Breach,
                "b",
                json!({ "shows_child_contact": true, "discovered_at": "2021-04-15T08:00:01Z" }),
                false,
            ),
        ] {
            let world = World::in_order().set(kind, subject, members.clone());
            assert_eq!(found(&world).len(), usize::from(shown), "{kind} {members}");
        }
    }

    #[test]
    fn every_child_is_referred_or_decided_on() {
        let concern = json!([{ "kind": "breach", "ref": "b" }]);
        let answer = |children: &[&str]| json!({ "concerns": concern, "children": children });
        let (referral, decision) = (RecordKind::SafeguardingReferral, RecordKind::SafeguardingDecision);
        type Row<'a> = (Vec<(RecordKind, &'a str, Value)>, &'a [&'a str]);
        let rows: Vec<Row<'_>> = vec![
            (vec![], &["Child A", "Child B"]),
            (vec![(referral, "r", answer(&["child  a "]))], &["Child B"]),
            (vec![(referral, "r", answer(&["Child A", "Child B"]))], &[]),
            (vec![(referral, "r", answer(&["Child A"])), (referral, "s", answer(&["Child B"]))], &[]),
            (vec![(referral, "r", answer(&["Child A"])), (decision, "d", answer(&["Child B"]))], &[]),
            (vec![(referral, "r", answer(&[]))], &["Child A", "Child B"]),
            (vec![(decision, "d", answer(&[]))], &[]),
            (vec![(referral, "r", json!({ "concerns": [], "children": ["Child A"] }))], &["Child A", "Child B"]),
        ];
        for (answers, unanswered) in rows {
            let told = format!("{answers:?}");
            let world = answers.into_iter().fold(world(), |world, (kind, subject, it)| world.set(kind, subject, it));
            let concern = found(&world).remove(0);
            assert_eq!(concern.children_unanswered, unanswered, "{told}");
            assert_eq!(concern.answered, unanswered.is_empty(), "{told}");
        }
    }

    #[test]
    fn where_no_child_is_known_any_answer_counts_once_it_has_been_given() {
        let world = World::in_order().set(RecordKind::Visit, "v", json!({ "write_up": { "recorded_by": "om", "recorded_at": "2021-04-14T11:00:00Z", "observations": "x", "shows_child_contact": true } }));
        let concern = json!([{ "kind": "visit", "ref": "v" }]);
        for (sent_at, answered) in [("2021-04-15T08:00:00Z", true), ("2021-04-15T08:00:01Z", false)] {
            let referral = json!({ "concerns": concern, "sent_at": sent_at });
            let world = world.clone().set(RecordKind::SafeguardingReferral, "r", referral);
            assert_eq!(found(&world)[0].answered, answered, "{sent_at}");
        }
        assert!(!found(&world)[0].answered);
    }

    #[test]
    fn the_flag_is_raised_after_a_day_whatever_the_status() {
        let raised = |world: &World| world.raised(FlagCode::SafeguardingReferralMissing).is_some();
        assert!(!raised(&world()), "24 hours have just passed");
        let late = json!({ "discovered_at": "2021-04-14T07:59:59Z" });
        let late = world().set(RecordKind::Breach, "b", late);
        assert!(raised(&late));
        assert!(raised(&late.clone().set(RecordKind::Offender, "o", json!({ "status": "transferred_out" }))));
        let decided = json!({ "concerns": [{ "kind": "breach", "ref": "b" }] });
        assert!(!raised(&late.set(RecordKind::SafeguardingDecision, "d", decided)));
    }
}
