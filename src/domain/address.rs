//! Where an offender lives or may be found.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::team::Location;

/// What an address is to the offender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// The sole or main residence.
    Main,
    /// Another address.
    Other,
    /// A place where somebody of no fixed abode is regularly found.
    NoFixedAbode,
}

/// How it was verified that the offender lives at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// They were seen there at a visit.
    Visit,
    /// By a document such as a tenancy or a bill.
    Document,
    /// By whoever else lives there or lets it.
    Householder,
    /// By another agency.
    PartnerAgency,
}

/// An address of an offender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// Whose.
    pub offender_ref: Ref,
    /// What it is.
    pub kind: AddressKind,
    /// Its lines.
    pub lines: Vec<String>,
    /// First day there.
    pub resident_from: CivilDate,
    /// The postcode.
    pub postcode: Option<String>,
    /// Degrees north; not known where empty.
    pub latitude: Option<f64>,
    /// Degrees east; not known where empty.
    pub longitude: Option<f64>,
    /// Last day there; empty where there is none.
    pub resident_until: Option<CivilDate>,
    /// Whether a child lives in the household; not known where empty.
    pub child_in_household: Option<bool>,
    /// When it was last verified that they live there; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<CivilDate>,
    /// By whom; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<Ref>,
    /// How; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_how: Option<Verification>,
}

impl Address {
    /// Checks that the record does not contradict itself, as the records feed has it.
    ///
    /// # Errors
    /// With the member that is at fault.
    pub fn check(&self) -> Result<(), Refusal> {
        let refused = |pointer: &str, detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer));
        if self.lines.is_empty() {
            return refused("/lines", "an address has a line");
        }
        if self.resident_until.is_some_and(|until| until < self.resident_from) {
            return refused("/resident_until", "the last day there is not before the first");
        }
        if self.latitude.is_some_and(|latitude| !(-90.0..=90.0).contains(&latitude)) {
            return refused("/latitude", "a latitude is from -90 to 90 degrees");
        }
        if self.longitude.is_some_and(|longitude| !(-180.0..=180.0).contains(&longitude)) {
            return refused("/longitude", "a longitude is from -180 to 180 degrees");
        }
        Ok(())
    }

    /// True when somebody could be visited here on a day: a main residence or a place where
    /// somebody of no fixed abode is found, lived at on that day.
    #[must_use]
    pub fn is_residence_on(&self, day: CivilDate) -> bool {
        matches!(self.kind, AddressKind::Main | AddressKind::NoFixedAbode)
            && self.resident_from <= day
            && self.resident_until.is_none_or(|until| until >= day)
    }

    /// Where it is, when both coordinates are known.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        Some(Location { latitude: self.latitude?, longitude: self.longitude? })
    }
}
