//! What fills a member: cells of a row, read as the mapping says.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::cell::Cell;
use super::check::Columns;
use super::fault::{CellCode, CellFault};
use super::local_time::{self, Written, rfc3339};
use super::mapping::{CellKind, CodeList, Empty, Filling, Meaning};
use super::places::{Leaf, Origin};
use crate::domain::calendar::Instant;

/// From here on a spreadsheet keeps no more digits of a number than fifteen, and fills up with zeros.
const DIGITS_ARE_LOST_FROM: f64 = 1e15;

/// Words that say yes, where the mapping names none. `[I]`
const YES: [&str; 4] = ["yes", "y", "true", "1"];

/// Words that say no, where the mapping names none. `[I]`
const NO: [&str; 4] = ["no", "n", "false", "0"];

/// What fills a member, checked.
#[derive(Debug, Clone)]
pub struct Fill {
    source: Source,
    reading: Reading,
    prefix: String,
    empty: Empty,
}

#[derive(Debug, Clone)]
enum Source {
    Constant(Value),
    Column(usize),
    Joined(Vec<usize>, String),
    DayAndTime(usize, usize),
    Split(usize, String),
    Each(Vec<usize>),
}

#[derive(Debug, Clone)]
enum Reading {
    Text,
    Code(CodeList),
    Integer,
    Number,
    Boolean { yes: Vec<String>, no: Vec<String> },
    Date(Option<Written>),
    Instant(Option<Written>),
}

impl Reading {
    /// True where what is read is always a text.
    fn gives_texts(&self) -> bool {
        match self {
            Self::Text => true,
            Self::Code(codes) => codes.values().all(|meaning| matches!(meaning, Meaning::Text(_))),
            Self::Integer | Self::Number | Self::Boolean { .. } | Self::Date(_) | Self::Instant(_) => false,
        }
    }
}

/// A cell that cannot be read, and its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFault {
    /// The column, by its place.
    pub column: usize,
    /// What is wrong with it.
    pub fault: CellFault,
}

/// What is wrong with a filling, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillFault {
    /// Where in the filling: a JSON pointer.
    pub pointer: &'static str,
    /// What is wrong.
    pub detail: &'static str,
}

const fn wrong(pointer: &'static str, detail: &'static str) -> FillFault {
    FillFault { pointer, detail }
}

/// Checks a filling.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn fill_of(
    filling: &Filling,
    code_lists: &BTreeMap<String, CodeList>,
    columns: &mut Columns,
) -> Result<Fill, FillFault> {
    let reading = reading_of(filling, code_lists)?;
    let is_text = reading.gives_texts();
    let source = source_of(filling, &reading, columns)?;
    let is_list = matches!(source, Source::Split(..) | Source::Each(_));
    let rules = [
        (filling.prefix.is_none() || is_text, "/prefix", "stands before a text alone"),
        (
            filling.empty != Empty::EmptyList || is_list,
            "/empty",
            "is empty_list for a list alone: with separator, or several columns",
        ),
    ];
    match rules.into_iter().find(|(holds, ..)| !holds) {
        Some((_, pointer, detail)) => Err(wrong(pointer, detail)),
        None => Ok(Fill { source, reading, prefix: filling.prefix.clone().unwrap_or_default(), empty: filling.empty }),
    }
}

fn reading_of(filling: &Filling, code_lists: &BTreeMap<String, CodeList>) -> Result<Reading, FillFault> {
    let Filling { kind, format, code_list, yes, no, .. } = filling;
    let takes_format = matches!(kind, CellKind::Date | CellKind::Instant);
    if format.is_some() && !takes_format {
        return Err(wrong("/format", "is for a date or an instant alone; say which it is: \"as\""));
    }
    if code_list.is_some() && *kind != CellKind::Text {
        return Err(wrong("/code_list", "is for a text alone"));
    }
    if !(yes.is_empty() && no.is_empty()) && *kind != CellKind::Boolean {
        return Err(wrong("/as", "is boolean where words for yes and no are given"));
    }
    Ok(match kind {
        CellKind::Text => match code_list {
            None => Reading::Text,
            Some(name) => {
                Reading::Code(code_lists.get(name).cloned().ok_or(wrong("/code_list", "names no list of the mapping"))?)
            }
        },
        CellKind::Integer => Reading::Integer,
        CellKind::Number => Reading::Number,
        CellKind::Boolean => words(yes, no)?,
        CellKind::Date => Reading::Date(written(format.as_deref(), Written::of_dates)?),
        CellKind::Instant => Reading::Instant(written(format.as_deref(), Written::of_instants)?),
    })
}

fn words(yes: &[String], no: &[String]) -> Result<Reading, FillFault> {
    let of = |given: &[String], usual: [&str; 4]| -> Vec<String> {
        if given.is_empty() {
            usual.map(str::to_owned).to_vec()
        } else {
            given.iter().map(|word| word.trim().to_lowercase()).collect()
        }
    };
    let (yes, no) = (of(yes, YES), of(no, NO));
    if yes.iter().chain(&no).any(String::is_empty) {
        return Err(wrong("", "has an empty word for yes or no; an empty cell says neither"));
    }
    if yes.iter().any(|word| no.contains(word)) {
        return Err(wrong("/no", "has a word that says yes too; give both lists"));
    }
    Ok(Reading::Boolean { yes, no })
}

fn written(format: Option<&str>, of: impl Fn(&str) -> Option<Written>) -> Result<Option<Written>, FillFault> {
    let unknown = wrong(
        "/format",
        "does not write what it reads: give the day, month and year in four digits, of an instant the time of day too (%d/%m/%Y %H:%M)",
    );
    format.map(|format| of(format).ok_or(unknown)).transpose()
}

fn source_of(filling: &Filling, reading: &Reading, columns: &mut Columns) -> Result<Source, FillFault> {
    let Filling { constant, column, columns: several, joined_by, separator, .. } = filling;
    let named = several.iter().chain(column);
    if named.clone().any(|name| name.trim().is_empty()) {
        return Err(wrong("/column", "is the name of a column, and not empty"));
    }
    match (constant, column, several.as_slice()) {
        (Some(value), None, []) => {
            let is_alone = *filling == Filling { constant: Some(value.clone()), ..Filling::default() };
            is_alone
                .then(|| Source::Constant(value.clone()))
                .ok_or(wrong("/constant", "stands alone: leave out what else is said"))
        }
        (None, Some(column), []) => match (joined_by, separator.as_deref()) {
            (Some(_), _) => Err(wrong("/joined_by", "joins several columns: name them in columns")),
            (None, Some("")) => Err(wrong("/separator", "is not empty")),
            (None, Some(separator)) => Ok(Source::Split(columns.place(column), separator.to_owned())),
            (None, None) => Ok(Source::Column(columns.place(column))),
        },
        (None, None, [_, ..]) if separator.is_some() => {
            Err(wrong("/separator", "is for one column; several are a list as they are"))
        }
        (None, None, [_, ..]) => {
            let places: Vec<usize> = several.iter().map(|name| columns.place(name)).collect();
            match (reading, joined_by, places.as_slice()) {
                (Reading::Instant(_), None, [day, time]) => Ok(Source::DayAndTime(*day, *time)),
                (Reading::Instant(_), ..) => {
                    Err(wrong("/columns", "are two for an instant: the day, and the time of day"))
                }
                (Reading::Text | Reading::Code(_), Some(by), _) => Ok(Source::Joined(places, by.clone())),
                (_, Some(_), _) => Err(wrong("/joined_by", "joins texts alone")),
                (_, None, _) => Ok(Source::Each(places)),
            }
        }
        (Some(_), ..) | (None, Some(_), [_, ..]) | (None, None, []) => {
            Err(wrong("", "is filled by one of these: constant, column or columns"))
        }
    }
}

impl Fill {
    /// True where it is a text of columns, and so may be a key.
    #[must_use]
    pub fn is_text_of_columns(&self) -> bool {
        self.reading.gives_texts() && matches!(self.source, Source::Column(_) | Source::Joined(..))
    }

    /// True where it gives one instant.
    #[must_use]
    pub const fn is_instant(&self) -> bool {
        matches!(self.reading, Reading::Instant(_)) && matches!(self.source, Source::Column(_) | Source::DayAndTime(..))
    }

    /// True where columns fill it.
    #[must_use]
    pub const fn is_from_columns(&self) -> bool {
        !matches!(self.source, Source::Constant(_))
    }

    /// The column that is told where it is empty and must not be; the first of several.
    #[must_use]
    pub fn first_column(&self) -> Option<usize> {
        match &self.source {
            Source::Constant(_) => None,
            Source::Column(column) | Source::DayAndTime(column, _) | Source::Split(column, _) => Some(*column),
            Source::Joined(columns, _) | Source::Each(columns) => columns.first().copied(),
        }
    }

    /// What it fills from a row; none where the cells are empty and that is to say nothing.
    ///
    /// # Errors
    /// The first cell that cannot be read.
    pub fn read(&self, row: &[Cell]) -> Result<Option<Leaf>, ColumnFault> {
        let leaf = match &self.source {
            Source::Constant(value) => Some(Leaf { value: value.clone(), origin: Origin::Constant }),
            Source::Column(column) => self.one(row, *column)?,
            Source::Joined(columns, by) => self.joined(row, columns, by)?,
            Source::DayAndTime(day, time) => self.day_and_time(row, *day, *time)?,
            Source::Split(column, separator) => self.split(row, *column, separator)?,
            Source::Each(columns) => self.each(row, columns)?,
        };
        Ok(leaf.or_else(|| {
            let value = match self.empty {
                Empty::Absent => return None,
                Empty::Null => Value::Null,
                Empty::EmptyList => Value::Array(Vec::new()),
            };
            Some(Leaf { value, origin: self.first_column().map_or(Origin::Constant, Origin::Column) })
        }))
    }

    fn one(&self, row: &[Cell], column: usize) -> Result<Option<Leaf>, ColumnFault> {
        let at = |fault| ColumnFault { column, fault };
        let Some(cell) = filled(row, column).map_err(at)? else { return Ok(None) };
        let value = self.value(cell).map_err(at)?;
        Ok(Some(Leaf { value, origin: Origin::Column(column) }))
    }

    fn joined(&self, row: &[Cell], columns: &[usize], by: &str) -> Result<Option<Leaf>, ColumnFault> {
        let mut texts = Vec::with_capacity(columns.len());
        for column in columns {
            let at = |fault| ColumnFault { column: *column, fault };
            let Some(cell) = filled(row, *column).map_err(at)? else { return Ok(None) };
            texts.push(text(cell).map_err(at)?);
        }
        let first = columns.first().copied().unwrap_or_default();
        let value = self.of_text(texts.join(by)).map_err(|fault| ColumnFault { column: first, fault })?;
        Ok(Some(Leaf { value, origin: Origin::Column(first) }))
    }

    fn day_and_time(&self, row: &[Cell], day: usize, time: usize) -> Result<Option<Leaf>, ColumnFault> {
        let at = |column| move |fault| ColumnFault { column, fault };
        let cells = (filled(row, day).map_err(at(day))?, filled(row, time).map_err(at(time))?);
        let (day_cell, time_cell) = match cells {
            (None, _) => return Ok(None),
            (Some(_), None) => {
                let detail = "is empty beside a day; give the time of day";
                return Err(ColumnFault { column: time, fault: CellFault::new(CellCode::BadInstant, detail) });
            }
            (Some(day), Some(time)) => (day, time),
        };
        let instant = local_time::instant(&[day_cell, time_cell], self.written()).map_err(at(day))?;
        Ok(Some(Leaf { value: Value::String(rfc3339(instant)), origin: Origin::Column(day) }))
    }

    const fn written(&self) -> Option<&Written> {
        match &self.reading {
            Reading::Date(written) | Reading::Instant(written) => written.as_ref(),
            Reading::Text | Reading::Code(_) | Reading::Integer | Reading::Number | Reading::Boolean { .. } => None,
        }
    }

    fn split(&self, row: &[Cell], column: usize, separator: &str) -> Result<Option<Leaf>, ColumnFault> {
        let at = |fault| ColumnFault { column, fault };
        let Some(cell) = filled(row, column).map_err(at)? else { return Ok(None) };
        let whole = text(cell).map_err(at)?;
        let items = whole.split(separator).map(Cell::of_text).filter(|item| !item.is_empty());
        let items: Vec<Value> = items.map(|item| self.value(&item)).collect::<Result<_, _>>().map_err(at)?;
        Ok((!items.is_empty()).then_some(Leaf { value: Value::Array(items), origin: Origin::Column(column) }))
    }

    fn each(&self, row: &[Cell], columns: &[usize]) -> Result<Option<Leaf>, ColumnFault> {
        let (mut items, mut origins) = (Vec::new(), Vec::new());
        for column in columns {
            let at = |fault| ColumnFault { column: *column, fault };
            if let Some(cell) = filled(row, *column).map_err(at)? {
                items.push(self.value(cell).map_err(at)?);
                origins.push(*column);
            }
        }
        Ok((!items.is_empty()).then_some(Leaf { value: Value::Array(items), origin: Origin::Columns(origins) }))
    }

    fn value(&self, cell: &Cell) -> Result<Value, CellFault> {
        match &self.reading {
            Reading::Text | Reading::Code(_) => self.of_text(text(cell)?),
            Reading::Integer => integer(cell),
            Reading::Number => number(cell),
            Reading::Boolean { yes, no } => boolean(cell, yes, no),
            Reading::Date(written) => local_time::date(cell, written.as_ref()).map(Value::String),
            Reading::Instant(written) => {
                local_time::instant(&[cell], written.as_ref()).map(|at: Instant| Value::String(rfc3339(at)))
            }
        }
    }

    fn of_text(&self, text: String) -> Result<Value, CellFault> {
        let Reading::Code(codes) = &self.reading else {
            return Ok(Value::String(format!("{}{text}", self.prefix)));
        };
        let unknown =
            || CellFault::new(CellCode::UnknownCode, "is not in the mapping's code list; add it there, or correct it");
        Ok(match codes.get(&text).ok_or_else(unknown)? {
            Meaning::Text(text) => Value::String(format!("{}{text}", self.prefix)),
            Meaning::Whole(whole) => Value::Number((*whole).into()),
            Meaning::Truth(truth) => Value::Bool(*truth),
        })
    }
}

/// The cell of a column; nothing where it is empty.
fn filled(row: &[Cell], column: usize) -> Result<Option<&Cell>, CellFault> {
    match row.get(column) {
        None | Some(Cell::Empty) => Ok(None),
        Some(Cell::Faulty(fault)) => Err(fault.clone()),
        Some(cell @ (Cell::Text(_) | Cell::Number(_) | Cell::Boolean(_) | Cell::Moment(_))) => Ok(Some(cell)),
    }
}

fn text(cell: &Cell) -> Result<String, CellFault> {
    match cell {
        Cell::Text(text) => Ok(text.clone()),
        Cell::Number(number) if number.abs() >= DIGITS_ARE_LOST_FROM => Err(CellFault::new(
            CellCode::WrongType,
            "is a number of which the spreadsheet has kept 15 digits; make the column text before it is filled",
        )),
        // A whole number is written without decimals and without an exponent.
        Cell::Number(number) => Ok(number.to_string()),
        Cell::Boolean(_) | Cell::Moment(_) | Cell::Empty | Cell::Faulty(_) => Err(CellFault::new(
            CellCode::WrongType,
            "is a date cell or a true or false cell, and the mapping reads a text",
        )),
    }
}

fn integer(cell: &Cell) -> Result<Value, CellFault> {
    let fault = || CellFault::new(CellCode::WrongType, "is not a whole number");
    let whole: Option<i64> = text(cell).ok().and_then(|text| text.parse().ok());
    whole.map(|whole| Value::Number(whole.into())).ok_or_else(fault)
}

fn number(cell: &Cell) -> Result<Value, CellFault> {
    let fault = || CellFault::new(CellCode::WrongType, "is not a number with a point before its decimals");
    let number: Option<f64> = text(cell).ok().and_then(|text| text.parse().ok());
    number.and_then(Number::from_f64).map(Value::Number).ok_or_else(fault)
}

fn boolean(cell: &Cell, yes: &[String], no: &[String]) -> Result<Value, CellFault> {
    if let Cell::Boolean(said) = cell {
        return Ok(Value::Bool(*said));
    }
    let word = text(cell)?.to_lowercase();
    if yes.contains(&word) {
        Ok(Value::Bool(true))
    } else if no.contains(&word) {
        Ok(Value::Bool(false))
    } else {
        Err(CellFault::new(CellCode::UnknownCode, "is none of the mapping's words for yes and no"))
    }
}
