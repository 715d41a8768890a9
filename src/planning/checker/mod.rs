//! The checker: judges any proposal against its snapshot, rule by rule.
//!
//! It shares no code with the search, the constraints or the travel model that the search uses: it
//! recounts everything from the snapshot in its own way, so that a fault in one is seen by the other.

mod account;
mod crew_day;
mod pins;
mod road;
mod window;

use std::fmt;

use serde::Serialize;

use super::proposal::{Proposal, proposal_id};
use super::road_matrix;
use super::search::Budget;
use super::snapshot::Snapshot;

/// The hard rules, as the checker names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The proposal was made from this snapshot, and its id follows from it.
    Identity,
    /// Within the horizon, no earlier than the window, and no later unless the window was past already.
    Window,
    /// The window is the one that the snapshot's facts give.
    WindowFacts,
    /// Counted from the day planned for the visit before.
    ChainGap,
    /// Never two visits of one offender on one day.
    OneVisitADay,
    /// Within the plan's times of the week.
    TimeOfDay,
    /// As long as the plan says.
    Duration,
    /// Every officer is on duty, from leaving the base to being back.
    Shift,
    /// An officer is in one crew a day.
    OneCrewADay,
    /// As many officers as asked for; one alone only with the approval.
    CrewSize,
    /// The crew is one of those given, where crews are.
    GivenCrew,
    /// Somebody in the crew has each skill.
    Skills,
    /// The case shuts nobody in the crew out.
    Access,
    /// At the offender's place.
    Location,
    /// When the other agency can come.
    JointAgency,
    /// The road fits between the visits.
    Travel,
    /// The break fits.
    Break,
    /// A frozen visit stays.
    Frozen,
    /// A pinned visit stays to the minute, or is told as dropped with the rule that it breaks.
    Pinned,
    /// Planned and unplaced are all that is due, each once.
    Accounting,
}

/// A hard rule broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// Where: the offender or officers and the day.
    pub at: String,
    /// How.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = serde_json::to_value(self.rule).unwrap_or_default();
        write!(f, "{}: {}: {}", rule.as_str().unwrap_or_default(), self.at, self.detail)
    }
}

/// What the checker finds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Findings {
    /// Every hard rule that is broken; none for a good proposal.
    pub violations: Vec<Violation>,
    /// What named persons keep against advice: each rule that a visit of theirs breaks, and that they set aside with a reason.
    pub kept_against_advice: Vec<Violation>,
}

impl Findings {
    fn broken(&mut self, rule: Rule, at: impl fmt::Display, detail: impl Into<String>) {
        self.violations.push(Violation { rule, at: at.to_string(), detail: detail.into() });
    }

    /// A rule that a person may set aside.
    fn advise(&mut self, holds: bool, rule: Rule, at: impl fmt::Display, (is_set_aside, detail): (bool, &str)) {
        if !holds && is_set_aside {
            self.kept_against_advice.push(Violation { rule, at: at.to_string(), detail: detail.to_owned() });
        } else {
            self.require(holds, rule, at, detail);
        }
    }

    fn require(&mut self, holds: bool, rule: Rule, at: impl fmt::Display, detail: &str) {
        if !holds {
            self.broken(rule, at, detail);
        }
    }
}

/// Every hard rule that a proposal breaks; none for a good one.
#[must_use]
pub fn check(snapshot: &Snapshot, proposal: &Proposal) -> Vec<Violation> {
    judge(snapshot, proposal).violations
}

/// Every hard rule that a proposal breaks, and what persons keep in it against advice.
#[must_use]
pub fn judge(snapshot: &Snapshot, proposal: &Proposal) -> Findings {
    let mut findings = Findings::default();
    identity(snapshot, proposal, &mut findings);
    window::check(snapshot, proposal, &mut findings);
    crew_day::check(snapshot, proposal, &mut findings);
    account::check(snapshot, proposal, &mut findings);
    pins::check(snapshot, proposal, &mut findings);
    findings
}

fn identity(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    let id = proposal.id;
    let hash = snapshot.sha256().unwrap_or_default();
    findings.require(proposal.snapshot_sha256 == hash, Rule::Identity, id, "was made from another snapshot");
    let expected = proposal_id(&hash, Budget { seed: proposal.seed, iterations: proposal.iterations });
    findings.require(id == expected, Rule::Identity, id, "has an id that does not follow from its snapshot and seed");
    let same = proposal.force == snapshot.force
        && proposal.team_ref == snapshot.team_ref
        && proposal.horizon == snapshot.horizon
        && proposal.policy_version == snapshot.policy_version
        && proposal.parent_id == snapshot.parent.as_ref().map(|parent| parent.proposal_id);
    findings.require(same, Rule::Identity, id, "names another force, team, horizon, policy or parent");
    let source = snapshot.roads.as_ref().map(|roads| &roads.source);
    findings.require(proposal.roads.as_ref() == source, Rule::Identity, id, "names another source of its road times");
    if let Err(error) = road_matrix::check(snapshot) {
        findings.broken(Rule::Travel, id, format!("has a snapshot whose road times are not of its places: {error}"));
    }
}

#[cfg(test)]
mod tests;
