//! Who read or changed what, written in the same transaction as the act, as a link of a chain of hashes:
//! one chain a force, and one of the service's own. Entries are appended, and nothing else.

pub mod chain;
pub(super) mod earlier;
pub mod encoding;
pub mod entry;
pub mod head;
pub mod heads;
pub mod list;

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::audit_entry;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::audit_act::Operation;
use crate::domain::calendar::Instant;
use crate::domain::reading_reason::ReadingReason;
use entry::chain_of;

pub use entry::StoredAuditEntry;

/// One act by somebody.
#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: &'a str,
    /// What they did, as a stable name such as `records.apply`: a row of [`crate::domain::audit_act::ACTS`].
    pub act: &'a str,
    /// In which force, where it is one.
    pub force: Option<&'a str>,
    /// What it was done to: its kind and reference.
    pub subject: Option<(&'a str, &'a str)>,
    /// Facts about the act; never personal data.
    pub detail: Value,
}

/// Appends an entry to its chain. Others who append to that chain wait from here until the transaction
/// ends: append when the work is done, and several forces' entries in the order of their names.
///
/// # Errors
/// When a statement fails; the transaction cannot be kept then.
pub fn append(connection: &mut AnyConnection, entry: AuditEntry<'_>) -> Result<(), StoreError> {
    append_with_reason(connection, entry, None)
}

/// The same, with the reason that a reader gave.
///
/// # Errors
/// As [`append`].
pub fn append_with_reason(
    connection: &mut AnyConnection,
    entry: AuditEntry<'_>,
    reason: Option<ReadingReason>,
) -> Result<(), StoreError> {
    let new = StoredAuditEntry {
        id: Uuid::now_v7(),
        at: DbInstant::from(entry.at).get(),
        actor: entry.actor.to_owned(),
        act: entry.act.to_owned(),
        operation: Operation::of(entry.act).as_str().to_owned(),
        force: entry.force.map(str::to_owned),
        subject: entry.subject.map(|(kind, subject)| (kind.to_owned(), subject.to_owned())),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        detail: entry.detail,
        chain: chain_of(entry.force),
        sequence: 0,
        previous_hash: String::new(),
        hash: String::new(),
    };
    link(connection, new)
}

/// Makes an entry the last link of its chain and keeps it.
fn link(connection: &mut AnyConnection, mut new: StoredAuditEntry) -> Result<(), StoreError> {
    let (sequence, previous_hash) = chain::take_next_place(connection, &new.chain)?;
    new.sequence = sequence;
    new.previous_hash = previous_hash;
    new.hash = new.recomputed_hash();
    let (subject_kind, subject) = new.subject.unzip();
    chain::set_head_hash(connection, &new.chain, &new.hash)?;
    diesel::insert_into(audit_entry::table)
        .values((
            audit_entry::id.eq(DbId(new.id)),
            audit_entry::at.eq(DbInstant::from(new.at)),
            audit_entry::actor.eq(new.actor),
            audit_entry::act.eq(new.act),
            audit_entry::force.eq(new.force),
            audit_entry::subject_kind.eq(subject_kind),
            audit_entry::subject.eq(subject),
            audit_entry::detail.eq(DbJson(new.detail)),
            audit_entry::operation.eq(new.operation),
            audit_entry::reason.eq(new.reason),
            audit_entry::chain.eq(new.chain),
            audit_entry::sequence.eq(new.sequence),
            audit_entry::previous_hash.eq(new.previous_hash),
            audit_entry::hash.eq(new.hash),
        ))
        .execute(connection)?;
    Ok(())
}

/// The entries of a force, oldest first.
///
/// # Errors
/// When the statement fails, or an entry cannot be read.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<StoredAuditEntry>, StoreError> {
    list::all_of(connection, &chain_of(Some(force)))
}

/// Makes this transaction a writer before it reads anything: a write of nothing. PostgreSQL needs none.
///
/// # Errors
/// When the statement fails.
pub(super) fn take_turn(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if let AnyConnection::Sqlite(sqlite) = connection {
        diesel::sql_query("UPDATE audit_head SET sequence = sequence WHERE 0").execute(sqlite)?;
    }
    Ok(())
}
