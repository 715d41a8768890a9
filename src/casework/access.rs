//! Acts that were refused, put on record: who tried what.

use serde_json::json;

use super::actor::{Actor, Person};
use super::clock::Clock;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;

/// An act refused to somebody whose token is valid and does not grant it.
#[derive(Debug, Clone)]
pub struct RefusedAct {
    /// Which act.
    pub act: &'static str,
    /// The token's subject.
    pub subject: String,
    /// The person, where the token makes one.
    pub person: Option<Person>,
    /// The reference it would have been done to, where there is one.
    pub target: Option<String>,
}

/// Puts a refused act on record.
///
/// # Errors
/// When the store fails.
pub fn record_refusal(store: &Store, clock: Clock, refused: &RefusedAct) -> Result<(), StoreError> {
    let force = refused.person.as_ref().map(|person| person.force.as_str());
    let actor = refused
        .person
        .clone()
        .map_or_else(|| format!("nobody:{}", refused.subject), |person| Actor::Person(person).to_string());
    let entry = AuditEntry {
        at: clock.now(),
        actor: &actor,
        act: "access.refused",
        force,
        subject: None,
        detail: json!({ "act": refused.act, "why": "forbidden", "ref": refused.target }),
    };
    store.transaction(|connection| audit::append(connection, entry))
}
