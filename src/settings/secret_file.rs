//! A secret in a file of its own: random, made once, for its owner alone.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::SecretString;
use uuid::Uuid;

/// Random bytes in a secret; it is written in twice as many hexadecimal digits.
pub const SECRET_BYTES: usize = 32;

/// The secret in a file, which is made where there is none.
///
/// # Errors
/// When it can be neither read nor made.
pub fn read_or_make(file: &Path) -> io::Result<SecretString> {
    match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(file)?;
            read(file)
        }
        read => read,
    }
}

/// The secret in a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(file: &Path) -> io::Result<SecretString> {
    fs::read_to_string(file).map(|text| SecretString::from(text.trim()))
}

/// Writes a new secret aside and gives it its name whole, so that of two processes that make one at
/// the same time both end with the same.
///
/// # Errors
/// When the file cannot be written. One that is there is left as it is.
pub fn make(file: &Path) -> io::Result<()> {
    let mut bytes = [0_u8; SECRET_BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    let mut text = String::with_capacity(SECRET_BYTES * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").map_err(io::Error::other)?;
    }
    let aside = file.with_extension(format!("{}.tmp", Uuid::now_v7()));
    let written = new_for_its_owner_alone(&aside).and_then(|mut secret| {
        secret.write_all(text.as_bytes())?;
        secret.sync_all()
    });
    let named = written.and_then(|()| match fs::hard_link(&aside, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&aside)?;
    named
}

/// A new file that its owner alone can read.
///
/// # Errors
/// When it cannot be made, or is there already.
pub fn new_for_its_owner_alone(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_is_made_once_for_its_owner_alone_and_read_afterwards() {
        let file = std::env::temp_dir().join(format!("mosovo-visits-{}.development-key", Uuid::now_v7()));
        let made = read_or_make(&file).unwrap();
        assert_eq!(made.expose_secret().len(), SECRET_BYTES * 2);
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
