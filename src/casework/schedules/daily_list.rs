//! The daily list: an officer's visits on a day, in order, with what the officer needs at the door.
//!
//! An offender manager reads their own list and no other; a supervisor those of their teams.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::ScheduleError;
use crate::casework::access::{is_plain, why};
use crate::casework::actor::{Actor, Person, Role};
use crate::casework::clock::Clock;
use crate::casework::force_file;
use crate::casework::note::note as put_on_record;
use crate::domain::address::Address;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::case_file::ForceFile;
use crate::domain::moment::Moment;
use crate::domain::offender::Offender;
use crate::domain::officer::Officer;
use crate::domain::planned_visit::{Doubt, PlannedVisit, doubts};
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, records_in_scope};
use crate::store::error::StoreError;
use crate::store::limited_access::hidden;
use crate::store::merge::homes_of_force;
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
    /// The visit's risk, window, days overdue, travel before it, why it is due, why it is then and by whom (`chosen`), and who pinned it; withheld likewise.
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
            Some(scope) => {
                let found = records_in_scope(connection, Wanted::one(RecordKind::Officer, scope, officer_ref))?.pop();
                found.and_then(|held| Officer::of(held.record))
            }
            None => None,
        };
        let (Some(scope), Some(officer)) = (reach, officer) else {
            let exists = exists(connection, force, RecordKind::Officer, officer_ref)?;
            let asked_for = Some(officer_ref).filter(|_| exists || is_plain(officer_ref));
            let detail = json!({ "act": "daily_list.read", "why": why(exists) });
            note(connection, (clock.now(), actor), "access.refused", force, asked_for, detail)?;
            return Ok(None);
        };
        let rows = officer_visits(connection, &scope, officer_ref, date)?;
        let visits = listed(connection, &scope, clock.moment(), rows, is_own(actor, officer_ref))?;
        let shown: Vec<&String> = visits.iter().map(|visit| &visit.offender_ref).collect();
        let detail = json!({ "date": date, "offenders": shown });
        note(connection, (clock.now(), actor), "daily_list.read", force, Some(officer_ref), detail)?;
        let officer = NamedOfficer { officer_ref: officer_ref.clone(), name: Some(officer.name) };
        Ok(Some(DailyList { officer, date, visits }))
    })?;
    list.ok_or(ScheduleError::NotFound)
}

fn is_own(actor: &Actor, officer_ref: &Ref) -> bool {
    matches!(actor, Actor::Person(Person { officer_ref: Some(own), .. }) if own == officer_ref)
}

/// The scope in which the actor may read that officer's list: an offender manager's own list alone,
/// whatever the team; otherwise the lists of the cases they may see.
fn reach(actor: &Actor, force: &str, officer_ref: &Ref) -> Option<Scope> {
    match actor {
        Actor::Operator | Actor::Job(_) | Actor::ForceJob { .. } => Some(Scope::whole(force)),
        Actor::Person(person) if person.role == Role::OffenderManager => {
            is_own(actor, officer_ref).then(|| Scope { teams: TeamScope::All, ..person.case_scope() })
        }
        Actor::Person(person) => Some(person.case_scope()),
    }
}

fn note(
    connection: &mut AnyConnection,
    by: (Instant, &Actor),
    act: &str,
    force: &str,
    officer_ref: Option<&Ref>,
    detail: Value,
) -> Result<(), StoreError> {
    let subject = officer_ref.map(|officer_ref| (RecordKind::Officer.name(), officer_ref.as_str()));
    put_on_record(connection, by, act, (force, subject), detail)
}

/// Planned visits with names, as the records are now. A case that is hidden from the reader is left out, but of the reader's own list:
/// there it stands without a name, so that the officer learns that they do not go.
fn listed(
    connection: &mut AnyConnection,
    scope: &Scope,
    at: Moment,
    rows: Vec<PlannedVisitRow>,
    is_own: bool,
) -> Result<Vec<ListedVisit>, ScheduleError> {
    let visits = rows.iter().map(PlannedVisitRow::visit).collect::<Result<Vec<_>, _>>()?;
    let homes = homes_of_force(connection, &scope.force)?;
    let home = |visit: &PlannedVisit| homes.get(&visit.offender_ref).unwrap_or(&visit.offender_ref).clone();
    let offenders: BTreeSet<Ref> = visits.iter().map(home).collect();
    let offenders: Vec<&Ref> = offenders.iter().collect();
    let force = force_file::open_cases(connection, &scope.force, &offenders)?;
    let hidden = hidden(connection, scope)?.unwrap_or_default();
    let list = rows.into_iter().zip(&visits).filter_map(|(row, visit)| {
        let is_hidden = hidden.iter().any(|case| case == visit.offender_ref.as_str());
        (is_own || !is_hidden).then(|| list_one(&force, at, row, visit, is_hidden))
    });
    Ok(list.collect())
}

fn list_one(force: &ForceFile, at: Moment, row: PlannedVisitRow, visit: &PlannedVisit, is_hidden: bool) -> ListedVisit {
    let case = force.case(&visit.offender_ref);
    let shown = case.filter(|case| !is_hidden && case.offender.team_ref == visit.team_ref);
    let doubts =
        if is_hidden { vec![Doubt::LimitedAccess] } else { doubts(visit.arrangement(), case, &force.officers, at) };
    let named = |officer_ref: &Ref| NamedOfficer {
        officer_ref: officer_ref.clone(),
        name: force.officers.get(officer_ref).map(|officer| officer.name.clone()),
    };
    ListedVisit {
        visit_id: row.id,
        schedule_id: row.proposal_id,
        start: row.starts_at,
        end: row.ends_at,
        offender_ref: row.offender_ref,
        offender: shown.map(|case| named_offender(&case.offender)),
        address_ref: row.address_ref,
        address: shown
            .and_then(|case| case.records.addresses.iter().find(|held| held.subject == visit.address_ref))
            .map(|held| named_address(&held.record)),
        crew: visit.crew.iter().map(named).collect(),
        doubts,
        // Why another team's offender is visited is that team's to know.
        reason: if shown.is_some() { row.reason } else { json!({}) },
    }
}

fn named_offender(offender: &Offender) -> NamedOffender {
    let Offender { given_name, family_name, warning_markers, .. } = offender.clone();
    NamedOffender { given_name, family_name, warning_markers }
}

fn named_address(address: &Address) -> NamedAddress {
    let Address { lines, postcode, latitude, longitude, .. } = address.clone();
    NamedAddress { lines, postcode, latitude, longitude }
}
