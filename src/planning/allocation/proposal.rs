//! The proposal: what is put to a supervisor. Each case that needs a manager is in it once: with the manager proposed and the facts,
//! or without one and why.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::assignment::Assignment;
use super::cost::Costs;
use super::cover::cover;
use super::improve::{best_move, improve};
use super::manager::{Holding, Manager};
use super::question::{Absent, CaseFacts, Question};
use super::reason::reason;
use super::unmet::{SmallestChange, UnmetReason, ruled_out, unmet};
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::planning::snapshot::hex;

/// A manager as it concerns a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManagerFacts {
    /// Who.
    pub officer_ref: Ref,
    /// What they have in hand.
    pub before: Holding,
    /// What they would have with all of the proposal, and with this case.
    pub after: Holding,
    /// The most offenders in the community that they should manage.
    pub limit: u32,
    /// From the home to their nearest cases, in metres, to the hundred; not known where empty.
    pub metres: Option<u32>,
    /// Whether they have managed the case before.
    pub is_earlier_manager: bool,
    /// The skills asked for that they have not.
    pub skills_missing: Vec<String>,
}

/// Who would be next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextBest {
    /// Who.
    #[serde(flatten)]
    pub manager: ManagerFacts,
    /// How much more the whole would cost, in points; never less than nothing.
    pub points_more: i64,
}

/// A case and its proposed manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The case.
    #[serde(flatten)]
    pub case: CaseFacts,
    /// From when on.
    pub from: CivilDate,
    /// Who should take it.
    pub manager: ManagerFacts,
    /// Who would be next; nobody where the limits and the case leave nobody.
    pub next_best: Option<NextBest>,
    /// Managers whom the case shuts out.
    pub shut_out: usize,
    /// Others who are at their limit.
    pub at_limit: usize,
    /// The reason in words, as it is put on record with the allocation.
    pub words: String,
}

/// A case that nobody can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithoutManager {
    /// The case.
    #[serde(flatten)]
    pub case: CaseFacts,
    /// Why.
    pub why: UnmetReason,
    /// The facts.
    pub detail: String,
    /// What would give it one.
    pub smallest_change: SmallestChange,
}

/// What a manager has and would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManagerLine {
    /// Who.
    pub officer_ref: Ref,
    /// The most offenders in the community that they should manage.
    pub limit: u32,
    /// Their shifts in percent of a full week.
    pub capacity_percent: u32,
    /// What they have in hand, or are to have by what is decided already.
    pub before: Holding,
    /// What they would have with all of the proposal.
    pub after: Holding,
    /// Their part of all the work by capacity, in hundredths of a workload, cases elsewhere at their part.
    pub fair_share_hundredths: u32,
}

/// What the proposal costs, in points of policy, part by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Workloads: the sum of their squares against capacity.
    pub unevenness: i64,
    /// Kilometres.
    pub distance: i64,
    /// Managers who do not know the case.
    pub continuity: i64,
    /// Skills that are missing.
    pub skills: i64,
}

/// What is put to a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The team.
    pub team_ref: Ref,
    /// The day on which the records were read.
    pub as_of: CivilDate,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// Officers whose cases are spread as well.
    pub leavers: Vec<Ref>,
    /// The mean workload of the managers put forward, in hundredths: as it is.
    pub mean_before_hundredths: u32,
    /// With all of the proposal.
    pub mean_after_hundredths: u32,
    /// Who is put forward, by reference.
    pub managers: Vec<ManagerLine>,
    /// The team's other offender managers, and why not they.
    pub absent: Vec<Absent>,
    /// The cases with their managers: the highest risk first, then those that have waited longest.
    pub lines: Vec<Line>,
    /// The cases that nobody can take, in the same order.
    pub without_manager: Vec<WithoutManager>,
    /// What it costs.
    pub score: Score,
}

impl Proposal {
    /// The SHA-256 of all that it says, in hexadecimal: by it an acceptance shows that it accepts what was read.
    ///
    /// # Errors
    /// Never: it is plain values.
    pub fn digest(&self) -> serde_json::Result<String> {
        Ok(hex(&Sha256::digest(serde_json::to_vec(self)?)))
    }
}

/// Proposes a manager for each case that can have one.
#[must_use]
pub fn propose(question: &Question) -> Proposal {
    let costs = Costs::of(question);
    let mut assignment = cover(&costs);
    improve(&costs, &mut assignment);
    told(&costs, &assignment)
}

/// An assignment as it is put to a supervisor.
pub(super) fn told(costs: &Costs<'_>, assignment: &Assignment) -> Proposal {
    let question = costs.question;
    let given = assignment.by_case.iter().enumerate();
    let lines = given.filter_map(|(case, manager)| Some(line(costs, assignment, case, (*manager)?)));
    let without = unmet(costs, assignment).into_iter().map(|found| WithoutManager {
        case: question.cases[found.case].facts.clone(),
        why: found.why,
        detail: found.detail,
        smallest_change: found.smallest_change,
    });
    let before: Vec<Holding> = question.managers.iter().map(|manager| manager.held).collect();
    Proposal {
        team_ref: question.team_ref.clone(),
        as_of: question.as_of,
        policy_version: question.policy_version.clone(),
        leavers: question.leavers.iter().cloned().collect(),
        mean_before_hundredths: mean_hundredths(&before),
        mean_after_hundredths: mean_hundredths(&assignment.holdings),
        managers: managers(question, assignment),
        absent: question.absent.clone(),
        lines: lines.collect(),
        without_manager: without.collect(),
        score: score(costs, assignment),
    }
}

fn line(costs: &Costs<'_>, assignment: &Assignment, case: usize, manager: usize) -> Line {
    let open = &costs.question.cases[case];
    let next = best_move(costs, assignment, case);
    let (shut_out, at_limit) = ruled_out(costs, assignment, case);
    Line {
        case: open.facts.clone(),
        from: open.from,
        manager: facts(costs, case, manager, assignment.holdings[manager]),
        next_best: next.map(|(more, next)| NextBest {
            manager: facts(costs, case, next, assignment.holdings[next].with(costs.adds(case))),
            points_more: points(more),
        }),
        shut_out,
        at_limit,
        words: reason(costs, case, manager, next.map(|(_, next)| next)),
    }
}

fn facts(costs: &Costs<'_>, case: usize, manager: usize, after: Holding) -> ManagerFacts {
    let Manager { officer_ref, held, limit, skills, .. } = &costs.question.managers[manager];
    let pair = costs.pair(case, manager);
    let asked = costs.question.cases[case].skills.iter();
    ManagerFacts {
        officer_ref: officer_ref.clone(),
        before: *held,
        after,
        limit: *limit,
        metres: pair.and_then(|pair| pair.metres),
        is_earlier_manager: pair.is_some_and(|pair| pair.is_earlier_manager),
        skills_missing: asked.filter(|skill| !skills.contains(skill)).cloned().collect(),
    }
}

fn managers(question: &Question, assignment: &Assignment) -> Vec<ManagerLine> {
    let all: u64 = assignment.holdings.iter().map(|holding| u64::from(holding.burden)).sum();
    let capacity: u64 = question.managers.iter().map(|manager| u64::from(manager.capacity_percent)).sum();
    let share = |percent: u32| u32::try_from(all * u64::from(percent) / capacity.max(1)).unwrap_or(u32::MAX);
    let line = |(manager, after): (&Manager, &Holding)| ManagerLine {
        officer_ref: manager.officer_ref.clone(),
        limit: manager.limit,
        capacity_percent: manager.capacity_percent,
        before: manager.held,
        after: *after,
        fair_share_hundredths: share(manager.capacity_percent),
    };
    question.managers.iter().zip(&assignment.holdings).map(line).collect()
}

fn score(costs: &Costs<'_>, assignment: &Assignment) -> Score {
    let (parts, unevenness) = assignment.cost(costs);
    Score {
        unevenness: points(unevenness),
        distance: points(parts.distance),
        continuity: points(parts.continuity),
        skills: points(parts.skills),
    }
}

/// Costs as points of policy.
const fn points(cost: i64) -> i64 {
    cost / super::cost::POINT
}

fn mean_hundredths(holdings: &[Holding]) -> u32 {
    let total: u32 = holdings.iter().map(|holding| holding.load.workload).sum();
    let count = u32::try_from(holdings.len()).unwrap_or(u32::MAX);
    total.saturating_mul(100).checked_div(count).unwrap_or_default()
}

/// Hundredths as a decimal fraction.
pub(super) fn hundredths(amount: u32) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// A level of risk in words.
pub(super) const fn risk_in_words(risk: Option<RiskLevel>) -> &'static str {
    match risk {
        Some(RiskLevel::VeryHigh) => "very high",
        Some(RiskLevel::High) => "high",
        Some(RiskLevel::Medium) => "medium",
        Some(RiskLevel::Low) => "low",
        None => "unassessed",
    }
}
