//! What came of an import.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ReadImports;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::extracts::report::ExtractOutcome;
use crate::casework::import::{DanglingReference, ImportReport, RefusedEvent, read_import};
use crate::casework::merges::FaultyMerge;
use crate::domain::calendar::Instant;
use crate::store::import::StoredImport;

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// The import's id.
    id: Uuid,
    /// `running`, `completed`, `failed` where the feed could not be read to its end, or `dry_run`: of that, nothing is kept.
    state: String,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Instant>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// Its counts, once it has ended.
    #[serde(flatten)]
    #[schema(inline)]
    outcome: Option<Outcome>,
}

/// The counts of an import, the events refused and the references that name no record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportOutcome)]
struct Outcome {
    /// Events that became the current state of their record.
    accepted: u64,
    /// Events whose id had been taken before.
    duplicates: u64,
    /// Events older than the current state; they went to the history alone.
    stale: u64,
    /// Events refused.
    refused: u64,
    /// References that name no current record. None is looked for in a page that was pulled with more to come: the last page's report has them.
    dangling: usize,
    /// The refused events, at most 10,000.
    #[schema(value_type = Vec<Refusal>)]
    errors: Vec<RefusedEvent>,
    /// The references that name no current record, at most 10,000.
    #[schema(value_type = Vec<Object>)]
    dangling_references: Vec<DanglingReference>,
    /// The merges that stand and do not hold (`cycle`, `merged_already`, `kept_not_there`), or hold and want looking at
    /// (`kept_not_managed`); absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    faulty_merges: Vec<FaultyMerge>,
    /// Of an extract: its mapping, its rows, and what came of its records by type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ExtractView>)]
    extract: Option<ExtractOutcome>,
}

/// What came of an extract: how the document describes [`ExtractOutcome`].
#[derive(Debug, ToSchema)]
#[schema(as = ExtractOutcome)]
#[expect(dead_code, reason = "it describes what ExtractOutcome writes")]
pub struct ExtractView {
    /// The saved mapping that it was read by.
    mapping: Option<String>,
    /// The version of that.
    mapping_version: Option<i32>,
    /// SHA-256 of what the mapping says.
    mapping_sha256: String,
    /// The instant of the extract.
    #[schema(value_type = Option<String>, format = DateTime)]
    as_of: Option<Instant>,
    /// The rows below the header that have something in the mapping's columns.
    rows: u64,
    /// Rows that could not be read as rows.
    unreadable_rows: u64,
    /// By the type of the events: how many are `new`, `changed`, `unchanged`, `stale` and `refused`.
    #[schema(value_type = Object)]
    records: (),
    /// Of a dry run: `type`, `subject` and `members` of the records that would change, at most 10,000.
    #[schema(value_type = Vec<Object>)]
    changed_records: (),
}

/// A refused event: how the document describes [`RefusedEvent`].
#[derive(Debug, ToSchema)]
#[schema(as = RefusedEvent)]
#[expect(dead_code, reason = "it describes what RefusedEvent writes")]
pub struct Refusal {
    /// The line (from 1) of a bulk feed, the index (from 0) in a batch, or the row (from 1) of an extract.
    index: u64,
    /// The row of an extract.
    row: Option<u64>,
    /// The column of an extract.
    column: Option<String>,
    /// The event's id, where one could be read.
    event_id: Option<String>,
    /// The stable code of the fault.
    code: String,
    /// The JSON pointer of the fault.
    pointer: String,
    /// What is wrong and what to do.
    detail: String,
}

impl ImportView {
    /// An import that has just ended.
    #[must_use]
    pub fn of(report: ImportReport) -> Self {
        let (id, state) = (report.id, report.state.to_string());
        Self { id, state, started_at: None, ended_at: None, outcome: Some(Outcome::of(report)) }
    }

    fn stored(id: Uuid, stored: StoredImport) -> Result<Self, Problem> {
        let report: Option<ImportReport> =
            stored.report.map(serde_json::from_value).transpose().map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            id,
            state: stored.state,
            started_at: Some(stored.started_at),
            ended_at: stored.ended_at,
            outcome: report.map(Outcome::of),
        })
    }
}

impl Outcome {
    fn of(report: ImportReport) -> Self {
        Self {
            accepted: report.accepted,
            duplicates: report.duplicates,
            stale: report.stale,
            refused: report.refused,
            dangling: report.dangling,
            errors: report.errors,
            dangling_references: report.dangling_references,
            faulty_merges: report.faulty_merges,
            extract: report.extract,
        }
    }
}

/// What came of an import of the caller's force.
///
/// # Errors
/// When the caller may not, there is none of the force, or the service fails.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "records", operation_id = "read_import", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The import's id")),
    responses((status = 200, body = ImportView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadImports>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (reader, id) = (service.reader(permit), id.into_inner());
    let found = service.run(move |service| read_import(service.store(), &reader, id)).await?;
    tagged(&request, &ImportView::stored(id, found.ok_or_else(Problem::not_found)?)?)
}
