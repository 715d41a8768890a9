//! Where records are fetched by the service itself.

use std::collections::BTreeSet;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::super::SettingsError;
use super::super::roots::{client, roots};
use super::RecordsSettings;
use crate::casework::outward_url::is_encrypted_or_own;
use crate::domain::reference::Ref;
use crate::records::RecordsSources;
use crate::records::folder::WatchedFolder;
use crate::records::pull::line::{Line, Trust};
use crate::records::pull::{MOST_EVENTS, PulledFeed};

/// Bytes in a mebibyte.
const MEBIBYTE: u64 = 1_024 * 1_024;

/// A force's feed that is pulled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PullSettings {
    force: String,
    url: String,
    token_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    page_events: Option<NonZeroUsize>,
    request_seconds: Option<NonZeroU64>,
}

/// A force's folder that is watched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FolderSettings {
    force: String,
    path: PathBuf,
}

fn wrong(key: impl Into<String>, detail: &'static str) -> SettingsError {
    SettingsError::Records { key: key.into(), detail }
}

/// Each force has one at most, and is named as records name it.
fn check_forces<'a>(list: &str, forces: impl Iterator<Item = &'a str>) -> Result<(), SettingsError> {
    let mut seen = BTreeSet::new();
    for (at, force) in forces.enumerate() {
        if Ref::new(force).is_err() || force.contains('/') {
            return Err(wrong(
                format!("{list}[{at}].force"),
                "is no force: the second segment of its events' `source`",
            ));
        }
        if !seen.insert(force) {
            return Err(wrong(format!("{list}[{at}].force"), "is named twice: a force has one"));
        }
    }
    Ok(())
}

impl RecordsSettings {
    /// Adds the feed of a force, at a URL and with nothing else set.
    pub(in crate::settings) fn pull_also(&mut self, force: &str, url: String) {
        self.pull.push(PullSettings {
            force: force.to_owned(),
            url,
            token_file: None,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            page_events: None,
            request_seconds: None,
        });
    }

    /// Where records are fetched.
    ///
    /// # Errors
    /// When one of the feeds or folders cannot be used as it is set.
    pub(in crate::settings) fn sources(&self) -> Result<RecordsSources, SettingsError> {
        check_forces("pull", self.pull.iter().map(|feed| feed.force.as_str()))?;
        check_forces("folder", self.folder.iter().map(|folder| folder.force.as_str()))?;
        let feeds = self.pull.iter().enumerate().map(|(at, feed)| self.feed(at, feed)).collect::<Result<_, _>>()?;
        let most_bytes = self.folder_mebibytes.get().saturating_mul(MEBIBYTE);
        let folders = self.folder.iter().map(|folder| WatchedFolder {
            force: folder.force.clone(),
            path: folder.path.clone(),
            most_bytes,
        });
        Ok(RecordsSources { feeds, folders: folders.collect() })
    }

    fn feed(&self, at: usize, feed: &PullSettings) -> Result<PulledFeed, SettingsError> {
        let key = |name: &str| format!("pull[{at}].{name}");
        if !is_encrypted_or_own(&feed.url) {
            let detail = "is https://HOST[:PORT][/PATH][?QUERY], without a user or a fragment; http only on the loopback interface";
            return Err(wrong(key("url"), detail));
        }
        let page_events = feed.page_events.unwrap_or(self.pull_page_events).get();
        if page_events > MOST_EVENTS {
            return Err(wrong(key("page_events"), "is 500 at most: a page is taken in one transaction"));
        }
        let roots = roots(feed.ca_file.as_deref()).map_err(|detail| wrong(key("ca_file"), detail))?;
        let client = match (&feed.client_certificate_file, &feed.client_key_file) {
            (None, None) => None,
            (Some(certificate), Some(private_key)) => {
                Some(client(certificate, private_key).map_err(|(name, detail)| wrong(key(name), detail))?)
            }
            (Some(_), None) | (None, Some(_)) => {
                return Err(wrong(key("client_key_file"), "goes with client_certificate_file: name both or neither"));
            }
        };
        let seconds = feed.request_seconds.unwrap_or(self.pull_request_seconds).get();
        let trust = Trust { roots, client };
        let line = Line::new(feed.url.clone(), feed.token_file.clone(), Duration::from_secs(seconds), trust);
        Ok(PulledFeed { force: feed.force.clone(), page_events, line })
    }
}
