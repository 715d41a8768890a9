//! Reading the audit: for the auditor, their own force's alone, and on record like any other reading.

use serde_json::{Value, json};

use crate::casework::access::told;
use crate::casework::reading::Reader;
use crate::store::Store;
use crate::store::audit::StoredAuditEntry;
use crate::store::audit::list::{self, AuditFilter};
use crate::store::error::StoreError;

/// A page of entries.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The entries, the newest first.
    pub entries: Vec<StoredAuditEntry>,
    /// The place after which the list goes on, where it does.
    pub goes_on_before: Option<i64>,
}

/// The entries of the reader's force, narrowed by a filter: at most `limit` before a place in the chain.
///
/// # Errors
/// When the store fails.
pub fn entries(
    store: &Store,
    reader: &Reader,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: usize,
) -> Result<AuditPage, StoreError> {
    store.transaction_that_writes(|connection| {
        let force = &reader.person.force;
        let mut entries = list::list(connection, force, filter, before, limit.saturating_add(1))?;
        let goes_on = entries.len() > limit;
        entries.truncate(limit);
        let (newest, oldest) = (entries.first(), entries.last());
        let detail = json!({
            "filter": words(filter),
            "count": entries.len(),
            "from": oldest.map(|entry| entry.sequence),
            "until": newest.map(|entry| entry.sequence),
        });
        let goes_on_before = oldest.filter(|_| goes_on).map(|entry| entry.sequence);
        reader.note(connection, "audit.read", None, detail)?;
        Ok(AuditPage { entries, goes_on_before })
    })
}

/// A filter as the audit tells it; a text that may be a name is only told of.
fn words(filter: &AuditFilter) -> Value {
    json!({
        "from": filter.from, "until": filter.before, "operation": filter.operation.map(|operation| operation.as_str()),
        "actor": told(filter.actor.as_ref()), "act": told(filter.act.as_ref()),
        "subject_kind": told(filter.subject_kind.as_ref()), "subject": told(filter.subject.as_ref()),
    })
}
