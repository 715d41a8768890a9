//! Arrests, as people enter them. An arrest puts somebody in reactive management back into visit demand.

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::reference::Ref;

/// One arrest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrest {
    /// Of whom.
    pub offender_ref: Ref,
    /// When.
    pub arrested_at: Instant,
    /// What for, and how it is known.
    pub detail: String,
    /// Who entered it.
    pub entered_by: Ref,
}
