//! The package of a transferred case: one zip file, always written in the same way, and read without trusting anything
//! that it says of itself. docs/TRANSFER.md gives its shape.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use sha2::{Digest, Sha256};
use thiserror::Error;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::store::audit::encoding::hex;

/// What says what the files of a package are, and how to check them.
pub(super) const README: &str = include_str!("readme.txt");

/// The file with what the package says of itself.
pub(super) const MANIFEST: &str = "manifest.json";
/// The file with the signature over the manifest.
pub(super) const SIGNATURE: &str = "signature.json";
/// The file with every version of every record.
pub(super) const HISTORY: &str = "history.ndjson";
/// The file with the flags there ever were, and who acknowledged them.
pub(super) const FLAGS: &str = "flags.json";
/// The file with the visits that were ever on an accepted schedule.
pub(super) const PLANNED_VISITS: &str = "planned_visits.json";
/// The file with the audit on the case.
pub(super) const AUDIT: &str = "audit.json";
/// The file with what each is.
pub(super) const README_FILE: &str = "README.txt";

/// The files of a package, in their order: these, each of them, and nothing else.
const NAMES: [&str; 7] = [MANIFEST, SIGNATURE, README_FILE, HISTORY, FLAGS, PLANNED_VISITS, AUDIT];

/// The files that the manifest lists.
pub(super) const LISTED: [&str; 5] = [README_FILE, HISTORY, FLAGS, PLANNED_VISITS, AUDIT];

/// Entries of a zip file at most, before their names are looked at. `[I]`
const MOST_ENTRIES: usize = 32;

/// Bytes of all files together at most, as they are read. Some 40,000 versions of records. `[I]`
pub const MOST_UNPACKED: usize = 64 * 1024 * 1024;

/// Bytes of a package at most: its files are not compressed, and what holds them together is small. `[I]`
pub const LARGEST_PACKAGE: usize = MOST_UNPACKED + 64 * 1024;

/// What is wrong with a package. Nothing of it was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackageFault {
    /// It is no package, or not as it was made.
    #[error("the package is damaged: {0}")]
    Damaged(&'static str),
    /// A name of a file leads elsewhere.
    #[error(
        "the name of a file in the package is absolute, leads out of it, or has a backslash or a control character"
    )]
    UnsafeFileName,
    /// Two files have one name.
    #[error("two files in the package have the same name")]
    DuplicateFile,
    /// A file that no package of this format has.
    #[error("the package has a file that is none of this format's")]
    UnknownFile,
    /// A file is encrypted.
    #[error("a file in the package is encrypted; a package is sent over a protected line, and its files are plain")]
    EncryptedFile,
    /// A link or a directory.
    #[error("the package has a link or a directory; it has plain files alone")]
    NotAFile,
    /// More entries than a package may have.
    #[error("the package has more than {MOST_ENTRIES} entries")]
    TooManyFiles,
    /// More bytes than a package may have.
    #[error("the package's files come to more than {MOST_UNPACKED} bytes")]
    UnpackedTooLarge,
    /// It is larger than a package may be, as it comes.
    #[error("the package has more than {LARGEST_PACKAGE} bytes")]
    TooLarge,
    /// It is of another format.
    #[error("the package is of a format that this version does not know")]
    UnknownFormat,
    /// It is for another force.
    #[error("the package is for another force than the token's")]
    WrongForce,
    /// No key of the force that it says it is from is trusted that it is signed with.
    #[error("the key that signed is not registered here as that force's, has expired or was withdrawn")]
    UnknownSigner,
    /// The signature does not fit.
    #[error("the signature does not fit what was signed")]
    WrongSignature,
    /// Its history cannot be taken over.
    #[error("line {line} of {HISTORY} {what}")]
    UnreadableHistory {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it; never a value.
        what: &'static str,
    },
    /// Some of its records are here already.
    #[error("a record of the case came here by another transfer, or another record has its reference")]
    CaseKnown,
    /// The receipt is not of what was sent.
    #[error("the receipt's {0} is not that of what was sent")]
    ReceiptDiffers(&'static str),
}

impl PackageFault {
    /// The stable code, as callers and the audit read it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged_package",
            Self::UnsafeFileName => "unsafe_file_name",
            Self::DuplicateFile => "duplicate_file",
            Self::UnknownFile => "unknown_file",
            Self::EncryptedFile => "encrypted_file",
            Self::NotAFile => "not_a_file",
            Self::TooManyFiles => "too_many_files",
            Self::UnpackedTooLarge => "unpacked_too_large",
            Self::TooLarge => "payload_too_large",
            Self::UnknownFormat => "unknown_format",
            Self::WrongForce => "wrong_force",
            Self::UnknownSigner => "unknown_signer",
            Self::WrongSignature => "wrong_signature",
            Self::UnreadableHistory { .. } => "unreadable_history",
            Self::CaseKnown => "case_known",
            Self::ReceiptDiffers(_) => "receipt_differs",
        }
    }
}

/// The files of a package, by name.
pub type Files = BTreeMap<&'static str, Vec<u8>>;

/// Writes a package: the same files are always the same bytes. They are stored and dated 1980, so that whoever reads it can
/// write it again and compare every byte.
///
/// # Errors
/// When a file is missing, or it cannot be written.
pub fn written(files: &Files) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in NAMES {
        archive.start_file(name, options)?;
        archive.write_all(files.get(name).ok_or(ZipError::FileNotFound)?)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The files of a package. How much there is of each is counted while it is read, whatever its headers say.
///
/// # Errors
/// With the first thing that is wrong.
pub fn read(bytes: &[u8]) -> Result<Files, PackageFault> {
    let broken = |_| PackageFault::Damaged("it is no zip file, or was cut off");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_ENTRIES {
        return Err(PackageFault::TooManyFiles);
    }
    let mut names = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(broken)?;
        let name = str::from_utf8(file.name_raw()).ok().filter(|name| is_safe(name));
        let name = name.ok_or(PackageFault::UnsafeFileName)?;
        if file.encrypted() {
            return Err(PackageFault::EncryptedFile);
        }
        if file.is_symlink() || file.is_dir() {
            return Err(PackageFault::NotAFile);
        }
        names.push(*NAMES.iter().find(|known| **known == name).ok_or(PackageFault::UnknownFile)?);
    }
    if archive.has_duplicate_names() {
        return Err(PackageFault::DuplicateFile);
    }
    if archive.has_overlapping_entries().map_err(broken)? {
        return Err(PackageFault::Damaged("two of its files share bytes"));
    }
    let (mut files, mut room) = (Files::new(), MOST_UNPACKED);
    for (index, name) in names.into_iter().enumerate() {
        let file = archive.by_index(index).map_err(broken)?;
        let content = at_most(file, room)?;
        room = room.saturating_sub(content.len());
        files.insert(name, content);
    }
    if files.len() < NAMES.len() {
        return Err(PackageFault::Damaged("a file is missing"));
    }
    Ok(files)
}

/// Reads to the end, and not a byte beyond the room that there is.
fn at_most(file: impl Read, room: usize) -> Result<Vec<u8>, PackageFault> {
    let mut content = Vec::new();
    let limit = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
    let broken = |_| PackageFault::Damaged("a file cannot be read to its end, or is not what its checksum says");
    file.take(limit).read_to_end(&mut content).map_err(broken)?;
    if content.len() > room { Err(PackageFault::UnpackedTooLarge) } else { Ok(content) }
}

/// True for a name that cannot lead out of the place where it is unpacked, on any system.
fn is_safe(name: &str) -> bool {
    let is_plain =
        !name.is_empty() && !name.chars().any(|letter| letter.is_control() || letter == '\\' || letter == ':');
    is_plain && !name.starts_with('/') && !name.split('/').any(|part| part == "..")
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        NAMES.into_iter().map(|name| (name, format!("invented {name}").into_bytes())).collect()
    }

    /// A zip file with these entries, compressed.
    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            archive.start_file(*name, options).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    /// The same bytes with every occurrence of a text put in another's place, of the same length.
    fn patched(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let mut bytes = bytes.to_vec();
        for at in 0..=bytes.len() - from.len() {
            if bytes[at..].starts_with(from.as_bytes()) {
                bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
        }
        bytes
    }

    #[test]
    fn the_same_files_are_the_same_bytes_and_are_read_again() {
        let bytes = written(&files()).unwrap();
        assert_eq!(written(&files()).unwrap(), bytes);
        assert_eq!(read(&bytes), Ok(files()));
        assert!(written(&Files::new()).is_err());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        for name in ["../a", "a/../../b", "/etc/a", "a\\b", "C:a", "a\nb", ".."] {
            assert_eq!(read(&zip_of(&[(name, b"invented")])), Err(PackageFault::UnsafeFileName), "{name}");
        }
    }

    #[test]
    fn what_no_package_has_is_refused() {
        assert_eq!(read(&zip_of(&[("other.json", b"{}")])), Err(PackageFault::UnknownFile));
        let many: Vec<String> = (0..=MOST_ENTRIES).map(|number| format!("{number}")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(read(&zip_of(&many)), Err(PackageFault::TooManyFiles));
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.add_symlink(MANIFEST, "/etc/passwd", SimpleFileOptions::default()).unwrap();
        assert_eq!(read(&archive.finish().unwrap().into_inner()), Err(PackageFault::NotAFile));
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.add_directory("audit.json", SimpleFileOptions::default()).unwrap();
        assert_eq!(read(&archive.finish().unwrap().into_inner()), Err(PackageFault::NotAFile));
        let twice = patched(&zip_of(&[(HISTORY, b"a"), ("histery.ndjson", b"b")]), "histery", "history");
        assert_eq!(read(&twice), Err(PackageFault::DuplicateFile));
    }

    #[test]
    fn an_encrypted_file_is_refused() {
        // The bit of the general purpose flags that says so, in both headers (APPNOTE 4.4.4).
        let mut bytes = zip_of(&[(MANIFEST, b"{}")]);
        let central = bytes.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
        bytes[6] |= 1;
        bytes[central + 8] |= 1;
        assert_eq!(read(&bytes), Err(PackageFault::EncryptedFile));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_while_it_is_read() {
        let half = vec![0; MOST_UNPACKED / 2 + 1];
        let bomb = zip_of(&[(HISTORY, &half), (AUDIT, &half)]);
        assert!(bomb.len() < 1024 * 1024, "it is small as it comes");
        assert_eq!(read(&bomb), Err(PackageFault::UnpackedTooLarge));
    }

    #[test]
    fn what_is_cut_off_or_lacks_a_file_is_damaged() {
        let bytes = written(&files()).unwrap();
        for bytes in [&[][..], b"PK", b"no zip file at all", &bytes[..bytes.len() - 1], &bytes[1..]] {
            assert!(matches!(read(bytes), Err(PackageFault::Damaged(_))), "{}", bytes.len());
        }
        assert!(matches!(read(&zip_of(&[(HISTORY, b"")])), Err(PackageFault::Damaged(_))));
    }
}
