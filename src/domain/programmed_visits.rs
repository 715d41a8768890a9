//! Future visit dates already programmed in the records system.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;

/// The dates programmed for one offender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammedVisits {
    /// The dates, in no order.
    pub dates: Vec<CivilDate>,
}
