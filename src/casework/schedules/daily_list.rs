//! The daily list: an officer's visits on a day, in order, with what the officer needs at the door.
//!
//! An offender manager reads their own list and no other; a supervisor those of their teams.

use serde::Serialize;
use serde_json::{Value, json};

use super::ScheduleError;
use crate::casework::access::{is_plain, why};
use crate::casework::actor::{Actor, Person, Role};
use crate::casework::clock::Clock;
use crate::domain::address::Address;
use crate::domain::calendar::CivilDate;
use crate::domain::offender::{Offender, OffenderStatus};
use crate::domain::officer::Officer;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, records_in_scope};
use crate::store::error::StoreError;
use crate::store::limited_access::is_hidden;
use crate::store::planned_visit::{PlannedVisitRow, officer_visits};
use crate::store::scope::{Scope, TeamScope};

/// An officer as a list names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedOfficer {
    /// Who.
    pub officer_ref: Ref,
    /// By name; not known where the record is missing.
    pub name: Option<String>,
}

/// Whom the officer visits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedOffender {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Warnings for whoever visits.
    pub warning_markers: Vec<String>,
}

/// Where the officer goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedAddress {
    /// Its lines.
    pub lines: Vec<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// What has changed since the visit was accepted, so that it may not be made as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The offender's record is gone, or another team is responsible.
    NoLongerInThisTeam,
    /// The case is of limited access, and the officer who reads the list is not admitted to it.
    LimitedAccess,
    /// The offender is not in the community.
    NotInCommunity,
    /// The offender does not live there that day.
    AddressChanged,
    /// An officer of the crew is away or out of post that day.
    OfficerNotOnDuty,
}

/// One visit on the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedVisit {
    /// The planned visit.
    pub visit_id: uuid::Uuid,
    /// The proposal it was accepted with.
    pub schedule_id: uuid::Uuid,
    /// From, local.
    pub start: String,
    /// Until, local.
    pub end: String,
    /// Whom.
    pub offender_ref: String,
    /// By name; withheld where the offender is no longer in the care of the team.
    pub offender: Option<NamedOffender>,
    /// Where.
    pub address_ref: String,
    /// The address; withheld likewise.
    pub address: Option<NamedAddress>,
    /// Who goes.
    pub crew: Vec<NamedOfficer>,
    /// What has changed since it was accepted.
    pub doubts: Vec<Doubt>,
    /// The visit's risk, window, days overdue, travel before it, and why it is due; withheld likewise.
    #[serde(flatten)]
    pub reason: Value,
}

/// An officer's visits on a day, in order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DailyList {
    /// Whose.
    #[serde(flatten)]
    pub officer: NamedOfficer,
    /// The day.
    pub date: CivilDate,
    /// The visits, by time.
    pub visits: Vec<ListedVisit>,
}

/// An officer's visits on a day.
///
/// # Errors
/// [`ScheduleError::NotFound`] where there is no such officer within reach; or the store fails.
pub fn daily_list(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    force: &str,
    officer_ref: &Ref,
    date: CivilDate,
) -> Result<DailyList, ScheduleError> {
    let list = store.transaction_that_writes(|connection| -> Result<Option<DailyList>, ScheduleError> {
        let reach = reach(actor, force, officer_ref);
        let officer = match &reach {
            Some(scope) => officer(connection, scope, officer_ref)?,
            None => None,
        };
        let (Some(scope), Some(officer)) = (reach, officer) else {
            let exists = exists(connection, force, RecordKind::Officer, officer_ref)?;
            let asked_for = Some(officer_ref).filter(|_| exists || is_plain(officer_ref));
            let detail = json!({ "act": "daily_list.read", "why": why(exists) });
            note(connection, clock, actor, "access.refused", force, asked_for, detail)?;
            return Ok(None);
        };
        let rows = officer_visits(connection, &scope, officer_ref, date)?;
        let visits =
            rows.into_iter().map(|row| listed(connection, &scope, date, row)).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<&String> = visits.iter().map(|visit| &visit.offender_ref).collect();
        let detail = json!({ "date": date, "offenders": shown });
        note(connection, clock, actor, "daily_list.read", force, Some(officer_ref), detail)?;
        let officer = NamedOfficer { officer_ref: officer_ref.clone(), name: Some(officer.name) };
        Ok(Some(DailyList { officer, date, visits }))
    })?;
    list.ok_or(ScheduleError::NotFound)
}

/// The scope in which the actor may read that officer's list: an offender manager's own list alone,
/// whatever the team; otherwise the lists of the cases they may see.
fn reach(actor: &Actor, force: &str, officer_ref: &Ref) -> Option<Scope> {
    match actor {
        Actor::Operator | Actor::Job(_) => Some(Scope::whole(force)),
        Actor::Person(Person { force: own, .. }) if own != force => None,
        Actor::Person(person) if person.role == Role::OffenderManager => {
            let is_own = person.officer_ref.as_ref() == Some(officer_ref);
            is_own.then(|| Scope { teams: TeamScope::All, ..person.case_scope() })
        }
        Actor::Person(person) => Some(person.case_scope()),
    }
}

fn note(
    connection: &mut AnyConnection,
    clock: Clock,
    actor: &Actor,
    act: &str,
    force: &str,
    officer_ref: Option<&Ref>,
    detail: Value,
) -> Result<(), StoreError> {
    let subject = officer_ref.map(|officer_ref| (RecordKind::Officer.name(), officer_ref.as_str()));
    let entry = AuditEntry { at: clock.now(), actor: &actor.to_string(), act, force: Some(force), subject, detail };
    audit::append_with_reason(connection, entry, actor.reason())
}

/// One record of a kind, where it is in scope.
fn find(
    connection: &mut AnyConnection,
    scope: &Scope,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<Record>, StoreError> {
    let wanted = Wanted::one(kind, scope, subject);
    Ok(records_in_scope(connection, wanted)?.pop().map(|held| held.record))
}

fn officer(connection: &mut AnyConnection, scope: &Scope, subject: &Ref) -> Result<Option<Officer>, StoreError> {
    let found = find(connection, scope, RecordKind::Officer, subject)?;
    Ok(found.and_then(|record| if let Record::Officer(officer) = record { Some(officer) } else { None }))
}

/// A planned visit with names, as the records are now.
fn listed(
    connection: &mut AnyConnection,
    scope: &Scope,
    date: CivilDate,
    row: PlannedVisitRow,
) -> Result<ListedVisit, ScheduleError> {
    let whole = Scope::whole(&scope.force);
    let stored = |text: &str| {
        Ref::new(text).map_err(|error| StoreError::Unreadable { what: "reference", detail: error.to_string() })
    };
    let (offender_ref, team_ref) = (stored(&row.offender_ref)?, stored(&row.team_ref)?);
    let in_team = Scope { teams: TeamScope::Only([team_ref].into()), ..scope.clone() };
    let mut doubts = Vec::new();
    let offender = match find(connection, &in_team, RecordKind::Offender, &offender_ref)? {
        Some(Record::Offender(offender)) => Some(offender),
        Some(_) | None => None,
    };
    let address = match (&offender, find(connection, &whole, RecordKind::Address, &stored(&row.address_ref)?)?) {
        (Some(_), Some(Record::Address(address))) if address.offender_ref == offender_ref => Some(address),
        (_, _) => None,
    };
    match &offender {
        None if is_hidden(connection, scope, &offender_ref)? => doubts.push(Doubt::LimitedAccess),
        None => doubts.push(Doubt::NoLongerInThisTeam),
        Some(offender) if offender.status != OffenderStatus::Community => doubts.push(Doubt::NotInCommunity),
        Some(_) => {}
    }
    if offender.is_some() && !address.as_ref().is_some_and(|address| address.is_residence_on(date)) {
        doubts.push(Doubt::AddressChanged);
    }
    let mut crew = Vec::with_capacity(row.crew.len());
    for member in &row.crew {
        let officer_ref = stored(member)?;
        let officer = officer(connection, &whole, &officer_ref)?;
        let on_duty = officer.as_ref().is_some_and(|officer| officer.is_in_post(date) && !officer.is_absent(date));
        if !on_duty && !doubts.contains(&Doubt::OfficerNotOnDuty) {
            doubts.push(Doubt::OfficerNotOnDuty);
        }
        crew.push(NamedOfficer { officer_ref, name: officer.map(|officer| officer.name) });
    }
    // Why another team's offender is visited is that team's to know.
    let reason = if offender.is_some() { row.reason } else { json!({}) };
    Ok(ListedVisit {
        visit_id: row.id,
        schedule_id: row.proposal_id,
        start: row.starts_at,
        end: row.ends_at,
        offender_ref: row.offender_ref,
        offender: offender.map(named_offender),
        address_ref: row.address_ref,
        address: address.map(named_address),
        crew,
        doubts,
        reason,
    })
}

fn named_offender(offender: Offender) -> NamedOffender {
    let Offender { given_name, family_name, warning_markers, .. } = offender;
    NamedOffender { given_name, family_name, warning_markers }
}

fn named_address(address: Address) -> NamedAddress {
    let Address { lines, postcode, latitude, longitude, .. } = address;
    NamedAddress { lines, postcode, latitude, longitude }
}
