//! The records feed over HTTP, and what came of it.

pub(super) mod body;
pub mod drift;
pub mod events;
pub mod extract_mappings;
pub mod extracts;
pub mod feeds;
pub mod imports;
pub mod send;
pub mod subscriptions;
