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
pub mod service;
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
    /// What it is raised on: an offender, a breach, a planned visit, an officer, a team, a neighbourhood or the force.
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

impl Flag {
    /// What a rule found, of nobody yet.
    fn new(code: FlagCode, subject: Ref, finding: Finding, policy: &Policy) -> Self {
        Self {
            code,
            subject,
            offender_ref: None,
            team_ref: None,
            officer_ref: None,
            reason: finding.reason,
            evidence: finding.evidence,
            policy_version: policy.version.clone(),
        }
    }

    /// The same, of a case: its offender, its team and who currently manages it.
    fn of_case(self, case: &CaseFile, at: Moment) -> Self {
        Self {
            offender_ref: Some(case.offender_ref.clone()),
            team_ref: Some(case.offender.team_ref.clone()),
            officer_ref: case.current_allocation(at).and_then(|allocation| allocation.officer_ref.clone()),
            ..self
        }
    }

    /// The same, of a team.
    fn of_team(self, team: Option<&Ref>) -> Self {
        Self { team_ref: team.cloned(), ..self }
    }

    /// What tells a flag from the others that hold in a force: the rule and the subject, and of a neighbourhood that several
    /// teams' offenders live in, the team.
    #[must_use]
    pub fn key(&self) -> FlagKey {
        FlagKey::of(self.code, self.subject.as_str(), self.team_ref.as_ref().map(Ref::as_str))
    }
}

/// See [`Flag::key`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlagKey {
    code: FlagCode,
    subject: String,
    team: Option<String>,
}

impl FlagKey {
    /// The key of a flag that is raised on a subject and concerns a team.
    #[must_use]
    pub fn of(code: FlagCode, subject: &str, team: Option<&str>) -> Self {
        let team = team.filter(|_| code.subject_kind() == SubjectKind::Neighbourhood);
        Self { code, subject: subject.to_owned(), team: team.map(str::to_owned) }
    }
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

/// Every flag that holds in a force at a moment by its records, by code and subject. Those on what else the service
/// records come with [`service::evaluate`].
#[must_use]
pub fn evaluate(force: &ForceFile, at: Moment, policy: &Policy) -> Vec<Flag> {
    let mut flags = Vec::new();
    for file in force.cases.values() {
        let case = Case { file, force, at, policy };
        let raise = |code, subject: &Ref, finding| Flag::new(code, subject.clone(), finding, policy).of_case(file, at);
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
        officer_ref: (code.subject_kind() == SubjectKind::Officer).then(|| subject.clone()),
        ..Flag::new(code, subject.clone(), finding, policy).of_team(team_ref)
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
    put_in_order(&mut flags);
    flags
}

/// By code and subject.
fn put_in_order(flags: &mut [Flag]) {
    let order = |flag: &Flag| (flag.code.as_str(), flag.subject.clone(), flag.team_ref.clone());
    flags.sort_by_cached_key(order);
}

#[cfg(test)]
pub(crate) mod tests;
