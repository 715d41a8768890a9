//! Where the road service is.

use std::str::FromStr;

use thiserror::Error;
use ureq::http::Uri;

/// Why a URL names no road service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RoadUrlError {
    /// It is no URL of that kind.
    #[error("is http://HOST[:PORT][/PATH] or https://…, without a user, a query or a fragment")]
    Url,
    /// The profile is none.
    #[error("is the name of a routing profile: letters, digits, `-` and `_`")]
    Profile,
}

/// The URL and profile of a road service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadUrl {
    table: String,
    host: String,
    is_encrypted: bool,
}

impl RoadUrl {
    /// A service's URL, with the routing profile that is asked for.
    ///
    /// # Errors
    /// See [`RoadUrlError`]; what was given is not repeated.
    pub fn new(url: &str, profile: &str) -> Result<Self, RoadUrlError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if profile.is_empty() || !profile.chars().all(is_plain) {
            return Err(RoadUrlError::Profile);
        }
        if url.contains('#') {
            return Err(RoadUrlError::Url);
        }
        let uri = Uri::from_str(url).map_err(|_| RoadUrlError::Url)?;
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(RoadUrlError::Url),
        };
        let authority = uri.authority().ok_or(RoadUrlError::Url)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() || authority.as_str().contains('@') || uri.query().is_some() {
            return Err(RoadUrlError::Url);
        }
        let table = format!("{}/table/v1/{profile}", url.trim_end_matches('/'));
        Ok(Self { table, host, is_encrypted })
    }

    /// The host, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True where what is asked cannot be read on the way.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Where tables are asked for, without the places.
    pub(super) fn table(&self) -> &str {
        &self.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_road_service_is_named_by_scheme_and_host() {
        for (url, table, host, is_encrypted) in [
            ("http://osrm-1.internal:5000", "http://osrm-1.internal:5000/table/v1/driving", "osrm-1.internal", false),
            ("https://Roads-1.Example/osrm/", "https://Roads-1.Example/osrm/table/v1/driving", "roads-1.example", true),
            ("http://[fd00::7]:5000/", "http://[fd00::7]:5000/table/v1/driving", "fd00::7", false),
            ("http://203.0.113.7", "http://203.0.113.7/table/v1/driving", "203.0.113.7", false),
        ] {
            let known = RoadUrl::new(url, "driving").unwrap();
            assert_eq!((known.table(), known.host(), known.is_encrypted()), (table, host, is_encrypted));
        }
    }

    #[test]
    fn anything_else_names_none() {
        for url in [
            "",
            "osrm-1.internal",
            "osrm-1.internal:5000",
            "/table",
            "ftp://osrm-1.internal",
            "http://",
            "http://user@osrm-1.internal",
            "http://osrm-1.internal/?a=b",
            "http://osrm-1.internal/#a",
            "http://osrm 1",
        ] {
            assert_eq!(RoadUrl::new(url, "driving"), Err(RoadUrlError::Url), "{url}");
        }
        for profile in ["", "a/b", "a?b", "ä"] {
            assert_eq!(RoadUrl::new("http://osrm-1.internal", profile), Err(RoadUrlError::Profile), "{profile}");
        }
    }
}
