//! The lines of a bulk feed, read as a stream: memory does not grow with the feed, nor with a line.

use std::io::{self, BufRead};

use super::fault::{Fault, FaultCode};

/// The longest line, in bytes, its newline not counted (records feed, version 1).
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// The lines of a feed.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    number: u64,
    bytes_read: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines that a reader gives.
    pub const fn new(reader: R) -> Self {
        Self { reader, number: 0, bytes_read: 0 }
    }

    /// Bytes read so far.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next line with its number, from 1; a line that is too long is passed over as a fault.
    ///
    /// # Errors
    /// When the reader fails.
    pub fn next_line(&mut self) -> io::Result<Option<(u64, Result<Vec<u8>, Fault>)>> {
        let mut line = Vec::new();
        let mut length = 0_usize;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                if length == 0 {
                    return Ok(None);
                }
                break;
            }
            let (taken, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at, true),
                None => (buffer.len(), false),
            };
            length += taken;
            if length <= MAX_LINE_BYTES {
                line.extend(buffer.iter().take(taken));
            }
            let consumed = taken + usize::from(ended);
            self.reader.consume(consumed);
            self.bytes_read += u64::try_from(consumed).unwrap_or(u64::MAX);
            if ended {
                break;
            }
        }
        self.number += 1;
        if length > MAX_LINE_BYTES {
            let fault = Fault::new(FaultCode::LineTooLong, "", format!("must have at most {MAX_LINE_BYTES} bytes"));
            return Ok(Some((self.number, Err(fault))));
        }
        Ok(Some((self.number, Ok(line))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(feed: &[u8]) -> Vec<Result<usize, FaultCode>> {
        let mut lines = Lines::new(io::BufReader::with_capacity(7, feed));
        let mut read = Vec::new();
        while let Some((_, line)) = lines.next_line().unwrap() {
            read.push(line.map(|line| line.len()).map_err(|fault| fault.code));
        }
        assert_eq!(lines.bytes_read(), u64::try_from(feed.len()).unwrap());
        read
    }

    #[test]
    fn a_final_newline_adds_no_line_and_a_missing_one_loses_none() {
        assert_eq!(read(b""), []);
        assert_eq!(read(b"one\ntwo\n"), [Ok(3), Ok(3)]);
        assert_eq!(read(b"one\n\ntwo"), [Ok(3), Ok(0), Ok(3)]);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_read_and_one_byte_more_is_passed_over() {
        let mut feed = vec![b'x'; MAX_LINE_BYTES];
        feed.push(b'\n');
        feed.extend(vec![b'x'; MAX_LINE_BYTES + 1]);
        feed.extend(b"\nlast");
        assert_eq!(read(&feed), [Ok(MAX_LINE_BYTES), Err(FaultCode::LineTooLong), Ok(4)]);
    }
}
