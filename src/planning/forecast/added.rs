//! Officers who are supposed: on shifts like the team's commonest, or on one day more.

use std::collections::{BTreeMap, BTreeSet};

use super::TeamInput;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, dates};
use crate::domain::reference::{Ref, ReferenceError};
use crate::domain::working_time::{DayOfWeek, TimeOfDay};
use crate::planning::snapshot::{Duty, OnDuty, Snapshot};

/// What the references of whoever is supposed begin with.
pub const SUPPOSED: &str = "supposed/";

/// When somebody is on duty in a week: from, until, by weekday.
pub type Pattern = BTreeMap<DayOfWeek, (TimeOfDay, TimeOfDay)>;

/// The commonest of some things; of two as common the lesser.
fn commonest<T: Ord + Clone>(things: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(thing, _)| thing)
}

/// The hours that are commonest of some duties on a weekday.
fn hours<'a>(duties: impl Iterator<Item = &'a Duty>, weekday: DayOfWeek) -> Option<(TimeOfDay, TimeOfDay)> {
    commonest(duties.filter(|duty| DayOfWeek::of(duty.date) == weekday).map(|duty| (duty.from, duty.until)))
}

/// The hours that the team's officers commonly work on a date's weekday; none where nobody works then.
#[must_use]
pub fn hours_on(snapshot: &Snapshot, date: CivilDate) -> Option<(TimeOfDay, TimeOfDay)> {
    hours(snapshot.officers.iter().flat_map(|officer| &officer.duties), DayOfWeek::of(date))
}

fn pattern_of(officer: &OnDuty) -> Pattern {
    use DayOfWeek::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let week = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
    week.into_iter().filter_map(|weekday| Some((weekday, hours(officer.duties.iter(), weekday)?))).collect()
}

/// The weekly pattern of shifts that most of the team's officers have, read off their duties; empty where there is
/// nobody.
#[must_use]
pub fn commonest_pattern(snapshot: &Snapshot) -> Pattern {
    commonest(snapshot.officers.iter().map(pattern_of)).unwrap_or_default()
}

/// The duties of a pattern from one day to another, bank holidays left out.
#[must_use]
pub fn duties(pattern: &Pattern, (from, until): (CivilDate, CivilDate), bank_holidays: &BankHolidays) -> Vec<Duty> {
    dates(from, until)
        .filter(|date| !bank_holidays.contains(*date))
        .filter_map(|date| {
            pattern.get(&DayOfWeek::of(date)).map(|(from, until)| Duty { date, from: *from, until: *until })
        })
        .collect()
}

/// A reference for somebody supposed, which nobody in the snapshot has.
///
/// # Errors
/// Never for a name of this program's.
pub fn reference(snapshot: &Snapshot, name: &str) -> Result<Ref, ReferenceError> {
    let officers = snapshot.officers.iter().map(|officer| &officer.officer_ref);
    let offenders = snapshot.demands.iter().map(|demand| &demand.offender_ref);
    let taken: BTreeSet<&Ref> = officers.chain(offenders).collect();
    let mut named = Ref::new(format!("{SUPPOSED}{name}"))?;
    while taken.contains(&named) {
        named = Ref::new(format!("{named}'"))?;
    }
    Ok(named)
}

impl TeamInput {
    /// Puts an officer on duty with the team who is not one of its own: beside what duties they have in it already. Nobody
    /// knows whether a case of limited access would admit them, so they are sent to none.
    pub(super) fn take_on(&mut self, officer: OnDuty) {
        for demand in &mut self.snapshot.demands {
            if self.limited.contains(&demand.offender_ref) && !demand.shut_out.contains(&officer.officer_ref) {
                demand.shut_out.push(officer.officer_ref.clone());
            }
        }
        let officers = &mut self.snapshot.officers;
        match officers.iter_mut().find(|known| known.officer_ref == officer.officer_ref) {
            Some(known) => {
                known.duties.extend(officer.duties);
                known.duties.sort_by_key(|duty| duty.date);
                known.duties.dedup_by_key(|duty| duty.date);
            }
            None => officers.push(officer),
        }
        officers.sort_by(|a, b| a.officer_ref.cmp(&b.officer_ref));
    }

    /// Takes duties off an officer; gives them back. Whoever has none left is no longer listed.
    pub(super) fn take_off(&mut self, officer: &Ref, is_off: impl Fn(CivilDate) -> bool) -> Vec<Duty> {
        let mut off = Vec::new();
        for known in self.snapshot.officers.iter_mut().filter(|known| known.officer_ref == *officer) {
            off.extend(known.duties.extract_if(.., |duty| is_off(duty.date)));
        }
        self.snapshot.officers.retain(|known| !known.duties.is_empty());
        off
    }
}
