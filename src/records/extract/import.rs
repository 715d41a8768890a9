//! Rows into the service: read as the mapping says, made events of the feed, and taken in by its path.

use std::collections::HashMap;
use std::io::Read;

use thiserror::Error;
use uuid::Uuid;

use super::build::{BuiltEvent, Reading, RowFault, event};
use super::cell::{Cell, Row};
use super::check::{Mapping, RecordPlan};
use super::csv_rows::CsvRows;
use super::fault::{CellCode, CellFault, FileFault};
use super::xlsx_rows::Workbook;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::extracts::run::{Extract, ExtractRun, Incoming, RunError};
use crate::casework::import::{ImportReport, RefusedEvent};
use crate::domain::calendar::Instant;
use crate::records::feed::event::read_event;
use crate::records::import::{EVENTS_A_BATCH, version_of};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::extract::UsedMapping;

/// How an extract is taken.
#[derive(Debug, Clone)]
pub struct Taking<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// Its name and version, where it is one of those saved.
    pub saved: Option<(String, i32)>,
    /// The instant of the extract.
    pub as_of: Option<Instant>,
    /// True where nothing of it is to be kept.
    pub is_dry_run: bool,
}

/// An extract, opened: its header is the mapping's.
#[derive(Debug)]
pub enum ExtractFile<R> {
    /// A CSV file.
    Csv(Box<CsvRows<R>>),
    /// A sheet of an XLSX file.
    Xlsx(Box<Workbook>),
}

/// An extract that could not be taken, or not to its end.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// The mapping needs the extract's instant, and none was given.
    #[error("the mapping has records without a time of their own: say as of when the extract is")]
    NeedsAsOf,
    /// The extract's instant has not come yet.
    #[error("an extract cannot be as of an instant to come")]
    AsOfToCome,
    /// A newer extract of the same records was taken.
    #[error("an extract of this records system as of a later instant was taken already: {newest}")]
    OlderExtract {
        /// As of when that was.
        newest: Instant,
    },
    /// A newer extract of the same records was begun while this one was being taken. What was taken before stays.
    #[error(
        "an extract of this records system as of a later instant came meanwhile: {newest}; this one was not gone on with"
    )]
    Overtaken {
        /// The import, which ended as failed and keeps its report.
        import: Uuid,
        /// As of when the newer one is.
        newest: Instant,
    },
    /// The file could not be read to its end. What was taken before stays.
    #[error("{fault}")]
    File {
        /// The import, which ended as failed and keeps its report; none where nothing was begun or it was a dry run.
        import: Option<Uuid>,
        /// Why.
        fault: FileFault,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FileFault> for ExtractError {
    fn from(fault: FileFault) -> Self {
        Self::File { import: None, fault }
    }
}

impl From<RunError> for ExtractError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::OlderExtract { newest } => Self::OlderExtract { newest },
            RunError::Store(error) => Self::Store(error),
        }
    }
}

impl Taking<'_> {
    fn reading(&self) -> Reading<'_> {
        let version = self.saved.as_ref().and_then(|(_, version)| u32::try_from(*version).ok()).unwrap_or_default();
        Reading { mapping: self.mapping, version, as_of: self.as_of }
    }

    /// Checks the extract's instant against what the mapping needs.
    ///
    /// # Errors
    /// When there is none and one is needed, or it has not come yet.
    pub fn check(&self, clock: Clock) -> Result<(), ExtractError> {
        match self.as_of {
            None if self.mapping.needs_as_of() => Err(ExtractError::NeedsAsOf),
            Some(as_of) if as_of > clock.now() => Err(ExtractError::AsOfToCome),
            None | Some(_) => Ok(()),
        }
    }
}

/// Takes an extract, or tries it out. `progress` is told the bytes of a CSV file read after each batch.
///
/// # Errors
/// When the extract may not be taken, cannot be read to its end, or the store fails. A refused record is not an error.
pub fn import_extract<R: Read>(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    taking: &Taking<'_>,
    file: ExtractFile<R>,
    mut progress: impl FnMut(u64),
) -> Result<ImportReport, ExtractError> {
    taking.check(clock)?;
    let run = ExtractRun::start(store, clock, actor, &extract_of(taking))?;
    let mut taker = Taker { store, actor, taking, run, batch: Vec::new(), said: HashMap::new() };
    let read = match taker.all(file, &mut progress) {
        Ok(read) => read,
        Err(RunError::Store(error)) => return Err(error.into()),
        Err(RunError::OlderExtract { newest }) => {
            let import = taker.run.finish(store, false)?.id;
            return Err(ExtractError::Overtaken { import, newest });
        }
    };
    let report = taker.run.finish(store, read.is_ok())?;
    match read {
        Ok(()) => Ok(report),
        Err(fault) => Err(ExtractError::File { import: (!taking.is_dry_run).then_some(report.id), fault }),
    }
}

fn extract_of(taking: &Taking<'_>) -> Extract {
    let mapping = taking.mapping;
    let used = UsedMapping {
        force: mapping.force.clone(),
        source: mapping.document.source.clone(),
        saved: taking.saved.clone(),
        sha256: mapping.sha256.clone(),
        as_of: taking.as_of,
    };
    Extract {
        used,
        kinds_as_of: mapping.kinds_as_of(),
        event_types: mapping.records.iter().map(|record| record.event_type.clone()).collect(),
        is_dry_run: taking.is_dry_run,
    }
}

struct Taker<'a> {
    store: &'a Store,
    actor: &'a Actor,
    taking: &'a Taking<'a>,
    run: ExtractRun,
    batch: Vec<Incoming>,
    /// What earlier rows said of each record at each time: some 60 bytes a record, so that no row is taken for another's correction.
    said: HashMap<[u8; 32], [u8; 32]>,
}

impl Taker<'_> {
    /// All rows; the inner error is the file's, the outer the run's. Where the file breaks off, what was read of it is taken.
    fn all<R: Read>(
        &mut self,
        file: ExtractFile<R>,
        progress: &mut impl FnMut(u64),
    ) -> Result<Result<(), FileFault>, RunError> {
        let read = match file {
            ExtractFile::Csv(mut rows) => self.csv(&mut rows, progress)?,
            ExtractFile::Xlsx(mut workbook) => self.xlsx(&mut workbook)?,
        };
        self.send()?;
        Ok(read)
    }

    fn csv<R: Read>(
        &mut self,
        rows: &mut CsvRows<R>,
        progress: &mut impl FnMut(u64),
    ) -> Result<Result<(), FileFault>, RunError> {
        loop {
            match rows.next_row() {
                Ok(Some(row)) => self.row(row)?,
                Ok(None) => return Ok(Ok(())),
                Err(fault) => return Ok(Err(fault)),
            }
            if self.batch.is_empty() {
                progress(rows.bytes_read());
            }
        }
    }

    fn xlsx(&mut self, workbook: &mut Workbook) -> Result<Result<(), FileFault>, RunError> {
        let mut failed = None;
        let read = workbook.each_row(|row| match self.row(row) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        failed.map_or(Ok(read), Err)
    }

    /// A row with nothing in the mapping's columns is none: spreadsheets leave such at their end.
    fn row(&mut self, row: Row) -> Result<(), RunError> {
        if row.cells.as_ref().is_ok_and(|cells| cells.iter().all(Cell::is_empty)) {
            return Ok(());
        }
        self.run.count_row();
        match row.cells {
            Ok(cells) => {
                let mapping = self.taking.mapping;
                for record in &mapping.records {
                    self.record(row.number, record, &cells);
                }
            }
            Err(CellFault { code, detail }) => {
                let fault = RowFault { code: code.as_str(), pointer: String::new(), column: None, detail };
                self.refuse(row.number, None, fault);
            }
        }
        if self.batch.len() >= EVENTS_A_BATCH { self.send() } else { Ok(()) }
    }

    fn record(&mut self, row: u64, record: &RecordPlan, cells: &[Cell]) {
        match event(self.taking.reading(), record, cells) {
            Ok(None) => {}
            Ok(Some(built)) => self.built(row, record, built),
            Err(fault) => self.refuse(row, Some(&record.event_type), fault),
        }
    }

    fn built(&mut self, row: u64, record: &RecordPlan, mut built: BuiltEvent) {
        let read = read_event(built.event.take()).and_then(|event| version_of(event, self.actor));
        match read {
            Err(refused) => {
                let fault = built.told(record, refused.fault);
                self.refuse(row, Some(&record.event_type), fault);
            }
            Ok(version) => {
                if *self.said.entry(built.about).or_insert(built.says) == built.says {
                    self.batch.push(Incoming { version, is_of_extract: record.time.is_none() });
                } else {
                    let detail =
                        "an earlier row of the extract says otherwise of the same record; the earlier one is taken";
                    let fault = RowFault {
                        code: CellCode::ContradictsEarlierRow.as_str(),
                        pointer: "/data".to_owned(),
                        column: record.subject.first_column(),
                        detail: detail.to_owned(),
                    };
                    self.refuse(row, Some(&record.event_type), fault);
                }
            }
        }
    }

    /// The event's id stays out of the report: it is made from what the row says, and who can guess that can tell it by its id.
    fn refuse(&mut self, row: u64, event_type: Option<&str>, fault: RowFault) {
        let column = fault.column.and_then(|column| self.taking.mapping.columns.get(column)).cloned();
        let refused = RefusedEvent {
            index: row,
            row: Some(row),
            column,
            event_id: None,
            code: fault.code.to_owned(),
            pointer: fault.pointer,
            detail: fault.detail,
        };
        self.run.refuse(event_type, refused);
    }

    fn send(&mut self) -> Result<(), RunError> {
        self.run.take(self.store, std::mem::take(&mut self.batch))
    }
}
