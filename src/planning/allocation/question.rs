//! What a proposal is made from: the cases that need a manager and the officers who could take them, as far as the reader may
//! see. A case that is hidden from the reader is neither listed nor counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::manager::{Holding, Manager, NotPutForward, is_of_team, not_put_forward};
use crate::domain::allocation::{Allocation, newest};
use crate::domain::allocation_gap::gap;
use crate::domain::allocation_policy::AllocationPolicy;
use crate::domain::calendar::{CivilDate, days_between, plus_days, plus_years};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::moment::Moment;
use crate::domain::offender::RiskLevel;
use crate::domain::officer::OfficerRole;
use crate::domain::policy::Policy;
use crate::domain::post::Post;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::team::Location;

/// Why the case of an officer who leaves needs another manager; the other reasons are those of the flag `unallocated`.
pub const MANAGER_LEAVES: &str = "manager_leaves";

/// What is told of a case that needs a manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseFacts {
    /// Whose.
    pub offender_ref: Ref,
    /// Why it needs one: as the flag `unallocated` has it, or [`MANAGER_LEAVES`].
    pub reason: &'static str,
    /// Since when.
    pub since: CivilDate,
    /// For how many days so far.
    pub days: i64,
    /// The ARMS level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// What it weighs in a workload.
    pub weight: u32,
    /// In the community: such a case alone counts towards a limit.
    pub in_community: bool,
    /// Who holds it now, whatever they are in post as.
    pub held_by: Option<Ref>,
}

/// A case that needs a manager.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// What is told of it.
    pub facts: CaseFacts,
    /// The day from which it would pass: today, or the day after the leaver's last where that is known.
    pub from: CivilDate,
    /// Where the offender lives; not known, or not visited there, where empty.
    pub home: Option<Location>,
    /// The skills that its visits ask somebody in the crew for.
    pub skills: BTreeSet<String>,
    /// Who has managed it so far.
    pub earlier: BTreeSet<Ref>,
    /// The managers whom its limited access shuts out.
    pub shut_out: BTreeSet<Ref>,
    /// Limited access: who may see it is narrowed.
    pub is_limited: bool,
}

/// An offender manager of the team who is not put forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absent {
    /// Who.
    pub officer_ref: Ref,
    /// Why not.
    pub reason: NotPutForward,
}

/// All that a proposal is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The team.
    pub team_ref: Ref,
    /// The day on which the records were read.
    pub as_of: CivilDate,
    /// The policy whose numbers are used.
    pub policy_version: String,
    /// Those numbers.
    pub settings: AllocationPolicy,
    /// The limit of whoever has none of their own.
    pub policy_limit: u32,
    /// Officers whose cases are to be spread.
    pub leavers: BTreeSet<Ref>,
    /// The cases: the heaviest first, then those that have waited longest, then by reference.
    pub cases: Vec<OpenCase>,
    /// Who could take them, by reference.
    pub managers: Vec<Manager>,
    /// The team's other offender managers.
    pub absent: Vec<Absent>,
    /// The team's vacant posts of offender managers.
    pub vacancies: Vec<Ref>,
}

/// What a team's proposal is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The team.
    pub team: &'a Ref,
    /// Officers whose cases are to be spread as well.
    pub leavers: &'a [Ref],
}

/// Gathers what a proposal is made from; `shows` says which cases the reader may see.
///
/// # Errors
/// When a leaver is not an officer of the team, at their place in `/leavers`.
pub fn gather(
    force: &ForceFile,
    shows: impl Fn(&CaseFile) -> bool,
    Asked { team, leavers }: Asked<'_>,
    (at, policy): (Moment, &Policy),
) -> Result<Question, Refusal> {
    for (index, leaver) in leavers.iter().enumerate() {
        if force.officers.get(leaver).is_none_or(|officer| officer.team_ref.as_ref() != Some(team)) {
            let detail = "names nobody of this team's officers";
            return Err(Refusal::new(RefusalCode::UnknownReference, detail).at(format!("/leavers/{index}")));
        }
    }
    let leavers: BTreeSet<Ref> = leavers.iter().cloned().collect();
    let mut days: BTreeSet<CivilDate> = leavers.iter().map(|leaver| passes_from(force, leaver, at)).collect();
    days.insert(at.today());
    let (mut managers, mut absent): (BTreeMap<&Ref, Manager>, Vec<Absent>) = (BTreeMap::new(), Vec::new());
    for (officer_ref, officer) in force.officers.iter().filter(|(_, it)| is_of_team(it, team, at.today())) {
        let leaves = leavers.contains(officer_ref).then_some(NotPutForward::Leaver);
        match leaves.or_else(|| not_put_forward(officer, &days, policy)) {
            Some(reason) => absent.push(Absent { officer_ref: officer_ref.clone(), reason }),
            None => {
                managers.insert(officer_ref, Manager::of(officer_ref.clone(), officer, policy));
            }
        }
    }
    let settings = policy.allocation;
    let mut cases = Vec::new();
    for case in force.cases.values().filter(|case| case.is_managed(at) && shows(case)) {
        let decided = newest(&case.records.allocations).map(|held| &held.record);
        let is_of_team = case.offender.team_ref == *team;
        if let Some((reason, since)) = is_of_team.then(|| need(case, force, &leavers, decided, (at, policy))).flatten()
        {
            cases.push(open(case, (reason, since), managers.keys().copied(), (at, policy)));
        } else if let Some(manager) = decided.and_then(|it| managers.get_mut(it.officer_ref.as_ref()?)) {
            hold(manager, case, settings, (at, policy));
        }
    }
    let order = |OpenCase { facts, .. }: &OpenCase| (Reverse((facts.weight, facts.days)), facts.offender_ref.clone());
    cases.sort_by_cached_key(order);
    let is_vacancy = |post: &Post| {
        post.team_ref == *team && post.role == OfficerRole::OffenderManager && post.is_vacant_on(at.today())
    };
    Ok(Question {
        team_ref: team.clone(),
        as_of: at.today(),
        policy_version: policy.version.clone(),
        settings,
        policy_limit: policy.caseload_limit,
        leavers,
        cases,
        managers: managers.into_values().collect(),
        absent,
        vacancies: force.posts.iter().filter(|(_, post)| is_vacancy(post)).map(|(post, _)| post.clone()).collect(),
    })
}

/// The day from which a leaver's cases pass: the day after their last in post, where that is known and to come within a year.
fn passes_from(force: &ForceFile, leaver: &Ref, at: Moment) -> CivilDate {
    let today = at.today();
    let last = force.officers.get(leaver).and_then(|officer| officer.in_post_until);
    last.filter(|last| *last >= today && *last < plus_years(today, 1)).map_or(today, |last| plus_days(last, 1))
}

/// Why a case needs a manager, and since when; nothing where one who stays has it, or is to have it by what is decided already.
fn need(
    case: &CaseFile,
    force: &ForceFile,
    leavers: &BTreeSet<Ref>,
    decided: Option<&Allocation>,
    (at, policy): (Moment, &Policy),
) -> Option<(&'static str, CivilDate)> {
    let decided_for = decided.and_then(|it| it.officer_ref.as_ref());
    if let Some(found) = gap(case, force, at, policy) {
        let is_ahead = decided.is_some_and(|decided| {
            let officer = decided_for.filter(|it| !leavers.contains(*it)).and_then(|it| force.officers.get(it));
            let fits = officer.is_some_and(|it| it.role == OfficerRole::OffenderManager && it.is_in_post(decided.from));
            fits && decided.from > at.today()
        });
        return (!is_ahead).then_some((found.reason, found.since));
    }
    let leaver = decided_for.filter(|officer| leavers.contains(*officer))?;
    Some((MANAGER_LEAVES, passes_from(force, leaver, at)))
}

fn open<'a>(
    case: &CaseFile,
    (reason, since): (&'static str, CivilDate),
    managers: impl Iterator<Item = &'a Ref>,
    (at, policy): (Moment, &Policy),
) -> OpenCase {
    let risk = case.arms_level(at);
    let held_by = case.current_allocation(at).and_then(|allocation| allocation.officer_ref.clone());
    let allocations = case.records.allocations.iter().chain(&case.records.allocations_of_merged);
    let come = allocations.filter(|held| at.has_come(held.record.from));
    let admits = |officer: &Ref| case.records.admits(Some(officer));
    OpenCase {
        facts: CaseFacts {
            offender_ref: case.offender_ref.clone(),
            reason,
            since,
            days: days_between(since, at.today()).max(0),
            risk,
            weight: policy.workload_weights.of(risk),
            in_community: case.is_in_community(at),
            held_by,
        },
        from: if reason == MANAGER_LEAVES { since } else { at.today() },
        home: home(case, at),
        skills: case.visit_requirement(at).map(|it| it.required_skills.iter().cloned().collect()).unwrap_or_default(),
        earlier: come.filter_map(|held| held.record.officer_ref.clone()).collect(),
        shut_out: managers.filter(|manager| !admits(manager)).cloned().collect(),
        is_limited: is_limited(case),
    }
}

/// Where an offender in the community lives.
fn home(case: &CaseFile, at: Moment) -> Option<Location> {
    case.current_address(at).filter(|_| case.is_in_community(at))?.record.location()
}

/// True where a case is hidden from somebody.
fn is_limited(case: &CaseFile) -> bool {
    !case.records.admits(None)
}

/// Counts a case in its manager's hand.
fn hold(manager: &mut Manager, case: &CaseFile, settings: AllocationPolicy, (at, policy): (Moment, &Policy)) {
    let (risk, is_in_community) = (case.arms_level(at), case.is_in_community(at));
    let weight = policy.workload_weights.of(risk);
    manager.held = manager.held.with(Holding::one(weight, is_in_community, settings.elsewhere_percent));
    if is_in_community && !is_limited(case) {
        manager.open_to_all.add(risk, policy);
        manager.homes.extend(home(case, at));
    }
}
