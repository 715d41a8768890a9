//! Where the proof of the audit is kept: outside the database.

use std::path::PathBuf;

use serde::Deserialize;

use super::SettingsError;
use crate::store::url::DatabaseUrl;

/// Where the proof of the audit is kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// The key that signs the heads of the audit.
    pub signing_key_file: Option<PathBuf>,
    /// Where the signed heads are kept.
    pub heads_dir: Option<PathBuf>,
}

/// The files of an installation's proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFiles {
    /// The key that signs the heads of the audit.
    pub signing_key: PathBuf,
    /// Where the signed heads are kept.
    pub heads: PathBuf,
    /// True where a key that is not there is made at first use.
    pub makes_key: bool,
}

impl AuditSettings {
    /// The files: those that are set, which production asks for; or beside the file of the database; or, with a
    /// PostgreSQL server, in the current directory, the heads by the name of the database.
    pub(super) fn files(&self, is_production: bool, url: &DatabaseUrl) -> Result<AuditFiles, SettingsError> {
        let (key, heads) = match url {
            DatabaseUrl::Sqlite(path) => (path.with_extension("audit-key"), path.with_extension("audit")),
            DatabaseUrl::Postgres(_) => {
                let name = url.database_name();
                (PathBuf::from("mosovo-visits.audit-key"), PathBuf::from(format!("mosovo-visits-{name}.audit")))
            }
        };
        if is_production && (self.signing_key_file.is_none() || self.heads_dir.is_none()) {
            return Err(SettingsError::AuditUnnamed);
        }
        Ok(AuditFiles {
            signing_key: self.signing_key_file.clone().unwrap_or(key),
            heads: self.heads_dir.clone().unwrap_or(heads),
            makes_key: !is_production,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_beside_the_database_where_nothing_is_said() {
        let files = |url: &str| AuditSettings::default().files(false, &url.parse().unwrap()).unwrap();
        let sqlite = files("sqlite:///a/visits.sqlite");
        assert_eq!((sqlite.signing_key, sqlite.heads), ("/a/visits.audit-key".into(), "/a/visits.audit".into()));
        for (url, heads) in [
            ("postgres://u:p@db.invalid:5432/visits?sslmode=require", "mosovo-visits-visits.audit"),
            ("postgres://u:p@127.0.0.1", "mosovo-visits-postgres.audit"),
            ("postgres://u:p@127.0.0.1/../x%2Fy", "mosovo-visits-x2Fy.audit"),
        ] {
            assert_eq!(files(url).heads, PathBuf::from(heads), "{url}");
        }
    }

    #[test]
    fn production_says_where() {
        let url = "sqlite:///a/visits.sqlite".parse().unwrap();
        let both = AuditSettings { signing_key_file: Some("/k".into()), heads_dir: Some("/h".into()) };
        assert!(!both.files(true, &url).unwrap().makes_key);
        for one in [
            AuditSettings::default(),
            AuditSettings { heads_dir: None, ..both.clone() },
            AuditSettings { signing_key_file: None, ..both },
        ] {
            assert!(matches!(one.files(true, &url), Err(SettingsError::AuditUnnamed)));
        }
    }
}
