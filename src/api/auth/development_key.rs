//! The key that signs tokens on a developer's machine: each installation makes its own, once.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use uuid::Uuid;

use crate::settings::{Settings, SettingsError};

/// Random bytes in a key.
const KEY_BYTES: usize = 32;

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
    if key.expose_secret().len() == KEY_BYTES * 2 { Ok(key) } else { Err(DevelopmentKeyError::Malformed { path }) }
}

fn read_or_make(file: &Path) -> io::Result<SecretString> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(SecretString::from(text.trim())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(file)?;
            fs::read_to_string(file).map(|text| SecretString::from(text.trim()))
        }
        Err(error) => Err(error),
    }
}

/// Writes a new key aside and gives it its name whole, so that of two processes that make one at
/// the same time both end with the same.
fn make(file: &Path) -> io::Result<()> {
    let mut bytes = [0_u8; KEY_BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    let mut text = String::with_capacity(KEY_BYTES * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").map_err(io::Error::other)?;
    }
    let aside = file.with_extension(format!("{}.tmp", Uuid::now_v7()));
    let written = readable_by_its_owner_alone(&aside).and_then(|mut key| {
        key.write_all(text.as_bytes())?;
        key.sync_all()
    });
    let named = written.and_then(|()| match fs::hard_link(&aside, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&aside)?;
    named
}

fn readable_by_its_owner_alone(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_read_afterwards() {
        let file = std::env::temp_dir().join(format!("mosovo-visits-{}.development-key", Uuid::now_v7()));
        let made = read_or_make(&file).unwrap();
        assert_eq!(made.expose_secret().len(), KEY_BYTES * 2);
        assert_eq!(read_or_make(&file).unwrap().expose_secret(), made.expose_secret());
        make(&file).unwrap();
        assert_eq!(read_or_make(&file).unwrap().expose_secret(), made.expose_secret());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::remove_file(&file).unwrap();
    }
}
