//! First noticed on: a force's flags day by day over its history, to show when each finding would first have been seen.

use thiserror::Error;

use crate::domain::calendar::{CivilDate, dates, london_day_end};
use crate::domain::first_noticed::{DayByDay, FirstNoticed};
use crate::domain::flag::{Family, evaluate};
use crate::domain::moment::Moment;
use crate::domain::policy::{Policies, PolicyError};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::replay::Replay;

/// Why the days could not be looked at.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The span has no day.
    #[error("the span ends before it begins: give a last day on or after the first")]
    NoDays,
    /// The span is not over.
    #[error("the span ends after yesterday, and only days that are over can be looked at: give an earlier last day")]
    NotOver,
    /// No policy held on one of the days.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The findings of a force over a span of days: at the end of each, the flags that hold on what had been told by then, by the
/// policy of the day. `looked` hears of each day that is done.
///
/// # Errors
/// When the span has no day or is not over, no policy held on one of its days, or the store fails.
pub fn first_noticed(
    store: &Store,
    force: &str,
    (from, until): (CivilDate, CivilDate),
    today: CivilDate,
    (policies, family): (&Policies, Option<Family>),
    mut looked: impl FnMut(CivilDate),
) -> Result<Vec<FirstNoticed>, ReplayError> {
    if until < from {
        return Err(ReplayError::NoDays);
    }
    if until >= today {
        return Err(ReplayError::NotOver);
    }
    let mut replay = store.transaction(|connection| Replay::of(connection, force))?;
    let mut days = DayByDay::default();
    for day in dates(from, until) {
        let end = london_day_end(day);
        replay.tell_until(end)?;
        let mut flags = evaluate(&replay.force_file(), Moment::at(end), policies.in_force(day)?);
        flags.retain(|flag| family.is_none_or(|family| flag.code.family() == family));
        days.look(day, flags);
        looked(day);
    }
    Ok(days.findings())
}
