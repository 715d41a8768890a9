//! Whose tokens are accepted.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::SettingsError;

/// The fewest characters of a key that another is derived from or that signs: HS256 wants a key as long as its hash (RFC 7518, 3.2).
pub const SHORTEST_KEY: usize = 32;

/// Whose tokens are accepted. There is no setting that accepts a request without one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    /// What a token must name as its issuer.
    pub issuer: String,
    /// What a token must name as its audience.
    pub audience: String,
    /// A JWK Set with the public keys that tokens may be signed with.
    pub public_keys_file: Option<PathBuf>,
    /// The development key itself.
    pub development_key: Option<SecretString>,
    /// Where the development key is kept.
    pub development_key_file: Option<PathBuf>,
}

impl AuthSettings {
    /// Refuses a development key where real work is done, and one that is too short anywhere.
    pub(super) fn check(&self, is_production: bool) -> Result<(), SettingsError> {
        if is_production && (self.development_key.is_some() || self.development_key_file.is_some()) {
            return Err(SettingsError::DevelopmentKeyInProduction);
        }
        match &self.development_key {
            Some(key) if key.expose_secret().len() < SHORTEST_KEY => Err(SettingsError::DevelopmentKeyTooShort),
            Some(_) | None => Ok(()),
        }
    }
}
