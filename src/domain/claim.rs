//! Claims: what people enter here about a record, member by member, beside what the records system says of it.
//!
//! The records system stays the system of record, and each member of a record has one owner. The state of a
//! record follows from the newest thing that the feed said and from the claims, whatever the order in which they came:
//!
//! - A claim stands while the feed says of its member what it said when the claim was made.
//! - Where the feed says something else since, the feed prevails on the members that it owns; on those that the
//!   service owns the claim stands.
//! - Either way the difference is shown to a person, who settles it; it is never settled silently.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::calendar::Instant;
use super::record::RecordKind;

/// The members of a record as JSON.
pub type Members = Map<String, Value>;

/// What was claimed of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What it is said to be.
    pub value: Value,
    /// The digest of what the feed said of the member when it was claimed; none where the feed had not spoken of it.
    pub over: Option<String>,
}

/// The claims that hold on one record.
pub type Claims = BTreeMap<String, Claim>;

/// Whose word holds where the feed has said something else since a claim was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prevailing {
    /// The service owns the member: the claim stands.
    Claim,
    /// The records system owns the member: the feed prevails.
    Feed,
}

/// A member on which the feed and a claim differ, and the feed has spoken since the claim was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Which member.
    pub member: String,
    /// Whose word holds until a person settles it.
    pub prevailing: Prevailing,
    /// What the feed says.
    pub feed: Value,
    /// What was claimed.
    pub claim: Value,
}

/// The members of a kind of the feed that the service owns: what is decided, approved and observed here. Of the
/// service's own kinds it owns everything.
const fn owned_here(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::RiskManagementPlan => &["approved_by", "approved_on"],
        RecordKind::Breach => &["crime", "decision"],
        RecordKind::ReactiveManagement => &["left_on"],
        RecordKind::Team
        | RecordKind::Neighbourhood
        | RecordKind::Officer
        | RecordKind::Offender
        | RecordKind::Address
        | RecordKind::Order
        | RecordKind::Allocation
        | RecordKind::ArmsAssessment
        | RecordKind::ProgrammedVisits
        | RecordKind::Visit
        | RecordKind::Notification
        | RecordKind::Intelligence
        | RecordKind::CrimeReport
        | RecordKind::DipSample
        | RecordKind::DipSampleGrade
        | RecordKind::AccessRestriction
        | RecordKind::ReactivePlacement
        | RecordKind::ReactiveReview
        | RecordKind::ReactiveDecision
        | RecordKind::Arrest
        | RecordKind::SafeguardingReferral
        | RecordKind::SafeguardingDecision
        | RecordKind::DisclosureDecision
        | RecordKind::Disposal
        | RecordKind::NotifiableChange
        | RecordKind::ForeignTravel
        | RecordKind::OtherAssessment
        | RecordKind::VisitAttendance
        | RecordKind::Circumstance
        | RecordKind::Handover
        | RecordKind::Post
        | RecordKind::LegalHold
        | RecordKind::Merge => &[],
    }
}

/// Whose word holds on a member where the two differ.
fn prevailing(kind: RecordKind, member: &str) -> Prevailing {
    if owned_here(kind).contains(&member) { Prevailing::Claim } else { Prevailing::Feed }
}

/// The digest of what is said of a member.
#[must_use]
pub fn digest(value: &Value) -> String {
    Sha256::digest(value.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A claim over what the feed says now; `feed` is nothing where it does not speak of the member.
#[must_use]
pub fn claim(value: Value, feed: Option<&Value>) -> Claim {
    Claim { value, over: feed.map(digest) }
}

/// Members that say one thing together: who is in custody since March and is released in April is in the community since
/// April, where the records system had said all along that they are in the community.
const TOGETHER: [(RecordKind, [&str; 2]); 2] =
    [(RecordKind::Offender, ["status", "status_since"]), (RecordKind::Offender, ["lead_agency", "lead_agency_since"])];

/// True while the feed says of a member, and of what is claimed together with it, what it said.
fn is_unchanged(kind: RecordKind, member: &str, claims: &Claims, feed: &Members) -> bool {
    let group = TOGETHER.iter().find(|(of, members)| *of == kind && members.contains(&member));
    let members = group.map_or(std::slice::from_ref(&member), |(_, members)| members.as_slice());
    members.iter().all(|member| match (claims.get(*member), feed.get(*member)) {
        (Some(claim), Some(said)) => claim.over.as_deref() == Some(digest(said).as_str()),
        (Some(_) | None, _) => true,
    })
}

/// Where the feed has spoken since a claim was made, and says otherwise.
fn difference(kind: RecordKind, member: &str, claims: &Claims, feed: Option<&Members>) -> Option<Difference> {
    let (feed, claim) = (feed?, claims.get(member)?);
    let said = feed.get(member)?;
    let is_unchanged = is_unchanged(kind, member, claims, feed);
    (!is_unchanged && *said != claim.value).then(|| Difference {
        member: member.to_owned(),
        prevailing: prevailing(kind, member),
        feed: said.clone(),
        claim: claim.value.clone(),
    })
}

/// Every difference that a person has to settle, in the order of the members.
#[must_use]
pub fn differences(kind: RecordKind, feed: Option<&Members>, claims: &Claims) -> Vec<Difference> {
    claims.keys().filter_map(|member| difference(kind, member, claims, feed)).collect()
}

/// The record as it stands: what the feed says, and over it the claims that stand.
#[must_use]
pub fn as_it_stands(kind: RecordKind, feed: Option<Members>, claims: &Claims) -> Members {
    let standing: Vec<(String, Value)> = claims
        .iter()
        .filter(|(member, _)| {
            let differs = difference(kind, member, claims, feed.as_ref());
            differs.is_none_or(|difference| difference.prevailing == Prevailing::Claim)
        })
        .map(|(member, claim)| (member.clone(), claim.value.clone()))
        .collect();
    let mut members = feed.unwrap_or_default();
    members.extend(standing);
    members
}

/// True where a record stands, by the newest version of the feed (its time, and whether it withdraws the record) and the newest
/// entry made here (when, whether of the whole record, and whether it takes it back). A record that the feed withdrew stays
/// withdrawn, unless it was made here and spoken of since.
#[must_use]
pub fn stands(version: Option<(Instant, bool)>, entry: Option<(Instant, bool, bool)>) -> bool {
    match (version, entry) {
        (Some((_, false)), _) => true,
        (Some((event_time, true)), Some((entered_at, true, false))) => entered_at > event_time,
        (Some((_, true)), _) | (None, None) => false,
        (None, Some((_, _, withdrawn))) => !withdrawn,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Members {
        value.as_object().unwrap().clone()
    }

    fn claims(member: &str, value: Value, over: Option<Value>) -> Claims {
        Claims::from([(member.to_owned(), claim(value, over.as_ref()))])
    }

    #[test]
    fn a_claim_stands_while_the_feed_says_what_it_said() {
        let crime = claims("crime", json!("55"), Some(json!(null)));
        for later in [json!({"crime": null, "summary": "a"}), json!({"crime": null, "summary": "b"})] {
            let stands = as_it_stands(RecordKind::Breach, Some(members(later.clone())), &crime);
            assert_eq!(stands["crime"], "55");
            assert_eq!(stands["summary"], later["summary"]);
            assert_eq!(differences(RecordKind::Breach, Some(&members(later)), &crime), []);
        }
    }

    #[test]
    fn members_that_say_one_thing_together_stand_or_fall_together() {
        let before = members(json!({"status": "community", "status_since": "2020-01-01"}));
        let custody: Claims = [("status", "custody"), ("status_since", "2020-06-01")]
            .map(|(member, value)| (member.to_owned(), claim(json!(value), before.get(member))))
            .into();
        let stands = as_it_stands(RecordKind::Offender, Some(before), &custody);
        assert_eq!((&stands["status"], &stands["status_since"]), (&json!("custody"), &json!("2020-06-01")));
        let released = members(json!({"status": "community", "status_since": "2020-09-01"}));
        assert_eq!(as_it_stands(RecordKind::Offender, Some(released.clone()), &custody), released);
        let told: Vec<String> = differences(RecordKind::Offender, Some(&released), &custody)
            .into_iter()
            .map(|difference| difference.member)
            .collect();
        assert_eq!(told, ["status", "status_since"], "and both are shown");
    }

    #[test]
    fn what_is_owned_here_stands_against_the_feed_and_a_person_is_told() {
        let crime = claims("crime", json!("55"), Some(json!(null)));
        let feed = members(json!({"crime": "66"}));
        assert_eq!(as_it_stands(RecordKind::Breach, Some(feed.clone()), &crime)["crime"], "55");
        let found = differences(RecordKind::Breach, Some(&feed), &crime);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].prevailing, &found[0].feed), (Prevailing::Claim, &json!("66")));
    }

    #[test]
    fn the_feed_prevails_on_what_it_owns_and_a_person_is_told() {
        let status = claims("status", json!("custody"), Some(json!("community")));
        let unchanged = members(json!({"status": "community"}));
        assert_eq!(as_it_stands(RecordKind::Offender, Some(unchanged), &status)["status"], "custody");
        let changed = members(json!({"status": "hospital"}));
        assert_eq!(as_it_stands(RecordKind::Offender, Some(changed.clone()), &status)["status"], "hospital");
        assert_eq!(differences(RecordKind::Offender, Some(&changed), &status)[0].prevailing, Prevailing::Feed);
        let caught_up = members(json!({"status": "custody"}));
        assert_eq!(differences(RecordKind::Offender, Some(&caught_up), &status), []);
    }

    #[test]
    fn who_was_removed_from_reactive_management_here_stays_removed_and_everything_else_of_the_spell_is_the_feeds() {
        let mut removed = claims("left_on", json!("2021-04-20"), None);
        removed.extend(claims("last_reviewed_on", json!("2021-04-20"), None));
        let feed = members(json!({"entered_on": "2021-04-15", "left_on": null, "last_reviewed_on": "2021-04-16"}));
        let stands = as_it_stands(RecordKind::ReactiveManagement, Some(feed.clone()), &removed);
        assert_eq!((&stands["left_on"], &stands["last_reviewed_on"]), (&json!("2021-04-20"), &json!("2021-04-16")));
        assert_eq!(differences(RecordKind::ReactiveManagement, Some(&feed), &removed).len(), 2);
    }

    #[test]
    fn members_that_the_feed_does_not_speak_of_are_never_in_conflict() {
        let state = claims("state", json!("suspected"), None);
        let feed = members(json!({"summary": ""}));
        assert_eq!(as_it_stands(RecordKind::Breach, Some(feed.clone()), &state)["state"], "suspected");
        assert_eq!(differences(RecordKind::Breach, Some(&feed), &state), []);
    }

    #[test]
    fn what_was_made_here_comes_back_without_a_difference() {
        let made = claims("summary", json!("a"), None);
        assert_eq!(differences(RecordKind::Breach, Some(&members(json!({"summary": "a"}))), &made), []);
        assert_eq!(differences(RecordKind::Breach, Some(&members(json!({"summary": "b"}))), &made).len(), 1);
    }
}
