//! Attendance: when officers began a visit, when they expect to be done, and that they are.
//!
//! Lone working: a start without a finish raises an alert once the time they expected and some minutes ⚙ more are
//! over (Health and Safety at Work etc. Act 1974 s.2, the employer's duty `[M]`; the minutes `[I]`).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::calendar::Instant;
use super::reference::Ref;

/// One visit as it is attended; its key is the planned visit's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitAttendance {
    /// Whom they visit.
    pub offender_ref: Ref,
    /// Which planned visit.
    pub planned_visit_id: Uuid,
    /// Who is there.
    pub officer_refs: Vec<Ref>,
    /// Since when.
    pub started_at: Instant,
    /// Who said so.
    pub started_by: Ref,
    /// When they expect to be done.
    pub expected_finish: Instant,
    /// When they were done; empty while they are not.
    pub finished_at: Option<Instant>,
    /// Who said so.
    pub finished_by: Option<Ref>,
}

impl VisitAttendance {
    /// From when a missing finish is an alert.
    #[must_use]
    pub fn alert_from(&self, grace_minutes: u32) -> Instant {
        self.expected_finish.checked_add_signed(TimeDelta::minutes(grace_minutes.into())).unwrap_or(Instant::MAX_UTC)
    }

    /// Minutes by which the finish is missing; nothing while it is not.
    #[must_use]
    pub fn minutes_missing(&self, now: Instant, grace_minutes: u32) -> Option<i64> {
        let is_missing = self.finished_at.is_none() && now > self.alert_from(grace_minutes);
        is_missing.then(|| now.signed_duration_since(self.expected_finish).num_minutes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_finish_is_an_alert_after_the_minutes_of_grace() {
        let at = |time: &str| format!("2021-04-15T{time}Z").parse::<Instant>().unwrap();
        let attendance = |finished: Option<&str>| VisitAttendance {
            offender_ref: Ref::new("o").unwrap(),
            planned_visit_id: Uuid::nil(),
            officer_refs: vec![Ref::new("om").unwrap()],
            started_at: at("09:00:00"),
            started_by: Ref::new("om").unwrap(),
            expected_finish: at("10:00:00"),
            finished_at: finished.map(at),
            finished_by: None,
        };
        for (finished, now, missing) in [
            (None, "09:30:00", None),
            (None, "10:00:00", None),
            (None, "10:15:00", None),
            (None, "10:15:01", Some(15)),
            (None, "11:00:00", Some(60)),
            (Some("10:40:00"), "11:00:00", None),
        ] {
            assert_eq!(attendance(finished).minutes_missing(at(now), 15), missing, "{finished:?} {now}");
        }
    }
}
