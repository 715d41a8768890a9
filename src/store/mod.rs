//! What the service remembers: diesel over PostgreSQL in production and SQLite when embedded.
//!
//! The only place that knows the backend. Callers ask named questions inside a transaction.

pub mod allocation;
pub mod as_at;
pub mod audit;
pub mod backend;
pub mod briefing;
pub mod case_history;
pub mod current;
pub mod delivery;
pub mod digest;
pub mod drift;
pub mod drift_run;
pub mod error;
pub mod evaluation;
pub mod exchange;
pub mod extract;
pub mod extract_mapping;
pub mod flag;
pub mod flag_list;
pub mod forecast;
pub mod idempotency;
pub mod import;
pub mod job_run;
pub mod legal_hold;
pub mod limited_access;
pub mod merge;
pub mod migrate;
pub mod of_cases;
pub mod outbox;
pub mod own_entry;
pub mod planned_visit;
pub mod provenance;
pub mod pull_place;
pub mod received_transfer;
pub mod record;
pub mod reference;
pub mod replay;
pub mod road_service_approval;
pub mod schedule;
pub mod schedule_list;
mod schema;
pub mod scope;
pub mod signed_message;
pub mod standing;
pub mod status;
pub mod subscription;
pub mod timeline;
mod told;
pub mod transfer;
pub mod transfer_key;
pub mod transfer_package;
mod turn;
pub mod types;
pub mod url;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use diesel::Connection as _;
use diesel::r2d2::Pool;

use audit::head::{HeadKey, PublicHeadKey};
use audit::heads::{HeadFiles, Heads};
use backend::{AnyConnection, Connections};
use error::StoreError;
use turn::Turns;
use url::DatabaseUrl;

/// Connections kept open to PostgreSQL; on SQLite they share one writer lock.
const POOL_SIZE: u32 = 8;

/// How long a caller waits for a connection before the store says it is unavailable.
const POOL_TIMEOUT: Duration = Duration::from_secs(10);

/// The database, open.
#[derive(Clone)]
pub struct Store {
    pool: Arc<Pool<Connections>>,
    url: DatabaseUrl,
    heads: Option<Arc<Heads>>,
    turns: Arc<Turns>,
}

impl Store {
    /// Opens the database; for SQLite the file is made where there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let pool = Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(1))
            .connection_timeout(POOL_TIMEOUT)
            .error_handler(Box::new(backend::QuietErrors))
            .build(Connections::new(url.clone()))
            .map_err(|error| StoreError::Unavailable { detail: error.to_string() })?;
        Ok(Self { pool: Arc::new(pool), url: url.clone(), heads: None, turns: Arc::default() })
    }

    /// The same database; the heads of its audit are signed and kept here after every transaction.
    #[must_use]
    pub fn with_heads(mut self, heads: Heads) -> Self {
        self.heads = Some(Arc::new(heads));
        self
    }

    /// The key that signs the heads of the audit, and with it what is handed out; none where nothing is signed.
    #[must_use]
    pub fn signing_key(&self) -> Option<&HeadKey> {
        self.heads.as_deref().map(Heads::key)
    }

    /// Why the heads of the audit are not up to date, where they are not. Tries to sign them first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub fn heads_failure(&self) -> Result<Option<String>, StoreError> {
        let Some(heads) = &self.heads else { return Ok(None) };
        heads.publish(&mut *self.connection()?);
        Ok(heads.failure())
    }

    /// The signed heads of the audit as they stand, with the key that checks them; nothing where this process keeps none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn signed_heads(&self) -> io::Result<Option<(HeadFiles, PublicHeadKey)>> {
        self.heads.as_ref().map(|heads| heads.read()).transpose()
    }

    fn publish_heads_through(&self, connection: &mut AnyConnection) {
        if let Some(heads) = &self.heads {
            heads.publish(connection);
        }
    }

    /// Which database this is.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Does a piece of work in one transaction: all of it is kept, or none.
    ///
    /// # Errors
    /// Whatever the work says, or that the database is unavailable.
    pub fn transaction<T, E>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + From<diesel::result::Error>,
    {
        let connection: &mut AnyConnection = &mut *self.connection()?;
        let done = connection.transaction(work)?;
        self.publish_heads_through(connection);
        Ok(done)
    }

    /// As [`Self::transaction`], for work that reads before it writes. On SQLite it waits for its turn
    /// among the writers before it reads: there, who has read cannot write once another has written.
    ///
    /// # Errors
    /// Whatever the work says, or that the database is unavailable.
    pub fn transaction_that_writes<T, E>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + From<diesel::result::Error>,
    {
        let _turn = matches!(self.url, DatabaseUrl::Sqlite(_)).then(|| self.turns.wait());
        self.transaction(|connection| {
            audit::take_turn(connection)?;
            work(connection)
        })
    }

    pub(crate) fn connection(&self) -> Result<diesel::r2d2::PooledConnection<Connections>, StoreError> {
        self.pool.get().map_err(|error| StoreError::Unavailable { detail: error.to_string() })
    }
}
