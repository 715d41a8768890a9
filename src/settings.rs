//! Settings: `config/default.toml` (built in), then `config/{environment}.toml`, then variables
//! `MOSOVO__SECTION__KEY`.

mod audit;
pub mod auth;
mod http;
mod jobs;
mod records;
mod roads;
mod roots;
pub mod secret_file;
mod transfers;
mod webhooks;

use std::net::Ipv4Addr;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;

use crate::casework::clock::Clock;
use crate::casework::roads::RoadService;
use crate::casework::senders::Senders;
use crate::casework::timetable::{ScheduleError, Timetable};
use crate::records::RecordsSources;
use crate::store::url::{DatabaseUrl, DatabaseUrlError};

pub use audit::{AuditFiles, AuditSettings};
pub use auth::AuthSettings;
pub use http::{HttpSettings, LogSettings};
pub use jobs::JobSettings;
pub use records::{MutualTls, MutualTlsSettings, RecordsSettings};
pub use roads::RoadSettings;
pub use transfers::TransferSettings;
pub use webhooks::{WebhookKeyFile, WebhookSettings};

/// The settings built into the program.
const DEFAULTS: &str = include_str!("../config/default.toml");

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// A developer's machine.
    Development,
    /// Automated tests.
    Test,
    /// Real work: a frozen clock and a development key are refused.
    Production,
}

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A file or variable cannot be read.
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// The clock cannot be frozen in production.
    #[error("clock.fixed_at is refused in production: take it out of the settings")]
    FrozenInProduction,
    /// The development key is for development and tests.
    #[error(
        "auth.development_key and auth.development_key_file are refused in production: take them out of the settings \
         and give the issuer's public keys in auth.public_keys_file"
    )]
    DevelopmentKeyInProduction,
    /// The development key can be guessed.
    #[error("auth.development_key is too short: give 32 characters or more, or leave it out to have one made")]
    DevelopmentKeyTooShort,
    /// Personal data does not travel to a server that nobody has proved to be the right one.
    #[error("in production a PostgreSQL server on another machine needs sslmode=verify-full in database.url")]
    DatabaseWithoutProof,
    /// The database URL names no database.
    #[error("database.url: {0}")]
    Database(#[from] DatabaseUrlError),
    /// Production says where the proof of its audit is kept.
    #[error(
        "audit.signing_key_file and audit.heads_dir are not set: production names both, outside the database and what \
         backs it up"
    )]
    AuditUnnamed,
    /// A job's schedule is none.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Records cannot be taken in as it is set.
    #[error("records.{key} {detail}")]
    Records {
        /// Which setting.
        key: String,
        /// What is wrong with it; what was set is not repeated.
        detail: &'static str,
    },
    /// Outward events cannot be delivered as it is set.
    #[error("webhooks.{key} {detail}")]
    Webhooks {
        /// Which setting.
        key: &'static str,
        /// What is wrong with it; what was set is not repeated.
        detail: String,
    },
    /// The road service cannot be used as it is set.
    #[error("roads.{key} {detail}")]
    Roads {
        /// Which setting.
        key: &'static str,
        /// What is wrong with it; what was set is not repeated.
        detail: String,
    },
}

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    environment: Environment,
    database: DatabaseSettings,
    clock: ClockSettings,
    jobs: JobSettings,
    http: HttpSettings,
    auth: AuthSettings,
    audit: AuditSettings,
    records: RecordsSettings,
    roads: RoadSettings,
    webhooks: WebhookSettings,
    transfers: TransferSettings,
    log: LogSettings,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseSettings {
    url: SecretString,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockSettings {
    fixed_at: Option<DateTime<FixedOffset>>,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// When a file or variable is malformed or unknown, or something is set that production refuses.
    pub fn load() -> Result<Self, SettingsError> {
        let base = Figment::from(Toml::string(DEFAULTS)).merge(Env::prefixed("MOSOVO__").split("__").lowercase(true));
        let environment: String = base.extract_inner("environment").map_err(Box::new)?;
        let settings: Self = Figment::from(Toml::string(DEFAULTS))
            .merge(Toml::file(format!("config/{environment}.toml")))
            .merge(Env::prefixed("MOSOVO__").split("__").lowercase(true))
            .extract()
            .map_err(Box::new)?;
        if settings.is_production() && settings.clock.fixed_at.is_some() {
            return Err(SettingsError::FrozenInProduction);
        }
        if settings.is_production() && settings.database_url()?.is_remote_without_proof() {
            return Err(SettingsError::DatabaseWithoutProof);
        }
        settings.auth.check(settings.is_production())?;
        Ok(settings)
    }

    /// The same settings with another database, served on the loopback interface alone.
    #[must_use]
    pub fn on_loopback_with(&self, database_url: String) -> Self {
        let mut settings = self.clone();
        settings.database.url = database_url.into();
        settings.audit = AuditSettings::default();
        if !settings.http.bind.ip().is_loopback() {
            settings.http.bind.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        settings
    }

    /// The same settings with the feed of a force pulled from a URL too.
    #[must_use]
    pub fn pulling_also(&self, force: &str, url: String) -> Self {
        let mut settings = self.clone();
        settings.records.pull_also(force, url);
        settings
    }

    /// True where real work is done.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }

    /// Where the service listens.
    #[must_use]
    pub const fn http(&self) -> &HttpSettings {
        &self.http
    }

    /// Whose tokens are accepted.
    #[must_use]
    pub const fn auth(&self) -> &AuthSettings {
        &self.auth
    }

    /// What is logged.
    #[must_use]
    pub const fn log(&self) -> &LogSettings {
        &self.log
    }

    /// The file that keeps the development key: the one that is set, or one beside the database.
    ///
    /// # Errors
    /// When the database URL names none.
    pub fn development_key_file(&self) -> Result<PathBuf, SettingsError> {
        if let Some(file) = &self.auth.development_key_file {
            return Ok(file.clone());
        }
        Ok(match self.database_url()? {
            DatabaseUrl::Sqlite(path) => path.with_extension("development-key"),
            DatabaseUrl::Postgres(_) => PathBuf::from("mosovo-visits.development-key"),
        })
    }

    /// Where the proof of the audit is kept: where the settings say, or beside the database.
    ///
    /// # Errors
    /// When production does not say, or the database URL names none.
    pub fn audit_files(&self) -> Result<AuditFiles, SettingsError> {
        self.audit.files(self.is_production(), &self.database_url()?)
    }

    /// Where the database is.
    ///
    /// # Errors
    /// When the URL names none.
    pub fn database_url(&self) -> Result<DatabaseUrl, SettingsError> {
        Ok(self.database.url.expose_secret().parse()?)
    }

    /// The clock that all duties are read from.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.fixed_at.map_or(Clock::System, |at| Clock::FixedAt(at.to_utc()))
    }

    /// The road service; none where no URL is set.
    ///
    /// # Errors
    /// When it cannot be used as it is set.
    pub fn road_service(&self) -> Result<RoadService, SettingsError> {
        self.roads.service()
    }

    /// The senders known by name.
    ///
    /// # Errors
    /// When they cannot be told apart, or are not what a sender is.
    pub fn senders(&self) -> Result<Senders, SettingsError> {
        self.records.senders()
    }

    /// The door for callers with certificates; nothing where none is set.
    ///
    /// # Errors
    /// When it cannot be opened with what is set.
    pub fn mutual_tls(&self) -> Result<Option<MutualTls>, SettingsError> {
        self.records.mutual_tls()
    }

    /// The file of the key from which those of all subscriptions are derived; none where production names none.
    ///
    /// # Errors
    /// When the database URL names none.
    pub fn webhook_key_file(&self) -> Result<Option<WebhookKeyFile>, SettingsError> {
        Ok(self.webhooks.key_file(self.is_production(), &self.database_url()?))
    }

    /// What outward events are delivered with.
    #[must_use]
    pub const fn webhooks(&self) -> &WebhookSettings {
        &self.webhooks
    }

    /// How transfers of cases are followed.
    #[must_use]
    pub const fn transfers(&self) -> &TransferSettings {
        &self.transfers
    }

    /// Where records are fetched by the service itself.
    ///
    /// # Errors
    /// When a feed or a folder cannot be used as it is set.
    pub fn records_sources(&self) -> Result<RecordsSources, SettingsError> {
        self.records.sources()
    }

    /// When the service's own jobs run.
    ///
    /// # Errors
    /// When one of the schedules is none.
    pub fn timetable(&self) -> Result<Timetable, SettingsError> {
        Ok(self.jobs.timetable()?)
    }
}
