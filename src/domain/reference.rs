//! References: the names by which the records of one force speak of each other.

use std::borrow::Borrow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The longest reference the records feed allows, in Unicode characters (records feed, version 1).
pub const MAX_REFERENCE_CHARS: usize = 200;

/// Why a text cannot be a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// Empty, or white space alone.
    #[error("a reference cannot be blank")]
    Blank,
    /// Longer than [`MAX_REFERENCE_CHARS`].
    #[error("a reference has at most {MAX_REFERENCE_CHARS} characters")]
    TooLong,
    /// With U+0000, which PostgreSQL cannot store.
    #[error("a reference cannot have the character U+0000")]
    NulCharacter,
}

/// A record's key, unique among the records of its kind within one force.
///
/// Ordered by bytes, which is the order the records feed uses to settle ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = MAX_REFERENCE_CHARS))]
pub struct Ref(String);

impl Ref {
    /// Takes a text as a reference.
    ///
    /// # Errors
    /// When it is blank or too long, or has U+0000.
    pub fn new(text: impl Into<String>) -> Result<Self, ReferenceError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(ReferenceError::Blank);
        }
        if text.chars().count() > MAX_REFERENCE_CHARS {
            return Err(ReferenceError::TooLong);
        }
        if text.contains('\0') {
            return Err(ReferenceError::NulCharacter);
        }
        Ok(Self(text))
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Ref {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Uuid> for Ref {
    /// The reference of a record that is made here.
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<Ref> for String {
    fn from(reference: Ref) -> Self {
        reference.0
    }
}

impl Borrow<str> for Ref {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_neither_blank_nor_too_long() {
        assert_eq!(Ref::new(" \u{2003}"), Err(ReferenceError::Blank));
        assert_eq!(Ref::new(""), Err(ReferenceError::Blank));
        assert!(Ref::new("é".repeat(200)).is_ok());
        assert_eq!(Ref::new("é".repeat(201)), Err(ReferenceError::TooLong));
    }

    #[test]
    fn a_reference_has_no_character_that_cannot_be_stored() {
        assert_eq!(Ref::new("a\0"), Err(ReferenceError::NulCharacter));
    }

    #[test]
    fn references_are_ordered_by_bytes() {
        let upper = Ref::new("Z").unwrap();
        let lower = Ref::new("a").unwrap();
        assert!(upper < lower);
    }
}
