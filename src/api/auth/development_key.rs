//! The key that signs tokens on a developer's machine: each installation makes its own, once.

use std::io;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::settings::secret_file::{SECRET_BYTES, read_or_make};
use crate::settings::{Settings, SettingsError};

/// Why there is no development key.
#[derive(Debug, Error)]
pub enum DevelopmentKeyError {
    /// Production has none.
    #[error("there is no development key in production: tokens come from the issuer in the settings")]
    Production,
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its file cannot be read or made.
    #[error("the development key {path} cannot be read or made: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// Its file holds something else.
    #[error("{path} holds no development key: take it away and a new one is made")]
    Malformed {
        /// Which file.
        path: String,
    },
}

/// The installation's development key: the one in the settings, or that of its file, which is made
/// where there is none.
///
/// # Errors
/// In production; when the file cannot be read or made.
pub fn development_key(settings: &Settings) -> Result<SecretString, DevelopmentKeyError> {
    if settings.is_production() {
        return Err(DevelopmentKeyError::Production);
    }
    if let Some(key) = &settings.auth().development_key {
        return Ok(key.clone());
    }
    let file = settings.development_key_file()?;
    let path = file.display().to_string();
    let key = read_or_make(&file).map_err(|error| DevelopmentKeyError::File { path: path.clone(), error })?;
    if key.expose_secret().len() == SECRET_BYTES * 2 { Ok(key) } else { Err(DevelopmentKeyError::Malformed { path }) }
}
