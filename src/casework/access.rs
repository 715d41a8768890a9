//! Acts that were refused and what was asked for and not found, put on record: who tried what.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::actor::{Actor, Person};
use super::clock::Clock;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;

/// Why nothing was found. It is put on record either way, by the same statements: how long an answer
/// takes must not tell what there is.
#[must_use]
pub(super) const fn why(exists: bool) -> &'static str {
    if exists { "out_of_scope" } else { "not_known" }
}

/// True for a reference made of letters, digits and marks alone. What somebody made up and this service
/// does not hold goes on record only then: it may be a name.
#[must_use]
pub(super) fn is_plain(reference: &Ref) -> bool {
    reference.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte))
}

/// What a list was narrowed by, as the audit tells it: of a text that may be a name no more than that it was given.
#[must_use]
pub(super) fn told<T: Borrow<str>>(text: Option<&T>) -> Option<&str> {
    let is_plain_text = |text: &str| Ref::new(text).is_ok_and(|reference| is_plain(&reference));
    text.map(Borrow::borrow).map(|text| if is_plain_text(text) { text } else { "given" })
}

/// An act refused to somebody whose token or certificate is good and does not grant it, or to a certificate that names nobody.
#[derive(Debug, Clone)]
pub struct RefusedAct {
    /// Which act.
    pub act: &'static str,
    /// Why, by the code that the caller is told.
    pub why: &'static str,
    /// The token's subject, or whom the certificate names.
    pub subject: String,
    /// The forces on whose record it goes: the caller's, where there is one.
    pub forces: BTreeSet<String>,
    /// The person, where there is one.
    pub person: Option<Person>,
    /// The reference it would have been done to, where there is one.
    pub reference: Option<Ref>,
    /// The id of what it would have been done to, where there is one.
    pub id: Option<Uuid>,
}

/// Puts a refused act on record.
///
/// # Errors
/// When the store fails.
pub fn record_refusal(store: &Store, clock: Clock, refused: &RefusedAct) -> Result<(), StoreError> {
    let reference = refused.reference.as_ref().filter(|reference| is_plain(reference));
    let actor = refused
        .person
        .clone()
        .map_or_else(|| format!("nobody:{}", refused.subject), |person| Actor::Person(person).to_string());
    let nowhere = refused.forces.is_empty().then_some(None);
    let forces = refused.forces.iter().map(|force| Some(force.as_str())).chain(nowhere);
    store.transaction(|connection| {
        for force in forces {
            let entry = AuditEntry {
                at: clock.now(),
                actor: &actor,
                act: "access.refused",
                force,
                subject: None,
                detail: json!({ "act": refused.act, "why": refused.why, "ref": reference, "id": refused.id }),
            };
            audit::append(connection, entry)?;
        }
        Ok(())
    })
}
