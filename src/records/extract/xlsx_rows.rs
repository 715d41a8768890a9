//! The rows of a sheet of an XLSX file, cell by cell: a sheet is never laid out whole, for one cell at its far corner would ask for
//! more memory than there is.

use std::fmt;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::cell::{Cell, Row};
use super::check::Mapping;
use super::csv_rows::places_of;
use super::fault::{CellCode, CellFault, FileCode, FileFault};
use super::local_time::time_alone;
use super::unpacked;

/// The columns of a sheet at most: XFD is the last.
const MOST_COLUMNS: usize = 16_384;

/// A sheet of a workbook, below its header.
pub struct Workbook {
    file: Xlsx<Cursor<Vec<u8>>>,
    sheet: String,
    header_row: u32,
    /// Of each column of the sheet, which of the mapping's it is.
    wanted: Vec<Option<usize>>,
    width: usize,
}

impl fmt::Debug for Workbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbook").field("width", &self.width).finish_non_exhaustive()
    }
}

fn unreadable() -> FileFault {
    FileFault::new(FileCode::UnreadableWorkbook, "the file is no XLSX workbook, or is broken")
}

impl Workbook {
    /// Opens a workbook of at most so many bytes unpacked, and finds the mapping's columns in the header of its sheet: the one named, or
    /// the mapping's, or its only one.
    ///
    /// # Errors
    /// When it is no workbook or too large, has no such sheet or header, or the header lacks a column of the mapping or has one twice.
    pub fn open(file: Vec<u8>, mapping: &Mapping, sheet: Option<&str>, most: u64) -> Result<Self, FileFault> {
        unpacked::check(&file, most)?;
        let mut file = Xlsx::new(Cursor::new(file)).map_err(|_| unreadable())?;
        let sheet = chosen(&file.sheet_names(), sheet.or(mapping.file().sheet.as_deref()))?;
        let header_row = mapping.file().header_row - 1;
        let header = header(&mut file, &sheet, header_row)?;
        let mut wanted = vec![None; header.len()];
        for (at, place) in places_of(&mapping.columns, &header)?.into_iter().enumerate() {
            if let Some(column) = wanted.get_mut(place) {
                *column = Some(at);
            }
        }
        Ok(Self { file, sheet, header_row, wanted, width: mapping.columns.len() })
    }

    /// Hands over the rows that have something in the mapping's columns, in their order, until `take` says that it has enough.
    ///
    /// # Errors
    /// When the sheet cannot be read to its end.
    pub fn each_row(&mut self, mut take: impl FnMut(Row) -> bool) -> Result<(), FileFault> {
        let mut cells = self.file.worksheet_cells_reader(&self.sheet).map_err(|_| unreadable())?;
        let mut row: Option<(u32, Vec<Cell>)> = None;
        while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
            let (number, column) = cell.get_position();
            if number <= self.header_row {
                continue;
            }
            if row.as_ref().is_none_or(|(known, _)| *known != number) {
                if row.as_ref().is_some_and(|(known, _)| *known > number) {
                    let detail = "the rows of the sheet are not in their order; save the workbook again with the program that made it";
                    return Err(FileFault::new(FileCode::UnreadableWorkbook, detail));
                }
                if !row.replace((number, vec![Cell::Empty; self.width])).is_none_or(|done| take(told(done))) {
                    return Ok(());
                }
            }
            let wanted = usize::try_from(column).ok().and_then(|column| self.wanted.get(column).copied().flatten());
            if let (Some(wanted), Some((_, cells))) = (wanted, &mut row)
                && let Some(place) = cells.get_mut(wanted)
            {
                *place = read(cell.get_value());
            }
        }
        if let Some(done) = row {
            take(told(done));
        }
        Ok(())
    }
}

fn told((number, cells): (u32, Vec<Cell>)) -> Row {
    Row { number: u64::from(number) + 1, cells: Ok(cells) }
}

fn chosen(sheets: &[String], wanted: Option<&str>) -> Result<String, FileFault> {
    let fault = |detail| FileFault::new(FileCode::NoSuchSheet, detail);
    match (wanted, sheets) {
        (Some(wanted), _) => {
            let found = sheets.iter().find(|name| *name == wanted).cloned();
            found.ok_or_else(|| fault("the workbook has no sheet of the name that is asked for"))
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(fault("the workbook has several sheets, or none; name the one that is meant")),
    }
}

/// The names in the header, each at its column.
fn header(file: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str, header_row: u32) -> Result<Vec<String>, FileFault> {
    let mut cells = file.worksheet_cells_reader(sheet).map_err(|_| unreadable())?;
    let mut names: Vec<String> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let (number, column) = cell.get_position();
        if number > header_row {
            break;
        }
        let column = usize::try_from(column).ok().filter(|column| number == header_row && *column < MOST_COLUMNS);
        let text = match read(cell.get_value()) {
            Cell::Text(text) => text,
            Cell::Number(number) => number.to_string(),
            Cell::Empty | Cell::Boolean(_) | Cell::Moment(_) | Cell::Faulty(_) => continue,
        };
        if let Some(column) = column {
            if names.len() <= column {
                names.resize(column + 1, String::new());
            }
            if let Some(name) = names.get_mut(column) {
                *name = text;
            }
        }
    }
    if names.is_empty() {
        let detail = "the sheet has nothing in the row that the mapping has its header in: file.header_row";
        return Err(FileFault::new(FileCode::NoHeader, detail));
    }
    Ok(names)
}

fn read(value: &DataRef<'_>) -> Cell {
    let wrong = |detail| Cell::Faulty(CellFault::new(CellCode::WrongType, detail));
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::of_text(text),
        DataRef::SharedString(text) => Cell::of_text(text),
        DataRef::Int(whole) => Cell::Text(whole.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(said) => Cell::Boolean(*said),
        DataRef::DateTime(at) => {
            moment(at).map_or_else(|| wrong("is a duration, or a date that there is not"), Cell::Moment)
        }
        DataRef::DateTimeIso(text) => iso(text).map_or_else(|| wrong("is a date cell that is none"), Cell::Moment),
        DataRef::DurationIso(_) => wrong("is a duration"),
        DataRef::Error(_) => {
            Cell::Faulty(CellFault::new(CellCode::ErrorCell, "shows an error; mend the formula, or empty the cell"))
        }
    }
}

/// What a date cell shows; of one below a day, a time of day.
fn moment(at: &ExcelDateTime) -> Option<NaiveDateTime> {
    if at.is_duration() || at.as_f64() < 0.0 {
        return None;
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let time = NaiveTime::from_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into())?;
    if at.as_f64() < 1.0 {
        return Some(time_alone(time));
    }
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).map(|date| date.and_time(time))
}

fn iso(text: &str) -> Option<NaiveDateTime> {
    let date_alone = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN));
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().or_else(date_alone)
}
