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
    /// What only this service keeps of it.
    #[serde(flatten)]
    pub casework: IntelligenceCasework,
}

/// What only this service keeps of intelligence. What the records feed sends has none of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IntelligenceCasework {
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<IntelligenceSource>,
    /// Who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<Ref>,
    /// Whether it says that the offender was arrested.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_arrest: bool,
    /// Whether it shows contact with a child.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_child_contact: bool,
    /// The children concerned, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
    /// Where a neighbourhood officer sent it: of which area, and when it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sighting: Option<Sighting>,
}

/// What a neighbourhood officer saw, told of in their own area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The area.
    pub neighbourhood_ref: Ref,
    /// When.
    pub observed_at: Instant,
}

/// Where intelligence came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntelligenceSource {
    /// The team itself.
    Team,
    /// A neighbourhood officer.
    Neighbourhood,
    /// Another force.
    OtherForce,
    /// Another agency.
    Agency,
    /// A member of the public.
    Public,
    /// What is open to see on the internet.
    Online,
    /// Elsewhere.
    Other,
}
