//! Changes of plain members (`PATCH`): what is not sent stays, what is sent as null is emptied.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::error::{ErrorCode, Problem};

/// Reads a member that may be left out, with `default` beside it: what it says where it is there, null included.
///
/// # Errors
/// When it is not what the member takes.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// The members that are sent.
#[derive(Debug, Default)]
pub struct Changes(Vec<(&'static str, Value)>);

impl Changes {
    /// With this member, where it is sent.
    #[must_use]
    pub fn with(mut self, member: &'static str, sent: Option<&(impl Serialize + ?Sized)>) -> Self {
        self.0.extend(sent.map(|value| (member, json!(value))));
        self
    }

    /// All of them.
    ///
    /// # Errors
    /// When there is none.
    pub fn all(self) -> Result<Vec<(&'static str, Value)>, Problem> {
        if self.0.is_empty() {
            return Err(Problem::new(ErrorCode::INVALID_BODY, "names no member to change"));
        }
        Ok(self.0)
    }
}
