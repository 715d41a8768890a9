//! Notifications an offender made to the police (SOA 2003 Part 2).

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::reference::Ref;

/// What was notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// The first notification: s.83.
    Initial,
    /// A change: s.84.
    Change,
    /// The yearly confirmation: s.85(1).
    Periodic,
    /// The weekly confirmation: s.85(5)(a).
    Weekly,
    /// Foreign travel: s.86.
    Travel,
    /// Return from foreign travel: s.86.
    Return,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Of whom.
    pub offender_ref: Ref,
    /// What was notified.
    pub kind: NotificationKind,
    /// When.
    pub notified_at: Instant,
    /// Whether it restarts the period to the next confirmation: an explicit, recorded choice.
    pub moves_periodic_date: bool,
    /// The provision it was made under.
    pub provision: Option<String>,
    /// What was said.
    pub detail: Option<String>,
    /// Who received it, where that was entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<Ref>,
    /// Why the choice whether it restarts the period is another than usual, where that was entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic_date_reason: Option<String>,
}
