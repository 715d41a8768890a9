//! Filing suspected breaches: a duty lapsed, and a person has to decide. The same lapse is filed once, also where it
//! was discounted or withdrawn since.

use serde_json::json;
use uuid::Uuid;

use super::acting::Draft;
use super::actor::Actor;
use super::clock::Clock;
use super::force_file::open_case;
use crate::domain::moment::Moment;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::suspicion::Suspicion;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::current::is_known;
use crate::store::error::StoreError;
use crate::store::own_entry::{self, NewEntry};
use crate::store::record;

/// The act, and the job that carries it out.
const ACT: &str = "breach.suspect";
const ACTOR: Actor = Actor::Job("suspicions");

/// Under which the references of suspected breaches are derived (RFC 9562, version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x0f2d_7c1e_52a4_4f6b_9b0e_6d1c_3a98_e471);

/// Files these suspicions of a force, those that are new; how many there were of them.
///
/// # Errors
/// When the store fails; nothing is filed then.
pub fn suspect(store: &Store, clock: Clock, force: &str, suspicions: &[Suspicion]) -> Result<usize, StoreError> {
    store.transaction_that_writes(|connection| file(connection, force, clock.moment(), suspicions))
}

/// The same within a transaction. The case is read again once nobody else can enter anything: somebody may have
/// entered that very breach meanwhile.
pub(super) fn file(
    connection: &mut AnyConnection,
    force: &str,
    at: Moment,
    suspicions: &[Suspicion],
) -> Result<usize, StoreError> {
    if suspicions.is_empty() {
        return Ok(0);
    }
    record::take_turn(connection)?;
    let mut filed = Vec::new();
    for suspicion in suspicions {
        let subject = reference(suspicion)?;
        if is_known(connection, force, RecordKind::Breach, &subject)? {
            continue;
        }
        let opened = open_case(connection, force, &suspicion.offender_ref)?;
        let is_new = opened.cases.get(&suspicion.offender_ref).is_some_and(|case| !suspicion.is_on_file(case));
        if !is_new {
            continue;
        }
        let Draft { kind, change, .. } = Draft::new(subject.clone(), suspicion.breach(at.now()));
        let entered_by = &ACTOR.to_string();
        let new = NewEntry { force, kind, subject: &subject, change, act: ACT, entered_at: at.now(), entered_by };
        own_entry::append(connection, new)?;
        filed.push(subject);
    }
    if !filed.is_empty() {
        let detail = json!({ "count": filed.len(), "refs": filed });
        let actor = &ACTOR.to_string();
        audit::append(
            connection,
            AuditEntry { at: at.now(), actor, act: ACT, force: Some(force), subject: None, detail },
        )?;
    }
    Ok(filed.len())
}

/// The reference of a suspected breach: the same for the same lapse.
fn reference(suspicion: &Suspicion) -> Result<Ref, StoreError> {
    let Suspicion { offender_ref, lapse } = suspicion;
    let lapse = format!("{offender_ref}\n{}\n{}", lapse.duty, lapse.due_on);
    let id = Uuid::new_v5(&NAMESPACE, lapse.as_bytes());
    Ref::new(format!("suspected-{id}"))
        .map_err(|error| StoreError::Unreadable { what: "reference", detail: error.to_string() })
}
