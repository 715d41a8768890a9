//! A person's own move: a planned visit put on another day, at another hour or with another crew, all others staying.
//!
//! What a move would break and cost is told before it is made. What is made is a proposal like any other, from a snapshot
//! that has the pin.

use serde::Serialize;

use super::diff::{Changed, diff};
use super::pin::{AgainstAdvice, Pin, PinRule, Pinned};
use super::proposal::{PlannedVisit, Proposal, Unplaced, propose};
use super::score::Score;
use super::search::Budget;
use super::search::frozen::{dropped, place};
use super::search::problem::Problem;
use super::search::solution::Solution;
use super::snapshot::{AcceptedVisit, Snapshot, Window};
use super::take::thaw_what_cannot_stay;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::domain::working_time::TimeOfDay;

/// The search's budget for a move, in iterations: nothing is free but the moved visit and what it displaces. `[I]`
pub const ITERATIONS: u32 = 1_000;

/// What a person moves, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Whom.
    pub offender_ref: Ref,
    /// The day on which the visit is planned.
    pub from_date: CivilDate,
    /// The day on which it is to be made; the same day for another hour or crew.
    pub date: CivilDate,
    /// From.
    pub start: TimeOfDay,
    /// Who goes.
    pub crew: Vec<Ref>,
}

/// A rule that a move breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Which.
    pub rule: PinRule,
    /// Whether a person may set it aside with a reason.
    pub may_be_set_aside: bool,
    /// What the move does.
    pub text: String,
}

/// What a move would come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// The rules that it breaks; none where nothing speaks against it.
    pub broken: Vec<Broken>,
    /// The window that the visit is held to there; none where it owes none.
    pub window: Option<Window>,
    /// What the schedule costs without the move; none where a rule that nobody may set aside is broken.
    pub before: Option<Score>,
    /// What it costs with the move.
    pub after: Option<Score>,
    /// The other visits that would be made at another time, or by others, or not.
    pub others: Vec<Changed>,
    /// The visits that would have no place and have one without the move.
    pub unplaced: Vec<Unplaced>,
    /// The pins that could no longer be kept.
    pub dropped_pins: Vec<Pin>,
}

impl Advice {
    /// True where every rule broken may be set aside.
    #[must_use]
    pub fn may_be_kept(&self) -> bool {
        self.broken.iter().all(|broken| broken.may_be_set_aside)
    }
}

/// A snapshot in which all that a proposal has planned stays, to move a visit of it: from the same facts.
#[must_use]
pub fn staying(mut snapshot: Snapshot, proposal: &Proposal) -> Snapshot {
    snapshot.stays =
        proposal.visits.iter().filter(|visit| visit.pinned.is_none()).map(|visit| visit.accepted(true)).collect();
    thaw_what_cannot_stay(snapshot)
}

/// The snapshot with a visit moved and pinned.
#[must_use]
pub fn moved(base: &Snapshot, from_date: CivilDate, pin: Pin) -> Snapshot {
    let mut snapshot = unpinned(base.clone(), &pin.offender_ref, from_date);
    release(&mut snapshot, &pin.offender_ref, from_date);
    snapshot.pins.push(pin);
    snapshot.pins.sort_by(|a, b| (&a.offender_ref, a.date, a.start).cmp(&(&b.offender_ref, b.date, b.start)));
    thaw_what_cannot_stay(snapshot)
}

/// The snapshot without the pin of a visit: it stays where it is if no rule speaks against it, and is planned anew otherwise.
/// Nothing where no person has pinned it.
#[must_use]
pub fn lifted(base: &Snapshot, offender: &Ref, date: CivilDate) -> Option<Snapshot> {
    let pin = base.pin(offender, date)?.clone();
    let mut snapshot = unpinned(base.clone(), offender, date);
    release(&mut snapshot, offender, date);
    let Pin { offender_ref, date, start, crew, address_ref, pinned: _ } = pin;
    snapshot.stays.push(AcceptedVisit { offender_ref, date, start, crew, address_ref, frozen: true });
    Some(thaw_what_cannot_stay(snapshot))
}

fn unpinned(mut snapshot: Snapshot, offender: &Ref, date: CivilDate) -> Snapshot {
    snapshot.pins.retain(|pin| pin.date != date || pin.offender_ref != *offender);
    snapshot
}

/// Lets a visit go from the place where it is planned.
fn release(snapshot: &mut Snapshot, offender: &Ref, date: CivilDate) {
    let is_it = |visit: &AcceptedVisit| visit.date == date && visit.offender_ref == *offender;
    snapshot.stays.retain(|visit| !is_it(visit));
    for visit in snapshot.parent.iter_mut().flat_map(|parent| &mut parent.visits).filter(|visit| is_it(visit)) {
        visit.frozen = false;
    }
}

/// The pin that a move asks for, at the place where the offender is visited; nothing is set aside.
#[must_use]
pub fn pin(base: &Snapshot, asked: &Move, by: String, at: Instant) -> Option<Pin> {
    let demand = base.demands.iter().find(|demand| demand.offender_ref == asked.offender_ref);
    let mut crew = asked.crew.clone();
    crew.sort();
    Some(Pin {
        offender_ref: asked.offender_ref.clone(),
        date: asked.date,
        start: asked.start,
        crew,
        address_ref: demand?.place.as_ref()?.address_ref.clone(),
        pinned: Pinned { by, at, against_advice: None },
    })
}

/// The rules that a pin breaks in a snapshot that has it, and the window that it is held to there.
#[must_use]
pub fn broken(snapshot: &Snapshot, pin: &Pin) -> (Vec<PinRule>, Option<Window>) {
    // The seed does not matter: nothing is left to chance here.
    let problem = Problem::new(snapshot, 0);
    let refused = place(&problem, &mut Solution::empty(&problem)).into_iter().find(|refused| {
        let pinned = problem.frozen.get(refused.at).and_then(|frozen| snapshot.pins.get(frozen.pin?));
        pinned == Some(pin)
    });
    match refused {
        Some(refused) => (refused.rules, refused.window),
        None => {
            (dropped(&problem).into_iter().find(|one| one.pin == *pin).map(|one| one.rules).unwrap_or_default(), None)
        }
    }
}

/// The pin with every rule set aside that it breaks and a person may set aside.
#[must_use]
pub fn against_advice(pin: Pin, rules: &[PinRule], window: Window, reason: Words) -> Pin {
    let rules = rules.iter().copied().filter(|rule| rule.may_be_set_aside()).collect();
    let advice = AgainstAdvice { rules, window, reason };
    Pin { pinned: Pinned { against_advice: Some(advice), ..pin.pinned }, ..pin }
}

/// What a move would come to: what it breaks, what it costs, and what else would change.
///
/// # Errors
/// When a snapshot cannot be hashed, which finite coordinates rule out.
pub fn advise(base: &Snapshot, from_date: CivilDate, pin: &Pin, budget: Budget) -> Result<Advice, serde_json::Error> {
    let (rules, window) = broken(&moved(base, from_date, pin.clone()), pin);
    let broken: Vec<Broken> = rules
        .iter()
        .map(|rule| Broken {
            rule: *rule,
            may_be_set_aside: rule.may_be_set_aside(),
            text: format!("it {}", rule.text()),
        })
        .collect();
    let mut advice = Advice {
        broken,
        window,
        before: None,
        after: None,
        others: Vec::new(),
        unplaced: Vec::new(),
        dropped_pins: Vec::new(),
    };
    if !advice.may_be_kept() {
        return Ok(advice);
    }
    let kept = match window.filter(|_| !rules.is_empty()) {
        Some(window) => against_advice(pin.clone(), &rules, window, Words::fixed("asked for advice")),
        None => pin.clone(),
    };
    let before = propose(base, budget, |_| {})?;
    let after = propose(&moved(base, from_date, kept), budget, |_| {})?;
    let stays: Vec<AcceptedVisit> = before.visits.iter().map(|visit| visit.accepted(true)).collect();
    let changes = diff(&stays, &after.visits);
    let is_other = |changed: &Changed| changed.offender_ref != pin.offender_ref;
    advice.others = [changes.added, changes.removed, changes.moved].concat().into_iter().filter(is_other).collect();
    let had_a_place = |row: &Unplaced| before.unplaced.iter().all(|before| before.offender_ref != row.offender_ref);
    advice.unplaced = after.unplaced.into_iter().filter(had_a_place).collect();
    advice.dropped_pins = after
        .dropped_pins
        .into_iter()
        .map(|one| one.pin)
        .filter(|pin| before.dropped_pins.iter().all(|one| one.pin != *pin))
        .collect();
    let is_it = |visit: &&PlannedVisit| visit.offender_ref == pin.offender_ref && visit.date == pin.date;
    advice.window = advice.window.or_else(|| after.visits.iter().find(is_it).map(|visit| visit.window));
    (advice.before, advice.after) = (Some(before.score), Some(after.score));
    Ok(advice)
}

#[cfg(test)]
mod tests;
