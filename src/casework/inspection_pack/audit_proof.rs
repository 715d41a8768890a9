//! A pack's proof of the audit: the signed heads that cover the span, and whether the chain proves against them.

use chrono::TimeDelta;
use serde::Serialize;

use super::PackError;
use crate::casework::audit::verify::{signed_heads, verify};
use crate::casework::audit::walk::Finding;
use crate::domain::calendar::Instant;
use crate::store::Store;
use crate::store::audit::entry::chain_of;
use crate::store::audit::head::SignedHead;
use crate::store::audit::list::span;

/// Places in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Places {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// The proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditProof {
    /// The force's chain.
    pub chain: String,
    /// The places of the span's entries; empty where it has none.
    pub entries: Option<Places>,
    /// The key that checks the heads; empty where the service keeps none.
    pub public_key: Option<String>,
    /// The last signed head before the span, those within it, and the first that covers its last entry.
    pub heads: Vec<SignedHead>,
    /// The whole chain was recomputed from its first entry, and nothing was found that does not fit.
    pub verified: bool,
    /// A signed head covers the last entry of the span.
    pub covered: bool,
    /// What does not fit.
    pub findings: Vec<Finding>,
}

/// Proves a force's audit, and takes the heads that cover the span between two instants, both included.
pub fn prove(store: &Store, force: &str, (from, until): (Instant, Instant)) -> Result<AuditProof, PackError> {
    let chain = chain_of(Some(force));
    // Before the chain is walked: it may only have grown since.
    let heads = store.signed_heads()?;
    let before = until + TimeDelta::microseconds(1);
    let found = store.transaction(|connection| span(connection, force, Some(from), Some(before)))?;
    let entries = found.map(|(first, last)| Places { first, last });
    let Some((files, key)) = heads else {
        return Ok(AuditProof {
            chain,
            entries,
            public_key: None,
            heads: Vec::new(),
            verified: false,
            covered: false,
            findings: Vec::new(),
        });
    };
    let report = verify(store, &files, &key, Some(force))?;
    let mut signed: Vec<SignedHead> =
        signed_heads(&files, &key).into_iter().filter(|head| head.chain == chain).collect();
    signed.sort_by(|a, b| (a.sequence, &a.signed_at).cmp(&(b.sequence, &b.signed_at)));
    signed.dedup();
    let heads = entries.map_or_else(Vec::new, |places| covering(&signed, places));
    let covered = entries.is_none_or(|places| heads.iter().any(|head| head.sequence >= places.last));
    Ok(AuditProof {
        chain,
        entries,
        public_key: Some(key.to_text()),
        heads,
        verified: report.is_clean(),
        covered,
        findings: report.all_findings().cloned().collect(),
    })
}

/// Of heads in the order of their places.
fn covering(signed: &[SignedHead], Places { first, last }: Places) -> Vec<SignedHead> {
    let before = signed.iter().rfind(|head| head.sequence < first);
    let within = signed.iter().filter(|head| (first..last).contains(&head.sequence));
    let after = signed.iter().find(|head| head.sequence >= last);
    before.into_iter().chain(within).chain(after).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sequence: i64) -> SignedHead {
        SignedHead {
            chain: "force:wessex".into(),
            sequence,
            hash: String::new(),
            signed_at: String::new(),
            signature: String::new(),
        }
    }

    #[test]
    fn the_heads_that_cover_a_span_are_the_last_before_it_those_within_and_the_first_that_reaches_its_end() {
        let signed: Vec<SignedHead> = [2, 4, 6, 9, 12].map(head).into();
        for (first, last, covers) in
            [(5, 8, &[4, 6, 9][..]), (1, 2, &[2]), (3, 4, &[2, 4]), (10, 20, &[9, 12]), (13, 14, &[12])]
        {
            let told: Vec<i64> = covering(&signed, Places { first, last }).iter().map(|head| head.sequence).collect();
            assert_eq!(told, covers, "{first} {last}");
        }
    }
}
