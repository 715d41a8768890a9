//! Where the database is. Passwords never show in messages.

use std::fmt;
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
}
