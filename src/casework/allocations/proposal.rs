//! A team's allocation proposal: read, and accepted singly or together by a named supervisor.
//!
//! What is proposed is worked out anew each time, from the records as they stand and as far as the reader may see them. Whoever accepts
//! names the digest of what they read: where the same would not be proposed now, nothing is allocated.

use std::collections::BTreeMap;

use serde_json::json;

use super::allocate::{Passing, decide_each};
use super::file::load_with;
use crate::casework::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force};
use crate::casework::reading::Reader;
use crate::domain::calendar::CivilDate;
use crate::domain::caseload::{Effect, Move};
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::{MAX_WORDS_CHARS, Words};
use crate::planning::allocation::proposal::{Line, Proposal, propose};
use crate::planning::allocation::question::{Asked, gather};
use crate::store::Store;
use crate::store::current::exists;
use crate::store::error::StoreError;

/// What a proposal looks at of a case beside what caseloads are counted by.
const LOOKED_AT: [RecordKind; 3] = [RecordKind::Address, RecordKind::RiskManagementPlan, RecordKind::AccessRestriction];

/// A proposal as somebody reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// Its digest.
    pub digest: String,
    /// The names of the officers in it.
    pub names: BTreeMap<Ref, String>,
}

/// What somebody accepts of a proposal.
#[derive(Debug, Clone)]
pub struct Accepting {
    /// The digest of the proposal that was read.
    pub digest: String,
    /// The officers whose cases it spreads as well.
    pub leavers: Vec<Ref>,
    /// Whose cases; every case with a manager proposed where it is not given.
    pub offenders: Option<Vec<Ref>>,
    /// From when on; as proposed where it is not given.
    pub from: Option<CivilDate>,
    /// What the supervisor adds to the reasons.
    pub remark: Option<Words>,
}

/// What accepting did.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The first of the allocations, as it was entered.
    pub written: Written,
    /// The lines accepted, each from its day; empty where the same request had been carried out before.
    pub lines: Vec<Line>,
    /// What it does to caseloads; empty likewise.
    pub effects: Vec<Effect>,
}

/// The proposal of a team in the reader's scope, with the cases of leavers spread as well.
///
/// # Errors
/// When there is no such team in scope, which is put on record, a leaver is not of the team, no policy holds today, or the store fails.
pub fn read(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    team: &Ref,
    leavers: &[Ref],
) -> Result<ReadProposal, ActError> {
    let (at, act) = (reader.clock.moment(), "allocation_proposal.read");
    let policy = policies.in_force(at.today())?;
    within_reach(store, reader, team, act)?;
    let scope = reader.person.case_scope();
    // Worked out between two transactions: nobody who writes waits for it.
    let force = store.transaction(|connection| load_with(connection, &scope, &LOOKED_AT))?;
    let question = gather(&force, |_| true, Asked { team, leavers }, (at, policy));
    let proposal = propose(&question.map_err(|refusal| refusal.at(""))?);
    let unreadable = |error: serde_json::Error| StoreError::Unreadable { what: "proposal", detail: error.to_string() };
    let digest = proposal.digest().map_err(unreadable)?;
    let without = proposal.without_manager.iter().map(|open| &open.case.offender_ref);
    let refs: Vec<&Ref> = proposal.lines.iter().map(|line| &line.case.offender_ref).chain(without).collect();
    let detail = json!({ "count": refs.len(), "refs": refs, "leavers": leavers, "digest": digest });
    store.transaction_that_writes(|connection| reader.note(connection, act, Some((RecordKind::Team, team)), detail))?;
    let names = force.officers.into_iter().map(|(officer_ref, officer)| (officer_ref, officer.name)).collect();
    Ok(ReadProposal { proposal, digest, names })
}

/// Accepts lines of a team's proposal: all of those named, or none.
///
/// # Errors
/// See [`ActError`]; `stale_proposal` where the same would not be proposed now.
pub fn accept(store: &Store, acting: &Acting<'_>, team: &Ref, accepting: &Accepting) -> Result<Accepted, ActError> {
    let act = "allocation_proposal.accept";
    within_reach(store, acting.reader, team, act)?;
    let (mut lines, mut effects) = (Vec::new(), Vec::new());
    let written = on_force(store, acting, act, (RecordKind::Team, team), |in_hand| {
        let decided = decide(in_hand, team, accepting)?;
        (lines, effects) = (decided.lines, decided.effects);
        Ok(decided.drafts)
    })?;
    Ok(Accepted { written, lines, effects })
}

/// Checks that the team is in the reader's scope; that it is not is put on record.
fn within_reach(store: &Store, reader: &Reader, team: &Ref, act: &str) -> Result<(), ActError> {
    let scope = reader.person.case_scope();
    let is_found = store.transaction_that_writes(|connection| -> Result<bool, StoreError> {
        if !exists(connection, &scope.force, RecordKind::Team, team)? || !scope.covers(team) {
            reader.note_refusal(connection, act, RecordKind::Team, team)?;
            return Ok(false);
        }
        Ok(true)
    })?;
    if is_found { Ok(()) } else { Err(ActError::NotFound) }
}

/// What an acceptance comes to.
struct Decided {
    lines: Vec<Line>,
    drafts: Vec<Draft>,
    effects: Vec<Effect>,
}

/// The lines that are accepted, what they enter, and what they do to caseloads.
fn decide(in_hand: &ForceInHand<'_>, team: &Ref, accepting: &Accepting) -> Result<Decided, Refusal> {
    in_hand.acting_supervisor()?;
    let asked = Asked { team, leavers: &accepting.leavers };
    let question = gather(in_hand.force, |case| in_hand.shows(case), asked, (in_hand.at, in_hand.policy))?;
    let proposal = propose(&question);
    if proposal.digest().ok().as_ref() != Some(&accepting.digest) {
        let detail = "what this names is not what is proposed now: cases, caseloads or officers have changed";
        return Err(Refusal::new(RefusalCode::StaleProposal, detail).at("/digest"));
    }
    let mut lines = accepted(proposal.lines, accepting.offenders.as_deref())?;
    for line in &mut lines {
        line.from = accepting.from.unwrap_or(line.from);
        line.words = with_remark(&line.words, accepting.remark.as_ref())?;
    }
    let passing: Vec<Passing> = lines.iter().map(passing).collect();
    let (drafts, effects) = decide_each(in_hand, &passing, |_| String::new(), Basis::Loaded)
        // Whoever is proposed fits the day proposed: what stands against them then is another day.
        .map_err(|refusal| refusal.at("/from"))?;
    Ok(Decided { lines, drafts, effects })
}

/// The proposal's words and the supervisor's own.
fn with_remark(words: &str, remark: Option<&Words>) -> Result<String, Refusal> {
    let words = remark.map_or_else(|| words.to_owned(), |remark| format!("{words} {remark}"));
    if words.chars().count() > MAX_WORDS_CHARS {
        let detail = format!("with the proposal's reason it is over {MAX_WORDS_CHARS} characters; say less");
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/remark"));
    }
    Ok(words)
}

fn passing(line: &Line) -> Passing {
    let made = Move { offender_ref: line.case.offender_ref.clone(), officer_ref: line.manager.officer_ref.clone() };
    Passing { made, from: line.from, reason: line.words.clone() }
}

/// The lines named, in the order in which they are; all of them where none is.
fn accepted(lines: Vec<Line>, named: Option<&[Ref]>) -> Result<Vec<Line>, Refusal> {
    let chosen = match named {
        None => lines,
        Some(named) => {
            let mut lines: BTreeMap<Ref, Line> =
                lines.into_iter().map(|line| (line.case.offender_ref.clone(), line)).collect();
            let take = |(index, offender)| {
                let detail = "names a case for which this proposal has no manager, or one twice";
                let refused = || Refusal::new(RefusalCode::UnknownReference, detail);
                lines.remove(offender).ok_or_else(|| refused().at(format!("/offender_refs/{index}")))
            };
            named.iter().enumerate().map(take).collect::<Result<_, _>>()?
        }
    };
    if chosen.is_empty() {
        return Err(Refusal::new(RefusalCode::NotAcceptable, "names no case to allocate").at("/offender_refs"));
    }
    Ok(chosen)
}
