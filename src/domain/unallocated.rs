//! The queue of cases that nobody manages, by the officer whom they came from: the vacancy that has to be filled.

use std::collections::BTreeMap;

use super::allocation::spells;
use super::allocation_gap::{Gap, gap};
use super::calendar::{CivilDate, days_between};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::offender::RiskLevel;
use super::officer::OfficerRole;
use super::policy::Policy;
use super::post::Post;
use super::reference::Ref;

/// A case that nobody manages.
#[derive(Debug, Clone, PartialEq)]
pub struct UnallocatedCase {
    /// Whose.
    pub offender_ref: Ref,
    /// The team responsible.
    pub team_ref: Ref,
    /// Why, as the flag `unallocated` has it.
    pub reason: &'static str,
    /// Since when.
    pub since: CivilDate,
    /// For how many days.
    pub days: i64,
    /// The ARMS level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// Its place in the queue: the weight of its risk × days.
    pub weight: i64,
}

/// The cases that came from one officer and are held by one, or by nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct UnallocatedGroup<'a> {
    /// The offender manager who had them last; nobody where none ever had.
    pub came_from: Option<&'a Ref>,
    /// Who holds them now, whatever they are in post as.
    pub holder: Option<&'a Ref>,
    /// The post that they came from, where one is on file.
    pub post: Option<(&'a Ref, &'a Post)>,
    /// The cases, worst first.
    pub cases: Vec<UnallocatedCase>,
}

impl UnallocatedGroup<'_> {
    /// The gravest risk among them; not known where any is not known and none known is very high.
    #[must_use]
    pub fn worst_risk(&self) -> Option<RiskLevel> {
        let known = self.cases.iter().filter_map(|case| case.risk).max();
        let is_unknown = self.cases.iter().any(|case| case.risk.is_none());
        if is_unknown { known.filter(|known| *known >= RiskLevel::High) } else { known }
    }

    /// The longest that one of them has waited, in days.
    #[must_use]
    pub fn most_days(&self) -> i64 {
        self.cases.iter().map(|case| case.days).max().unwrap_or_default()
    }

    fn weight(&self) -> i64 {
        self.cases.iter().map(|case| case.weight).max().unwrap_or_default()
    }
}

/// Who managed a case last: the newest spell up to today of somebody whose post is, or is not known not to be, that of
/// an offender manager.
fn came_from<'a>(file: &'a CaseFile, force: &ForceFile, at: Moment) -> Option<&'a Ref> {
    let spells = spells(&file.records.allocations);
    let past = spells.iter().rev().filter(|spell| at.has_come(spell.from));
    past.filter_map(|spell| spell.allocation.record.officer_ref.as_ref())
        .find(|officer| force.officers.get(*officer).is_none_or(|it| it.role == OfficerRole::OffenderManager))
}

/// Every unallocated case, grouped; the worst group first: risk × days of its worst case, what is not known as high.
#[must_use]
pub fn queue<'a>(force: &'a ForceFile, at: Moment, policy: &Policy) -> Vec<UnallocatedGroup<'a>> {
    let mut groups: BTreeMap<(Option<&Ref>, Option<&Ref>), Vec<UnallocatedCase>> = BTreeMap::new();
    for file in force.cases.values() {
        let Some(Gap { reason, since }) = gap(file, force, at, policy) else { continue };
        let holder = file.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        let (days, risk) = (days_between(since, at.today()).max(0), file.arms_level(at));
        // The day on which it falls vacant counts too, so that a very high risk is ahead of a low one from the start.
        let weight = i64::from(policy.planning.risk_weights.of(risk)) * (days + 1);
        let case = UnallocatedCase {
            offender_ref: file.offender_ref.clone(),
            team_ref: file.offender.team_ref.clone(),
            reason,
            since,
            days,
            risk,
            weight,
        };
        groups.entry((came_from(file, force, at), holder)).or_default().push(case);
    }
    let mut groups: Vec<UnallocatedGroup<'_>> = groups
        .into_iter()
        .map(|((came_from, holder), mut cases)| {
            cases.sort_by(|a, b| (b.weight, &a.offender_ref).cmp(&(a.weight, &b.offender_ref)));
            let post = came_from.and_then(|officer| force.posts.iter().find(|(_, post)| post.is_or_was_of(officer)));
            UnallocatedGroup { came_from, holder, post, cases }
        })
        .collect();
    groups.sort_by(|a, b| (b.weight(), a.came_from, a.holder).cmp(&(a.weight(), b.came_from, b.holder)));
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    fn told(world: &World) -> Vec<String> {
        let (force, at) = (world.force_file(), world.moment());
        let policies = Policies::built_in().unwrap();
        queue(&force, at, policies.in_force(at.today()).unwrap())
            .iter()
            .map(|group| {
                let named = |officer: Option<&Ref>| officer.map_or("nobody", Ref::as_str).to_owned();
                let (from, holder) = (named(group.came_from), named(group.holder));
                let post = group.post.map_or("-", |(post, _)| post.as_str());
                let cases: Vec<_> = group.cases.iter().map(|it| format!("{} {}", it.reason, it.days)).collect();
                format!("{from} {holder} {post} {:?} {}", group.worst_risk(), cases.join(","))
            })
            .collect()
    }

    #[test]
    fn cases_are_grouped_by_whom_they_came_from() {
        let left = |until: &str| json!({"in_post_until": until});
        let world = World::in_order();
        for (world, expected) in [
            (world.clone(), vec![]),
            (
                world.clone().set(RecordKind::Officer, "om", left("2021-04-05")),
                vec!["om om - Some(Medium) manager_left 9"],
            ),
            (
                world.clone().set(RecordKind::Officer, "om", left("2021-04-05")).set(
                    RecordKind::Post,
                    "post-1",
                    json!({"last_holder_ref": "om", "vacant_since": "2021-04-06"}),
                ),
                vec!["om om post-1 Some(Medium) manager_left 9"],
            ),
            (
                world.clone().allocate("2021-04-10", Some("sup"), "2021-04-10T00:00:00Z", "e2"),
                vec!["om sup - Some(Medium) held_by_supervisor 5"],
            ),
            (
                world.clone().unallocated().without(RecordKind::ArmsAssessment, "s"),
                vec!["nobody nobody - None never_allocated 2145"],
            ),
            (world.set(RecordKind::Offender, "o", json!({"status": "deceased"})).unallocated(), vec![]),
        ] {
            assert_eq!(told(&world), expected);
        }
    }
}
