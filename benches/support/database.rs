//! A fresh database for each run: SQLite, and PostgreSQL where there is one.
//!
//! `MOSOVO_BENCH_POSTGRES_URL` names a server on which databases may be made; without it a
//! throw-away cluster is started from the machine's own binaries, with `fsync` on.

use std::path::{Path, PathBuf};

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use uuid::Uuid;

use super::{postgres, say};

/// Where fresh databases come from.
pub enum Server {
    /// Files in the workspace.
    Sqlite,
    /// A PostgreSQL server, by the URL of a database on it.
    Postgres(String),
}

/// A database that nobody else uses.
pub struct Database {
    pub url: String,
    made_on: Option<(String, String)>,
}

/// The servers that this machine has; says so where there is no PostgreSQL.
pub fn servers() -> anyhow::Result<Vec<Server>> {
    let mut servers = vec![Server::Sqlite];
    let named = std::env::var_os("MOSOVO_BENCH_POSTGRES_URL").and_then(|url| url.into_string().ok());
    let throw_away = || -> anyhow::Result<Option<String>> {
        let Some(url) = postgres::fresh_database() else { return Ok(None) };
        // The tests' cluster does without; a benchmark that did would flatter.
        // Each statement by itself: ALTER SYSTEM refuses to run in a transaction.
        for statement in ["ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"] {
            PgConnection::establish(&url)?.batch_execute(statement)?;
        }
        Ok(Some(url))
    };
    match named.map_or_else(throw_away, |url| Ok(Some(url)))? {
        Some(url) => servers.push(Server::Postgres(url)),
        None => say("no PostgreSQL: set MOSOVO_BENCH_POSTGRES_URL, or install it, to measure on both")?,
    }
    Ok(servers)
}

impl Server {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// An empty database.
    pub fn fresh(&self, workspace: &Path) -> anyhow::Result<Database> {
        let name = format!("bench_{}", Uuid::now_v7().simple());
        match self {
            Self::Sqlite => {
                let path = workspace.join(format!("{name}.sqlite"));
                Ok(Database { url: format!("sqlite://{}", path.display()), made_on: None })
            }
            Self::Postgres(server) => {
                let (address, options) = server.split_once('?').unwrap_or((server, ""));
                let (host, _) = address.rsplit_once('/').context("the PostgreSQL URL names no database")?;
                PgConnection::establish(server)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
                let mark = if options.is_empty() { "" } else { "?" };
                Ok(Database { url: format!("{host}/{name}{mark}{options}"), made_on: Some((server.clone(), name)) })
            }
        }
    }
}

impl Database {
    /// Where the proof of its audit is kept, without an ending.
    pub fn proof(&self) -> PathBuf {
        let name = self.url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        std::env::temp_dir().join(name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // What stays behind of the proof does no harm either.
        let _ = std::fs::remove_dir_all(self.proof().with_extension("audit"));
        let _ = std::fs::remove_file(self.proof().with_extension("audit-key"));
        if let Some((server, name)) = &self.made_on
            && let Ok(mut connection) = PgConnection::establish(server)
        {
            // A database that stays behind does no harm.
            let _ = connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
