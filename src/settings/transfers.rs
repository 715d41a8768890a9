//! How transfers of cases to other forces are followed.

use std::num::NonZeroU32;

use serde::Deserialize;

/// How transfers of cases to other forces are followed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferSettings {
    receipt_days: NonZeroU32,
}

impl TransferSettings {
    /// How many days the receiving force's receipt may take before the transfer counts as overdue.
    #[must_use]
    pub const fn receipt_days(&self) -> u32 {
        self.receipt_days.get()
    }
}
