//! How large a workbook is when it is unpacked: a file of some kilobytes may be made to fill a machine's memory.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::fault::{FileCode, FileFault};

/// The largest workbook when it is unpacked, all its parts together. `[I]`
pub const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// Unpacks every part of a workbook into nothing, and counts: what the archive says of its parts' sizes may be untrue.
///
/// # Errors
/// When it is no archive, a part cannot be unpacked, or together they are over `most` bytes.
pub fn check(workbook: &[u8], most: u64) -> Result<(), FileFault> {
    let unreadable = || FileFault::new(FileCode::UnreadableWorkbook, "the file is no XLSX workbook, or is broken");
    let mut archive = ZipArchive::new(Cursor::new(workbook)).map_err(|_| unreadable())?;
    let mut left = most;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|_| unreadable())?;
        let unpacked = io::copy(&mut part.take(left.saturating_add(1)), &mut io::sink()).map_err(|_| unreadable())?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let detail = format!("the workbook is over {most} bytes when it is unpacked; send its rows as CSV");
            FileFault::new(FileCode::UnpacksTooLarge, detail)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[usize]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (at, size) in parts.iter().enumerate() {
            writer.start_file(at.to_string(), SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![0; *size]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_parts_together_have_a_limit() {
        let bytes = archive(&[600, 400]);
        assert_eq!(check(&bytes, 1_000), Ok(()));
        assert_eq!(check(&bytes, 999).unwrap_err().code, FileCode::UnpacksTooLarge);
        assert_eq!(check(b"PK no archive", 999).unwrap_err().code, FileCode::UnreadableWorkbook);
        let broken = &bytes[..bytes.len() / 2];
        assert_eq!(check(broken, 1_000).unwrap_err().code, FileCode::UnreadableWorkbook);
    }

    #[test]
    fn a_small_file_that_unpacks_large_is_found_out() {
        let bytes = archive(&[8 * 1024 * 1024]);
        assert!(bytes.len() < 100_000);
        assert_eq!(check(&bytes, 1024 * 1024).unwrap_err().code, FileCode::UnpacksTooLarge);
    }
}
