//! Time of day: within one of the plan's own windows of the week, wholly.

use super::Span;
use crate::domain::working_time::DayOfWeek;
use crate::planning::snapshot::VisitNeeds;

/// The plan's windows on that weekday, in order; the whole day where the plan has none.
#[must_use]
pub fn spans(needs: &VisitNeeds, weekday: DayOfWeek) -> Vec<Span> {
    if needs.time_windows.is_empty() {
        return vec![Span::WHOLE_DAY];
    }
    let mut spans: Vec<Span> = needs
        .time_windows
        .iter()
        .filter(|window| window.weekdays.contains(&weekday))
        .map(|window| Span { from: window.from.seconds(), until: window.until.seconds() })
        .collect();
    spans.sort_by_key(|span| (span.from, span.until));
    spans
}
