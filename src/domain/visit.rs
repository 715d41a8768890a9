//! Visits and other contacts, made or attempted.

use serde::{Deserialize, Serialize};

use uuid::Uuid;

use super::calendar::{CivilDate, Instant, london_date};
use super::correction::Correction;
use super::reference::Ref;
use super::words::Words;

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
    /// Sought where the offender lives.
    #[must_use]
    pub const fn is_at_the_door(self) -> bool {
        match self {
            Self::Home | Self::Doorstep => true,
            Self::Station | Self::Office | Self::Phone | Self::Video | Self::Other => false,
        }
    }

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

impl VisitOutcome {
    /// The offender was not seen.
    #[must_use]
    pub const fn is_failed(self) -> bool {
        match self {
            Self::NoReply | Self::RefusedEntry | Self::NotResident | Self::Abandoned => true,
            Self::Seen => false,
        }
    }
}

/// Whether a condition of an order was found kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionFinding {
    /// Kept.
    Kept,
    /// Not kept.
    NotKept,
    /// It could not be checked.
    NotChecked,
}

/// A condition of an order, checked at a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionCheck {
    /// The order.
    pub order_ref: Ref,
    /// The condition, as the order has it.
    pub condition: Words,
    /// What was found.
    pub finding: ConditionFinding,
    /// What shows it.
    pub note: Option<Words>,
}

/// An officer confirms that they were there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who.
    pub by: Ref,
    /// When.
    pub at: Instant,
}

/// What those who went write down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitWriteUp {
    /// Who wrote it.
    pub recorded_by: Ref,
    /// When.
    pub recorded_at: Instant,
    /// The planned visit whose outcome this is; empty for a contact that was not planned.
    #[serde(default)]
    pub planned_visit_id: Option<Uuid>,
    /// What was observed.
    pub observations: Words,
    /// Of the factors of risk.
    #[serde(default)]
    pub risk_factors: Option<Words>,
    /// Of the protective factors.
    #[serde(default)]
    pub protective_factors: Option<Words>,
    /// Who else was there.
    #[serde(default)]
    pub present: Vec<Words>,
    /// The devices that were seen.
    #[serde(default)]
    pub devices_seen: Vec<Words>,
    /// The conditions of orders that were checked.
    #[serde(default)]
    pub conditions_checked: Vec<ConditionCheck>,
    /// What follows.
    #[serde(default)]
    pub next_steps: Option<Words>,
    /// Whether it shows contact with a child.
    pub shows_child_contact: bool,
    /// The other officers who confirmed that they were there.
    #[serde(default)]
    pub confirmed_by: Vec<Confirmation>,
    /// At home, by too few officers, without an approval.
    #[serde(default)]
    pub alone_without_approval: bool,
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
    /// Entered here: what those who went wrote down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_up: Option<Box<VisitWriteUp>>,
    /// Entered here: what was put right since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

impl Visit {
    /// True when what was written down shows contact with a child.
    #[must_use]
    pub fn shows_child_contact(&self) -> bool {
        self.write_up.as_ref().is_some_and(|write_up| write_up.shows_child_contact)
    }

    /// The Europe/London date of the visit.
    #[must_use]
    pub fn date(&self) -> CivilDate {
        london_date(self.attempted_at)
    }

    /// Tried at the door and the offender not seen. Nobody answering a telephone is no such attempt.
    #[must_use]
    pub fn is_failed_attempt(&self) -> bool {
        self.mode.is_at_the_door() && self.outcome.is_failed()
    }

    /// Two of the officers named say that they were there: one by recording it, the other by confirming it. Where one
    /// alone went, that one.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        let Some(write_up) = &self.write_up else { return false };
        let says_so = |officer: &&Ref| {
            write_up.recorded_by == **officer || write_up.confirmed_by.iter().any(|confirmed| confirmed.by == **officer)
        };
        self.officer_refs.iter().filter(says_so).count() >= self.officer_refs.len().min(2)
    }

    /// Qualifying: at home, seen, the home inspected. Nothing else resets the clock.
    #[must_use]
    pub fn is_qualifying(&self) -> bool {
        self.mode == VisitMode::Home && self.outcome == VisitOutcome::Seen && self.home_inspected == Some(true)
    }
}
