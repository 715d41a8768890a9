//! Drift: what the records system holds compared with what it told here, and where the two differ.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::whole;
use super::send::{on_record, proven};
use crate::api::auth::act::{Act, CompareDigests, ReadDrift};
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, page, place};
use crate::api::service::Service;
use crate::casework::actor::{Actor, Person};
use crate::casework::drift::{Compared, compare_with, report};
use crate::domain::calendar::Instant;
use crate::domain::drift::{ComparedBy, Difference, Drifted};
use crate::domain::exchange::SUCCEEDED;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::records::digests::read_digests;
use crate::store::drift::KeptDrift;
use crate::store::drift_run::{Check, DriftRun};

/// The longest list of digests: some 200,000 lines. `[I]`
const LONGEST_LIST_BYTES: usize = 32 * 1024 * 1024;

/// The most that an answer lists of what is to be sent again; it counts all of it. `[I]`
const MOST_LISTED: usize = 10_000;

const LINES: &str = "application/x-ndjson";

/// What came of a comparison.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftComparison)]
pub struct ComparisonView {
    /// By type.
    types: Vec<TypeView>,
    /// What is to be sent again, by type and key; at most 10,000.
    send_again: Vec<AgainView>,
    /// True where there is more to be sent again than is listed.
    truncated: bool,
}

/// What came of comparing the records of a type.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftOfType)]
struct TypeView {
    /// The type, for instance `records.visit.v1`.
    r#type: String,
    /// How many there are in the records system.
    there: usize,
    /// How many there are here, of those that it told of.
    here: usize,
    /// How many are there alone.
    only_there: usize,
    /// How many are here alone.
    only_here: usize,
    /// How many say different things.
    differs: usize,
}

/// A record that is to be sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SendAgain)]
struct AgainView {
    /// Its type.
    r#type: String,
    /// Its key.
    #[schema(value_type = String)]
    subject: Ref,
    /// `only_there` or `differs`: the record is to be sent; `only_here`: its withdrawal is.
    #[schema(value_type = String)]
    difference: Difference,
}

/// Where the two sides differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftReport)]
pub struct DriftView {
    /// When each type was last compared, and by whom; one that is not among them never was.
    checks: Vec<CheckView>,
    /// How the last nightly comparison ended; null where there was none.
    nightly: Option<RunView>,
    /// What differs, by type and key.
    items: Vec<DriftedView>,
}

/// When a type was last compared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftCheck)]
struct CheckView {
    /// The type.
    r#type: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    checked_at: Instant,
    /// `records_system` where it sent its digests; `service` where it was asked for them.
    #[schema(value_type = String)]
    compared_by: ComparedBy,
}

/// How the last nightly comparison ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DriftRun)]
struct RunView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Instant,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    ended_at: Instant,
    /// `succeeded`, or the code of what failed first.
    outcome: String,
    /// True where something failed: what differs is then as it was when each type was last compared.
    failed: bool,
}

/// A record on which the two sides differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Drifted)]
struct DriftedView {
    /// Its type.
    r#type: String,
    /// Its key.
    #[schema(value_type = String)]
    subject: Ref,
    /// `only_there`, `only_here` or `differs`.
    #[schema(value_type = String)]
    difference: Difference,
    /// Since when that is known.
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
    /// The `time` of the newest event in the records system.
    #[schema(value_type = Option<String>, format = DateTime)]
    there_time: Option<Instant>,
    /// The `time` of the newest event here.
    #[schema(value_type = Option<String>, format = DateTime)]
    here_time: Option<Instant>,
    /// When the records system was last asked for it again, since it told anything newer of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    asked_at: Option<Instant>,
    /// What came of that: `unchanged`, `refused`, `gone`, or the code of a failure.
    answer: Option<String>,
}

/// A part of the report.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DriftQuery {
    /// How many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// The place to go on from, out of the link to what comes next.
    cursor: Option<String>,
}

fn event_type(kind: RecordKind) -> String {
    format!("records.{kind}.v1")
}

impl ComparisonView {
    fn of(compared: Vec<Compared>) -> Self {
        let types = compared.iter().map(|it| TypeView {
            r#type: event_type(it.kind),
            there: it.there,
            here: it.here,
            only_there: it.count(Difference::OnlyThere),
            only_here: it.count(Difference::OnlyHere),
            differs: it.count(Difference::Differs),
        });
        let types = types.collect();
        let again = |(kind, Drifted { subject, difference, .. }): (RecordKind, Drifted)| AgainView {
            r#type: event_type(kind),
            subject,
            difference,
        };
        let drifted = compared.into_iter().flat_map(|it| it.drifted.into_iter().map(move |drifted| (it.kind, drifted)));
        let mut send_again: Vec<AgainView> = drifted.map(again).collect();
        let truncated = send_again.len() > MOST_LISTED;
        send_again.truncate(MOST_LISTED);
        Self { types, send_again, truncated }
    }
}

impl From<KeptDrift> for DriftedView {
    fn from(kept: KeptDrift) -> Self {
        let KeptDrift { kind, drifted: Drifted { subject, difference, there, here }, since, asked } = kept;
        let (asked_at, answer) = asked.unzip();
        let (r#type, there_time, here_time) = (event_type(kind), there, here);
        Self { r#type, subject, difference, since, there_time, here_time, asked_at, answer }
    }
}

/// Compares what the records system holds with what it told here. Each line names a record: `type`, `subject`, the `digest` of its `data` and the `time` of
/// its newest event; of a type that a line names, the lines are all that there are.
///
/// # Errors
/// When the caller may not, or a line cannot be read: nothing is compared then.
#[utoipa::path(
    post, path = "/v1/drift/digests", tag = "records", operation_id = "compare_digests", security(("bearer_token" = [])),
    request_body(
        description = "One object a line: `type`, `subject`, `digest`, `time`; at most 32 MiB",
        content((String = "application/x-ndjson")),
    ),
    responses(
        (status = 200, body = ComparisonView),
        (status = 503, description = "As many feeds are coming in as may at a time", body = ProblemDocument, headers(("Retry-After" = String, description = "Seconds"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn digests(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<CompareDigests>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let compared = compared(&request, &service, person.clone(), body).await;
    if let Err(problem) = &compared {
        on_record(&request, CompareDigests::PERMISSION.name, person, problem);
    }
    Ok(HttpResponse::Ok().json(ComparisonView::of(compared?)))
}

async fn compared(
    request: &HttpRequest,
    service: &Service,
    person: Person,
    body: web::Payload,
) -> Result<Vec<Compared>, Problem> {
    let media_type = request.mime_type().ok().flatten();
    if media_type.is_none_or(|media_type| media_type.essence_str() != LINES) {
        return Err(Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, format!("digests are sent as {LINES}")));
    }
    // It waits for its turn as a feed does, before it takes a thread or memory.
    let turn = service.feeds().turn(service.metrics()).await?;
    let lines = whole(body, LONGEST_LIST_BYTES).await?;
    let sender = service.senders().named(&person.force, &person.subject).filter(|sender| sender.is_signed).cloned();
    if let Some(sender) = sender {
        proven(request, service, sender, lines.clone()).await?;
    }
    service
        .run(move |service| -> Result<Vec<Compared>, Problem> {
            let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
            let there = read_digests(&lines).map_err(|bad| {
                let problem = Problem::new(ErrorCode::INVALID_BODY, format!("line {}: {}", bad.line, bad.fault.detail));
                if bad.fault.pointer.is_empty() { problem } else { problem.at(bad.fault.pointer) }
            })?;
            let (force, actor) = (person.force.clone(), Actor::Person(person));
            let by = (service.clock().now(), &actor);
            Ok(compare_with(service.store(), by, (&force, ComparedBy::RecordsSystem), &there)?)
        })
        .await
}

/// Where the records system and this service do not hold the same, by references alone, and since when that is known.
///
/// # Errors
/// When the caller may not, a parameter is wrong, or the service fails.
#[utoipa::path(
    get, path = "/v1/drift", tag = "records", operation_id = "read_drift", security(("bearer_token" = [])),
    params(DriftQuery),
    responses(
        (status = 200, body = DriftView, headers(("Link" = String, description = "The next part, where there is one"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadDrift>,
    query: web::Query<DriftQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let DriftQuery { limit: asked, cursor: from } = query.into_inner();
    let limit = limit(asked)?;
    let split = |place: String| place.split_once('\n').map(|(kind, subject)| (kind.to_owned(), subject.to_owned()));
    let after: Option<(String, String)> = place(from.as_deref(), split)?;
    let found = service.run(move |service| report(service.store(), &reader, (after.as_ref(), limit))).await?;
    let next = found
        .drifting
        .last()
        .filter(|_| found.goes_on)
        .map(|last| cursor(&format!("{}\n{}", last.kind, last.drifted.subject)));
    let checks = found.checks.into_iter().map(|Check { kind, checked_at, by }| CheckView {
        r#type: event_type(kind),
        checked_at,
        compared_by: by,
    });
    let nightly = found.last_run.map(|DriftRun { began_at, ended_at, outcome }| RunView {
        failed: outcome != SUCCEEDED,
        began_at,
        ended_at,
        outcome,
    });
    let items = found.drifting.into_iter().map(DriftedView::from).collect();
    let view = DriftView { checks: checks.collect(), nightly, items };
    page(&request, &view, next.as_deref())
}
