//! Suspected breaches: the lapses of a force's duties, and filing those that are new for a person to decide. The same
//! lapse is filed once, also where it was discounted or withdrawn since.

use serde_json::json;
use uuid::Uuid;

use super::acting::Draft;
use super::actor::Actor;
use crate::domain::as_at::AsAt;
use crate::domain::case_file::{CaseFile, ForceFile, ForceFileBuilder};
use crate::domain::moment::Moment;
use crate::domain::notification_duty::suspicion::{SuspectedBreach, suspected_breaches};
use crate::domain::notification_duty::{DutyFacts, NotificationRules};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::status_history;
use crate::domain::suspicion::Suspicion;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::current::{case_records, is_known};
use crate::store::error::StoreError;
use crate::store::own_entry::{self, NewEntry};
use crate::store::record;
use crate::store::status::status_versions_of_force;

/// The act.
const ACT: &str = "breach.suspect";

/// Under which the references of suspected breaches are derived (RFC 9562, version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x0f2d_7c1e_52a4_4f6b_9b0e_6d1c_3a98_e471);

/// Every lapse in a force that a person has to look at, on file or not, by offender.
///
/// # Errors
/// When the store fails.
pub fn suspicions_of_force(
    connection: &mut AnyConnection,
    force: &str,
    file: &ForceFile,
    at: Moment,
    rules: &NotificationRules,
) -> Result<Vec<(Ref, SuspectedBreach)>, StoreError> {
    let versions = status_versions_of_force(connection, force, AsAt::Now)?;
    let of_case = |(offender, case): (&Ref, &CaseFile)| {
        let spells = versions.get(offender).map(|versions| status_history(versions)).unwrap_or_default();
        let found = suspected_breaches(DutyFacts::of_case(case, &spells), at, rules).into_iter();
        found.map(|found| (offender.clone(), found)).collect::<Vec<_>>()
    };
    Ok(file.cases.iter().flat_map(of_case).collect())
}

/// Files the lapses of a force that are not on file yet, within the transaction that evaluates its flags; how many there
/// were of them.
///
/// # Errors
/// When the store fails.
pub(super) fn file_suspicions(
    connection: &mut AnyConnection,
    force: &str,
    file: &ForceFile,
    at: Moment,
    rules: &NotificationRules,
    actor: &Actor,
) -> Result<usize, StoreError> {
    let found = suspicions_of_force(connection, force, file, at, rules)?;
    let new: Vec<Suspicion> = found
        .into_iter()
        .map(|(offender, found)| Suspicion::of(offender, found))
        .filter(|suspicion| file.cases.get(&suspicion.offender_ref).is_some_and(|case| !suspicion.is_on_file(case)))
        .collect();
    enter(connection, force, at, actor, &new)
}

/// The case is read again once nobody else can enter anything: somebody may have entered that very breach meanwhile.
fn enter(
    connection: &mut AnyConnection,
    force: &str,
    at: Moment,
    actor: &Actor,
    suspicions: &[Suspicion],
) -> Result<usize, StoreError> {
    if suspicions.is_empty() {
        return Ok(0);
    }
    record::take_turn(connection)?;
    let entered_by = &actor.to_string();
    let mut filed = Vec::new();
    for suspicion in suspicions {
        let subject = reference(suspicion)?;
        if is_known(connection, force, RecordKind::Breach, &subject)? {
            continue;
        }
        let mut builder = ForceFileBuilder::default();
        case_records(connection, force, &suspicion.offender_ref, |held| builder.add(held))?;
        let opened = builder.build();
        let is_new = opened.cases.get(&suspicion.offender_ref).is_some_and(|case| !suspicion.is_on_file(case));
        if !is_new {
            continue;
        }
        let Draft { kind, change, .. } = Draft::new(subject.clone(), suspicion.breach(at.now()));
        let new = NewEntry { force, kind, subject: &subject, change, act: ACT, entered_at: at.now(), entered_by };
        own_entry::append(connection, new)?;
        filed.push(subject);
    }
    if !filed.is_empty() {
        let detail = json!({ "count": filed.len(), "refs": filed });
        let entry = AuditEntry { at: at.now(), actor: entered_by, act: ACT, force: Some(force), subject: None, detail };
        audit::append(connection, entry)?;
    }
    Ok(filed.len())
}

/// The reference of a suspected breach: the same for the same lapse.
fn reference(suspicion: &Suspicion) -> Result<Ref, StoreError> {
    let Suspicion { offender_ref, lapse } = suspicion;
    let lapse = format!("{offender_ref}\n{}\n{}", lapse.duty, lapse.triggered_on);
    let id = Uuid::new_v5(&NAMESPACE, lapse.as_bytes());
    Ref::new(format!("suspected-{id}"))
        .map_err(|error| StoreError::Unreadable { what: "reference", detail: error.to_string() })
}
