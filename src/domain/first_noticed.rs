//! First noticed on: on which day each finding would first have been seen, had the flags been looked at every day.

use std::collections::BTreeMap;

use serde::Serialize;

use super::calendar::{CivilDate, days_between, plus_days};
use super::flag::{Flag, FlagCode};
use super::reference::Ref;

/// One finding over the days that were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstNoticed {
    /// The rule.
    pub code: FlagCode,
    /// What the flag is raised on.
    pub subject: Ref,
    /// The offender concerned, where there is one.
    pub offender_ref: Option<Ref>,
    /// The first day at whose end it held.
    pub first_noticed_on: CivilDate,
    /// True where that is the first day looked at: it may have held before.
    pub held_from_the_start: bool,
    /// The last day at whose end it held.
    pub last_held_on: CivilDate,
    /// At the end of how many days it held; it may have ceased and come back between.
    pub days_held: u32,
}

/// The days of a span looked at one after another, and what was found on them.
#[derive(Debug, Default)]
pub struct DayByDay {
    first_day: Option<CivilDate>,
    found: BTreeMap<(FlagCode, Ref), FirstNoticed>,
}

impl DayByDay {
    /// Takes in the flags that hold at the end of a day. Days come in order, none left out.
    pub fn look(&mut self, day: CivilDate, flags: Vec<Flag>) {
        let first_day = *self.first_day.get_or_insert(day);
        for Flag { code, subject, offender_ref, .. } in flags {
            let finding = self.found.entry((code, subject.clone())).or_insert_with(|| FirstNoticed {
                code,
                subject,
                offender_ref,
                first_noticed_on: day,
                held_from_the_start: day == first_day,
                last_held_on: day,
                days_held: 0,
            });
            finding.last_held_on = day;
            finding.days_held = finding.days_held.saturating_add(1);
        }
    }

    /// The findings, by code and subject.
    #[must_use]
    pub fn findings(self) -> Vec<FirstNoticed> {
        self.found.into_values().collect()
    }
}

/// What the findings of one code come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeNoticed {
    /// The rule.
    pub code: FlagCode,
    /// Findings, whenever they held.
    pub findings: usize,
    /// Those that held at the end of the last day.
    pub hold_on_the_last_day: usize,
    /// The first day on which one was seen.
    pub first_noticed_on: CivilDate,
    /// For how many days the ones that hold on the last day had then been there to see: the middle one of them.
    pub median_days_visible: Option<i64>,
}

/// The findings code by code; `last_day` is the last that was looked at.
#[must_use]
pub fn by_code(findings: &[FirstNoticed], last_day: CivilDate) -> Vec<CodeNoticed> {
    let mut codes: BTreeMap<FlagCode, Vec<&FirstNoticed>> = BTreeMap::new();
    for finding in findings {
        codes.entry(finding.code).or_default().push(finding);
    }
    let noticed = codes.into_iter().filter_map(|(code, findings)| {
        let first_noticed_on = findings.iter().map(|finding| finding.first_noticed_on).min()?;
        let mut visible: Vec<i64> = findings
            .iter()
            .filter(|finding| finding.last_held_on == last_day)
            .map(|finding| days_between(finding.first_noticed_on, plus_days(last_day, 1)))
            .collect();
        visible.sort_unstable();
        Some(CodeNoticed {
            code,
            findings: findings.len(),
            hold_on_the_last_day: visible.len(),
            first_noticed_on,
            median_days_visible: visible.get(visible.len() / 2).copied(),
        })
    });
    noticed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn flag(code: FlagCode, subject: &str) -> Flag {
        Flag {
            code,
            subject: Ref::new(subject.to_owned()).unwrap(),
            offender_ref: None,
            team_ref: None,
            officer_ref: None,
            reason: None,
            evidence: serde_json::Value::Null,
            policy_version: "v".to_owned(),
        }
    }

    #[test]
    fn a_finding_is_dated_on_the_first_day_it_held_also_where_it_ceased_meanwhile() {
        let [held, again] = [FlagCode::Unallocated, FlagCode::HomeVisitOverdue];
        let mut days = DayByDay::default();
        days.look(day("2021-03-01"), vec![flag(held, "o-1")]);
        days.look(day("2021-03-02"), vec![flag(held, "o-1"), flag(again, "o-1")]);
        days.look(day("2021-03-03"), vec![flag(held, "o-1")]);
        days.look(day("2021-03-04"), vec![flag(again, "o-1"), flag(again, "o-2")]);
        let findings = days.findings();
        let told: Vec<_> = findings
            .iter()
            .map(|found| {
                let days = (found.first_noticed_on, found.last_held_on, found.days_held);
                (found.code, found.subject.as_str(), days, found.held_from_the_start)
            })
            .collect();
        assert_eq!(
            told,
            [
                (held, "o-1", (day("2021-03-01"), day("2021-03-03"), 3), true),
                (again, "o-1", (day("2021-03-02"), day("2021-03-04"), 2), false),
                (again, "o-2", (day("2021-03-04"), day("2021-03-04"), 1), false),
            ]
        );
        let codes = by_code(&findings, day("2021-03-04"));
        assert_eq!((codes[0].findings, codes[0].hold_on_the_last_day, codes[0].median_days_visible), (1, 0, None));
        assert_eq!((codes[1].findings, codes[1].hold_on_the_last_day, codes[1].median_days_visible), (2, 2, Some(3)));
        assert_eq!(codes[1].first_noticed_on, day("2021-03-02"));
    }
}
