//! As at: what was known at an instant, and what is now known to have been true at one.

use super::calendar::Instant;
use super::moment::Moment;
use super::record::RecordKind;

/// At which instant the records are looked at, and in which sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsAt {
    /// As they are known now.
    Now,
    /// As the service knew them then: what it learned later is left out.
    Known(Instant),
    /// As is now known to have been true then: what it learned later about that time is taken in, and what came to
    /// be later is left out.
    True(Instant),
}

impl AsAt {
    /// The moment at which the rules are asked.
    #[must_use]
    pub fn moment(self, now: Moment) -> Moment {
        match self {
            Self::Now => now,
            Self::Known(at) | Self::True(at) => Moment::at(at),
        }
    }
}

/// True of the kinds whose versions follow one another in time, each true until the next: of those the version in force at an
/// instant is the newest that had come by then. The other kinds are facts that carry their own dates: of
/// those the newest version says best what was true, and the rules leave out what had not happened.
#[must_use]
pub const fn follows_in_time(kind: RecordKind) -> bool {
    matches!(
        kind,
        RecordKind::Team
            | RecordKind::Neighbourhood
            | RecordKind::Officer
            | RecordKind::Offender
            | RecordKind::Allocation
            | RecordKind::ProgrammedVisits
            | RecordKind::ReactiveManagement
            | RecordKind::CrimeReport
            | RecordKind::AccessRestriction
            | RecordKind::Merge
    )
}
