//! Visits and other contacts, made or attempted.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant, london_date};
use super::reference::Ref;

/// How contact was made or sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitMode {
    /// At home.
    Home,
    /// On the doorstep.
    Doorstep,
    /// At a police station.
    Station,
    /// At an office.
    Office,
    /// By telephone.
    Phone,
    /// By video.
    Video,
    /// Otherwise.
    Other,
}

impl VisitMode {
    /// Contact that never shows the home environment.
    #[must_use]
    pub const fn is_remote(self) -> bool {
        match self {
            Self::Doorstep | Self::Station | Self::Office | Self::Phone | Self::Video => true,
            Self::Home | Self::Other => false,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// The offender was seen.
    Seen,
    /// Nobody answered.
    NoReply,
    /// Entry was refused.
    RefusedEntry,
    /// The offender does not live there.
    NotResident,
    /// The visit was broken off.
    Abandoned,
}

/// One visit or contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Of whom.
    pub offender_ref: Ref,
    /// When.
    pub attempted_at: Instant,
    /// How.
    pub mode: VisitMode,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// Who went.
    pub officer_refs: Vec<Ref>,
    /// Where.
    pub address_ref: Option<Ref>,
    /// Whether the offender was told beforehand.
    pub announced: Option<bool>,
    /// Whether the inside of the home was seen.
    pub home_inspected: Option<bool>,
    /// Whether entry was sought to assess risk (SOA 2003 s.96B).
    pub entry_sought_for_risk_assessment: Option<bool>,
    /// The supervisor who approved that one officer went alone.
    pub single_crew_approved_by: Option<Ref>,
    /// What was observed.
    pub summary: Option<String>,
    /// Whether the visit showed contact with a child. Entered here; the records feed does not speak of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_child_contact: bool,
}

impl Visit {
    /// The Europe/London date of the visit.
    #[must_use]
    pub fn date(&self) -> CivilDate {
        london_date(self.attempted_at)
    }

    /// Qualifying: at home, seen, the home inspected. Nothing else resets the clock.
    #[must_use]
    pub fn is_qualifying(&self) -> bool {
        self.mode == VisitMode::Home && self.outcome == VisitOutcome::Seen && self.home_inspected == Some(true)
    }
}
