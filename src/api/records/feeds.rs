//! How many feeds come in at a time. Each takes a thread until it ends, however slowly it comes, and
//! those who read case files need threads too.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::body;
use crate::api::error::{ErrorCode, Problem};
use crate::api::metrics::Metrics;

/// Feeds at a time where nothing else is set.
const USUAL: u16 = 4;

/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The turns of feeds.
#[derive(Debug, Clone)]
pub struct Feeds {
    turns: Arc<Semaphore>,
    patience: Duration,
    silence: Duration,
}

impl Default for Feeds {
    fn default() -> Self {
        Self::new(USUAL, PATIENCE)
    }
}

impl Feeds {
    /// So many at once; one more waits that long.
    #[must_use]
    pub fn new(at_once: u16, patience: Duration) -> Self {
        Self { turns: Arc::new(Semaphore::new(usize::from(at_once))), patience, silence: body::PATIENCE }
    }

    /// So many at once; one more waits as long as is usual.
    #[must_use]
    pub fn at_once(at_once: u16) -> Self {
        Self::new(at_once, PATIENCE)
    }

    /// The same, with another time for which a feed may be silent before it counts as broken off.
    #[must_use]
    pub const fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// For how long a feed may be silent.
    #[must_use]
    pub const fn silence(&self) -> Duration {
        self.silence
    }

    /// Waits for a turn, on no thread.
    ///
    /// # Errors
    /// When none comes in time.
    pub async fn turn(&self, metrics: &Metrics) -> Result<OwnedSemaphorePermit, Problem> {
        let _waiting = metrics.feed("waiting");
        match timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(turn) => turn.map_err(|error| Problem::internal(&error)),
            Err(_) => Err(Problem::new(ErrorCode::UNAVAILABLE, "as many feeds are coming in as may at a time")),
        }
    }
}
