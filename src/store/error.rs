//! What can go wrong with the database.

use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database cannot be reached.
    #[error("the database is unavailable: {detail}; check database.url and that the server is up")]
    Unavailable {
        /// What the driver said.
        detail: String,
    },
    /// The database's schema is not this program's.
    #[error("the database is behind this program: run `mosovo-visits migrate`")]
    Behind,
    /// A migration failed.
    #[error("a migration failed: {detail}")]
    Migration {
        /// What the driver said.
        detail: String,
    },
    /// What is stored cannot be read back.
    #[error("a stored {what} cannot be read: {detail}")]
    Unreadable {
        /// What was being read.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// A statement failed.
    #[error("a database statement failed")]
    Statement(#[from] diesel::result::Error),
}
