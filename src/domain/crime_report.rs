//! Crime reports as the crime system sees them.

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::reference::Ref;

/// Whether a crime report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrimeReportState {
    /// It stands.
    Recorded,
    /// It was cancelled.
    Cancelled,
}

/// One crime report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrimeReport {
    /// The crime number.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Whether it stands.
    pub state: CrimeReportState,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The breach it belongs to.
    pub breach_ref: Option<Ref>,
    /// The offender it belongs to.
    pub offender_ref: Option<Ref>,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
    /// Why it was cancelled.
    pub reason: Option<String>,
}
