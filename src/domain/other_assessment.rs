//! Assessments by another tool, of people for whom ARMS is not made: women and under-18s.
//!
//! Tool, version, band and date are kept as the tool gives them and never converted to an ARMS level: so such an
//! assessment is a kind of its own, is never the "current assessment" of the flags, and gives no level to plan by.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, plus_months};
use super::correction::Correction;
use super::reference::Ref;
use super::words::Words;

/// One assessment by another tool than ARMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherAssessment {
    /// Of whom.
    pub offender_ref: Ref,
    /// The tool.
    pub tool: Words,
    /// Its version.
    pub version: Words,
    /// The band as the tool names it.
    pub band: Words,
    /// When.
    pub assessed_on: CivilDate,
    /// When it should be reviewed.
    pub next_review_on: CivilDate,
    /// Who assessed.
    pub assessor_ref: Ref,
    /// Why ARMS does not apply, in the assessor's words; needed where the record does not show it.
    pub why_not_arms: Option<Words>,
    /// Why this band.
    pub rationale: Words,
    /// What was put right since.
    #[serde(default)]
    pub corrections: Vec<Correction>,
}

impl OtherAssessment {
    /// The review's due date, as that of an ARMS assessment.
    #[must_use]
    pub fn review_due(&self, max_age_months: u32) -> CivilDate {
        self.next_review_on.min(plus_months(self.assessed_on, max_age_months))
    }
}
