//! Verifying an exported case, without the database that it came from.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::seal::{FORMAT, Seal, digest, digests_of_parts, enveloped};
use crate::casework::audit::exported::is_unchanged_entry;
use crate::store::audit::head::PublicHeadKey;

/// Why a file cannot be proved at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaseProofError {
    /// It is not what an export is.
    #[error("the file is no export of a case, or was cut or changed where it cannot be read any more")]
    Malformed,
    /// It was sealed with another key than the one expected.
    #[error("the export names the public key {named}, not the expected one")]
    AnotherKey {
        /// The key that it names.
        named: String,
    },
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseFinding {
    /// Which part: a member of the document, `seal`, or `file`.
    pub part: String,
    /// What is wrong, for people.
    pub detail: String,
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseProof {
    /// The key that sealed it; compare it with the one that the force gives out.
    pub public_key: String,
    /// Whose case.
    pub force: String,
    /// Which case.
    pub offender_ref: String,
    /// When it was exported.
    pub exported_at: String,
    /// What does not fit; nothing where the file is what was exported.
    pub findings: Vec<CaseFinding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    document: Value,
    seal: Seal,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    force: String,
    offender_ref: String,
    exported_at: String,
}

/// Verifies an export: its seal, each part, and each audit entry in it.
///
/// # Errors
/// When it is no export, or was sealed with another key than `expected`.
pub fn verify(text: &str, expected: Option<&PublicHeadKey>) -> Result<CaseProof, CaseProofError> {
    let File { document, seal } = serde_json::from_str(text).map_err(|_| CaseProofError::Malformed)?;
    let header = Header::deserialize(&document).ok().filter(|header| header.format == FORMAT);
    let header = header.ok_or(CaseProofError::Malformed)?;
    let key = PublicHeadKey::named(&seal.public_key).ok_or(CaseProofError::Malformed)?;
    if expected.is_some_and(|expected| *expected != key) {
        return Err(CaseProofError::AnotherKey { named: seal.public_key });
    }
    let mut findings = Vec::new();
    let mut found = |part: &str, detail: &str| {
        findings.push(CaseFinding { part: part.to_owned(), detail: detail.to_owned() });
    };
    if !seal.is_made_with(&key) {
        found("seal", "the signature does not fit: the seal was changed, or made with another key than it names");
    }
    let parts = digests_of_parts(&document);
    for (name, part) in &parts {
        if seal.parts.get(name) != Some(part) {
            found(name, "is not what was sealed");
        }
    }
    for name in seal.parts.keys().filter(|name| !parts.contains_key(*name)) {
        found(name, "was taken out");
    }
    if digest(&document) != seal.sha256 {
        found("document", "is not what was sealed as a whole");
    }
    for sequence in changed_entries(&document) {
        found("audit", &format!("entry {sequence} does not say what it said when it was logged"));
    }
    if enveloped(&document, &seal) != text.trim_end_matches('\n') {
        found("file", "is not written as it was exported: white space, order, or a member that stands twice");
    }
    let Header { force, offender_ref, exported_at, .. } = header;
    Ok(CaseProof { public_key: seal.public_key, force, offender_ref, exported_at, findings })
}

/// The places of the audit entries that are not what was logged.
fn changed_entries(document: &Value) -> Vec<String> {
    let entries = document.pointer("/audit/entries").and_then(Value::as_array).into_iter().flatten();
    let changed = entries.filter(|entry| !is_unchanged_entry((*entry).clone()));
    changed.map(|entry| entry.get("sequence").map_or_else(|| "without a place".to_owned(), Value::to_string)).collect()
}
