//! Neighbourhood briefings: what neighbourhood officers need to know of the registered sex offenders who live in their area, and
//! no more (College APP on information management `[S]`: risk, conditions and who is at risk are open to officers; the
//! rest is restricted). Every reading is a disclosure, put on record as one, and leaves a receipt.

use serde_json::json;

use super::actor::{Actor, Role};
use super::reading::Reader;
use crate::domain::address::Address;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::{CaseFile, ForceFile, ForceFileBuilder};
use crate::domain::moment::Moment;
use crate::domain::offender::{Offender, OffenderStatus, RiskLevel};
use crate::domain::order::OrderKind;
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::team::Neighbourhood;
use crate::store::Store;
use crate::store::allocation::live_allocation_versions_of;
use crate::store::backend::AnyConnection;
use crate::store::briefing::{self, Reading, Receipt};
use crate::store::current::{Wanted, case_records, one, records_in_scope};
use crate::store::error::StoreError;
use crate::store::evaluation;
use crate::store::scope::{Scope, TeamScope};

/// The most receipts shown.
const RECEIPTS: usize = 200;

/// What an area's officers are told.
#[derive(Debug, Clone)]
pub struct Briefing {
    /// The area.
    pub neighbourhood_ref: Ref,
    /// Its name.
    pub neighbourhood: String,
    /// Whom to know of, in the order of their references.
    pub offenders: Vec<Briefed>,
}

/// What they are told of one offender.
#[derive(Debug, Clone)]
pub struct Briefed {
    /// The offender.
    pub offender_ref: Ref,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Date of birth.
    pub date_of_birth: Option<CivilDate>,
    /// In the community, or missing.
    pub status: OffenderStatus,
    /// The overall level of the current ARMS assessment.
    pub risk: Option<RiskLevel>,
    /// In reactive management: nobody visits, and what officers see in the street counts the more.
    pub reactive_management: bool,
    /// Where the offender lives.
    pub address: Option<Address>,
    /// The orders in force with their conditions.
    pub orders: Vec<BriefedOrder>,
    /// Warnings for whoever meets them.
    pub warning_markers: Vec<String>,
    /// Whom to tell: the offender manager.
    pub manager: Option<String>,
}

/// An order in force.
#[derive(Debug, Clone)]
pub struct BriefedOrder {
    /// Its kind.
    pub kind: OrderKind,
    /// Its conditions.
    pub conditions: Vec<String>,
    /// Its last day; none where it has no end.
    pub ends_on: Option<CivilDate>,
}

/// Reads an area's briefing; nothing where there is no such area that the reader polices or supervises.
///
/// # Errors
/// When the store fails.
pub fn briefing(store: &Store, reader: &Reader, neighbourhood: &Ref) -> Result<Option<Briefing>, StoreError> {
    let (act, at) = ("neighbourhood_briefing.read", reader.clock.moment());
    store.transaction_that_writes(|connection| {
        let force = &reader.person.force;
        let Some(area) = area(connection, reader, neighbourhood, act)? else { return Ok(None) };
        let file = cases_of(connection, reader, neighbourhood)?;
        let offenders: Vec<Briefed> = file
            .cases
            .values()
            .filter(|case| case.offender.is_briefed_in(neighbourhood, at.today()))
            .map(|case| Briefed::of(case, &file, at))
            .collect();
        let refs: Vec<Ref> = offenders.iter().map(|briefed| briefed.offender_ref.clone()).collect();
        let reading = Reading {
            force,
            neighbourhood,
            reader: &Actor::Person(reader.person.clone()).to_string(),
            officer: reader.person.officer_ref.as_ref(),
            read_at: at.now(),
            offenders: &refs,
        };
        briefing::append(connection, &reading)?;
        if reader.person.role == Role::NeighbourhoodOfficer {
            evaluation::request(connection, force, at.now())?;
        }
        let detail = json!({ "count": refs.len(), "refs": refs });
        reader.note(connection, act, Some((RecordKind::Neighbourhood, neighbourhood)), detail)?;
        Ok(Some(Briefing { neighbourhood_ref: neighbourhood.clone(), neighbourhood: area.name, offenders }))
    })
}

/// The newest readings of an area's briefing: that its officers were told, and when. Never a measure of anybody.
///
/// # Errors
/// When the store fails.
pub fn receipts(store: &Store, reader: &Reader, neighbourhood: &Ref) -> Result<Option<Vec<Receipt>>, StoreError> {
    let act = "neighbourhood_briefing.receipts";
    store.transaction_that_writes(|connection| {
        if area(connection, reader, neighbourhood, act)?.is_none() {
            return Ok(None);
        }
        let found = briefing::receipts(connection, &reader.person.force, neighbourhood, RECEIPTS)?;
        let detail = json!({ "count": found.len() });
        reader.note(connection, act, Some((RecordKind::Neighbourhood, neighbourhood)), detail)?;
        Ok(Some(found))
    })
}

/// Whether the reader polices an area and its briefing tells them of an offender as things now stand. Where not, that is
/// put on record.
pub(super) fn may_tell_of(
    connection: &mut AnyConnection,
    reader: &Reader,
    neighbourhood: &Ref,
    offender: &Ref,
    act: &str,
) -> Result<bool, StoreError> {
    if area(connection, reader, neighbourhood, act)?.is_none() {
        return Ok(false);
    }
    let (scope, today) = (briefed_scope(reader), reader.clock.moment().today());
    let found = records_in_scope(connection, Wanted::one(RecordKind::Offender, &scope, offender))?.pop();
    let found = found.and_then(|held| Offender::of(held.record));
    let is_told_of = found.is_some_and(|offender| offender.is_briefed_in(neighbourhood, today));
    if !is_told_of {
        reader.note_refusal(connection, act, RecordKind::Offender, offender)?;
    }
    Ok(is_told_of)
}

/// The area, where it is one that the reader polices, or they supervise cases.
pub(super) fn area(
    connection: &mut AnyConnection,
    reader: &Reader,
    neighbourhood: &Ref,
    act: &str,
) -> Result<Option<Neighbourhood>, StoreError> {
    let person = &reader.person;
    let is_within_reach = person.role != Role::NeighbourhoodOfficer || person.neighbourhoods.contains(neighbourhood);
    let found = one(connection, &person.force, RecordKind::Neighbourhood, neighbourhood)?;
    let area = found.filter(|_| is_within_reach).and_then(|held| Neighbourhood::of(held.record));
    if area.is_none() {
        reader.note_refusal(connection, act, RecordKind::Neighbourhood, neighbourhood)?;
    }
    Ok(area)
}

/// The cases that the reader may be told of: whoever polices an area, those of every team; limited-access cases only where
/// they are admitted.
fn briefed_scope(reader: &Reader) -> Scope {
    let own = reader.person.case_scope();
    match reader.person.role {
        Role::NeighbourhoodOfficer => Scope { teams: TeamScope::All, ..own },
        Role::OffenderManager
        | Role::Supervisor
        | Role::DetectiveInspector
        | Role::RecordsSystem
        | Role::Auditor
        | Role::Administrator => own,
    }
}

/// The cases of an area that the reader may be told of.
fn cases_of(connection: &mut AnyConnection, reader: &Reader, neighbourhood: &Ref) -> Result<ForceFile, StoreError> {
    let scope = briefed_scope(reader);
    let mut living_there = Vec::new();
    let mut builder = ForceFileBuilder::default();
    for held in records_in_scope(connection, Wanted::all(RecordKind::Offender, &scope))? {
        let area = Offender::of(held.record).and_then(|offender| offender.neighbourhood_ref);
        if area.as_ref() == Some(neighbourhood) {
            living_there.push(held.subject);
        }
    }
    for offender in &living_there {
        case_records(connection, &scope.force, offender, |held| builder.add(held))?;
    }
    let refs: Vec<&Ref> = living_there.iter().collect();
    live_allocation_versions_of(connection, &scope.force, &refs, |held| builder.add_allocation(held))?;
    for officer in records_in_scope(connection, Wanted::all(RecordKind::Officer, &Scope::whole(&scope.force)))? {
        builder.add(officer);
    }
    Ok(builder.build())
}

impl Briefed {
    fn of(case: &CaseFile, force: &ForceFile, at: Moment) -> Self {
        let manager = case.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        let in_force = case.records.orders.iter().filter(|held| held.record.is_in_force(at.today()));
        let order = |order: &crate::domain::order::Order| BriefedOrder {
            kind: order.kind,
            conditions: order.conditions.clone(),
            ends_on: order.ends_on,
        };
        Self {
            offender_ref: case.offender_ref.clone(),
            given_name: case.offender.given_name.clone(),
            family_name: case.offender.family_name.clone(),
            aliases: case.offender.aliases.clone(),
            date_of_birth: case.offender.date_of_birth,
            status: case.offender.status,
            risk: case.arms_level(at),
            reactive_management: case.reactive_spell(at).is_some(),
            address: case.current_address(at).map(|held| held.record.clone()),
            orders: in_force.map(|held| order(&held.record)).collect(),
            warning_markers: case.offender.warning_markers.clone(),
            manager: manager.and_then(|manager| force.officers.get(manager)).map(|officer| officer.name.clone()),
        }
    }
}
