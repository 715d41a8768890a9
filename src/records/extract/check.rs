//! A mapping that was checked: what a row becomes, with the columns as places. Whatever is wrong with it is told with its JSON pointer.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_path_to_error::Segment;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::fill::{Fill, fill_of};
use super::mapping::{FORMAT, FileForm, Filling, MappingDocument, RecordDocument};
use super::places::{Step, clash, steps};
use crate::domain::record::RecordKind;
use crate::records::feed::event::force_of;

/// The most records that a row gives. `[I]`
const MOST_RECORDS: usize = 20;

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{pointer}\": {detail}")]
pub struct MappingFault {
    /// Where: a JSON pointer.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl MappingFault {
    /// A fault.
    #[must_use]
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A mapping that was checked.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// As it was written.
    pub document: MappingDocument,
    /// The force whose records system it is of.
    pub force: String,
    /// The columns that it names, each once.
    pub columns: Vec<String>,
    /// The records that a row gives.
    pub records: Vec<RecordPlan>,
    /// SHA-256 of what it says, in hexadecimal digits: the same for the same mapping however it is laid out.
    pub sha256: String,
}

/// One record that a row gives.
#[derive(Debug, Clone)]
pub struct RecordPlan {
    /// The kind of record.
    pub kind: RecordKind,
    /// The type of its events.
    pub event_type: String,
    /// Its key.
    pub subject: Fill,
    /// When the change became true; the instant of the extract, where it is empty.
    pub time: Option<Fill>,
    /// Columns without which a row does not give it.
    pub only_where_filled: Vec<usize>,
    /// Its members.
    pub members: Vec<Member>,
}

/// One member of a record.
#[derive(Debug, Clone)]
pub struct Member {
    /// Where it stands in the record.
    pub path: Vec<Step>,
    /// What fills it.
    pub fill: Fill,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Everything that is wrong with it; where it has not the shape of a mapping, that alone.
    pub fn read(json: &Value) -> Result<Self, Vec<MappingFault>> {
        let document = MappingDocument::deserialize_whole(json).map_err(|fault| vec![fault])?;
        let mut columns = Columns::default();
        let mut faults = faults_of_file(&document);
        let force = force_of(&document.source).map_err(|fault| MappingFault::at("/source", fault.detail));
        if document.records.is_empty() || document.records.len() > MOST_RECORDS {
            faults.push(MappingFault::at("/records", format!("has 1 to {MOST_RECORDS} records")));
        }
        let mut records = Vec::with_capacity(document.records.len());
        for (at, record) in document.records.iter().enumerate() {
            let mut checker = Checker { document: &document, columns: &mut columns, faults: &mut faults };
            records.extend(checker.record(&format!("/records/{at}"), record));
        }
        faults.extend(faults_of_times(&document.records));
        match force {
            Ok(force) if faults.is_empty() => {
                let (force, sha256) = (force.to_owned(), digest(&document));
                Ok(Self { document, force, columns: columns.0, records, sha256 })
            }
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.insert(0, fault);
                Err(faults)
            }
        }
    }

    /// True where a record has the extract's own instant as its time, so that one must be given.
    #[must_use]
    pub fn needs_as_of(&self) -> bool {
        self.records.iter().any(|record| record.time.is_none())
    }

    /// The kinds of record whose time is that of the extract.
    #[must_use]
    pub fn kinds_as_of(&self) -> BTreeSet<RecordKind> {
        self.records.iter().filter(|record| record.time.is_none()).map(|record| record.kind).collect()
    }

    /// How the file is written.
    #[must_use]
    pub const fn file(&self) -> &FileForm {
        &self.document.file
    }
}

impl MappingDocument {
    /// Reads the document whole; its message is ours, and repeats nothing of it.
    fn deserialize_whole(json: &Value) -> Result<Self, MappingFault> {
        serde_path_to_error::deserialize(json).map_err(|error| {
            let unknown = error.inner().to_string().starts_with("unknown field");
            let detail = if unknown {
                "has a member that a mapping does not know; leave it out, or correct its name"
            } else {
                "is not what a mapping has here, or lacks a member; docs/EXTRACTS.md and `schema extract-mapping` give its shape"
            };
            MappingFault::at(pointer_of(error.path()), detail)
        })
    }
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    pointer
}

/// A name as a token of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn faults_of_file(document: &MappingDocument) -> Vec<MappingFault> {
    let FileForm { separator, header_row, .. } = &document.file;
    let is_separator = matches!(separator.as_bytes(), [byte] if byte.is_ascii() && !b"\"\r\n\0".contains(byte));
    let rules = [
        (document.format == FORMAT, "/format", format!("must be {FORMAT}")),
        (is_separator, "/file/separator", "is one ASCII character, and no quotation mark or line break".to_owned()),
        ((1..=1_000).contains(header_row), "/file/header_row", "is from 1 to 1000".to_owned()),
    ];
    rules.into_iter().filter(|(holds, ..)| !holds).map(|(_, at, detail)| MappingFault::at(at, detail)).collect()
}

/// Records of one type have all a time of their own or none: what a dry run foretells of them would else hang on where a batch ends.
fn faults_of_times(records: &[RecordDocument]) -> Vec<MappingFault> {
    let differs = |(at, record): &(usize, &RecordDocument)| {
        let mut earlier = records.iter().take(*at).filter(|earlier| earlier.event_type == record.event_type);
        earlier.any(|earlier| earlier.time.is_some() != record.time.is_some())
    };
    let detail = "is given by one record of this type and not by another; give it in all of them, or in none";
    let told = |(at, _): (usize, &RecordDocument)| MappingFault::at(format!("/records/{at}/time"), detail);
    records.iter().enumerate().filter(differs).map(told).collect()
}

/// The columns that a mapping names, by their places.
#[derive(Debug, Default)]
pub struct Columns(Vec<String>);

impl Columns {
    /// The place of a column.
    pub fn place(&mut self, name: &str) -> usize {
        let name = name.trim();
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

struct Checker<'a> {
    document: &'a MappingDocument,
    columns: &'a mut Columns,
    faults: &'a mut Vec<MappingFault>,
}

impl Checker<'_> {
    fn record(&mut self, at: &str, record: &RecordDocument) -> Option<RecordPlan> {
        let kind = RecordKind::of_event_type(&record.event_type);
        if kind.is_none() {
            let detail = "must be an event type of version 1 of the feed, such as records.visit.v1";
            self.faults.push(MappingFault::at(format!("{at}/type"), detail));
        }
        let subject = self.fill(&format!("{at}/subject"), &record.subject);
        if subject.as_ref().is_some_and(|subject| !subject.is_text_of_columns()) {
            let detail = "is a text of one or more columns: a key is not always the same, and is no list";
            self.faults.push(MappingFault::at(format!("{at}/subject"), detail));
        }
        let time = record.time.as_ref().map(|time| self.fill(&format!("{at}/time"), time));
        if let Some(Some(fill)) = &time
            && !fill.is_instant()
        {
            self.faults.push(MappingFault::at(format!("{at}/time"), "is read as an instant: \"as\": \"instant\""));
        }
        let only_where_filled = record.only_where_filled.iter().map(|name| self.columns.place(name)).collect();
        let members = self.members(at, record);
        let time = match time {
            None => None,
            Some(fill) => Some(fill?),
        };
        Some(RecordPlan {
            kind: kind?,
            event_type: record.event_type.clone(),
            subject: subject?,
            time,
            only_where_filled,
            members,
        })
    }

    fn members(&mut self, at: &str, record: &RecordDocument) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::with_capacity(record.data.len());
        for (name, filling) in &record.data {
            let at = format!("{at}/data/{}", escaped(name));
            let fill = self.fill(&at, filling);
            let Some(path) = steps(name) else {
                let detail =
                    "is a path: names with points between them (mappa.level), or a JSON pointer with places up to 49";
                self.faults.push(MappingFault::at(at, detail));
                continue;
            };
            if members.iter().any(|other| clash(&other.path, &path)) {
                let detail = "is filled twice, or is filled as a whole and in its parts; leave one out";
                self.faults.push(MappingFault::at(at, detail));
            } else if let Some(fill) = fill {
                members.push(Member { path, fill });
            }
        }
        members
    }

    fn fill(&mut self, at: &str, filling: &Filling) -> Option<Fill> {
        match fill_of(filling, &self.document.code_lists, self.columns) {
            Ok(fill) => Some(fill),
            Err(fault) => {
                self.faults.push(MappingFault::at(format!("{at}{}", fault.pointer), fault.detail));
                None
            }
        }
    }
}

fn digest(document: &MappingDocument) -> String {
    let written = serde_json::to_vec(document).unwrap_or_default();
    Sha256::digest(written).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
