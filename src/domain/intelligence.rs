//! Intelligence received about an offender.

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::reference::Ref;

/// One item of intelligence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intelligence {
    /// About whom.
    pub offender_ref: Ref,
    /// When it was received.
    pub received_at: Instant,
    /// Whether it bears on risk.
    pub risk_relevant: bool,
    /// What it says.
    pub summary: String,
    /// The force it came from.
    pub source_force: Option<String>,
}
