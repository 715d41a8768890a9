//! Reviews of reactive management: the yearly one, and one after each change that does not suspend it.
//!
//! Any intelligence or change in circumstances makes reactive management be looked at again (HMICFRS, Dorset 2021);
//! which event does what is a design reading `[I]`.

use serde::Serialize;

use super::bank_holidays::BankHolidays;
use super::calendar::{CivilDate, london_date, plus_months};
use super::case_file::CaseFile;
use super::circumstance::CircumstanceKind;
use super::moment::Moment;
use super::notifiable_change::{ChangeKind as Notifiable, NotifiableChange};
use super::offender::RiskLevel;
use super::policy::Policy;
use super::reference::Ref;

/// A change that calls for a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A new address.
    NewAddress,
    /// A household with a child, joined or learned of.
    HouseholdWithChild,
    /// A name.
    NewName,
    /// A relationship.
    NewRelationship,
    /// Work.
    NewWork,
    /// A device.
    NewDevice,
    /// A name or account online.
    NewOnlineIdentity,
    /// A circumstance that was known has ended: a relationship or work lost.
    CircumstanceEnded,
    /// A journey abroad.
    ForeignTravel,
    /// Risk-relevant intelligence.
    RiskRelevantIntelligence,
    /// Contact with a child.
    ChildContact,
    /// An assessment that is not low.
    ArmsNotLow,
}

/// A change since somebody last looked, and by when to look again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// The record of it.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// When.
    pub on: CivilDate,
    /// The last day for the review.
    pub review_by: CivilDate,
    /// True when that day has passed.
    pub overdue: bool,
}

/// When the spell that holds was last looked at, and what asks for it to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewsDue {
    /// The day of the last review or decision, or else of entry.
    pub looked_at_on: CivilDate,
    /// The last day for the yearly review.
    pub yearly_due_on: CivilDate,
    /// True when that day has passed.
    pub yearly_overdue: bool,
    /// What has changed since, the oldest first.
    pub changes: Vec<Change>,
}

const fn of_circumstance(kind: CircumstanceKind) -> Option<ChangeKind> {
    match kind {
        CircumstanceKind::OnlineIdentity => Some(ChangeKind::NewOnlineIdentity),
        CircumstanceKind::Device => Some(ChangeKind::NewDevice),
        CircumstanceKind::Work => Some(ChangeKind::NewWork),
        CircumstanceKind::Relationship => Some(ChangeKind::NewRelationship),
        CircumstanceKind::Vehicle | CircumstanceKind::Other => None,
    }
}

/// The reviews that the spell that holds calls for: the yearly one, and one for each change after (strictly) the day
/// on which it was last looked at.
#[must_use]
pub fn reviews_due(case: &CaseFile, at: Moment, policy: &Policy, bank_holidays: &BankHolidays) -> Option<ReviewsDue> {
    let spell = case.reactive_spell(at)?;
    let reviewed = spell.last_reviewed_on.filter(|day| at.has_come(*day)).unwrap_or(spell.entered_on);
    let yearly_due_on = plus_months(reviewed, policy.reactive_review_months);
    let mut changes = Vec::new();
    let mut add = |kind, reference: &Ref, on: CivilDate| {
        if on > reviewed && at.has_come(on) {
            let review_by = bank_holidays.plus_working_days(on, policy.reactive_change_review_working_days);
            let overdue = at.is_overdue(review_by);
            changes.push(Change { kind, reference: reference.clone(), on, review_by, overdue });
        }
    };
    if let Some(held) = case.current_address(at) {
        if held.record.child_in_household == Some(true) {
            // The address does not say since when: it is told of when the record was last sent.
            let told_on = london_date(held.event_time);
            add(ChangeKind::HouseholdWithChild, &held.subject, told_on.max(held.record.resident_from));
        } else {
            add(ChangeKind::NewAddress, &held.subject, held.record.resident_from);
        }
    }
    for held in &case.records.circumstances {
        let (circumstance, kind) = (&held.record, of_circumstance(held.record.kind));
        if let Some(kind) = kind {
            add(kind, &held.subject, circumstance.recorded_on);
        }
        let lost = matches!(circumstance.kind, CircumstanceKind::Relationship | CircumstanceKind::Work);
        if let Some(until) = circumstance.until.filter(|_| lost) {
            add(ChangeKind::CircumstanceEnded, &held.subject, until);
        }
    }
    // A move that has its address on record is told by that.
    let has_address = |change: &NotifiableChange| {
        let current = case.current_address(at).map(|held| &held.subject);
        change.premises_ref.is_some() && change.premises_ref.as_ref() == current
    };
    for held in &case.records.notifiable_changes {
        let kind = match held.record.kind {
            Notifiable::NameUsed => Some(ChangeKind::NewName),
            Notifiable::ChildHouseholdBegun => Some(ChangeKind::HouseholdWithChild),
            Notifiable::HomeAddressChanged | Notifiable::NoSoleOrMainResidence => {
                (!has_address(&held.record)).then_some(ChangeKind::NewAddress)
            }
            Notifiable::Stay
            | Notifiable::Released
            | Notifiable::ChildHouseholdCeased
            | Notifiable::BankAccountOpened
            | Notifiable::BankAccountClosed
            | Notifiable::CardGained
            | Notifiable::CardLost
            | Notifiable::CardChanged
            | Notifiable::IdentityDocumentObtained
            | Notifiable::IdentityDocumentReplaced
            | Notifiable::IdentityDocumentLost
            | Notifiable::AttendanceDirected
            | Notifiable::AbsentFromHome => None,
        };
        if let Some(kind) = kind {
            add(kind, &held.subject, held.record.known_on);
        }
    }
    for held in case.records.travels.iter().filter(|held| held.record.cancelled_on.is_none()) {
        add(ChangeKind::ForeignTravel, &held.subject, held.record.departs_on);
    }
    for held in case.records.intelligence.iter().filter(|held| at.has_happened(held.record.received_at)) {
        let on = london_date(held.record.received_at);
        if held.record.risk_relevant {
            add(ChangeKind::RiskRelevantIntelligence, &held.subject, on);
        }
        if held.record.casework.shows_child_contact {
            add(ChangeKind::ChildContact, &held.subject, on);
        }
    }
    for held in case.records.visits.iter().filter(|held| at.has_happened(held.record.attempted_at)) {
        if held.record.shows_child_contact() {
            add(ChangeKind::ChildContact, &held.subject, held.record.date());
        }
    }
    if let Some(held) = case.assessments_newest_first(at).first().filter(|held| held.record.overall != RiskLevel::Low) {
        add(ChangeKind::ArmsNotLow, &held.subject, held.record.assessed_on);
    }
    changes.sort_by(|a, b| (a.on, a.kind, &a.reference).cmp(&(b.on, b.kind, &b.reference)));
    Some(ReviewsDue { looked_at_on: reviewed, yearly_due_on, yearly_overdue: at.is_overdue(yearly_due_on), changes })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    /// In reactive management since 10 February 2021; now is 09:00 on Thursday 15 April.
    fn world() -> World {
        World::in_order().set(RecordKind::ReactiveManagement, "o", json!({}))
    }

    fn changes(world: &World) -> Vec<(Value, String, bool)> {
        let (force, at, policies) = (world.force_file(), world.moment(), Policies::built_in().unwrap());
        let policy = policies.in_force(at.today()).unwrap();
        let case = force.cases.values().next().unwrap();
        let due = reviews_due(case, at, policy, &BankHolidays::built_in().unwrap()).unwrap();
        due.changes
            .into_iter()
            .map(|it| (serde_json::to_value(it.kind).unwrap(), it.review_by.to_string(), it.overdue))
            .collect()
    }

    #[test]
    fn other_changes_since_the_last_look_call_for_a_review_within_five_working_days() {
        type Row = (RecordKind, Value, Option<(&'static str, &'static str, bool)>);
        let rows: [Row; 26] = [
            (RecordKind::Address, json!({ "resident_from": "2021-03-31" }), Some(("new_address", "2021-04-09", true))),
            (
                RecordKind::Address,
                json!({ "resident_from": "2021-04-08", "child_in_household": true }),
                Some(("household_with_child", "2021-04-15", false)),
            ),
            (RecordKind::Address, json!({ "resident_from": "2021-02-10" }), None),
            (
                RecordKind::Circumstance,
                json!({ "kind": "relationship", "partner": "B", "recorded_on": "2021-04-14" }),
                Some(("new_relationship", "2021-04-21", false)),
            ),
            (
                RecordKind::Circumstance,
                json!({ "kind": "work", "recorded_on": "2021-04-14" }),
                Some(("new_work", "2021-04-21", false)),
            ),
            (
                RecordKind::Circumstance,
                json!({ "recorded_on": "2021-04-14" }),
                Some(("new_device", "2021-04-21", false)),
            ),
            (
                RecordKind::Circumstance,
                json!({ "kind": "online_identity", "recorded_on": "2021-04-14" }),
                Some(("new_online_identity", "2021-04-21", false)),
            ),
            (RecordKind::Circumstance, json!({ "kind": "vehicle", "recorded_on": "2021-04-14" }), None),
            (RecordKind::Circumstance, json!({ "recorded_on": "2021-02-10" }), None),
            (
                RecordKind::Circumstance,
                json!({ "kind": "work", "until": "2021-04-14" }),
                Some(("circumstance_ended", "2021-04-21", false)),
            ),
            (RecordKind::Circumstance, json!({ "kind": "device", "until": "2021-04-14" }), None),
            (
                RecordKind::NotifiableChange,
                json!({ "kind": "name_used", "occurred_on": "2021-03-01" }),
                Some(("new_name", "2021-04-21", false)),
            ),
            (
                RecordKind::NotifiableChange,
                json!({ "kind": "child_household_begun" }),
                Some(("household_with_child", "2021-04-21", false)),
            ),
            (
                RecordKind::NotifiableChange,
                json!({ "kind": "no_sole_or_main_residence" }),
                Some(("new_address", "2021-04-21", false)),
            ),
            (RecordKind::NotifiableChange, json!({ "kind": "home_address_changed", "premises_ref": "a" }), None),
            (RecordKind::NotifiableChange, json!({}), None),
            (
                RecordKind::ForeignTravel,
                json!({ "departs_on": "2021-04-14" }),
                Some(("foreign_travel", "2021-04-21", false)),
            ),
            (RecordKind::ForeignTravel, json!({}), None),
            (RecordKind::ForeignTravel, json!({ "departs_on": "2021-04-14", "cancelled_on": "2021-04-14" }), None),
            (RecordKind::Intelligence, json!({}), Some(("risk_relevant_intelligence", "2021-04-12", true))),
            (RecordKind::Intelligence, json!({ "risk_relevant": false }), None),
            (
                RecordKind::Intelligence,
                json!({ "risk_relevant": false, "shows_child_contact": true }),
                Some(("child_contact", "2021-04-12", true)),
            ),
            (
                RecordKind::Visit,
                json!({ "attempted_at": "2021-04-14T10:00:00Z", "mode": "phone",
                    "write_up": { "recorded_by": "om", "recorded_at": "2021-04-14T11:00:00Z", "observations": "x", "shows_child_contact": true } }),
                Some(("child_contact", "2021-04-21", false)),
            ),
            (
                RecordKind::ArmsAssessment,
                json!({ "assessed_on": "2021-04-14" }),
                Some(("arms_not_low", "2021-04-21", false)),
            ),
            (RecordKind::ArmsAssessment, json!({ "assessed_on": "2021-04-14", "overall": "low" }), None),
            (RecordKind::Breach, json!({}), None),
        ];
        assert_eq!(changes(&world()), []);
        for (kind, members, change) in rows {
            let changed = world().set(kind, "x", members.clone());
            let told = change.map(|(kind, by, overdue)| (json!(kind), by.to_owned(), overdue));
            assert_eq!(changes(&changed).into_iter().next(), told, "{kind} {members}");
            let reviewed =
                changed.set(RecordKind::ReactiveManagement, "o", json!({ "last_reviewed_on": "2021-04-15" }));
            assert_eq!(changes(&reviewed), []);
        }
    }

    #[test]
    fn a_child_in_the_household_of_an_old_address_calls_for_a_review() {
        let told = |on: &str, child: Value| {
            let members = json!({ "child_in_household": child });
            changes(&world().set_at(on, RecordKind::Address, "a", members))
        };
        let found = [(json!("household_with_child"), "2021-04-21".to_owned(), false)];
        assert_eq!(told("2021-04-14T10:00:00Z", json!(true)), found, "section 4: a household with a child");
        assert_eq!(told("2021-02-10T10:00:00Z", json!(true)), [], "known on the day of entry");
        assert_eq!(told("2021-04-14T10:00:00Z", json!(false)), []);
        assert_eq!(told("2021-04-14T10:00:00Z", json!(null)), []);
    }
}
