//! Requests that create, by the key that their sender gave them, so that the same one sent twice is carried out once.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record::{stored_kind, stored_ref};
use super::schema::idempotency_key;
use super::types::DbInstant;
use crate::domain::calendar::Instant;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// How long a key is remembered: a day, as is the practice with `Idempotency-Key` (IETF httpapi draft, which leaves
/// it to the service).
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// A request by its sender's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The key.
    pub key: String,
    /// The digest of the request: method, path and body.
    pub digest: String,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOut {
    /// The digest of the request.
    pub digest: String,
    /// The act.
    pub act: String,
    /// The kind of the record that it made or changed.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
}

/// What came of a request with that key of that sender; nothing where there was none within a day.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn carried_out(
    connection: &mut AnyConnection,
    force: &str,
    actor: &str,
    key: &str,
    now: Instant,
) -> Result<Option<CarriedOut>, StoreError> {
    let remembered_since = now.checked_sub_signed(REMEMBERED).unwrap_or(now);
    diesel::delete(
        idempotency_key::table
            .filter(idempotency_key::force.eq(force))
            .filter(idempotency_key::actor.eq(actor))
            .filter(idempotency_key::carried_out_at.lt(DbInstant::from(remembered_since))),
    )
    .execute(connection)?;
    let row: Option<(String, String, String, String)> = idempotency_key::table
        .filter(idempotency_key::force.eq(force))
        .filter(idempotency_key::actor.eq(actor))
        .filter(idempotency_key::key.eq(key))
        .select((
            idempotency_key::request_digest,
            idempotency_key::act,
            idempotency_key::kind,
            idempotency_key::subject,
        ))
        .first(connection)
        .optional()?;
    row.map(|(digest, act, kind, subject)| {
        Ok(CarriedOut { digest, act, kind: stored_kind(&kind)?, subject: stored_ref(subject)? })
    })
    .transpose()
}

/// Remembers what came of a request.
///
/// # Errors
/// When the statement fails; where two requests with one key race, the second does.
pub fn remember(
    connection: &mut AnyConnection,
    force: &str,
    actor: &str,
    key: &str,
    done: &CarriedOut,
    now: Instant,
) -> Result<(), StoreError> {
    diesel::insert_into(idempotency_key::table)
        .values((
            idempotency_key::force.eq(force),
            idempotency_key::actor.eq(actor),
            idempotency_key::key.eq(key),
            idempotency_key::request_digest.eq(&done.digest),
            idempotency_key::act.eq(&done.act),
            idempotency_key::kind.eq(done.kind.name()),
            idempotency_key::subject.eq(done.subject.as_str()),
            idempotency_key::carried_out_at.eq(DbInstant::from(now)),
        ))
        .execute(connection)?;
    Ok(())
}
