//! Approving that a road service outside of private networks is asked: an administrator's act, for their own force.

use serde_json::{Value, json};
use uuid::Uuid;

use super::RoadService;
use crate::casework::access::why;
use crate::casework::acting::{ActError, on_record_where_refused};
use crate::casework::actor::Actor;
use crate::casework::note;
use crate::casework::reading::Reader;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::road_service_approval::NewApproval;
use crate::domain::words::Words;
use crate::planning::road_matrix::FallBack;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::road_service_approval::{self, Approval, Withdrawal};

/// The road service as an administrator sees it.
#[derive(Debug, Clone)]
pub struct RoadServiceStatus {
    /// Its host; none where no service is configured.
    pub host: Option<String>,
    /// Why the answering process could not use it when it last asked.
    pub last_fall_back: Option<FallBack>,
    /// The force's approvals, the newest first.
    pub approvals: Vec<Approval>,
}

/// How the road service stands, and what the force approved.
///
/// # Errors
/// When the store fails.
pub fn status(store: &Store, service: &RoadService, reader: &Reader) -> Result<RoadServiceStatus, StoreError> {
    let approvals = store.transaction_that_writes(|connection| {
        note(connection, reader, "road_service.read", None, json!({}))?;
        road_service_approval::of_force(connection, &reader.person.force)
    })?;
    let host = service.host().map(str::to_owned);
    Ok(RoadServiceStatus { host, last_fall_back: service.last_fall_back(), approvals })
}

/// Approves that the configured service is asked although its host is on no private network.
///
/// # Errors
/// When the rule refuses it (see [`NewApproval::check`]), an approval of the host holds already, or the store fails.
pub fn approve(store: &Store, service: &RoadService, reader: &Reader, new: &NewApproval) -> Result<Approval, ActError> {
    const ACT: &str = "road_service.approve";
    let done = store.transaction_that_writes(|connection| -> Result<Option<Approval>, ActError> {
        let (today, force) = (reader.clock.moment().today(), &reader.person.force);
        new.check(service.host(), today)?;
        if road_service_approval::holds(connection, force, &new.host.to_ascii_lowercase(), today)? {
            let detail = "an approval of the host holds already; withdraw it first to give it another end";
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let (now, by) = (reader.clock.now(), Actor::Person(reader.person.clone()).to_string());
        let approval = road_service_approval::append(connection, force, new, (now, &by))?;
        let detail = json!({ "host": approval.host, "expires_on": approval.expires_on });
        note(connection, reader, ACT, Some(approval.id), detail)?;
        Ok(Some(approval))
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

/// Withdraws an approval: from then on its host is not asked.
///
/// # Errors
/// When the force has none of that id, it was withdrawn already, or the store fails.
pub fn withdraw(store: &Store, reader: &Reader, id: Uuid, reason: &Words) -> Result<Approval, ActError> {
    const ACT: &str = "road_service.withdraw";
    let done = store.transaction_that_writes(|connection| -> Result<Option<Approval>, ActError> {
        let force = &reader.person.force;
        let known = road_service_approval::of_force(connection, force)?;
        let Some(approval) = known.into_iter().find(|approval| approval.id == id) else {
            note(connection, reader, "access.refused", Some(id), json!({ "act": ACT, "why": why(false) }))?;
            return Ok(None);
        };
        let by = Actor::Person(reader.person.clone()).to_string();
        let withdrawal = Withdrawal { at: reader.clock.now(), by, reason: reason.to_string() };
        if !road_service_approval::withdraw(connection, force, id, &withdrawal)? {
            let detail = "the approval was withdrawn already";
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        note(connection, reader, ACT, Some(id), json!({ "host": approval.host }))?;
        Ok(Some(Approval { withdrawal: Some(withdrawal), ..approval }))
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

fn note(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    approval: Option<Uuid>,
    detail: Value,
) -> Result<(), StoreError> {
    let (actor, id) = (Actor::Person(reader.person.clone()), approval.map(|id| id.to_string()));
    let subject = id.as_deref().map(|id| ("road_service_approval", id));
    note::note(connection, (reader.clock.now(), &actor), act, (&reader.person.force, subject), detail)
}
