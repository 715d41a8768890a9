//! The audit as its auditor reads it: one force's chain, the newest entry first.

use diesel::prelude::*;

use super::entry::{StoredAuditEntry, chain_of};
use crate::domain::audit_act::Operation;
use crate::domain::calendar::Instant;
use crate::store::backend::{AnyConnection, ROWS_A_STATEMENT};
use crate::store::error::StoreError;
use crate::store::schema::audit_entry;
use crate::store::types::{DbId, DbInstant, DbJson};

/// What narrows a list of entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only from then on.
    pub from: Option<Instant>,
    /// Only before then.
    pub before: Option<Instant>,
    /// Only by this actor: role and subject.
    pub actor: Option<String>,
    /// Only this act.
    pub act: Option<String>,
    /// Only on things of this kind.
    pub subject_kind: Option<String>,
    /// Only on what has this reference.
    pub subject: Option<String>,
    /// Only what counts as this.
    pub operation: Option<Operation>,
}

#[derive(Queryable)]
struct Row {
    id: DbId,
    at: DbInstant,
    actor: String,
    act: String,
    operation: String,
    force: Option<String>,
    subject_kind: Option<String>,
    subject: Option<String>,
    reason: Option<String>,
    detail: DbJson,
    chain: String,
    sequence: i64,
    previous_hash: String,
    hash: String,
}

impl From<Row> for StoredAuditEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            at: row.at.get(),
            actor: row.actor,
            act: row.act,
            operation: row.operation,
            force: row.force,
            subject: row.subject_kind.zip(row.subject),
            reason: row.reason,
            detail: row.detail.0,
            chain: row.chain,
            sequence: row.sequence,
            previous_hash: row.previous_hash,
            hash: row.hash,
        }
    }
}

macro_rules! columns {
    () => {
        (
            audit_entry::id,
            audit_entry::at,
            audit_entry::actor,
            audit_entry::act,
            audit_entry::operation,
            audit_entry::force,
            audit_entry::subject_kind,
            audit_entry::subject,
            audit_entry::reason,
            audit_entry::detail,
            audit_entry::chain,
            audit_entry::sequence,
            audit_entry::previous_hash,
            audit_entry::hash,
        )
    };
}

/// A page of a force's entries, at most `limit`, before a place in its chain.
///
/// # Errors
/// When the statement fails, or an entry cannot be read.
pub fn list(
    connection: &mut AnyConnection,
    force: &str,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<StoredAuditEntry>, StoreError> {
    let mut query = audit_entry::table.filter(audit_entry::chain.eq(chain_of(Some(force)))).into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(audit_entry::at.ge(DbInstant::from(from)));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_entry::at.lt(DbInstant::from(before)));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_entry::actor.eq(actor));
    }
    if let Some(act) = &filter.act {
        query = query.filter(audit_entry::act.eq(act));
    }
    if let Some(kind) = &filter.subject_kind {
        query = query.filter(audit_entry::subject_kind.eq(kind));
    }
    if let Some(subject) = &filter.subject {
        query = query.filter(audit_entry::subject.eq(subject));
    }
    if let Some(operation) = filter.operation {
        query = query.filter(audit_entry::operation.eq(operation.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(audit_entry::sequence.lt(before));
    }
    let rows: Vec<Row> = query
        .order(audit_entry::sequence.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(columns!())
        .load(connection)?;
    Ok(rows.into_iter().map(StoredAuditEntry::from).collect())
}

/// The entries of a force on some things of a kind, oldest first.
///
/// # Errors
/// When the statement fails, or an entry cannot be read.
pub fn about(
    connection: &mut AnyConnection,
    force: &str,
    subject_kind: &str,
    subjects: &[String],
) -> Result<Vec<StoredAuditEntry>, StoreError> {
    let mut found = Vec::new();
    for subjects in subjects.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<Row> = audit_entry::table
            .filter(audit_entry::chain.eq(chain_of(Some(force))))
            .filter(audit_entry::subject_kind.eq(subject_kind))
            .filter(audit_entry::subject.eq_any(subjects))
            .order(audit_entry::sequence)
            .select(columns!())
            .load(connection)?;
        found.extend(rows.into_iter().map(StoredAuditEntry::from));
    }
    Ok(found)
}

/// Every act that has been logged.
///
/// # Errors
/// When the statement fails.
pub fn acts(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    Ok(audit_entry::table.select(audit_entry::act).distinct().load(connection)?)
}

pub(super) fn all_of(connection: &mut AnyConnection, chain: &str) -> Result<Vec<StoredAuditEntry>, StoreError> {
    let rows: Vec<Row> = audit_entry::table
        .filter(audit_entry::chain.eq(chain))
        .order(audit_entry::sequence)
        .select(columns!())
        .load(connection)?;
    Ok(rows.into_iter().map(StoredAuditEntry::from).collect())
}

/// The first and last place of a force's entries in a span of time; nothing where there are none.
///
/// # Errors
/// When the statement fails.
pub fn span(
    connection: &mut AnyConnection,
    force: &str,
    from: Option<Instant>,
    before: Option<Instant>,
) -> Result<Option<(i64, i64)>, StoreError> {
    use diesel::dsl::{max, min};
    let mut query = audit_entry::table.filter(audit_entry::chain.eq(chain_of(Some(force)))).into_boxed();
    if let Some(from) = from {
        query = query.filter(audit_entry::at.ge(DbInstant::from(from)));
    }
    if let Some(before) = before {
        query = query.filter(audit_entry::at.lt(DbInstant::from(before)));
    }
    let (first, last): (Option<i64>, Option<i64>) =
        query.select((min(audit_entry::sequence), max(audit_entry::sequence))).first(connection)?;
    Ok(first.zip(last))
}
