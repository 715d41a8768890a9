//! What was logged before there were chains becomes their first entries, in the order of its time.

use diesel::prelude::*;

use super::entry::chain_of;
use super::{StoredAuditEntry, link};
use crate::domain::audit_act::Operation;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::schema::audit_entry_before_chain as earlier;
use crate::store::types::{DbId, DbInstant, DbJson};

/// Entries taken at a time.
const PAGE: i64 = 500;

type Row = (DbId, DbInstant, String, String, Option<String>, Option<String>, Option<String>, DbJson);

/// Chains all of them.
///
/// # Errors
/// When a statement fails; nothing has moved then.
pub fn take_in(connection: &mut AnyConnection) -> Result<(), StoreError> {
    loop {
        let rows: Vec<Row> = earlier::table
            .order((earlier::at, earlier::id))
            .limit(PAGE)
            .select((
                earlier::id,
                earlier::at,
                earlier::actor,
                earlier::act,
                earlier::force,
                earlier::subject_kind,
                earlier::subject,
                earlier::detail,
            ))
            .load(connection)?;
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<DbId> = rows.iter().map(|row| row.0).collect();
        for (id, at, actor, act, force, subject_kind, subject, detail) in rows {
            let entry = StoredAuditEntry {
                id: id.0,
                at: at.get(),
                operation: Operation::of(&act).as_str().to_owned(),
                chain: chain_of(force.as_deref()),
                actor,
                act,
                force,
                subject: subject_kind.zip(subject),
                reason: None,
                detail: detail.0,
                sequence: 0,
                previous_hash: String::new(),
                hash: String::new(),
            };
            link(connection, entry)?;
        }
        diesel::delete(earlier::table.filter(earlier::id.eq_any(ids))).execute(connection)?;
    }
}
