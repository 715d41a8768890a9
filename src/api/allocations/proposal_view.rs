//! A team's allocation proposal as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::unallocated::NamedView;
use crate::casework::allocations::proposal::ReadProposal;
use crate::casework::allocations::unallocated::Named;
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::planning::allocation::manager::{Holding, NotPutForward};
use crate::planning::allocation::proposal::{
    Line, ManagerFacts, ManagerLine, NextBest, Proposal, Score, WithoutManager,
};
use crate::planning::allocation::question::{Absent, CaseFacts};
use crate::planning::allocation::unmet::{Change, SmallestChange, UnmetReason};

/// What a manager has in hand.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ManagerHolding)]
pub struct HoldingView {
    /// Offenders in the community.
    cases: u32,
    /// The same, each weighed by its risk.
    workload: u32,
    /// Offenders in custody, in hospital, abroad or missing: in no limit.
    elsewhere: u32,
}

impl From<Holding> for HoldingView {
    fn from(holding: Holding) -> Self {
        Self { cases: holding.load.cases, workload: holding.load.workload, elsewhere: holding.elsewhere }
    }
}

/// A case that needs a manager.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseToAllocate)]
pub struct CaseView {
    /// Whose.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// Why it needs one: as the flag `unallocated` has it, or `manager_leaves`.
    reason: &'static str,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    since: CivilDate,
    /// For how many days so far.
    days: i64,
    /// The ARMS level; not known where empty.
    #[schema(value_type = Option<String>)]
    risk: Option<RiskLevel>,
    /// What it weighs in a workload.
    weight: u32,
    /// Whether the offender is in the community: such a case alone counts towards a limit.
    in_community: bool,
    /// Who holds it now, whatever they are in post as.
    held_by: Option<NamedView>,
}

/// A manager as it concerns a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposedManager)]
pub struct ManagerFactsView {
    /// Who.
    #[serde(flatten)]
    officer: NamedView,
    /// What they have in hand, or are to have by what is decided already.
    before: HoldingView,
    /// What they would have with all of the proposal, and with this case.
    after: HoldingView,
    /// The most offenders in the community that they should manage.
    limit: u32,
    /// From the home to their nearest cases, in metres, to the hundred; not known where empty.
    metres: Option<u32>,
    /// Whether they have managed the case before.
    earlier_manager: bool,
    /// The skills that the case's visits ask for and they have not: somebody else in the crew needs them.
    skills_missing: Vec<String>,
}

/// Who would be next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextBestManager)]
pub struct NextBestView {
    /// Who.
    #[serde(flatten)]
    manager: ManagerFactsView,
    /// How much more the whole would cost, in points of policy.
    points_more: i64,
}

/// A case and its proposed manager.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposedAllocation)]
pub struct LineView {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// From when on.
    #[schema(value_type = String, format = Date)]
    from: CivilDate,
    /// Who should take it.
    manager: ManagerFactsView,
    /// Who would be next; nobody where the limits and the case leave nobody.
    next_best: Option<NextBestView>,
    /// How many managers the case's limited access shuts out.
    shut_out: usize,
    /// How many others are at their limit.
    at_limit: usize,
    /// The reason in words, as it is put on record with the allocation. Its figures of caseloads leave out limited-access cases.
    words: String,
}

/// The smallest change that would give a case a manager.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationChange)]
pub struct ChangeView {
    /// `complete_courses`, `fill_vacancy`, `appoint_manager`, `admit_manager` or `raise_limit`.
    #[schema(value_type = String)]
    change: Change,
    /// Whose, where it is an officer's.
    officer: Option<NamedView>,
    /// Which post, where it is one.
    #[schema(value_type = Option<String>)]
    post_ref: Option<Ref>,
    /// The limit that it would take, where it is one.
    limit: Option<u32>,
    /// The change in words.
    text: String,
}

/// A case that nobody can take.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseWithoutManager)]
pub struct WithoutView {
    /// The case.
    #[serde(flatten)]
    case: CaseView,
    /// `no_manager`, `shut_out` or `at_limit`.
    #[schema(value_type = String)]
    why: UnmetReason,
    /// The facts.
    detail: String,
    /// What would give it one, what is told of the cases before it being done.
    smallest_change: ChangeView,
}

/// What a manager has and would have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerInProposal)]
pub struct ManagerView {
    /// Who.
    #[serde(flatten)]
    officer: NamedView,
    /// The most offenders in the community that they should manage.
    limit: u32,
    /// Their shifts in percent of a full week.
    capacity_percent: u32,
    /// What they have in hand, or are to have by what is decided already.
    before: HoldingView,
    /// What they would have with all of the proposal.
    after: HoldingView,
    /// Their part of all the work by capacity, in hundredths of a workload, cases elsewhere at their part.
    fair_share_hundredths: u32,
}

/// An offender manager of the team who is not put forward.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerNotPutForward)]
pub struct AbsentView {
    /// Who.
    #[serde(flatten)]
    officer: NamedView,
    /// `leaver`, `not_in_post`, `long_absent`, `leaves_soon`, `lent` or `course_missing`.
    #[schema(value_type = String)]
    reason: NotPutForward,
}

/// What a proposal costs, in points of policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationScore)]
pub struct ScoreView {
    /// The sum of the squares of workloads, each against the manager's capacity.
    unevenness: i64,
    /// Kilometres.
    distance: i64,
    /// Managers who do not know the case.
    continuity: i64,
    /// Skills that are missing.
    skills: i64,
}

/// A team's allocation proposal. Advice: a supervisor accepts, singly or together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationProposal)]
pub struct ProposalView {
    /// What an acceptance names, to show that it accepts what was read.
    digest: String,
    /// The team.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// The day on which the records were read.
    #[schema(value_type = String, format = Date)]
    as_of: CivilDate,
    /// The policy whose numbers were used.
    policy_version: String,
    /// Officers whose cases are spread as well.
    leavers: Vec<NamedView>,
    /// How many cases need a manager: those of `items` and of `without_manager`.
    total: usize,
    /// The mean workload of the managers put forward, in hundredths: as it is.
    mean_workload_hundredths: u32,
    /// With all of the proposal.
    mean_workload_after_hundredths: u32,
    /// The cases with their managers: the highest risk first, then those that have waited longest.
    items: Vec<LineView>,
    /// The cases that nobody can take, in the same order.
    without_manager: Vec<WithoutView>,
    /// Who is put forward.
    managers: Vec<ManagerView>,
    /// The team's other offender managers, and why not they.
    not_put_forward: Vec<AbsentView>,
    /// What it costs.
    score: ScoreView,
}

/// The officers' names.
struct Names(BTreeMap<Ref, String>);

impl Names {
    fn of(&self, officer_ref: Ref) -> NamedView {
        let name = self.0.get(&officer_ref).cloned();
        Named { officer_ref, name }.into()
    }

    fn case(&self, facts: CaseFacts) -> CaseView {
        let CaseFacts { offender_ref, reason, since, days, risk, weight, in_community, held_by } = facts;
        let held_by = held_by.map(|officer| self.of(officer));
        CaseView { offender_ref, reason, since, days, risk, weight, in_community, held_by }
    }

    fn manager(&self, facts: ManagerFacts) -> ManagerFactsView {
        ManagerFactsView {
            officer: self.of(facts.officer_ref),
            before: facts.before.into(),
            after: facts.after.into(),
            limit: facts.limit,
            metres: facts.metres,
            earlier_manager: facts.is_earlier_manager,
            skills_missing: facts.skills_missing,
        }
    }

    fn line(&self, line: Line) -> LineView {
        let next = |NextBest { manager, points_more }| NextBestView { manager: self.manager(manager), points_more };
        LineView {
            case: self.case(line.case),
            from: line.from,
            manager: self.manager(line.manager),
            next_best: line.next_best.map(next),
            shut_out: line.shut_out,
            at_limit: line.at_limit,
            words: line.words,
        }
    }

    fn without(&self, open: WithoutManager) -> WithoutView {
        let WithoutManager { case, why, detail, smallest_change } = open;
        let SmallestChange { change, officer_ref, post_ref, limit, text } = smallest_change;
        let officer = officer_ref.map(|officer| self.of(officer));
        let smallest_change = ChangeView { change, officer, post_ref, limit, text };
        WithoutView { case: self.case(case), why, detail, smallest_change }
    }

    fn put_forward(&self, line: ManagerLine) -> ManagerView {
        ManagerView {
            officer: self.of(line.officer_ref),
            limit: line.limit,
            capacity_percent: line.capacity_percent,
            before: line.before.into(),
            after: line.after.into(),
            fair_share_hundredths: line.fair_share_hundredths,
        }
    }

    fn absent(&self, absent: Absent) -> AbsentView {
        AbsentView { officer: self.of(absent.officer_ref), reason: absent.reason }
    }
}

impl From<ReadProposal> for ProposalView {
    fn from(read: ReadProposal) -> Self {
        let ReadProposal { proposal, digest, names } = read;
        let names = Names(names);
        let Proposal { lines, without_manager, managers, absent, leavers, .. } = proposal;
        let Score { unevenness, distance, continuity, skills } = proposal.score;
        Self {
            digest,
            team_ref: proposal.team_ref,
            as_of: proposal.as_of,
            policy_version: proposal.policy_version,
            leavers: leavers.into_iter().map(|leaver| names.of(leaver)).collect(),
            total: lines.len() + without_manager.len(),
            mean_workload_hundredths: proposal.mean_before_hundredths,
            mean_workload_after_hundredths: proposal.mean_after_hundredths,
            items: lines.into_iter().map(|line| names.line(line)).collect(),
            without_manager: without_manager.into_iter().map(|open| names.without(open)).collect(),
            managers: managers.into_iter().map(|line| names.put_forward(line)).collect(),
            not_put_forward: absent.into_iter().map(|absent| names.absent(absent)).collect(),
            score: ScoreView { unevenness, distance, continuity, skills },
        }
    }
}
