//! One file of a watched folder: what of it may be read, and how.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// The longest name of a file that is taken, in characters. `[I]`
const LONGEST_NAME: usize = 150;

/// Why a file is refused: nothing of it is read then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Its name has characters that it may not have.
    Name,
    /// It is a link, a folder or something else that is no file.
    NoFile,
    /// It cannot be read.
    Unreadable,
    /// It is longer than it may be.
    TooLarge,
    /// It says that it is packed, and cannot be unpacked to its end.
    CannotBeUnpacked,
    /// Unpacked it is longer than it may be.
    UnpackedTooLarge,
}

impl Refused {
    /// Its stable code.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name_not_allowed",
            Self::NoFile => "not_a_regular_file",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::CannotBeUnpacked => "cannot_be_unpacked",
            Self::UnpackedTooLarge => "unpacked_too_large",
        }
    }

    /// What to do.
    pub(super) const fn detail(self) -> &'static str {
        match self {
            Self::Name => "name files with ASCII letters, digits, `.`, `-` and `_` alone, 150 at most",
            Self::NoFile => "put files themselves into the inbox, no links and no folders",
            Self::Unreadable => "give the service the right to read it",
            Self::TooLarge => "split it into shorter files, or raise records.folder_mebibytes",
            Self::CannotBeUnpacked => "it is not gzip, or not all of it; write it whole, then rename it into the inbox",
            Self::UnpackedTooLarge => {
                "split it into shorter files before packing them, or raise records.folder_mebibytes"
            }
        }
    }
}

/// True of a name that can be written anywhere.
pub(super) fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.len() <= LONGEST_NAME && name.chars().all(is_plain)
}

/// Opens a file that was put in under a name to be read from its beginning, unpacked where it is packed. It is unpacked once before, so that
/// nothing is taken of one that is damaged or unpacks to more than it may.
///
/// # Errors
/// When it is to be refused.
pub(super) fn open(path: &Path, name: &str, most_bytes: u64) -> Result<Box<dyn Read>, Refused> {
    let seen = fs::symlink_metadata(path).map_err(|_| Refused::Unreadable)?;
    if !seen.is_file() {
        return Err(Refused::NoFile);
    }
    let mut file = open_itself(path).map_err(|_| Refused::Unreadable)?;
    let opened = file.metadata().map_err(|_| Refused::Unreadable)?;
    if !opened.is_file() {
        return Err(Refused::NoFile);
    }
    if opened.len() > most_bytes {
        return Err(Refused::TooLarge);
    }
    if !name.ends_with(".gz") {
        return Ok(Box::new(file));
    }
    let mut unpacked = MultiGzDecoder::new(io::BufReader::new(&file)).take(most_bytes.saturating_add(1));
    let length = io::copy(&mut unpacked, &mut io::sink()).map_err(|_| Refused::CannotBeUnpacked)?;
    if length > most_bytes {
        return Err(Refused::UnpackedTooLarge);
    }
    file.seek(SeekFrom::Start(0)).map_err(|_| Refused::Unreadable)?;
    Ok(Box::new(MultiGzDecoder::new(io::BufReader::new(file))))
}

/// Opens what is there to be read, whatever somebody has put in its place since it was looked at: no link is followed, and a pipe keeps nobody
/// waiting for its writer.
fn open_itself(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_or_it_is_refused() {
        for (name, plain) in [
            ("2021-04-15T0800.ndjson", true),
            ("a_b.ndjson.gz", true),
            ("a b.ndjson", false),
            ("é.ndjson", false),
            ("a\n.ndjson", false),
            (&"a".repeat(LONGEST_NAME), true),
            (&"a".repeat(LONGEST_NAME + 1), false),
        ] {
            assert_eq!(is_plain(name), plain, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_or_a_pipe_in_the_place_of_a_file_is_neither_followed_nor_waited_for() {
        let folder = std::env::temp_dir().join(format!("mosovo-visits-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&folder).unwrap();
        let (file, link, pipe) = (folder.join("file"), folder.join("link"), folder.join("pipe"));
        fs::write(&file, "a file").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_itself(&file).unwrap().metadata().unwrap().is_file());
        assert!(open_itself(&link).is_err());
        assert!(!open_itself(&pipe).unwrap().metadata().unwrap().is_file());
        fs::remove_dir_all(&folder).unwrap();
    }
}
