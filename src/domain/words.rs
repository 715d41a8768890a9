//! Words: free text that says something, as every reason, rationale and observation must.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest text, in Unicode characters: that of the records feed, version 1.
pub const MAX_WORDS_CHARS: usize = 10_000;

/// Why a text will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a text has 1 to {MAX_WORDS_CHARS} characters, is not blank and has no U+0000")]
pub struct NoWords;

/// A text of 1 to 10,000 characters that is not blank, without white space around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = 10_000))]
pub struct Words(String);

impl Words {
    /// A text of the service's own, which says something.
    #[must_use]
    pub fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Words {
    type Error = NoWords;

    fn try_from(text: String) -> Result<Self, NoWords> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.chars().count() > MAX_WORDS_CHARS || trimmed.contains('\0') {
            return Err(NoWords);
        }
        Ok(Self(trimmed.to_owned()))
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_something() {
        let long = "é".repeat(MAX_WORDS_CHARS);
        for (text, taken) in [
            ("a", Some("a")),
            ("  why \n", Some("why")),
            ("", None),
            (" \t\n", None),
            ("a\0b", None),
            (long.as_str(), Some(long.as_str())),
        ] {
            assert_eq!(Words::try_from(text.to_owned()).ok().as_ref().map(Words::as_str), taken);
        }
        assert_eq!(Words::try_from(format!("{long}e")), Err(NoWords));
    }
}
