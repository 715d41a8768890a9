//! The external records system: it stays the system of record.

pub mod digests;
pub mod drift;
pub mod extract;
pub mod feed;
pub mod folder;
pub mod generate;
pub mod import;
pub mod pull;

use folder::WatchedFolder;
use pull::PulledFeed;

/// Where this program fetches records by itself.
#[derive(Debug, Clone, Default)]
pub struct RecordsSources {
    /// The feeds that are pulled, a force each.
    pub feeds: Vec<PulledFeed>,
    /// The folders that are watched, a force each.
    pub folders: Vec<WatchedFolder>,
}
