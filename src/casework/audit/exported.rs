//! Verifying an exported span, without the database that it came from.

use std::io::{self, BufRead};
use std::mem;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::export::FORMAT;
use super::walk::{ChainReport, Walk};
use crate::domain::calendar::Instant;
use crate::store::audit::StoredAuditEntry;
use crate::store::audit::encoding::hex;
use crate::store::audit::head::{PublicHeadKey, SignedHead};

/// Why a file cannot be proved.
#[derive(Debug, Error)]
pub enum ExportedError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line} is not what an export has there: {why}")]
    Malformed {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It was sealed with another key than the one expected.
    #[error("the export names the public key {named}, not the expected one")]
    AnotherKey {
        /// The key that it names.
        named: String,
    },
    /// A byte of it was changed, or lines are missing.
    #[error("the seal does not fit: the file is not what was exported")]
    SealBroken,
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its entries.
    pub report: ChainReport,
    /// The key that sealed it; compare it with the one that the force gives out.
    pub public_key: String,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    chain: String,
    first_sequence: i64,
    last_sequence: i64,
    public_key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Entry(Box<Entry>),
    Head(SignedHead),
    Seal(Seal),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    sha256: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Uuid,
    at: Instant,
    actor: String,
    act: String,
    operation: String,
    force: Option<String>,
    subject_kind: Option<String>,
    subject: Option<String>,
    reason: Option<String>,
    detail: Value,
    chain: String,
    sequence: i64,
    previous_hash: String,
    hash: String,
}

impl From<Entry> for StoredAuditEntry {
    fn from(entry: Entry) -> Self {
        let Entry { id, at, actor, act, operation, force, subject_kind, subject, reason, detail, .. } = entry;
        let Entry { chain, sequence, previous_hash, hash, .. } = entry;
        Self {
            id,
            at,
            actor,
            act,
            operation,
            force,
            subject: subject_kind.zip(subject),
            reason,
            detail,
            chain,
            sequence,
            previous_hash,
            hash,
        }
    }
}

/// True of an exported entry that says what it said when it was logged.
pub(crate) fn is_unchanged_entry(entry: Value) -> bool {
    serde_json::from_value::<Entry>(entry).is_ok_and(|entry| StoredAuditEntry::from(entry).is_unchanged())
}

/// Verifies an export as a stream: every entry, every head, and the seal over all of it.
///
/// # Errors
/// When it is no export, was sealed with another key than `expected`, or its seal is broken.
pub fn verify_exported(file: impl BufRead, expected: Option<&PublicHeadKey>) -> Result<Proof, ExportedError> {
    let mut lines = file.split(b'\n').enumerate();
    let malformed = |index: usize, why| ExportedError::Malformed { line: index + 1, why };
    let first = lines.next().ok_or(malformed(0, "the file is empty"))?.1?;
    let header: Header = serde_json::from_slice(&first).map_err(|_| malformed(0, "no header"))?;
    if header.format != FORMAT {
        return Err(malformed(0, "another format"));
    }
    let key = PublicHeadKey::named(&header.public_key).ok_or(malformed(0, "no public key"))?;
    if expected.is_some_and(|expected| *expected != key) {
        return Err(ExportedError::AnotherKey { named: header.public_key });
    }
    let mut digest = Sha256::new();
    let mut take_in = |line: &[u8]| {
        digest.update(line);
        digest.update(b"\n");
    };
    take_in(&first);
    let (mut walk, mut heads, mut seal) = (None, Vec::new(), None);
    for (index, line) in lines {
        let line = line?;
        if seal.is_some() {
            return Err(malformed(index, "something after the seal"));
        }
        match serde_json::from_slice(&line).map_err(|_| malformed(index, "neither entry, head nor seal"))? {
            Line::Entry(entry) => {
                take_in(&line);
                let entry = StoredAuditEntry::from(*entry);
                let walk = walk.get_or_insert_with(|| {
                    let heads = mem::take(&mut heads);
                    Walk::from_place(&header.chain, header.first_sequence, &entry.previous_hash, heads)
                });
                walk.check(entry.sequence, &entry.id.to_string(), &entry.hash, Some(&entry));
            }
            Line::Head(head) => {
                take_in(&line);
                if !key.has_signed(&head) || head.chain != header.chain || walk.is_some() {
                    return Err(malformed(index, "a head that the key did not sign, or that comes after an entry"));
                }
                heads.push(head);
            }
            Line::Seal(Seal { sha256, signature }) => seal = Some((sha256, signature)),
        }
    }
    let (sha256, signature) = seal.ok_or(ExportedError::SealBroken)?;
    if sha256 != hex(&digest.finalize()) || !key.has_sealed(&sha256, &signature) {
        return Err(ExportedError::SealBroken);
    }
    let report = walk.ok_or(malformed(1, "no entries"))?.end();
    if report.last_sequence != header.last_sequence {
        return Err(malformed(0, "another last entry than there is"));
    }
    Ok(Proof { report, public_key: header.public_key })
}
