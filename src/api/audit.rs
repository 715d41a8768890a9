//! `GET /v1/audit`: who read or changed what, for the auditor.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ReadAudit;
use crate::api::auth::permit::Permit;
use crate::api::dates::instant_if_given;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, known, limit, page, place};
use crate::api::service::Service;
use crate::casework::audit::list::entries;
use crate::domain::audit_act::Operation;
use crate::domain::calendar::Instant;
use crate::store::audit::StoredAuditEntry;
use crate::store::audit::list::AuditFilter;

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// From this instant on.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "instant_if_given")]
    from: Option<Instant>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "instant_if_given")]
    until: Option<Instant>,
    /// By this actor, such as `supervisor:SUBJECT`.
    actor: Option<String>,
    /// Of this act, such as `offender.read`.
    act: Option<String>,
    /// On things of this kind, such as `offender`.
    subject_kind: Option<String>,
    /// On what has this reference.
    subject: Option<String>,
    /// `collection`, `alteration`, `consultation`, `disclosure`, `combination`, `erasure`, `refusal` or `operation`.
    operation: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

impl AuditQuery {
    fn filter(&self) -> Result<AuditFilter, Problem> {
        let text = |text: &Option<String>| match text {
            Some(text) if text.contains('\0') => {
                Err(Problem::new(ErrorCode::INVALID_QUERY, "a parameter cannot have the character U+0000"))
            }
            Some(_) | None => Ok(text.clone()),
        };
        Ok(AuditFilter {
            from: self.from,
            before: self.until,
            actor: text(&self.actor)?,
            act: text(&self.act)?,
            subject_kind: text(&self.subject_kind)?,
            subject: text(&self.subject)?,
            operation: known("operation", self.operation.as_deref(), Operation::named)?,
        })
    }
}

/// One entry of the audit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntryView {
    /// Its id.
    id: Uuid,
    /// Its place in the force's chain, from 1.
    sequence: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// Who: role and subject of the token, `job:NAME` or `operator`.
    actor: String,
    /// What they did.
    act: String,
    /// What that counts as, by section 62(1) of the Data Protection Act 2018.
    operation: String,
    /// The kind of what it was done to.
    subject_kind: Option<String>,
    /// The reference of what it was done to.
    subject: Option<String>,
    /// Why, where the reader said so.
    reason: Option<String>,
    /// Facts about the act.
    #[schema(value_type = Object)]
    detail: Value,
    /// The hash of the entry before it.
    previous_hash: String,
    /// Its own hash.
    hash: String,
}

impl From<StoredAuditEntry> for AuditEntryView {
    fn from(entry: StoredAuditEntry) -> Self {
        let (subject_kind, subject) = entry.subject.unzip();
        Self {
            id: entry.id,
            sequence: entry.sequence,
            at: entry.at,
            actor: entry.actor,
            act: entry.act,
            operation: entry.operation,
            subject_kind,
            subject,
            reason: entry.reason,
            detail: entry.detail,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditList)]
pub struct AuditListView {
    /// The newest first.
    items: Vec<AuditEntryView>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

/// The audit of the auditor's own force. For checks of lawfulness, self-monitoring, integrity and criminal
/// proceedings alone (Data Protection Act 2018, section 62(4)): never to measure officers.
///
/// # Errors
/// When the caller may not, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit", operation_id = "list_audit", security(("bearer_token" = [])),
    params(AuditQuery),
    responses(
        (status = 200, body = AuditListView, headers(("Link" = String, description = "The next page, rel=next"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadAudit>,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let (filter, limit) = (query.filter()?, limit(query.limit)?);
    let before = place(query.cursor.as_deref(), |place| place.parse().ok().filter(|place| *place > 0))?;
    let found = service.run(move |service| entries(service.store(), &reader, &filter, before, limit)).await?;
    let next_cursor = found.goes_on_before.map(|before: i64| cursor(&before.to_string()));
    let view = AuditListView { items: found.entries.into_iter().map(AuditEntryView::from).collect(), next_cursor };
    page(&request, &view, view.next_cursor.as_deref())
}
