//! A span of a force's audit for a third party: entries, signed heads and a seal over all of it, which
//! anybody who has the public key can verify. Handing it out is itself on record.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::verify::{signed_heads, walk_along};
use super::walk::ChainReport;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::calendar::Instant;
use crate::store::Store;
use crate::store::audit::chain;
use crate::store::audit::encoding::{canonical, hex};
use crate::store::audit::entry::{chain_of, written};
use crate::store::audit::head::HeadKey;
use crate::store::audit::heads::HeadFiles;
use crate::store::audit::list::span;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;

/// What the first line says the file is: changes with its shape.
pub const FORMAT: &str = "mosovo-visits audit export 1";

/// Why nothing was exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The force has no entries in that span.
    #[error("the audit has no entries of that force in that span")]
    Nothing,
    /// The chain does not prove: what is not whole is not sealed.
    #[error("the audit does not prove; `audit verify` says what is wrong; nothing was sealed")]
    Condemned(Box<ChainReport>),
    /// It cannot be written.
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ExportRequest<'a> {
    /// Whose audit.
    pub force: &'a str,
    /// From when on.
    pub from: Option<Instant>,
    /// Until before when.
    pub before: Option<Instant>,
    /// To whom it goes, where that is said: section 62(3) asks for the recipients of a disclosure `[S]`.
    pub recipient: Option<&'a str>,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The first entry's place.
    pub first_sequence: i64,
    /// The last entry's place.
    pub last_sequence: i64,
    /// The digest that is sealed.
    pub sha256: String,
}

/// Exports a span, line by line. The whole chain is proved on the way: where it does not prove, the
/// export ends without its seal.
///
/// # Errors
/// When there is nothing to export, the chain does not prove, or something fails.
pub fn export(
    store: &Store,
    clock: Clock,
    (files, key): (&HeadFiles, &HeadKey),
    request: &ExportRequest<'_>,
    mut write: impl FnMut(&str) -> io::Result<()>,
) -> Result<Exported, ExportError> {
    let chain = chain_of(Some(request.force));
    let (at, public) = (clock.now(), key.public());
    let (first, last) = put_on_record(store, at, request)?;
    let mut digest = Sha256::new();
    let mut line = |value: &Value| {
        let line = format!("{}\n", canonical(value));
        digest.update(line.as_bytes());
        write(&line)
    };
    line(&json!({
        "format": FORMAT, "chain": chain, "from": request.from.map(written), "until": request.before.map(written),
        "first_sequence": first, "last_sequence": last, "exported_at": written(at), "public_key": public.to_text(),
    }))?;
    let ends = store.transaction(chain::ends)?;
    let heads: Vec<_> = signed_heads(files, &public).into_iter().filter(|head| head.chain == chain).collect();
    let end = ends.iter().find(|end| end.chain == chain);
    let mut within: Vec<_> = heads.iter().filter(|head| (first..=last).contains(&head.sequence)).collect();
    within.sort_by_key(|head| head.sequence);
    within.dedup();
    for head in within {
        line(&json!({ "head": head }))?;
    }
    let report = walk_along(store, &chain, heads.clone(), end, |entry| -> Result<(), ExportError> {
        if !(first..=last).contains(&entry.sequence) {
            return Ok(());
        }
        Ok(line(&json!({ "entry": entry.exported() }))?)
    })?;
    if report.findings_count > 0 {
        return Err(ExportError::Condemned(Box::new(report)));
    }
    let sha256 = hex(&digest.finalize());
    write(&format!("{}\n", canonical(&json!({ "seal": { "sha256": sha256, "signature": key.seal(&sha256) } }))))?;
    Ok(Exported { first_sequence: first, last_sequence: last, sha256 })
}

/// Finds the span and puts its disclosure on record, before a line of it leaves.
fn put_on_record(store: &Store, at: Instant, request: &ExportRequest<'_>) -> Result<(i64, i64), ExportError> {
    let found = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
        let Some((first, last)) = span(connection, request.force, request.from, request.before)? else {
            return Ok(None);
        };
        let detail = json!({
            "from": request.from, "until": request.before, "first_sequence": first, "last_sequence": last,
            "recipient": request.recipient,
        });
        let entry = AuditEntry {
            at,
            actor: &Actor::Operator.to_string(),
            act: "audit.export",
            force: Some(request.force),
            subject: None,
            detail,
        };
        audit::append(connection, entry)?;
        Ok(Some((first, last)))
    })?;
    found.ok_or(ExportError::Nothing)
}
