//! The two backends behind one connection type.
#![expect(missing_docs, reason = "the derive makes public types that it does not document")]

use std::fs::OpenOptions;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{HandleError, ManageConnection, R2D2Connection};
use diesel::{ConnectionError, ConnectionResult};

use super::url::DatabaseUrl;

/// A connection to either backend.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// One statement, given once, on whichever backend it is. For what diesel's multi-connection
/// lacks: batch inserts.
macro_rules! on_backend {
    ($connection:expr, $name:ident => $body:expr) => {
        match $connection {
            $crate::store::backend::AnyConnection::Postgres($name) => $body,
            $crate::store::backend::AnyConnection::Sqlite($name) => $body,
        }
    };
}
pub(super) use on_backend;

/// Rows in one statement: well under the bound parameters that either backend takes.
pub(super) const ROWS_A_STATEMENT: usize = 500;

/// Inserts rows, as many statements as it takes.
macro_rules! insert_all {
    ($connection:expr, $table:expr, $rows:expr) => {
        for rows in $rows.chunks($crate::store::backend::ROWS_A_STATEMENT) {
            $crate::store::backend::on_backend!(&mut *$connection, c => {
                diesel::insert_into($table).values(rows).execute(c)
            })?;
        }
    };
}
pub(super) use insert_all;

/// What every SQLite connection is set to: write-ahead log, kept through a power cut, foreign keys, and 30 s of patience for
/// another writer.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// Makes connections of the backend that the URL names.
#[derive(Debug)]
pub struct Connections {
    url: DatabaseUrl,
}

impl Connections {
    pub(super) const fn new(url: DatabaseUrl) -> Self {
        Self { url }
    }
}

impl ManageConnection for Connections {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        establish(&self.url).map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Self::Error> {
        connection.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        connection.is_broken()
    }
}

/// Connection errors reach the caller; the pool does not print them as well.
#[derive(Debug)]
pub(super) struct QuietErrors;

impl<E> HandleError<E> for QuietErrors {
    fn handle_error(&self, _: E) {}
}

/// Makes the file where there is none, so that its owner alone can read it; SQLite gives its other
/// files the same rights. What stands in the way, SQLite meets too and tells.
fn make_for_its_owner_alone(path: &Path) {
    let name = path.to_string_lossy();
    let is_no_file = name == ":memory:" || name.starts_with("file:");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if !is_no_file {
        drop(options.open(path));
    }
}

fn establish(url: &DatabaseUrl) -> ConnectionResult<AnyConnection> {
    match url {
        DatabaseUrl::Postgres(_) => PgConnection::establish(&url.expose()).map(AnyConnection::Postgres),
        DatabaseUrl::Sqlite(path) => {
            make_for_its_owner_alone(path);
            let mut connection = SqliteConnection::establish(&url.expose())?;
            connection.batch_execute(SQLITE_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConnection::Sqlite(connection))
        }
    }
}
