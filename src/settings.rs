//! Settings: `config/default.toml` (built in), then `config/{environment}.toml`, then variables
//! `MOSOVO__SECTION__KEY`.

use chrono::{DateTime, FixedOffset};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;

use crate::casework::clock::Clock;
use crate::casework::timetable::{Entry, JobName, ScheduleError, Timetable};
use crate::store::url::{DatabaseUrl, DatabaseUrlError};

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
    /// Real work: a frozen clock is refused.
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
    /// The database URL names no database.
    #[error("database.url: {0}")]
    Database(#[from] DatabaseUrlError),
    /// A job's schedule is none.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    environment: Environment,
    database: DatabaseSettings,
    clock: ClockSettings,
    jobs: JobSettings,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseSettings {
    url: SecretString,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockSettings {
    fixed_at: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobSettings {
    nightly_flags: String,
    pending_flags: String,
    nightly_proposal: String,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// When a file or variable is malformed or unknown, or the clock is frozen in production.
    pub fn load() -> Result<Self, SettingsError> {
        let base = Figment::from(Toml::string(DEFAULTS)).merge(Env::prefixed("MOSOVO__").split("__").lowercase(true));
        let environment: String = base.extract_inner("environment").map_err(Box::new)?;
        let settings: Self = Figment::from(Toml::string(DEFAULTS))
            .merge(Toml::file(format!("config/{environment}.toml")))
            .merge(Env::prefixed("MOSOVO__").split("__").lowercase(true))
            .extract()
            .map_err(Box::new)?;
        if settings.environment == Environment::Production && settings.clock.fixed_at.is_some() {
            return Err(SettingsError::FrozenInProduction);
        }
        Ok(settings)
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

    /// When the service's own jobs run.
    ///
    /// # Errors
    /// When one of the schedules is none.
    pub fn timetable(&self) -> Result<Timetable, SettingsError> {
        let entry = |job| {
            let schedule = match job {
                JobName::NightlyFlags => &self.jobs.nightly_flags,
                JobName::PendingFlags => &self.jobs.pending_flags,
                JobName::NightlyProposal => &self.jobs.nightly_proposal,
            };
            Entry::new(job, schedule)
        };
        let entries = JobName::ALL.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Timetable::new(entries))
    }
}
