//! Foreign travel: leaving the United Kingdom and coming back (SOA 2003 s.86; the 2004 regulations as
//! amended in 2012).

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant};
use super::reference::Ref;

/// One journey out of the United Kingdom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignTravel {
    /// Whose.
    pub offender_ref: Ref,
    /// The day of departure.
    pub departs_on: CivilDate,
    /// The hour of departure; where it is not known, hours are counted from the day's first moment. `[I]`
    pub departs_at: Option<Instant>,
    /// When it was notified.
    pub notified_at: Option<Instant>,
    /// Why notice was late or details were not known, where a person found the excuse reasonable.
    pub late_notice_excuse: Option<String>,
    /// When the details that had been notified changed.
    pub details_changed_at: Option<Instant>,
    /// When that change was notified.
    pub details_change_notified_at: Option<Instant>,
    /// The day of return that was notified.
    pub return_expected_on: Option<CivilDate>,
    /// The point of return that was notified.
    pub return_point: Option<String>,
    /// The day of return.
    pub returned_on: Option<CivilDate>,
    /// Whether the return was at the point notified; not known where empty.
    pub returned_at_point_notified: Option<bool>,
    /// When the return was notified.
    pub return_notified_at: Option<Instant>,
    /// The day on which the journey was given up; empty where it was not.
    pub cancelled_on: Option<CivilDate>,
    /// Who entered it, or changed it last.
    #[serde(default)]
    pub entered_by: Option<Ref>,
}

impl ForeignTravel {
    /// True when day and point of return had been notified and were kept to.
    #[must_use]
    pub fn returned_as_notified(&self) -> bool {
        self.return_point.as_deref().is_some_and(|point| !point.trim().is_empty())
            && self.returned_at_point_notified == Some(true)
            && self.return_expected_on.is_some()
            && self.returned_on == self.return_expected_on
    }

    /// The day on which time outside the United Kingdom ended. Without a return on record it ends on the
    /// day that was notified: a journey that nobody closed must not stop a clock for ever. `[I]`
    #[must_use]
    pub fn away_until(&self) -> Option<CivilDate> {
        self.returned_on.or(self.return_expected_on)
    }
}
