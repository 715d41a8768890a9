//! Foreign travel: leaving the United Kingdom and coming back (SOA 2003 s.86; the 2004 regulations as
//! amended in 2012).

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant, london_date};
use super::moment::Moment;
use super::reference::Ref;
use super::refusal::{Refusal, first_broken};

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

    /// Checks it against itself and what is known.
    ///
    /// # Errors
    /// When it contradicts itself, or what has not happened is said to have.
    pub fn is_acceptable(&self, at: Moment) -> Result<(), Refusal> {
        let happened = |told: Option<Instant>| told.is_none_or(|told| at.has_happened(told));
        let follows = |later: Option<Instant>, earlier: Option<Instant>| {
            later.is_none_or(|later| earlier.is_some_and(|earlier| earlier <= later))
        };
        let leaves_on = |departs_at: Instant| london_date(departs_at) == self.departs_on;
        let back = |on: CivilDate| on >= self.departs_on;
        let told_of_return = |told: Instant| self.returned_on.is_some_and(|on| on <= london_date(told));
        first_broken([
            (self.departs_at.is_none_or(leaves_on), "/departs_at", "is on another day than departs_on"),
            (happened(self.notified_at), "/notified_at", "lies in the future; give when it was notified"),
            (self.return_expected_on.is_none_or(back), "/return_expected_on", "is before the departure"),
            (happened(self.details_changed_at), "/details_changed_at", "lies in the future"),
            (
                follows(self.details_changed_at, self.notified_at),
                "/details_changed_at",
                "changes what was notified; it comes after notified_at",
            ),
            (happened(self.details_change_notified_at), "/details_change_notified_at", "lies in the future"),
            (
                follows(self.details_change_notified_at, self.details_changed_at),
                "/details_change_notified_at",
                "comes after details_changed_at",
            ),
            (
                self.returned_on.is_none_or(|on| back(on) && at.has_come(on)),
                "/returned_on",
                "is before the departure or in the future",
            ),
            (
                self.returned_at_point_notified.is_none()
                    || (self.returned_on.is_some() && self.return_point.is_some()),
                "/returned_at_point_notified",
                "needs the day of return and the point that was notified",
            ),
            (happened(self.return_notified_at), "/return_notified_at", "lies in the future"),
            (
                self.return_notified_at.is_none_or(told_of_return),
                "/return_notified_at",
                "comes on or after the day of return; give it",
            ),
            (
                self.cancelled_on.is_none_or(|on| at.has_come(on) && on <= self.departs_on),
                "/cancelled_on",
                "is in the future or after the departure",
            ),
            (
                self.cancelled_on.is_none() || self.returned_on.is_none(),
                "/cancelled_on",
                "says that the journey was given up, and there is a day of return",
            ),
        ])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    #[test]
    fn a_journey_runs_forward() {
        let notified = |over: &Value| {
            let mut journey = json!({ "departs_on": "2021-04-10", "notified_at": "2021-04-01T09:00:00Z",
                "return_point": "Invented Airport" });
            for (member, value) in over.as_object().unwrap() {
                journey[member] = value.clone();
            }
            journey
        };
        let rows = [
            (json!({}), None),
            (json!({ "departs_at": "2021-04-09T23:30:00Z" }), None),
            (json!({ "departs_at": "2021-04-10T23:30:00Z" }), Some("/departs_at")),
            (json!({ "notified_at": "2021-04-15T08:00:01Z" }), Some("/notified_at")),
            (json!({ "return_expected_on": "2021-04-09" }), Some("/return_expected_on")),
            (json!({ "return_expected_on": "2021-12-01" }), None),
            (json!({ "details_changed_at": "2021-03-31T09:00:00Z" }), Some("/details_changed_at")),
            (json!({ "notified_at": null, "details_changed_at": "2021-04-02T09:00:00Z" }), Some("/details_changed_at")),
            (json!({ "details_change_notified_at": "2021-04-03T09:00:00Z" }), Some("/details_change_notified_at")),
            (json!({ "returned_on": "2021-04-09" }), Some("/returned_on")),
            (json!({ "returned_on": "2021-04-16" }), Some("/returned_on")),
            (json!({ "returned_on": "2021-04-10" }), None),
            (json!({ "returned_at_point_notified": true }), Some("/returned_at_point_notified")),
            (json!({ "returned_on": "2021-04-12", "returned_at_point_notified": true }), None),
            (json!({ "return_notified_at": "2021-04-13T09:00:00Z" }), Some("/return_notified_at")),
            (
                json!({ "returned_on": "2021-04-12", "return_notified_at": "2021-04-11T09:00:00Z" }),
                Some("/return_notified_at"),
            ),
            (json!({ "returned_on": "2021-04-12", "return_notified_at": "2021-04-12T09:00:00Z" }), None),
            (json!({ "cancelled_on": "2021-04-11" }), Some("/cancelled_on")),
            (json!({ "cancelled_on": "2021-04-10" }), None),
            (json!({ "cancelled_on": "2021-04-10", "returned_on": "2021-04-10" }), Some("/cancelled_on")),
        ];
        let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        for (over, pointer) in rows {
            let mut journey = notified(&over);
            journey["offender_ref"] = json!("o");
            let journey: ForeignTravel = from_value(journey).unwrap();
            let found = journey.is_acceptable(at).err().map(|refusal| refusal.pointer);
            assert_eq!(found.as_deref(), pointer, "{over}");
        }
    }
}
