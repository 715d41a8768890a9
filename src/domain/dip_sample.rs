//! Dip samples: each month a team's cases are drawn at random, by a recorded seed, and their management is judged.
//!
//! The 2021 inspection found no sampling of quality, and graded 4 of 33 cases good where the force had graded 29 so: hence
//! a second grader on a share of them, and the agreement shown. Lightly managed cases (medium, low, reactive) are in every
//! sample (joint MAPPA thematic inspection, 2022 `[S]`). Nobody grades a case they managed or approved. `[I]`

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, first_of_month, minus_days, minus_months, plus_months};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::offender::RiskLevel;
use super::officer::{Officer, OfficerRole};
use super::policy::DipSamplePolicy;
use super::record::Held;
use super::reference::Ref;

/// Where a case stands in the draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stratum {
    /// In reactive management.
    Reactive,
    /// Low risk.
    Low,
    /// Medium risk.
    Medium,
    /// High or very high risk.
    High,
    /// Without an assessment.
    Unassessed,
}

/// A case drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Whose case.
    pub offender_ref: Ref,
    /// From which part of the caseload.
    pub stratum: Stratum,
    /// Whether a second grader judges it too.
    pub second_grader: bool,
}

/// One month's sample of one team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DipSample {
    /// The team.
    pub team_ref: Ref,
    /// The month, by its first day.
    pub month: CivilDate,
    /// The seed of the draw: the same caseload and seed give the same sample.
    pub seed: u64,
    /// When it was drawn.
    pub drawn_on: CivilDate,
    /// By whom.
    pub drawn_by: Ref,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// The cases, in the order of their references.
    pub cases: Vec<Drawn>,
}

/// How well a case is managed, in the inspectorate's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Inadequate.
    Inadequate,
    /// Requires improvement.
    RequiresImprovement,
    /// Good.
    Good,
}

/// The set questions: each answers a finding of the 2021 inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Is the assessment in date, reasoned and true to what is known?
    Assessment,
    /// Does the plan answer the assessment, for this person?
    Plan,
    /// Was the person seen at home, by two, as often as the plan asks?
    Visits,
    /// Are the plan's actions recorded, done, evidenced and checked?
    Actions,
    /// Has every breach a crime report, an investigative step and a reasoned decision?
    Breaches,
    /// Was intelligence sought and acted on, other systems and open sources included?
    Intelligence,
    /// Were children and victims at risk protected, and others told who need to know?
    Safeguarding,
    /// Is the record complete and on the national system?
    Record,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 8] = [
        Self::Assessment,
        Self::Plan,
        Self::Visits,
        Self::Actions,
        Self::Breaches,
        Self::Intelligence,
        Self::Safeguarding,
        Self::Record,
    ];
}

/// One grader's judgement of one case of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DipSampleGrade {
    /// The sample.
    pub sample_ref: Ref,
    /// Whose case.
    pub offender_ref: Ref,
    /// Who graded.
    pub grader_ref: Ref,
    /// When.
    pub graded_on: CivilDate,
    /// The grade of each question.
    pub answers: BTreeMap<Question, Grade>,
    /// The grade of the whole.
    pub overall: Grade,
    /// What was found, in free text.
    pub findings: String,
}

/// The stratum of a case.
#[must_use]
pub fn stratum(case: &CaseFile, at: Moment) -> Stratum {
    if case.reactive_spell(at).is_some() {
        return Stratum::Reactive;
    }
    match case.arms_level(at) {
        None => Stratum::Unassessed,
        Some(RiskLevel::Low) => Stratum::Low,
        Some(RiskLevel::Medium) => Stratum::Medium,
        Some(RiskLevel::High | RiskLevel::VeryHigh) => Stratum::High,
    }
}

/// Draws a sample of a team's cases in the community: one of each stratum that there is, the rest of the places by chance
/// from all; of the cases drawn a share for a second grader. In the order of their references.
#[must_use]
pub fn draw(force: &ForceFile, team: &Ref, at: Moment, seed: u64, policy: &DipSamplePolicy) -> Vec<Drawn> {
    let mut chance = Pcg64::seed_from_u64(seed);
    let mut strata: BTreeMap<Stratum, Vec<&Ref>> = BTreeMap::new();
    for case in force.cases.values().filter(|case| case.is_in_community(at) && case.offender.team_ref == *team) {
        strata.entry(stratum(case, at)).or_default().push(&case.offender_ref);
    }
    let mut drawn: Vec<(Stratum, &Ref)> = Vec::new();
    let mut rest: Vec<(Stratum, &Ref)> = Vec::new();
    for (stratum, mut cases) in strata {
        cases.shuffle(&mut chance);
        let mut cases = cases.into_iter().map(|case| (stratum, case));
        drawn.extend(cases.next());
        rest.extend(cases);
    }
    rest.shuffle(&mut chance);
    let places = policy.cases_a_month.saturating_sub(drawn.len());
    drawn.extend(rest.into_iter().take(places));
    let mut sample: Vec<Drawn> = drawn
        .into_iter()
        .map(|(stratum, case)| Drawn { offender_ref: case.clone(), stratum, second_grader: false })
        .collect();
    let twice = (sample.len() * policy.second_grader_percent).div_ceil(100);
    for place in 0..twice.min(sample.len()) {
        let chosen = chance.random_range(place..sample.len());
        sample.swap(place, chosen);
    }
    for case in sample.iter_mut().take(twice) {
        case.second_grader = true;
    }
    sample.sort_by(|a, b| a.offender_ref.cmp(&b.offender_ref));
    sample
}

/// True when an officer managed a case, or assessed, planned, approved, decided, reviewed or put anything right in it: they do
/// not grade it. To have gone along on a visit is no hand in the case: a supervisor makes up a crew now and then.
#[must_use]
pub fn had_a_hand_in(case: &CaseFile, officer: &Ref) -> bool {
    let is = |named: Option<&Ref>| named == Some(officer);
    let records = &case.records;
    let mut allocations = records.allocations.iter().chain(&records.allocations_of_merged);
    let managed = allocations.any(|held| is(held.record.officer_ref.as_ref()));
    let assessed = records.assessments.iter().any(|held| is(held.record.assessor_ref.as_ref()))
        || records.other_assessments.iter().any(|held| held.record.assessor_ref == *officer);
    let planned = records.plans.iter().any(|held| {
        let drafted =
            held.record.drafting.as_ref().is_some_and(|drafting| drafting.hands().any(|hand| hand == officer));
        let acted = held.record.action_progress.iter().any(|entry| entry.by == *officer);
        is(held.record.approved_by.as_ref()) || drafted || acted
    });
    let placed = records.reactive.as_ref().is_some_and(|spell| is(spell.approved_by.as_ref()))
        || records.reactive_placements.iter().any(|held| {
            let decided = held.record.decision.as_ref().is_some_and(|decision| decision.decided_by == *officer);
            held.record.proposed_by == *officer || decided
        })
        || records.reactive_reviews.iter().any(|held| held.record.reviewed_by == *officer)
        || records.reactive_decisions.iter().any(|held| held.record.decided_by == *officer);
    let judged = records.breaches.iter().any(|held| {
        let decision = held.record.decision.as_ref().map(|decision| &decision.decided_by);
        let judgement = held.record.casework.judgement.as_ref().map(|judgement| &judgement.decided_by);
        is(decision) || is(judgement)
    });
    let safeguarded = records.safeguarding_referrals.iter().any(|held| held.record.sent_by == *officer)
        || records.safeguarding_decisions.iter().any(|held| held.record.decided_by == *officer)
        || records.disclosure_decisions.iter().any(|held| held.record.decided_by == *officer);
    let corrected = records.visits.iter().any(|held| held.record.corrections.iter().any(|made| made.by == *officer));
    managed || assessed || planned || placed || judged || safeguarded || corrected
}

/// How a sample stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SampleStanding {
    /// Cases drawn.
    pub cases: usize,
    /// Cases that nobody has graded.
    pub ungraded: Vec<Ref>,
    /// Cases that still want their second grader.
    pub want_second: Vec<Ref>,
    /// Cases that a detective inspector has graded.
    pub graded_by_inspector: usize,
    /// Cases that one has to grade: as many as policy asks, or as there are.
    pub inspector_must_grade: usize,
    /// First grades by how good.
    pub by_grade: BTreeMap<Grade, usize>,
    /// Cases with two grades.
    pub graded_twice: usize,
    /// Of those, the ones on which both graders agree.
    pub agreed: usize,
}

impl SampleStanding {
    /// True when every case is graded, by as many as it asks for.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cases > 0
            && self.ungraded.is_empty()
            && self.want_second.is_empty()
            && self.graded_by_inspector >= self.inspector_must_grade
    }

    /// The share of the cases graded twice on which the graders agree, in percent; none where none was.
    #[must_use]
    pub fn agreement_percent(&self) -> Option<usize> {
        (self.agreed * 100).checked_div(self.graded_twice)
    }
}

/// How a sample stands, given the grades of it.
#[must_use]
pub fn standing(
    sample: &DipSample,
    grades: &[&DipSampleGrade],
    officers: &BTreeMap<Ref, Officer>,
    policy: &DipSamplePolicy,
) -> SampleStanding {
    let is_inspector =
        |officer: &Ref| officers.get(officer).is_some_and(|officer| officer.role == OfficerRole::DetectiveInspector);
    let mut standing = SampleStanding {
        cases: sample.cases.len(),
        inspector_must_grade: policy.inspector_cases_a_month.min(sample.cases.len()),
        ..SampleStanding::default()
    };
    for case in &sample.cases {
        let mut of_case: Vec<&DipSampleGrade> =
            grades.iter().copied().filter(|grade| grade.offender_ref == case.offender_ref).collect();
        of_case.sort_by_key(|grade| (grade.graded_on, &grade.grader_ref));
        let graders: BTreeSet<&Ref> = of_case.iter().map(|grade| &grade.grader_ref).collect();
        match of_case.first() {
            None => standing.ungraded.push(case.offender_ref.clone()),
            Some(first) => *standing.by_grade.entry(first.overall).or_default() += 1,
        }
        if case.second_grader && graders.len() == 1 {
            standing.want_second.push(case.offender_ref.clone());
        }
        if graders.iter().any(|grader| is_inspector(grader)) {
            standing.graded_by_inspector += 1;
        }
        if let (Some(first), Some(second)) = (of_case.first(), of_case.get(1)) {
            standing.graded_twice += 1;
            standing.agreed += usize::from(first.overall == second.overall);
        }
    }
    standing
}

/// The month whose sample has to be complete by a day: the one before.
#[must_use]
pub fn month_due(day: CivilDate) -> CivilDate {
    minus_months(first_of_month(day), 1)
}

/// The day by which a month's sample has to be complete: the last of the month.
#[must_use]
pub fn due_on(month: CivilDate) -> CivilDate {
    minus_days(plus_months(first_of_month(month), 1), 1)
}

/// The sample of a team for a month.
#[must_use]
pub fn of_month<'a>(force: &'a ForceFile, team: &Ref, month: CivilDate) -> Option<&'a Held<DipSample>> {
    force.dip_samples.iter().find(|held| held.record.team_ref == *team && held.record.month == month)
}

#[cfg(test)]
mod tests;
