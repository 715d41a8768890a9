//! Where the service listens, and what it logs.

use std::net::SocketAddr;
use std::num::NonZeroU16;

use serde::Deserialize;

/// Where `serve` listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port.
    pub bind: SocketAddr,
    /// Feeds of records taken in at a time; one more waits a few seconds for its turn.
    pub feeds_at_once: NonZeroU16,
    /// How long a request under way is waited for when the service is told to stop.
    pub shutdown_seconds: u64,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// A level, or a filter of tracing-subscriber.
    pub filter: String,
}
