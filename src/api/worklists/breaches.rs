//! The ageing list of breaches without a crime report.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde::Serialize;
use utoipa::ToSchema;

use super::{WorklistQuery, evaluated_at};
use crate::api::auth::act::ReadWorklists;
use crate::api::auth::permit::Permit;
use crate::api::dates::read_instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, page, place};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::casework::worklists::{BreachPlace, breaches_without_crime_report};
use crate::domain::as_at::AsAt;
use crate::domain::dashboard::breaches::BreachItem;
use crate::domain::reference::Ref;

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BreachWorklist)]
pub struct BreachWorklistView {
    /// When what is listed was evaluated.
    #[schema(value_type = String, format = DateTime)]
    evaluated_at: String,
    /// How many there are on all pages together.
    size: usize,
    /// The longest since discovery first, then the reference.
    items: Vec<BreachItem>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

fn written(item: &BreachItem) -> String {
    format!("{} {}", item.discovered_at.to_rfc3339_opts(SecondsFormat::Nanos, true), item.breach_ref)
}

fn read_place(text: &str) -> Option<BreachPlace> {
    let (discovered_at, breach_ref) = text.split_once(' ')?;
    Some(BreachPlace { discovered_at: read_instant(discovered_at)?, breach_ref: Ref::new(breach_ref).ok()? })
}

/// Breaches without a crime report on the caller's teams; on the force, for a detective inspector. The
/// oldest first.
///
/// # Errors
/// When the caller may not, the query is none, nothing has been evaluated, or the service fails.
#[utoipa::path(
    get, path = "/v1/worklists/breaches-without-crime-report", tag = "dashboards",
    operation_id = "list_breaches_without_crime_report",
    security(("bearer_token" = [])), params(WorklistQuery),
    responses(
        (status = 200, body = BreachWorklistView, headers(("Link" = String, description = "The next page, rel=next"), ("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadWorklists>,
    query: web::Query<WorklistQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, filter, limit) = (service.reader(permit), query.filter()?, limit(query.limit)?);
    let after = place(query.cursor.as_deref(), |text| read_place(&text))?;
    let age = records_age(&service, reader.person.force.clone(), AsAt::Now).await?;
    let list = move |service: &Service| {
        breaches_without_crime_report(service.store(), &reader, &filter, (after.as_ref(), limit))
    };
    let found = service.run(list).await?;
    let next_cursor = found.items.last().filter(|_| found.goes_on).map(|last| cursor(&written(last)));
    let evaluated_at = evaluated_at(found.evaluated);
    let view = BreachWorklistView { evaluated_at, size: found.size, items: found.items, next_cursor };
    with_age(page(&request, &view, view.next_cursor.as_deref())?, age)
}
