//! Where the database is. Passwords never show in messages.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a database URL is sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME")]
pub struct DatabaseUrlError;

/// Where the database is.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A PostgreSQL server, by its connection URL.
    Postgres(SecretString),
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// The text that the driver takes.
    pub(super) fn expose(&self) -> String {
        match self {
            Self::Postgres(url) => url.expose_secret().to_owned(),
            Self::Sqlite(path) => path.display().to_string(),
        }
    }

    /// The name of the database, of letters, digits, `-` and `_` alone; `postgres` where the URL gives none.
    #[must_use]
    pub fn database_name(&self) -> String {
        let url = self.expose();
        let place = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let place = place.split('?').next().unwrap_or_default();
        let name = place.rsplit_once('/').map_or("", |(_, name)| name);
        let kept: String =
            name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect();
        if kept.is_empty() { "postgres".to_owned() } else { kept }
    }

    /// True where the road to the database leaves the machine and is not proved to lead to the right
    /// server: PostgreSQL elsewhere without `sslmode=verify-full`, or wherever a service file says.
    #[must_use]
    pub fn is_remote_without_proof(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(url) => {
                let url = url.expose_secret();
                let (place, query) = url.split_once('?').unwrap_or((url, ""));
                let parameters: Vec<(String, String)> = query
                    .split('&')
                    .filter_map(|parameter| parameter.split_once('='))
                    .map(|(name, value)| (decoded(name), decoded(value)))
                    .map(|(name, value)| match (name.as_str(), value.as_str()) {
                        // As libpq takes it, for the sake of JDBC's URLs.
                        ("ssl", "true") => ("sslmode".to_owned(), "require".to_owned()),
                        (_, _) => (name, value),
                    })
                    .collect();
                let given = |wanted: &'static str| {
                    parameters.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
                };
                let authority = place.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or("");
                let hosts: Vec<String> =
                    authority.rsplit('@').next().unwrap_or("").split(',').map(without_port).map(decoded).collect();
                let hosts = hosts.iter().map(String::as_str).chain(given("host")).chain(given("hostaddr"));
                let is_remote = hosts.flat_map(|hosts| hosts.split(',')).any(|host| !is_local(host));
                let may_be_anywhere = given("service").next().is_some();
                may_be_anywhere || (is_remote && given("sslmode").next_back() != Some("verify-full"))
            }
        }
    }
}

/// A part of a URL without its percent-encoding, as libpq reads it.
fn decoded(part: &str) -> String {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next().unwrap_or("").as_bytes().to_vec();
    for piece in pieces {
        let encoded = piece.split_at_checked(2).and_then(|(hex, rest)| Some((u8::from_str_radix(hex, 16).ok()?, rest)));
        match encoded {
            Some((byte, rest)) => {
                bytes.push(byte);
                bytes.extend_from_slice(rest.as_bytes());
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(piece.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A host as a URL writes it, without its port.
fn without_port(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or(host),
    }
}

/// This machine, by its loopback or by a socket.
fn is_local(host: &str) -> bool {
    let is_socket = host.is_empty() || host.starts_with('/');
    is_socket
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(SecretString::from(text)));
        }
        match text.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(_) | None => Err(DatabaseUrlError),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("postgres://…"),
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_backend_and_never_shows_its_password() {
        let postgres: DatabaseUrl = "postgres://user:hidden@localhost/visits".parse().unwrap();
        assert!(!format!("{postgres} {postgres:?}").contains("hidden"));
        assert!(matches!("sqlite:///a/b.sqlite".parse(), Ok(DatabaseUrl::Sqlite(path)) if path == *"/a/b.sqlite"));
        for wrong in ["", "sqlite://", "mysql://x", "file.sqlite"] {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_database_elsewhere_needs_proof_that_it_is_the_right_one() {
        let needs_proof = |url: &str| url.parse::<DatabaseUrl>().unwrap().is_remote_without_proof();
        for url in [
            "postgres://u:p@db.invalid/x",
            "postgres://u:p@db.invalid:5432/x?sslmode=require",
            "postgres://u:p@localhost,db.invalid/x",
            "postgres://u:p@[2001:db8::1]:5432/x",
            "postgres:///x?host=db.invalid",
            "postgres://u:p@127.0.0.1/x?hostaddr=192.0.2.1",
            "postgres://u:p@127.0.0.1/x?h%6Fst=db.invalid",
            "postgres://u:p@db.invalid/x?sslmode=verify-full&sslmode=require",
            "postgres://u:p@db.invalid/x?sslmode=verify-full&ssl%6Dode=disable",
            "postgres://u:p@db.invalid/x?sslmode=verify-full&ssl=true",
            "postgres://u:p@localhost/x?service=elsewhere&sslmode=verify-full",
            "postgres:///x?s%65rvice=elsewhere",
        ] {
            assert!(needs_proof(url), "{url}");
        }
        for url in [
            "postgres://u:p@db.invalid/x?connect_timeout=3&sslmode=verify-full",
            "postgres://u:p@db.invalid/x?sslmode=require&sslmode=verify%2Dfull",
            "postgres://u:p@127.0.0.1:5432/x",
            "postgres://u:p@[::1]:5432/x",
            "postgres://u@localhost/x",
            "postgres:///x?host=/var/run/postgresql",
            "postgres://%2Fvar%2Frun/x",
            "postgres:///x?host=%2Fvar%2Frun",
            "sqlite://x.sqlite",
        ] {
            assert!(!needs_proof(url), "{url}");
        }
    }
}
