//! The lines of a bulk feed, read as a stream in bounded memory.

use std::io::{self, BufRead, ErrorKind};

use super::fault::{Fault, FaultCode};

/// The longest line, its newline not counted (records feed, version 1).
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// One line of a bulk feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes without the newline, or why it cannot hold an event.
    pub content: Result<Vec<u8>, Fault>,
}

/// Reads lines; ends after the first failure to read.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    number: u64,
    bytes_read: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader.
    #[must_use]
    pub const fn new(reader: R) -> Self {
        Self { reader, number: 0, bytes_read: 0, ended: false }
    }

    /// Bytes read so far, newlines included: how far the feed has come.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    fn read_line(&mut self) -> io::Result<Option<Result<Vec<u8>, Fault>>> {
        let mut line = Vec::new();
        let mut begun = false;
        let mut too_long = false;
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break;
            }
            begun = true;
            let piece = buffer.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let ends_here = piece.len() < buffer.len();
            too_long = too_long || line.len().saturating_add(piece.len()) > MAX_LINE_BYTES;
            if too_long {
                line = Vec::new();
            } else {
                line.extend_from_slice(piece);
            }
            let used = piece.len().saturating_add(usize::from(ends_here));
            self.reader.consume(used);
            self.bytes_read = self.bytes_read.saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
            if ends_here {
                break;
            }
        }
        Ok(begun.then(|| judge(line, too_long)))
    }
}

fn judge(line: Vec<u8>, too_long: bool) -> Result<Vec<u8>, Fault> {
    if too_long {
        let detail = format!("is over {MAX_LINE_BYTES} bytes; send one event a line");
        Err(Fault::here(FaultCode::LineTooLong, detail))
    } else if line.trim_ascii().is_empty() {
        Err(Fault::here(FaultCode::EmptyLine, "holds no event; leave the line out"))
    } else {
        Ok(line)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read_line().transpose();
        self.ended = !matches!(read, Some(Ok(_)));
        self.number = self.number.saturating_add(1);
        read.map(|read| read.map(|content| Line { number: self.number, content }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    fn lines(feed: &[u8], buffer: usize) -> Vec<(u64, Result<Vec<u8>, FaultCode>)> {
        Lines::new(BufReader::with_capacity(buffer, feed))
            .map(|line| line.unwrap())
            .map(|line| (line.number, line.content.map_err(|fault| fault.code)))
            .collect()
    }

    #[test]
    fn lines_are_numbered_and_the_last_needs_no_newline() {
        for buffer in [1, 2, 3, 8192] {
            assert_eq!(lines(b"", buffer), []);
            assert_eq!(lines(b"a\n", buffer), [(1, Ok(b"a".to_vec()))]);
            assert_eq!(
                lines(b"a\n\nbc\r\n \t\r\n{", buffer),
                [
                    (1, Ok(b"a".to_vec())),
                    (2, Err(FaultCode::EmptyLine)),
                    (3, Ok(b"bc\r".to_vec())),
                    (4, Err(FaultCode::EmptyLine)),
                    (5, Ok(b"{".to_vec())),
                ]
            );
        }
    }

    #[test]
    fn a_line_over_the_limit_is_skipped() {
        let mut feed = vec![b'x'; MAX_LINE_BYTES];
        feed.extend(b"\n");
        feed.extend(vec![b'y'; MAX_LINE_BYTES + 1]);
        feed.extend(b"\nz\n");
        let read = lines(&feed, 8192);
        assert_eq!(read[0].1.as_ref().map(Vec::len), Ok(MAX_LINE_BYTES));
        assert_eq!(&read[1..], [(2, Err(FaultCode::LineTooLong)), (3, Ok(b"z".to_vec()))]);
    }

    #[test]
    fn bytes_are_counted_with_their_newlines() {
        let mut lines = Lines::new(&b"ab\n\nc"[..]);
        let counts: Vec<u64> = std::iter::from_fn(|| lines.next().map(|_| lines.bytes_read())).collect();
        assert_eq!(counts, [3, 4, 5]);
    }

    #[test]
    fn a_failure_to_read_ends_the_lines() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let mut lines = Lines::new(BufReader::new(b"a\nb".chain(Broken)));
        assert!(lines.next().unwrap().is_ok());
        assert!(lines.next().unwrap().is_err());
        assert!(lines.next().is_none());
    }
}
