//! The forecast: the planner run on what might be. Weeks ahead, under leave, vacancies filled, leavers, loans, releases
//! and other levels: what is overdue by risk and week, the smallest set of moves that clears the backlog, and how many
//! officers it takes to honour every plan.
//!
//! A [`change`] makes the snapshot of a team what it would be; [`mod@course`] plans it, week by week once a visit has missed its
//! window; [`outlook`] counts that; [`backlog`] looks for moves; [`staffing`] for a number of officers, over the courses
//! of events that [`scenario`] draws at [`rates`] taken from the record. It knows no number of its own but those that the
//! policy has. The same input gives the same forecast byte for byte.

pub mod added;
pub mod apply;
pub mod backlog;
pub mod change;
pub mod course;
pub mod crew_move;
pub mod desk;
mod offenders;
pub mod outlook;
pub mod rates;
pub mod scenario;
mod spare;
pub mod staffing;

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::checker::check;
use super::proposal::{Proposal, Unplaced, UnplacedReason, propose};
use super::search::Budget;
use super::snapshot::{Demand, Horizon, Snapshot};
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::CivilDate;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use apply::apply;
use backlog::{Backlog, backlogs};
use change::Change;
use course::course;
use outlook::Outlook;
use rates::Rates;
use staffing::{Staffing, staffing};

/// The planner's budget for each plan of a forecast, in iterations, where none is given: a forecast makes many plans.
pub const DEFAULT_ITERATIONS: u32 = 2_000;

/// What a forecast may know of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamInput {
    /// What planning the team may see.
    pub snapshot: Snapshot,
    /// Visits that are due after the days planned, by offender: another level may make them due in them.
    pub later: Vec<Demand>,
    /// Visits that would be due to those whose release is supposed, by the day of the release.
    pub released: Vec<(CivilDate, Demand)>,
    /// Offenders of limited access: nobody who is supposed or lent is sent to them.
    pub limited: BTreeSet<Ref>,
    /// Offenders who are planned and not counted, for they are hidden from whoever asked.
    pub uncounted: BTreeSet<Ref>,
    /// What the record says of attempts and events.
    pub rates: Rates,
}

impl TeamInput {
    /// What a snapshot alone tells: rates are the policy's, and a case that shuts anybody out counts as limited.
    #[must_use]
    pub fn of_snapshot(snapshot: Snapshot, policy: &Policy) -> Self {
        let limited = snapshot.demands.iter().filter(|demand| !demand.shut_out.is_empty());
        Self {
            limited: limited.map(|demand| demand.offender_ref.clone()).collect(),
            later: Vec::new(),
            released: Vec::new(),
            uncounted: BTreeSet::new(),
            rates: Rates::of_policy(&policy.forecast),
            snapshot,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What might be, one after the other.
    pub changes: Vec<Change>,
    /// Whether to look for the moves that clear the backlog.
    pub clear_backlog: bool,
    /// Whether to look for the number of officers.
    pub staffing: bool,
    /// The seed of all chance.
    pub seed: u64,
    /// The budget of each plan.
    pub iterations: u32,
}

/// Teams of one force, over the same days, and what is asked of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The teams, by reference.
    pub teams: Vec<TeamInput>,
    /// What is asked.
    pub asked: Asked,
}

/// The rules that hold.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Bank holidays.
    pub bank_holidays: &'a BankHolidays,
}

/// A number that a forecast rests on, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// What it is.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
    /// `record`, `policy` or `design`.
    pub source: String,
}

/// What is foreseen of a team.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeamForecast {
    /// The team.
    pub team_ref: Ref,
    /// As things stand.
    pub baseline: Outlook,
    /// Under the changes; none where none was asked for.
    pub changed: Option<Outlook>,
    /// The changes' figures less those as things stand.
    pub difference: Option<Vec<outlook::Week>>,
    /// What clears the backlog, under the changes.
    pub backlog: Option<Backlog>,
    /// How many officers it takes, under the changes.
    pub staffing: Option<Staffing>,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The force.
    pub force: String,
    /// The days foreseen.
    pub horizon: Option<Horizon>,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// What was asked.
    pub asked: Asked,
    /// The teams.
    pub teams: Vec<TeamForecast>,
}

/// Why there is no forecast.
#[derive(Debug, Error)]
pub enum ForecastError {
    /// A change cannot be made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A snapshot cannot be hashed.
    #[error("a snapshot cannot be written")]
    Json(#[from] serde_json::Error),
    /// The independent checker condemns a plan: a fault of this program.
    #[error("the checker condemns a plan of the forecast ({0} rules broken)")]
    Condemned(usize),
    /// A part of the work came to no end.
    #[error("a part of the forecast was not made")]
    Unmade,
}

/// Does `count` pieces of work, which are told their number, in any order and at once or not.
pub type Each<'a> = &'a (dyn Fn(usize, &(dyn Fn(usize) + Sync)) + Sync);

/// Does the work one piece after the other.
pub fn one_by_one(count: usize, work: &(dyn Fn(usize) + Sync)) {
    (0..count).for_each(work);
}

/// The outcomes of pieces of work, in their order whatever the order they were done in.
///
/// # Errors
/// The first that failed.
fn in_order<T: Send + Sync>(
    count: usize,
    each: Each<'_>,
    work: impl Fn(usize) -> Result<T, ForecastError> + Sync,
) -> Result<Vec<T>, ForecastError> {
    let slots: Vec<OnceLock<Result<T, ForecastError>>> = (0..count).map(|_| OnceLock::new()).collect();
    each(count, &|at| {
        if let Some(slot) = slots.get(at) {
            slot.get_or_init(|| work(at));
        }
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap_or(Err(ForecastError::Unmade))).collect()
}

/// Counts the steps done and tells them.
struct Steps<'a> {
    done: AtomicUsize,
    of: usize,
    tell: &'a (dyn Fn(usize, usize) + Sync),
}

impl Steps<'_> {
    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.tell)(done.min(self.of), self.of);
    }
}

/// How many steps a forecast is told in.
#[must_use]
pub fn steps(input: &Input, policy: &Policy) -> usize {
    let Asked { changes, clear_backlog, staffing, .. } = &input.asked;
    let scenarios = usize::try_from(policy.forecast.scenarios).unwrap_or(usize::MAX);
    let a_team = 1
        + usize::from(!changes.is_empty())
        + usize::from(*clear_backlog)
        + if *staffing { scenarios.saturating_add(1) } else { 0 };
    input.teams.len().saturating_mul(a_team)
}

/// Makes a forecast. `tell` is told how many steps of how many are done.
///
/// # Errors
/// [`ForecastError::Refused`] where a change cannot be made; the others are faults of this program.
pub fn forecast(
    input: &Input,
    rules: Rules<'_>,
    each: Each<'_>,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Forecast, ForecastError> {
    let asked = &input.asked;
    let budget = Budget { seed: asked.seed, iterations: asked.iterations };
    let mut supposed = input.teams.clone();
    apply(&mut supposed, &asked.changes, asked.seed, rules)?;
    let steps = Steps { done: AtomicUsize::new(0), of: steps(input, rules.policy), tell };
    let outlooks = |teams: &[TeamInput]| {
        in_order(teams.len(), each, |at| {
            let team = teams.get(at).ok_or(ForecastError::Unmade)?;
            let course = course(&team.snapshot, budget)?;
            steps.step();
            Ok((Outlook::of(&course, &team.uncounted), course))
        })
    };
    let as_it_stands = outlooks(&input.teams)?;
    let changed = if asked.changes.is_empty() { None } else { Some(outlooks(&supposed)?) };
    let courses = changed.as_ref().unwrap_or(&as_it_stands);
    let mut backlogs = if asked.clear_backlog {
        let first: Vec<&Proposal> = courses.iter().filter_map(|(_, course)| course.first()).collect();
        backlogs(&supposed, &first, budget, (rules, each), &|| steps.step())?.into_iter().map(Some).collect()
    } else {
        vec![None; supposed.len()]
    };
    let mut teams = Vec::with_capacity(supposed.len());
    for (at, (team, (baseline, _))) in supposed.iter().zip(&as_it_stands).enumerate() {
        let changed = changed.as_ref().and_then(|outlooks| outlooks.get(at)).map(|(outlook, _)| outlook.clone());
        teams.push(TeamForecast {
            team_ref: team.snapshot.team_ref.clone(),
            baseline: baseline.clone(),
            difference: changed.as_ref().map(|changed| changed.less(baseline)),
            changed,
            backlog: backlogs.get_mut(at).and_then(Option::take),
            staffing: if asked.staffing {
                Some(staffing(team, budget, (rules, each), &|| steps.step())?)
            } else {
                None
            },
        });
    }
    let first = input.teams.first().map(|team| &team.snapshot);
    Ok(Forecast {
        force: first.map(|snapshot| snapshot.force.clone()).unwrap_or_default(),
        horizon: first.map(|snapshot| snapshot.horizon),
        policy_version: rules.policy.version.clone(),
        asked: asked.clone(),
        teams,
    })
}

/// A plan that the independent checker finds nothing wrong with.
fn plan(snapshot: &Snapshot, budget: Budget) -> Result<Proposal, ForecastError> {
    let proposal = propose(snapshot, budget, |_| {})?;
    match check(snapshot, &proposal).len() {
        0 => Ok(proposal),
        broken => Err(ForecastError::Condemned(broken)),
    }
}

/// True where a visit was not made in the days planned and its window has ended with them.
fn is_missed(unplaced: &Unplaced, horizon: Horizon) -> bool {
    unplaced.window.is_some_and(|window| window.latest <= horizon.until)
}

/// True for what one more crew on duty may mend.
const fn is_for_want_of_a_crew(reason: UnplacedReason) -> bool {
    match reason {
        UnplacedReason::NoCapacityInWindow | UnplacedReason::NoCrewOnDuty => true,
        UnplacedReason::NoVisitRequirement
        | UnplacedReason::NoLocation
        | UnplacedReason::NoAdmittedCrew
        | UnplacedReason::SkillNotOnDuty
        | UnplacedReason::TimeWindowUnreachable
        | UnplacedReason::JointAgencyUnavailable => false,
    }
}

#[cfg(test)]
mod tests;
