//! What outward events are delivered with.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::SettingsError;
use super::roots::roots;
use crate::casework::subscriptions::post::Line;
use crate::store::url::DatabaseUrl;

/// What outward events are delivered with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    key_file: Option<PathBuf>,
    delivery_seconds: NonZeroU64,
    ca_file: Option<PathBuf>,
}

/// The file of the key from which those of all subscriptions are derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookKeyFile {
    /// Where it is.
    pub path: PathBuf,
    /// True where a key that is not there is made at first use.
    pub is_made: bool,
}

impl WebhookSettings {
    /// The file that is set, or one beside the database; nothing where production sets none: then nothing is
    /// delivered.
    pub(super) fn key_file(&self, is_production: bool, url: &DatabaseUrl) -> Option<WebhookKeyFile> {
        let beside = || match url {
            DatabaseUrl::Sqlite(path) => path.with_extension("webhook-key"),
            DatabaseUrl::Postgres(_) => PathBuf::from("mosovo-visits.webhook-key"),
        };
        let path = self.key_file.clone().or_else(|| (!is_production).then(beside))?;
        Some(WebhookKeyFile { path, is_made: !is_production })
    }

    /// The line to the receivers.
    ///
    /// # Errors
    /// When the certificates cannot be read.
    pub fn line(&self) -> Result<Line, SettingsError> {
        let roots = roots(self.ca_file.as_deref())
            .map_err(|detail| SettingsError::Webhooks { key: "ca_file", detail: detail.to_owned() })?;
        Ok(Line::new(Duration::from_secs(self.delivery_seconds.get()), roots))
    }
}
