//! What touches a database or the feed's contract, and the shape of the source itself.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is not as it should be, and says loudly what it leaves out"
)]

mod absence;
mod audit;
mod compare_grid;
mod dashboards;
mod extracts;
mod feed;
mod first_noticed;
mod flags;
mod generate;
mod histories;
mod http;
mod jobs;
mod kill;
mod layers;
mod nightly_drift;
mod plan;
mod pull;
mod records_folder;
mod records_system;
mod replay;
mod roads;
mod scenario;
mod snapshot_format;
mod store;
mod stored_flags;
mod support;
