//! Who is responsible for an offender, and from when.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, minus_days};
use super::moment::Moment;
use super::record::Held;
use super::reference::Ref;

/// The officer responsible for an offender from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The officer; empty where it names nobody.
    pub officer_ref: Option<Ref>,
    /// First day of the responsibility.
    pub from: CivilDate,
    /// Why, in free text; of an allocation that was decided here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The officer who decided it; of an allocation that was decided here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_by: Option<Ref>,
}

/// The allocation that holds on a day among the versions of one offender's: the newest by event time, then the
/// greater id, then the one given later, whose `from` has come by then. One dated after it does not end it.
#[must_use]
pub fn on_day(versions: &[Held<Allocation>], day: CivilDate) -> Option<&Held<Allocation>> {
    versions.iter().filter(|held| held.record.from <= day).max_by_key(|held| (held.event_time, &held.event_id))
}

/// The newest word on who manages a case, whether its day has come or not.
#[must_use]
pub fn newest(versions: &[Held<Allocation>]) -> Option<&Held<Allocation>> {
    versions.iter().max_by_key(|held| (held.event_time, &held.event_id))
}

/// The current allocation: that of today.
#[must_use]
pub fn current(versions: &[Held<Allocation>], at: Moment) -> Option<&Allocation> {
    on_day(versions, at.today()).map(|held| &held.record)
}

/// A spell of one allocation: from a day to the day before the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell<'a> {
    /// The allocation.
    pub allocation: &'a Held<Allocation>,
    /// Its first day.
    pub from: CivilDate,
    /// Its last day; empty where nothing follows.
    pub until: Option<CivilDate>,
}

/// Who has managed, manages and is to manage a case, as the versions have it now: the oldest spell first.
#[must_use]
pub fn spells(versions: &[Held<Allocation>]) -> Vec<Spell<'_>> {
    let mut days: Vec<CivilDate> = versions.iter().map(|held| held.record.from).collect();
    days.sort_unstable();
    days.dedup();
    let mut spells: Vec<Spell<'_>> = Vec::new();
    for from in days {
        let Some(allocation) = on_day(versions, from) else { continue };
        if let Some(last) = spells.last_mut() {
            if std::ptr::eq(last.allocation, allocation) {
                continue;
            }
            last.until = Some(minus_days(from, 1));
        }
        spells.push(Spell { allocation, from, until: None });
    }
    spells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(from: &str, officer: Option<&str>, sent: &str) -> Held<Allocation> {
        let officer_ref = officer.map(|officer| Ref::new(officer).unwrap());
        Held {
            subject: Ref::new("o").unwrap(),
            event_time: format!("{sent}T09:00:00Z").parse().unwrap(),
            event_id: sent.to_owned(),
            record: Allocation { officer_ref, from: from.parse().unwrap(), reason: None, allocated_by: None },
        }
    }

    #[test]
    fn spells_follow_from_the_newest_word_on_each_day() {
        type Row<'a> = (&'a str, Option<&'a str>, &'a str);
        let cases: [(&[Row<'_>], &[&str]); 5] = [
            (&[], &[]),
            (&[("2020-01-01", Some("a"), "2020-01-01")], &["a 2020-01-01 -"]),
            (
                &[("2020-01-01", Some("a"), "2020-01-01"), ("2021-05-01", Some("b"), "2021-04-01")],
                &["a 2020-01-01 2021-04-30", "b 2021-05-01 -"],
            ),
            // A newer word with an earlier day corrects the older one wholly.
            (&[("2020-01-01", Some("a"), "2020-01-01"), ("2019-06-01", Some("b"), "2021-04-01")], &["b 2019-06-01 -"]),
            // A newer word cancels what was planned for a later day.
            (
                &[
                    ("2020-01-01", Some("a"), "2020-01-01"),
                    ("2021-05-01", Some("b"), "2021-04-01"),
                    ("2021-04-10", None, "2021-04-09"),
                ],
                &["a 2020-01-01 2021-04-09", "nobody 2021-04-10 -"],
            ),
        ];
        for (rows, expected) in cases {
            let versions: Vec<_> = rows.iter().map(|(from, officer, sent)| version(from, *officer, sent)).collect();
            let told: Vec<String> = spells(&versions)
                .iter()
                .map(|spell| {
                    let officer = spell.allocation.record.officer_ref.as_ref().map_or("nobody", Ref::as_str);
                    let until = spell.until.map_or("-".to_owned(), |until| until.to_string());
                    format!("{officer} {} {until}", spell.from)
                })
                .collect();
            assert_eq!(told, expected);
        }
    }
}
