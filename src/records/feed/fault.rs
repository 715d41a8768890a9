//! Why an event is refused. A fault never repeats a value: that may be personal data.

use std::fmt;

use serde::Serialize;

/// The stable codes of faults in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The line is empty.
    EmptyLine,
    /// The line is longer than 1 MiB.
    LineTooLong,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// The text is not JSON.
    InvalidJson,
    /// A member that must be there is not.
    MissingMember,
    /// A member of `data` that the contract does not know.
    UnknownMember,
    /// A value of another type.
    WrongType,
    /// A value that is not one of those allowed.
    NotAllowed,
    /// A number outside its limits.
    OutOfRange,
    /// A text over its longest length.
    TooLong,
    /// A list with too few items.
    TooFew,
    /// A list that says something twice.
    NotUnique,
    /// A text of white space alone.
    Blank,
    /// A text with U+0000 in it, which a database cannot keep.
    NulCharacter,
    /// Not a date `YYYY-MM-DD`.
    BadDate,
    /// Not an RFC 3339 instant with an offset.
    BadInstant,
    /// Not a time of day `HH:MM`.
    BadTime,
    /// The source is not `/records/{force}` or `/records/{force}/{system}`.
    InvalidSource,
    /// The envelope's subject is not that of `data`.
    SubjectMismatch,
    /// The event contradicts itself.
    InconsistentDates,
}

impl FaultCode {
    /// The code as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EmptyLine => "empty_line",
            Self::LineTooLong => "line_too_long",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::InvalidJson => "invalid_json",
            Self::MissingMember => "missing_member",
            Self::UnknownMember => "unknown_member",
            Self::WrongType => "wrong_type",
            Self::NotAllowed => "not_allowed",
            Self::OutOfRange => "out_of_range",
            Self::TooLong => "too_long",
            Self::TooFew => "too_few",
            Self::NotUnique => "not_unique",
            Self::Blank => "blank",
            Self::NulCharacter => "nul_character",
            Self::BadDate => "bad_date",
            Self::BadInstant => "bad_instant",
            Self::BadTime => "bad_time",
            Self::InvalidSource => "invalid_source",
            Self::SubjectMismatch => "subject_mismatch",
            Self::InconsistentDates => "inconsistent_dates",
        }
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault: what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub code: FaultCode,
    /// Where: a JSON pointer (RFC 6901) into the event.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(code: FaultCode, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), detail: detail.into() }
    }
}

/// A fault, with the id of its event where one could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The event's id.
    pub event_id: Option<String>,
    /// The fault.
    pub fault: Fault,
}
