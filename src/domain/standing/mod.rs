//! Standings: where one case stands when a force's flags are evaluated.
//!
//! A standing is made of the case file and of the flags just raised on it, so that what a dashboard
//! counts is what the flags say. It has references, dates and codes; no names and no text.

mod facts;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use facts::{Contacts, LastContact, OpenBreach, OverdueAction, ReactiveReview, Suspended, Unallocated};

use super::calendar::CivilDate;
use super::case_file::ForceFile;
use super::flag::{Case, Flag, FlagCode};
use super::moment::Moment;
use super::offender::{OffenderStatus, RiskLevel};
use super::policy::Policy;
use super::reference::Ref;
use super::visit::Visit;

/// Every offender on the register is in one of these, the first that applies in this order: what is
/// wanting is never hidden behind a bucket in good order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Not in the community: in custody or hospital, abroad, missing, or no longer for this force.
    Outside,
    /// In the community, and nobody in post manages the case.
    Unallocated,
    /// In the community and allocated; no current plan, or one that says nothing of visits.
    PlanIncomplete,
    /// In the community, allocated, with a plan, and placed in reactive management.
    Reactive,
    /// In the community, allocated to a manager in post, with a plan that says how often to visit.
    Managed,
}

impl Bucket {
    /// Every bucket, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Outside, Self::Unallocated, Self::PlanIncomplete, Self::Reactive, Self::Managed];

    /// The bucket as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Unallocated => "unallocated",
            Self::PlanIncomplete => "plan_incomplete",
            Self::Reactive => "reactive",
            Self::Managed => "managed",
        }
    }

    /// The bucket with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bucket| bucket.as_str() == name)
    }

    fn of(case: Case<'_>, flags: &[FlagCode]) -> Self {
        if !case.file.is_in_community(case.at) {
            Self::Outside
        } else if flags.contains(&FlagCode::Unallocated) {
            Self::Unallocated
        } else if flags.contains(&FlagCode::NoRiskManagementPlan) || flags.contains(&FlagCode::NoVisitRequirement) {
            Self::PlanIncomplete
        } else if case.file.reactive_spell(case.at).is_some() {
            Self::Reactive
        } else {
            Self::Managed
        }
    }
}

/// Where one case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The one bucket it is in.
    pub bucket: Bucket,
    /// Where the offender stands.
    pub status: OffenderStatus,
    /// Managed, in the community.
    pub in_community: bool,
    /// Placed in reactive management.
    pub reactive: bool,
    /// The level of the current ARMS assessment; empty where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskLevel>,
    /// Whom the case is currently allocated to, in post or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_ref: Option<Ref>,
    /// The neighbourhood the offender lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbourhood_ref: Option<Ref>,
    /// The codes of the flags on the offender and on their breaches, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagCode>,
    /// Why and since when nobody manages the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unallocated: Option<Unallocated>,
    /// The date of the last qualifying visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_home_visit_on: Option<CivilDate>,
    /// The last contact at which the offender was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<LastContact>,
    /// Contacts at which the offender was seen in the last year, by how.
    #[serde(default)]
    pub contacts: Contacts,
    /// The days between visits that the current plan itself asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_days: Option<u32>,
    /// When the home visit was due; only where it is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_due_on: Option<CivilDate>,
    /// When the assessment's review was due; only where it is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment_due_on: Option<CivilDate>,
    /// When the plan's review was due; only where it is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_review_due_on: Option<CivilDate>,
    /// Breaches without a crime report or without a decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<OpenBreach>,
    /// The review of reactive management that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reactive_review: Option<ReactiveReview>,
    /// Reactive management is suspended: visited as anybody else, until an inspector has decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspended>,
    /// The criteria of reactive management that somebody placed in it does not meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet_criteria: Vec<String>,
    /// Actions of the current plan that are overdue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overdue_actions: Vec<OverdueAction>,
}

impl Standing {
    /// Where a case stands, by its file and the flags raised on it and on its breaches.
    #[must_use]
    pub fn of(case: Case<'_>, raised: &[&Flag]) -> Self {
        let (file, at) = (case.file, case.at);
        let mut flags: Vec<FlagCode> = raised.iter().map(|flag| flag.code).collect();
        flags.dedup();
        Self {
            bucket: Bucket::of(case, &flags),
            status: file.offender.status,
            in_community: file.is_in_community(at),
            reactive: file.reactive_spell(at).is_some(),
            risk: file.arms_level(at),
            manager_ref: file.current_allocation(at).and_then(|allocation| allocation.officer_ref.clone()),
            neighbourhood_ref: file.offender.neighbourhood_ref.clone(),
            flags,
            unallocated: facts::unallocated(raised),
            last_home_visit_on: file.last_qualifying_visit(at).map(Visit::date),
            last_contact: facts::last_contact(case),
            contacts: facts::contacts(case),
            interval_days: file.visit_requirement(at).map(|requirement| requirement.interval.interval_days),
            visit_due_on: facts::date(raised, FlagCode::HomeVisitOverdue, "due_on"),
            assessment_due_on: facts::date(raised, FlagCode::ArmsReviewOverdue, "review_due_on"),
            plan_review_due_on: facts::date(raised, FlagCode::PlanReviewOverdue, "review_due_on"),
            breaches: facts::breaches(raised),
            reactive_review: facts::reactive_review(raised),
            suspended: facts::suspended(case),
            unmet_criteria: facts::unmet_criteria(raised),
            overdue_actions: facts::overdue_actions(raised),
        }
    }

    /// True when a flag of that code is raised on the offender or on a breach of theirs.
    #[must_use]
    pub fn has(&self, code: FlagCode) -> bool {
        self.flags.contains(&code)
    }
}

/// Where one case stands, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStanding {
    /// The offender.
    pub offender_ref: Ref,
    /// The team responsible.
    pub team_ref: Ref,
    /// Where the case stands.
    pub standing: Standing,
}

/// Where every case of a force stands, given the flags that were raised at the same moment.
#[must_use]
pub fn standings(force: &ForceFile, at: Moment, policy: &Policy, flags: &[Flag]) -> Vec<CaseStanding> {
    let mut raised: BTreeMap<&Ref, Vec<&Flag>> = BTreeMap::new();
    for flag in flags {
        if let Some(offender) = &flag.offender_ref {
            raised.entry(offender).or_default().push(flag);
        }
    }
    force
        .cases
        .values()
        .map(|file| CaseStanding {
            offender_ref: file.offender_ref.clone(),
            team_ref: file.offender.team_ref.clone(),
            standing: Standing::of(
                Case { file, force, at, policy },
                raised.get(&file.offender_ref).map_or(&[], Vec::as_slice),
            ),
        })
        .collect()
}
