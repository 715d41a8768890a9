//! Allocating cases: one, many at once, or as part of somebody's leaving. What it does to caseloads is told before it is
//! done, and a handover is opened with it.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use crate::casework::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force, on_whole_force, weigh};
use crate::domain::allocating::check;
use crate::domain::allocation::Allocation;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::CaseFile;
use crate::domain::caseload::{Effect, Move, effects};
use crate::domain::handover::{Handover, HandoverState};
use crate::domain::officer::Officer;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Cases that are to pass to officers, all from one day on and for one reason.
#[derive(Debug, Clone)]
pub struct Allocating {
    /// Which case to whom.
    pub moves: Vec<Move>,
    /// From when on; today where it is not given.
    pub from: Option<CivilDate>,
    /// Why.
    pub reason: Words,
}

/// What allocating does.
#[derive(Debug, Clone)]
pub struct Allocated {
    /// The first of the allocations, as it was entered; nothing of a dry run.
    pub written: Option<Written>,
    /// From when on.
    pub from: CivilDate,
    /// What it does to caseloads; empty where the same request had been carried out before.
    pub effects: Vec<Effect>,
}

/// Allocates one case. `read` is the version of its allocation that was read, where one was.
///
/// # Errors
/// See [`ActError`].
pub fn allocate(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    allocating: &Allocating,
    (read, is_dry_run): (Option<RecordTag>, bool),
) -> Result<Allocated, ActError> {
    let about = (RecordKind::Offender, offender);
    let basis = read.map_or(Basis::Loaded, Basis::Read);
    let decide = |in_hand: &ForceInHand<'_>| decide(in_hand, allocating, |_| String::new(), basis);
    if is_dry_run {
        return dry_run(store, acting, "allocation.decide", Some(about), allocating, decide);
    }
    let mut told = Vec::new();
    let written = on_force(store, acting, "allocation.decide", about, |in_hand| {
        let (drafts, effects) = decide(in_hand)?;
        told = effects;
        Ok(drafts)
    })?;
    Ok(Allocated { written: Some(written), from: from_day(acting, allocating), effects: told })
}

/// Allocates many cases: all of them or none.
///
/// # Errors
/// See [`ActError`].
pub fn allocate_all(
    store: &Store,
    acting: &Acting<'_>,
    allocating: &Allocating,
    is_dry_run: bool,
) -> Result<Allocated, ActError> {
    let act = "allocation.decide_all";
    let item = |index: usize| format!("/items/{index}");
    let decide = |in_hand: &ForceInHand<'_>| decide(in_hand, allocating, item, Basis::Loaded);
    if is_dry_run {
        return dry_run(store, acting, act, None, allocating, decide);
    }
    let mut told = Vec::new();
    let written = on_whole_force(store, acting, act, |in_hand| {
        let (drafts, effects) = decide(in_hand)?;
        told = effects;
        Ok(drafts)
    })?;
    Ok(Allocated { written: Some(written), from: from_day(acting, allocating), effects: told })
}

fn dry_run(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
    allocating: &Allocating,
    decide: impl FnOnce(&ForceInHand<'_>) -> Result<(Vec<Draft>, Vec<Effect>), Refusal>,
) -> Result<Allocated, ActError> {
    let (_, effects) = weigh(store, acting, act, about, decide)?;
    Ok(Allocated { written: None, from: from_day(acting, allocating), effects })
}

fn from_day(acting: &Acting<'_>, allocating: &Allocating) -> CivilDate {
    allocating.from.unwrap_or_else(|| acting.reader.clock.moment().today())
}

/// A case that is to pass to an officer, from a day on and for a reason of its own.
#[derive(Debug, Clone)]
pub(super) struct Passing {
    /// Which case to whom.
    pub made: Move,
    /// From when on.
    pub from: CivilDate,
    /// Why.
    pub reason: String,
}

/// What allocating enters, the allocations first, and what it does to the caseloads of those cases that the person may
/// see. `part` is where in what was sent a move stands.
///
/// # Errors
/// With the first rule that stands against one of the moves.
pub(in crate::casework) fn decide(
    in_hand: &ForceInHand<'_>,
    allocating: &Allocating,
    part: impl Fn(usize) -> String,
    basis: Basis,
) -> Result<(Vec<Draft>, Vec<Effect>), Refusal> {
    let from = allocating.from.unwrap_or_else(|| in_hand.at.today());
    let passing = |made: &Move| Passing { made: made.clone(), from, reason: allocating.reason.to_string() };
    let passing: Vec<Passing> = allocating.moves.iter().map(passing).collect();
    decide_each(in_hand, &passing, part, basis)
}

/// The same of cases that each have their day and their reason.
///
/// # Errors
/// With the first rule that stands against one of them.
pub(super) fn decide_each(
    in_hand: &ForceInHand<'_>,
    passing: &[Passing],
    part: impl Fn(usize) -> String,
    basis: Basis,
) -> Result<(Vec<Draft>, Vec<Effect>), Refusal> {
    let allocated_by = in_hand.acting_supervisor()?;
    if passing.is_empty() {
        return Err(Refusal::new(RefusalCode::NotAcceptable, "names no case"));
    }
    let mut seen: BTreeSet<&Ref> = BTreeSet::new();
    let (mut allocations, mut handovers) = (Vec::new(), Vec::new());
    for (index, Passing { made: Move { offender_ref, officer_ref }, from, reason }) in passing.iter().enumerate() {
        let from = *from;
        let refused = |code, detail: &str, at: &str| Refusal::new(code, detail).at(at).within(&part(index));
        let case = in_hand.case(offender_ref).ok_or_else(|| {
            let detail = "names an offender who is not known, or not within what this token grants";
            refused(RefusalCode::UnknownReference, detail, "/offender_ref")
        })?;
        if !seen.insert(offender_ref) {
            return Err(refused(RefusalCode::NotAcceptable, "names an offender twice", "/offender_ref"));
        }
        if !in_hand.force.officers.get(officer_ref).is_some_and(|officer| is_near(in_hand, case, officer, from)) {
            let detail = "names an officer who is not known, or not within what this token grants";
            return Err(refused(RefusalCode::UnknownReference, detail, "/officer_ref"));
        }
        check(case, in_hand.force, (officer_ref, from), (in_hand.at, in_hand.policy))
            .map_err(|refusal| refusal.within(&part(index)))?;
        let allocation = Allocation {
            officer_ref: Some(officer_ref.clone()),
            from,
            reason: Some(reason.clone()),
            allocated_by: Some(allocated_by.clone()),
        };
        allocations.push(Draft::whole(offender_ref.clone(), allocation, basis));
        handovers.extend(hand_over(in_hand, case, officer_ref, from));
    }
    let moves: Vec<Move> = passing.iter().map(|passing| passing.made.clone()).collect();
    let effects = effects(in_hand.force, |case| in_hand.shows(case), &moves, (in_hand.at, in_hand.policy));
    allocations.extend(handovers);
    Ok((allocations, effects))
}

/// True where the person may name the officer: one of their teams', or one on loan to the case's team by then.
fn is_near(in_hand: &ForceInHand<'_>, case: &CaseFile, officer: &Officer, from: CivilDate) -> bool {
    let is_theirs = officer.team_ref.as_ref().is_none_or(|team| in_hand.scope.covers(team));
    is_theirs || officer.team_on(from) == Some(&case.offender.team_ref)
}

/// The handover that a new manager begins; what was still open of an older one is overtaken by it.
fn hand_over(in_hand: &ForceInHand<'_>, case: &CaseFile, to: &Ref, from: CivilDate) -> Vec<Draft> {
    let overtaken = case
        .records
        .handovers
        .iter()
        .filter(|held| matches!(held.record.state(), HandoverState::Open | HandoverState::Completed));
    let superseded = [("superseded_on", json!(in_hand.at.today()))];
    let mut drafts: Vec<Draft> = overtaken
        .map(|held| Draft::claim(RecordKind::Handover, held.subject.clone(), superseded.clone(), Basis::Loaded))
        .collect();
    let holder = case.current_allocation(in_hand.at).and_then(|allocation| allocation.officer_ref.clone());
    if holder.as_ref() != Some(to) {
        let handover = Handover::open(case.offender_ref.clone(), holder, to.clone(), from);
        drafts.push(Draft::new(Uuid::now_v7().into(), handover));
    }
    drafts
}
