//! Parts of the day: who was not at home in the morning is tried in the afternoon or the evening.
//!
//! Morning to 12:00, afternoon to 17:00, evening after that `[I]`. APP: days and times vary.

use crate::domain::risk_management_plan::TimeWindow;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};

/// The hours at which a part of the day ends and the next begins.
const BOUNDS: [u16; 2] = [12 * 60, 17 * 60];

/// Every day of the week.
const WEEK: [DayOfWeek; 7] =
    [DayOfWeek::Mon, DayOfWeek::Tue, DayOfWeek::Wed, DayOfWeek::Thu, DayOfWeek::Fri, DayOfWeek::Sat, DayOfWeek::Sun];

/// The spans of the day outside the part that a time lies in.
#[must_use]
pub(super) fn others(time: TimeOfDay) -> Vec<(TimeOfDay, TimeOfDay)> {
    let bound = |minutes: u16| TimeOfDay::from_minutes(minutes).unwrap_or(TimeOfDay::LAST);
    let begins = BOUNDS.iter().rev().find(|bound| time.minutes() >= **bound);
    let ends = BOUNDS.iter().find(|bound| time.minutes() < **bound);
    let before = begins.map(|begins| (TimeOfDay::MIDNIGHT, bound(*begins)));
    let after = ends.map(|ends| (bound(*ends), TimeOfDay::LAST));
    before.into_iter().chain(after).collect()
}

/// A plan's windows (any time, where it has none) cut down to these spans, those too short for the visit left out.
#[must_use]
pub(super) fn within(
    windows: &[TimeWindow],
    spans: &[(TimeOfDay, TimeOfDay)],
    duration_minutes: u32,
) -> Vec<TimeWindow> {
    let any = [TimeWindow { weekdays: WEEK.to_vec(), from: TimeOfDay::MIDNIGHT, until: TimeOfDay::LAST }];
    let windows = if windows.is_empty() { &any[..] } else { windows };
    windows
        .iter()
        .flat_map(|window| {
            spans.iter().filter_map(|(from, until)| {
                let (from, until) = (window.from.max(*from), window.until.min(*until));
                let minutes = u32::from(until.minutes().saturating_sub(from.minutes()));
                (minutes >= duration_minutes).then(|| TimeWindow { weekdays: window.weekdays.clone(), from, until })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    fn written(windows: &[TimeWindow]) -> String {
        let spans: Vec<String> = windows.iter().map(|window| format!("{}-{}", window.from, window.until)).collect();
        spans.join(" ")
    }

    #[test]
    fn another_part_of_the_day_is_any_but_the_one_of_the_attempt() {
        for (at, expected) in [
            ("09:30", "12:00-23:59"),
            ("11:59", "12:00-23:59"),
            ("12:00", "00:00-12:00 17:00-23:59"),
            ("16:59", "00:00-12:00 17:00-23:59"),
            ("17:00", "00:00-17:00"),
            ("20:15", "00:00-17:00"),
        ] {
            assert_eq!(written(&within(&[], &others(time(at)), 45)), expected, "{at}");
        }
    }

    #[test]
    fn a_plans_own_times_are_kept_to() {
        let window = |from, until| TimeWindow { weekdays: vec![DayOfWeek::Mon], from: time(from), until: time(until) };
        let plan = [window("08:00", "12:30"), window("18:00", "20:00")];
        let morning = others(time("09:30"));
        assert_eq!(written(&within(&plan, &morning, 30)), "12:00-12:30 18:00-20:00");
        assert_eq!(written(&within(&plan, &morning, 45)), "18:00-20:00");
        assert_eq!(within(&plan[..1], &morning, 45), []);
        assert_eq!(within(&plan, &morning, 30)[0].weekdays, [DayOfWeek::Mon]);
    }
}
