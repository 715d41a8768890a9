//! The proposal: what the planner puts to a person. Immutable; it names its parent, its snapshot and
//! its chance, and gives for every visit why it is due then, and for every visit without a place why
//! there is none. Planned and unplaced together are all that is due: no visit is dropped silently.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::constraint::shift::BASE;
use super::explain;
use super::pin::{DroppedPin, Pinned};
use super::road_matrix::RoadSource;
use super::score::Score;
use super::search::crew_day::{CrewDay, Stop};
use super::search::frozen::dropped;
use super::search::problem::Problem;
use super::search::solution::Solution;
use super::search::{Budget, search};
use super::snapshot::{AcceptedVisit, Demand, DueReason, DueRule, Horizon, Snapshot, Window};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::working_time::TimeOfDay;

/// The name space of proposal ids: a proposal's id follows from its snapshot, seed and iterations.
const ID_SPACE: Uuid = Uuid::from_u128(0x5d3c_7c58_92a1_4a06_8d0f_6e1b_b5a4_11c7);

/// One visit planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedVisit {
    /// Whom.
    pub offender_ref: Ref,
    /// By which team.
    pub team_ref: Ref,
    /// The ARMS level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// The day.
    pub date: CivilDate,
    /// When it begins, local time.
    pub start: TimeOfDay,
    /// When it ends, local time.
    pub end: TimeOfDay,
    /// Who goes, by reference.
    pub crew: Vec<Ref>,
    /// Where.
    pub address_ref: Ref,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Seconds on the road from the place before: another visit, or the base.
    pub travel_seconds_before: u32,
    /// The days on which it may be made.
    pub window: Window,
    /// Days from the window's end to the day planned, where that is later.
    pub overdue_days: u32,
    /// Whether the offender is not told beforehand.
    pub unannounced: bool,
    /// Why it is due then.
    pub why: DueReason,
    /// By whom, where a person has put it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
}

impl PlannedVisit {
    /// The visit as one of an accepted schedule.
    #[must_use]
    pub fn accepted(&self, frozen: bool) -> AcceptedVisit {
        AcceptedVisit {
            offender_ref: self.offender_ref.clone(),
            date: self.date,
            start: self.start,
            crew: self.crew.clone(),
            address_ref: self.address_ref.clone(),
            frozen,
        }
    }
}

/// Why a visit found no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnplacedReason {
    /// No plan says how often to visit.
    NoVisitRequirement,
    /// It is not known where the offender, or the team's base, is.
    NoLocation,
    /// No crew large enough is on duty in its window.
    NoCrewOnDuty,
    /// No crew large enough is on duty in its window of officers whom the case's limited access admits.
    NoAdmittedCrew,
    /// Nobody on duty in its window has a skill it asks for.
    SkillNotOnDuty,
    /// No crew that could go is there at the times the plan allows.
    TimeWindowUnreachable,
    /// No crew that could go is there when the other agency can come.
    JointAgencyUnavailable,
    /// Every crew that could go has other visits.
    NoCapacityInWindow,
}

impl UnplacedReason {
    /// The reason as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoVisitRequirement => "no_visit_requirement",
            Self::NoLocation => "no_location",
            Self::NoCrewOnDuty => "no_crew_on_duty",
            Self::NoAdmittedCrew => "no_admitted_crew",
            Self::SkillNotOnDuty => "skill_not_on_duty",
            Self::TimeWindowUnreachable => "time_window_unreachable",
            Self::JointAgencyUnavailable => "joint_agency_unavailable",
            Self::NoCapacityInWindow => "no_capacity_in_window",
        }
    }
}

/// The smallest change that would place a visit: one rule relaxed, everything else as planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallestChange {
    /// What to change, as a stable name.
    pub change: Change,
    /// The day on which the visit would then be made, where one is known.
    pub date: Option<CivilDate>,
    /// The change in words.
    pub text: String,
}

/// What could be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Approve a plan that says how often to visit.
    ApproveVisitRequirement,
    /// Record where the offender, or the base, is.
    RecordLocation,
    /// Visit after the window has ended.
    VisitLater,
    /// Put one more crew on duty.
    AddCrewDay,
    /// Put officers who are admitted to the case on duty.
    AddAdmittedOfficers,
    /// Put somebody with the skill on duty.
    AddSkill,
    /// Allow another time of day.
    OtherTimeOfDay,
    /// Agree another time with the other agency.
    OtherJointAgencyTime,
}

/// A visit that is due and has no place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unplaced {
    /// Whom.
    pub offender_ref: Ref,
    /// The days on which it should be made; none where no plan says.
    pub window: Option<Window>,
    /// Why it has no place.
    pub reason: UnplacedReason,
    /// The facts.
    pub detail: String,
    /// What would give it one.
    pub smallest_change: SmallestChange,
    /// Why it is due; none where no plan says.
    pub why: Option<DueReason>,
}

/// The proposal in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Visits due: planned and unplaced.
    pub due: usize,
    /// Visits planned.
    pub planned: usize,
    /// Visits without a place.
    pub unplaced: usize,
    /// Visits without a place, by reason.
    #[schemars(extend("propertyNames" = {"$ref": "#/$defs/UnplacedReason"}))]
    pub unplaced_by_reason: BTreeMap<UnplacedReason, usize>,
    /// Visits planned after their window ended.
    pub overdue: usize,
    /// Visits planned with the offender's own manager in the crew.
    pub with_own_manager: usize,
    /// Days of a crew that has visits.
    pub crew_days: usize,
    /// Seconds on the road, to the base and back included.
    pub travel_seconds: u64,
}

impl Proposal {
    /// The proposal as somebody reads it who is not admitted to these cases: neither listed nor counted.
    #[must_use]
    pub fn without(mut self, hidden: &BTreeSet<Ref>) -> Self {
        for visit in self.visits.extract_if(.., |visit| hidden.contains(&visit.offender_ref)) {
            self.summary.due -= 1;
            self.summary.planned -= 1;
            self.summary.overdue -= usize::from(visit.overdue_days > 0);
        }
        for unplaced in self.unplaced.extract_if(.., |unplaced| hidden.contains(&unplaced.offender_ref)) {
            self.summary.due -= 1;
            self.summary.unplaced -= 1;
            if let Some(count) = self.summary.unplaced_by_reason.get_mut(&unplaced.reason) {
                *count -= 1;
            }
        }
        self.summary.unplaced_by_reason.retain(|_, count| *count > 0);
        self.dropped_pins.retain(|dropped| !hidden.contains(&dropped.pin.offender_ref));
        self
    }
}

impl Summary {
    /// The figures of several proposals together.
    #[must_use]
    pub fn of(proposals: &[Proposal]) -> Self {
        let mut sum = Self::default();
        for Proposal { summary, .. } in proposals {
            sum.due += summary.due;
            sum.planned += summary.planned;
            sum.unplaced += summary.unplaced;
            for (reason, count) in &summary.unplaced_by_reason {
                *sum.unplaced_by_reason.entry(*reason).or_default() += count;
            }
            sum.overdue += summary.overdue;
            sum.with_own_manager += summary.with_own_manager;
            sum.crew_days += summary.crew_days;
            sum.travel_seconds += summary.travel_seconds;
        }
        sum
    }
}

/// What the planner puts to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// From the snapshot's hash, the seed and the iterations.
    pub id: Uuid,
    /// The force.
    pub force: String,
    /// The team.
    pub team_ref: Ref,
    /// The accepted proposal that this one would follow.
    pub parent_id: Option<Uuid>,
    /// What it was made from.
    pub snapshot_sha256: String,
    /// The seed of its chance.
    pub seed: u64,
    /// The search's budget.
    pub iterations: u32,
    /// The days planned.
    pub horizon: Horizon,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// Where the road times came from, where a road service is configured; the built-in model where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roads: Option<RoadSource>,
    /// What it costs, by component.
    pub score: Score,
    /// The visits, by day, crew and time.
    pub visits: Vec<PlannedVisit>,
    /// The visits that are due and have no place, by offender.
    pub unplaced: Vec<Unplaced>,
    /// The pins that cannot be kept, with why; their offenders' visits are planned freely.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped_pins: Vec<DroppedPin>,
    /// The proposal in figures.
    pub summary: Summary,
}

/// The id of the proposal that a snapshot, a seed and a budget lead to.
#[must_use]
pub fn proposal_id(snapshot_sha256: &str, budget: Budget) -> Uuid {
    Uuid::new_v5(&ID_SPACE, format!("{snapshot_sha256}/{}/{}", budget.seed, budget.iterations).as_bytes())
}

/// Plans a team. `progress` is told how many iterations are done.
///
/// # Errors
/// When the snapshot cannot be hashed, which finite coordinates rule out.
pub fn propose(snapshot: &Snapshot, budget: Budget, progress: impl FnMut(u32)) -> Result<Proposal, serde_json::Error> {
    let snapshot_sha256 = snapshot.sha256()?;
    let problem = Problem::new(snapshot, budget.seed);
    let solution = search(&problem, budget, progress);
    let visits = visits(&problem, &solution);
    let unplaced = explain::unplaced(&problem, &solution);
    let score = solution.score(&problem);
    let summary = summary(&solution, snapshot, &visits, &unplaced, score.travel);
    Ok(Proposal {
        id: proposal_id(&snapshot_sha256, budget),
        force: snapshot.force.clone(),
        team_ref: snapshot.team_ref.clone(),
        parent_id: snapshot.parent.as_ref().map(|parent| parent.proposal_id),
        snapshot_sha256,
        seed: budget.seed,
        iterations: budget.iterations,
        horizon: snapshot.horizon,
        policy_version: snapshot.policy_version.clone(),
        roads: snapshot.roads.as_ref().map(|roads| roads.source.clone()),
        score,
        visits,
        unplaced,
        dropped_pins: dropped(&problem),
        summary,
    })
}

/// Why a visit is due: the demand's own reason for the first, the visit planned before for the rest.
#[must_use]
pub(super) fn reason(demand: &Demand, previous: Option<CivilDate>) -> (Window, DueReason) {
    let followed = previous.zip(demand.recurrence.as_ref());
    followed.map_or_else(
        || (demand.window, demand.why.clone()),
        |(previous, recurrence)| {
            let (interval, step_until) = VisitInterval::in_force(recurrence.interval, &recurrence.steps, previous);
            let why = DueReason {
                rule: DueRule::AfterPlannedVisit,
                plan_ref: Some(recurrence.plan_ref.clone()),
                interval: Some(interval),
                step_until,
                counted_from: previous,
                fact: "the visit planned before this one".to_owned(),
                record_ref: None,
                last_qualifying_visit_on: demand.why.last_qualifying_visit_on,
            };
            (super::due::counted_from(previous, interval), why)
        },
    )
}

fn visits(problem: &Problem<'_>, solution: &Solution) -> Vec<PlannedVisit> {
    let mut visits = Vec::new();
    for (date, crew_days) in problem.days.iter().zip(&solution.days) {
        let mut crew_days: Vec<&CrewDay> = crew_days.iter().collect();
        crew_days.sort_by(|a, b| a.crew.officers.cmp(&b.crew.officers));
        for crew_day in crew_days {
            let crew: Vec<Ref> = crew_day
                .crew
                .officers
                .iter()
                .filter_map(|officer| problem.snapshot.officers.get(*officer))
                .map(|officer| officer.officer_ref.clone())
                .collect();
            let mut at = BASE;
            for stop in &crew_day.stops {
                let before = problem.travel(at, stop.job + 1);
                at = stop.job + 1;
                visits.extend(visit(problem, solution, *date, &crew, stop, before));
            }
        }
    }
    visits
}

fn visit(
    problem: &Problem<'_>,
    solution: &Solution,
    date: CivilDate,
    crew: &[Ref],
    stop: &Stop,
    travel_seconds_before: u32,
) -> Option<PlannedVisit> {
    let Stop { job, start, .. } = *stop;
    let demand = problem.snapshot.demands.get(problem.jobs.get(job)?.demand)?;
    let place = demand.place.as_ref()?;
    let location = place.location?;
    let previous = solution.chains.get(job)?.iter().filter_map(|day| problem.days.get(*day)).rfind(|day| **day < date);
    let (window, why) = reason(demand, previous.copied());
    let time = |seconds: u32| TimeOfDay::from_minutes(u16::try_from(seconds / 60).ok()?);
    let mut visit = PlannedVisit {
        offender_ref: demand.offender_ref.clone(),
        team_ref: problem.snapshot.team_ref.clone(),
        risk: demand.risk,
        date,
        start: time(start)?,
        end: time(start + demand.needs.duration_minutes * 60)?,
        crew: crew.to_vec(),
        address_ref: place.address_ref.clone(),
        latitude: location.latitude,
        longitude: location.longitude,
        travel_seconds_before,
        window,
        overdue_days: u32::try_from(days_between(window.latest, date)).unwrap_or_default(),
        unannounced: demand.needs.unannounced,
        why,
        pinned: None,
    };
    // A pin that was dropped says nothing of an accepted visit that stays on its day.
    let pin =
        problem.snapshot.pin_as(&visit.offender_ref, visit.date, visit.start, crew).filter(|_| stop.pinned.is_some());
    visit.pinned = pin.map(|pin| pin.pinned.clone());
    Some(visit)
}

fn summary(
    solution: &Solution,
    snapshot: &Snapshot,
    visits: &[PlannedVisit],
    unplaced: &[Unplaced],
    travel_seconds: u64,
) -> Summary {
    let managers: BTreeMap<&Ref, &Ref> = snapshot
        .demands
        .iter()
        .filter_map(|demand| Some((&demand.offender_ref, demand.manager_ref.as_ref()?)))
        .collect();
    let by_own = |visit: &&PlannedVisit| managers.get(&visit.offender_ref).is_some_and(|own| visit.crew.contains(own));
    let mut unplaced_by_reason = BTreeMap::new();
    for row in unplaced {
        *unplaced_by_reason.entry(row.reason).or_default() += 1;
    }
    Summary {
        due: visits.len() + unplaced.len(),
        planned: visits.len(),
        unplaced: unplaced.len(),
        unplaced_by_reason,
        overdue: visits.iter().filter(|visit| visit.overdue_days > 0).count(),
        with_own_manager: visits.iter().filter(by_own).count(),
        crew_days: solution.days.iter().flatten().filter(|crew_day| !crew_day.stops.is_empty()).count(),
        travel_seconds,
    }
}
