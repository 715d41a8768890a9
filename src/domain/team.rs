//! MOSOVO teams and neighbourhood policing areas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reference::Ref;

/// A point on the ground, in degrees of WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

/// Where a team's crews start and end their day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// The station's name.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Base {
    /// Where the base is.
    #[must_use]
    pub const fn location(&self) -> Location {
        Location { latitude: self.latitude, longitude: self.longitude }
    }
}

/// A team that manages registered sex offenders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// The team's name.
    pub name: String,
    /// The force it belongs to, as the records system writes it.
    pub force: String,
    /// Where its crews start and end.
    pub base: Base,
    /// The officer who supervises it.
    pub supervisor_ref: Option<Ref>,
}

/// A neighbourhood policing area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbourhood {
    /// The area's name.
    pub name: String,
    /// The force it belongs to.
    pub force: String,
}
