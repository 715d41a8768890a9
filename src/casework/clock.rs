//! The clock: the one place that reads the time. Everything else is told it.

use chrono::Utc;

use crate::domain::calendar::Instant;
use crate::domain::moment::Moment;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A frozen clock, for rehearsals and tests.
    FixedAt(Instant),
}

impl Clock {
    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(self) -> Instant {
        match self {
            Self::System => Utc::now(),
            Self::FixedAt(at) => at,
        }
    }

    /// The moment now.
    #[must_use]
    pub fn moment(self) -> Moment {
        Moment::at(self.now())
    }
}

/// Does a piece of work and says how many seconds it took. For the pace of a search, never for a duty.
pub fn seconds_taken<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = std::time::Instant::now();
    let done = work();
    (done, begun.elapsed().as_secs_f64())
}
