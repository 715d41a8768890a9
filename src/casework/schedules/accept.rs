//! Reading a proposal, and accepting it: a named person's act, refused where the team has accepted
//! another schedule since.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::propose::{PINNED, accepted};
use super::{ScheduleError, note, note_refusal};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::outward_event::OutwardEvent;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;
use crate::planning::diff::{Diff, diff};
use crate::planning::explain::choice::choices;
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::{Horizon, Snapshot};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, records_in_scope, refs_in_scope};
use crate::store::error::StoreError;
use crate::store::evaluation;
use crate::store::limited_access;
use crate::store::merge::homes_of_force;
use crate::store::outbox::{self, NewOutboxEvent};
use crate::store::planned_visit::{self, PlannedVisitRow};
use crate::store::record;
use crate::store::schedule::{self, ProposalState, StoredProposal};
use crate::store::schedule_list::{self, ListedProposal, ProposalFilter, ProposalPlace};
use crate::store::scope::Scope;

/// A proposal as it stands.
#[derive(Debug, Clone)]
pub struct ReadProposal {
    /// As stored.
    pub stored: StoredProposal,
    /// The proposal, once planned.
    pub proposal: Option<Proposal>,
}

/// Reads a proposal within reach.
///
/// # Errors
/// [`ScheduleError::NotFound`] where there is none in scope; or the store fails.
pub fn read(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
) -> Result<ReadProposal, ScheduleError> {
    within_reach(store, (clock, actor), scope, ("schedule.read", id), |connection, read| {
        note(connection, (clock.now(), actor), "schedule.read", &scope.force, id, json!({}))?;
        without_hidden(connection, scope, read)
    })
}

/// Does something with a proposal, in one transaction; that it was asked for and is not within reach is
/// put on record.
pub(super) fn within_reach<T>(
    store: &Store,
    (clock, actor): (Clock, &Actor),
    scope: &Scope,
    (act, id): (&str, Uuid),
    work: impl FnOnce(&mut AnyConnection, ReadProposal) -> Result<T, ScheduleError>,
) -> Result<T, ScheduleError> {
    let done = store.transaction_that_writes(|connection| match find(connection, scope, id) {
        Ok(read) => work(connection, read).map(Some),
        Err(ScheduleError::NotFound) => {
            let is_there = schedule::exists(connection, &scope.force, id)?;
            let subject = id.to_string();
            let at = (clock.now(), actor);
            note_refusal(connection, at, &scope.force, (act, is_there), Some(("schedule", &subject)))?;
            Ok(None)
        }
        Err(error) => Err(error),
    })?;
    done.ok_or(ScheduleError::NotFound)
}

/// The proposals within reach, the newest first, so many that come after a place.
///
/// # Errors
/// When the store fails.
pub fn list(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    filter: &ProposalFilter,
    (after, limit): (Option<ProposalPlace>, usize),
) -> Result<Vec<ListedProposal>, ScheduleError> {
    store.transaction_that_writes(|connection| {
        let found = schedule_list::list(connection, scope, filter, after, limit)?;
        let ids: Vec<Uuid> = found.iter().map(|proposal| proposal.id).collect();
        let detail = json!({ "schedules": ids });
        note::note(connection, (clock.now(), actor), "schedule.list", (&scope.force, None), detail)?;
        Ok(found)
    })
}

fn find(connection: &mut AnyConnection, scope: &Scope, id: Uuid) -> Result<ReadProposal, ScheduleError> {
    let stored = schedule::proposal(connection, scope, id)?.ok_or(ScheduleError::NotFound)?;
    let proposal = stored.document.as_deref().map(serde_json::from_str).transpose()?;
    Ok(ReadProposal { stored, proposal })
}

/// The proposal as this reader may see it: without the cases that are hidden from them, and those that have passed to
/// another team since.
pub(super) fn without_hidden(
    connection: &mut AnyConnection,
    scope: &Scope,
    mut read: ReadProposal,
) -> Result<ReadProposal, ScheduleError> {
    if let Some(proposal) = read.proposal {
        let visits = proposal.visits.iter().map(|visit| &visit.offender_ref);
        let unplaced = proposal.unplaced.iter().map(|unplaced| &unplaced.offender_ref);
        let out_of_reach = out_of_reach(connection, scope, visits.chain(unplaced))?;
        read.proposal = Some(proposal.without(&out_of_reach));
    }
    Ok(read)
}

/// Those of these offenders whom the reader may not see.
pub(super) fn out_of_reach<'a>(
    connection: &mut AnyConnection,
    scope: &Scope,
    offenders: impl Iterator<Item = &'a Ref>,
) -> Result<BTreeSet<Ref>, StoreError> {
    let in_scope = refs_in_scope(connection, RecordKind::Offender, scope)?;
    Ok(offenders.filter(|offender| !in_scope.contains(*offender)).cloned().collect())
}

/// Accepts a proposal: its visits take the place of the team's earlier ones from its first day on. One
/// that ends before the accepted schedule does is refused, for the visits after it would be lost.
/// `version` is the one that was read, where the caller knows it.
///
/// # Errors
/// [`ScheduleError::StaleParent`], [`ScheduleError::VersionChanged`], [`ScheduleError::NotFinished`],
/// [`ScheduleError::AlreadyAccepted`], [`ScheduleError::OutOfDate`], [`ScheduleError::EndsTooEarly`],
/// [`ScheduleError::AccessChanged`] or [`ScheduleError::NotFound`]; or the store fails. Then nothing has changed.
pub fn accept(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
    version: Option<i32>,
) -> Result<ReadProposal, ScheduleError> {
    within_reach(store, (clock, actor), scope, ("schedule.accept", id), |connection, read| {
        let ReadProposal { stored, proposal } = read;
        match stored.state {
            ProposalState::Accepted => return Err(ScheduleError::AlreadyAccepted),
            ProposalState::Planning | ProposalState::Proposed => {}
        }
        if version.is_some_and(|version| version != stored.version) {
            return Err(ScheduleError::VersionChanged);
        }
        let proposal = proposal.ok_or(ScheduleError::NotFinished)?;
        let chosen = chosen(connection, &stored, &proposal)?;
        // What it tells is numbered one after the other with what is entered meanwhile.
        record::take_turn(connection)?;
        let Horizon { from, until } = proposal.horizon;
        if from < clock.moment().today() {
            return Err(ScheduleError::OutOfDate);
        }
        let later = accepted(connection, &scope.force, &proposal.team_ref, plus_days(until, 1))?;
        if let Some(last) = later.and_then(|(_, visits)| visits.into_iter().map(|visit| visit.date).max()) {
            return Err(ScheduleError::EndsTooEarly(last));
        }
        let access = limited_access::of_force(connection, &scope.force)?;
        let may_go =
            |visit: &PlannedVisit| visit.crew.iter().all(|officer| access.admits(&visit.offender_ref, officer));
        if !proposal.visits.iter().all(may_go) {
            return Err(ScheduleError::AccessChanged);
        }
        let by = actor.to_string();
        if !schedule::make_current(connection, &stored, clock.now(), &by)? {
            return Err(ScheduleError::StaleParent);
        }
        let visits = proposal.visits.iter().map(|visit| row(id, visit, &chosen)).collect();
        planned_visit::replace_visits(connection, &stored, from, visits)?;
        ask_to_withdraw(connection, (clock, &scope.force), &proposal)?;
        evaluation::request(connection, &scope.force, clock.now())?;
        let detail =
            json!({ "team_ref": stored.team_ref, "parent_id": stored.parent_id, "visits": proposal.visits.len() });
        note(connection, (clock.now(), actor), "schedule.accept", &scope.force, id, detail)?;
        let read = find(connection, scope, id)?;
        without_hidden(connection, scope, read)
    })
}

/// Asks the records system to withdraw the dates that it has programmed for those whom the accepted schedule visits, on whichever record of
/// theirs: for each with the day by which it visits them, which is the end of the window, or of the schedule where that is past. The day
/// itself stays here.
fn ask_to_withdraw(
    connection: &mut AnyConnection,
    (clock, force): (Clock, &str),
    proposal: &Proposal,
) -> Result<(), StoreError> {
    let (kind, today, whole) = (RecordKind::ProgrammedVisits, clock.moment().today(), Scope::whole(force));
    let homes = homes_of_force(connection, force)?;
    let mut first: BTreeMap<&Ref, &PlannedVisit> = BTreeMap::new();
    for visit in &proposal.visits {
        let earliest = first.entry(home(&homes, &visit.offender_ref)).or_insert(visit);
        *earliest = if visit.date < earliest.date { visit } else { *earliest };
    }
    for held in records_in_scope(connection, Wanted::all(kind, &whole))? {
        let Record::ProgrammedVisits(programmed) = held.record else { continue };
        let Some(visit) = first.get(home(&homes, &held.subject)) else { continue };
        if programmed.dates.iter().all(|date| *date < today) {
            continue;
        }
        let latest = visit.window.latest;
        let new = NewOutboxEvent {
            force,
            event: OutwardEvent::ProgrammedVisitsWithdrawal,
            kind,
            subject: &held.subject,
            offender_ref: Some(held.subject.as_str()),
            latest_by: Some(if latest < visit.date { proposal.horizon.until } else { latest }),
            act: "schedule.accept",
            at: clock.now(),
        };
        outbox::append(connection, new)?;
    }
    Ok(())
}

/// The offender under whom somebody's case goes on.
fn home<'a>(homes: &'a BTreeMap<Ref, Ref>, offender: &'a Ref) -> &'a Ref {
    homes.get(offender).unwrap_or(offender)
}

/// What a proposal changes against the schedule that its team has accepted now.
///
/// # Errors
/// [`ScheduleError::NotFound`] or [`ScheduleError::NotFinished`]; or the store fails.
pub fn compare(store: &Store, clock: Clock, actor: &Actor, scope: &Scope, id: Uuid) -> Result<Diff, ScheduleError> {
    within_reach(store, (clock, actor), scope, ("schedule.compare", id), |connection, read| {
        let proposal = without_hidden(connection, scope, read)?.proposal.ok_or(ScheduleError::NotFinished)?;
        let accepted = accepted(connection, &scope.force, &proposal.team_ref, proposal.horizon.from)?;
        note(connection, (clock.now(), actor), "schedule.compare", &scope.force, id, json!({}))?;
        let mut visits = accepted.map(|(_, visits)| visits).unwrap_or_default();
        let out_of_reach = out_of_reach(connection, scope, visits.iter().map(|visit| &visit.offender_ref))?;
        visits.retain(|visit| !out_of_reach.contains(&visit.offender_ref));
        Ok(diff(&visits, &proposal.visits))
    })
}

/// Why each visit is where it is, in a sentence, by offender and day; nothing where the proposal does not follow from what is
/// stored with it.
fn chosen(
    connection: &mut AnyConnection,
    stored: &StoredProposal,
    proposal: &Proposal,
) -> Result<BTreeMap<(Ref, CivilDate), String>, ScheduleError> {
    let snapshot: Snapshot = serde_json::from_str(&schedule::snapshot(connection, &stored.snapshot_sha256)?)?;
    let choices = choices(&snapshot, proposal, |_, _| true).unwrap_or_default();
    Ok(choices.into_iter().map(|choice| ((choice.offender_ref, choice.date), choice.text)).collect())
}

fn row(proposal_id: Uuid, visit: &PlannedVisit, chosen: &BTreeMap<(Ref, CivilDate), String>) -> PlannedVisitRow {
    let mut reason = json!({
        "risk": visit.risk,
        "window": visit.window,
        "overdue_days": visit.overdue_days,
        "unannounced": visit.unannounced,
        "travel_seconds_before": visit.travel_seconds_before,
        "why": visit.why,
        "chosen": chosen.get(&(visit.offender_ref.clone(), visit.date)),
    });
    if let (Some(members), Some(pinned)) = (reason.as_object_mut(), &visit.pinned) {
        members.insert(PINNED.to_owned(), json!(pinned));
    }
    PlannedVisitRow {
        id: Uuid::now_v7(),
        proposal_id,
        team_ref: visit.team_ref.to_string(),
        offender_ref: visit.offender_ref.to_string(),
        address_ref: visit.address_ref.to_string(),
        visit_on: visit.date,
        starts_at: visit.start.to_string(),
        ends_at: visit.end.to_string(),
        reason,
        crew: visit.crew.iter().map(ToString::to_string).collect(),
    }
}
