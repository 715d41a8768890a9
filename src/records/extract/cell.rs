//! A cell of an extract, and what may be wrong with one.

use chrono::NaiveDateTime;

use super::fault::CellFault;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or white space alone.
    Empty,
    /// A text, without white space around it.
    Text(String),
    /// A number of an XLSX file.
    Number(f64),
    /// True or false of an XLSX file.
    Boolean(bool),
    /// A date, a date and time, or a time of day, of an XLSX file: what the clock on the wall shows.
    Moment(NaiveDateTime),
    /// It cannot be read.
    Faulty(CellFault),
}

impl Cell {
    /// A text as it stands in a file.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// True where nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// A row: its number in the file, and the cells of the columns that a mapping names, in the mapping's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number, from 1, the rows above counted; of a CSV file, blank lines are not.
    pub number: u64,
    /// Its cells, or why it cannot be read as a row.
    pub cells: Result<Vec<Cell>, CellFault>,
}
