//! The road service that schedules are planned with.

use std::num::{NonZeroU16, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use ureq::tls::RootCerts;

use super::SettingsError;
use super::roots::roots;
use crate::casework::roads::url::{RoadUrl, RoadUrlError};
use crate::casework::roads::{RoadService, RoadServiceConfig};

/// Places in one request at most: they stand in its URL, and a longer one is none to the client.
const MOST_PLACES: usize = 1_000;

/// The road service, where one is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoadSettings {
    url: Option<String>,
    profile: String,
    request_seconds: NonZeroU64,
    snapshot_seconds: NonZeroU64,
    pause_seconds: u64,
    places_a_request: NonZeroU16,
    farthest_from_road_metres: u32,
    cache_hours: u64,
    cache_pairs: usize,
    ca_file: Option<PathBuf>,
}

impl RoadSettings {
    /// The service; none where no URL is set.
    ///
    /// # Errors
    /// When the URL or the profile is none, or the certificates cannot be read.
    pub fn service(&self) -> Result<RoadService, SettingsError> {
        let Some(url) = &self.url else { return Ok(RoadService::default()) };
        let url = RoadUrl::new(url, &self.profile).map_err(|error| SettingsError::Roads {
            key: match error {
                RoadUrlError::Url => "url",
                RoadUrlError::Profile => "profile",
            },
            detail: error.to_string(),
        })?;
        Ok(RoadService::new(RoadServiceConfig {
            url,
            request_limit: Duration::from_secs(self.request_seconds.get()),
            snapshot_limit: Duration::from_secs(self.snapshot_seconds.get()),
            pause: Duration::from_secs(self.pause_seconds),
            places_a_request: usize::from(self.places_a_request.get()).clamp(2, MOST_PLACES),
            farthest_from_road_metres: self.farthest_from_road_metres,
            cache_for: Duration::from_secs(self.cache_hours.saturating_mul(3_600)),
            cache_pairs: self.cache_pairs,
            roots: self.roots()?,
        }))
    }

    /// Who may vouch for the service: the certificates of a file, or Mozilla's list as it is built in.
    fn roots(&self) -> Result<RootCerts, SettingsError> {
        roots(self.ca_file.as_deref())
            .map_err(|detail| SettingsError::Roads { key: "ca_file", detail: detail.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> RoadSettings {
        use figment::providers::{Format, Toml};
        let defaults = Toml::string(super::super::DEFAULTS);
        figment::Figment::from(defaults).merge(Toml::string(toml)).extract_inner("roads").unwrap()
    }

    #[test]
    fn there_is_no_road_service_unless_one_is_named() {
        assert_eq!(settings("").service().unwrap().host(), None);
        let named = settings("[roads]\nurl = \"http://osrm.internal:5000\"").service().unwrap();
        assert_eq!(named.host(), Some("osrm.internal"));
    }

    #[test]
    fn what_cannot_be_used_is_named_by_its_key_and_not_repeated() {
        for (toml, told) in [
            ("url = \"osrm.internal\"", "roads.url is http://HOST"),
            ("url = \"http://secret@osrm.internal\"", "roads.url is http://HOST"),
            ("url = \"http://osrm.internal\"\nprofile = \"a/b\"", "roads.profile is the name"),
            ("url = \"http://osrm.internal\"\nca_file = \"/nowhere/ca.pem\"", "roads.ca_file cannot be read"),
            ("url = \"http://osrm.internal\"\nca_file = \"Cargo.toml\"", "roads.ca_file has no certificate"),
        ] {
            let error = settings(&format!("[roads]\n{toml}")).service().unwrap_err().to_string();
            assert!(error.starts_with(told) && !error.contains("secret"), "{error}");
        }
    }
}
