//! A person's own move of a planned visit: what it would break and cost, the proposal that makes it, and lifting its pin
//! again. A move that rules speak against is made only where each of them may be set aside, with a reason.

use serde_json::{Value, json};
use uuid::Uuid;

use super::accept::{ReadProposal, out_of_reach, read, within_reach, without_hidden};
use super::propose::{PlanRequest, Requested, carry_out, records_as_of, store_request, take_snapshots};
use super::{ScheduleError, note, note_refusal};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::calendar::{CivilDate, Instant, days_between};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::planning::moving::{Advice, ITERATIONS, Move, advise, against_advice, broken, lifted, moved, pin, staying};
use crate::planning::pin::{Pin, PinRule};
use crate::planning::proposal::PlannedVisit;
use crate::planning::search::Budget;
use crate::planning::snapshot::{Horizon, Snapshot, Window};
use crate::planning::take::Stay;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::limited_access;
use crate::store::schedule::{self, ProposalState};
use crate::store::scope::Scope;

/// Who moves, and within which reach.
#[derive(Clone, Copy)]
pub struct Mover<'a> {
    /// Where.
    pub store: &'a Store,
    /// When.
    pub clock: Clock,
    /// Who.
    pub actor: &'a Actor,
    /// Which cases they may see.
    pub scope: &'a Scope,
}

/// The facts of a schedule, and when records last came before they were taken, as far as that is known.
type Taken = (Snapshot, Option<Instant>);

/// What a move is made in: the facts, with all that is planned staying.
struct Base {
    snapshot: Snapshot,
    as_of: Option<Instant>,
    budget: Budget,
}

impl Mover<'_> {
    /// What a move would come to. Nothing is kept but that it was asked.
    ///
    /// # Errors
    /// As [`Self::make`], but for what rules speak against, which is the answer.
    pub fn check(&self, id: Uuid, asked: &Move) -> Result<Advice, ScheduleError> {
        let Base { snapshot, budget, .. } =
            self.base("schedule.check_move", (id, None), &asked.offender_ref, asked.from_date)?;
        let pin = self.pin(("schedule.check_move", id), &snapshot, asked)?;
        let mut advice = advise(&snapshot, asked.from_date, &pin, budget)?;
        self.store.transaction_that_writes(|connection| -> Result<(), ScheduleError> {
            let others = advice.others.iter().map(|changed| &changed.offender_ref);
            let unplaced = advice.unplaced.iter().map(|unplaced| &unplaced.offender_ref);
            let dropped = advice.dropped_pins.iter().map(|pin| &pin.offender_ref);
            let hidden = out_of_reach(connection, self.scope, others.chain(unplaced).chain(dropped))?;
            advice.others.retain(|changed| !hidden.contains(&changed.offender_ref));
            advice.unplaced.retain(|unplaced| !hidden.contains(&unplaced.offender_ref));
            advice.dropped_pins.retain(|pin| !hidden.contains(&pin.offender_ref));
            let rules: Vec<PinRule> = advice.broken.iter().map(|broken| broken.rule).collect();
            self.note(connection, "schedule.check_move", id, told(&snapshot, asked, &rules))
        })?;
        Ok(advice)
    }

    /// Makes a move: a new proposal that follows the same accepted schedule, with the visit pinned and all others staying as far
    /// as they can. `version` is the one of the schedule as the person read it; `keep` the reason why the visit is kept
    /// against advice.
    ///
    /// # Errors
    /// [`ScheduleError::AdvisedAgainst`] where rules speak against it that a reason would set aside, and none is given;
    /// [`ScheduleError::MoveRefused`] where nobody may set one aside; [`ScheduleError::VisitUnknown`] where no such visit is
    /// planned in it; [`ScheduleError::StaleParent`], [`ScheduleError::VersionChanged`], [`ScheduleError::NotFinished`],
    /// [`ScheduleError::OutOfDate`] or [`ScheduleError::NotFound`]; or the store fails. Then nothing has changed.
    pub fn make(
        &self,
        (id, version): (Uuid, i32),
        asked: &Move,
        keep: Option<Words>,
    ) -> Result<ReadProposal, ScheduleError> {
        let Base { snapshot, as_of, budget } =
            self.base("schedule.move", (id, Some(version)), &asked.offender_ref, asked.from_date)?;
        let pin = self.pin(("schedule.move", id), &snapshot, asked)?;
        let (rules, window) = broken(&moved(&snapshot, asked.from_date, pin.clone()), &pin);
        let pin = self.kept(id, pin, (&rules, window), keep)?;
        let after = moved(&snapshot, asked.from_date, pin);
        self.propose((id, version), "schedule.move", ((after, as_of), budget), told(&snapshot, asked, &rules))
    }

    /// Lifts the pin of a visit: a new proposal, in which the visit stays where it is if no rule speaks against it, and is
    /// planned anew otherwise; all others stay.
    ///
    /// # Errors
    /// [`ScheduleError::NotPinned`], or as [`Self::make`].
    pub fn lift(
        &self,
        (id, version): (Uuid, i32),
        offender: &Ref,
        date: CivilDate,
    ) -> Result<ReadProposal, ScheduleError> {
        let Base { snapshot, as_of, budget } = self.base("schedule.lift_pin", (id, Some(version)), offender, date)?;
        let Some(free) = lifted(&snapshot, offender, date) else {
            return Err(self.refused(id, ("schedule.lift_pin", "not_pinned"), &[], ScheduleError::NotPinned));
        };
        self.propose(
            (id, version),
            "schedule.lift_pin",
            ((free, as_of), budget),
            json!({ "offender_ref": offender, "date": date }),
        )
    }

    /// The facts in which a visit is to be moved, with all that is planned staying: of a proposal its own, of the accepted
    /// schedule those of now.
    fn base(
        &self,
        act: &str,
        (id, version): (Uuid, Option<i32>),
        offender: &Ref,
        date: CivilDate,
    ) -> Result<Base, ScheduleError> {
        let base = within_reach(self.store, (self.clock, self.actor), self.scope, (act, id), |connection, read| {
            self.is_current(connection, &read, version)?;
            let shown = without_hidden(connection, self.scope, read.clone())?.proposal;
            let is_it = |visit: &PlannedVisit| {
                visit.offender_ref == *offender && visit.date == date && visit.date >= self.clock.moment().today()
            };
            if !shown.is_some_and(|proposal| proposal.visits.iter().any(is_it)) {
                let is_there = read.proposal.is_some_and(|proposal| proposal.visits.iter().any(is_it));
                let subject = id.to_string();
                let at = (self.clock.now(), self.actor);
                note_refusal(connection, at, &self.scope.force, (act, is_there), Some(("schedule", &subject)))?;
                return Ok(None);
            }
            let budget = Budget { seed: u64::try_from(read.stored.seed).unwrap_or_default(), iterations: ITERATIONS };
            let (snapshot, as_of) = self.facts(connection, read)?;
            Ok(Some(Base { snapshot, as_of, budget }))
        })?;
        base.ok_or(ScheduleError::VisitUnknown)
    }

    /// Whether the schedule is as the person read it, and what it follows is still the team's.
    fn is_current(
        &self,
        connection: &mut AnyConnection,
        read: &ReadProposal,
        version: Option<i32>,
    ) -> Result<(), ScheduleError> {
        let ReadProposal { stored, proposal } = read;
        if version.is_some_and(|version| version != stored.version) {
            return Err(ScheduleError::VersionChanged);
        }
        let Horizon { from, until } = proposal.as_ref().ok_or(ScheduleError::NotFinished)?.horizon;
        let today = self.clock.moment().today();
        let (follows, is_past) = match stored.state {
            ProposalState::Accepted => (Some(stored.id), until < today),
            ProposalState::Planning | ProposalState::Proposed => (stored.parent_id, from < today),
        };
        let team = proposal.as_ref().map(|proposal| &proposal.team_ref).ok_or(ScheduleError::NotFinished)?;
        if schedule::current(connection, &stored.force, team)? != follows {
            return Err(ScheduleError::StaleParent);
        }
        if is_past { Err(ScheduleError::OutOfDate) } else { Ok(()) }
    }

    fn facts(&self, connection: &mut AnyConnection, read: ReadProposal) -> Result<Taken, ScheduleError> {
        let ReadProposal { stored, proposal } = read;
        let proposal = proposal.ok_or(ScheduleError::NotFinished)?;
        match stored.state {
            ProposalState::Planning | ProposalState::Proposed => {
                let snapshot = serde_json::from_str(&schedule::snapshot(connection, &stored.snapshot_sha256)?)?;
                Ok((staying(self.shutting_out(connection, snapshot)?, &proposal), stored.records_as_of))
            }
            ProposalState::Accepted => {
                let from = proposal.horizon.from.max(self.clock.moment().today());
                let days = u32::try_from(days_between(from, proposal.horizon.until) + 1).unwrap_or_default();
                let plan = PlanRequest { from, days, budget: Budget { seed: 0, iterations: 0 }, stay: Stay::All };
                let as_of = records_as_of(connection, &self.scope.force)?;
                let taken = take_snapshots(connection, self.clock, self.scope, Some(&proposal.team_ref), plan)?.pop();
                Ok((taken.ok_or(ScheduleError::NotFound)?, as_of))
            }
        }
    }

    /// A proposal's facts with the officers kept from each case whom it shuts out now, whatever it did when they were taken.
    fn shutting_out(&self, connection: &mut AnyConnection, mut facts: Snapshot) -> Result<Snapshot, ScheduleError> {
        let access = limited_access::of_force(connection, &self.scope.force)?;
        for demand in &mut facts.demands {
            let officers = facts.officers.iter().map(|officer| &officer.officer_ref);
            demand.shut_out =
                officers.filter(|officer| !access.admits(&demand.offender_ref, officer)).cloned().collect();
        }
        Ok(facts)
    }

    fn pin(&self, (act, id): (&str, Uuid), snapshot: &Snapshot, asked: &Move) -> Result<Pin, ScheduleError> {
        pin(snapshot, asked, self.actor.to_string(), self.clock.now()).ok_or_else(|| {
            let rules = vec![PinRule::NotDue];
            self.refused(id, (act, "move_refused"), &rules, ScheduleError::MoveRefused(rules.clone()))
        })
    }

    /// The pin as it may be made; that it may not is put on record.
    fn kept(
        &self,
        id: Uuid,
        pin: Pin,
        (rules, window): (&[PinRule], Option<Window>),
        keep: Option<Words>,
    ) -> Result<Pin, ScheduleError> {
        if rules.is_empty() {
            return Ok(pin);
        }
        let error = match (rules.iter().all(|rule| rule.may_be_set_aside()), window, keep) {
            (true, Some(window), Some(reason)) => return Ok(against_advice(pin, rules, window, reason)),
            (true, Some(_), None) => ScheduleError::AdvisedAgainst(rules.to_vec()),
            (false, _, _) | (true, None, _) => ScheduleError::MoveRefused(rules.to_vec()),
        };
        let why = if matches!(error, ScheduleError::MoveRefused(_)) { "move_refused" } else { "advised_against" };
        Err(self.refused(id, ("schedule.move", why), rules, error))
    }

    /// Puts on record that an act was refused.
    fn refused(&self, id: Uuid, (act, why): (&str, &str), rules: &[PinRule], error: ScheduleError) -> ScheduleError {
        let detail = json!({ "act": act, "why": why, "rules": rules });
        let noted = self.store.transaction_that_writes(|connection| self.note(connection, "act.refused", id, detail));
        noted.err().unwrap_or(error)
    }

    /// Keeps what a changed schedule is to be made from, where the one that was read still stands, and plans it.
    fn propose(
        &self,
        (id, version): (Uuid, i32),
        act: &'static str,
        (taken, budget): (Taken, Budget),
        mut detail: Value,
    ) -> Result<ReadProposal, ScheduleError> {
        let requested =
            within_reach(self.store, (self.clock, self.actor), self.scope, (act, id), |connection, read| {
                self.is_current(connection, &read, Some(version))?;
                let requested: Requested = store_request(connection, (self.clock, self.actor), taken, budget)?;
                if let Some(members) = detail.as_object_mut() {
                    members.insert("proposal".to_owned(), json!(requested.id));
                }
                self.note(connection, act, id, detail)?;
                Ok(requested)
            })?;
        let new = requested.id;
        carry_out(self.store, self.clock, self.actor, &[requested], |_, _| {})?;
        read(self.store, self.clock, self.actor, self.scope, new)
    }

    fn note(&self, connection: &mut AnyConnection, act: &str, id: Uuid, detail: Value) -> Result<(), ScheduleError> {
        note(connection, (self.clock.now(), self.actor), act, &self.scope.force, id, detail)?;
        Ok(())
    }
}

/// What the audit tells of a move: never the reason's words, which the proposal holds, and of the crew those who are on duty at
/// all: what somebody made up may be a name.
fn told(facts: &Snapshot, asked: &Move, rules: &[PinRule]) -> Value {
    let Move { offender_ref, from_date, date, start, crew } = asked;
    let is_known = |named: &&Ref| facts.officers.iter().any(|officer| officer.officer_ref == **named);
    let crew: Vec<&Ref> = crew.iter().filter(is_known).collect();
    json!({ "offender_ref": offender_ref, "from_date": from_date, "date": date, "start": start, "crew": crew, "rules": rules })
}
