//! Where records are fetched by the service itself.

use std::collections::BTreeSet;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::super::SettingsError;
use super::super::roots::{client, roots};
use super::{RecordsSettings, kinds_of};
use crate::casework::outward_url::is_encrypted_or_own;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::records::RecordsSources;
use crate::records::drift::{DriftLines, PAGE_DIGESTS};
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
    digests_url: Option<String>,
    records_url: Option<String>,
    digest_types: Option<BTreeSet<String>>,
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

/// A URL that may be asked.
fn sound(url: &str, key: &str) -> Result<String, SettingsError> {
    if is_encrypted_or_own(url) {
        return Ok(url.to_owned());
    }
    let detail =
        "is https://HOST[:PORT][/PATH][?QUERY], without a user or a fragment; http only on the loopback interface";
    Err(wrong(key, detail))
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
            digests_url: None,
            records_url: None,
            digest_types: None,
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
        let url = sound(&feed.url, &key("url"))?;
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
        let line = Line::new(url, feed.token_file.clone(), Duration::from_secs(seconds), trust);
        let drift = self.drift(feed, &line, key)?;
        Ok(PulledFeed { force: feed.force.clone(), page_events, line, drift })
    }

    /// How what the other side of a feed holds is compared with; nothing where it does not say where its digests are.
    fn drift(
        &self,
        feed: &PullSettings,
        line: &Line,
        key: impl Fn(&str) -> String,
    ) -> Result<Option<DriftLines>, SettingsError> {
        let Some(digests_url) = &feed.digests_url else {
            let needless = [("records_url", feed.records_url.is_some()), ("digest_types", feed.digest_types.is_some())];
            return match needless.iter().find(|(_, is_set)| *is_set) {
                None => Ok(None),
                Some((name, _)) => Err(wrong(key(name), "goes with digests_url: without it nothing is compared")),
            };
        };
        let digests = line.to(sound(digests_url, &key("digests_url"))?);
        let records = feed.records_url.as_deref().map(|url| sound(url, &key("records_url"))).transpose()?;
        let kinds = match &feed.digest_types {
            None => RecordKind::OF_FEED.iter().copied().collect(),
            Some(types) => kinds_of(types).map_err(|detail| wrong(key("digest_types"), detail))?,
        };
        Ok(Some(DriftLines {
            digests,
            records: records.map(|url| line.to(url)),
            kinds,
            page_digests: PAGE_DIGESTS,
            most_again: self.pull_records_again,
        }))
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;

    const FEED: &str = r#"
        pull_page_events = 1
        pull_request_seconds = 1
        pull_records_again = 7
        folder = []
        folder_mebibytes = 1
        [[pull]]
        force = "wessex"
        url = "https://records.example/feed"
    "#;

    fn drift(members: &str) -> Result<Option<DriftLines>, String> {
        let settings: RecordsSettings = Figment::from(Toml::string(&format!("{FEED}\n{members}"))).extract().unwrap();
        let mut feeds = settings.sources().map_err(|error| error.to_string())?.feeds;
        Ok(feeds.remove(0).drift)
    }

    #[test]
    fn a_feed_is_compared_with_where_it_says_where_its_digests_are() {
        let digests = "digests_url = \"https://records.example/digests\"";
        assert!(drift("").unwrap().is_none());
        let all = drift(digests).unwrap().unwrap();
        assert_eq!((all.kinds.len(), all.most_again, all.records.is_none()), (RecordKind::OF_FEED.len(), 7, true));
        let records = "records_url = \"https://records.example/records\"";
        let some = drift(&format!("{digests}\n{records}\ndigest_types = [\"records.visit.v1\"]")).unwrap().unwrap();
        assert_eq!((some.kinds, some.records.is_some()), ([RecordKind::Visit].into(), true));
        for (members, told) in [
            (records.to_owned(), "records.pull[0].records_url goes with digests_url"),
            ("digest_types = []".to_owned(), "records.pull[0].digest_types goes with digests_url"),
            ("digests_url = \"http://records.example/digests\"".to_owned(), "records.pull[0].digests_url is https"),
            (format!("{digests}\nrecords_url = \"ftp://records.example\""), "records.pull[0].records_url is https"),
            (format!("{digests}\ndigest_types = [\"records.deleted.v1\"]"), "records.pull[0].digest_types name types"),
        ] {
            let error = drift(&members).unwrap_err();
            assert!(error.starts_with(told), "{error}");
            assert!(!error.contains("records.example"), "{error}");
        }
    }
}
