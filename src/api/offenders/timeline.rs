//! The history of one case: every version of every record, when it became true and when it was learned.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, no_such_place, page, place};
use crate::api::service::Service;
use crate::casework::offenders::{Timeline, TimelineEntry, timeline};
use crate::domain::calendar::Instant;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::transfer::came_from;
use crate::domain::transfer::history::HistoryLine;
use crate::store::timeline::Provenance;

/// Which part of the history.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

/// A part of the history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub struct TimelineView {
    /// Newest first.
    items: Vec<VersionView>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

/// One version of a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordVersion)]
struct VersionView {
    /// The kind of record, as in `records.{kind}.v1`.
    #[schema(value_type = String)]
    kind: RecordKind,
    /// The record's key within its kind.
    #[schema(value_type = String)]
    subject: Ref,
    /// When the change became true.
    #[schema(value_type = String, format = DateTime)]
    event_time: Instant,
    /// When the service learned it.
    #[schema(value_type = String, format = DateTime)]
    learned_at: Instant,
    /// The records system that spoke.
    source: String,
    /// The event's id within its source.
    event_id: String,
    /// True when the record was withdrawn.
    withdrawn: bool,
    /// Who entered it here: role and subject of the token; empty for what the records system sent.
    entered_by: Option<String>,
    /// The record, whole; of a withdrawal, its reason.
    #[schema(value_type = Object)]
    content: Value,
    /// Where it came from, where another force sent it with the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    came_from: Option<CameFromView>,
}

/// Where a version came from that another force sent with the case. `learned_at` of the version is when this force learned it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CameFrom)]
struct CameFromView {
    /// The force.
    force: String,
    /// The transfer.
    transfer_id: Uuid,
    /// The record's reference there.
    #[schema(value_type = String)]
    subject: Ref,
    /// When that force learned it.
    #[schema(value_type = String, format = DateTime)]
    learned_at: Instant,
    /// Who spoke there: its records system, or `casework`.
    source: String,
    /// The event's id within that source.
    event_id: String,
    /// Who entered it there: role and subject of their token; empty for what its records system sent.
    entered_by: Option<String>,
    /// By which act.
    act: Option<String>,
}

impl CameFromView {
    fn of(source: &str, line: HistoryLine) -> Option<Self> {
        let (force, transfer_id) = came_from(source)?;
        let HistoryLine { subject, learned_at, source, event_id, entered_by, act, .. } = line;
        Some(Self { force: force.to_owned(), transfer_id, subject, learned_at, source, event_id, entered_by, act })
    }
}

impl From<TimelineEntry> for VersionView {
    fn from(entry: TimelineEntry) -> Self {
        let TimelineEntry { version, content, came_from } = entry;
        let came_from = came_from.and_then(|line| CameFromView::of(&version.source, line));
        let entered_by = match version.provenance {
            Provenance::Import(_) => None,
            Provenance::Entered { by, .. } => Some(by),
        };
        Self {
            kind: version.kind,
            subject: version.subject,
            event_time: version.event_time,
            learned_at: version.learned_at,
            source: version.source,
            event_id: version.event_id,
            withdrawn: version.withdrawn,
            entered_by,
            content,
            came_from,
        }
    }
}

/// The history of one case, newest first.
///
/// # Errors
/// When the caller may not, there is none in scope, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/timeline", tag = "offenders", operation_id = "read_timeline",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference"), TimelineQuery),
    responses(
        (status = 200, body = TimelineView, headers(("Link" = String, description = "The next page, rel=next"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
    query: web::Query<TimelineQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, limit) = (service.reader(permit), limit(query.limit)?);
    let after = place(query.cursor.as_deref(), |place| Uuid::parse_str(&place).ok())?;
    let part = match service.run(move |service| timeline(service.store(), &reader, &offender, after, limit)).await? {
        Timeline::NotFound => return Err(Problem::not_found()),
        Timeline::NoSuchVersion => return Err(no_such_place()),
        Timeline::Page(part) => part,
    };
    let next_cursor = part.goes_on_after.map(|after| cursor(&after.to_string()));
    let view = TimelineView { items: part.entries.into_iter().map(VersionView::from).collect(), next_cursor };
    page(&request, &view, view.next_cursor.as_deref())
}
