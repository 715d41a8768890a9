//! The trend: how many flags were open at the end of each month, from the history of the flags themselves.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::calendar::{CivilDate, Instant, first_of_month, london_midnight, minus_days, minus_months};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;

/// Months that the trend goes back.
const MONTHS: u32 = 12;

/// The flags whose numbers are followed.
pub const FOLLOWED: [FlagCode; 14] = [
    FlagCode::HomeVisitOverdue,
    FlagCode::RemoteContactOnly,
    FlagCode::ArmsReviewOverdue,
    FlagCode::NoArmsAssessment,
    FlagCode::Unallocated,
    FlagCode::RecordChangedWhileUnallocated,
    FlagCode::NoRiskManagementPlan,
    FlagCode::RigidVisitPattern,
    FlagCode::ReactiveIneligible,
    FlagCode::ReactiveReviewDue,
    FlagCode::BreachWithoutCrimeReport,
    FlagCode::BreachWithoutDecision,
    FlagCode::PlanActionOverdue,
    FlagCode::TrainingMissing,
];

/// From when until when a flag held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagSpan {
    /// Which rule.
    pub code: FlagCode,
    /// When it was raised.
    pub raised_at: Instant,
    /// When it was cleared; empty while it holds.
    pub cleared_at: Option<Instant>,
}

impl FlagSpan {
    /// Raised before an instant, and not cleared before it.
    fn holds_at(&self, at: Instant) -> bool {
        self.raised_at < at && self.cleared_at.is_none_or(|cleared| cleared >= at)
    }
}

/// Open flags at the ends of the last twelve months, on the cases that are in scope now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trend {
    /// When the force's flags were first evaluated. Month ends before it are left out: of them nothing is
    /// known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub history_since: Option<Instant>,
    /// The oldest first.
    pub months: Vec<MonthEnd>,
}

/// The open flags at the end of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthEnd {
    /// The month's last day; the flags are those that held as it ended in London.
    #[schema(value_type = String, format = Date)]
    pub ended_on: CivilDate,
    /// Open flags by code; every code that is followed is there.
    pub open: BTreeMap<&'static str, u32>,
}

/// When the oldest month that the trend shows ended.
#[must_use]
pub fn oldest_month_end(at: Moment) -> Instant {
    london_midnight(month_begins(at, MONTHS - 1))
}

/// The first day of the month that was so many months ago.
fn month_begins(at: Moment, months_ago: u32) -> CivilDate {
    minus_months(first_of_month(at.today()), months_ago)
}

impl Trend {
    /// Counts flags at the month ends since there is a history.
    #[must_use]
    pub fn of(spans: &[FlagSpan], history_since: Option<Instant>, at: Moment) -> Self {
        let begins = (0..MONTHS).rev().map(|months_ago| month_begins(at, months_ago));
        let known = begins.filter(|begins| history_since.is_some_and(|since| london_midnight(*begins) >= since));
        let month_end = |begins: CivilDate| {
            let mut open: BTreeMap<&'static str, u32> = FOLLOWED.iter().map(|code| (code.as_str(), 0)).collect();
            let ended = london_midnight(begins);
            for span in spans.iter().filter(|span| span.holds_at(ended)) {
                if let Some(open) = open.get_mut(span.code.as_str()) {
                    *open += 1;
                }
            }
            MonthEnd { ended_on: minus_days(begins, 1), open }
        };
        Self { history_since, months: known.map(month_end).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_flag_counts_at_the_month_ends_at_which_it_held_and_nothing_is_said_of_the_time_before_history() {
        let at = Moment::at(instant("2021-04-15T08:00:00Z"));
        let span = |raised: &str, cleared: Option<&str>| FlagSpan {
            code: FlagCode::HomeVisitOverdue,
            raised_at: instant(raised),
            cleared_at: cleared.map(instant),
        };
        let spans = [
            span("2020-12-10T00:00:00Z", None),
            span("2021-01-05T00:00:00Z", Some("2021-02-28T23:59:59Z")),
            span("2021-03-31T22:59:59Z", Some("2021-03-31T23:00:00Z")),
        ];
        let trend = Trend::of(&spans, Some(instant("2020-12-10T00:00:00Z")), at);
        let counts: Vec<_> = trend
            .months
            .iter()
            .map(|month| (month.ended_on.to_string(), month.open["home_visit_overdue"], month.open["unallocated"]))
            .collect();
        let expected = [("2020-12-31", 1, 0), ("2021-01-31", 2, 0), ("2021-02-28", 1, 0), ("2021-03-31", 2, 0)];
        assert_eq!(counts, expected.map(|(day, visits, others)| (day.to_owned(), visits, others)));
        assert_eq!(Trend::of(&spans, None, at).months, []);
        assert_eq!(Trend::of(&spans, Some(instant("2015-01-01T00:00:00Z")), at).months.len(), 12);
        assert_eq!(oldest_month_end(at), instant("2020-04-30T23:00:00Z"));
    }
}
