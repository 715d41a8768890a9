//! Bringing the database up to date. The migrations are embedded, one list a backend, same names.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Store;
use super::audit;
use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::url::DatabaseUrl;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

impl Store {
    const fn migrations(&self) -> EmbeddedMigrations {
        match self.url() {
            DatabaseUrl::Postgres(_) => POSTGRES,
            DatabaseUrl::Sqlite(_) => SQLITE,
        }
    }

    /// Runs the migrations that are pending and names them.
    ///
    /// # Errors
    /// When one fails; those before it stay.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let connection: &mut AnyConnection = &mut *self.connection()?;
        take_turn(connection, "SELECT pg_advisory_lock($1)")?;
        let done = self.run_pending(connection).and_then(|done| {
            connection.transaction(audit::earlier::take_in)?;
            self.publish_heads_through(connection);
            Ok(done)
        });
        take_turn(connection, "SELECT pg_advisory_unlock($1)")?;
        done
    }

    fn run_pending(&self, connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
        on_backend!(connection, c => c.run_pending_migrations(self.migrations()))
            .map(|versions| versions.iter().map(ToString::to_string).collect())
            .map_err(|error| StoreError::Migration { detail: error.to_string() })
    }

    /// Undoes every migration, newest first. For tests of the migrations themselves.
    ///
    /// # Errors
    /// When one fails.
    pub fn revert_all(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection()?;
        on_backend!(&mut *connection, c => c.revert_all_migrations(self.migrations()))
            .map(|versions| versions.iter().map(ToString::to_string).collect())
            .map_err(|error| StoreError::Migration { detail: error.to_string() })
    }

    /// Refuses a database that lacks a migration. Only reads: the role that the service works with on
    /// PostgreSQL may make no tables.
    ///
    /// # Errors
    /// [`StoreError::Behind`] when one is pending.
    pub fn require_current(&self) -> Result<(), StoreError> {
        let connection: &mut AnyConnection = &mut *self.connection()?;
        let done = versions_done(connection)?;
        let known = match connection {
            AnyConnection::Postgres(_) => versions_known::<Pg>(&POSTGRES),
            AnyConnection::Sqlite(_) => versions_known::<Sqlite>(&SQLITE),
        }?;
        if known.is_subset(&done) { Ok(()) } else { Err(StoreError::Behind) }
    }
}

fn versions_known<B: Backend>(migrations: &EmbeddedMigrations) -> Result<BTreeSet<String>, StoreError> {
    let migrations: Vec<Box<dyn Migration<B>>> =
        migrations.migrations().map_err(|error| StoreError::Migration { detail: error.to_string() })?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The migrations that the database has; none where it has no table of them.
fn versions_done(connection: &mut AnyConnection) -> Result<BTreeSet<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let is_there = match connection {
        AnyConnection::Postgres(_) => {
            "SELECT c.relname::text AS name FROM pg_class c \
             WHERE c.oid = to_regclass('__diesel_schema_migrations')"
        }
        AnyConnection::Sqlite(_) => "SELECT name FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
    };
    let table: Vec<Name> = on_backend!(connection, c => diesel::sql_query(is_there).load(c))?;
    if table.is_empty() {
        return Ok(BTreeSet::new());
    }
    let versions = "SELECT CAST(version AS text) AS name FROM __diesel_schema_migrations";
    let done: Vec<Name> = on_backend!(connection, c => diesel::sql_query(versions).load(c))?;
    Ok(done.into_iter().map(|Name { name }| name).collect())
}

/// Of several processes that migrate one PostgreSQL database at once, one goes first. SQLite's own
/// lock does it there.
fn take_turn(connection: &mut AnyConnection, statement: &str) -> Result<(), StoreError> {
    /// Any fixed number; it stands for "migrating" among this database's advisory locks.
    const MIGRATING: i64 = 7_405_123_002;
    if let AnyConnection::Postgres(postgres) = connection {
        diesel::sql_query(statement).bind::<diesel::sql_types::BigInt, _>(MIGRATING).execute(postgres)?;
    }
    Ok(())
}
