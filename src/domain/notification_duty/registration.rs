//! Registrations one after the other: a notification period that ended, and the one that began since.
//!
//! Whoever is still subject to the requirements of an earlier one need not notify anew: s.83(2). After a period
//! that ended nothing of it counts: no duty of it goes on, and its notifications tell of nothing since. `[S]`,
//! that the status `period_ended` shows it `[I]`

use super::clock_stop::known_spells;
use super::facts::DutyFacts;
use crate::domain::calendar::CivilDate;
use crate::domain::offender::OffenderStatus;

/// Days on which the offender was on no register: from the first, up to and without the one on which that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unregistered {
    pub(super) from: CivilDate,
    pub(super) until: CivilDate,
}

/// The gaps between registrations, oldest first. One ends with the new relevant date where that comes first.
pub(super) fn gaps(facts: DutyFacts<'_>) -> Vec<Unregistered> {
    let relevant_date = facts.offender.notification.relevant_date;
    let ended = known_spells(facts).into_iter().filter(|spell| spell.status == OffenderStatus::PeriodEnded);
    let gap = |from: CivilDate, again: CivilDate| {
        let until = if relevant_date > from { again.min(relevant_date) } else { again };
        Unregistered { from, until }
    };
    ended.filter_map(|spell| Some(gap(spell.from, spell.ended_on?))).collect()
}
