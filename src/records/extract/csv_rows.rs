//! The rows of a CSV file, read as a stream in bounded memory.

use std::io::{self, Read};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use encoding_rs::WINDOWS_1252;

use super::cell::{Cell, Row};
use super::check::Mapping;
use super::fault::{CellCode, CellFault, FileCode, FileFault};
use super::mapping::Encoding;

/// The longest row, so that a quotation mark that is never closed does not take the whole file into memory. `[I]`
pub const MAX_ROW_BYTES: u64 = 1024 * 1024;

/// What a reader gives at most between two rows beyond the row itself: the CSV reader's own buffer.
const READ_AHEAD_BYTES: u64 = 64 * 1024;

/// The rows of a CSV file, below its header.
#[derive(Debug)]
pub struct CsvRows<R> {
    reader: csv::Reader<Bounded<R>>,
    encoding: Encoding,
    width: usize,
    places: Vec<usize>,
    number: u64,
    bytes_read: u64,
}

/// A reader that ends in an error where a row, or the file, is over its limit.
#[derive(Debug)]
struct Bounded<R> {
    inner: R,
    since_row: u64,
    whole: u64,
    most: u64,
    over: Option<FileFault>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.since_row = self.since_row.saturating_add(bytes);
        self.whole = self.whole.saturating_add(bytes);
        if self.whole > self.most {
            let detail = format!("the extract is over {} bytes; send it in parts", self.most);
            self.over = Some(FileFault::new(FileCode::TooLarge, detail));
        } else if self.since_row > MAX_ROW_BYTES + READ_AHEAD_BYTES {
            let detail = format!("a row is over {MAX_ROW_BYTES} bytes; look for a quotation mark that is not closed");
            self.over = Some(FileFault::new(FileCode::RowTooLong, detail));
        }
        if self.over.is_some() { Err(io::Error::other("over a limit")) } else { Ok(read) }
    }
}

impl<R: Read> CsvRows<R> {
    /// Opens a file of at most so many bytes, and finds the mapping's columns in its header.
    ///
    /// # Errors
    /// When there is no header, it lacks a column of the mapping or has one twice, or the file cannot be read.
    pub fn open(file: R, mapping: &Mapping, most: u64) -> Result<Self, FileFault> {
        let form = mapping.file();
        let bounded = Bounded { inner: file, since_row: 0, whole: 0, most, over: None };
        let separator = form.separator.as_bytes().first().copied().unwrap_or(b',');
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bounded);
        let mut rows = Self { reader, encoding: form.encoding, width: 0, places: Vec::new(), number: 0, bytes_read: 0 };
        let mut record = ByteRecord::new();
        for _ in 0..form.header_row {
            if !rows.read(&mut record)? {
                let detail =
                    format!("the file ends before its header, which the mapping has in row {}", form.header_row);
                return Err(FileFault::new(FileCode::NoHeader, detail));
            }
        }
        let names = record.iter().map(|name| rows.decoded(name));
        let names: Vec<String> = names.map(|name| name.unwrap_or_default()).collect();
        rows.width = names.len();
        rows.places = places_of(&mapping.columns, &names)?;
        Ok(rows)
    }

    /// Bytes read so far.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<Row>, FileFault> {
        let mut record = ByteRecord::new();
        if !self.read(&mut record)? {
            return Ok(None);
        }
        let cells = if record.len() == self.width {
            Ok(self.places.iter().map(|place| self.cell(record.get(*place).unwrap_or_default())).collect())
        } else {
            let detail = format!(
                "has {} columns, and the header {}; look at separators and quotation marks",
                record.len(),
                self.width
            );
            Err(CellFault::new(CellCode::UnevenRow, detail))
        };
        Ok(Some(Row { number: self.number, cells }))
    }

    fn read(&mut self, record: &mut ByteRecord) -> Result<bool, FileFault> {
        let read = self.reader.read_byte_record(record);
        let (bounded, position) = (self.reader.get_mut(), self.number + 1);
        bounded.since_row = 0;
        self.bytes_read = bounded.whole;
        match read {
            Ok(there_is) => {
                self.number = if there_is { position } else { self.number };
                Ok(there_is)
            }
            Err(error) => Err(bounded.over.take().unwrap_or_else(|| broken(&error))),
        }
    }

    fn cell(&self, bytes: &[u8]) -> Cell {
        self.decoded(bytes).map_or_else(Cell::Faulty, |text| Cell::of_text(&text))
    }

    fn decoded(&self, bytes: &[u8]) -> Result<String, CellFault> {
        match self.encoding {
            Encoding::Windows1252 => Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()),
            Encoding::Utf8 => str::from_utf8(bytes).map(str::to_owned).map_err(|_| {
                let detail = "is not UTF-8; write the file as UTF-8, or say in the mapping how it is: file.encoding";
                CellFault::new(CellCode::InvalidUtf8, detail)
            }),
        }
    }
}

fn broken(error: &csv::Error) -> FileFault {
    let broke_off = matches!(error.kind(), ErrorKind::Io(_));
    let detail =
        if broke_off { "the extract broke off before its end" } else { "the extract cannot be read to its end" };
    FileFault::new(FileCode::BrokenOff, detail)
}

/// Where each column of a mapping stands in a header.
///
/// # Errors
/// When one is not there, or is there twice.
pub fn places_of(columns: &[String], header: &[String]) -> Result<Vec<usize>, FileFault> {
    let named = |name: &String| {
        header.iter().map(|known| known.trim().trim_start_matches('\u{feff}')).filter(|known| known == name).count()
    };
    let told =
        |code: FileCode, names: Vec<String>, what: &str| FileFault::new(code, format!("{what}: {}", names.join(", ")));
    let of_count = |wanted: fn(usize) -> bool| -> Vec<String> {
        columns.iter().filter(|name| wanted(named(name))).cloned().collect()
    };
    let (missing, twice) = (of_count(|count| count == 0), of_count(|count| count > 1));
    if !missing.is_empty() {
        return Err(told(FileCode::MissingColumn, missing, "columns of the mapping that the header lacks"));
    }
    if !twice.is_empty() {
        return Err(told(FileCode::ColumnTwice, twice, "columns of the mapping that the header has twice"));
    }
    let place = |name: &String| header.iter().position(|known| known.trim().trim_start_matches('\u{feff}') == name);
    Ok(columns.iter().filter_map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::super::check::Mapping;
    use super::*;

    fn mapping(file: &serde_json::Value) -> Mapping {
        let document = serde_json::json!({
            "format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche", "file": file,
            "records": [{"type": "records.neighbourhood.v1", "subject": {"column": "Id"},
                "data": {"name": {"column": "Name"}, "force": {"constant": "Wessex"}}}],
        });
        Mapping::read(&document).unwrap()
    }

    fn texts(file: &[u8], form: &serde_json::Value) -> Vec<(u64, Result<Vec<String>, CellCode>)> {
        let mut rows = CsvRows::open(file, &mapping(form), u64::MAX).unwrap();
        let mut read = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let cells = row.cells.map(|cells| cells.iter().map(|cell| format!("{cell:?}")).collect());
            read.push((row.number, cells.map_err(|fault| fault.code)));
        }
        read
    }

    fn row(id: &str, name: &str) -> Result<Vec<String>, CellCode> {
        Ok([id, name].map(|text| format!("{:?}", Cell::of_text(text))).to_vec())
    }

    #[test]
    fn rows_are_numbered_and_columns_found_wherever_they_stand() {
        let file = "\u{feff}Name,Other,Id\n\"North, upper\",x,1\r\n South ,\"a\nb\",2\n,,3\nshort,4\n";
        assert_eq!(
            texts(file.as_bytes(), &serde_json::json!({})),
            [(2, row("1", "North, upper")), (3, row("2", "South")), (4, row("3", "")), (5, Err(CellCode::UnevenRow)),]
        );
    }

    #[test]
    fn separator_header_row_and_encoding_are_the_mappings() {
        let form = serde_json::json!({"separator": ";", "header_row": 2, "encoding": "windows-1252"});
        assert_eq!(texts(b"Extract of today\nId;Name\n1;Caf\xe9\n", &form), [(3, row("1", "Café"))]);
        let read = texts(b"Id,Name\n1,Caf\xe9\n", &serde_json::json!({}));
        assert!(read[0].1.as_ref().unwrap()[1].contains("InvalidUtf8"), "{read:?}");
    }

    #[test]
    fn a_file_without_the_columns_is_refused_whole() {
        for (file, code) in [
            ("", FileCode::NoHeader),
            ("Id,Names\n", FileCode::MissingColumn),
            ("Id,Name,Name\n", FileCode::ColumnTwice),
        ] {
            let fault = CsvRows::open(file.as_bytes(), &mapping(&serde_json::json!({})), u64::MAX).unwrap_err();
            assert_eq!(fault.code, code, "{file}");
        }
    }

    #[test]
    fn a_row_and_a_file_have_their_limits() {
        let open = format!("Id,Name\n1,\"{}", "x".repeat(3 * 1024 * 1024));
        let mut rows = CsvRows::open(open.as_bytes(), &mapping(&serde_json::json!({})), u64::MAX).unwrap();
        assert_eq!(rows.next_row().unwrap_err().code, FileCode::RowTooLong);
        let fault = CsvRows::open(open.as_bytes(), &mapping(&serde_json::json!({})), 1_000).unwrap_err();
        assert_eq!(fault.code, FileCode::TooLarge);
    }
}
