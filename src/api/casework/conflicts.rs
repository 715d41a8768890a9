//! Where the records system and people here differ.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{ReadOffenders, SettleConflicts};
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::conflicts::{Conflict, Settling, conflicts, settle};
use crate::domain::claim::Prevailing;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Whose word holds on a member.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What the records system says.
    RecordsSystem,
    /// What was entered here.
    EnteredHere,
}

impl From<Prevailing> for Side {
    fn from(prevailing: Prevailing) -> Self {
        match prevailing {
            Prevailing::Feed => Self::RecordsSystem,
            Prevailing::Claim => Self::EnteredHere,
        }
    }
}

impl From<Side> for Prevailing {
    fn from(side: Side) -> Self {
        match side {
            Side::RecordsSystem => Self::Feed,
            Side::EnteredHere => Self::Claim,
        }
    }
}

/// A member of a record on which the records system and what was entered here differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conflict)]
pub struct ConflictView {
    /// The kind of record.
    kind: &'static str,
    /// The record.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The member.
    member: String,
    /// Whose word holds until somebody settles it.
    holds: Side,
    /// What the records system says.
    records_system: Value,
    /// What was entered here.
    entered_here: Value,
}

impl From<Conflict> for ConflictView {
    fn from(conflict: Conflict) -> Self {
        let Conflict { kind, subject, difference, .. } = conflict;
        Self {
            kind: kind.name(),
            reference: subject,
            member: difference.member,
            holds: difference.prevailing.into(),
            records_system: difference.feed,
            entered_here: difference.claim,
        }
    }
}

/// Every conflict in a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConflictList)]
pub struct ConflictList {
    /// By kind, reference and member.
    items: Vec<ConflictView>,
}

/// The members on which the records system and what was entered here differ since.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/conflicts", tag = "casework", operation_id = "list_conflicts",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = ConflictList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| conflicts(service.store(), &reader, &offender);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ConflictList { items: found.into_iter().map(ConflictView::from).collect() }))
}

/// How a conflict is settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettleConflict)]
pub struct SettleBody {
    /// The kind of record.
    kind: String,
    /// The record.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The member.
    member: String,
    /// Whose word is taken.
    take: Side,
}

/// Settles one conflict: from then on the records system's word holds, or what was entered here does.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the two do not differ there.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/conflicts/settle", tag = "casework", operation_id = "settle_conflict",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = SettleBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "The record's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn settle_one(
    service: web::Data<Service>,
    permit: Permit<SettleConflicts>,
    offender: web::Path<Ref>,
    sent: Sent<SettleBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let kind = RecordKind::named(&body.kind)
        .ok_or_else(|| Problem::new(ErrorCode::INVALID_BODY, "is no kind of record").at("/kind"))?;
    let settling = Settling { kind, subject: body.reference, member: body.member, take: body.take.into() };
    let act =
        move |service: &Service| settle(service.store(), &service.acting(&reader, key.as_ref()), &offender, &settling);
    changed(service.run(act).await?)
}
