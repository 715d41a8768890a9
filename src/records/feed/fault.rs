//! Why an event is refused.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// The kinds of fault. Part of the service's interface: callers act on the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// The text is not JSON.
    InvalidJson,
    /// A line without an event.
    EmptyLine,
    /// A line over the limit.
    LineTooLong,
    /// Something other than an object where an object belongs.
    NotAnObject,
    /// A required member is absent.
    MissingMember,
    /// A member that the contract does not know.
    UnknownMember,
    /// A value of another JSON type.
    WrongType,
    /// A number outside its limits.
    OutOfRange,
    /// A text over its limit.
    TooLong,
    /// Fewer items than the least allowed.
    TooFew,
    /// An item listed twice.
    NotUnique,
    /// A value that is not one of those allowed.
    NotAllowed,
    /// Not a civil date.
    BadDate,
    /// Not an instant with an offset.
    BadInstant,
    /// Not a time of day.
    BadTime,
    /// Empty, or white space alone.
    Blank,
    /// U+0000 in a text, which PostgreSQL cannot store.
    NulCharacter,
    /// An event type that the contract does not know.
    UnknownType,
    /// A source that is not `/records/{force}` or `/records/{force}/{system}`.
    InvalidSource,
    /// A source that names another force than the sender's.
    SourceNotPermitted,
    /// A type that the sender may not send.
    TypeNotPermitted,
    /// A withdrawal whose two subjects differ.
    SubjectMismatch,
    /// Dates, times or day counts that contradict each other.
    InconsistentDates,
}

impl FaultCode {
    /// The code as reports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidUtf8 => "invalid_utf8",
            Self::InvalidJson => "invalid_json",
            Self::EmptyLine => "empty_line",
            Self::LineTooLong => "line_too_long",
            Self::NotAnObject => "not_an_object",
            Self::MissingMember => "missing_member",
            Self::UnknownMember => "unknown_member",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::TooLong => "too_long",
            Self::TooFew => "too_few",
            Self::NotUnique => "not_unique",
            Self::NotAllowed => "not_allowed",
            Self::BadDate => "bad_date",
            Self::BadInstant => "bad_instant",
            Self::BadTime => "bad_time",
            Self::Blank => "blank",
            Self::NulCharacter => "nul_character",
            Self::UnknownType => "unknown_type",
            Self::InvalidSource => "invalid_source",
            Self::SourceNotPermitted => "source_not_permitted",
            Self::TypeNotPermitted => "type_not_permitted",
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

/// One fault: what is wrong, where, and what to do about it.
///
/// Faults are made where they are found and moved outwards with [`Fault::under`], so that a
/// faultless event builds no pointers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
#[error("{code} at \"{pointer}\": {detail}")]
pub struct Fault {
    /// The kind of fault.
    pub code: FaultCode,
    /// Where: a JSON pointer (RFC 6901); empty for the whole event.
    pub pointer: String,
    /// What is wrong and what to do, without any value of the data.
    pub detail: String,
}

impl Fault {
    /// A fault of the value at hand.
    #[must_use]
    pub fn here(code: FaultCode, detail: impl Into<String>) -> Self {
        Self { code, pointer: String::new(), detail: detail.into() }
    }

    /// The same fault, seen from the object or array that holds the value under `token`.
    #[must_use]
    pub fn under(mut self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        self.pointer.insert_str(0, &token);
        self.pointer.insert(0, '/');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_grow_outwards_and_escape_their_tokens() {
        let fault = Fault::here(FaultCode::Blank, "x").under("a/b~c").under("0").under("data");
        assert_eq!(fault.pointer, "/data/0/a~1b~0c");
        assert_eq!(fault.to_string(), "blank at \"/data/0/a~1b~0c\": x");
    }

    #[test]
    fn a_code_is_written_as_serde_writes_it() {
        for code in [FaultCode::InvalidUtf8, FaultCode::NotAnObject, FaultCode::InconsistentDates, FaultCode::Blank] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
