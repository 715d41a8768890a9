//! The mapping as it is written: a JSON document. What it means is checked in [`super::check`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The format that this program reads.
pub const FORMAT: &str = "mosovo-visits/extract-mapping/1";

/// How the rows of an extract become events of the records feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingDocument {
    /// `mosovo-visits/extract-mapping/1`.
    pub format: String,
    /// The records system that the extract comes from, as events name it: `/records/{force}` or `/records/{force}/{system}`.
    pub source: String,
    /// How the file is written.
    #[serde(default)]
    pub file: FileForm,
    /// Lists of codes by their names: a text of the extract, and what it stands for in the feed.
    #[serde(default)]
    pub code_lists: BTreeMap<String, CodeList>,
    /// The records that each row gives, one or more.
    pub records: Vec<RecordDocument>,
}

/// A text of the extract, and what it stands for.
pub type CodeList = BTreeMap<String, Meaning>;

/// What a code stands for in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Meaning {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Truth(bool),
}

/// How the file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileForm {
    /// How a CSV file writes its characters; `utf-8` unless it is said.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between the columns of a CSV file, one ASCII character; a comma unless it is said.
    #[serde(default = "comma")]
    pub separator: String,
    /// The row with the columns' names, from 1; the first unless it is said. What stands above it is not read.
    #[serde(default = "first")]
    pub header_row: u32,
    /// The sheet of an XLSX file, by its name; its only one unless it is said here or at the import.
    #[serde(default)]
    pub sheet: Option<String>,
}

impl Default for FileForm {
    fn default() -> Self {
        Self { encoding: Encoding::default(), separator: comma(), header_row: first(), sheet: None }
    }
}

fn comma() -> String {
    ",".to_owned()
}

const fn first() -> u32 {
    1
}

/// How a CSV file writes its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Encoding {
    /// UTF-8, with a byte order mark or without.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, as older programs write it in Western Europe.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// One record that a row gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDocument {
    /// The type of the feed, such as `records.offender.v1`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The record's key.
    pub subject: Filling,
    /// When the change became true, as an `instant`; the instant of the extract, given at the import, unless it is said.
    #[serde(default)]
    pub time: Option<Filling>,
    /// Columns of which a row must fill each for it to give this record; other rows give none.
    #[serde(default)]
    pub only_where_filled: Vec<String>,
    /// The members of the record. Each is named by its path: dotted (`mappa.level`), or a JSON pointer (`/external_refs/0/id`),
    /// in which a number is a place in a list.
    pub data: BTreeMap<String, Filling>,
}

/// What fills a member: a column, several columns, or always the same.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filling {
    /// Always this value. Stands alone.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub constant: Option<Value>,
    /// The column, by its name in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Several columns: of a `text`, joined by `joined_by`, or else a list of those that are filled; of an `instant`, the day and
    /// then the time of day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How a cell is read; as a `text` unless it is said.
    #[serde(default, rename = "as")]
    pub kind: CellKind,
    /// How a text writes a `date` or an `instant`: `%d/%m/%Y`, `%d/%m/%Y %H:%M`; `%z` for an offset, `%+` for RFC 3339. An instant
    /// without an offset is of the clock in Europe/London. A date cell of an XLSX file needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The name of the list that says what a text stands for. A text that is not in it refuses the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_list: Option<String>,
    /// What stands before the text of the column, so that keys of two kinds do not meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What joins several columns to one text. Where one of them is empty, the whole is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_by: Option<String>,
    /// Makes a list of one column: what stands between its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// The words that say yes to a `boolean`, in capitals or not; `yes`, `y`, `true` and `1` unless it is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yes: Vec<String>,
    /// The words that say no; `no`, `n`, `false` and `0` unless it is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no: Vec<String>,
    /// What an empty cell means.
    #[serde(default)]
    pub empty: Empty,
}

/// Keeps null apart from what is left out.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// As it stands, without white space around it; a number of an XLSX file as it is shown without decimals it does not have.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A number, with a point before its decimals.
    Number,
    /// Yes or no.
    Boolean,
    /// A civil date.
    Date,
    /// An instant.
    Instant,
}

/// What an empty cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// The member is left out.
    #[default]
    Absent,
    /// The member is null.
    Null,
    /// The member is a list without items.
    EmptyList,
}
