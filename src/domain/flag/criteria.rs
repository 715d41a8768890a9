//! The criteria of reactive management, one by one: pass, fail or unknown, each with its facts.
//!
//! No public primary text of the NPCC criteria was found; these combine public statements, and
//! their numbers are policy. An unknown never passes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Case;
use crate::domain::address::AddressKind;
use crate::domain::calendar::{london_date, minus_months, minus_years, plus_years};
use crate::domain::offender::{LeadAgency, RiskLevel};
use crate::domain::officer::OfficerRole;
use crate::domain::visit::Visit;

/// Whether a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Met.
    Pass,
    /// Not met.
    Fail,
    /// Not known; counts as not met.
    Unknown,
}

impl Outcome {
    const fn of(met: bool) -> Self {
        if met { Self::Pass } else { Self::Fail }
    }
}

/// One criterion and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CriterionResult {
    /// The criterion's stable name.
    pub criterion: &'static str,
    /// Whether it is met.
    pub outcome: Outcome,
    /// The facts used.
    pub facts: Value,
}

/// A criterion: its outcome and facts.
type Criterion = fn(Case<'_>) -> (Outcome, Value);

/// Every criterion but the approval, which is asked only of somebody placed.
const CRITERIA: [(&str, Criterion); 11] = [
    ("arms_low", arms_low),
    ("arms_current", arms_current),
    ("police_lead", police_lead),
    ("no_recent_breach", no_recent_breach),
    ("no_order", no_order),
    ("no_recent_intelligence", no_recent_intelligence),
    ("single_agency", single_agency),
    ("settled", settled),
    ("adult", adult),
    ("actions_complete", actions_complete),
    ("seen_at_home", seen_at_home),
];

/// All criteria that apply to a case.
#[must_use]
pub fn criteria(case: Case<'_>) -> Vec<CriterionResult> {
    let mut results: Vec<CriterionResult> = CRITERIA
        .into_iter()
        .map(|(criterion, judge)| {
            let (outcome, facts) = judge(case);
            CriterionResult { criterion, outcome, facts }
        })
        .collect();
    if case.file.reactive_spell(case.at).is_some() {
        let (outcome, facts) = approved(case);
        results.push(CriterionResult { criterion: "approved", outcome, facts });
    }
    results
}

/// An unbroken run of low assessments ends with the current one and began 3 years before D or earlier.
fn arms_low(case: Case<'_>) -> (Outcome, Value) {
    let assessments = case.file.assessments_newest_first(case.at);
    let Some(current) = assessments.first() else { return (Outcome::Unknown, json!({ "assessments": 0 })) };
    let began = assessments
        .iter()
        .take_while(|assessment| assessment.record.overall == RiskLevel::Low)
        .last()
        .map(|assessment| assessment.record.assessed_on);
    let by = minus_years(case.at.today(), case.policy.reactive_low_years);
    let met = began.is_some_and(|began| began <= by);
    (Outcome::of(met), json!({ "current": current.record.overall, "low_since": began, "low_needed_since": by }))
}

/// The current assessment's review is not overdue.
fn arms_current(case: Case<'_>) -> (Outcome, Value) {
    let Some(assessment) = case.file.current_assessment(case.at) else {
        return (Outcome::Unknown, json!({ "assessed_on": null }));
    };
    let due = assessment.review_due(case.policy.arms_max_age_months);
    (Outcome::of(!case.at.is_overdue(due)), json!({ "assessed_on": assessment.assessed_on, "review_due_on": due }))
}

/// In the community with the police in the lead for 3 years or more (HMICFRS, Dorset 2021).
fn police_lead(case: Case<'_>) -> (Outcome, Value) {
    let offender = &case.file.offender;
    let facts = json!({
        "lead_agency": offender.lead_agency,
        "lead_agency_since": offender.lead_agency_since,
        "community_since": offender.community_since,
    });
    if !case.file.is_in_community(case.at) || offender.lead_agency != LeadAgency::Police {
        return (Outcome::Fail, facts);
    }
    let Some(community_since) = offender.community_since else { return (Outcome::Unknown, facts) };
    let by = minus_years(case.at.today(), case.policy.reactive_police_lead_years);
    (Outcome::of(community_since.max(offender.lead_agency_since) <= by), facts)
}

/// No breach discovered in the 3 years before D; one decided to be no crime does not count.
fn no_recent_breach(case: Case<'_>) -> (Outcome, Value) {
    let since = minus_years(case.at.today(), case.policy.reactive_breach_free_years);
    let recent: Vec<_> = case
        .file
        .confirmed_breaches()
        .filter(|held| case.at.has_happened(held.record.discovered_at))
        .filter(|held| london_date(held.record.discovered_at) >= since && !held.record.is_no_crime(case.at))
        .map(|held| &held.subject)
        .collect();
    (Outcome::of(recent.is_empty()), json!({ "since": since, "breaches": recent }))
}

/// No civil order in force that bars reactive management.
fn no_order(case: Case<'_>) -> (Outcome, Value) {
    let in_force: Vec<_> = case
        .file
        .records
        .orders
        .iter()
        .filter(|held| held.record.kind.bars_reactive_management() && held.record.is_in_force(case.at.today()))
        .map(|held| &held.subject)
        .collect();
    (Outcome::of(in_force.is_empty()), json!({ "orders": in_force }))
}

/// No risk-relevant intelligence received in the 12 months before D.
fn no_recent_intelligence(case: Case<'_>) -> (Outcome, Value) {
    let since = minus_months(case.at.today(), case.policy.reactive_intelligence_free_months);
    let recent: Vec<_> = case
        .file
        .records
        .intelligence
        .iter()
        .filter(|held| held.record.risk_relevant && case.at.has_happened(held.record.received_at))
        .filter(|held| london_date(held.record.received_at) >= since)
        .map(|held| &held.subject)
        .collect();
    (Outcome::of(recent.is_empty()), json!({ "since": since, "intelligence": recent }))
}

/// MAPPA level 1, and no licence in force.
fn single_agency(case: Case<'_>) -> (Outcome, Value) {
    let offender = &case.file.offender;
    let on_licence = offender.licence_until.is_some_and(|until| until >= case.at.today());
    (
        Outcome::of(offender.mappa.level == 1 && !on_licence),
        json!({ "mappa_level": offender.mappa.level, "licence_until": offender.licence_until }),
    )
}

/// A current main address, known to have no child in the household.
fn settled(case: Case<'_>) -> (Outcome, Value) {
    let Some(address) = case.file.current_address(case.at) else {
        return (Outcome::Unknown, json!({ "address_ref": null }));
    };
    let outcome = match (address.record.kind, address.record.child_in_household) {
        (AddressKind::Main, Some(false)) => Outcome::Pass,
        (AddressKind::Main, None) => Outcome::Unknown,
        (AddressKind::Main, Some(true)) | (AddressKind::Other | AddressKind::NoFixedAbode, _) => Outcome::Fail,
    };
    (
        outcome,
        json!({
            "address_ref": address.subject,
            "kind": address.record.kind,
            "child_in_household": address.record.child_in_household,
        }),
    )
}

/// Eighteen or older on D.
fn adult(case: Case<'_>) -> (Outcome, Value) {
    /// The age of majority.
    const ADULT_YEARS: u32 = 18;
    case.file.offender.date_of_birth.map_or((Outcome::Unknown, json!({ "date_of_birth": "unknown" })), |born| {
        (Outcome::of(case.at.has_come(plus_years(born, ADULT_YEARS))), json!({ "date_of_birth": "known" }))
    })
}

/// A current plan exists, and none of its actions is overdue and open.
fn actions_complete(case: Case<'_>) -> (Outcome, Value) {
    let Some(plan) = case.file.current_plan(case.at) else { return (Outcome::Fail, json!({ "plan": null })) };
    let overdue = plan.actions_as_they_stand().iter().filter(|action| action.is_overdue(case.at.today())).count();
    (Outcome::of(overdue == 0), json!({ "plan_effective_from": plan.effective_from, "actions_overdue": overdue }))
}

/// A qualifying visit in the 12 months up to the reference day: the day of entry for somebody
/// placed, else D.
fn seen_at_home(case: Case<'_>) -> (Outcome, Value) {
    let reference = case.file.reactive_spell(case.at).map_or(case.at.today(), |spell| spell.entered_on);
    let since = minus_months(reference, case.policy.reactive_seen_months);
    let last = case
        .file
        .visits_made(case.at)
        .filter(|visit| visit.is_qualifying())
        .map(Visit::date)
        .filter(|date| *date <= reference)
        .max();
    (Outcome::of(last.is_some_and(|last| last >= since)), json!({ "reference_day": reference, "last_seen_on": last }))
}

/// Approved by an officer whose role is detective inspector, in post or not.
fn approved(case: Case<'_>) -> (Outcome, Value) {
    let approver = case.file.reactive_spell(case.at).and_then(|spell| spell.approved_by.as_ref());
    let facts = json!({ "approved_by": approver });
    match approver.map(|approver| case.force.officers.get(approver)) {
        Some(Some(officer)) => (Outcome::of(officer.role == OfficerRole::DetectiveInspector), facts),
        Some(None) | None => (Outcome::Unknown, facts),
    }
}
