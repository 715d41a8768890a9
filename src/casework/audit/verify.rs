//! Proving the audit: every chain recomputed from its first entry, and held against the heads that were
//! signed and kept outside the database.

use std::collections::BTreeSet;

use serde::Serialize;

use super::walk::{ChainReport, Finding, FindingKind, Walk};
use crate::store::Store;
use crate::store::audit::StoredAuditEntry;
use crate::store::audit::chain::{self, ChainEnd, Place, RawEntry};
use crate::store::audit::entry::chain_of;
use crate::store::audit::head::{PublicHeadKey, SignedHead};
use crate::store::audit::heads::HeadFiles;
use crate::store::error::StoreError;

/// Entries read at a time: memory does not grow with the audit.
const PAGE: i64 = 2_000;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Entries seen.
    pub entries: u64,
    /// Each chain.
    pub chains: Vec<ChainReport>,
    /// How many things do not fit, those of the chains included.
    pub findings_count: u64,
    /// What is wrong with the signed heads themselves.
    pub findings: Vec<Finding>,
}

impl AuditReport {
    /// True where nothing was found.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings_count == 0
    }

    /// Everything that was found and is listed.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.chains.iter().flat_map(|chain| &chain.findings))
    }
}

/// Proves the audit, or one force's chain of it. The signed heads must have been read before this begins:
/// the database may only have grown since.
///
/// # Errors
/// When the store fails.
pub fn verify(
    store: &Store,
    files: &HeadFiles,
    key: &PublicHeadKey,
    force: Option<&str>,
) -> Result<AuditReport, StoreError> {
    let only = force.map(|force| chain_of(Some(force)));
    let is_asked = |chain: &str| only.as_ref().is_none_or(|only| only == chain);
    let ends = store.transaction(chain::ends)?;
    let with_entries = store.transaction(chain::chains)?;
    let signed = signed_heads(files, key);
    let mut chains: BTreeSet<&str> = with_entries.iter().map(String::as_str).collect();
    chains.extend(ends.iter().map(|end| end.chain.as_str()));
    chains.extend(signed.iter().map(|head| head.chain.as_str()));
    let mut findings = forged(files, key);
    let mut reports = Vec::new();
    for chain in chains.into_iter().filter(|chain| is_asked(chain)) {
        let end = ends.iter().find(|end| end.chain == chain);
        let heads: Vec<SignedHead> = signed.iter().filter(|head| head.chain == chain).cloned().collect();
        let report = walk_along(store, chain, heads, end, |_| Ok::<(), StoreError>(()))?;
        findings.extend(about_heads(files, key, &report, end));
        reports.push(report);
    }
    let in_chains: u64 = reports.iter().map(|report| report.findings_count).sum();
    let about_heads: u64 = findings.iter().map(|_| 1).sum();
    Ok(AuditReport {
        entries: reports.iter().map(|report| report.entries).sum(),
        chains: reports,
        findings_count: in_chains + about_heads,
        findings,
    })
}

/// Walks along a chain from its first entry to its last, and shows each that can be read.
pub(super) fn walk_along<E: From<StoreError>>(
    store: &Store,
    chain: &str,
    heads: Vec<SignedHead>,
    end: Option<&ChainEnd>,
    mut show: impl FnMut(StoredAuditEntry) -> Result<(), E>,
) -> Result<ChainReport, E> {
    let mut walk = Walk::along(chain, heads, end.cloned());
    let mut place = Place::after(0);
    loop {
        let page: Vec<RawEntry> =
            store.transaction(|connection| chain::raw_entries(connection, chain, &place, PAGE))?;
        let Some(last) = page.last() else { return Ok(walk.end()) };
        place = Place { sequence: last.sequence(), id: last.id().to_owned() };
        for raw in page {
            if let Some(entry) = walk.see(raw) {
                show(entry)?;
            }
        }
    }
}

/// The heads that the key signed.
pub(in crate::casework) fn signed_heads(files: &HeadFiles, key: &PublicHeadKey) -> Vec<SignedHead> {
    files.lines().filter_map(|(_, head)| head).filter(|head| key.has_signed(head)).cloned().collect()
}

/// The lines that are none.
fn forged(files: &HeadFiles, key: &PublicHeadKey) -> Vec<Finding> {
    let wrong = files.lines().filter(|(_, head)| !head.is_some_and(|head| key.has_signed(head)));
    wrong
        .map(|(file, head)| Finding {
            kind: FindingKind::ForgedHead,
            chain: head.map(|head| head.chain.clone()),
            sequence: head.map(|head| head.sequence),
            id: None,
            detail: format!("{file} has a line that is no head signed with this key"),
        })
        .collect()
}

/// What is wrong with the heads of a chain, beside what they say of its entries.
fn about_heads(files: &HeadFiles, key: &PublicHeadKey, report: &ChainReport, end: Option<&ChainEnd>) -> Vec<Finding> {
    let newest = |heads: &[Option<SignedHead>]| {
        let signed = heads.iter().flatten().filter(|head| head.chain == report.chain && key.has_signed(head));
        signed.map(|head| head.sequence).max()
    };
    let found = |kind, detail: String| Finding {
        kind,
        chain: Some(report.chain.clone()),
        sequence: Some(report.last_sequence),
        id: None,
        detail,
    };
    let mut findings = Vec::new();
    match (newest(&files.latest), newest(&files.older)) {
        (None, _) => {
            let detail = "the chain has no signed head: nothing shows whether it is whole".to_owned();
            findings.push(found(FindingKind::NoSignedHead, detail));
        }
        (Some(latest), Some(older)) if latest < older => {
            let detail = format!("the latest signed head is of entry {latest}, an older one of entry {older}");
            findings.push(found(FindingKind::HeadWentBack, detail));
        }
        (Some(_), _) => {}
    }
    if end.is_none() && report.entries > 0 {
        let detail = "the table of heads does not have the chain".to_owned();
        findings.push(found(FindingKind::HeadOfTable, detail));
    }
    findings
}
