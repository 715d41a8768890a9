//! Court orders: SHPO, SOPO, SRO and so on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// The kind of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Sexual harm prevention order.
    Shpo,
    /// Interim sexual harm prevention order.
    InterimShpo,
    /// Sexual offences prevention order (legacy).
    Sopo,
    /// Sexual risk order.
    Sro,
    /// Interim sexual risk order.
    InterimSro,
    /// Risk of sexual harm order (legacy).
    Rsho,
    /// Foreign travel order (legacy).
    ForeignTravelOrder,
    /// Notification order.
    NotificationOrder,
    /// Another order.
    Other,
}

impl OrderKind {
    /// The civil orders that bar reactive management while in force.
    /// Source: NPCC criteria as reported in 2017 (criterion E4); some forces vary.
    #[must_use]
    pub const fn bars_reactive_management(self) -> bool {
        match self {
            Self::Shpo
            | Self::InterimShpo
            | Self::Sopo
            | Self::Sro
            | Self::InterimSro
            | Self::Rsho
            | Self::ForeignTravelOrder => true,
            Self::NotificationOrder | Self::Other => false,
        }
    }
}

/// A condition that can be checked, such as at a visit; entered here. Orders that allowed software to watch devices
/// went unused in an inspected force (HMICFRS, Cambridgeshire 2024).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckableCondition {
    /// Its name within the order, by which a visit ticks it off.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// What it forbids or requires.
    pub text: String,
    /// How it is checked.
    pub how_to_check: String,
}

/// An order of a court.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Against whom.
    pub offender_ref: Ref,
    /// What kind.
    pub kind: OrderKind,
    /// When it was made.
    pub made_on: CivilDate,
    /// What it forbids or requires.
    pub conditions: Vec<String>,
    /// Its last day; empty where there is none.
    pub ends_on: Option<CivilDate>,
    /// When it was discharged; empty where it was not.
    pub discharged_on: Option<CivilDate>,
    /// The conditions that can be checked; entered here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkable_conditions: Vec<CheckableCondition>,
    /// Why it was discharged, in free text; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_reason: Option<String>,
}

impl Order {
    /// Checks that the record does not contradict itself.
    ///
    /// # Errors
    /// With the member that is at fault.
    pub fn check(&self) -> Result<(), Refusal> {
        let refused = |pointer: String, detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer));
        if self.ends_on.is_some_and(|ends| ends < self.made_on) {
            return refused("/ends_on".to_owned(), "an order ends on the day it is made or later");
        }
        let mut seen = BTreeSet::new();
        if let Some(at) = self.checkable_conditions.iter().position(|condition| !seen.insert(&condition.reference)) {
            let pointer = format!("/checkable_conditions/{at}/ref");
            return refused(pointer, "another condition of the order has that reference");
        }
        Ok(())
    }

    /// In force: made, not ended, not discharged.
    #[must_use]
    pub fn is_in_force(&self, day: CivilDate) -> bool {
        self.made_on <= day
            && self.ends_on.is_none_or(|ends| ends >= day)
            && self.discharged_on.is_none_or(|discharged| discharged > day)
    }
}
