//! Clock stops: time that is disregarded (SOA 2003 s.83(6)), or in which a confirmation does not fall due (s.85(4)).
//!
//! Which days are disregarded where a status begins or ends within one is a reading `[I]`: the day on which
//! it begins is, the day on which it ends is not. So somebody sentenced straight to custody has three days
//! beginning with the day of release, as s.83(6) and s.84(1)(d) agree, and nobody is suspected for a day of
//! which they spent the rest in custody. Time before the first status that is known is disregarded too: the
//! offender may have been detained, and a lapse is suspected on facts alone. `[I]`

use serde::Serialize;

use super::facts::DutyFacts;
use crate::domain::calendar::CivilDate;
use crate::domain::moment::Moment;
use crate::domain::offender::OffenderStatus;
use crate::domain::status_history::StatusSpell;

/// Why a clock stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// In custody, serving a sentence or in service detention.
    Custody,
    /// Detained in hospital.
    Hospital,
    /// Outside the United Kingdom.
    OutsideUk,
    /// Another force's to manage, which kept the clock.
    AnotherForce,
    /// Where the offender stood then is not known.
    StatusNotKnown,
}

impl StopReason {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Custody => "in custody",
            Self::Hospital => "detained in hospital",
            Self::OutsideUk => "outside the United Kingdom",
            Self::AnotherForce => "another force's to manage",
            Self::StatusNotKnown => "not known where",
        }
    }
}

/// Days on which a clock stands still: from the first, up to and without the day on which it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ClockStop {
    /// The first day; empty where it reaches back to before anything is known.
    pub from: Option<CivilDate>,
    /// The day on which it ended, which counts; empty while it lasts.
    pub ended_on: Option<CivilDate>,
    /// Why.
    pub why: StopReason,
}

impl ClockStop {
    /// True where that day is disregarded.
    #[must_use]
    pub fn covers(&self, day: CivilDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.ended_on.is_none_or(|ended| day < ended)
    }
}

/// Who is passed to another force has left this one's register, see [`super::duty`]; who came back had notified
/// there, which this force does not know: until then nothing is suspected. `[I]`
fn stop_of(spell: &StatusSpell) -> Option<StopReason> {
    match spell.status {
        OffenderStatus::Custody => Some(StopReason::Custody),
        OffenderStatus::Hospital => Some(StopReason::Hospital),
        OffenderStatus::Abroad | OffenderStatus::Deported => Some(StopReason::OutsideUk),
        OffenderStatus::TransferredOut => spell.ended_on.map(|_| StopReason::AnotherForce),
        OffenderStatus::Community
        | OffenderStatus::Missing
        | OffenderStatus::Deceased
        | OffenderStatus::PeriodEnded => None,
    }
}

/// The spells that are known, oldest first: at least the one that the offender's record tells of.
pub(super) fn known_spells(facts: DutyFacts<'_>) -> Vec<StatusSpell> {
    let mut spells = facts.spells.to_vec();
    if spells.is_empty() {
        let offender = facts.offender;
        spells.push(StatusSpell { status: offender.status, from: offender.status_since, ended_on: None });
    }
    spells.sort_by_key(|spell| (spell.from, spell.ended_on));
    spells
}

/// Every clock stop, in order. A journey that was given up or has not begun stops nothing.
pub(super) fn clock_stops(facts: DutyFacts<'_>, at: Moment) -> Vec<ClockStop> {
    let spells = known_spells(facts);
    let mut stops: Vec<ClockStop> = spells
        .iter()
        .filter_map(|spell| {
            let why = stop_of(spell)?;
            Some(ClockStop { from: Some(spell.from), ended_on: spell.ended_on, why })
        })
        .collect();
    if let Some(first) = spells.first() {
        stops.push(ClockStop { from: None, ended_on: Some(first.from), why: StopReason::StatusNotKnown });
    }
    stops.extend(facts.travels.iter().map(|held| &held.record).filter_map(|travel| {
        let gone = travel.cancelled_on.is_none() && at.has_come(travel.departs_on);
        let ended_on = travel.away_until().filter(|until| gone && *until > travel.departs_on)?;
        Some(ClockStop { from: Some(travel.departs_on), ended_on: Some(ended_on), why: StopReason::OutsideUk })
    }));
    stops.sort();
    stops.dedup();
    stops
}
