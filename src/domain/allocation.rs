//! Who is responsible for an offender, and from when.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;

/// The officer responsible for an offender from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The officer; empty where it names nobody.
    pub officer_ref: Option<Ref>,
    /// First day of the responsibility.
    pub from: CivilDate,
}
