//! The history of a case as it goes from one force to another: every version of every record, word for word, in the order
//! in which it was known; and how each record stood after each of them.
//!
//! The receiving force keeps the words, and takes what they came to: it has no claims of the other force's people to weigh
//! against its own feed, but records as they stood.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::calendar::Instant;
use crate::domain::claim::{Claim, Claims, Members, as_it_stands, stands};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// One version of a record, as the sending force knew it: what its records system sent, or what somebody entered there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    /// The version's id there.
    pub id: Uuid,
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's reference there.
    #[serde(rename = "ref")]
    pub subject: Ref,
    /// The records system that spoke; `casework` for what was entered.
    pub source: String,
    /// The event's id within its source; the version's own id for what was entered.
    pub event_id: String,
    /// When it became true.
    pub event_time: Instant,
    /// When it was known there.
    pub learned_at: Instant,
    /// True where it withdraws the record.
    pub withdrawn: bool,
    /// Who entered it; empty for what the records system sent.
    pub entered_by: Option<String>,
    /// By which act; empty for what the records system sent.
    pub act: Option<String>,
    /// True where the record was made there, and not by its records system.
    pub whole: bool,
    /// Of each member that was entered, the digest of what the records system said of it then.
    pub claimed_over: BTreeMap<String, Option<String>>,
    /// What the records system sent, whole; or all that people had entered of the record by then; of a withdrawal, its reason.
    pub content: Value,
    /// The line of an earlier package that the version itself came from, where it did.
    pub came_from: Option<Box<Self>>,
}

impl HistoryLine {
    /// The line as it is written, with a line feed behind it: numbers as they are kept, since what people claimed is held to the digest of
    /// what was said.
    ///
    /// # Errors
    /// Never for a line that was read.
    pub fn written(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string(self)?;
        text.push('\n');
        Ok(text)
    }

    const fn is_entered(&self) -> bool {
        self.entered_by.is_some()
    }

    fn members(&self) -> Members {
        self.content.as_object().cloned().unwrap_or_default()
    }

    fn claims(&self) -> Claims {
        let claims = self.members().into_iter().map(|(member, value)| {
            let over = self.claimed_over.get(&member).cloned().flatten();
            (member, Claim { value, over })
        });
        claims.collect()
    }

    fn reason(&self) -> String {
        self.content.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// A record that is of this case no more: its later versions are of somebody else's, and stay with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedRecord {
    /// The kind of record.
    pub kind: RecordKind,
    /// Its reference there.
    #[serde(rename = "ref")]
    pub subject: Ref,
}

/// How a record stood after a version of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record's reference at the sending force.
    pub subject: Ref,
    /// The version's id, by which its line is found.
    pub version: String,
    /// When it became true.
    pub event_time: Instant,
    /// Its members; where it did not stand, why.
    pub members: Result<Members, String>,
}

/// What has been said of one record so far.
#[derive(Default)]
struct Said<'a> {
    feed: Option<&'a HistoryLine>,
    entry: Option<&'a HistoryLine>,
}

impl<'a> Said<'a> {
    fn hear(&mut self, line: &'a HistoryLine) {
        let age = |line: &'a HistoryLine| (line.event_time, &line.event_id, &line.source);
        if line.is_entered() {
            self.entry = Some(line);
        } else if self.feed.is_none_or(|newest| age(newest) < age(line)) {
            self.feed = Some(line);
        }
    }

    /// The members, where the record stands. What was entered of a record that the records system dates later than that is nothing
    /// without it.
    fn members(&self, kind: RecordKind) -> Option<Members> {
        let said = self.entry.filter(|line| line.whole || self.feed.is_some());
        let feed = self.feed.map(|line| (line.event_time, line.withdrawn));
        let entry = said.map(|line| (line.event_time, line.whole, line.withdrawn));
        stands(feed, entry).then(|| {
            let feed = self.feed.filter(|line| !line.withdrawn).map(HistoryLine::members);
            let claims = said.filter(|line| !line.withdrawn).map(HistoryLine::claims);
            as_it_stands(kind, feed, &claims.unwrap_or_default())
        })
    }
}

/// How each record stood after each of its versions, in the order in which they became true: the last of a record is how it
/// stands. A record that has moved stands no more.
#[must_use]
pub fn standings(lines: &[HistoryLine], moved: &BTreeSet<MovedRecord>) -> Vec<Standing> {
    let mut records: BTreeMap<(RecordKind, &Ref), Vec<&HistoryLine>> = BTreeMap::new();
    for line in lines {
        records.entry((line.kind, &line.subject)).or_default().push(line);
    }
    let mut standings = Vec::with_capacity(lines.len());
    for ((kind, subject), mut lines) in records {
        lines.sort_by_key(|line| (line.event_time, line.id));
        let mut said = Said::default();
        for line in &lines {
            said.hear(line);
            standings.push(Standing {
                kind,
                subject: subject.clone(),
                version: line.id.to_string(),
                event_time: line.event_time,
                members: said.members(kind).ok_or_else(|| line.reason()),
            });
        }
        let is_moved = moved.contains(&MovedRecord { kind, subject: subject.clone() });
        if let (true, Some(last)) = (is_moved, lines.last()) {
            standings.push(Standing {
                kind,
                subject: subject.clone(),
                version: format!("{}:moved", last.id),
                event_time: last.event_time,
                members: Err("the record was found to be of another case".to_owned()),
            });
        }
    }
    standings
}

/// How many versions there are of each kind, by its name.
#[must_use]
pub fn counts(lines: &[HistoryLine]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in lines {
        *counts.entry(line.kind.name().to_owned()).or_default() += 1;
    }
    counts
}

/// True where a text of the JSON has U+0000, which PostgreSQL cannot store.
#[must_use]
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, member)| name.contains('\0') || has_nul(member)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::claim::digest;

    fn line(number: u128, hour: u32, content: Value) -> HistoryLine {
        let at: Instant = format!("2021-04-15T{hour:02}:00:00Z").parse().unwrap();
        HistoryLine {
            id: Uuid::from_u128(number),
            kind: RecordKind::Breach,
            subject: Ref::new("b-1").unwrap(),
            source: "/records/wessex".to_owned(),
            event_id: format!("e{number}"),
            event_time: at,
            learned_at: at,
            withdrawn: false,
            entered_by: None,
            act: None,
            whole: false,
            claimed_over: BTreeMap::new(),
            content,
            came_from: None,
        }
    }

    fn entered(number: u128, hour: u32, content: Value, over: &[(&str, Value)]) -> HistoryLine {
        let over = over.iter().map(|(member, value)| ((*member).to_owned(), Some(digest(value))));
        HistoryLine {
            entered_by: Some("supervisor:invented".to_owned()),
            act: Some("breach.decide".to_owned()),
            source: "casework".to_owned(),
            claimed_over: over.collect(),
            ..line(number, hour, content)
        }
    }

    fn told(lines: &[HistoryLine], moved: &BTreeSet<MovedRecord>) -> Vec<Result<Value, String>> {
        standings(lines, moved).into_iter().map(|standing| standing.members.map(Value::Object)).collect()
    }

    #[test]
    fn a_record_stands_as_it_did_there_whatever_the_order_in_which_it_was_known() {
        let first = line(1, 9, json!({"summary": "a", "crime": null}));
        let claim = entered(2, 10, json!({"crime": "55"}), &[("crime", json!(null))]);
        let second = line(3, 11, json!({"summary": "b", "crime": null}));
        let late = line(4, 8, json!({"summary": "late", "crime": null}));
        let expected = [
            Ok(json!({"summary": "late", "crime": null})),
            Ok(json!({"summary": "a", "crime": null})),
            Ok(json!({"summary": "a", "crime": "55"})),
            Ok(json!({"summary": "b", "crime": "55"})),
        ];
        let lines = [first, claim, second, late];
        for turn in 0..lines.len() {
            let mut turned = lines.to_vec();
            turned.rotate_left(turn);
            assert_eq!(told(&turned, &BTreeSet::new()), expected);
        }
    }

    #[test]
    fn what_was_withdrawn_or_is_somebody_elses_stands_no_more() {
        let put = line(1, 9, json!({"summary": "a"}));
        let withdrawn = HistoryLine { withdrawn: true, ..line(2, 10, json!({"reason": "in error"})) };
        let back = line(3, 11, json!({"summary": "b"}));
        let moved = BTreeSet::from([MovedRecord { kind: RecordKind::Breach, subject: put.subject.clone() }]);
        let expected = [
            Ok(json!({"summary": "a"})),
            Err("in error".to_owned()),
            Ok(json!({"summary": "b"})),
            Err("the record was found to be of another case".to_owned()),
        ];
        assert_eq!(told(&[put, withdrawn, back], &moved), expected);
    }

    #[test]
    fn what_was_entered_of_a_record_before_its_own_time_stands_with_it_and_not_before() {
        let claim = entered(1, 9, json!({"crime": "55"}), &[("crime", json!(null))]);
        let put = line(2, 10, json!({"summary": "a", "crime": null}));
        let made = HistoryLine { whole: true, claimed_over: BTreeMap::new(), ..claim.clone() };
        let whole = Ok(json!({"summary": "a", "crime": "55"}));
        assert_eq!(told(&[claim, put], &BTreeSet::new()), [Err(String::new()), whole]);
        assert_eq!(told(&[made], &BTreeSet::new()), [Ok(json!({"crime": "55"}))]);
    }

    #[test]
    fn a_line_comes_out_as_it_went_in_and_a_claim_on_a_round_number_stands() {
        let said = line(1, 9, json!({"latitude": 51.0, "b": {"z": 1, "a": [1.5, 100_000_000_000_000_000_000.0]}}));
        let claim = entered(2, 10, json!({"latitude": 50.5}), &[("latitude", json!(51.0))]);
        let sent: Vec<HistoryLine> =
            [&said, &claim].map(|line| serde_json::from_str(line.written().unwrap().trim_end()).unwrap()).into();
        assert_eq!(sent, [said.clone(), claim.clone()]);
        assert_eq!(sent[0].written().unwrap(), said.written().unwrap());
        let stands = standings(&sent, &BTreeSet::new()).pop().unwrap().members.unwrap();
        assert_eq!(stands["latitude"], 50.5);
    }

    #[test]
    fn what_cannot_be_stored_is_found_at_any_depth() {
        assert!(has_nul(&json!({"a": [{"b": "x\0"}]})) && has_nul(&json!({"a\0": 1})));
        assert!(!has_nul(&json!({"a": ["b", 1, null, true]})));
    }
}
