//! Sending extracts: CSV as a stream, XLSX whole, read by a saved mapping; taken in, or tried out.

use std::io::{self, Read};

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::body::{pipe, whole};
use super::extract_mappings::{name_of, wrong};
use super::imports::ImportView;
use super::send::{on_record, path_of, proven, settle};
use crate::api::auth::act::{Act, SendExtracts};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant_if_given;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::extracts::mappings;
use crate::casework::import::{ImportReport, ImportState};
use crate::casework::reading::Reader;
use crate::domain::calendar::Instant;
use crate::records::extract::check::Mapping;
use crate::records::extract::csv_rows::CsvRows;
use crate::records::extract::fault::{FileCode, FileFault};
use crate::records::extract::import::{ExtractError, ExtractFile, Taking, import_extract};
use crate::records::extract::unpacked::MAX_UNPACKED_BYTES;
use crate::records::extract::xlsx_rows::Workbook;
use crate::store::extract_mapping::SavedMapping;

/// The largest CSV file. `[I]`
const LARGEST_CSV: usize = 256 * 1024 * 1024;

/// The largest XLSX file, and the largest CSV file of a sender who signs: it is in memory whole. `[I]`
const LARGEST_WHOLE: usize = 32 * 1024 * 1024;

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// How an extract is read and taken.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExtractQuery {
    /// The saved mapping, by its name.
    mapping: String,
    /// This version of it; the newest where it is left out.
    version: Option<i32>,
    /// When the extract was made, as an RFC 3339 instant: needed where the mapping has records without a time of their own.
    #[serde(default, deserialize_with = "instant_if_given")]
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// Whether to tell what would come of it, and keep nothing.
    #[serde(default)]
    dry_run: bool,
    /// The sheet of an XLSX file; the mapping's, or its only one, where it is left out.
    sheet: Option<String>,
}

/// Sends an extract of the force's records. A row that cannot be read does not stop the others: the report lists it by row and column.
///
/// # Errors
/// When the caller may not, there is no such mapping, the extract cannot be read by it or is too large; where it breaks off midway, what was
/// taken is kept.
#[utoipa::path(
    post, path = "/v1/extracts", tag = "records", operation_id = "send_extract", security(("bearer_token" = [])),
    params(ExtractQuery),
    request_body(
        description = "Rows below a header, as the mapping says",
        content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    ),
    responses(
        (status = 200, body = ImportView, headers(("Location" = String, description = "The stored report; of a dry run there is none"))),
        (status = 503, description = "As many feeds are coming in as may at a time", body = ProblemDocument, headers(("Retry-After" = String, description = "Seconds"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn send(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<SendExtracts>,
    query: web::Query<ExtractQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let taken = taken(&request, &service, &reader, query.into_inner(), body).await;
    if let Err(problem) = &taken
        && problem.code() != ErrorCode::NOT_FOUND
    {
        // That there is no such mapping is on record already.
        on_record(&request, SendExtracts::PERMISSION.name, reader.person, problem);
    }
    let report = taken?;
    let mut response = HttpResponse::Ok();
    if report.state != ImportState::DryRun {
        response.insert_header((header::LOCATION, path_of(report.id)));
    }
    Ok(response.json(ImportView::of(report)))
}

/// Takes an extract in, or tries it out. A sender whose records must be signed is believed only once the whole body has come.
async fn taken(
    request: &HttpRequest,
    service: &Service,
    reader: &Reader,
    query: ExtractQuery,
    body: web::Payload,
) -> Result<ImportReport, Problem> {
    let form = form_of(request)?;
    let (asked, name) = (reader.clone(), name_of(&query.mapping)?);
    let saved = service.run(move |service| mappings::read(service.store(), &asked, &name, query.version)).await?;
    let mapping = Mapping::read(&saved.document).map_err(|faults| wrong(&faults))?;
    let person = &reader.person;
    let sender = service.senders().named(&person.force, &person.subject).filter(|sender| sender.is_signed).cloned();
    let sending = Sending {
        reader: reader.clone(),
        mapping,
        saved,
        as_of: query.as_of,
        is_dry_run: query.dry_run,
        sheet: query.sheet,
    };
    // It waits for its turn as a feed does, before it takes a thread or memory.
    let turn = service.feeds().turn(service.metrics()).await?;
    if let (Form::Csv, None) = (form, &sender) {
        let (inlet, file) = pipe();
        let import = service.run(move |service| {
            let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
            sending.csv(service, file)
        });
        return futures_util::future::join(import, inlet.pass_on(body, service.feeds().silence())).await.0;
    }
    let file = whole(body, LARGEST_WHOLE).await.map_err(too_large)?;
    if let Some(sender) = sender {
        proven(request, service, sender, file.clone()).await?;
    }
    let import = move |service: &Service| {
        let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
        match form {
            Form::Csv => sending.csv(service, &file[..]),
            Form::Xlsx => sending.xlsx(service, Vec::from(file)),
        }
    };
    service.run(import).await
}

/// A body over its limit, as an extract's own problem.
fn too_large(problem: Problem) -> Problem {
    if problem.code() == ErrorCode::PAYLOAD_TOO_LARGE {
        return Problem::new(ErrorCode::EXTRACT_TOO_LARGE, format!("the body is over {LARGEST_WHOLE} bytes"));
    }
    problem
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    Xlsx,
}

fn form_of(request: &HttpRequest) -> Result<Form, Problem> {
    let encoded = request.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    let media_type = request.mime_type().ok().flatten().filter(|_| !encoded);
    match media_type.as_ref().map(|media_type| media_type.essence_str()) {
        Some(CSV) => Ok(Form::Csv),
        Some(XLSX) => Ok(Form::Xlsx),
        Some(_) | None => {
            let detail = format!("an extract is sent as {CSV} or {XLSX}, without a content encoding");
            Err(Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, detail))
        }
    }
}

/// An extract that is sent.
struct Sending {
    reader: Reader,
    mapping: Mapping,
    saved: SavedMapping,
    as_of: Option<Instant>,
    is_dry_run: bool,
    sheet: Option<String>,
}

impl Sending {
    fn taking(&self) -> Taking<'_> {
        Taking {
            mapping: &self.mapping,
            saved: Some((self.saved.name.clone(), self.saved.version)),
            as_of: self.as_of,
            is_dry_run: self.is_dry_run,
        }
    }

    fn csv(&self, service: &Service, file: impl Read) -> Result<ImportReport, Problem> {
        let most = u64::try_from(LARGEST_CSV).unwrap_or(u64::MAX);
        let opened = CsvRows::open(file, &self.mapping, most).map(|rows| ExtractFile::Csv(Box::new(rows)));
        self.take(service, opened)
    }

    fn xlsx(&self, service: &Service, file: Vec<u8>) -> Result<ImportReport, Problem> {
        let opened = Workbook::open(file, &self.mapping, self.sheet.as_deref(), MAX_UNPACKED_BYTES);
        self.take(service, opened.map(|workbook| ExtractFile::<io::Empty>::Xlsx(Box::new(workbook))))
    }

    fn take<R: Read>(
        &self,
        service: &Service,
        opened: Result<ExtractFile<R>, FileFault>,
    ) -> Result<ImportReport, Problem> {
        let actor = Actor::Person(self.reader.person.clone());
        let done = opened
            .map_err(ExtractError::from)
            .and_then(|file| import_extract(service.store(), service.clock(), &actor, &self.taking(), file, |_| {}));
        match done {
            Ok(report) => {
                if !self.is_dry_run {
                    settle(service, &actor, &report);
                }
                Ok(report)
            }
            Err(error) => {
                if matches!(
                    error,
                    ExtractError::File { import: Some(_), .. }
                        | ExtractError::Overtaken { .. }
                        | ExtractError::Store(_)
                ) {
                    service.metrics().import(ImportState::Failed.name(), &[]);
                }
                Err(error.into())
            }
        }
    }
}

impl From<ExtractError> for Problem {
    fn from(error: ExtractError) -> Self {
        let told = error.to_string();
        match error {
            ExtractError::NeedsAsOf | ExtractError::AsOfToCome => Self::new(ErrorCode::AS_OF_NEEDED, told),
            ExtractError::OlderExtract { .. } => Self::new(ErrorCode::OLDER_EXTRACT, told),
            ExtractError::Overtaken { import, .. } => {
                Self::new(ErrorCode::OLDER_EXTRACT, told).told_at(path_of(import))
            }
            ExtractError::File { import, fault } => {
                let problem = Self::new(code_of(fault.code), fault.detail);
                match import {
                    Some(import) => problem.told_at(path_of(import)),
                    None => problem,
                }
            }
            ExtractError::Store(error) => error.into(),
        }
    }
}

const fn code_of(code: FileCode) -> ErrorCode {
    match code {
        FileCode::TooLarge => ErrorCode::EXTRACT_TOO_LARGE,
        FileCode::UnpacksTooLarge => ErrorCode::EXTRACT_UNPACKS_TOO_LARGE,
        FileCode::BrokenOff => ErrorCode::FEED_BROKEN_OFF,
        FileCode::NoHeader
        | FileCode::MissingColumn
        | FileCode::ColumnTwice
        | FileCode::RowTooLong
        | FileCode::UnreadableWorkbook
        | FileCode::NoSuchSheet => ErrorCode::EXTRACT_UNREADABLE,
    }
}
