//! Who read or changed what, written in the same transaction as the act.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::audit_entry;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;

/// One act by somebody.
#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: &'a str,
    /// What they did, as a stable name such as `records.import`.
    pub act: &'a str,
    /// In which force, where it is one.
    pub force: Option<&'a str>,
    /// What it was done to: its kind and reference.
    pub subject: Option<(&'a str, &'a str)>,
    /// Facts about the act; never personal data.
    pub detail: Value,
}

/// Appends an entry.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, entry: AuditEntry<'_>) -> Result<(), StoreError> {
    diesel::insert_into(audit_entry::table)
        .values((
            audit_entry::id.eq(DbId(Uuid::now_v7())),
            audit_entry::at.eq(DbInstant::from(entry.at)),
            audit_entry::actor.eq(entry.actor),
            audit_entry::act.eq(entry.act),
            audit_entry::force.eq(entry.force),
            audit_entry::subject_kind.eq(entry.subject.map(|(kind, _)| kind)),
            audit_entry::subject.eq(entry.subject.map(|(_, subject)| subject)),
            audit_entry::detail.eq(DbJson(entry.detail)),
        ))
        .execute(connection)?;
    Ok(())
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAuditEntry {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What they did.
    pub act: String,
    /// What it was done to: its kind and reference.
    pub subject: Option<(String, String)>,
    /// Facts about the act.
    pub detail: Value,
}

/// The entries of a force, oldest first.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<StoredAuditEntry>, StoreError> {
    type Row = (DbInstant, String, String, Option<String>, Option<String>, DbJson);
    let rows: Vec<Row> = audit_entry::table
        .filter(audit_entry::force.eq(force))
        .order((audit_entry::at, audit_entry::id))
        .select((
            audit_entry::at,
            audit_entry::actor,
            audit_entry::act,
            audit_entry::subject_kind,
            audit_entry::subject,
            audit_entry::detail,
        ))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(at, actor, act, kind, subject, detail)| StoredAuditEntry {
            at: at.get(),
            actor,
            act,
            subject: kind.zip(subject),
            detail: detail.0,
        })
        .collect())
}

/// Makes this transaction a writer before it reads anything: a write of nothing. PostgreSQL needs none.
///
/// # Errors
/// When the statement fails.
pub(super) fn take_turn(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if let AnyConnection::Sqlite(sqlite) = connection {
        diesel::sql_query("UPDATE audit_entry SET act = act WHERE 0").execute(sqlite)?;
    }
    Ok(())
}
