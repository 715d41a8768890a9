//! Acting on a visit of an accepted schedule.

use serde_json::json;
use uuid::Uuid;

use crate::casework::access::why;
use crate::casework::acting::{ActError, Acting, CaseInHand, Draft, Written, on_case};
use crate::casework::case_records::is_in_scope;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::merge::home_of;
use crate::store::planned_visit::{PlannedVisitRow, planned};

fn stored(text: &str) -> Result<Ref, StoreError> {
    Ref::new(text).map_err(|error| StoreError::Unreadable { what: "reference", detail: error.to_string() })
}

/// Acts on the case of a planned visit that the person may see, under whichever record it goes on by now.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub(super) fn on_planned_visit(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    id: Uuid,
    decide: impl FnOnce(&CaseInHand<'_>, &PlannedVisitRow, &Ref) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    let reader = acting.reader;
    let found = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
        let row = planned(connection, &reader.person.force, id)?;
        let exists = row.is_some();
        if let Some(row) = row {
            let offender = home_of(connection, &reader.person.force, &stored(&row.offender_ref)?)?;
            if is_in_scope(connection, reader, &offender)? {
                return Ok(Some((row, offender)));
            }
        }
        let detail = json!({ "act": act, "why": why(exists), "id": id });
        reader.note(connection, "access.refused", None, detail)?;
        Ok(None)
    })?;
    let (row, offender) = found.ok_or(ActError::NotFound)?;
    on_case(store, acting, act, &offender, |in_hand| decide(in_hand, &row, &offender))
}
