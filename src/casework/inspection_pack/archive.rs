//! The pack as one zip file: the same files at the same instant are the same bytes.

use std::io::{Cursor, Write};

use chrono::{Datelike, Timelike};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::PackError;
use crate::domain::calendar::Instant;

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its name.
    pub name: &'static str,
    /// What it is, for people.
    pub says: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files in one zip file, each dated at the instant.
///
/// # Errors
/// When it cannot be written.
pub fn zipped(files: &[PackFile], at: Instant) -> Result<Vec<u8>, PackError> {
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(dated(at));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(file.name, options.unix_permissions(0o600))?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// As zip files keep it: in UTC, of the years 1980 to 2107; the first instant of these otherwise.
fn dated(at: Instant) -> DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or_default();
    let (date, time) = (at.date_naive(), at.time());
    let dated = DateTime::from_date_and_time(
        year,
        part(date.month()),
        part(date.day()),
        part(time.hour()),
        part(time.minute()),
        part(time.second()),
    );
    dated.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_at_the_same_instant_are_the_same_bytes() {
        let at: Instant = "2021-04-15T08:00:00Z".parse().unwrap();
        let files = [PackFile { name: "a.txt", says: "invented", bytes: b"invented".repeat(40) }];
        let bytes = zipped(&files, at).unwrap();
        assert_eq!(zipped(&files, at).unwrap(), bytes);
        let another = "2021-04-15T08:00:02Z".parse().unwrap();
        assert_ne!(zipped(&files, another).unwrap(), bytes);
        assert!(zipped(&files, "0001-01-01T00:00:00Z".parse().unwrap()).is_ok());
    }
}
