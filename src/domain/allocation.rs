//! Who is responsible for an offender, and from when.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
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
}

/// The current allocation among the versions of one offender's: the newest by event time, then the
/// greater id, then the one given later, whose `from` has come. One dated in the future does not end
/// today's.
#[must_use]
pub fn current(versions: &[Held<Allocation>], at: Moment) -> Option<&Allocation> {
    versions
        .iter()
        .filter(|held| at.has_come(held.record.from))
        .max_by_key(|held| (held.event_time, &held.event_id))
        .map(|held| &held.record)
}
