//! The hard rules, one a file. What breaks one is not planned; the reason goes to the reader.

pub mod access;
pub mod crew_size;
pub mod day;
pub mod joint_agency;
pub mod location;
pub mod shift;
pub mod skills;
pub mod time_of_day;

/// A span of a day, in seconds after midnight: a visit begins no earlier and has ended by its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: u32,
    /// Its end.
    pub until: u32,
}

impl Span {
    /// The whole day.
    pub const WHOLE_DAY: Self = Self { from: 0, until: 24 * 3_600 };

    /// What two spans share, where they share anything.
    #[must_use]
    pub fn shared(self, other: Self) -> Option<Self> {
        let shared = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (shared.from < shared.until).then_some(shared)
    }
}
