//! Replaying a proposal: planned again from what it was made from, and compared with what is stored, byte for byte.
//!
//! The checker judges the stored proposal by itself, so that two findings stay apart: that the
//! proposal breaks a rule, and that this release would plan otherwise, which a later release may.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::propose::budget;
use super::{ScheduleError, note};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::planning::checker::{Violation, check};
use crate::planning::engine::ENGINE;
use crate::planning::proposal::{PlannedVisit, Proposal, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::Snapshot;
use crate::store::Store;
use crate::store::schedule::{self, StoredProposal};

/// A stored proposal with what it was made from.
#[derive(Debug, Clone)]
pub struct Kept {
    stored: StoredProposal,
    snapshot: String,
    document: String,
}

/// What replaying says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same bytes, and no rule broken.
    Same,
    /// The checker finds nothing broken, and this release plans otherwise.
    PlansOtherwise,
    /// What is stored is not what was planned from or planned, or breaks a rule.
    Broken,
}

/// What came of replaying a proposal.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// The proposal.
    pub id: Uuid,
    /// Its force.
    pub force: String,
    /// Its team.
    pub team_ref: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// By which way of planning it was made; none where that was not kept yet.
    pub engine: Option<String>,
    /// This release's way of planning.
    pub engine_here: &'static str,
    /// Whether the stored snapshot's bytes have the hash that the proposal names.
    pub is_snapshot_whole: bool,
    /// The rules that the stored proposal breaks.
    pub violations: Vec<Violation>,
    /// Whether planning again gives the stored bytes.
    pub is_same: bool,
    /// The members of the proposal in which the two differ.
    pub differs_in: Vec<String>,
    /// Visits stored.
    pub visits: usize,
    /// Those of them that planning again makes alike: of the same offender on the same day and time by the same crew.
    pub visits_alike: usize,
}

impl Kept {
    /// Reads a stored proposal with its snapshot, as the operator's act.
    ///
    /// # Errors
    /// [`ScheduleError::NotFound`] or [`ScheduleError::NotFinished`]; or the store fails.
    pub fn read(store: &Store, clock: Clock, actor: &Actor, id: Uuid) -> Result<Self, ScheduleError> {
        store.transaction_that_writes(|connection| {
            let stored = schedule::of_any_force(connection, id)?.ok_or(ScheduleError::NotFound)?;
            let document = stored.document.clone().ok_or(ScheduleError::NotFinished)?;
            let snapshot = schedule::snapshot(connection, &stored.snapshot_sha256)?;
            note(connection, (clock.now(), actor), "schedule.replay", &stored.force, id, json!({}))?;
            Ok(Self { stored, snapshot, document })
        })
    }

    /// How long planning it again searches.
    #[must_use]
    pub fn budget(&self) -> Budget {
        budget(&self.stored)
    }

    /// Plans it again. `progress` is told how many iterations are done.
    ///
    /// # Errors
    /// When the stored snapshot or proposal cannot be read by this release.
    pub fn replay(self, progress: impl FnMut(u32)) -> Result<Replayed, ScheduleError> {
        let snapshot: Snapshot = serde_json::from_str(&self.snapshot)?;
        let proposal: Proposal = serde_json::from_str(&self.document)?;
        let sha256: String = Sha256::digest(&self.snapshot).iter().map(|byte| format!("{byte:02x}")).collect();
        let is_snapshot_whole = sha256 == self.stored.snapshot_sha256;
        let violations = check(&snapshot, &proposal);
        let again = propose(&snapshot, self.budget(), progress)?;
        let is_same = serde_json::to_string(&again)? == self.document;
        let is_its_own = proposal.id == self.stored.id;
        let verdict = match (is_snapshot_whole && is_its_own && violations.is_empty(), is_same) {
            (false, _) => Verdict::Broken,
            (true, true) => Verdict::Same,
            (true, false) => Verdict::PlansOtherwise,
        };
        let made_again: BTreeSet<_> = again.visits.iter().map(made).collect();
        Ok(Replayed {
            id: self.stored.id,
            verdict,
            engine: self.stored.engine,
            engine_here: ENGINE,
            is_snapshot_whole,
            violations,
            is_same,
            differs_in: differing(&serde_json::to_value(&proposal)?, &serde_json::to_value(&again)?),
            visits: proposal.visits.len(),
            visits_alike: proposal.visits.iter().map(made).filter(|visit| made_again.contains(visit)).count(),
            force: self.stored.force,
            team_ref: self.stored.team_ref,
        })
    }
}

/// What of a visit an officer would notice.
fn made(visit: &PlannedVisit) -> impl Ord {
    (visit.offender_ref.clone(), visit.date, visit.start, visit.crew.clone())
}

/// The members in which two documents differ.
fn differing(stored: &Value, again: &Value) -> Vec<String> {
    let members = [stored, again].into_iter().filter_map(Value::as_object).flat_map(|members| members.keys());
    let members: BTreeSet<&String> = members.collect();
    members.into_iter().filter(|member| stored.get(member) != again.get(member)).cloned().collect()
}
