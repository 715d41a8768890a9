//! Subscriptions to outward events: made, paused, resumed and ended by an administrator of the force, delivered to by the service's own job.

pub mod deliver;
pub mod key;
pub mod manage;
pub mod post;

use std::sync::Arc;

use key::WebhookKeys;
use post::Line;

/// What deliveries are made with: the line to the receivers, and the keys that sign. Copies share it.
#[derive(Debug, Clone)]
pub struct Webhooks(Arc<(Line, WebhookKeys)>);

impl Webhooks {
    /// Of a line and the key from which all others are derived.
    #[must_use]
    pub fn new(line: Line, keys: WebhookKeys) -> Self {
        Self(Arc::new((line, keys)))
    }

    /// The line to the receivers.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.0.0
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &WebhookKeys {
        &self.0.1
    }
}
