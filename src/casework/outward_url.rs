//! Where this program may speak to another: nothing goes over a network that others could read.

use std::net::IpAddr;
use std::str::FromStr;

use ureq::http::Uri;

/// True of a URL over `https`, or over `http` on the machine itself; without a user or a fragment.
#[must_use]
pub fn is_encrypted_or_own(url: &str) -> bool {
    let Ok(uri) = Uri::from_str(url) else { return false };
    let Some(authority) = uri.authority().filter(|authority| !authority.as_str().contains('@')) else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_sound = match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => is_loopback,
        Some(_) | None => false,
    };
    is_sound && !url.contains('#')
}

/// The host of a URL, without a path that may be a secret.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    Some(Uri::from_str(url).ok()?.host()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_could_read_on_the_way_is_none() {
        for (url, is_sound) in [
            ("https://records.example/feed?system=1", true),
            ("https://records.example:8443", true),
            ("http://127.0.0.1:9000/feed", true),
            ("http://[::1]/feed", true),
            ("http://records.example/feed", false),
            ("http://localhost/feed", false),
            ("https://user:password@records.example/feed", false),
            ("https://records.example/feed#part", false),
            ("ftp://127.0.0.1/feed", false),
            ("/feed", false),
            ("", false),
        ] {
            assert_eq!(is_encrypted_or_own(url), is_sound, "{url}");
        }
    }
}
