//! Why a planned visit has its crew: the own manager in it, or why not.
#![expect(clippy::indexing_slicing, reason = "days and jobs are indexed by the problem's own lists")]

use serde::Serialize;

use super::choice::{Extra, Placed};
use crate::domain::reference::Ref;
use crate::planning::constraint::access;
use crate::planning::search::crew_day::CrewDay;

/// Why a crew makes a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CrewReason {
    /// A person put it with this crew.
    Pinned,
    /// It stays with the crew that it had.
    Stays,
    /// The own manager is in it.
    OwnManager,
    /// The case has no manager.
    NoManager,
    /// The own manager is on duty with this team on none of the days planned.
    ManagerNotInTeam,
    /// The own manager is not on duty that day.
    ManagerNotOnDuty,
    /// The case shuts its own manager out.
    ManagerShutOut,
    /// The own manager has no visits that day: no other officer to pair with, or none that suits.
    ManagerWithoutCrew,
    /// The own manager's crew that day is too small, or lacks a skill, or has somebody whom the case shuts out.
    ManagersCrewUnsuited,
    /// The own manager's crew has no room for it that day.
    ManagersCrewFull,
    /// The own manager's crew has room, and it costs more.
    ManagersCrewDearer,
    /// The own manager's crew has room at no greater cost; the search did not come to it.
    NotFound,
}

/// A skill asked for, and who in the crew has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkillHeld {
    /// The skill.
    pub skill: String,
    /// Who has it; nobody where a person keeps the visit against advice.
    pub held_by: Vec<Ref>,
}

/// Why this crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrewChoice {
    /// The reason.
    pub reason: CrewReason,
    /// The own manager; none where the case has none.
    pub own_manager: Option<Ref>,
    /// What the own manager's crew would cost more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Extra>,
    /// The skills asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<SkillHeld>,
    /// Who approved that one officer goes alone, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_crew_approved_by: Option<Ref>,
    /// The same in words.
    pub text: String,
}

pub(super) fn crew(placed: &Placed<'_>) -> CrewChoice {
    let (problem, officers) = (placed.problem, &placed.crew_day().crew.officers);
    let demand = &problem.snapshot.demands[problem.jobs[placed.job].demand];
    let (reason, extra) = why(placed, demand.manager_ref.is_some());
    let held_by = |skill: &String| {
        let named = officers.iter().map(|officer| &problem.snapshot.officers[*officer]);
        named.filter(|officer| officer.skills.contains(skill)).map(|officer| officer.officer_ref.clone()).collect()
    };
    let asked = demand.needs.required_skills.iter();
    let approval = demand.needs.single_crew_approved_by.clone().filter(|_| officers.len() == 1);
    let alone = approval.as_ref().map(|by| format!(", one officer alone as {by} approved")).unwrap_or_default();
    CrewChoice {
        reason,
        own_manager: demand.manager_ref.clone(),
        extra,
        skills: asked.map(|skill| SkillHeld { skill: skill.clone(), held_by: held_by(skill) }).collect(),
        single_crew_approved_by: approval,
        text: text(reason, extra) + &alone,
    }
}

fn why(placed: &Placed<'_>, has_manager: bool) -> (CrewReason, Option<Extra>) {
    let (problem, job, own) = (placed.problem, &placed.problem.jobs[placed.job], placed.crew_day());
    if placed.stays() {
        return (if placed.pinned.is_some() { CrewReason::Pinned } else { CrewReason::Stays }, None);
    }
    let Some(manager) = job.manager else {
        return (if has_manager { CrewReason::ManagerNotInTeam } else { CrewReason::NoManager }, None);
    };
    if own.crew.officers.contains(&manager) {
        return (CrewReason::OwnManager, None);
    }
    if !access::admits(&job.shut_out, manager) {
        return (CrewReason::ManagerShutOut, None);
    }
    if problem.available(placed.day).iter().all(|available| available.officer != manager) {
        return (CrewReason::ManagerNotOnDuty, None);
    }
    let has_manager = |crew_day: &&CrewDay| crew_day.crew.officers.contains(&manager);
    let Some(theirs) = placed.solution.days[placed.day].iter().find(has_manager) else {
        return (CrewReason::ManagerWithoutCrew, None);
    };
    if !problem.suits(&theirs.crew, placed.job) {
        return (CrewReason::ManagersCrewUnsuited, None);
    }
    placed.best_in(theirs, placed.day).map_or((CrewReason::ManagersCrewFull, None), |there| {
        let extra = placed.extra(there);
        let reason = if extra.is_dearer() { CrewReason::ManagersCrewDearer } else { CrewReason::NotFound };
        (reason, Some(extra))
    })
}

fn text(reason: CrewReason, extra: Option<Extra>) -> String {
    match reason {
        CrewReason::Pinned => "with the crew that was named then".to_owned(),
        CrewReason::Stays => "with the crew that it had".to_owned(),
        CrewReason::OwnManager => "with the own manager".to_owned(),
        CrewReason::NoManager => "the case has no manager".to_owned(),
        CrewReason::ManagerNotInTeam => {
            "without the own manager, who is on duty with the team on none of these days".to_owned()
        }
        CrewReason::ManagerNotOnDuty => "without the own manager, who is not on duty that day".to_owned(),
        CrewReason::ManagerShutOut => "without the own manager, who cannot go".to_owned(),
        CrewReason::ManagerWithoutCrew => {
            "without the own manager, who is in no crew that has visits that day".to_owned()
        }
        CrewReason::ManagersCrewUnsuited => {
            "without the own manager, whose crew that day is too small, lacks a skill or is not admitted".to_owned()
        }
        CrewReason::ManagersCrewFull => "without the own manager, whose crew has no room that day".to_owned(),
        CrewReason::ManagersCrewDearer => {
            format!("without the own manager, whose crew costs {} more", extra.map(Extra::text).unwrap_or_default())
        }
        CrewReason::NotFound => {
            "without the own manager, whose crew has a place at no greater cost that the search did not come to"
                .to_owned()
        }
    }
}
