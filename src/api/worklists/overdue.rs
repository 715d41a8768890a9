//! Overdue home visits, and overdue reviews of ARMS assessments: two lists and not one.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{WorklistQuery, evaluated_at};
use crate::api::auth::act::ReadWorklists;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, page, place};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::casework::worklists::{OverduePlace, overdue};
use crate::domain::as_at::AsAt;
use crate::domain::dashboard::backlog::{Overdue, WorklistItem};
use crate::domain::reference::Ref;

/// A part of a worklist.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverdueWorklist)]
pub struct OverdueWorklistView {
    /// When what is listed was evaluated.
    #[schema(value_type = String, format = DateTime)]
    evaluated_at: String,
    /// How many there are on all pages together.
    size: usize,
    /// The worst first: the weight of the risk × days overdue, then the days, then the reference.
    items: Vec<WorklistItem>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

fn written(item: &WorklistItem) -> String {
    format!("{} {} {}", item.weight, item.days_overdue, item.offender_ref)
}

fn read_place(text: &str) -> Option<OverduePlace> {
    let mut parts = text.splitn(3, ' ');
    Some(OverduePlace {
        weight: parts.next()?.parse().ok()?,
        days_overdue: parts.next()?.parse().ok()?,
        offender_ref: Ref::new(parts.next()?).ok()?,
    })
}

async fn list(
    request: &HttpRequest,
    service: &Service,
    permit: Permit<ReadWorklists>,
    query: &WorklistQuery,
    what: Overdue,
) -> Result<HttpResponse, Problem> {
    let (reader, filter, limit) = (service.reader(permit), query.filter()?, limit(query.limit)?);
    let after = place(query.cursor.as_deref(), |text| read_place(&text))?;
    let age = records_age(service, reader.person.force.clone(), AsAt::Now).await?;
    let list = move |service: &Service| {
        overdue(service.store(), &reader, service.policies(), what, &filter, (after.as_ref(), limit))
    };
    let found = service.run(list).await?;
    let next_cursor = found.items.last().filter(|_| found.goes_on).map(|last| cursor(&written(last)));
    let evaluated_at = evaluated_at(found.evaluated);
    let view = OverdueWorklistView { evaluated_at, size: found.size, items: found.items, next_cursor };
    with_age(page(request, &view, view.next_cursor.as_deref())?, age)
}

/// Home visits that are overdue on the caller's teams; on the force, for a detective inspector. The worst first.
///
/// # Errors
/// When the caller may not, the query is none, nothing has been evaluated, or the service fails.
#[utoipa::path(
    get, path = "/v1/worklists/overdue-visits", tag = "dashboards", operation_id = "list_overdue_visits",
    security(("bearer_token" = [])), params(WorklistQuery),
    responses(
        (status = 200, body = OverdueWorklistView, headers(("Link" = String, description = "The next page, rel=next"), ("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn visits(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadWorklists>,
    query: web::Query<WorklistQuery>,
) -> Result<HttpResponse, Problem> {
    list(&request, &service, permit, &query, Overdue::Visit).await
}

/// Reviews of ARMS assessments that are overdue on the caller's teams; on the force, for a detective
/// inspector. The worst first.
///
/// # Errors
/// When the caller may not, the query is none, nothing has been evaluated, or the service fails.
#[utoipa::path(
    get, path = "/v1/worklists/overdue-assessments", tag = "dashboards", operation_id = "list_overdue_assessments",
    security(("bearer_token" = [])), params(WorklistQuery),
    responses(
        (status = 200, body = OverdueWorklistView, headers(("Link" = String, description = "The next page, rel=next"), ("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn assessments(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadWorklists>,
    query: web::Query<WorklistQuery>,
) -> Result<HttpResponse, Problem> {
    list(&request, &service, permit, &query, Overdue::Assessment).await
}
