//! Flags: what the service must notice by itself.
//!
//! A flag is advice to a named person, never a decision. It says which rule raised it, the facts
//! and dates it used, and the policy those numbers come from. Missing data never lowers
//! supervision: an unknown counts as not satisfied. Source: HMICFRS, Dorset national child
//! protection inspection (2021), section 10, and what each rule names.

mod allocation;
mod arms;
mod breach;
mod circumstance;
pub mod code;
pub mod criteria;
mod guidance;
pub(crate) mod notification;
pub(in crate::domain) mod officer;
mod plan;
mod reactive;
mod record;
mod safeguarding;
pub(in crate::domain) mod team;
mod visit;

use serde::Serialize;
use serde_json::Value;

use super::breach::BreachState;
use super::case_file::{CaseFile, ForceFile};
use super::caseload;
use super::moment::Moment;
use super::policy::Policy;
use super::reference::Ref;
pub use code::{Family, FlagCode, Severity, SubjectKind};

/// One flag, raised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flag {
    /// Which rule.
    pub code: FlagCode,
    /// What it is raised on: an offender, a breach, an officer or a team.
    pub subject: Ref,
    /// The offender concerned, where there is one.
    pub offender_ref: Option<Ref>,
    /// The team concerned, where there is one.
    pub team_ref: Option<Ref>,
    /// The officer concerned, where there is one: who currently manages the offender, or the
    /// officer it is raised on.
    pub officer_ref: Option<Ref>,
    /// Why, where the rule knows several reasons.
    pub reason: Option<&'static str>,
    /// The facts used, with their dates; never names or free text.
    pub evidence: Value,
    /// The policy whose numbers were used.
    pub policy_version: String,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
struct Finding {
    reason: Option<&'static str>,
    evidence: Value,
}

impl Finding {
    const fn of(evidence: Value) -> Self {
        Self { reason: None, evidence }
    }
}

/// What a rule may look at: one case, its force, the moment and the policy.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The case file.
    pub file: &'a CaseFile,
    /// The force's officers and crime reports.
    pub force: &'a ForceFile,
    /// The moment.
    pub at: Moment,
    /// The policy.
    pub policy: &'a Policy,
}

/// A rule about one offender.
type OffenderRule = fn(Case<'_>) -> Option<Finding>;

/// Every rule about an offender.
const OFFENDER_RULES: [(FlagCode, OffenderRule); 27] = [
    (FlagCode::Unallocated, allocation::unallocated),
    (FlagCode::RecordChangedWhileUnallocated, allocation::record_changed_while_unallocated),
    (FlagCode::NoArmsAssessment, arms::no_arms_assessment),
    (FlagCode::ArmsReviewOverdue, arms::arms_review_overdue),
    (FlagCode::NoRiskManagementPlan, plan::no_risk_management_plan),
    (FlagCode::PlanReviewOverdue, plan::plan_review_overdue),
    (FlagCode::PlanOlderThanAssessment, plan::plan_older_than_assessment),
    (FlagCode::NoVisitRequirement, plan::no_visit_requirement),
    (FlagCode::NoPlanActions, plan::no_plan_actions),
    (FlagCode::PlanActionOverdue, plan::plan_action_overdue),
    (FlagCode::RigidVisitPattern, visit::rigid_visit_pattern),
    (FlagCode::HomeVisitOverdue, visit::home_visit_overdue),
    (FlagCode::RemoteContactOnly, visit::remote_contact_only),
    (FlagCode::VisitMadeAlone, visit::visit_made_alone),
    (FlagCode::AddressNotVisited, visit::address_not_visited),
    (FlagCode::WarrantConsideration, visit::warrant_consideration),
    (FlagCode::PeriodicNotificationOverdue, notification::periodic_notification_overdue),
    (FlagCode::WhereaboutsUnknown, notification::whereabouts_unknown),
    (FlagCode::NotificationEndsSoon, notification::notification_ends_soon),
    (FlagCode::NotificationEnded, notification::notification_ended),
    (FlagCode::ReactiveIneligible, reactive::reactive_ineligible),
    (FlagCode::ReactiveReviewDue, reactive::reactive_review_due),
    (FlagCode::ReactiveCandidate, reactive::reactive_candidate),
    (FlagCode::RecordIncomplete, record::record_incomplete),
    (FlagCode::SafeguardingReferralMissing, safeguarding::referral_missing),
    (FlagCode::CircumstancesUnconfirmed, circumstance::circumstances_unconfirmed),
    (FlagCode::ReactiveSuspensionUndecided, reactive::suspension_undecided),
];

/// Every flag that holds in a force at a moment, by code and subject.
#[must_use]
pub fn evaluate(force: &ForceFile, at: Moment, policy: &Policy) -> Vec<Flag> {
    let mut flags = Vec::new();
    for file in force.cases.values() {
        let case = Case { file, force, at, policy };
        let manager = file.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        let raise = |code, subject: &Ref, finding: Finding| Flag {
            code,
            subject: subject.clone(),
            offender_ref: Some(file.offender_ref.clone()),
            team_ref: Some(file.offender.team_ref.clone()),
            officer_ref: manager.cloned(),
            reason: finding.reason,
            evidence: finding.evidence,
            policy_version: policy.version.clone(),
        };
        for (code, rule) in OFFENDER_RULES {
            flags.extend(rule(case).map(|finding| raise(code, &file.offender_ref, finding)));
        }
        for breach in file.confirmed_breaches() {
            flags.extend(
                breach::without_crime_report(case, breach)
                    .map(|finding| raise(FlagCode::BreachWithoutCrimeReport, &breach.subject, finding)),
            );
            flags.extend(
                breach::without_decision(case, breach)
                    .map(|finding| raise(FlagCode::BreachWithoutDecision, &breach.subject, finding)),
            );
        }
        for breach in file.breaches_in(BreachState::Suspected) {
            flags.extend(
                breach::undecided(case, breach)
                    .map(|finding| raise(FlagCode::SuspectedBreachUndecided, &breach.subject, finding)),
            );
        }
    }
    let about_staff = |code: FlagCode, subject: &Ref, team_ref: Option<&Ref>, finding: Finding| Flag {
        code,
        subject: subject.clone(),
        offender_ref: None,
        team_ref: team_ref.cloned(),
        officer_ref: (code.subject_kind() == SubjectKind::Officer).then(|| subject.clone()),
        reason: finding.reason,
        evidence: finding.evidence,
        policy_version: policy.version.clone(),
    };
    let caseloads = caseload::loads(force.cases.values(), at, policy);
    for (officer_ref, officer) in &force.officers {
        let held = caseloads.get(officer_ref).map(|load| load.cases).unwrap_or_default();
        flags.extend(
            officer::caseload(officer, held, at, policy)
                .map(|(code, finding)| about_staff(code, officer_ref, officer.team_ref.as_ref(), finding)),
        );
        flags
            .extend(officer::training_missing(officer, at).map(|finding| {
                about_staff(FlagCode::TrainingMissing, officer_ref, officer.team_ref.as_ref(), finding)
            }));
    }
    for (team_ref, finding) in team::plans_follow_grid(force, at, policy) {
        flags.push(about_staff(FlagCode::PlansFollowGrid, team_ref, Some(team_ref), finding));
    }
    flags.sort_by(|a, b| (a.code.as_str(), &a.subject).cmp(&(b.code.as_str(), &b.subject)));
    flags
}

#[cfg(test)]
pub(crate) mod tests;
