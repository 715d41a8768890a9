//! The chains themselves: their next places, their heads, their entries as the database holds them, and
//! what was logged before there were chains.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use uuid::Uuid;

use super::encoding::BEFORE_THE_FIRST;
use super::entry::{StoredAuditEntry, written};
use crate::domain::calendar::Instant;
use crate::store::backend::{AnyConnection, on_backend};
use crate::store::error::StoreError;
use crate::store::schema::{audit_entry, audit_head};

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ChainEnd {
    /// The chain.
    pub chain: String,
    /// How many entries it has.
    pub sequence: i64,
    /// The hash of the last.
    pub hash: String,
}

/// The chain's next place, and the hash of the entry before it. The head's row is this transaction's
/// until it ends; the first statement is a write, so that on SQLite nobody else can come between.
pub(super) fn take_next_place(connection: &mut AnyConnection, chain: &str) -> Result<(i64, String), StoreError> {
    if let Some(next) = next_place(connection, chain)? {
        return Ok(next);
    }
    // PostgreSQL waits here for another transaction that begins the same chain.
    on_backend!(connection, c => {
        diesel::sql_query(
            "INSERT INTO audit_head (chain, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (chain) DO NOTHING",
        )
        .bind::<Text, _>(chain)
        .bind::<Text, _>(BEFORE_THE_FIRST)
        .execute(c)
    })?;
    next_place(connection, chain)?.ok_or_else(|| unreadable("the chain's head is not there after it was made"))
}

fn next_place(connection: &mut AnyConnection, chain: &str) -> Result<Option<(i64, String)>, StoreError> {
    Ok(diesel::update(audit_head::table.filter(audit_head::chain.eq(chain)))
        .set(audit_head::sequence.eq(audit_head::sequence + 1))
        .returning((audit_head::sequence, audit_head::hash))
        .get_result(connection)
        .optional()?)
}

pub(super) fn set_head_hash(connection: &mut AnyConnection, chain: &str, hash: &str) -> Result<(), StoreError> {
    diesel::update(audit_head::table.filter(audit_head::chain.eq(chain)))
        .set(audit_head::hash.eq(hash))
        .execute(connection)?;
    Ok(())
}

/// The end of every chain, as the table of heads has it.
///
/// # Errors
/// When the statement fails.
pub fn ends(connection: &mut AnyConnection) -> Result<Vec<ChainEnd>, StoreError> {
    Ok(audit_head::table
        .order(audit_head::chain)
        .select((audit_head::chain, audit_head::sequence, audit_head::hash))
        .load(connection)?)
}

/// Every chain that has entries.
///
/// # Errors
/// When the statement fails.
pub fn chains(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let ends: Vec<(String, Option<i64>)> = audit_entry::table
        .group_by(audit_entry::chain)
        .select((audit_entry::chain, max(audit_entry::sequence)))
        .load(connection)?;
    let mut chains: Vec<String> = ends.into_iter().map(|(chain, _)| chain).collect();
    chains.sort_unstable();
    Ok(chains)
}

/// An entry exactly as the database holds it, before anything of it is taken for granted.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct RawEntry {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    at: String,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    act: String,
    #[diesel(sql_type = Text)]
    operation: String,
    #[diesel(sql_type = Nullable<Text>)]
    force: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    subject_kind: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Text)]
    detail: String,
    #[diesel(sql_type = Text)]
    chain: String,
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Text)]
    previous_hash: String,
    #[diesel(sql_type = Text)]
    hash: String,
    #[diesel(sql_type = BigInt)]
    is_text: i64,
}

impl RawEntry {
    /// Its place in the chain.
    #[must_use]
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// Its id, be it one or not.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The hash that is kept with it.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The entry; nothing where something in it cannot be what was written.
    #[must_use]
    pub fn read(self) -> Option<StoredAuditEntry> {
        let id = Uuid::parse_str(&self.id).ok()?;
        let at: Instant = self.at.parse().ok()?;
        let detail: serde_json::Value = serde_json::from_str(&self.detail).ok()?;
        // Where the database keeps text, the text itself must be the one that was written: another letter case, another
        // way to write the same instant or more white space is a changed byte too.
        let detail_as_written = detail.to_string();
        let same_text = self.id == id.hyphenated().to_string()
            && self.at == written(at)
            && self.subject_kind.is_some() == self.subject.is_some()
            && (self.is_text == 0 || self.detail == detail_as_written);
        same_text.then_some(StoredAuditEntry {
            id,
            at,
            actor: self.actor,
            act: self.act,
            operation: self.operation,
            force: self.force,
            subject: self.subject_kind.zip(self.subject),
            reason: self.reason,
            detail,
            chain: self.chain,
            sequence: self.sequence,
            previous_hash: self.previous_hash,
            hash: self.hash,
        })
    }
}

/// Where a reading of a chain has come to: a place, and the id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place in the chain.
    pub sequence: i64,
    /// The id.
    pub id: String,
}

impl Place {
    /// After the entry with this place, whatever its id.
    #[must_use]
    pub fn after(sequence: i64) -> Self {
        // Greater than every id.
        Self { sequence, id: "~".to_owned() }
    }
}

/// The next entries of a chain, at most so many.
///
/// # Errors
/// When the statement fails.
pub fn raw_entries(
    connection: &mut AnyConnection,
    chain: &str,
    after: &Place,
    limit: i64,
) -> Result<Vec<RawEntry>, StoreError> {
    let (id, at, detail) = match connection {
        AnyConnection::Postgres(_) => (
            "CAST(id AS text) COLLATE \"C\"",
            "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
            "CAST(detail AS text) AS detail, CAST(0 AS bigint) AS is_text",
        ),
        AnyConnection::Sqlite(_) => ("id", "at", "detail, 1 AS is_text"),
    };
    let statement = format!(
        "SELECT {id} AS id, {at} AS at, {detail}, actor, act, operation, force, subject_kind, subject, reason, chain, \
         sequence, previous_hash, hash FROM audit_entry \
         WHERE chain = $1 AND (sequence > $2 OR (sequence = $3 AND {id} > $4)) ORDER BY sequence, {id} LIMIT $5"
    );
    Ok(on_backend!(connection, c => {
        diesel::sql_query(statement)
            .bind::<Text, _>(chain)
            .bind::<BigInt, _>(after.sequence)
            .bind::<BigInt, _>(after.sequence)
            .bind::<Text, _>(&after.id)
            .bind::<BigInt, _>(limit)
            .load(c)
    })?)
}

fn unreadable(detail: &str) -> StoreError {
    StoreError::Unreadable { what: "audit chain", detail: detail.to_owned() }
}
