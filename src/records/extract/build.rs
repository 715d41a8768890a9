//! From a row to the events of the records feed that it gives.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::cell::Cell;
use super::check::{Mapping, RecordPlan};
use super::fault::{CellCode, CellFault};
use super::fill::ColumnFault;
use super::local_time::rfc3339;
use super::places::{Part, pointer};
use crate::domain::calendar::Instant;
use crate::records::feed::fault::Fault;

/// An event that a row gives, and where each of its places came from.
#[derive(Debug, Clone)]
pub struct BuiltEvent {
    /// The event, as the feed has it.
    pub event: Value,
    /// What tells whether two rows speak of the same: type, key and time.
    pub about: [u8; 32],
    /// What they say of it.
    pub says: [u8; 32],
    columns: Vec<(String, usize)>,
}

/// Why a row does not give an event that it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The stable code.
    pub code: &'static str,
    /// Where in the event: a JSON pointer.
    pub pointer: String,
    /// The column, by its place; none where no column fills it.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub detail: String,
}

impl RowFault {
    fn of(fault: CellFault, pointer: String, column: Option<usize>) -> Self {
        Self { code: fault.code.as_str(), pointer, column, detail: fault.detail }
    }
}

/// By what, and as of when, rows are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// Its version, 0 where it is none of those saved: of two events with one time the feed takes the greater id, so that the
    /// same extract read by a later version of the mapping puts right what an earlier one made of it.
    pub version: u32,
    /// The instant of the extract.
    pub as_of: Option<Instant>,
}

/// The event of a record that a row gives; none where the row has no such record.
///
/// # Errors
/// The first cell that cannot be read.
pub fn event(
    Reading { mapping, version, as_of }: Reading<'_>,
    record: &RecordPlan,
    row: &[Cell],
) -> Result<Option<BuiltEvent>, RowFault> {
    let is_empty = |column: &usize| row.get(*column).is_none_or(Cell::is_empty);
    if record.only_where_filled.iter().any(is_empty) {
        return Ok(None);
    }
    let mut columns = Vec::with_capacity(record.members.len());
    let subject = required(record.subject.read(row), "/subject", record.subject.first_column(), CellCode::MissingKey)?;
    columns.extend(record.subject.first_column().map(|column| ("/subject".to_owned(), column)));
    let time = match &record.time {
        Some(fill) => {
            columns.extend(fill.first_column().map(|column| ("/time".to_owned(), column)));
            required(fill.read(row), "/time", fill.first_column(), CellCode::MissingTime)?
        }
        None => json!(as_of.map(rfc3339)),
    };
    let mut part = Part::default();
    for member in &record.members {
        let told = |ColumnFault { column, fault }| {
            RowFault::of(fault, format!("/data{}", pointer(&member.path)), Some(column))
        };
        part.fill(&member.path, member.fill.read(row).map_err(told)?, member.fill.is_from_columns());
    }
    let together = part.record();
    columns.extend(together.columns.into_iter().map(|(at, column)| (format!("/data{at}"), column)));
    let data = Value::Object(together.data);
    let about = hash(&json!([record.event_type, subject, time]));
    let says = hash(&json!([record.event_type, subject, time, data]));
    let event = json!({
        "specversion": "1.0", "id": format!("extract:{version:08}:{}", hexadecimal(&says)), "source": mapping.document.source,
        "type": record.event_type, "subject": subject, "time": time, "data": data,
    });
    Ok(Some(BuiltEvent { event, about, says, columns }))
}

fn required(
    read: Result<Option<super::places::Leaf>, ColumnFault>,
    at: &str,
    column: Option<usize>,
    code: CellCode,
) -> Result<Value, RowFault> {
    let leaf = read.map_err(|ColumnFault { column, fault }| RowFault::of(fault, at.to_owned(), Some(column)))?;
    leaf.map(|leaf| leaf.value).filter(|value| !value.is_null()).ok_or_else(|| {
        RowFault::of(CellFault::new(code, "is empty, and a record cannot be without it"), at.to_owned(), column)
    })
}

impl BuiltEvent {
    /// A fault that the feed found in the event, at the column it came from.
    #[must_use]
    pub fn told(&self, record: &RecordPlan, fault: Fault) -> RowFault {
        let within = |outer: &str, inner: &str| inner == outer || inner.starts_with(&format!("{outer}/"));
        let filled = self.columns.iter().filter(|(at, _)| within(at, &fault.pointer)).max_by_key(|(at, _)| at.len());
        let column = filled.map(|(_, column)| *column).or_else(|| {
            // Nothing came of it: the column that should have filled it, or a part of it.
            let wanted = |path| format!("/data{}", pointer(path));
            let member = record.members.iter().find(|member| within(&fault.pointer, &wanted(&member.path)));
            member.and_then(|member| member.fill.first_column())
        });
        RowFault { code: fault.code.as_str(), pointer: fault.pointer, column, detail: fault.detail }
    }
}

fn hash(value: &Value) -> [u8; 32] {
    Sha256::digest(value.to_string().as_bytes()).into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
