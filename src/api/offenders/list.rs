//! The offenders that the caller may see.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, known, limit, page, place};
use crate::api::service::Service;
use crate::casework::offenders::{ListedOffender, OffenderFilter, offenders};
use crate::domain::flag::FlagCode;
use crate::domain::offender::OffenderStatus;
use crate::domain::reference::Ref;
use crate::domain::standing::Bucket;

/// Which offenders.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OffenderQuery {
    /// Of this team.
    #[param(value_type = Option<String>)]
    team: Option<Ref>,
    /// Managed by this officer now.
    #[param(value_type = Option<String>)]
    officer: Option<Ref>,
    /// Of this status, such as `community`.
    #[param(value_type = Option<String>)]
    status: Option<OffenderStatus>,
    /// With a flag of this code that holds, on them or on a breach of theirs.
    flag: Option<String>,
    /// In this bucket of the dashboards, as it was last evaluated: `outside`, `unallocated`,
    /// `plan_incomplete`, `reactive` or `managed`.
    bucket: Option<String>,
    /// With this in the reference, the name or an alias.
    search: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OffenderList)]
pub struct OffenderListView {
    /// In the order of their references.
    items: Vec<OffenderItem>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

/// One offender of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OffenderSummary)]
struct OffenderItem {
    /// The offender's reference.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// Given name.
    given_name: String,
    /// Family name.
    family_name: String,
    /// Where they stand, such as `community`.
    #[schema(value_type = String)]
    status: OffenderStatus,
    /// The team responsible.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// Who manages them now; empty where nobody does.
    #[schema(value_type = Option<String>)]
    manager_ref: Option<Ref>,
    /// The neighbourhood they live in; not known where empty.
    #[schema(value_type = Option<String>)]
    neighbourhood_ref: Option<Ref>,
}

impl From<ListedOffender> for OffenderItem {
    fn from(listed: ListedOffender) -> Self {
        let ListedOffender { reference, offender, manager_ref } = listed;
        Self {
            reference,
            given_name: offender.given_name,
            family_name: offender.family_name,
            status: offender.status,
            team_ref: offender.team_ref,
            manager_ref,
            neighbourhood_ref: offender.neighbourhood_ref,
        }
    }
}

/// The offenders of the caller's teams; of the force, for a detective inspector.
///
/// # Errors
/// When the caller may not, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders", tag = "offenders", operation_id = "list_offenders", security(("bearer_token" = [])),
    params(OffenderQuery),
    responses(
        (status = 200, body = OffenderListView, headers(("Link" = String, description = "The next page, rel=next"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    query: web::Query<OffenderQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, query) = (service.reader(permit), query.into_inner());
    let limit = limit(query.limit)?;
    let after = place(query.cursor.as_deref(), |place| Ref::new(place).ok())?;
    let search = query.search.filter(|search| !search.trim().is_empty());
    if search.as_ref().is_some_and(|search| search.contains('\0')) {
        return Err(Problem::new(ErrorCode::INVALID_QUERY, "search cannot have the character U+0000"));
    }
    let flag = known("flag", query.flag.as_deref(), FlagCode::named)?;
    let bucket = known("bucket", query.bucket.as_deref(), Bucket::named)?;
    let OffenderQuery { team, officer, status, .. } = query;
    let filter = OffenderFilter { team, officer, status, flag, bucket, search };
    let found = service.run(move |service| offenders(service.store(), &reader, &filter, after, limit)).await?;
    let next_cursor = found.goes_on_after.map(|after| cursor(after.as_str()));
    let items = found.offenders.into_iter().map(OffenderItem::from).collect();
    let view = OffenderListView { items, next_cursor };
    page(&request, &view, view.next_cursor.as_deref())
}
