//! Reactive management: no routine home visits, for those who meet every criterion.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;

/// An offender's latest spell in reactive management.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReactiveManagement {
    /// First day.
    pub entered_on: CivilDate,
    /// Last day; empty where it goes on.
    pub left_on: Option<CivilDate>,
    /// Who approved it.
    pub approved_by: Option<Ref>,
    /// Why.
    pub rationale: Option<String>,
    /// The last review; empty where there was none.
    pub last_reviewed_on: Option<CivilDate>,
}

impl ReactiveManagement {
    /// Placed in reactive management on a day: entered, and not left by it.
    #[must_use]
    pub fn holds_on(&self, day: CivilDate) -> bool {
        self.entered_on <= day && self.left_on.is_none_or(|left| left > day)
    }
}
