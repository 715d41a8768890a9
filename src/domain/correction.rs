//! Corrections: what was entered and turned out to be wrong is put right with a reason, and the history keeps both.

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::reference::Ref;
use super::words::Words;

/// Who put something right, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Who.
    pub by: Ref,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: Words,
}
