//! An act put on record, in the transaction of the act.

use serde_json::{Value, json};

use super::access::why;
use super::actor::Actor;
use crate::domain::calendar::Instant;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;

/// Puts an act on record: when and by whom, in which force, on what (kind and reference or id), and what it came to.
pub(super) fn note(
    connection: &mut AnyConnection,
    (at, actor): (Instant, &Actor),
    act: &str,
    (force, subject): (&str, Option<(&str, &str)>),
    detail: Value,
) -> Result<(), StoreError> {
    let name = actor.to_string();
    let entry = AuditEntry { at, actor: &name, act, force: Some(force), subject, detail };
    audit::append_with_reason(connection, entry, actor.reason())
}

/// Puts on record that something was asked for that is not there, or not within reach: one entry either way, so that the time of
/// the answer does not tell which.
pub(super) fn note_refusal(
    connection: &mut AnyConnection,
    by: (Instant, &Actor),
    force: &str,
    (act, exists): (&str, bool),
    subject: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    note(connection, by, "access.refused", (force, subject), json!({ "act": act, "why": why(exists) }))
}
