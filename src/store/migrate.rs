//! Bringing the database up to date. The migrations are embedded, one list a backend, same names.

use diesel::prelude::*;
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

    /// Refuses a database that lacks a migration.
    ///
    /// # Errors
    /// [`StoreError::Behind`] when one is pending.
    pub fn require_current(&self) -> Result<(), StoreError> {
        let mut connection = self.connection()?;
        let pending = on_backend!(&mut *connection, c => c.has_pending_migration(self.migrations()))
            .map_err(|error| StoreError::Migration { detail: error.to_string() })?;
        if pending { Err(StoreError::Behind) } else { Ok(()) }
    }
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
