//! What the search weighs: lateness and visits not made strictly before all else.

use std::ops::Add;

/// What a schedule, or a part of one, costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost {
    /// Risk-weighted days of lateness, of visits planned and of those not made.
    pub late: u64,
    /// The rest, in seconds of travel.
    pub soft: u64,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { late: self.late + other.late, soft: self.soft + other.soft }
    }
}

impl Cost {
    /// The whole, once a part of it costs `now` that cost `before`.
    #[must_use]
    pub const fn with(self, before: Self, now: Self) -> Self {
        Self { late: self.late - before.late + now.late, soft: self.soft - before.soft + now.soft }
    }
}
