//! An entry of the audit as it is kept: a link of its chain.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use uuid::Uuid;

use super::encoding::sha256;
use crate::domain::calendar::Instant;

/// What entries are hashed for: changes with the encoding.
const PURPOSE: &str = "mosovo-visits audit entry 1";

/// The chain of the entries that belong to no force.
pub const SERVICE_CHAIN: &str = "service";

/// The chain that an entry goes to.
#[must_use]
pub fn chain_of(force: Option<&str>) -> String {
    force.map_or_else(|| SERVICE_CHAIN.to_owned(), |force| format!("force:{force}"))
}

/// An entry, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAuditEntry {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What they did.
    pub act: String,
    /// What that counts as, by section 62(1).
    pub operation: String,
    /// In which force, where it is one.
    pub force: Option<String>,
    /// What it was done to: its kind and reference.
    pub subject: Option<(String, String)>,
    /// Why, where the reader said so.
    pub reason: Option<String>,
    /// Facts about the act.
    pub detail: Value,
    /// The chain that it is a link of.
    pub chain: String,
    /// Its place there, from 1, without gaps.
    pub sequence: i64,
    /// The hash of the entry before it.
    pub previous_hash: String,
    /// The hash over all of the above.
    pub hash: String,
}

impl StoredAuditEntry {
    /// All its members but the hash, as they are hashed and exported.
    #[must_use]
    pub fn members(&self) -> Value {
        let (subject_kind, subject) = self.subject.as_ref().map(|(kind, subject)| (kind, subject)).unzip();
        json!({
            "id": self.id.hyphenated().to_string(),
            "at": written(self.at),
            "actor": self.actor,
            "act": self.act,
            "operation": self.operation,
            "force": self.force,
            "subject_kind": subject_kind,
            "subject": subject,
            "reason": self.reason,
            "detail": self.detail,
            "chain": self.chain,
            "sequence": self.sequence,
            "previous_hash": self.previous_hash,
        })
    }

    /// All its members, as they are exported.
    #[must_use]
    pub fn exported(&self) -> Value {
        let mut members = self.members();
        if let Some(members) = members.as_object_mut() {
            members.insert("hash".to_owned(), self.hash.clone().into());
        }
        members
    }

    /// The hash that its members give.
    #[must_use]
    pub fn recomputed_hash(&self) -> String {
        sha256(PURPOSE, &self.members())
    }

    /// True where it says what it said when it was logged.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.hash == self.recomputed_hash() && self.chain == chain_of(self.force.as_deref())
    }
}

/// An instant as entries and heads are hashed, signed and exported: to the microsecond, in UTC.
#[must_use]
pub fn written(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
