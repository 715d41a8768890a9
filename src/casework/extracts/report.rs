//! What comes of an extract, beside what comes of any import.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::calendar::Instant;

/// What came of an extract; of a dry run, what would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractOutcome {
    /// The saved mapping that it was read by; empty where it was a file.
    pub mapping: Option<String>,
    /// The version of that.
    pub mapping_version: Option<i32>,
    /// SHA-256 of what the mapping says, in hexadecimal digits.
    pub mapping_sha256: String,
    /// The instant of the extract, where one was given.
    pub as_of: Option<Instant>,
    /// The rows below the header.
    pub rows: u64,
    /// Rows that could not be read as rows; each counts as refused once.
    pub unreadable_rows: u64,
    /// The records by the type of their events.
    pub records: BTreeMap<String, RecordCounts>,
    /// Of a dry run: the records that would change, at most [`crate::casework::import::MAX_LISTED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_records: Vec<ChangedRecord>,
}

/// What came of records of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordCounts {
    /// Records that were not there, or were withdrawn.
    pub new: u64,
    /// Records that were there, and are another way now.
    pub changed: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records of which something newer is known; they go to the history alone.
    pub stale: u64,
    /// Records refused.
    pub refused: u64,
}

/// A record that would change, and in which members; never their values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRecord {
    /// The type of its events.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its key.
    pub subject: String,
    /// The members that would be another way than they stand now.
    pub members: Vec<String>,
}
