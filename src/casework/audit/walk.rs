//! A walk along one chain, entry by entry: what does not fit is found, and named. It keeps the place where
//! it is and nothing of what lies behind.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::store::audit::StoredAuditEntry;
use crate::store::audit::chain::{ChainEnd, RawEntry};
use crate::store::audit::encoding::BEFORE_THE_FIRST;
use crate::store::audit::head::SignedHead;

/// The most findings that a chain's report lists; it counts them all.
const MAX_LISTED: usize = 1_000;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An entry does not say what it said when it was logged.
    EntryChanged,
    /// An entry does not follow from the one before it.
    NotLinked,
    /// Entries in the middle are missing.
    EntryMissing,
    /// Two entries have one place.
    PlaceTakenTwice,
    /// The last entries are missing.
    TailCut,
    /// A chain is not what was signed: it was rewritten since.
    Rewritten,
    /// The table of heads does not fit the entries.
    HeadOfTable,
    /// A line of the heads is no head that the key signed.
    ForgedHead,
    /// A chain has no signed head.
    NoSignedHead,
    /// The latest signed head is older than one that was kept.
    HeadWentBack,
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The chain, where it is known.
    pub chain: Option<String>,
    /// The place in the chain, where there is one.
    pub sequence: Option<i64>,
    /// The id of the entry, where there is one.
    pub id: Option<String>,
    /// What is wrong, for people.
    pub detail: String,
}

/// The last head that a chain was found to fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// Up to which entry.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// When that was signed.
    pub signed_at: String,
}

/// What a walk along a chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// The chain.
    pub chain: String,
    /// Entries seen.
    pub entries: u64,
    /// The last place seen.
    pub last_sequence: i64,
    /// The last signed head that fits.
    pub proved_up_to: Option<Proved>,
    /// How many things do not fit.
    pub findings_count: u64,
    /// The first of them.
    pub findings: Vec<Finding>,
}

/// A walk under way.
#[derive(Debug)]
pub struct Walk {
    report: ChainReport,
    next: i64,
    previous_hash: String,
    previous_id: String,
    heads: BTreeMap<i64, Vec<SignedHead>>,
    end: Option<ChainEnd>,
    misfits: u64,
}

impl Walk {
    /// From the chain's beginning, past these signed heads, to the end that the table of heads names.
    #[must_use]
    pub fn along(chain: &str, heads: Vec<SignedHead>, end: Option<ChainEnd>) -> Self {
        let walk = Self::from_place(chain, 1, BEFORE_THE_FIRST, heads);
        Self { end, ..walk }
    }

    /// From a place on, where the entry before it had that hash.
    #[must_use]
    pub fn from_place(chain: &str, first: i64, previous_hash: &str, signed: Vec<SignedHead>) -> Self {
        let mut heads: BTreeMap<i64, Vec<SignedHead>> = BTreeMap::new();
        for head in signed {
            heads.entry(head.sequence).or_default().push(head);
        }
        let report = ChainReport {
            chain: chain.to_owned(),
            entries: 0,
            last_sequence: first.saturating_sub(1),
            proved_up_to: None,
            findings_count: 0,
            findings: Vec::new(),
        };
        let previous_hash = previous_hash.to_owned();
        Self { report, next: first, previous_hash, previous_id: String::new(), heads, end: None, misfits: 0 }
    }

    /// Sees the next entry, as a database holds it; gives it back where it can be read.
    pub fn see(&mut self, raw: RawEntry) -> Option<StoredAuditEntry> {
        let (sequence, id, hash) = (raw.sequence(), raw.id().to_owned(), raw.hash().to_owned());
        let entry = raw.read();
        self.check(sequence, &id, &hash, entry.as_ref());
        entry
    }

    /// Sees the next entry.
    pub fn check(&mut self, sequence: i64, id: &str, hash: &str, entry: Option<&StoredAuditEntry>) {
        self.report.entries += 1;
        let follows = sequence == self.next;
        if sequence > self.next {
            let (first, last) = (self.next, sequence.saturating_sub(1));
            let detail = format!("the entries {first} to {last} are missing");
            self.found(FindingKind::EntryMissing, Some(first), None, detail);
        } else if !follows {
            self.found(FindingKind::PlaceTakenTwice, Some(sequence), Some(id), "the place is taken twice".to_owned());
        }
        match entry.filter(|entry| entry.is_unchanged() && entry.chain == self.report.chain) {
            None => {
                let detail = "the entry does not say what it said when it was logged".to_owned();
                self.found(FindingKind::EntryChanged, Some(sequence), Some(id), detail);
            }
            Some(entry) if follows && entry.previous_hash != self.previous_hash => {
                let before = match self.previous_id.as_str() {
                    "" => "what came before it".to_owned(),
                    previous => format!("entry {} ({previous})", sequence.saturating_sub(1)),
                };
                let detail = format!("the entry does not follow from {before}: one of the two was replaced");
                self.found(FindingKind::NotLinked, Some(sequence), Some(id), detail);
            }
            Some(_) => {}
        }
        self.check_heads(sequence, id, hash);
        self.report.last_sequence = self.report.last_sequence.max(sequence);
        self.next = sequence.saturating_add(1);
        hash.clone_into(&mut self.previous_hash);
        id.clone_into(&mut self.previous_id);
    }

    fn check_heads(&mut self, sequence: i64, id: &str, hash: &str) {
        for head in self.heads.remove(&sequence).unwrap_or_default() {
            if head.hash == hash {
                let SignedHead { sequence, hash, signed_at, .. } = head;
                if self.misfits == 0 {
                    self.report.proved_up_to = Some(Proved { sequence, hash, signed_at });
                }
                continue;
            }
            self.misfits += 1;
            if self.misfits == 1 {
                let since = self.report.proved_up_to.as_ref().map_or(0, |proved| proved.sequence).saturating_add(1);
                let detail = format!(
                    "the chain is not what was signed at {}: entries from {since} to {sequence} were rewritten since",
                    head.signed_at
                );
                self.found(FindingKind::Rewritten, Some(sequence), Some(id), detail);
            }
        }
        if self.end.as_ref().is_some_and(|end| end.sequence == sequence) {
            let fits = self.end.take().is_some_and(|end| end.hash == hash);
            if !fits {
                let detail = "the table of heads names another hash for this entry".to_owned();
                self.found(FindingKind::HeadOfTable, Some(sequence), Some(id), detail);
            }
        }
    }

    fn found(&mut self, kind: FindingKind, sequence: Option<i64>, id: Option<&str>, detail: String) {
        self.report.findings_count += 1;
        if self.report.findings.len() < MAX_LISTED {
            let (chain, id) = (Some(self.report.chain.clone()), id.map(str::to_owned));
            self.report.findings.push(Finding { kind, chain, sequence, id, detail });
        }
    }

    /// Ends the walk: what was signed for must have been seen.
    #[must_use]
    pub fn end(mut self) -> ChainReport {
        let last = self.report.last_sequence;
        if let Some(signed) = self.heads.last_key_value().map(|(sequence, _)| *sequence).filter(|signed| *signed > last)
        {
            let at = self.heads.get(&signed).and_then(|heads| heads.first()).map(|head| head.signed_at.clone());
            let detail = format!(
                "the chain ends at {last} and had {signed} entries when it was signed at {}: the last are missing",
                at.unwrap_or_default()
            );
            self.found(FindingKind::TailCut, Some(last.saturating_add(1)), None, detail);
        }
        if let Some(end) = self.end.take() {
            let detail = format!("the chain ends at {last} and the table of heads says {}", end.sequence);
            self.found(FindingKind::HeadOfTable, Some(last), None, detail);
        }
        self.report
    }
}
